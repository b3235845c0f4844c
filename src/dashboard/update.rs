//! Updates the model by messages. Nothing here reads, writes, waits or draws.

mod copies;
mod dialogs;
mod mouse;
mod moves;

use std::time::Duration;

use ratatui::crossterm::event::{KeyEvent, KeyEventKind, MouseEvent};
use smol_str::SmolStr;

use super::dashboard_exit::DashboardExit;
use super::dashboard_source::JobCommand;
use super::deleted_tenant;
use super::dialog::{Dialog, FilterPrompt, Palette};
use super::drawn_frame::DrawnFrame;
use super::key_press::KeyPress;
use super::model::Model;
use super::screen::{Focus, Screen};
use super::text_input::TextInput;
use super::user_action::{ActionScope, UserAction};

/// How long secrets are shown.
const SECRETS: Duration = Duration::from_secs(10);
/// The time in which a second Ctrl-C ends the program.
const TWICE: Duration = Duration::from_secs(2);

/// Something that happened.
#[derive(Clone, Debug)]
pub(super) enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse was pressed or its wheel turned.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The result of a copy, as a sentence.
    Copied(String),
    /// The result of an order, as a sentence.
    Ordered(String),
    /// The parts of the last frame, and the time that it took to draw and write.
    Drawn(DrawnFrame, Duration),
}

/// An effect outside of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cmd {
    /// End the dashboard.
    End(DashboardExit),
    /// Let the source hold its state.
    Hold,
    /// Let the source release its state.
    Release,
    /// Select another tenant.
    Select(SmolStr),
    /// Give the provisioning job an order.
    Order(JobCommand),
    /// Copy text to the clipboard; the first part is its name.
    Copy(&'static str, String),
    /// Listen to the mouse or not.
    Mouse(bool),
    /// Draw every cell again.
    Repaint,
    /// Stop the process until it is continued.
    Suspend,
}

/// Handles a message. Returns the effects.
pub(super) fn update(model: &mut Model, msg: Msg) -> Vec<Cmd> {
    match msg {
        Msg::Key(event) if event.kind == KeyEventKind::Release => Vec::new(),
        Msg::Key(event) => press(model, &event),
        Msg::Mouse(event) => mouse::take(model, event),
        Msg::Paste(text) => {
            dialogs::paste(model, &text);
            Vec::new()
        }
        Msg::Copied(sentence) | Msg::Ordered(sentence) => {
            model.say(sentence);
            Vec::new()
        }
        Msg::Drawn(drawn, took) => {
            model.switches.slow = took > Duration::from_millis(250);
            show(model, drawn);
            Vec::new()
        }
    }
}

/// Remembers what was drawn, and corrects a scroll position beyond the end.
fn show(model: &mut Model, drawn: DrawnFrame) {
    if let Some(lines) = drawn.lines {
        let scroll = match model.screen {
            Screen::Help => &mut model.help.scroll,
            _ => &mut model.detail.scroll,
        };
        *scroll = lines.first;
    }
    model.drawn = drawn;
}

fn press(model: &mut Model, event: &KeyEvent) -> Vec<Cmd> {
    let Some(key) = KeyPress::of(event) else {
        return Vec::new();
    };
    if KeyPress::named("Ctrl-c") == Some(key) {
        return interrupt(model);
    }
    if model.dialog.is_some() {
        return dialogs::press(model, key);
    }
    match UserAction::of(key, &ActionScope::of(model.screen)) {
        Some(action) => act(model, action),
        None => Vec::new(),
    }
}

/// Does an action.
pub(super) fn act(model: &mut Model, action: UserAction) -> Vec<Cmd> {
    match action {
        UserAction::GoOverview => go(model, Screen::Overview),
        UserAction::GoUsers => go(model, Screen::Users),
        UserAction::GoGroups => go(model, Screen::Groups),
        UserAction::GoTraffic => go(model, Screen::Traffic),
        UserAction::GoProvisioning => go(model, Screen::Provisioning),
        UserAction::Help => help(model),
        UserAction::Palette => model.dialog = Some(Dialog::Palette(Palette::default())),
        UserAction::Filter => filter(model),
        UserAction::Copy => model.dialog = Some(Dialog::Copy(copies::menu(model))),
        UserAction::Secrets => secrets(model),
        UserAction::Zoom => model.switches.zoomed = !model.switches.zoomed,
        UserAction::Wrap => model.switches.wrapping = !model.switches.wrapping,
        UserAction::MoreKeys => model.switches.more_keys = !model.switches.more_keys,
        UserAction::Pause => return pause(model),
        UserAction::Present => return present(model),
        UserAction::Tenant => return next_tenant(model),
        UserAction::Repaint => return vec![Cmd::Repaint],
        UserAction::Suspend => return vec![Cmd::Suspend],
        UserAction::Quit => return quit(model),
        UserAction::Interrupt => return interrupt(model),
        UserAction::RunCycle => return vec![Cmd::Order(JobCommand::Cycle)],
        UserAction::StartOrPause => return vec![Cmd::Order(JobCommand::StartOrPause)],
        UserAction::NextDay => return vec![Cmd::Order(JobCommand::NextDay)],
        UserAction::ClearQuarantine => return vec![Cmd::Order(JobCommand::ClearQuarantine)],
        UserAction::Faster => return vec![Cmd::Order(JobCommand::Faster)],
        UserAction::Slower => return vec![Cmd::Order(JobCommand::Slower)],
        UserAction::Restart => model.dialog = Some(Dialog::Restart),
        _ => moves::act(model, action),
    }
    Vec::new()
}

/// Shows a screen.
pub(super) fn go(model: &mut Model, screen: Screen) {
    if model.screen != screen {
        model.screen = screen;
        model.focus = Focus::List;
        model.detail.scroll = 0;
    }
}

fn help(model: &mut Model) {
    match model.screen {
        Screen::Help => go(model, model.help.from),
        screen => {
            model.help.from = screen;
            model.help.scroll = 0;
            go(model, Screen::Help);
        }
    }
}

fn filter(model: &mut Model) {
    let before = match model.screen {
        Screen::Overview => {
            return model.say("nothing to filter here; 4 then / filters the traffic");
        }
        Screen::Users => &model.users.filter,
        Screen::Groups if model.focus == Focus::Detail => &model.members.filter,
        Screen::Groups => &model.groups.filter,
        Screen::Traffic => model.traffic.text(),
        Screen::Provisioning => &model.log.filter,
        Screen::Help => &model.help.filter,
    };
    let prompt = FilterPrompt { edit: TextInput::of(before), before: before.to_owned() };
    model.traffic.mistake = None;
    model.dialog = Some(Dialog::Filter(prompt));
}

fn secrets(model: &mut Model) {
    if model.switches.presenting {
        return model.say("secrets stay masked in presentation mode");
    }
    model.secrets_until = match model.secrets_until {
        Some(_) => None,
        None => Some(model.elapsed + SECRETS),
    };
}

fn pause(model: &mut Model) -> Vec<Cmd> {
    model.switches.paused = !model.switches.paused;
    model.waiting = 0;
    vec![if model.switches.paused { Cmd::Hold } else { Cmd::Release }]
}

fn present(model: &mut Model) -> Vec<Cmd> {
    let presenting = !model.switches.presenting;
    model.switches.presenting = presenting;
    model.secrets_until = None;
    if presenting {
        go(model, Screen::Overview);
    }
    vec![Cmd::Mouse(!presenting)]
}

fn next_tenant(model: &mut Model) -> Vec<Cmd> {
    let present = model.tenants.iter().position(|it| *it == model.overview.tenant);
    // A deleted tenant is not the tenant that has its name now.
    let present = present.filter(|_| !model.overview.is_gone);
    let next = match present {
        Some(at) => (at + 1).checked_rem(model.tenants.len()).unwrap_or(0),
        None => deleted_tenant::successor(model).unwrap_or(0),
    };
    match model.tenants.get(next).cloned() {
        Some(name) if Some(next) != present => {
            model.forget();
            model.say(format!("now looking at {name}"));
            vec![Cmd::Select(name)]
        }
        _ => {
            let is_gone = model.overview.is_gone;
            model.say(if is_gone { "there is no tenant" } else { "there is only this tenant" });
            Vec::new()
        }
    }
}

fn quit(model: &mut Model) -> Vec<Cmd> {
    if !model.owns_server {
        return vec![Cmd::End(DashboardExit::Hidden)];
    }
    model.dialog = Some(Dialog::Quit);
    Vec::new()
}

fn interrupt(model: &mut Model) -> Vec<Cmd> {
    let last = model.interrupted.replace(model.elapsed);
    if last.is_some_and(|last| model.elapsed <= last + TWICE) && model.owns_server {
        return vec![Cmd::End(DashboardExit::StopBoth)];
    }
    quit(model)
}
