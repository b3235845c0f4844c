//! What lies over a screen: a prompt, the palette, a menu of things to copy, a question.

use super::action::{ENTRIES, Entry};
use super::edit::Edit;
use super::model::{Focus, Model, Screen};
use crate::journal::as_curl;

/// What lies over the screen and has all keys.
#[derive(Clone, Debug)]
pub(super) enum Dialog {
    /// A filter is being typed; it acts while it is.
    Filter(Prompt),
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
pub(super) struct Prompt {
    /// The line.
    pub(super) edit: Edit,
    /// What was in force before, for those who change their mind.
    pub(super) before: String,
}

/// A command being looked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Palette {
    /// What was typed.
    pub(super) edit: Edit,
    /// The one selected among those that match.
    pub(super) selected: usize,
}

impl Palette {
    /// The commands whose name or help holds what was typed, those whose name starts with it first.
    pub(super) fn found(&self) -> Vec<&'static Entry> {
        let wanted = self.edit.text().trim().to_lowercase();
        let holds =
            |it: &&Entry| it.name.contains(&wanted) || it.help.to_lowercase().contains(&wanted);
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

impl CopyMenu {
    /// The menu for what is selected on the present screen.
    pub(super) fn of(model: &Model) -> Self {
        Self { of: selected(model), items: copies(model) }
    }
}

/// What is selected on the present screen, or the tenant.
fn selected(model: &Model) -> String {
    let found = match model.screen {
        Screen::Overview | Screen::Help => None,
        Screen::Users => model.users.window.selected().map(|it| it.name.to_string()),
        Screen::Groups if model.focus == Focus::Detail => {
            model.members.window.selected().map(|it| it.name.to_string())
        }
        Screen::Groups => model.groups.window.selected().map(|it| it.name.to_string()),
        Screen::Provisioning => model.log.window.selected().map(|it| it.source_name.to_string()),
        Screen::Traffic => model.exchange().map(|it| format!("#{} {}", it.seq, it.summary)),
    };
    found.unwrap_or_else(|| model.overview.tenant.to_string())
}

fn copies(model: &Model) -> Vec<CopyItem> {
    let plain =
        |key, what, text: &str| CopyItem { key, what, text: text.to_owned(), is_secret: false };
    let mut items = match model.screen {
        Screen::Overview | Screen::Help => Vec::new(),
        Screen::Users => model.users.window.selected().map_or_else(Vec::new, |user| {
            vec![plain('i', "id", &user.id), plain('n', "userName", &user.user_name)]
        }),
        Screen::Groups if model.focus == Focus::Detail => {
            model.members.window.selected().map_or_else(Vec::new, |member| {
                vec![plain('i', "id", &member.id), plain('n', "userName", &member.user_name)]
            })
        }
        Screen::Groups => model.groups.window.selected().map_or_else(Vec::new, |group| {
            vec![plain('i', "id", &group.id), plain('n', "displayName", &group.name)]
        }),
        Screen::Provisioning => model.log.window.selected().map_or_else(Vec::new, |line| {
            let graph = model.job.as_ref().map(|it| it.log_to_graph(line).to_string());
            vec![
                plain('m', "result", &line.result()),
                plain('n', "name", &line.source_name),
                plain('j', "log line as JSON", &graph.unwrap_or_default()),
            ]
        }),
        Screen::Traffic => model.exchange().map_or_else(Vec::new, |it| {
            vec![
                plain('m', "summary", &it.summary),
                plain('c', "curl command", &as_curl(it, &model.overview.url)),
                plain('q', "request body", &it.request.body),
                plain('r', "response body", &it.response.body),
            ]
        }),
    };
    if let (Screen::Users, Some(user)) = (model.screen, &model.user) {
        items.push(plain('j', "JSON", &user.json));
    }
    items.push(plain('u', "SCIM link (Tenant URL)", &model.overview.scim_link));
    if let Some(key) = &model.overview.secret_key {
        let what = "secret key (Secret Token)";
        items.push(CopyItem { key: 'k', what, text: key.clone(), is_secret: true });
    }
    items.retain(|it| !it.text.is_empty());
    items
}
