//! A line of text being typed.

use ratatui::text::Span;

/// The longest line in bytes.
const LENGTH: usize = 1_000;

/// A line of text and its cursor, which is always between two graphemes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TextInput {
    text: String,
    cursor: usize,
}

impl TextInput {
    /// A line with this text and the cursor at its end.
    pub(super) fn of(text: &str) -> Self {
        Self { text: text.to_owned(), cursor: text.len() }
    }

    /// The text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The byte offset of the cursor.
    pub(super) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Inserts text at the cursor. Control characters become blanks, because the input has one
    /// line.
    pub(super) fn insert(&mut self, text: &str) {
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if self.text.len() + clean.len() <= LENGTH {
            self.text.insert_str(self.cursor, &clean);
            self.cursor += clean.len();
        }
    }

    /// Replaces bytes of the line by text and sets the cursor behind it.
    pub(super) fn replace(&mut self, bytes: std::ops::Range<usize>, text: &str) {
        self.cursor = bytes.start + text.len();
        self.text.replace_range(bytes, text);
    }

    /// Deletes the grapheme in front of the cursor.
    pub(super) fn backspace(&mut self) {
        let end = self.cursor;
        self.left();
        self.text.drain(self.cursor..end);
    }

    /// Deletes the word in front of the cursor.
    pub(super) fn delete_word(&mut self) {
        let before = self.text[..self.cursor].trim_end();
        let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        self.text.drain(start..self.cursor);
        self.cursor = start;
    }

    /// Deletes everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Moves one grapheme to the left.
    pub(super) fn left(&mut self) {
        let last = graphemes(&self.text[..self.cursor]).last().unwrap_or(0);
        self.cursor -= last;
    }

    /// Moves one grapheme to the right.
    pub(super) fn right(&mut self) {
        let first = graphemes(&self.text[self.cursor..]).next().unwrap_or(0);
        self.cursor += first;
    }

    /// Moves to the start of the line.
    pub(super) fn home(&mut self) {
        self.cursor = 0;
    }

    /// Moves to the end of the line.
    pub(super) fn end(&mut self) {
        self.cursor = self.text.len();
    }
}

/// The lengths of the graphemes of a text in bytes.
fn graphemes(text: &str) -> impl Iterator<Item = usize> {
    let span = Span::raw(text);
    let lengths: Vec<_> =
        span.styled_graphemes(Span::raw("").style).map(|it| it.symbol.len()).collect();
    lengths.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_moves_by_graphemes() {
        let mut edit = TextInput::of("a👩‍💻é");

        edit.left();
        edit.left();
        edit.insert("b");
        edit.right();
        edit.backspace();

        assert_eq!((edit.text(), edit.cursor()), ("abé", 2));
    }

    #[test]
    fn a_word_is_deleted_with_the_blanks_behind_it() {
        let mut edit = TextInput::of("op:patch status:4xx  ");

        edit.delete_word();

        assert_eq!(edit.text(), "op:patch ");
    }

    #[test]
    fn a_pasted_line_break_becomes_a_blank() {
        let mut edit = TextInput::default();

        edit.insert("q\r\ny\u{1b}");

        assert_eq!(edit.text(), "q  y ");
    }

    #[test]
    fn moving_beyond_the_ends_stays_there() {
        let mut edit = TextInput::of("é");

        edit.right();
        assert_eq!(edit.cursor(), 2);
        edit.home();
        edit.left();
        edit.backspace();

        assert_eq!((edit.text(), edit.cursor()), ("é", 0));
    }
}
