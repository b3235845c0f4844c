//! Draws the dialogs over a screen: the prompt in the last line, and boxes with a border.

use std::ops::Range;

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, Line};
use super::super::dialog::{CopyMenu, Dialog, FilterPrompt, Palette};
use super::super::layout::Layout;
use super::super::model::Model;
use super::super::screen::{Focus, PaneFocus, Screen};
use super::super::text::{count, left, masked, width};
use super::super::text_input::TextInput;
use super::super::theme::TextRole;
use crate::journal::{FilterError, TrafficFilter};

pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    match &model.dialog {
        None => {}
        Some(Dialog::Filter(prompt)) => filter(canvas, model, prompt, parts.foot),
        Some(Dialog::Palette(palette)) => commands(canvas, palette, parts),
        Some(Dialog::Copy(copy)) => copies(canvas, copy, parts),
        Some(Dialog::Quit) => quit(canvas, parts),
        Some(Dialog::Restart) => restart(canvas, parts),
    }
}

fn filter(canvas: &mut Canvas<'_>, model: &Model, prompt: &FilterPrompt, area: Rect) {
    canvas.clear(area);
    let mistake = model.traffic.mistake.as_ref().filter(|_| model.screen == Screen::Traffic);
    let line = Line::of(" /", TextRole::Info);
    let used = canvas.line(area, 0, &line);
    let rest = Rect { x: area.x + used, width: area.width - used, ..area };
    let used = typed(canvas, rest, &prompt.edit, mistake);
    let rest = Rect { x: rest.x + used, width: rest.width - used, ..rest };
    let note = match mistake {
        Some(mistake) => {
            let suggestion = mistake.suggestion.as_ref();
            let suggestion = suggestion.map(|it| format!(", did you mean {it}?"));
            let words = format!("  {}{}", mistake.message, suggestion.unwrap_or_default());
            Line::of(words, TextRole::Bad)
        }
        None => found(model, prompt),
    };
    canvas.line(rest, 0, &note);
}

/// Draws a line that is being typed, its cursor and its mistake. The end at the cursor stays
/// visible.
fn typed(
    canvas: &mut Canvas<'_>,
    area: Rect,
    edit: &TextInput,
    mistake: Option<&FilterError>,
) -> u16 {
    let (before, after) = edit.text().split_at(edit.cursor());
    let columns = usize::from(area.width.saturating_sub(1));
    let visible = skip(before, width(before).saturating_sub(columns));
    let wrong = mistake.map_or(0..0, |it| it.offset..it.offset + it.length);
    let start = edit.cursor() - visible.len();
    let x = area.x + canvas.line(area, 0, &marked(visible, start, &wrong));
    let rest = Rect { x, width: area.right().saturating_sub(x), ..area };
    let shown = if after.is_empty() { " " } else { after };
    let used = canvas.line(rest, 0, &marked(shown, edit.cursor(), &wrong));
    canvas.restyle(Rect { width: rest.width.min(1), ..rest }, TextRole::Selected);
    x - area.x + used
}

/// A part of a line from this byte on, with the wrong bytes marked.
fn marked(text: &str, start: usize, wrong: &Range<usize>) -> Line {
    let place = |byte: usize| {
        let byte = byte.saturating_sub(start).min(text.len());
        (0..=byte).rfind(|it| text.is_char_boundary(*it)).unwrap_or(0)
    };
    let (from, to) = (place(wrong.start), place(wrong.end));
    Line::of(&text[..from], TextRole::Text)
        .and(&text[from..to], TextRole::Mistake)
        .and(&text[to..], TextRole::Text)
}

/// The text without its first columns.
fn skip(text: &str, columns: usize) -> &str {
    let mut rest = text;
    while !rest.is_empty() && width(text).saturating_sub(width(rest)) < columns {
        let mut chars = rest.chars();
        chars.next();
        rest = chars.as_str();
    }
    rest
}

/// The number of rows that match the filter, and its completions.
fn found(model: &Model, prompt: &FilterPrompt) -> Line {
    let counts = match (model.screen, model.focus) {
        (Screen::Users, _) => Some((model.users.window.total, model.users.window.unfiltered)),
        (Screen::Groups, Focus::Detail) => {
            Some((model.members.window.total, model.members.window.unfiltered))
        }
        (Screen::Groups, _) => Some((model.groups.window.total, model.groups.window.unfiltered)),
        (Screen::Traffic, _) => {
            let window = &model.traffic.shown.window;
            Some((window.total, window.unfiltered))
        }
        (Screen::Provisioning, _) => Some((model.log.window.total, model.log.window.unfiltered)),
        (Screen::Overview | Screen::Help, _) => None,
    };
    let line = counts.map_or_else(Line::default, |(total, all)| {
        let words = format!("  {} of {}", count(total as u64), count(all as u64));
        Line::of(words, TextRole::Strong)
    });
    if model.screen != Screen::Traffic {
        return line
            .and("  Enter", TextRole::Info)
            .and(" keep  ", TextRole::Dim)
            .and("Esc", TextRole::Info)
            .and(" back", TextRole::Dim);
    }
    let next = TrafficFilter::complete(prompt.edit.text(), prompt.edit.cursor());
    let next: Vec<_> = next.iter().take(4).map(|it| it.text.as_str()).collect();
    if next.is_empty() {
        return line;
    }
    line.and("  Tab", TextRole::Info).and(format!(" {}", next.join(" ")), TextRole::Dim)
}

fn commands(canvas: &mut Canvas<'_>, palette: &Palette, parts: &Layout) {
    let found = palette.found();
    let height = found.len().clamp(1, 12) + 3;
    let area = boxed(parts, 64, height);
    canvas.clear(area);
    let inside = canvas.pane(area, &Line::of("Command", TextRole::Strong), PaneFocus::Focused);
    let used = canvas.text(inside, 0, ": ", TextRole::Info);
    let line = Rect { x: inside.x + used, width: inside.width.saturating_sub(used), ..inside };
    typed(canvas, Rect { height: line.height.min(1), ..line }, &palette.edit, None);
    if found.is_empty() {
        canvas.text(inside, 1, "no command holds that", TextRole::Dim);
    }
    let visible = usize::from(inside.height.saturating_sub(1)).max(1);
    let first = (palette.selected + 1).saturating_sub(visible);
    for (row, (place, entry)) in (1..inside.height).zip(found.iter().enumerate().skip(first)) {
        let name = Line::of(left(entry.name, 15), TextRole::Strong);
        let keys = left(entry.keys[0], 7);
        canvas.line(inside, row, &name.and(keys, TextRole::Info).and(entry.help, TextRole::Dim));
        if place == palette.selected {
            canvas.restyle(Rect { y: inside.y + row, height: 1, ..inside }, TextRole::Selected);
        }
    }
}

fn copies(canvas: &mut Canvas<'_>, copy: &CopyMenu, parts: &Layout) {
    let lines: Vec<Line> = copy
        .items
        .iter()
        .map(|it| {
            let text = if it.is_secret { masked(&it.text) } else { it.text.clone() };
            let text = text.lines().next().unwrap_or_default().to_owned();
            Line::of(format!("[{}] ", it.key), TextRole::Info)
                .and(left(it.what, 27), TextRole::Text)
                .and(text, TextRole::Dim)
        })
        .collect();
    menu(canvas, parts, &format!("Copy of {}", copy.of), lines);
}

fn choice(key: &str, what: &str) -> Line {
    Line::of(left(key, 6), TextRole::Info).and(what, TextRole::Text)
}

fn restart(canvas: &mut Canvas<'_>, parts: &Layout) {
    let lines = vec![
        choice("[y]", "forget failures; the next cycle looks at everybody"),
        choice("[Esc]", "leave it as it is"),
    ];
    menu(canvas, parts, "Restart provisioning?", lines);
}

fn quit(canvas: &mut Canvas<'_>, parts: &Layout) {
    let lines = vec![
        choice("[y]", "stop both"),
        choice("[h]", "hide the dashboard, keep serving"),
        choice("[Esc]", "stay"),
    ];
    menu(canvas, parts, "Stop the mock server too?", lines);
}

fn menu(canvas: &mut Canvas<'_>, parts: &Layout, title: &str, lines: Vec<Line>) {
    let area = boxed(parts, 72, lines.len() + 2);
    canvas.clear(area);
    let inside = canvas.pane(area, &Line::of(title, TextRole::Strong), PaneFocus::Focused);
    for (row, line) in (0..inside.height).zip(&lines) {
        canvas.line(inside, row, line);
    }
}

/// A box in the middle of the terminal, up to this size.
fn boxed(parts: &Layout, width: u16, height: usize) -> Rect {
    let (all_width, all_height) = (parts.foot.width, parts.foot.bottom());
    let width = width.min(all_width);
    let height = u16::try_from(height).unwrap_or(u16::MAX).min(all_height);
    Rect { x: (all_width - width) / 2, y: (all_height - height) / 3, width, height }
}
