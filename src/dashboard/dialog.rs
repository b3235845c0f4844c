//! The dialogs over a screen: a prompt, the palette, a menu of things to copy, a question.

use super::text_input::TextInput;
use super::user_action::{ActionEntry, ENTRIES};

/// A dialog over the screen, which has all keys.
#[derive(Clone, Debug)]
pub(super) enum Dialog {
    /// A filter is being typed; it already applies.
    Filter(FilterPrompt),
    /// A command is being searched.
    Palette(Palette),
    /// A text to copy is chosen.
    Copy(CopyMenu),
    /// The question whether to stop the server too.
    Quit,
    /// The question whether to restart provisioning.
    Restart,
}

/// A filter being typed.
#[derive(Clone, Debug)]
pub(super) struct FilterPrompt {
    /// The line.
    pub(super) edit: TextInput,
    /// The filter before, which Esc restores.
    pub(super) before: String,
}

/// A command being looked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Palette {
    /// What was typed.
    pub(super) edit: TextInput,
    /// The index of the selected match.
    pub(super) selected: usize,
}

impl Palette {
    /// The commands whose name or help contains the text, those whose name starts with it first.
    pub(super) fn found(&self) -> Vec<&'static ActionEntry> {
        let wanted = self.edit.text().trim().to_lowercase();
        let holds = |it: &&ActionEntry| {
            it.name.contains(&wanted) || it.help.to_lowercase().contains(&wanted)
        };
        let mut found: Vec<_> = ENTRIES.iter().filter(holds).collect();
        found.sort_by_key(|it| !it.name.starts_with(&wanted));
        found
    }
}

/// The texts that could be copied when the menu was opened. Later changes do not affect them.
#[derive(Clone, Debug)]
pub(super) struct CopyMenu {
    /// The object of the texts.
    pub(super) of: String,
    /// The texts.
    pub(super) items: Vec<CopyItem>,
}

/// Something that can be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CopyItem {
    /// The key for it.
    pub(super) key: char,
    /// What it is.
    pub(super) what: &'static str,
    /// The text itself.
    pub(super) text: String,
    /// Whether the menu hides the text.
    pub(super) is_secret: bool,
}
