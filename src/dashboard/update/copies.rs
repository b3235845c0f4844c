//! What can be copied on each screen.

use super::super::dialog::{CopyItem, CopyMenu};
use super::super::list_table::Column;
use super::super::list_window::ListWindow;
use super::super::lists::{EXCHANGES, GROUPS, LOG, MEMBERS, USERS};
use super::super::model::Model;
use super::super::screen::{Focus, Screen};
use crate::journal::as_curl;

/// The copy menu of the selection.
pub(super) fn menu(model: &Model) -> CopyMenu {
    CopyMenu { of: selected(model), items: copies(model) }
}

/// The selected object of the present screen, or the tenant.
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
    let mut items = match model.screen {
        Screen::Overview | Screen::Help => Vec::new(),
        Screen::Users => of_row(model, USERS, &model.users.window, |it| vec![id(&it.id)]),
        Screen::Groups if model.focus == Focus::Detail => {
            of_row(model, MEMBERS, &model.members.window, |it| vec![id(&it.id)])
        }
        Screen::Groups => of_row(model, GROUPS, &model.groups.window, |it| vec![id(&it.id)]),
        Screen::Provisioning => of_row(model, LOG, &model.log.window, |line| {
            let graph = model.job.as_ref().map(|it| it.log_to_graph(line).to_string());
            vec![plain('j', "log line as JSON", &graph.unwrap_or_default())]
        }),
        Screen::Traffic => of_row(model, EXCHANGES, &model.traffic.shown.window, |it| {
            vec![
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

fn plain(key: char, what: &'static str, text: &str) -> CopyItem {
    CopyItem { key, what, text: text.to_owned(), is_secret: false }
}

fn id(id: &str) -> CopyItem {
    plain('i', "id", id)
}

/// The texts of the selected row: of its columns, and further ones.
fn of_row<Row>(
    model: &Model,
    columns: &[Column<Row>],
    window: &ListWindow<Row>,
    more: impl FnOnce(&Row) -> Vec<CopyItem>,
) -> Vec<CopyItem> {
    let Some(row) = window.selected() else { return Vec::new() };
    let of_columns = columns.iter().filter_map(|it| it.copy(row, &model.zone));
    let of_columns = of_columns.map(|(key, what, text)| plain(key, what, &text));
    of_columns.chain(more(row)).collect()
}
