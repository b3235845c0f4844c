//! Users, with their MediusFlow data.

use smol_str::SmolStr;

use super::super::canvas::{Canvas, Line, labelled, labelled_by};
use super::super::json;
use super::super::layout::{Layout, inside};
use super::super::list_table::ListTable;
use super::super::lists::USERS;
use super::super::model::{Detail, ListModel, Model};
use super::super::rows::{AppliedRow, UserDetail};
use super::super::screen::Focus;
use super::super::text::{count, left, width};
use super::super::theme::TextRole;
use super::detail::{Pane, heading, text_lines};
use super::{begin, cursor, empty, next_step, pane_focus};

/// The text for a user without a user configuration.
const FLAGGED: &str = "! none applies, flagged for attention";

pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    if !parts.list.is_empty() {
        list(canvas, model, parts);
    }
    if !parts.detail.is_empty() {
        detail(canvas, model, parts);
    }
}

fn list(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    let focus = pane_focus(model, Focus::List);
    let inside = inside(parts.list);
    canvas.pane(parts.list, &title(model), focus);
    let window = &model.users.window;
    if window.rows.is_empty() {
        return empty(canvas, inside, &nobody(model));
    }
    ListTable { columns: USERS, window, cursor: Some(cursor(focus)) }.draw(
        canvas,
        parts.list,
        &model.zone,
    );
}

fn title(model: &Model) -> Line {
    let users = &model.overview.users;
    let title = counts("Users", &model.users);
    let inactive = users.total.saturating_sub(users.active);
    let title = match inactive {
        0 => title,
        _ => title.and(format!(" · {} inactive", count(inactive as u64)), TextRole::Dim),
    };
    let title = match users.flagged {
        0 => title,
        _ => title.and(format!(" · ! {} flagged", count(users.flagged as u64)), TextRole::Warn),
    };
    title.and(format!(" · {}", model.users.order_text()), TextRole::Dim)
}

/// The name of a list, its number of rows, and its filter.
pub(super) fn counts<Row>(name: &str, list: &ListModel<Row>) -> Line {
    let window = &list.window;
    let title = Line::of(name, TextRole::Strong);
    if list.filter.is_empty() {
        return title.and(format!(" {}", count(window.total as u64)), TextRole::Text);
    }
    let (total, all) = (count(window.total as u64), count(window.unfiltered as u64));
    title
        .and(format!(" {total}/{all}"), TextRole::Text)
        .and(format!(" /{}", list.filter), TextRole::Info)
}

fn nobody(model: &Model) -> Vec<Line> {
    if !model.users.filter.is_empty() {
        return vec![
            Line::of(format!("No user holds \"{}\".", model.users.filter), TextRole::Strong),
            Line::of("Esc", TextRole::Info).and(" shows all of them again.", TextRole::Text),
        ];
    }
    if model.overview.is_gone {
        return vec![Line::of("It had no users.", TextRole::Strong), begin(model)];
    }
    let mut lines = vec![Line::of("No users yet.", TextRole::Strong)];
    if next_step(model).is_none() {
        lines.push(Line::of("Point a SCIM client at this tenant:", TextRole::Text));
    }
    lines.push(begin(model));
    lines
}

fn detail(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    let title = Line::of("Users › ", TextRole::Dim);
    let title = match &model.user {
        Some(user) => title.and(user.name.as_str(), TextRole::Strong),
        None => title.and("nobody selected", TextRole::Dim),
    };
    let pane = Pane {
        area: parts.detail,
        title,
        tabs: (&Detail::USER_TABS, model.detail.user_tab),
        lines: lines(model, inside(parts.detail).width),
        focus: pane_focus(model, Focus::Detail),
    };
    pane.draw(canvas, model);
}

/// The lines of the open tab.
fn lines(model: &Model, width: u16) -> Vec<Line> {
    match (&model.user, model.detail.user_tab) {
        (None, _) if model.users.window.selected().is_some() => {
            vec![Line::of("This user is gone.", TextRole::Dim)]
        }
        (None, _) => vec![Line::of("Nothing to show.", TextRole::Dim)],
        (Some(user), 0) => profile(user),
        (Some(user), _) => {
            let lines = json::lines(&user.json).into_iter();
            lines.flat_map(|it| text_lines(model, &it, width, TextRole::Text)).collect()
        }
    }
}

fn profile(user: &UserDetail) -> Vec<Line> {
    let longest = user.profile.iter().map(|(path, _)| width(path)).max().unwrap_or(0);
    let columns = longest.clamp(13, 20);
    let attribute = |(path, value): &(SmolStr, String)| labelled_by(columns, path, value.as_str());
    let mut lines: Vec<Line> = user.profile.iter().map(attribute).collect();
    lines.extend(heading("MediusFlow configuration applied"));
    lines.extend(applied(&user.applied));
    lines.extend(heading("Groups"));
    if user.groups.is_empty() {
        lines.push(Line::of("member of none", TextRole::Dim));
    }
    lines.extend(user.groups.iter().map(|it| Line::of(it.name.as_str(), TextRole::Text)));
    lines
}

fn applied(applied: &AppliedRow) -> Vec<Line> {
    let configuration = applied.configuration.as_deref().map_or_else(
        || Line::of(left("configuration", 14), TextRole::Dim).and(FLAGGED, TextRole::Warn),
        |name| labelled("configuration", name),
    );
    let flags = applied.attention.iter().map(|it| Line::of(format!("! {it}"), TextRole::Warn));
    let lines = applied.lines.iter().map(|(label, value)| labelled(label, value.as_str()));
    std::iter::once(configuration).chain(lines).chain(flags).collect()
}
