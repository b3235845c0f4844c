//! Handles keys and pasted text while a dialog is open.

use ratatui::crossterm::event::KeyCode;

use super::super::dashboard_exit::DashboardExit;
use super::super::dashboard_source::JobCommand;
use super::super::dialog::Dialog;
use super::super::key_press::KeyPress;
use super::super::model::Model;
use super::super::screen::{Focus, Screen};
use super::super::text_input::TextInput;
use super::{Cmd, act};
use crate::journal::TrafficFilter;

pub(super) fn press(model: &mut Model, key: KeyPress) -> Vec<Cmd> {
    if key.code == KeyCode::Esc {
        close(model);
        return Vec::new();
    }
    match &mut model.dialog {
        Some(Dialog::Filter(_)) => filter(model, key),
        Some(Dialog::Palette(_)) => return palette(model, key),
        Some(Dialog::Copy(_)) => return copy(model, key),
        Some(Dialog::Quit) => return quit(model, key),
        Some(Dialog::Restart) => return restart(model, key),
        None => {}
    }
    Vec::new()
}

/// Pasted text goes into a line that is being typed and nowhere else, because it must not act as
/// commands.
pub(super) fn paste(model: &mut Model, text: &str) {
    match &mut model.dialog {
        Some(Dialog::Filter(prompt)) => {
            prompt.edit.insert(text);
            apply(model);
        }
        Some(Dialog::Palette(palette)) => {
            palette.edit.insert(text);
            palette.selected = 0;
        }
        _ => {}
    }
}

fn close(model: &mut Model) {
    let Some(Dialog::Filter(prompt)) = model.dialog.take() else {
        return;
    };
    put_filter(model, &prompt.before);
}

fn filter(model: &mut Model, key: KeyPress) {
    let is_traffic = model.screen == Screen::Traffic;
    let Some(Dialog::Filter(prompt)) = &mut model.dialog else {
        return;
    };
    match key.code {
        // A filter with a mistake stays in the prompt.
        KeyCode::Enter if is_traffic && model.traffic.mistake.is_some() => {}
        KeyCode::Enter => model.dialog = None,
        KeyCode::Tab if is_traffic => {
            let edit = &mut prompt.edit;
            let found = TrafficFilter::complete(edit.text(), edit.cursor()).into_iter().next();
            if let Some(completion) = found {
                edit.replace(completion.replace, &completion.text);
                apply(model);
            }
        }
        _ if type_into(&mut prompt.edit, key) => apply(model),
        _ => {}
    }
}

/// Applies the filter while it is being typed. With a mistake, the old one applies.
fn apply(model: &mut Model) {
    if let Some(Dialog::Filter(prompt)) = &model.dialog {
        let [text, before] = [prompt.edit.text(), &prompt.before].map(str::to_owned);
        put_filter(model, &text);
        if let Some(mistake) = model.traffic.mistake.take() {
            model.traffic.set_filter(&before);
            model.traffic.mistake = Some(mistake);
        }
    }
}

fn put_filter(model: &mut Model, text: &str) {
    let filter = match model.screen {
        Screen::Overview => return,
        Screen::Users => &mut model.users.filter,
        Screen::Groups if model.focus == Focus::Detail => &mut model.members.filter,
        Screen::Groups => &mut model.groups.filter,
        Screen::Traffic => return model.traffic.set_filter(text),
        Screen::Provisioning => &mut model.log.filter,
        Screen::Help => {
            model.help.scroll = 0;
            &mut model.help.filter
        }
    };
    text.clone_into(filter);
}

fn palette(model: &mut Model, key: KeyPress) -> Vec<Cmd> {
    let Some(Dialog::Palette(palette)) = &mut model.dialog else {
        return Vec::new();
    };
    let last = palette.found().len().saturating_sub(1);
    match key.code {
        KeyCode::Down | KeyCode::Tab => palette.selected = (palette.selected + 1).min(last),
        KeyCode::Up | KeyCode::BackTab => palette.selected = palette.selected.saturating_sub(1),
        KeyCode::Enter => {
            let found = palette.found().get(palette.selected).map(|it| it.action);
            model.dialog = None;
            return found.map_or_else(Vec::new, |action| act(model, action));
        }
        _ => {
            if type_into(&mut palette.edit, key) {
                palette.selected = 0;
            }
        }
    }
    Vec::new()
}

fn copy(model: &mut Model, key: KeyPress) -> Vec<Cmd> {
    let Some(Dialog::Copy(menu)) = model.dialog.take() else {
        return Vec::new();
    };
    let found = menu.items.into_iter().find(|it| KeyCode::Char(it.key) == key.code);
    found.map_or_else(Vec::new, |it| vec![Cmd::Copy(it.what, it.text)])
}

fn quit(model: &mut Model, key: KeyPress) -> Vec<Cmd> {
    let exit = match key.code {
        KeyCode::Char('y' | 'Y') => DashboardExit::StopBoth,
        KeyCode::Char('h' | 'H') => DashboardExit::Hidden,
        _ => return Vec::new(),
    };
    model.dialog = None;
    vec![Cmd::End(exit)]
}

fn restart(model: &mut Model, key: KeyPress) -> Vec<Cmd> {
    if !matches!(key.code, KeyCode::Char('y' | 'Y')) {
        return Vec::new();
    }
    model.dialog = None;
    vec![Cmd::Order(JobCommand::Restart)]
}

/// Whether the key was one that edits a line.
fn type_into(edit: &mut TextInput, key: KeyPress) -> bool {
    match (key.code, key.ctrl) {
        (KeyCode::Char('u'), true) => edit.clear(),
        (KeyCode::Char('w'), true) => edit.delete_word(),
        (KeyCode::Char(c), false) => edit.insert(c.encode_utf8(&mut [0; 4])),
        (KeyCode::Backspace, _) => edit.backspace(),
        (KeyCode::Left, _) => edit.left(),
        (KeyCode::Right, _) => edit.right(),
        (KeyCode::Home, _) => edit.home(),
        (KeyCode::End, _) => edit.end(),
        _ => return false,
    }
    true
}
