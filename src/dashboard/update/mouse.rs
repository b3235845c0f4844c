//! Clicks and the wheel.

use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::super::layout::layout;
use super::super::model::{Focus, Model, Screen};
use super::super::screens;
use super::moves::{self, Travel};
use super::{Cmd, go};

/// How many rows the wheel moves.
const WHEEL: isize = 3;

pub(super) fn take(model: &mut Model, event: MouseEvent) -> Vec<Cmd> {
    if model.dialog.is_some() || moves::has_no_rows(model) {
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
    if layout(model).tabs.contains((x, y).into()) {
        if let Some(screen) = screens::tab_at(model, x) {
            go(model, screen);
        }
        return;
    }
    let Some((pane, row)) = moves::pane_at(model, x, y) else {
        return;
    };
    model.focus = pane;
    let has_rows = pane == Focus::List || model.screen == Screen::Groups;
    if let Some(row) = row.filter(|row| has_rows && *row < rows(model)) {
        moves::select_row(model, row);
    }
}

/// How many rows are drawn in the pane that has the keys.
fn rows(model: &Model) -> usize {
    match (model.screen, model.focus) {
        (Screen::Overview, _) => model.overview.activity.len(),
        (Screen::Users, _) => model.users.window.rows.len(),
        (Screen::Groups, Focus::List) => model.groups.window.rows.len(),
        (Screen::Groups, Focus::Detail) => model.members.window.rows.len(),
        (Screen::Traffic, _) => model.traffic.shown.window.rows.len(),
        (Screen::Help, _) => 0,
    }
}

/// The wheel moves what is under the pointer, and leaves the keys where they are.
fn wheel(model: &mut Model, x: u16, y: u16, by: isize) {
    if let Some((pane, _)) = moves::pane_at(model, x, y) {
        let focus = std::mem::replace(&mut model.focus, pane);
        moves::travel(model, Travel::Step(by));
        model.focus = focus;
    }
}
