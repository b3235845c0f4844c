//! What can be copied on each screen.

use super::super::dialog::{CopyItem, CopyMenu};
use super::super::model::Model;
use super::super::screen::{Focus, Screen};
use crate::journal::as_curl;

/// The menu for what is selected on the present screen.
pub(super) fn menu(model: &Model) -> CopyMenu {
    CopyMenu { of: selected(model), items: copies(model) }
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
