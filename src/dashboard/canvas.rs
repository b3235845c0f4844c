//! The canvas of the screen. Everything is drawn through it, and it clips, cuts and escapes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::drawn_frame::DrawnFrame;
use super::screen::PaneFocus;
use super::text::{cut, left, width};
use super::theme::{TextRole, Theme};

/// A buffer and the theme to draw on it with.
pub(super) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    theme: Theme,
    /// The parts of the frame that keys and clicks refer to.
    pub(super) drawn: DrawnFrame,
}

/// A line of text in parts with different roles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line(Vec<(String, TextRole)>);

impl Line {
    /// A line of one part.
    pub(super) fn of(text: impl Into<String>, role: TextRole) -> Self {
        Self(vec![(text.into(), role)])
    }

    /// Appends a part to the line.
    pub(super) fn and(mut self, text: impl Into<String>, role: TextRole) -> Self {
        self.0.push((text.into(), role));
        self
    }

    /// Its width in columns.
    pub(super) fn width(&self) -> usize {
        self.0.iter().map(|(text, _)| width(text)).sum()
    }
}

/// A label in a column of its own, 14 wide, and its value.
pub(super) fn labelled(label: &str, value: impl Into<String>) -> Line {
    labelled_by(13, label, value)
}

/// The same with labels of another width.
pub(super) fn labelled_by(columns: usize, label: &str, value: impl Into<String>) -> Line {
    Line::of(left(label, columns), TextRole::Dim)
        .and(" ", TextRole::Text)
        .and(value, TextRole::Text)
}

/// The area inside a pane's border.
pub(super) fn inside(pane: Rect) -> Rect {
    if pane.width < 2 || pane.height < 2 {
        return pane;
    }
    Rect { x: pane.x + 1, y: pane.y + 1, width: pane.width - 2, height: pane.height - 2 }
}

impl<'a> Canvas<'a> {
    /// A canvas on that buffer.
    pub(super) fn new(buffer: &'a mut Buffer, theme: Theme) -> Self {
        Self { buffer, theme, drawn: DrawnFrame::default() }
    }

    /// The part of `area` inside the buffer.
    fn clip(&self, area: Rect) -> Rect {
        area.intersection(self.buffer.area)
    }

    /// Writes text into one row of an area and cuts it there. Returns its columns.
    pub(super) fn text(&mut self, area: Rect, row: u16, text: &str, role: TextRole) -> u16 {
        let area = self.clip(area);
        if row >= area.height || area.width == 0 {
            return 0;
        }
        let style = self.theme.style(role);
        let text = cut(text, area.width.into());
        let (end, _) =
            self.buffer.set_stringn(area.x, area.y + row, text, area.width.into(), style);
        end - area.x
    }

    /// Writes a line into one row of an area and cuts it there. Returns its columns.
    pub(super) fn line(&mut self, area: Rect, row: u16, line: &Line) -> u16 {
        let mut used = 0;
        for (text, role) in &line.0 {
            let rest = Rect {
                x: area.x.saturating_add(used),
                width: area.width.saturating_sub(used),
                ..area
            };
            used += self.text(rest, row, text, *role);
        }
        used
    }

    /// Writes text that ends at the right edge of an area.
    pub(super) fn text_right(&mut self, area: Rect, row: u16, text: &str, role: TextRole) {
        let columns = u16::try_from(width(text)).unwrap_or(u16::MAX).min(area.width);
        let rest = Rect { x: area.right() - columns, width: columns, ..area };
        self.text(rest, row, text, role);
    }

    /// Replaces the style of whole cells by that of a role. A row of mixed colours would look wrong
    /// if it were only reversed.
    pub(super) fn restyle(&mut self, area: Rect, role: TextRole) {
        let style = self.theme.style(role);
        for position in self.clip(area).positions() {
            let cell = &mut self.buffer[position];
            cell.set_style(ratatui::style::Style::reset());
            cell.modifier = Modifier::empty();
            cell.set_style(style);
        }
    }

    /// Clears an area that something else is drawn over.
    pub(super) fn clear(&mut self, area: Rect) {
        let area = self.clip(area);
        for y in area.top()..area.bottom() {
            // Half of a wide character must not stay beside the area.
            let before = self.buffer.cell_mut((area.x.wrapping_sub(1), y));
            if let Some(cell) = before.filter(|it| width(it.symbol()) > 1) {
                cell.set_symbol(" ");
            }
        }
        for position in self.clip(area).positions() {
            self.buffer[position].reset();
        }
    }

    /// Draws a border with a title, thick if the pane has the keys. Returns the inner area.
    pub(super) fn pane(&mut self, area: Rect, title: &Line, focus: PaneFocus) -> Rect {
        let area = self.clip(area);
        if area.width < 2 || area.height < 2 {
            return area;
        }
        let ([across, down, corners], role) = match focus {
            PaneFocus::Focused => (["━", "┃", "┏┓┗┛"], TextRole::Focus),
            PaneFocus::Unfocused => (["─", "│", "┌┐└┘"], TextRole::Dim),
        };
        let mut corner = corners.chars();
        let mut row = |across: &str| -> String {
            let [left, right] = [corner.next(), corner.next()].map(Option::unwrap_or_default);
            format!("{left}{}{right}", across.repeat(usize::from(area.width) - 2))
        };
        let (top, bottom) = (row(across), row(across));
        self.text(area, 0, &top, role);
        self.text(area, area.height - 1, &bottom, role);
        for row in 1..area.height - 1 {
            self.text(Rect { width: 1, ..area }, row, down, role);
            self.text(Rect { x: area.right() - 1, width: 1, ..area }, row, down, role);
        }
        let head = Rect { x: area.x + 1, width: area.width - 2, height: 1, ..area };
        if head.width > 2 && title.width() > 0 {
            let room = Rect { x: head.x + 1, width: head.width - 2, ..head };
            let used = self.line(room, 0, title);
            for x in [head.x, room.x + used] {
                self.text(Rect { x, width: 1, ..head }, 0, " ", TextRole::Text);
            }
        }
        area.inner(ratatui::layout::Margin::new(1, 1))
    }

    /// Writes a note into the bottom border of a pane, at its right end.
    pub(super) fn note(&mut self, pane: Rect, note: &str, role: TextRole) {
        if pane.height < 2 || pane.width < 6 || note.is_empty() {
            return;
        }
        let room = Rect { x: pane.x + 1, width: pane.width - 2, ..pane };
        let note = cut(note, usize::from(room.width) - 2);
        self.text_right(room, pane.height - 1, &format!(" {note} "), role);
    }

    /// Draws a scrollbar into the right border of a pane.
    pub(super) fn scrollbar(&mut self, pane: Rect, offset: usize, visible: usize, total: usize) {
        let track = usize::from(pane.height).saturating_sub(2);
        if total <= visible || track == 0 || pane.width == 0 {
            return;
        }
        let thumb = (track * visible / total).clamp(1, track);
        let start = (track - thumb) * offset.min(total - visible) / (total - visible);
        let edge = Rect { x: pane.right() - 1, width: 1, ..pane };
        for row in start..start + thumb {
            let row = u16::try_from(row + 1).unwrap_or(u16::MAX);
            self.text(edge, row, "█", TextRole::Dim);
        }
    }
}
