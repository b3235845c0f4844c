//! What lies over a screen: a prompt, the palette, a menu of things to copy, a question.

use super::text_input::TextInput;
use super::user_action::{ActionEntry, ENTRIES};

/// What lies over the screen and has all keys.
#[derive(Clone, Debug)]
pub(super) enum Dialog {
    /// A filter is being typed; it acts while it is.
    Filter(FilterPrompt),
    /// A command is being looked for.
    Palette(Palette),
    /// Something is to be copied.
    Copy(CopyMenu),
    /// Whether the server is to be stopped too.
    Quit,
    /// Whether provisioning is to be restarted.
    Restart,
}

/// A filter being typed.
#[derive(Clone, Debug)]
pub(super) struct FilterPrompt {
    /// The line.
    pub(super) edit: TextInput,
    /// What was in force before, for those who change their mind.
    pub(super) before: String,
}

/// A command being looked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Palette {
    /// What was typed.
    pub(super) edit: TextInput,
    /// The one selected among those that match.
    pub(super) selected: usize,
}

impl Palette {
    /// The commands whose name or help holds what was typed, those whose name starts with it first.
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

/// What could be copied when the menu was opened: what comes meanwhile changes nothing.
#[derive(Clone, Debug)]
pub(super) struct CopyMenu {
    /// What the texts are of.
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
    /// Whether the menu must not show the text.
    pub(super) is_secret: bool,
}
