//! The grammar of filters and PATCH paths, as recursive descent.
//!
//! ```text
//! any        = all *( "or" all )
//! all        = operand *( "and" operand )
//! operand    = [ "not" ] "(" any ")" / test
//! test       = attrPath comparison / valuePath [ "." name comparison ]
//! comparison = "pr" / compareOp value
//! valuePath  = attrPath "[" any "]"            ; no brackets inside brackets
//! attrPath   = [ URN ":" ] name [ "." name ]
//! patchPath  = URN / attrPath / valuePath [ "." name ]
//! ```
//!
//! It accepts what RFC 7644 §3.4.2.2 and §3.5.2 accept. It also accepts any number of blanks
//! between two words, no blank where a bracket or quote separates them, a sub-attribute of a value
//! path inside a filter, and a bare schema URN as PATCH path. It is stricter in one point: the
//! filter in brackets "MUST be a valid filter expression based upon sub-attributes of the parent
//! attribute", so names with a schema or a dot are refused there.

use smol_str::{SmolStr, ToSmolStr};

use super::literal::literal;
use super::scan::{Scanner, is_name_char, is_word_char, shortened};
use super::{
    AttrPath, CompareOp, Filter, MAX_DEPTH, MAX_LENGTH, PatchPath, SyntaxError, Urns, ValuePath,
};
use crate::quoted;

/// Operators of other languages, and their names in SCIM. The longer of two comes first.
const FOREIGN_OPERATORS: [(&str, &str); 10] = [
    ("==", "eq"),
    ("=", "eq"),
    ("!=", "ne"),
    ("<>", "ne"),
    (">=", "ge"),
    ("<=", "le"),
    (">", "gt"),
    ("<", "lt"),
    ("&&", "and"),
    ("||", "or"),
];

impl Filter {
    /// Reads a filter; `urns` are the schemas whose attributes it may name in full.
    ///
    /// # Errors
    ///
    /// If `text` is not a filter, is longer than [`MAX_LENGTH`] or nests deeper than
    /// [`MAX_DEPTH`]. A client is answered `invalidFilter`.
    pub fn parse(text: &str, urns: Urns<'_>) -> Result<Self, SyntaxError> {
        let mut parser = GrammarParser::new(text, urns)?;
        let filter = parser.any()?;
        parser.end("\"and\", \"or\" or the end of the filter")?;
        Ok(filter)
    }
}

impl AttrPath {
    /// Reads an attribute path, such as `sortBy` or one item of `attributes`; blanks around it are
    /// ignored.
    ///
    /// A bare schema URN is refused; where a whole extension may be named, as clients do in
    /// `attributes`, read a [`PatchPath`].
    ///
    /// # Errors
    ///
    /// If `text` is not an attribute path. A client is answered `invalidPath`, or `invalidValue`
    /// for a query parameter.
    pub fn parse(text: &str, urns: Urns<'_>) -> Result<Self, SyntaxError> {
        let mut parser = GrammarParser::new(text, urns)?;
        let attr = parser.attribute("an attribute")?;
        parser.end("the end of the attribute path")?;
        Ok(attr)
    }
}

impl PatchPath {
    /// Reads the path of a PATCH operation; only a schema in `urns` can be a path on its own.
    ///
    /// # Errors
    ///
    /// If `text` is not a path. A client is answered `invalidPath`.
    pub fn parse(text: &str, urns: Urns<'_>) -> Result<Self, SyntaxError> {
        let mut parser = GrammarParser::new(text, urns)?;
        let path = match parser.head("an attribute")? {
            Head::Schema(urn) => Self::Extension(urn),
            Head::Attribute(attr) => {
                parser.scan.skip_blanks();
                if parser.scan.peek() == Some('[') {
                    Self::Values(parser.value_path(attr)?, parser.sub_attribute()?)
                } else {
                    Self::Attribute(attr)
                }
            }
        };
        parser.end("the end of the path")?;
        Ok(path)
    }
}

/// The bytes at which the tests of a filter begin, without those inside brackets.
pub(crate) fn tests(text: &str, urns: Urns<'_>) -> Result<Vec<usize>, SyntaxError> {
    let mut parser = GrammarParser { tests: Some(Vec::new()), ..GrammarParser::new(text, urns)? };
    parser.any()?;
    Ok(parser.tests.unwrap_or_default())
}

struct GrammarParser<'a> {
    scan: Scanner<'a>,
    urns: Urns<'a>,
    /// How many groups and brackets are open.
    depth: usize,
    /// The attribute before the open brackets, inside which names are those of its sub-attributes.
    parent: Option<SmolStr>,
    /// The bytes at which tests begin, if the caller asks for them. Tests inside brackets are part
    /// of the test around them.
    tests: Option<Vec<usize>>,
}

/// The beginning of a path.
enum Head {
    /// A registered schema URN without an attribute.
    Schema(SmolStr),
    Attribute(AttrPath),
}

impl<'a> GrammarParser<'a> {
    fn new(text: &'a str, urns: Urns<'a>) -> Result<Self, SyntaxError> {
        let mut scan = Scanner::new(text);
        if text.len() > MAX_LENGTH {
            let message = format!("expected at most {MAX_LENGTH} bytes, found {}", text.len());
            return Err(scan.refusal_at(MAX_LENGTH, message));
        }
        scan.skip_blanks();
        Ok(Self { scan, urns, depth: 0, parent: None, tests: None })
    }

    fn any(&mut self) -> Result<Filter, SyntaxError> {
        self.chain("or", Self::all, Filter::Or)
    }

    fn all(&mut self) -> Result<Filter, SyntaxError> {
        self.chain("and", Self::operand, Filter::And)
    }

    /// One or more operands with `word` between them. A single operand is returned as it is.
    fn chain(
        &mut self,
        word: &str,
        operand: fn(&mut Self) -> Result<Filter, SyntaxError>,
        join: fn(Vec<Filter>) -> Filter,
    ) -> Result<Filter, SyntaxError> {
        let first = operand(self)?;
        if !self.eat_word(word) {
            return Ok(first);
        }
        let mut parts = vec![first, operand(self)?];
        while self.eat_word(word) {
            parts.push(operand(self)?);
        }
        Ok(join(parts))
    }

    fn operand(&mut self) -> Result<Filter, SyntaxError> {
        if self.eat_word("not") {
            self.scan.skip_blanks();
            if self.scan.peek() != Some('(') {
                let error = self.scan.expected("\"(\" after not");
                return Err(error.hint("write not (…)"));
            }
            return Ok(Filter::Not(Box::new(self.group(')')?)));
        }
        if self.scan.peek() == Some('(') {
            return self.group(')');
        }
        if ["and", "or"].iter().any(|it| self.scan.word().eq_ignore_ascii_case(it)) {
            let error = self.scan.expected("an attribute, \"not\" or \"(\"");
            return Err(error.hint("and, or stand between two tests"));
        }
        self.test()
    }

    /// The opening bracket at this position, a filter, and the closing bracket.
    fn group(&mut self, closing: char) -> Result<Filter, SyntaxError> {
        let opened = self.scan.offset();
        if self.depth == MAX_DEPTH {
            let message = format!("expected at most {MAX_DEPTH} groups inside each other");
            return Err(self.scan.refusal(message));
        }
        self.depth += 1;
        self.scan.advance(1);
        let filter = self.any()?;
        self.depth -= 1;
        self.scan.skip_blanks();
        if !self.scan.eat(closing) {
            let wanted = format!("\"and\", \"or\" or the \"{closing}\" for byte {opened}");
            return Err(self.expected_operator(&wanted));
        }
        Ok(filter)
    }

    fn test(&mut self) -> Result<Filter, SyntaxError> {
        let start = self.scan.offset();
        if let (Some(tests), None) = (&mut self.tests, &self.parent) {
            tests.push(start);
        }
        let attr = match self.parent.clone() {
            Some(parent) => self.sub_of(&parent)?,
            None => self.attribute("an attribute, \"not\" or \"(\"")?,
        };
        self.scan.skip_blanks();
        if self.scan.peek() != Some('[') {
            return self.comparison(attr, start);
        }
        let values = self.value_path(attr)?;
        let start = self.scan.offset();
        Ok(match self.sub_attribute()? {
            None => Filter::ValuePath(values),
            Some(sub) => {
                let test = self.comparison(AttrPath::new(sub), start)?;
                Filter::Selected(values, Box::new(test))
            }
        })
    }

    fn comparison(&mut self, attr: AttrPath, start: usize) -> Result<Filter, SyntaxError> {
        self.scan.skip_blanks();
        let word = self.scan.word();
        if word.eq_ignore_ascii_case("pr") {
            self.scan.advance(word.len());
            return Ok(Filter::Present(attr));
        }
        let Some(op) = CompareOp::named(word) else {
            return Err(self.no_operator(&attr, start));
        };
        self.scan.advance(word.len());
        Ok(Filter::Compare(attr, op, literal(&mut self.scan, op.as_str())?))
    }

    fn no_operator(&self, attr: &AttrPath, start: usize) -> SyntaxError {
        let name = attr.to_smolstr();
        if name.eq_ignore_ascii_case("pr") || CompareOp::named(&name).is_some() {
            let message = format!("expected an attribute before the operator \"{name}\"");
            return self.scan.refusal_at(start, message);
        }
        let operators = "an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr)";
        self.expected_operator(&format!("{operators} after \"{}\"", shortened(&name)))
    }

    /// The filter in brackets at this position, which selects values of `attr`.
    fn value_path(&mut self, attr: AttrPath) -> Result<ValuePath, SyntaxError> {
        if let Some(parent) = &self.parent {
            let message = format!("expected no further \"[\" inside the brackets of {parent}");
            return Err(self.scan.refusal(message));
        }
        if attr.sub.is_some() {
            let message = format!("expected no \"[\" after \"{attr}\", a sub-attribute");
            let name = &attr.name;
            return Err(self.scan.refusal(message).hint(&format!("write {name}[…]")));
        }
        self.parent = Some(attr.name.clone());
        let filter = Box::new(self.group(']')?);
        self.parent = None;
        Ok(ValuePath { attr, filter })
    }

    fn attribute(&mut self, expected: &str) -> Result<AttrPath, SyntaxError> {
        match self.head(expected)? {
            Head::Attribute(attr) => Ok(attr),
            Head::Schema(urn) => {
                Err(self.scan.expected(&format!("\":\" and an attribute after the schema {urn}")))
            }
        }
    }

    /// A name inside the brackets of `parent`.
    fn sub_of(&mut self, parent: &str) -> Result<AttrPath, SyntaxError> {
        let start = self.scan.offset();
        let attr = self.attribute(&format!("a sub-attribute of {parent}, \"not\" or \"(\""));
        let attr = match attr {
            Err(error) if self.scan.word().parse::<usize>().is_ok() => {
                let example = format!("values are selected, such as {parent}[type eq \"work\"]");
                return Err(error.hint(&example));
            }
            read => read?,
        };
        if attr.schema.is_some() || attr.sub.is_some() {
            let message = format!("expected the bare name of a sub-attribute of {parent}");
            return Err(self.scan.refusal_at(start, format!("{message}, found \"{attr}\"")));
        }
        Ok(attr)
    }

    fn head(&mut self, expected: &str) -> Result<Head, SyntaxError> {
        let mut is_dotted = false;
        let schema = match registered_prefix(self.urns, self.scan.rest()) {
            Some(urn) => {
                self.scan.advance(urn.len());
                is_dotted = self.scan.peek() == Some('.');
                if !self.scan.eat(':') && !self.scan.eat('.') {
                    return Ok(Head::Schema(urn.into()));
                }
                Some(urn)
            }
            None => self.foreign_schema()?,
        };
        let name = self.name(if schema.is_some() { "an attribute" } else { expected })?;
        let sub = self.sub_attribute()?;
        Ok(Head::Attribute(AttrPath { schema: schema.map(Into::into), name, sub, is_dotted }))
    }

    /// The text before the last colon. It is a guess, since no such schema is registered.
    fn foreign_schema(&mut self) -> Result<Option<&'a str>, SyntaxError> {
        let Some((schema, _)) = self.scan.word().rsplit_once(':') else {
            return Ok(None);
        };
        if !schema.contains(':') || !schema.starts_with(|it: char| it.is_ascii_alphabetic()) {
            let wanted = "expected a schema URN before the last \":\"";
            let message = format!("{wanted}, found {}", quoted(&shortened(schema)));
            return Err(self.scan.refusal(message));
        }
        self.scan.advance(schema.len() + 1);
        Ok(Some(schema))
    }

    /// A dot and a name, if the dot is the next character.
    fn sub_attribute(&mut self) -> Result<Option<SmolStr>, SyntaxError> {
        if !self.scan.eat('.') {
            return Ok(None);
        }
        let sub = self.name("a sub-attribute after the dot")?;
        if self.scan.peek() == Some('.') {
            let message = "expected no second dot: sub-attributes have no sub-attributes";
            return Err(self.scan.refusal(message));
        }
        Ok(Some(sub))
    }

    /// `ATTRNAME`, or `$ref`, which RFC 7643 uses although its grammar requires a letter first.
    fn name(&mut self, expected: &str) -> Result<SmolStr, SyntaxError> {
        let name = self.scan.run(is_name_char);
        let begins_well = name.starts_with(|it: char| it.is_ascii_alphabetic());
        if !begins_well && !name.eq_ignore_ascii_case("$ref") {
            let error = self.scan.expected(expected);
            let slash = self.scan.peek() == Some('/');
            return Err(if slash { error.hint("paths have no slashes") } else { error });
        }
        self.scan.advance(name.len());
        Ok(name.into())
    }

    /// Refuses anything but blanks. `wanted` says what else was expected.
    fn end(&mut self, wanted: &str) -> Result<(), SyntaxError> {
        self.scan.skip_blanks();
        if self.scan.peek().is_some() {
            return Err(self.expected_operator(wanted));
        }
        Ok(())
    }

    fn eat_word(&mut self, word: &str) -> bool {
        self.scan.skip_blanks();
        self.scan.eat_word(word)
    }

    /// Like [`Scanner::expected`], with a hint if the next word is an operator of another language.
    fn expected_operator(&self, wanted: &str) -> SyntaxError {
        let error = self.scan.expected(wanted);
        let foreign = FOREIGN_OPERATORS.iter().find(|it| self.scan.rest().starts_with(it.0));
        match foreign {
            Some((foreign, own)) => error.hint(&format!("write {own} instead of {foreign}")),
            None => error,
        }
    }
}

/// The longest registered URN at the start of `rest`, as written there. It must end before a colon,
/// at the end of the word, or before a dot and the last part of the word.
fn registered_prefix<'t>(urns: Urns<'_>, rest: &'t str) -> Option<&'t str> {
    let ends = |len: usize| {
        let tail = &rest[len..];
        let is_name = |it: &str| it.starts_with(|it: char| it.is_ascii_alphabetic() || it == '$');
        let word = |it: &str| it.chars().take_while(|it| is_word_char(*it)).all(|it| it != ':');
        match tail.strip_prefix('.') {
            Some(name) => is_name(name) && word(name),
            None => tail.chars().next().is_none_or(|it| it == ':' || !is_word_char(it)),
        }
    };
    let prefixes = urns.0.iter().filter_map(|urn| {
        let prefix = rest.get(..urn.len())?;
        (prefix.eq_ignore_ascii_case(urn) && ends(urn.len())).then_some(prefix)
    });
    prefixes.max_by_key(|it| it.len())
}
