//! Groups, and the members of the selected one.

use super::super::canvas::{Canvas, Line};
use super::super::layout::{Layout, inside};
use super::super::list_table::ListTable;
use super::super::lists::{GROUPS, MEMBERS};
use super::super::model::Model;
use super::super::screen::{Focus, PaneFocus};
use super::super::theme::TextRole;
use super::users::counts;
use super::{begin, cursor, empty, pane_focus};

pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    if !parts.list.is_empty() {
        groups(canvas, model, parts);
    }
    if !parts.detail.is_empty() {
        members(canvas, model, parts);
    }
}

fn groups(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    let focus = pane_focus(model, Focus::List);
    let inside = inside(parts.list);
    let order = format!(" · {}", model.groups.order_text());
    canvas.pane(parts.list, &counts("Groups", &model.groups).and(order, TextRole::Dim), focus);
    let window = &model.groups.window;
    if window.rows.is_empty() {
        let lines = match model.groups.filter.as_str() {
            "" if model.overview.is_gone => {
                [Line::of("It had no groups.", TextRole::Strong), begin(model)]
            }
            "" => [
                Line::of("No groups yet.", TextRole::Strong),
                Line::of("POST one to …/Groups", TextRole::Text),
            ],
            text => [
                Line::of(format!("No group holds \"{text}\"."), TextRole::Strong),
                Line::of("Esc", TextRole::Info).and(" shows all again.", TextRole::Text),
            ],
        };
        return empty(canvas, inside, &lines);
    }
    ListTable { columns: GROUPS, window, cursor: Some(cursor(focus)) }.draw(
        canvas,
        parts.list,
        &model.zone,
    );
}

fn members(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    let focus = pane_focus(model, Focus::Detail);
    let inside = inside(parts.detail);
    let Some(name) = model.groups.window.selected().map(|it| it.name.as_str()) else {
        canvas.pane(parts.detail, &Line::of("Groups › none selected", TextRole::Dim), focus);
        return empty(canvas, inside, &[Line::of("Nothing to show.", TextRole::Dim)]);
    };
    let list = counts(&format!("Groups › {name}"), &model.members);
    let title = list.and(format!(" · {}", model.members.order_text()), TextRole::Dim);
    canvas.pane(parts.detail, &title, focus);
    let window = &model.members.window;
    if window.rows.is_empty() {
        let words = if model.members.filter.is_empty() {
            "This group has no members."
        } else {
            "No member holds that text; Esc shows all again."
        };
        return empty(canvas, inside, &[Line::of(words, TextRole::Dim)]);
    }
    let cursor = (focus == PaneFocus::Focused).then_some(TextRole::Selected);
    let table = ListTable { columns: MEMBERS, window, cursor };
    table.draw(canvas, parts.detail, &model.zone);
}
