//! Presentation mode: three big numbers and the newest lines, without secrets and hints.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, Line};
use super::super::model::Model;
use super::super::screen::PaneFocus;
use super::super::text::count;
use super::super::theme::TextRole;
use super::chrome::rate;
use super::overview::feed;

/// How many rows a digit has.
const ROWS: u16 = 5;
/// The number of lines of the feed.
const LINES: u16 = 8;

/// The digits and the comma, five rows of three dots each.
const DIGITS: [[&str; 5]; 11] = [
    ["###", "# #", "# #", "# #", "###"],
    [" # ", "## ", " # ", " # ", "###"],
    ["###", "  #", "###", "#  ", "###"],
    ["###", "  #", " ##", "  #", "###"],
    ["# #", "# #", "###", "  #", "  #"],
    ["###", "#  ", "###", "  #", "###"],
    ["###", "#  ", "###", "# #", "###"],
    ["###", "  #", "  #", " # ", " # "],
    ["###", "# #", "###", "# #", "###"],
    ["###", "# #", "###", "  #", "###"],
    [" ", " ", " ", "#", "#"],
];

/// Where the feed is.
pub(super) fn activity(model: &Model, body: Rect) -> Rect {
    let height = (LINES + 2).min(body.height.saturating_sub(numbers_height(model, body)));
    Rect { y: body.bottom() - height, height, ..body }
}

fn numbers_height(model: &Model, body: Rect) -> u16 {
    if scale(model, body) == 0 { 2 } else { ROWS + 3 }
}

/// The columns of a dot: 2 if three numbers fit beside each other, otherwise 1, otherwise no dots.
fn scale(model: &Model, body: Rect) -> u16 {
    let longest = numbers(model).iter().map(|(_, it)| dots(it)).max().unwrap_or(0);
    match body.width / 3 {
        _ if body.height < ROWS + 8 => 0,
        room if room >= longest * 2 + 4 => 2,
        room if room >= longest + 2 => 1,
        _ => 0,
    }
}

fn numbers(model: &Model) -> [(&'static str, String); 3] {
    let overview = &model.overview;
    [
        ("users", count(overview.users.total as u64)),
        ("groups", count(overview.groups as u64)),
        ("req/s", count(rate(model))),
    ]
}

/// How many dots a number is wide.
fn dots(number: &str) -> u16 {
    number.chars().map(|c| u16::try_from(shape(c)[0].len()).unwrap_or(0) + 1).sum()
}

fn shape(c: char) -> [&'static str; 5] {
    let place = c.to_digit(10).map_or(10, |it| it as usize);
    DIGITS[place]
}

pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, body: Rect) {
    let scale = scale(model, body);
    let activity = activity(model, body);
    let third = body.width / 3;
    let top = (body.height - activity.height).saturating_sub(numbers_height(model, body)) / 2;
    let body = Rect { y: body.y + top, height: body.height - top, ..body };
    for (place, (name, number)) in (0..).zip(numbers(model)) {
        let area = Rect { x: body.x + place * third, width: third, ..body };
        if scale == 0 {
            let line = Line::of(number, TextRole::Strong).and(format!(" {name}"), TextRole::Dim);
            canvas.line(area, 0, &line);
        } else {
            let indent = third.saturating_sub(dots(&number) * scale) / 2;
            let room = Rect { x: area.x + indent, width: third - indent, ..area };
            big(canvas, room, &number, scale);
            canvas.text(room, ROWS + 2, name, TextRole::Dim);
        }
    }
    let title = Line::of("Activity", TextRole::Strong).and(" · newest first", TextRole::Dim);
    let inside = canvas.pane(activity, &title, PaneFocus::Unfocused);
    feed(canvas, model, inside);
}

/// Draws a number in dots, each `scale` columns wide, below one empty row.
fn big(canvas: &mut Canvas<'_>, area: Rect, number: &str, scale: u16) {
    for (row, place) in (1..=ROWS).zip(0..) {
        let dots = number.chars().flat_map(|c| shape(c)[place].chars().chain([' ']));
        let draw = |dot: char| if dot == '#' { "█" } else { " " }.repeat(scale.into());
        let cells: String = dots.map(draw).collect();
        canvas.text(area, row, cells.trim_end(), TextRole::Strong);
    }
}
