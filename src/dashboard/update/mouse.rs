//! Clicks and the wheel.

use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use smol_str::SmolStr;

use super::super::layout::{SizeClass, layout, row_at};
use super::super::model::{ListModel, Model, Traffic};
use super::super::screen::{Focus, Screen};
use super::moves::{Travel, travel};
use super::{Cmd, go};

/// How many rows the wheel moves.
const WHEEL: isize = 3;

pub(super) fn take(model: &mut Model, event: MouseEvent) -> Vec<Cmd> {
    if model.dialog.is_some() || layout(model).class <= SizeClass::Pulse {
        return Vec::new();
    }
    let (x, y) = (event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => click(model, x, y),
        MouseEventKind::ScrollDown => wheel(model, x, y, WHEEL),
        MouseEventKind::ScrollUp => wheel(model, x, y, -WHEEL),
        _ => {}
    }
    Vec::new()
}

fn click(model: &mut Model, x: u16, y: u16) {
    let mut tabs = model.drawn.screens.iter();
    if let Some((screen, _)) = tabs.find(|(_, tab)| tab.contains((x, y).into())) {
        return go(model, *screen);
    }
    let Some((pane, row)) = pane_at(model, x, y) else {
        return;
    };
    model.focus = pane;
    let has_rows = pane == Focus::List || model.screen == Screen::Groups;
    if let Some(row) = row.filter(|row| has_rows && *row < rows(model)) {
        select_row(model, row);
    }
}

/// The pane at a place of the terminal, and the row in it.
fn pane_at(model: &Model, x: u16, y: u16) -> Option<(Focus, Option<usize>)> {
    let parts = layout(model);
    let place = (x, y).into();
    if model.screen == Screen::Overview {
        let feed = model.drawn.activity;
        return feed.contains(place).then(|| (Focus::List, Some(usize::from(y - feed.y))));
    }
    let panes = [(Focus::List, parts.list), (Focus::Detail, parts.detail)];
    let (focus, pane) = panes.into_iter().find(|(_, pane)| pane.contains(place))?;
    Some((focus, row_at(pane, x, y)))
}

/// Selects the object that is drawn in a row: rows may change before the next query.
fn select_row(model: &mut Model, row: usize) {
    match (model.screen, model.focus) {
        (Screen::Users, _) => point(&mut model.users, row, |it| it.id.clone()),
        (Screen::Groups, Focus::List) => point(&mut model.groups, row, |it| it.id.clone()),
        (Screen::Groups, Focus::Detail) => point(&mut model.members, row, |it| it.id.clone()),
        (Screen::Provisioning, _) => point(&mut model.log, row, |it| it.id.clone()),
        (Screen::Traffic, _) => {
            let Traffic { cursor, shown, .. } = &mut model.traffic;
            cursor.point(&shown.window, row, |it| it.seq);
        }
        (Screen::Overview, _) => {
            model.activity = model.overview.activity.get(row).map(|it| it.seq);
        }
        (Screen::Help, _) => {}
    }
}

fn point<Row>(list: &mut ListModel<Row>, row: usize, id: impl FnOnce(&Row) -> SmolStr) {
    list.cursor.point(&list.window, row, id);
}

/// The number of rows in the pane that has the keys.
fn rows(model: &Model) -> usize {
    match (model.screen, model.focus) {
        (Screen::Overview, _) => model.overview.activity.len(),
        (Screen::Users, _) => model.users.window.rows.len(),
        (Screen::Groups, Focus::List) => model.groups.window.rows.len(),
        (Screen::Groups, Focus::Detail) => model.members.window.rows.len(),
        (Screen::Traffic, _) => model.traffic.shown.window.rows.len(),
        (Screen::Provisioning, _) => model.log.window.rows.len(),
        (Screen::Help, _) => 0,
    }
}

/// The wheel scrolls the pane under the pointer. The keys stay where they are.
fn wheel(model: &mut Model, x: u16, y: u16, by: isize) {
    if let Some((pane, _)) = pane_at(model, x, y) {
        let focus = std::mem::replace(&mut model.focus, pane);
        travel(model, Travel::Step(by));
        model.focus = focus;
    }
}
