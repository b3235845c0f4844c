//! Groups, and the members of the selected one.

use super::super::canvas::{Canvas, Line};
use super::super::layout::{Layout, inside};
use super::super::model::Model;
use super::super::screen::Focus;
use super::super::table::{Column, Table};
use super::super::text::{count, time};
use super::super::theme::Role;
use super::users::{active, counts};
use super::{begin, empty, has_keys};

const GROUPS: [Column; 3] = [
    Column::growing("GROUP", 10, 1, Column::KEPT),
    Column::fixed("MEMBERS", 9, 2).number(),
    Column::fixed("CHANGED", 8, 1),
];

const MEMBERS: [Column; 3] = [
    Column::fixed("", 1, Column::KEPT),
    Column::growing("MEMBER", 10, 2, Column::KEPT),
    Column::growing("USERNAME", 14, 3, 1),
];

pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    if !parts.list.is_empty() {
        groups(canvas, model, parts);
    }
    if !parts.detail.is_empty() {
        members(canvas, model, parts);
    }
}

fn groups(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    let has_keys = has_keys(model, Focus::List);
    let inside = inside(parts.list);
    let order = format!(" · {}", model.groups.order_text());
    canvas.pane(parts.list, &counts("Groups", &model.groups).and(order, Role::Dim), has_keys);
    let window = &model.groups.window;
    if window.rows.is_empty() {
        let lines = match model.groups.filter.as_str() {
            "" if model.overview.is_gone => {
                [Line::of("It had no groups.", Role::Strong), begin(model)]
            }
            "" => [
                Line::of("No groups yet.", Role::Strong),
                Line::of("POST one to …/Groups", Role::Text),
            ],
            text => [
                Line::of(format!("No group holds \"{text}\"."), Role::Strong),
                Line::of("Esc", Role::Info).and(" shows all again.", Role::Text),
            ],
        };
        return empty(canvas, inside, &lines);
    }
    let table = Table {
        columns: &GROUPS,
        rows: window.rows.len(),
        selected: window.at.map(|at| at - window.offset),
        has_keys,
    };
    table.draw(canvas, inside, |row, column| {
        let group = &window.rows[row];
        match column {
            0 => (group.name.to_string(), Role::Text),
            1 => (count(group.members as u64), Role::Text),
            _ => (time(group.changed, &model.zone), Role::Dim),
        }
    });
    canvas.scrollbar(parts.list, window.offset, window.rows.len(), window.total);
}

fn members(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    let has_keys = has_keys(model, Focus::Detail);
    let inside = inside(parts.detail);
    let Some(name) = model.groups.window.selected().map(|it| it.name.as_str()) else {
        canvas.pane(parts.detail, &Line::of("Groups › none selected", Role::Dim), has_keys);
        return empty(canvas, inside, &[Line::of("Nothing to show.", Role::Dim)]);
    };
    let list = counts(&format!("Groups › {name}"), &model.members);
    let title = list.and(format!(" · {}", model.members.order_text()), Role::Dim);
    canvas.pane(parts.detail, &title, has_keys);
    let window = &model.members.window;
    if window.rows.is_empty() {
        let words = if model.members.filter.is_empty() {
            "This group has no members."
        } else {
            "No member holds that text; Esc shows all again."
        };
        return empty(canvas, inside, &[Line::of(words, Role::Dim)]);
    }
    let table = Table {
        columns: &MEMBERS,
        rows: window.rows.len(),
        selected: window.at.map(|at| at - window.offset).filter(|_| has_keys),
        has_keys,
    };
    table.draw(canvas, inside, |row, column| {
        let member = &window.rows[row];
        match column {
            0 => active(member.is_active),
            1 => (member.name.to_string(), Role::Text),
            _ => (member.user_name.to_string(), Role::Dim),
        }
    });
    canvas.scrollbar(parts.detail, window.offset, window.rows.len(), window.total);
}
