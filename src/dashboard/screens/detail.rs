//! A pane of lines under tabs, for one user or one exchange.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, Line};
use super::super::drawn_frame::ScrollRange;
use super::super::layout::inside;
use super::super::model::Model;
use super::super::screen::PaneFocus;
use super::super::text::wrap;
use super::super::theme::TextRole;
use super::cursor;

/// A pane of lines.
pub(super) struct Pane<'a> {
    /// The whole pane, border included.
    pub(super) area: Rect,
    /// Its title.
    pub(super) title: Line,
    /// Its tabs, and which one is open.
    pub(super) tabs: (&'a [&'a str], usize),
    /// All lines of the open tab.
    pub(super) lines: Vec<Line>,
    /// Whether it has the keys.
    pub(super) focus: PaneFocus,
}

fn tabs_height(inside: Rect) -> u16 {
    match inside.height {
        ..3 => 0,
        3..8 => 1,
        _ => 2,
    }
}

impl Pane<'_> {
    /// Draws the pane, its lines scrolled as the model says.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, model: &Model) {
        let inside = inside(self.area);
        canvas.pane(self.area, &self.title, self.focus);
        let tabs = tabs_height(inside);
        if tabs > 0 {
            self.draw_tabs(canvas, inside);
        }
        let rest = Rect { y: inside.y + tabs, height: inside.height - tabs, ..inside };
        let lines = ScrollRange::new(model.detail.scroll, rest.height.into(), self.lines.len());
        canvas.drawn.lines = Some(lines);
        for (row, line) in (0..rest.height).zip(&self.lines[lines.first..]) {
            canvas.line(rest, row, line);
        }
        canvas.scrollbar(self.area, lines.first, lines.height, self.lines.len());
    }

    fn draw_tabs(&self, canvas: &mut Canvas<'_>, area: Rect) {
        let (names, open) = self.tabs;
        let mut x = area.x;
        for (at, name) in names.iter().enumerate() {
            let tab = Rect { x, width: area.right().saturating_sub(x), height: 1, ..area };
            let used = canvas.text(tab, 0, &format!(" {name} "), TextRole::Dim);
            if at == open {
                let role = cursor(self.focus);
                canvas.restyle(Rect { width: used, ..tab }, role);
            }
            x += used + 1;
        }
    }
}

/// Text as lines of this width: wrapped if the user wants that, otherwise one line that is cut.
pub(super) fn text_lines(model: &Model, text: &str, width: u16, role: TextRole) -> Vec<Line> {
    if model.switches.wrapping {
        wrap(text, width.into()).into_iter().map(|it| Line::of(it, role)).collect()
    } else {
        vec![Line::of(text, role)]
    }
}

/// A heading inside of a detail.
pub(super) fn heading(text: &str) -> [Line; 2] {
    [Line::default(), Line::of(text, TextRole::Strong)]
}
