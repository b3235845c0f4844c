//! The traffic filter language. It selects exchanges for the dashboard, the control API, waits, assertions
//! and faults.

mod complete;
mod cost;
mod explain;
mod impossible;
mod index_key;
mod key;
mod parse;
mod reads;
mod value;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de};

use complete::Completion;
pub use explain::FilterTestResult;
pub(super) use index_key::{IndexKey, TextSuffix};
pub use key::FilterKey;
pub use parse::FilterError;

use self::cost::Evaluation;
use self::key::{KEYS, Reads, WORD};
use self::value::{Amount, Pattern, Quantity};
use super::Exchange;
use crate::scim::quoted;

/// A condition on exchanges, such as `op:patch status:4xx -from:curl`.
///
/// Tests side by side must all hold; `|` stands between alternatives; `-` or `!` before a test negates it;
/// brackets group. A test is `key:value` (the help of the dashboard lists the keys), a word or `"quoted
/// text"` that is searched in the summary and the path, or a shorthand of mitmproxy (`~c 404`). A value may
/// be a list (`200,201`), a comparison (`>=400`), a range (`10..20`), a class of status codes (`4xx`), a
/// whole text (`="Anna Larsson"`), or a regular expression (`~"Users/.+"`). Case is ignored. The empty
/// filter matches every exchange.
///
/// The keys of names (`user`, `group`, `id`, `type`, `attr`, `method`, ...) compare the whole name:
/// `user:ann@x.com` does not match `joann@x.com`. With `~` they find a part: `user:~ann`. The keys of
/// running text (`path`, `hdr`, `body`, `from`, ...) always find a part.
///
/// ```text
/// expr   = or ; or = and { "|" and } ; and = not { [ "&" ] not } ; not = { "-" | "!" } atom
/// atom   = "(" expr ")" | key ":" values | "~" letters [ values ] | word | "\"" text "\""
/// values = value { "," value } ; value = [ ">=" | "<=" | ">" | "<" | "=" | "~" ] text
/// ```
///
/// Parsing finds every error in a filter; matching cannot fail. A filter has at most 4,096 bytes, and its
/// compiled regular expressions at most 64 KiB together, so that testing one exchange never takes long.
///
/// ```
/// use mediusflow_mock::internals::journal::TrafficFilter;
///
/// let filter: TrafficFilter = "op:create (status:4xx | took:>1s)".parse()?;
/// assert_eq!(filter.to_string(), "op:create (status:4xx | took:>1s)");
///
/// let error = "stauts:409".parse::<TrafficFilter>().unwrap_err();
/// assert_eq!(error.to_string(), "no key `stauts`, did you mean `status`?");
/// assert_eq!((error.offset, error.length), (0, 6));
/// # Ok::<(), mediusflow_mock::traffic::FilterError>(())
/// ```
///
/// # Incomplete
///
/// Regular expressions ignore case only for ASCII letters, and have no Unicode classes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrafficFilter {
    /// `None` for the empty filter.
    root: Option<FilterNode>,
}

/// A part of a filter. A list has at least two parts.
#[derive(Clone, Debug, PartialEq)]
enum FilterNode {
    Any(Vec<Self>),
    All(Vec<Self>),
    Not(Box<Self>),
    Test(&'static FilterKey, Values),
}

/// The values of a test, of the kind that its key takes. One of them must match.
#[derive(Clone, Debug, PartialEq)]
enum Values {
    /// Indexes into the key's list of words.
    Words(Vec<usize>),
    Patterns(Vec<Pattern>),
    Amounts(Vec<Amount>),
    Age(Quantity),
}

impl TrafficFilter {
    /// Every key with its values and its help text, in the order of the help.
    pub(crate) fn keys() -> &'static [FilterKey] {
        &KEYS
    }

    /// The possible completions at the byte offset `cursor` of an unfinished filter: keys, and the words of
    /// keys that take only certain words.
    pub(crate) fn complete(text: &str, cursor: usize) -> Vec<Completion> {
        complete::complete(text, cursor)
    }

    /// A filter for the exchanges of a sender, in the syntax of the value of `from:`; blanks need no
    /// quotes.
    ///
    /// # Errors
    ///
    /// The text is empty, or what follows `~` is not a regular expression.
    pub fn senders(text: &str) -> Result<Self, FilterError> {
        let sign = ["~", "="].into_iter().find(|it| text.starts_with(it)).unwrap_or_default();
        let name = &text[sign.len()..];
        if name.is_empty() {
            return format!("from:{sign}").parse();
        }
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        format!("from:{sign}\"{quoted}\"").parse()
    }

    /// A filter that matches if one of these does. Without filters, it matches everything.
    pub(super) fn any<'a>(filters: impl IntoIterator<Item = &'a Self>) -> Self {
        let roots: Option<Vec<FilterNode>> =
            filters.into_iter().map(|it| it.root.clone()).collect();
        let mut roots = roots.unwrap_or_default();
        Self { root: if roots.len() > 1 { Some(FilterNode::Any(roots)) } else { roots.pop() } }
    }

    /// The parts of the filter that must all hold.
    fn parts(&self) -> &[FilterNode] {
        match &self.root {
            None => &[],
            Some(FilterNode::All(parts)) => parts,
            Some(one) => std::slice::from_ref(one),
        }
    }

    /// Whether the filter is empty, so that it matches every exchange.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// Whether the filter matches the exchange at the time `now` (which only `since:` uses).
    pub fn matches(&self, exchange: &Exchange, now: Timestamp) -> bool {
        self.matches_at(Evaluation { exchange, now, left: None })
    }

    fn matches_at(&self, look: Evaluation<'_>) -> bool {
        self.root.as_ref().is_none_or(|it| it.matches(look))
    }

    /// Whether the result for an exchange can change with time.
    pub fn depends_on_time(&self) -> bool {
        self.root.as_ref().is_some_and(FilterNode::depends_on_time)
    }
}

impl FilterNode {
    fn matches(&self, look: Evaluation<'_>) -> bool {
        match self {
            Self::Any(nodes) => nodes.iter().any(|it| it.matches(look)),
            Self::All(nodes) => nodes.iter().all(|it| it.matches(look)),
            Self::Not(node) => !node.matches(look),
            Self::Test(key, values) => {
                look.affords(|| key.steps(look.exchange)) && values.match_for(key, look)
            }
        }
    }

    fn depends_on_time(&self) -> bool {
        match self {
            Self::Any(nodes) | Self::All(nodes) => nodes.iter().any(Self::depends_on_time),
            Self::Not(node) => node.depends_on_time(),
            Self::Test(_, values) => matches!(values, Values::Age(_)),
        }
    }
}

impl Values {
    fn match_for(&self, key: &FilterKey, look: Evaluation<'_>) -> bool {
        let exchange = look.exchange;
        let is_any = |patterns: &[Pattern], text: &str, fits: fn(&Pattern, &str) -> bool| {
            patterns.iter().any(|it| look.affords(|| it.steps(text)) && fits(it, text))
        };
        match (&key.reads, self) {
            (Reads::Words(words), Self::Words(chosen)) => {
                chosen.iter().any(|it| words[*it](exchange))
            }
            (Reads::Texts(read), Self::Patterns(patterns)) => {
                read(exchange, &|text| is_any(patterns, text, Pattern::is_in))
            }
            (Reads::Names(read), Self::Patterns(patterns)) => {
                read(exchange, &|text| is_any(patterns, text, Pattern::is))
            }
            (Reads::Number(read, _), Self::Amounts(amounts)) => {
                let number = read(exchange);
                amounts.iter().any(|it| it.contains(number))
            }
            (Reads::Age(_), Self::Age(age)) => {
                let ago = look.now.duration_since(exchange.at);
                Duration::try_from(ago).map_or(true, |ago| ago <= Duration::from_secs(age.first()))
            }
            _ => unreachable!("the parser makes values of the sort that the key reads"),
        }
    }
}

impl<'de> Deserialize<'de> for TrafficFilter {
    /// A filter is a text in JSON.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(|error: FilterError| {
            de::Error::custom(format!(
                "the filter {text} is wrong at byte {}: {error}",
                error.offset,
                text = quoted(&*text)
            ))
        })
    }
}

impl fmt::Display for TrafficFilter {
    /// The canonical spelling of the filter. Parsing it gives the same filter.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.as_ref().map_or(Ok(()), |it| it.fmt(out))
    }
}

impl fmt::Display for FilterNode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any(nodes) => joined(nodes, " | ", |it| matches!(it, Self::Any(_)), out),
            Self::All(nodes) => {
                joined(nodes, " ", |it| matches!(it, Self::Any(_) | Self::All(_)), out)
            }
            Self::Not(node) => {
                out.write_str("-")?;
                match **node {
                    Self::Any(_) | Self::All(_) => write!(out, "({node})"),
                    _ => write!(out, "{node}"),
                }
            }
            Self::Test(key, values) if **key == WORD => write_word(values, out),
            Self::Test(key, values) => {
                write!(out, "{}:", key.name)?;
                match values {
                    Values::Words(chosen) => list(chosen.iter().map(|it| key.values[*it]), out),
                    Values::Patterns(patterns) => list(patterns, out),
                    Values::Amounts(amounts) => list(amounts, out),
                    Values::Age(age) => age.fmt(out),
                }
            }
        }
    }
}

fn joined(
    nodes: &[FilterNode],
    between: &str,
    wants_brackets: fn(&FilterNode) -> bool,
    out: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            out.write_str(between)?;
        }
        if wants_brackets(node) {
            write!(out, "({node})")?;
        } else {
            write!(out, "{node}")?;
        }
    }
    Ok(())
}

fn list<T: fmt::Display>(
    values: impl IntoIterator<Item = T>,
    out: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (at, value) in values.into_iter().enumerate() {
        if at > 0 {
            out.write_str(",")?;
        }
        value.fmt(out)?;
    }
    Ok(())
}

/// Writes a word, in quotes if it could be read as something else.
fn write_word(values: &Values, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Values::Patterns(patterns) = values else { return Ok(()) };
    let word = patterns.iter().map(ToString::to_string).collect::<String>();
    let plain = !word.contains([':', '"']) && !word.starts_with(['-', '!', '~', '&']);
    if plain || word.starts_with('"') {
        out.write_str(&word)
    } else {
        value::write_quoted(&word, out)
    }
}

#[cfg(test)]
mod tests;
