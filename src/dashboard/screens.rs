//! The screens. Each is a pure function of the model in a file of its own.

mod chrome;
mod detail;
mod groups;
mod help;
mod overlay;
mod overview;
mod presentation;
mod provisioning;
mod pulse;
mod traffic;
mod users;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::canvas::{Canvas, Line};
use super::deleted_tenant;
use super::drawn_frame::DrawnFrame;
use super::layout::{SizeClass, inside, layout};
use super::model::Model;
use super::screen::{Focus, PaneFocus, Screen};
use super::text::counted;
use super::theme::TextRole;
use crate::medius::{StepEntry, StepState};

/// Draws everything into a buffer of the model's size. Returns the parts that keys and clicks refer
/// to.
pub(super) fn draw(buffer: &mut Buffer, model: &Model) -> DrawnFrame {
    let parts = layout(model);
    let mut canvas = Canvas::new(buffer, model.theme);
    match parts.class {
        SizeClass::Nothing => return canvas.drawn,
        SizeClass::Pulse => pulse::draw(&mut canvas, model, &parts),
        _ => {
            chrome::header(&mut canvas, model, &parts);
            chrome::tabs(&mut canvas, model, parts.tabs);
            match model.screen {
                Screen::Overview if model.switches.presenting => {
                    presentation::draw(&mut canvas, model, parts.body);
                }
                Screen::Overview => overview::draw(&mut canvas, model, parts.body),
                Screen::Users => users::draw(&mut canvas, model, &parts),
                Screen::Groups => groups::draw(&mut canvas, model, &parts),
                Screen::Traffic => traffic::draw(&mut canvas, model, &parts),
                Screen::Provisioning => provisioning::draw(&mut canvas, model, &parts),
                Screen::Help => help::draw(&mut canvas, model, parts.body),
            }
            chrome::foot(&mut canvas, model, parts.foot);
        }
    }
    overlay::draw(&mut canvas, model, &parts);
    canvas.drawn
}

/// The number of visible lines of the activity feed.
pub(super) fn activity_rows(model: &Model) -> usize {
    let parts = layout(model);
    match (parts.class, model.screen) {
        (SizeClass::Nothing, _) => 0,
        (SizeClass::Pulse, _) => usize::from(parts.body.height) - 1,
        (_, Screen::Overview) => inside(activity_pane(model)).height.into(),
        _ => 0,
    }
}

/// Where the activity feed is.
fn activity_pane(model: &Model) -> Rect {
    let body = layout(model).body;
    if model.switches.presenting {
        presentation::activity(model, body)
    } else {
        overview::areas(model, body).activity
    }
}

/// Whether a pane has the keys.
fn pane_focus(model: &Model, pane: Focus) -> PaneFocus {
    if model.focus == pane && model.dialog.is_none() {
        PaneFocus::Focused
    } else {
        PaneFocus::Unfocused
    }
}

/// The role of the row under the cursor in a list.
fn cursor(focus: PaneFocus) -> TextRole {
    match focus {
        PaneFocus::Focused => TextRole::Selected,
        PaneFocus::Unfocused => TextRole::Remembered,
    }
}

/// The reason why no exchange is shown: none came, or none is kept.
fn no_exchanges(model: &Model) -> Line {
    match model.overview.totals.exchanges {
        0 => Line::of("Nothing was asked yet.", TextRole::Strong),
        some => {
            let answered = counted(some, "request");
            Line::of(format!("{answered} came; the journal keeps none of them."), TextRole::Strong)
        }
    }
}

/// The instructions for an unused tenant, or the message about a deleted one.
fn begin(model: &Model) -> Line {
    if model.overview.is_gone {
        let words = format!("The tenant was deleted: {}.", deleted_tenant::way_on(model));
        return Line::of(words, TextRole::Text);
    }
    match next_step(model) {
        Some(step) => {
            let words = format!("{} {}", step.number, step.label);
            Line::of("First set the tenant up; the next step is ", TextRole::Text)
                .and(words, TextRole::Info)
        }
        None => Line::of("y u", TextRole::Info)
            .and(" copies the SCIM link, ", TextRole::Text)
            .and("y k", TextRole::Info)
            .and(" the secret key.", TextRole::Text),
    }
}

/// The set-up step that comes next, if one is open.
fn next_step(model: &Model) -> Option<&StepEntry> {
    model.overview.setup.iter().find(|it| it.state == StepState::Current)
}

/// Whether the provisioning job takes orders: it exists, or the tenant has the secret key that a
/// new one needs.
fn takes_orders(model: &Model) -> bool {
    let overview = &model.overview;
    !overview.is_gone && (model.job.is_some() || overview.secret_key.is_some())
}

/// A block of text in the middle of a pane, for lists that have nothing to show.
fn empty(canvas: &mut Canvas<'_>, area: Rect, lines: &[Line]) {
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let width = lines.iter().map(Line::width).max().unwrap_or(0);
    let indent = area.width.saturating_sub(u16::try_from(width).unwrap_or(u16::MAX)) / 2;
    let rest = Rect { x: area.x + indent, width: area.width - indent, ..area };
    let top = area.height.saturating_sub(height) / 3;
    for (row, line) in (top..).zip(lines) {
        canvas.line(rest, row, line);
    }
}
