//! A key press, by the name that is shown for it.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers, Shift folded into the character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct KeyPress {
    /// The key.
    pub(super) code: KeyCode,
    /// Whether Ctrl is held.
    pub(super) ctrl: bool,
}

impl KeyPress {
    /// The key of an event; `None` if Alt, Super or Meta is held, which belong to the terminal or
    /// the system.
    pub(super) fn of(event: &KeyEvent) -> Option<Self> {
        let foreign = KeyModifiers::ALT | KeyModifiers::SUPER | KeyModifiers::META;
        if event.modifiers.intersects(foreign) {
            return None;
        }
        let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
        let code = match event.code {
            // With Ctrl, some terminals send the upper-case and some the lower-case letter.
            KeyCode::Char(c) if ctrl => KeyCode::Char(c.to_ascii_lowercase()),
            KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            code => code,
        };
        Some(Self { code, ctrl })
    }

    /// The key of that name: `q`, `Ctrl-c`, `PgDn`, `S-Tab`.
    pub(super) fn named(name: &str) -> Option<Self> {
        let (ctrl, name) = match name.strip_prefix("Ctrl-") {
            Some(name) => (true, name),
            None => (false, name),
        };
        let mut chars = name.chars();
        let code = match (chars.next()?, chars.next(), name) {
            (c, None, _) => KeyCode::Char(c),
            (_, _, "Space") => KeyCode::Char(' '),
            (_, _, "Enter") => KeyCode::Enter,
            (_, _, "Esc") => KeyCode::Esc,
            (_, _, "Tab") => KeyCode::Tab,
            (_, _, "S-Tab") => KeyCode::BackTab,
            (_, _, "Down") => KeyCode::Down,
            (_, _, "Up") => KeyCode::Up,
            (_, _, "Left") => KeyCode::Left,
            (_, _, "Right") => KeyCode::Right,
            (_, _, "PgDn") => KeyCode::PageDown,
            (_, _, "PgUp") => KeyCode::PageUp,
            (_, _, "Home") => KeyCode::Home,
            (_, _, "End") => KeyCode::End,
            (_, _, "F1") => KeyCode::F(1),
            _ => return None,
        };
        Some(Self { code, ctrl })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_and_capital_letters_are_one_thing() {
        let plain = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::NONE);
        let shifted = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);

        assert_eq!(KeyPress::of(&plain), KeyPress::named("G"));
        assert_eq!(KeyPress::of(&shifted), KeyPress::named("G"));
    }

    #[test]
    fn a_key_with_alt_is_ignored() {
        let event = KeyEvent::new(KeyCode::Char('q'), KeyModifiers::ALT);

        assert_eq!(KeyPress::of(&event), None);
    }
}
