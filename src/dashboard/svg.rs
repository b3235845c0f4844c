//! A drawn screen as a picture for a web page.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// The size of a cell in the picture's units. A monospaced glyph of 14 units is 8.4 wide and its
/// vertical lines are 16.4 high, so that borders meet.
const WIDTH: f32 = 8.4;
const HEIGHT: f32 = 16.4;
/// The margin around the cells.
const MARGIN: f32 = 12.0;
const GROUND: &str = "#14181f";
/// Why writing cannot fail.
const FITS: &str = "a String takes everything";
const INK: &str = "#d8dee9";

/// The buffer as an SVG picture. The same cells give the same bytes.
///
/// Each run of cells of one style is one text of exactly its width, so that wide characters and a
/// font with other proportions do not shift what follows.
pub(super) fn svg(buffer: &Buffer) -> String {
    let (columns, rows) = (f32::from(buffer.area.width), f32::from(buffer.area.height));
    let (width, height) = (columns * WIDTH + 2.0 * MARGIN, rows * HEIGHT + 2.0 * MARGIN);
    let mut out = String::new();
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height:.1}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" \
         font-size=\"14\" xml:space=\"preserve\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{GROUND}\"/>"
    )
    .expect(FITS);
    for y in 0..buffer.area.height {
        for run in runs(buffer, y) {
            run.write(&mut out, y);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Cells beside each other that look the same.
struct EventLoop {
    x: u16,
    columns: u16,
    text: String,
    look: Look,
}

/// The style of a cell with reversal applied.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    ink: &'static str,
    ground: Option<&'static str>,
    is_bold: bool,
    is_dim: bool,
    is_underlined: bool,
}

fn runs(buffer: &Buffer, y: u16) -> Vec<EventLoop> {
    let mut runs: Vec<EventLoop> = Vec::new();
    let mut x = 0;
    while x < buffer.area.width {
        let cell = &buffer[(buffer.area.x + x, buffer.area.y + y)];
        let columns = u16::try_from(super::text::width(cell.symbol())).unwrap_or(1).max(1);
        let look = Look::of(cell);
        match runs.last_mut() {
            Some(run) if run.look == look && run.takes(cell.symbol()) => {
                run.columns += columns;
                run.text.push_str(cell.symbol());
            }
            _ => runs.push(EventLoop { x, columns, text: cell.symbol().to_owned(), look }),
        }
        x += columns;
    }
    runs
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let has = |modifier| cell.modifier.contains(modifier);
        let (ink, ground) = (hex(cell.fg), hex(cell.bg));
        let (ink, ground) = if has(Modifier::REVERSED) {
            (ground.unwrap_or(GROUND), Some(ink.unwrap_or(INK)))
        } else {
            (ink.unwrap_or(INK), ground)
        };
        Self {
            ink,
            ground,
            is_bold: has(Modifier::BOLD),
            is_dim: has(Modifier::DIM),
            is_underlined: has(Modifier::UNDERLINED),
        }
    }
}

/// The colours of the themes. All others are those of the text or the background.
fn hex(color: Color) -> Option<&'static str> {
    Some(match color {
        Color::Green => "#a3be8c",
        Color::Cyan => "#88c0d0",
        Color::Yellow => "#ebcb8b",
        Color::Red => "#e5737d",
        Color::Magenta => "#c895bf",
        Color::Rgb(0x00, 0x9e, 0x73) | Color::Indexed(36) => "#009e73",
        Color::Rgb(0x56, 0xb4, 0xe9) | Color::Indexed(74) => "#56b4e9",
        Color::Rgb(0xe6, 0x9f, 0x00) | Color::Indexed(178) => "#e69f00",
        Color::Rgb(0xd5, 0x5e, 0x00) | Color::Indexed(166) => "#d55e00",
        Color::Rgb(0xcc, 0x79, 0xa7) | Color::Indexed(175) => "#cc79a7",
        _ => return None,
    })
}

impl EventLoop {
    /// Whether a character may join the run: ASCII with ASCII, and equal border characters. All
    /// others stand alone, because fonts differ in their width.
    fn takes(&self, symbol: &str) -> bool {
        let is_ascii = self.text.is_ascii() && symbol.is_ascii();
        is_ascii || self.text.chars().all(|c| symbol.chars().eq([c]))
    }

    fn write(&self, out: &mut String, y: u16) {
        let (left, top) = (MARGIN + f32::from(self.x) * WIDTH, MARGIN + f32::from(y) * HEIGHT);
        let width = f32::from(self.columns) * WIDTH;
        if let Some(ground) = self.look.ground {
            writeln!(
                out,
                "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{HEIGHT:.1}\" \
                 fill=\"{ground}\"/>"
            )
            .expect(FITS);
        }
        if self.text.trim().is_empty() {
            return;
        }
        let mut style = String::new();
        if self.look.is_bold {
            style.push_str(" font-weight=\"bold\"");
        }
        if self.look.is_dim {
            style.push_str(" opacity=\"0.6\"");
        }
        if self.look.is_underlined {
            style.push_str(" text-decoration=\"underline\"");
        }
        writeln!(
            out,
            "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" \
             lengthAdjust=\"spacingAndGlyphs\" fill=\"{}\"{style}>{}</text>",
            top + 13.0,
            self.look.ink,
            escape(&self.text),
        )
        .expect(FITS);
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
