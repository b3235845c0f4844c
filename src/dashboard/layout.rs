//! The layout of the terminal. There is one place for it, because the rows that are queried, drawn
//! and clicked must be the same.
//!
//! ```text
//!  MediusFlow mock  ▶ LIVE  ● 127.0.0.1:8420  NordlysQA  200 req/s        header
//!  1 Overview   2 Users   3 Groups   4 Traffic   5 Provisioning   ? Help  tabs
//! ┌ list ─────────────────────────┐┏ detail ━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
//! │                               │┃                                    ┃  body
//! └───────────────────────────────┘┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
//!  Enter open  / filter  ? help                                           foot
//! ```

use ratatui::layout::{Rect, Size};

pub(super) use super::canvas::inside;
use super::list_table;
use super::model::Model;
use super::screen::{Focus, Screen};

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SizeClass {
    /// Not one cell.
    Nothing,
    /// A strip of a few cells: numbers and the newest lines, no borders.
    Pulse,
    /// Header and tabs share a line, one pane.
    Compact,
    /// One pane; a detail lies over its list.
    Narrow,
    /// A list and its detail side by side.
    Normal,
    /// The same, with every column.
    Wide,
}

impl SizeClass {
    /// The size class of a terminal of this size.
    pub(super) fn of(size: Size) -> Self {
        match (size.width, size.height) {
            (0, _) | (_, 0) => Self::Nothing,
            (..30, _) | (_, ..5) => Self::Pulse,
            (..60, _) | (_, ..16) => Self::Compact,
            (..100, _) => Self::Narrow,
            (..150, _) => Self::Normal,
            _ => Self::Wide,
        }
    }
}

/// The parts of the terminal. A part without room is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// How much room there is.
    pub(super) class: SizeClass,
    /// The first line.
    pub(super) header: Rect,
    /// The tabs.
    pub(super) tabs: Rect,
    /// Between the lines.
    pub(super) body: Rect,
    /// Above the list, on the screen that has such a pane.
    pub(super) status: Rect,
    /// The list of the screen, border included.
    pub(super) list: Rect,
    /// The detail of the screen, border included.
    pub(super) detail: Rect,
    /// The last line: hints, a message or a prompt.
    pub(super) foot: Rect,
}

/// Lays out the terminal for the present screen.
pub(super) fn layout(model: &Model) -> Layout {
    let Size { width, height } = model.size;
    let class = SizeClass::of(model.size);
    let line = |y: u16| Rect { x: 0, y, width, height: 1 };
    let (header, tabs, body, foot) = match class {
        SizeClass::Nothing => (Rect::ZERO, Rect::ZERO, Rect::ZERO, Rect::ZERO),
        SizeClass::Pulse => {
            (Rect::ZERO, Rect::ZERO, Rect::new(0, 0, width, height), line(height - 1))
        }
        SizeClass::Compact => {
            (line(0), Rect::ZERO, Rect::new(0, 1, width, height - 2), line(height - 1))
        }
        _ => (line(0), line(1), Rect::new(0, 2, width, height - 3), line(height - 1)),
    };
    let (status, rest) = above(model, class, body);
    let (list, detail) = panes(model, class, rest);
    Layout { class, header, tabs, body, status, list, detail, foot }
}

/// The pane above the list, and the rest for the list.
fn above(model: &Model, class: SizeClass, body: Rect) -> (Rect, Rect) {
    if model.screen != Screen::Provisioning || class < SizeClass::Compact || body.height < 9 {
        return (Rect::ZERO, body);
    }
    let height = (body.height / 3).clamp(4, 7);
    let status = Rect { height, ..body };
    (status, Rect { y: body.y + height, height: body.height - height, ..body })
}

fn panes(model: &Model, class: SizeClass, body: Rect) -> (Rect, Rect) {
    let only = match model.focus {
        Focus::List => (body, Rect::ZERO),
        Focus::Detail => (Rect::ZERO, body),
    };
    let share = match model.screen {
        Screen::Overview | Screen::Help => return (body, Rect::ZERO),
        Screen::Groups if body.width >= 76 && class > SizeClass::Compact => 42,
        _ if class < SizeClass::Normal => return only,
        Screen::Groups => 40,
        _ if class == SizeClass::Wide => 60,
        Screen::Users | Screen::Traffic | Screen::Provisioning => 54,
    };
    if model.switches.zoomed {
        return only;
    }
    let width = u16::try_from(u32::from(body.width) * share / 100).unwrap_or(body.width);
    let list = Rect { width, ..body };
    (list, Rect { x: body.x + width, width: body.width - width, ..body })
}

/// The number of rows that a pane shows.
pub(super) fn rows(pane: Rect) -> usize {
    list_table::rows(inside(pane).height).into()
}

/// The row of a list at a place of the terminal, counted from the first visible one.
pub(super) fn row_at(pane: Rect, x: u16, y: u16) -> Option<usize> {
    let inside = inside(pane);
    let titles = u16::from(list_table::has_titles(inside.height));
    let rows =
        Rect { y: inside.y + titles, height: inside.height.saturating_sub(titles), ..inside };
    rows.contains((x, y).into()).then(|| usize::from(y - rows.y))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, 40, SizeClass::Nothing)]
    #[case(80, 0, SizeClass::Nothing)]
    #[case(1, 1, SizeClass::Pulse)]
    #[case(29, 40, SizeClass::Pulse)]
    #[case(200, 4, SizeClass::Pulse)]
    #[case(30, 5, SizeClass::Compact)]
    #[case(59, 40, SizeClass::Compact)]
    #[case(200, 15, SizeClass::Compact)]
    #[case(60, 16, SizeClass::Narrow)]
    #[case(99, 24, SizeClass::Narrow)]
    #[case(100, 24, SizeClass::Normal)]
    #[case(149, 24, SizeClass::Normal)]
    #[case(150, 24, SizeClass::Wide)]
    fn sizes_fall_into_classes(#[case] width: u16, #[case] height: u16, #[case] class: SizeClass) {
        assert_eq!(SizeClass::of(Size { width, height }), class);
    }
}
