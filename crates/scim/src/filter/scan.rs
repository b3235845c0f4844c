//! Reads the text of a filter or path: blanks and words, and a description of what was found.

use std::borrow::Cow;

use super::SyntaxError;
use crate::quoted;

/// How many characters of the client's text an error repeats: enough for a URN with an attribute.
const REPEATED: usize = 100;

/// The text and the position up to which it has been read.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte of the next character.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// The text that has not been read yet.
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Skips `len` bytes. They must be whole characters of [`Scanner::rest`].
    pub(super) fn advance(&mut self, len: usize) {
        self.at += len;
    }

    /// Reads `wanted` if it is the next character.
    pub(super) fn eat(&mut self, wanted: char) -> bool {
        let here = self.rest().starts_with(wanted);
        if here {
            self.advance(wanted.len_utf8());
        }
        here
    }

    /// Reads `wanted`, ignoring case, if it is the whole next word.
    pub(super) fn eat_word(&mut self, wanted: &str) -> bool {
        let here = self.word().eq_ignore_ascii_case(wanted);
        if here {
            self.advance(wanted.len());
        }
        here
    }

    pub(super) fn skip_blanks(&mut self) {
        self.advance(self.run(|it| it.is_ascii_whitespace()).len());
    }

    /// The next characters that are all `member`. They are not read.
    pub(super) fn run(&self, member: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        &rest[..rest.find(|it| !member(it)).unwrap_or(rest.len())]
    }

    /// The next word: an operator, or an attribute name with or without a schema URN. It is not
    /// read.
    pub(super) fn word(&self) -> &'a str {
        self.run(is_word_char)
    }

    /// The text that a client may have meant as one value: all up to a blank, bracket or double
    /// quote.
    pub(super) fn chunk(&self) -> &'a str {
        self.run(|it| !it.is_whitespace() && !matches!(it, '(' | ')' | '[' | ']' | '"'))
    }

    /// The error for a missing `what`, with what was found instead.
    pub(super) fn expected(&self, what: &str) -> SyntaxError {
        self.refusal(format!("expected {what}, found {}", self.found()))
    }

    /// An error at this position.
    pub(super) fn refusal(&self, message: impl Into<String>) -> SyntaxError {
        self.refusal_at(self.at, message)
    }

    /// An error at an earlier position.
    pub(super) fn refusal_at(&self, offset: usize, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(self.text, offset, message.into())
    }

    fn found(&self) -> String {
        let chunk = self.chunk();
        match self.peek() {
            None => "the end".to_owned(),
            Some('"') => "a text in double quotes".to_owned(),
            Some(it) if it.is_whitespace() => "a blank".to_owned(),
            Some(it) if chunk.is_empty() => format!("\"{it}\""),
            Some(_) => quoted(&shortened(chunk)).to_string(),
        }
    }
}

/// The text, or its beginning if it is too long to repeat it to the client.
pub(super) fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(REPEATED) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// Whether a schema URN followed by an attribute path may hold this character.
///
/// Attribute names need fewer characters; the others occur in URNs of schemas. A URN may also
/// contain `=`, `!` and the like, but in a filter these are more often meant as operators.
pub(super) fn is_word_char(it: char) -> bool {
    is_name_char(it) || matches!(it, '.' | ':' | '/' | '%' | '+' | '~')
}

/// `nameChar` of RFC 7643 §2.1. The filter grammar of RFC 7644 omits the `$`.
pub(super) fn is_name_char(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '$' | '-' | '_')
}
