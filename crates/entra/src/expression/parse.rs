//! Parses an expression by recursive descent. It stops at the first mistake.

use smol_str::SmolStr;

use super::call::{CallError, ExpressionNode, FunctionCall};
use super::compare::ComparisonOperator;
use super::function::function;
use crate::SourceValue;

/// The most characters of an expression (MAP).
pub const MAX_LENGTH: usize = 10_000;
/// The deepest nesting of functions: deeper than real expressions, and safe for the stack.
pub const MAX_DEPTH: usize = 64;

/// A mistake in an expression. Printed with the text around its position.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} At byte {offset}: {around}")]
pub struct ExpressionError {
    /// The position in bytes.
    pub offset: usize,
    /// What was expected, and what was found.
    pub message: String,
    /// The text from shortly before the position on.
    pub around: String,
}

impl ExpressionError {
    pub(super) fn new(text: &str, offset: usize, message: String) -> Self {
        let before = text[..offset].chars().rev().take(12).map(char::len_utf8).sum::<usize>();
        let around: String = text[offset - before..].chars().take(24).collect();
        let end = if message.ends_with('?') { "" } else { "." };
        Self { offset, message: format!("{message}{end}"), around }
    }
}

/// The tree of the expression, and its attributes with their positions.
pub(super) fn parse(
    text: &str,
) -> Result<(ExpressionNode, Vec<(SmolStr, usize)>), ExpressionError> {
    let mut parser = ExpressionParser { text, at: 0, attributes: Vec::new() };
    if text.chars().count() > MAX_LENGTH {
        return Err(parser.error(0, format!("an expression has at most {MAX_LENGTH} characters")));
    }
    parser.blanks();
    let root = parser.operand(0)?;
    if !matches!(root, ExpressionNode::Call(_)) {
        let message = "an expression is a function; other values are mapped directly or constant";
        return Err(parser.error(0, message.into()));
    }
    match parser.peek() {
        None => Ok((root, parser.attributes)),
        Some(_) => Err(parser.expected("the end")),
    }
}

struct ExpressionParser<'t> {
    text: &'t str,
    /// Where the next token starts, after blanks.
    at: usize,
    attributes: Vec<(SmolStr, usize)>,
}

impl<'t> ExpressionParser<'t> {
    /// `operand [ operator operand ]`
    fn argument(&mut self, depth: usize) -> Result<ExpressionNode, ExpressionError> {
        let left = self.operand(depth)?;
        let operators = [
            ("<>", ComparisonOperator::NotEqual),
            (">=", ComparisonOperator::GreaterOrEqual),
            ("<=", ComparisonOperator::LessOrEqual),
            ("=", ComparisonOperator::Equal),
            (">", ComparisonOperator::Greater),
            ("<", ComparisonOperator::Less),
        ];
        let found = operators.into_iter().find(|(sign, _)| self.takes(sign));
        let Some((_, operator)) = found else { return Ok(left) };
        let right = self.operand(depth)?;
        Ok(ExpressionNode::Compare(Box::new(left), operator, Box::new(right)))
    }

    fn operand(&mut self, depth: usize) -> Result<ExpressionNode, ExpressionError> {
        match self.peek() {
            Some('"') => self.quoted(),
            Some('[') => self.attribute(),
            Some('&' | '-' | '0'..='9') => self.number(),
            Some(it) if it.is_ascii_alphabetic() => self.call(depth),
            _ => Err(self.expected("a function, an [attribute], a \"text\" or a number")),
        }
    }

    /// A function with its arguments, or a keyword of `InStr`.
    fn call(&mut self, depth: usize) -> Result<ExpressionNode, ExpressionError> {
        let start = self.at;
        let name = self.word();
        if ["vbBinaryCompare", "vbTextCompare"].contains(&name) {
            return Ok(ExpressionNode::Constant(SourceValue::Text(name.into())));
        }
        if !self.takes("(") {
            let message = format!("`{name}` is no function call; a text stands in quotes");
            return Err(self.error(start, message));
        }
        let function = function(name).map_err(|message| self.error(start, message))?;
        if depth == MAX_DEPTH {
            let message = format!("functions are nested at most {MAX_DEPTH} deep");
            return Err(self.error(start, message));
        }
        if function.top_level && depth > 0 {
            let message = format!("{name} cannot stand inside another function");
            return Err(self.error(start, message));
        }
        let (arguments, places): (Vec<_>, Vec<_>) = self.arguments(depth + 1)?.into_iter().unzip();
        let call =
            FunctionCall::new(function, arguments).map_err(|CallError { argument, message }| {
                self.error(argument.map_or(start, |index| places[index]), message)
            })?;
        Ok(ExpressionNode::Call(Box::new(call)))
    }

    /// The arguments up to the closing bracket, with their positions. An argument may be empty:
    /// `(a, , b)`.
    fn arguments(
        &mut self,
        depth: usize,
    ) -> Result<Vec<(Option<ExpressionNode>, usize)>, ExpressionError> {
        if self.takes(")") {
            return Ok(Vec::new());
        }
        let mut arguments = Vec::new();
        loop {
            let start = self.at;
            let left_out = matches!(self.peek(), Some(',' | ')'));
            arguments.push((if left_out { None } else { Some(self.argument(depth)?) }, start));
            if self.takes(")") {
                return Ok(arguments);
            }
            if !self.takes(",") {
                let rest = self.text[self.at..].to_ascii_uppercase();
                let logical = rest.starts_with("AND") || rest.starts_with("OR");
                let hint = if logical { "; there is no AND and no OR: nest IIF" } else { "" };
                return Err(self.expected(&format!("\",\" or \")\"{hint}")));
            }
        }
    }

    fn quoted(&mut self) -> Result<ExpressionNode, ExpressionError> {
        let start = self.at;
        let mut text = String::new();
        let mut characters = self.text[start..].char_indices().skip(1);
        while let Some((offset, character)) = characters.next() {
            match character {
                '"' => {
                    self.advance(start + offset + 1);
                    return Ok(ExpressionNode::Constant(SourceValue::Text(text.into())));
                }
                '\\' => {
                    let Some((_, escaped @ ('"' | '\\'))) = characters.next() else {
                        let message = "a backslash in a text is written twice: \\\\";
                        return Err(self.error(start + offset, message.into()));
                    };
                    text.push(escaped);
                }
                other => text.push(other),
            }
        }
        Err(self.error(start, "this text has no closing quote".into()))
    }

    fn attribute(&mut self) -> Result<ExpressionNode, ExpressionError> {
        let start = self.at;
        let inside = &self.text[start + 1..];
        let Some(end) =
            inside.find([']', '[', '"', ',', '(']).filter(|it| inside[*it..].starts_with(']'))
        else {
            return Err(self.error(start, "this attribute has no closing bracket".into()));
        };
        let name = SmolStr::new(inside[..end].trim());
        if name.is_empty() {
            return Err(self.error(start, "an attribute has a name".into()));
        }
        self.advance(start + 1 + end + 1);
        self.attributes.push((name.clone(), start));
        Ok(ExpressionNode::Attribute(name))
    }

    /// `12`, `-10`, or `&HF7` as Visual Basic writes hexadecimal numbers.
    fn number(&mut self) -> Result<ExpressionNode, ExpressionError> {
        let start = self.at;
        let rest = &self.text[start..];
        let hexadecimal = rest.strip_prefix("&H").or_else(|| rest.strip_prefix("&h"));
        let (digits, radix) = match hexadecimal {
            Some(digits) => (digits, 16),
            None => (rest, 10),
        };
        let skipped = rest.len() - digits.len();
        let sign = usize::from(radix == 10 && digits.starts_with('-'));
        let more = digits[sign..].find(|it: char| !it.is_digit(radix));
        let end = more.map_or(digits.len(), |it| it + sign);
        let Ok(number) = i64::from_str_radix(&digits[..end], radix) else {
            return Err(self.expected("a whole number"));
        };
        self.advance(start + skipped + end);
        if matches!(self.text[..self.at].chars().last(), Some('0'..='9'))
            && self.peek() == Some('.')
        {
            return Err(self.error(start, "numbers are whole".into()));
        }
        Ok(ExpressionNode::Constant(SourceValue::Integer(number)))
    }

    fn word(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let end = rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '_');
        let word = &rest[..end.unwrap_or(rest.len())];
        self.advance(self.at + word.len());
        word
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = self.text[self.at..].starts_with(sign);
        if found {
            self.advance(self.at + sign.len());
        }
        found
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn advance(&mut self, to: usize) {
        self.at = to;
        self.blanks();
    }

    fn blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn expected(&self, what: &str) -> ExpressionError {
        let found = match self.peek() {
            Some(it) => format!("\"{it}\""),
            None => "the end".into(),
        };
        self.error(self.at, format!("expected {what}, found {found}"))
    }

    fn error(&self, offset: usize, message: String) -> ExpressionError {
        ExpressionError::new(self.text, offset, message)
    }
}
