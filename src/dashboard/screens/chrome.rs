//! The lines around every screen: header, tabs, hints.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, Line};
use super::super::dialog::Dialog;
use super::super::layout::{Layout, SizeClass};
use super::super::model::Model;
use super::super::screen::{Focus, Screen};
use super::super::text::{count, counted};
use super::super::theme::TextRole;
use super::super::user_action::{ActionScope, ENTRIES, UserAction};
use super::takes_orders;

/// Draws the header: the tenant, and whether the view is live.
///
/// Chips without room are left out by rank; the state always stays.
pub(super) fn header(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    let width = usize::from(parts.header.width);
    let mut chips = chips(model, parts.class);
    while total(&chips) > width {
        let least = chips.iter().enumerate().max_by_key(|(_, (rank, _))| *rank);
        match least {
            Some((place, (rank, _))) if *rank > 0 => chips.remove(place),
            _ => break,
        };
    }
    let mut x = 1;
    for (_, chip) in chips {
        let rest = Rect { x, width: parts.header.width.saturating_sub(x), ..parts.header };
        x += canvas.line(rest, 0, &chip) + 2;
    }
}

fn total(chips: &[(u8, Line)]) -> usize {
    1 + chips.iter().map(|(_, chip)| chip.width() + 2).sum::<usize>().saturating_sub(2)
}

/// The chips of the header with their ranks. Rank 0 is always shown, the highest is left out first.
fn chips(model: &Model, class: SizeClass) -> Vec<(u8, Line)> {
    let overview = &model.overview;
    let state = if overview.is_gone {
        Line::of("✗ GONE", TextRole::Bad)
    } else if model.switches.paused {
        Line::of("⏸ PAUSED", TextRole::Warn)
    } else {
        Line::of("▶ LIVE", TextRole::Good)
    };
    let number = |number: u64, unit: &str| {
        Line::of(count(number), TextRole::Strong).and(format!(" {unit}"), TextRole::Text)
    };
    let objects = |objects: usize, noun: &str| {
        number(objects as u64, &format!("{noun}{}", if objects == 1 { "" } else { "s" }))
    };
    let errors = overview.totals.errors;
    let errors_role = if errors > 0 { TextRole::Bad } else { TextRole::Dim };
    let title = if class == SizeClass::Compact {
        let place = Screen::ALL.iter().position(|it| *it == model.screen).unwrap_or(0);
        let place = match model.screen {
            Screen::Help => "?".to_owned(),
            _ => format!("{}/{}", place + 1, Screen::ALL.len() - 1),
        };
        Line::of(format!("{place} {}", model.screen.name()), TextRole::Strong)
    } else {
        Line::of("MediusFlow mock", TextRole::Strong)
    };
    let mut chips = vec![(u8::from(class > SizeClass::Compact) * 3, title), (0, state)];
    if model.switches.slow {
        chips.push((2, Line::of("slow terminal", TextRole::Warn)));
    }
    let host = overview.url.split("://").last().unwrap_or_default();
    chips.push((8, Line::of(format!("● {host}"), TextRole::Text)));
    chips.push((5, Line::of(overview.tenant.as_str(), TextRole::Info)));
    chips.push((1, number(rate(model), "req/s")));
    chips.push((4, objects(overview.users.total, "user")));
    chips.push((7, objects(overview.groups, "group")));
    chips.push((2, Line::of(counted(errors, "error"), errors_role)));
    chips
}

/// Exchanges in the last finished second.
pub(super) fn rate(model: &Model) -> u64 {
    let rates = model.overview.rates.as_ref();
    rates.map_or(0, |it| it.seconds.iter().rev().nth(1).map_or(0, |it| it.exchanges.into()))
}

/// Draws the tabs.
pub(super) fn tabs(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    for (screen, start, width) in places(area) {
        let is_here = screen == model.screen;
        let role = if is_here { TextRole::Strong } else { TextRole::Text };
        let tab = Rect { x: start, width: width.min(area.right().saturating_sub(start)), ..area };
        let line =
            Line::of(format!(" {} ", screen.key()), if is_here { role } else { TextRole::Info })
                .and(format!("{} ", short(screen, area)), role);
        canvas.line(tab, 0, &line);
        canvas.drawn.screens.push((screen, tab));
        if is_here {
            canvas.restyle(tab, TextRole::Selected);
        }
    }
}

/// A screen's name, cut to the available width.
fn short(screen: Screen, area: Rect) -> &'static str {
    if screen == Screen::Provisioning && area.width < 74 { "Prov" } else { screen.name() }
}

/// The start and the width of each tab.
fn places(area: Rect) -> Vec<(Screen, u16, u16)> {
    let mut x = 1;
    let mut place = |screen: Screen| {
        let width = u16::try_from(short(screen, area).len() + 4).unwrap_or(0);
        x += width + 1;
        (screen, x - width - 1, width)
    };
    if area.is_empty() { Vec::new() } else { Screen::ALL.map(&mut place).to_vec() }
}

/// Draws the last line: the prompt, a message or the keys that matter here.
pub(super) fn foot(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    if matches!(model.dialog, Some(Dialog::Filter(_))) {
        return; // the overlay has it
    }
    if let Some((toast, _)) = &model.toast {
        canvas.text(area, 0, &format!(" {toast}"), TextRole::Strong);
        return;
    }
    if model.switches.presenting {
        return;
    }
    let mut x = 1;
    for (keys, words) in hints(model) {
        let hint = Line::of(keys, TextRole::Info).and(format!(" {words}"), TextRole::Dim);
        let width = u16::try_from(hint.width()).unwrap_or(u16::MAX);
        if x + width > area.width {
            break; // a cut hint would not help
        }
        canvas.line(Rect { x, width: area.width - x, ..area }, 0, &hint);
        x += width + 2;
    }
}

/// The key hints of the moment, the most useful first.
fn hints(model: &Model) -> Vec<(String, &'static str)> {
    if model.switches.more_keys {
        let scopes = ActionScope::of(model.screen);
        let here = ENTRIES.iter().rev().filter(|it| scopes.contains(&it.scope));
        return here.map(|it| (it.keys[0].to_owned(), it.hint)).collect();
    }
    let pause = if model.switches.paused { "resume" } else { "pause" };
    let hint = |action: UserAction| {
        let entry = action.entry();
        let words = if action == UserAction::Pause { pause } else { entry.hint };
        (entry.keys[0].to_owned(), words)
    };
    let mut actions = screen_actions(model);
    match (model.screen, model.focus) {
        (Screen::Help, _) => actions.extend([UserAction::Back, UserAction::Palette]),
        (Screen::Overview, _) => {}
        (screen, Focus::Detail) => {
            actions.extend([UserAction::Copy, UserAction::Back]);
            if screen == Screen::Users {
                actions.insert(3, UserAction::Related);
            }
        }
        (_, Focus::List) => actions.push(UserAction::Copy),
    }
    if model.screen != Screen::Help {
        actions.push(UserAction::Help);
    }
    actions.push(UserAction::Quit);
    let is_order = |it: &UserAction| it.entry().scope == ActionScope::Provisioning;
    actions.retain(|it| takes_orders(model) || !is_order(it));
    if model.overview.is_gone {
        actions.insert(0, UserAction::Tenant);
    }
    actions.into_iter().map(hint).collect()
}

/// The actions of the present screen and pane, the most useful first.
fn screen_actions(model: &Model) -> Vec<UserAction> {
    use UserAction as A;
    match (model.screen, model.focus) {
        (Screen::Overview, _) => vec![A::Open, A::Copy, A::Palette, A::Pause, A::Present],
        (Screen::Users | Screen::Traffic, Focus::Detail) => {
            vec![A::NextPane, A::NextItem, A::PreviousItem, A::Wrap]
        }
        (Screen::Users | Screen::Groups, _) => {
            vec![A::Open, A::Filter, A::Order, A::Related]
        }
        (Screen::Traffic, Focus::List) => {
            vec![A::Open, A::Filter, A::Pause, A::Follow, A::ErrorsOnly]
        }
        (Screen::Provisioning, Focus::List) => {
            vec![A::RunCycle, A::NextDay, A::StartOrPause, A::Open, A::Filter]
        }
        (Screen::Provisioning, Focus::Detail) => {
            vec![A::NextItem, A::PreviousItem, A::Wrap, A::RunCycle]
        }
        (Screen::Help, _) => vec![A::Filter],
    }
}
