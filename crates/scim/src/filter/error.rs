//! The syntax error of a filter or path.

use std::fmt;

/// How many characters are shown before and after the position of an error.
const SHOWN: usize = 24;

/// The syntax error of a filter or path: what was expected, what was found, and at which byte.
///
/// The caller knows what the text is for and answers `invalidFilter` or `invalidPath`
/// ([RFC 7644 §3.12](https://www.rfc-editor.org/rfc/rfc7644#section-3.12)).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (byte {offset}: {around})")]
pub struct SyntaxError {
    /// The byte at which the error begins; the length of the text if it ends too early. It is
    /// always on a character boundary.
    pub offset: usize,
    /// A lower-case fragment: what was expected, what was found, and often how to correct it.
    pub message: String,
    around: String,
}

impl SyntaxError {
    /// Marks the character of `text` that covers the byte `offset`.
    pub(super) fn new(text: &str, offset: usize, message: String) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        Self { offset, message, around: cut_out(text, offset) }
    }

    /// Adds how to correct the typical mistake behind this error.
    pub(super) fn hint(mut self, hint: &str) -> Self {
        self.message.push_str("; ");
        self.message.push_str(hint);
        self
    }

    /// The text around the error on one line, with the position marked: `…userName ▸zz "x"`.
    pub fn around(&self) -> &str {
        &self.around
    }
}

/// A byte of a text. It prints as its number and the text around it, with the position marked.
pub(crate) struct Byte<'a> {
    pub(crate) text: &'a str,
    /// On a character boundary.
    pub(crate) offset: usize,
}

impl fmt::Display for Byte<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.offset, cut_out(self.text, self.offset))
    }
}

fn cut_out(text: &str, offset: usize) -> String {
    let (before, after) = text.split_at(offset);
    let start = before.char_indices().rev().nth(SHOWN - 1).map_or(0, |(at, _)| at);
    let end = after.char_indices().nth(SHOWN).map_or(after.len(), |(at, _)| at);
    let mut around = String::new();
    around.push_str(if start > 0 { "…" } else { "" });
    around.push_str(&before[start..]);
    around.push('▸');
    around.push_str(&after[..end]);
    around.push_str(if end < after.len() { "…" } else { "" });
    around.replace(char::is_control, " ") // A line break would break the log and the dashboard.
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::SyntaxError;

    #[rstest]
    #[case::short("a zz b", 2, "a ▸zz b")]
    #[case::at_the_end("a eq", 4, "a eq▸")]
    #[case::control("a\n\tzz", 3, "a  ▸zz")]
    #[case::long_before("0123456789012345678901234567", 26, "…234567890123456789012345▸67")]
    #[case::long_after("012345678901234567890123456", 1, "0▸123456789012345678901234…")]
    #[case::wide_letters("åäö zz", 7, "åäö ▸zz")]
    #[case::inside_a_letter("aå", 2, "a▸å")]
    #[case::far_behind_the_end("a", 9, "a▸")]
    fn the_text_around_an_error_marks_its_position(
        #[case] text: &str,
        #[case] offset: usize,
        #[case] around: &str,
    ) {
        assert_eq!(SyntaxError::new(text, offset, String::new()).around(), around);
    }

    #[test]
    fn an_error_prints_as_one_sentence() {
        let error = SyntaxError::new("a zz", 2, "expected eq".to_owned()).hint("try eq");

        assert_eq!(error.to_string(), "expected eq; try eq (byte 2: a ▸zz)");
    }
}
