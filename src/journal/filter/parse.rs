//! The parser of filters, by recursive descent. Its errors say where the mistake is and what to write
//! instead.

use std::{cell::Cell, str::FromStr};

use super::key::{FilterKey, KEYS, Reads, WORD, named};
use super::value::{Amount, Folded, Pattern, Quantity};
use super::{FilterNode, TrafficFilter, Values};
use crate::scim::nearest;

/// The largest length of a filter, in bytes.
const LENGTH: usize = 4_096;
/// The largest size of all compiled regular expressions of a filter together, in bytes.
const COMPILED: usize = 1 << 16;
/// The largest nesting of brackets and negations.
const DEPTH: usize = 32;
/// The signs that may stand before a value, longer ones first.
const SIGNS: [&str; 6] = [">=", "<=", ">", "<", "=", "~"];

/// Why a text is not a filter, where the mistake is, and a suggestion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", .suggestion.as_ref().map_or(String::new(), |it| format!(", did you mean `{it}`?")))]
pub struct FilterError {
    /// The byte offset of the mistake.
    pub offset: usize,
    /// The length of the mistake in bytes; 0 if something is missing.
    pub length: usize,
    /// The message, as a lower-case fragment.
    pub message: String,
    /// What could be written instead.
    pub suggestion: Option<String>,
}

impl FromStr for TrafficFilter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let mut parser = FilterParser { text, at: 0, depth: 0, room: Cell::new(COMPILED) };
        if text.len() > LENGTH {
            return Err(mistake(LENGTH..text.len(), format!("longer than {LENGTH} bytes")));
        }
        parser.blanks();
        if parser.rest().is_empty() {
            return Ok(Self::default());
        }
        let root = parser.any()?;
        match parser.rest() {
            "" => Ok(Self { root: Some(root) }),
            _ => Err(parser.error_here(1, "this bracket closes nothing")),
        }
    }
}

struct FilterParser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// The number of bytes that further regular expressions may have.
    room: Cell<usize>,
}

type Parsed<T> = Result<T, FilterError>;
type ByteRange = std::ops::Range<usize>;

/// One value of a list as written: its sign, its text without quotes, and its byte range.
struct WrittenValue {
    sign: &'static str,
    text: String,
    span: ByteRange,
}

impl<'a> FilterParser<'a> {
    fn any(&mut self) -> Parsed<FilterNode> {
        let mut nodes = vec![self.all()?];
        while self.took("|") {
            nodes.push(self.all()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { FilterNode::Any(nodes) })
    }

    fn all(&mut self) -> Parsed<FilterNode> {
        let mut nodes = vec![self.not()?];
        loop {
            self.blanks();
            if self.rest().is_empty() || self.rest().starts_with(['|', ')']) {
                return Ok(if nodes.len() == 1 { nodes.remove(0) } else { FilterNode::All(nodes) });
            }
            nodes.push(self.not()?);
        }
    }

    fn not(&mut self) -> Parsed<FilterNode> {
        if self.took("-") || self.took("!") {
            return self.deeper(|it| Ok(FilterNode::Not(Box::new(it.not()?))));
        }
        self.blanks();
        match self.rest().chars().next() {
            None | Some('|' | ')') => Err(self.error_here(0, "a test is missing here")),
            Some('(') => self.brackets(),
            Some('"') => Ok(word(&self.quoted()?)),
            Some('~') => self.shorthand(),
            Some(_) => self.test_or_word(),
        }
    }

    fn brackets(&mut self) -> Parsed<FilterNode> {
        let opened = self.at;
        self.at += 1;
        let node = self.deeper(Self::any)?;
        if !self.took(")") {
            return Err(mistake(opened..opened + 1, "this bracket is never closed"));
        }
        Ok(node)
    }

    fn deeper(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Parsed<FilterNode>,
    ) -> Parsed<FilterNode> {
        if self.depth == DEPTH {
            return Err(self.error_here(0, format!("nested deeper than {DEPTH}")));
        }
        self.depth += 1;
        let node = parse(self)?;
        self.depth -= 1;
        Ok(node)
    }

    /// `~c 404`: the shorthand of a key, and a value after a blank.
    fn shorthand(&mut self) -> Parsed<FilterNode> {
        let start = self.at;
        let letters = self.rest()[1..].bytes().take_while(u8::is_ascii_alphabetic).count();
        self.at += 1 + letters;
        let span = start..self.at;
        let alias = &self.text[span.clone()];
        let Some(key) = KEYS.iter().find(|it| it.alias == Some(alias)) else {
            let aliases = KEYS.iter().filter_map(|it| it.alias).collect::<Vec<_>>().join(" ");
            return Err(mistake(span, format!("no shorthand `{alias}`; there are {aliases}")));
        };
        if let Reads::Words(_) = key.reads {
            return Ok(FilterNode::Test(key, Values::Words(vec![0])));
        }
        self.blanks();
        let mut written = self.values(key, span)?;
        if let Reads::Texts(_) | Reads::Names(_) = key.reads {
            // In mitmproxy every text is a regular expression.
            written.iter_mut().filter(|it| it.sign.is_empty()).for_each(|it| it.sign = "~");
        }
        self.bind(key, &written)
    }

    fn test_or_word(&mut self) -> Parsed<FilterNode> {
        let start = self.at;
        let end = |c: char| c.is_whitespace() || "()|\"".contains(c);
        let rest = self.rest();
        let text = rest.find(end).map_or(rest, |end| &rest[..end]);
        let is_key = |it: &&str| !it.is_empty() && it.bytes().all(|b| b.is_ascii_alphabetic());
        let name = text.split_once(':').map(|(name, _)| name).filter(is_key);
        let Some(name) = name else {
            self.at += text.len();
            return Ok(word(text));
        };
        let span = start..start + name.len();
        let Some(key) = named(name) else {
            let suggestion = nearest(name, KEYS.iter().map(|it| it.name));
            let message = match suggestion {
                Some(_) => format!("no key `{name}`"),
                None => format!("no key `{name}`; quote text that holds a colon"),
            };
            let suggestion = suggestion.map(str::to_owned);
            return Err(FilterError { suggestion, ..mistake(span, message) });
        };
        self.at = span.end + 1;
        let written = self.values(key, span)?;
        self.bind(key, &written)
    }

    /// Values separated by commas.
    fn values(&mut self, key: &FilterKey, span: ByteRange) -> Parsed<Vec<WrittenValue>> {
        let mut written = Vec::new();
        loop {
            let start = self.at;
            let sign = SIGNS.into_iter().find(|it| self.rest().starts_with(it)).unwrap_or("");
            self.at += sign.len();
            let is_quoted = self.rest().starts_with('"');
            let text = if is_quoted { self.quoted()? } else { self.bare().to_owned() };
            if text.is_empty() && !is_quoted {
                let span = if written.is_empty() { span } else { start..self.at };
                let example = key.values.first().unwrap_or(&"");
                let message = format!("`{}` wants a value, such as {example}", key.name);
                return Err(mistake(span, message));
            }
            written.push(WrittenValue { sign, text, span: start..self.at });
            if !self.rest().starts_with(',') {
                return Ok(written);
            }
            self.at += 1;
        }
    }

    /// The text up to a blank, comma, bar or quote. Inside brackets these characters are part of the text.
    fn bare(&mut self) -> &'a str {
        let mut open = 0usize;
        let end = self.rest().find(|c: char| {
            match c {
                '(' => open += 1,
                ')' if open > 0 => open -= 1,
                ')' | '|' | ',' | '"' if open == 0 => return true,
                _ => {}
            }
            c.is_whitespace()
        });
        let text = self.rest();
        let text = &text[..end.unwrap_or(text.len())];
        self.at += text.len();
        text
    }

    /// A quoted text, in which `\"` is a quote and `\\` a backslash. Before any other character, a
    /// backslash is a backslash, so that regular expressions stay readable.
    fn quoted(&mut self) -> Parsed<String> {
        let opened = self.at;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += at + 1;
                    return Ok(text);
                }
                '\\' => match chars.next_if(|(_, it)| ['"', '\\'].contains(it)) {
                    Some((_, escaped)) => text.push(escaped),
                    None => text.push(c),
                },
                _ => text.push(c),
            }
        }
        Err(mistake(opened..self.text.len(), "this quote is never closed"))
    }

    /// Converts the written values to the kind of values that the key takes.
    fn bind(&self, key: &'static FilterKey, written: &[WrittenValue]) -> Parsed<FilterNode> {
        let values = match key.reads {
            Reads::Words(_) => Values::Words(each(written, |it| self.choice(key, it))?),
            Reads::Texts(_) | Reads::Names(_) => {
                Values::Patterns(each(written, |it| self.pattern(key, it))?)
            }
            Reads::Number(_, units) => Values::Amounts(each(written, |it| {
                let amount = Amount::read(&format!("{}{}", it.sign, it.text), units);
                let amount = amount.ok_or_else(|| self.unfit(key, it))?;
                match key.impossible(&amount) {
                    Some(expected) => Err(self.never(key, it, expected)),
                    None => Ok(amount),
                }
            })?),
            Reads::Age(units) => match written {
                [it] if it.sign.is_empty() => {
                    let age = Quantity::read(&it.text, units);
                    Values::Age(age.ok_or_else(|| self.unfit(key, it))?)
                }
                several => return Err(self.unfit(key, &several[several.len() - 1])),
            },
        };
        Ok(FilterNode::Test(key, values))
    }

    fn choice(&self, key: &FilterKey, written: &WrittenValue) -> Parsed<usize> {
        let is = |it: &str| it.eq_ignore_ascii_case(&written.text);
        let plain = written.sign.is_empty() || written.sign == "=";
        let place = key.values.iter().position(|it| is(it)).filter(|_| plain);
        place.ok_or_else(|| {
            let suggestion = nearest(&written.text, key.values.iter().copied());
            FilterError { suggestion: suggestion.map(str::to_owned), ..self.unfit(key, written) }
        })
    }

    fn pattern(&self, key: &FilterKey, written: &WrittenValue) -> Parsed<Pattern> {
        match written.sign {
            // A user of globs would write a star that no name contains, and wrongly conclude that nothing
            // matches.
            "" if matches!(key.reads, Reads::Names(_)) && written.text.contains('*') => {
                let expected =
                    "a whole name; `~` finds a part of it, and `=` takes the star as it is";
                Err(self.never(key, written, expected))
            }
            "" => Ok(Pattern::Plain(Folded::new(&written.text))),
            "=" => Ok(Pattern::Whole(Folded::new(&written.text))),
            "~" => self.regex(written),
            sign => {
                let message = format!("`{}` is a text: `{sign}` compares numbers", key.name);
                Err(mistake(written.span.clone(), message))
            }
        }
    }

    fn regex(&self, written: &WrittenValue) -> Parsed<Pattern> {
        let wrong =
            |why: String| mistake(written.span.clone(), format!("no regular expression: {why}"));
        let whole = Pattern::regex(&written.text, COMPILED).map_err(wrong)?;
        let size = whole.size();
        let Some(room) = self.room.get().checked_sub(size) else {
            let message = format!(
                "with this one the regular expressions of the filter have more than {COMPILED} bytes, \
                 compiled"
            );
            return Err(mistake(written.span.clone(), message));
        };
        self.room.set(room);
        Ok(whole)
    }

    fn unfit(&self, key: &FilterKey, written: &WrittenValue) -> FilterError {
        let given = &self.text[written.span.clone()];
        let values = key.values.join(" ");
        mistake(written.span.clone(), format!("`{}` takes no `{given}`, but {values}", key.name))
    }

    /// The error for a value that no exchange can match.
    fn never(&self, key: &FilterKey, written: &WrittenValue, expected: &str) -> FilterError {
        let given = &self.text[written.span.clone()];
        let message = format!("`{}:{given}` matches nothing: expected {expected}", key.name);
        mistake(written.span.clone(), message)
    }

    fn took(&mut self, sign: &str) -> bool {
        self.blanks();
        let took = self.rest().starts_with(sign);
        self.at += if took { sign.len() } else { 0 };
        took
    }

    /// Skips blanks and `&`. Tests side by side mean "and" with or without it.
    fn blanks(&mut self) {
        self.at = self.text.len()
            - self.rest().trim_start_matches(|c: char| c.is_whitespace() || c == '&').len();
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn error_here(&self, length: usize, message: impl Into<String>) -> FilterError {
        mistake(self.at..self.at + length, message)
    }
}

fn mistake(span: ByteRange, message: impl Into<String>) -> FilterError {
    FilterError {
        offset: span.start,
        length: span.len(),
        message: message.into(),
        suggestion: None,
    }
}

fn each<T>(written: &[WrittenValue], bind: impl Fn(&WrittenValue) -> Parsed<T>) -> Parsed<Vec<T>> {
    written.iter().map(bind).collect()
}

fn word(text: &str) -> FilterNode {
    FilterNode::Test(&WORD, Values::Patterns(vec![Pattern::Plain(Folded::new(text))]))
}
