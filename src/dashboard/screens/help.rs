//! Help: every key and every word of the traffic filter, made from the list of actions and the
//! filter language.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, Line};
use super::super::drawn_frame::ScrollRange;
use super::super::layout::inside;
use super::super::model::Model;
use super::super::screen::Focus;
use super::super::text::left;
use super::super::theme::TextRole;
use super::super::user_action::{ActionScope, ENTRIES};
use super::{empty, pane_focus};
use crate::journal::TrafficFilter;

/// The minimum width of a column of help.
const COLUMN: u16 = 48;

pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, body: Rect) {
    let title = Line::of("Help", TextRole::Strong);
    let title = if model.help.filter.is_empty() {
        title.and(" · / looks for a word, : does a command by name", TextRole::Dim)
    } else {
        title.and(format!(" /{}", model.help.filter), TextRole::Info)
    };
    canvas.pane(body, &title, pane_focus(model, Focus::List));
    let inside = inside(body);
    let rows = rows(model, inside);
    if rows.is_empty() {
        let line = Line::of(
            format!("No key or filter holds \"{}\".", model.help.filter),
            TextRole::Strong,
        );
        return empty(canvas, inside, &[line]);
    }
    let width = inside.width / columns(inside);
    let seen = ScrollRange::new(model.help.scroll, inside.height.into(), rows.len());
    canvas.drawn.lines = Some(seen);
    for (row, lines) in (0..inside.height).zip(&rows[seen.first..]) {
        for (column, line) in (0..).zip(lines) {
            let x = inside.x + column * width;
            let room = Rect { x, width: width.saturating_sub(1), ..inside };
            canvas.line(room, row, line);
        }
    }
    canvas.scrollbar(body, seen.first, seen.height, rows.len());
}

fn columns(inside: Rect) -> u16 {
    (inside.width / COLUMN).clamp(1, 4)
}

/// The lines side by side: each column is filled before the next one begins.
fn rows(model: &Model, inside: Rect) -> Vec<Vec<Line>> {
    let lines = lines(&model.help.filter);
    let height = lines.len().div_ceil(columns(inside).into()).max(1);
    (0..height.min(lines.len()))
        .map(|row| lines.iter().skip(row).step_by(height).cloned().collect())
        .collect()
}

fn lines(filter: &str) -> Vec<Line> {
    let wanted = filter.trim().to_lowercase();
    let holds = |texts: &[&str]| texts.iter().any(|it| it.to_lowercase().contains(&wanted));
    let mut lines = Vec::new();
    for scope in ActionScope::ALL {
        let here = ENTRIES.iter().filter(|it| it.scope == scope);
        let found = here.filter(|it| holds(&[it.help, it.name, &it.keys.join(" ")]));
        section(&mut lines, scope.title(), found.map(|it| (it.keys.join(" "), it.help.to_owned())));
    }
    let words = TrafficFilter::keys().iter().filter(|it| holds(&[it.name, it.help]));
    let word = words.map(|it| {
        let examples: Vec<_> = it.values.iter().take(3).copied().collect();
        (format!("{}:", it.name), format!("{}: {}", it.help, examples.join(" ")))
    });
    section(&mut lines, "Traffic filter", word);
    let signs = [
        ("a b", "both"),
        ("a | b", "either"),
        ("-a !a", "not"),
        ("( )", "together"),
        ("word", "in the summary or the path"),
    ];
    let signs = signs.into_iter().filter(|(sign, help)| holds(&[sign, help]));
    section(&mut lines, "Put together", signs.map(|(sign, help)| (sign.into(), help.into())));
    lines
}

fn section(lines: &mut Vec<Line>, title: &str, entries: impl Iterator<Item = (String, String)>) {
    let mut entries = entries.peekable();
    if entries.peek().is_none() {
        return;
    }
    if !lines.is_empty() {
        lines.push(Line::default());
    }
    lines.push(Line::of(title, TextRole::Strong));
    lines.extend(
        entries
            .map(|(key, help)| Line::of(left(&key, 12), TextRole::Info).and(help, TextRole::Text)),
    );
}
