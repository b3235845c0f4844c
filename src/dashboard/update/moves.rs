//! Moves over rows, into details and back.

use smol_str::SmolStr;

use super::super::cursor::Cursor;
use super::super::model::{Detail, ListModel, Model};
use super::super::screen::{Focus, Screen};
use super::super::user_action::UserAction;
use super::go;
use crate::entra::{LogEntry, LoggedType};
use crate::journal::Seq;

pub(super) fn act(model: &mut Model, action: UserAction) {
    match action {
        UserAction::Open => open(model),
        UserAction::Back => back(model),
        UserAction::NextPane => next_pane(model, 1),
        UserAction::PreviousPane => next_pane(model, -1),
        UserAction::Right => focus_detail(model),
        UserAction::Left => model.focus = Focus::List,
        UserAction::NextItem => step_list(model, 1),
        UserAction::PreviousItem => step_list(model, -1),
        UserAction::Down => travel(model, Travel::Step(1)),
        UserAction::Up => travel(model, Travel::Step(-1)),
        UserAction::PageDown => travel(model, Travel::Page(1)),
        UserAction::PageUp => travel(model, Travel::Page(-1)),
        UserAction::First => travel(model, Travel::First),
        UserAction::Last => travel(model, Travel::Last),
        UserAction::Order => turn_order(model),
        UserAction::Reverse => reverse(model),
        UserAction::Related => related(model),
        UserAction::Follow => follow(model),
        UserAction::ErrorsOnly => model.traffic.toggle_errors(),
        _ => {}
    }
}

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Travel {
    Step(isize),
    Page(isize),
    First,
    Last,
}

/// Moves in the pane that has the keys: over rows, or through the lines of a detail.
pub(super) fn travel(model: &mut Model, travel: Travel) {
    let page = page(model);
    match (model.screen, model.focus) {
        (Screen::Overview, _) => over_activity(model, travel),
        (Screen::Help, _) => scroll(&mut model.help.scroll, travel, page),
        (Screen::Users, Focus::List) => over(&mut model.users.cursor, travel),
        (Screen::Groups, Focus::List) => over(&mut model.groups.cursor, travel),
        (Screen::Groups, Focus::Detail) => over(&mut model.members.cursor, travel),
        (Screen::Traffic, Focus::List) => over(&mut model.traffic.cursor, travel),
        (Screen::Provisioning, Focus::List) => over(&mut model.log.cursor, travel),
        (Screen::Users | Screen::Traffic | Screen::Provisioning, Focus::Detail) => {
            scroll(&mut model.detail.scroll, travel, page);
        }
    }
}

fn over<Id: Clone>(cursor: &mut Cursor<Id>, travel: Travel) {
    match travel {
        Travel::Step(by) => cursor.step(by),
        Travel::Page(by) => cursor.page(by),
        Travel::First => cursor.first(),
        Travel::Last => cursor.last(),
    }
}

/// The number of lines of a page of the last frame, minus one that stays visible.
fn page(model: &Model) -> isize {
    let height = model.drawn.lines.map_or(0, |it| it.height);
    isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(isize::MAX)
}

/// Scrolls lines. The next frame corrects a position beyond the end.
fn scroll(first: &mut usize, travel: Travel, page: isize) {
    *first = match travel {
        Travel::Step(by) => first.saturating_add_signed(by),
        Travel::Page(by) => first.saturating_add_signed(by.saturating_mul(page)),
        Travel::First => 0,
        Travel::Last => usize::MAX,
    };
}

fn over_activity(model: &mut Model, travel: Travel) {
    let seqs: Vec<Seq> = model.overview.activity.iter().map(|it| it.seq).collect();
    let last = seqs.len().saturating_sub(1);
    let at = model.activity.and_then(|seq| seqs.iter().position(|it| *it == seq)).unwrap_or(0);
    let at = match travel {
        Travel::Step(by) => at.saturating_add_signed(by).min(last),
        Travel::Page(by) if by > 0 => last,
        Travel::Last => last,
        Travel::Page(_) | Travel::First => 0,
    };
    model.activity = if at == 0 { None } else { seqs.get(at).copied() };
}

fn open(model: &mut Model) {
    match (model.screen, model.focus) {
        (Screen::Overview, _) => {
            let newest = model.overview.activity.first().map(|it| it.seq);
            if let Some(seq) = model.activity.or(newest) {
                go(model, Screen::Traffic);
                model.traffic.show_all();
                model.traffic.cursor.bind(seq, 0);
                model.focus = Focus::Detail;
            }
        }
        (Screen::Groups, Focus::Detail) => {
            if let Some(id) = model.members.window.selected().map(|it| it.id.clone()) {
                go(model, Screen::Users);
                model.users.filter.clear();
                model.users.cursor.bind(id, 0);
                model.focus = Focus::Detail;
            }
        }
        _ => focus_detail(model),
    }
}

/// Gives the keys to the detail. The list stops following new rows, so that the detail is not
/// replaced.
fn focus_detail(model: &mut Model) {
    let has_detail = match model.screen {
        Screen::Overview | Screen::Help => false,
        Screen::Users => bind(&mut model.users, |it| it.id.clone()),
        Screen::Groups => bind(&mut model.groups, |it| it.id.clone()),
        Screen::Provisioning => bind(&mut model.log, |it| it.id.clone()),
        Screen::Traffic => {
            let window = &model.traffic.shown.window;
            let found = window.selected().map(|it| it.seq).zip(window.at);
            found.map(|(seq, at)| model.traffic.cursor.bind(seq, at)).is_some()
        }
    };
    if has_detail {
        model.focus = Focus::Detail;
    }
}

fn bind<Row>(list: &mut ListModel<Row>, id: impl FnOnce(&Row) -> SmolStr) -> bool {
    let found = list.window.selected().map(id).zip(list.window.at);
    found.map(|(id, at)| list.cursor.bind(id, at)).is_some()
}

/// Goes one step back: out of the detail, then out of the filter. It never ends the program.
fn back(model: &mut Model) {
    match (model.screen, model.focus) {
        (Screen::Help, _) => go(model, model.help.from),
        (Screen::Groups, Focus::Detail) if !model.members.filter.is_empty() => {
            model.members.filter.clear();
        }
        (_, Focus::Detail) => model.focus = Focus::List,
        (Screen::Users, Focus::List) => model.users.filter.clear(),
        (Screen::Groups, Focus::List) => model.groups.filter.clear(),
        (Screen::Traffic, Focus::List) => model.traffic.set_filter(""),
        (Screen::Provisioning, Focus::List) => model.log.filter.clear(),
        (Screen::Overview, Focus::List) => model.activity = None,
    }
}

fn next_pane(model: &mut Model, by: isize) {
    let detail = &mut model.detail;
    let tabs = match (model.screen, model.focus) {
        (Screen::Users, Focus::Detail) => Some((&mut detail.user_tab, Detail::USER_TABS.len())),
        (Screen::Traffic, Focus::Detail) => {
            Some((&mut detail.exchange_tab, Detail::EXCHANGE_TABS.len()))
        }
        _ => None,
    };
    match (tabs, model.screen) {
        (Some((tab, count)), _) => {
            *tab = (*tab + count).saturating_add_signed(by) % count;
            model.detail.scroll = 0;
        }
        (None, Screen::Groups) if model.focus == Focus::Detail => model.focus = Focus::List,
        (None, _) => focus_detail(model),
    }
}

/// Moves in the list while its detail has the keys.
fn step_list(model: &mut Model, by: isize) {
    match model.screen {
        Screen::Users => model.users.cursor.step(by),
        Screen::Traffic => model.traffic.cursor.step(by),
        Screen::Provisioning => model.log.cursor.step(by),
        Screen::Overview | Screen::Groups | Screen::Help => {}
    }
}

fn turn_order(model: &mut Model) {
    match (model.screen, model.focus) {
        (Screen::Users, _) => model.users.orders.rotate_left(1),
        (Screen::Groups, Focus::List) => model.groups.orders.rotate_left(1),
        (Screen::Groups, Focus::Detail) => model.members.orders.rotate_left(1),
        _ => {}
    }
}

fn reverse(model: &mut Model) {
    let turned = match (model.screen, model.focus) {
        (Screen::Users, _) => &mut model.users.reverse,
        (Screen::Groups, Focus::List) => &mut model.groups.reverse,
        (Screen::Groups, Focus::Detail) => &mut model.members.reverse,
        _ => return,
    };
    *turned = !*turned;
}

/// Shows the traffic about the selected user or group.
fn related(model: &mut Model) {
    let found = match (model.screen, model.focus) {
        (Screen::Users, _) => model.users.window.selected().map(|it| ("user", it.id.clone())),
        (Screen::Groups, Focus::Detail) => {
            model.members.window.selected().map(|it| ("user", it.id.clone()))
        }
        (Screen::Groups, _) => model.groups.window.selected().map(|it| ("group", it.id.clone())),
        (Screen::Provisioning, _) => {
            let found = model.log.window.selected().and_then(target);
            if found.is_none() {
                model.say("this line is about nobody in the tenant");
            }
            found
        }
        _ => None,
    };
    if let Some((key, id)) = found {
        go(model, Screen::Traffic);
        model.traffic.set_filter(&format!("{key}:\"{id}\""));
        model.traffic.cursor.go_home();
    }
}

/// The user or group of the tenant that a line of the provisioning log is about.
fn target(line: &LogEntry) -> Option<(&'static str, SmolStr)> {
    let key = match line.of {
        LoggedType::User => "user",
        LoggedType::Group => "group",
    };
    Some((key, line.target_id.clone()?))
}

fn follow(model: &mut Model) {
    model.focus = Focus::List;
    if model.traffic.is_following() {
        focus_detail(model);
        model.focus = Focus::List;
    } else {
        model.traffic.cursor.go_home();
    }
}
