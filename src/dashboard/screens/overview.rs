//! Overview: the state of the server, the latest requests, and what needs attention.
//!
//! ```text
//! ┌ Server ─────────────┐┌ Requests/s ──────────────────────────────┐
//! └─────────────────────┘└──────────────────────────────────────────┘
//! ┏ Activity ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓┌ Needs attention ──┐
//! ┃                                             ┃│ below it, if narrow│
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛└───────────────────┘
//! ```

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, Line, labelled};
use super::super::deleted_tenant::way_on;
use super::super::layout::{SizeClass, inside};
use super::super::lists::role;
use super::super::model::Model;
use super::super::rows::{AttentionRow, ScreenLink};
use super::super::screen::{Focus, PaneFocus, Screen};
use super::super::text::{count, cut, masked, time, took, width, wrap};
use super::super::theme::TextRole;
use super::chrome::rate;
use super::{begin, empty, next_step, no_exchanges, pane_focus};
use crate::journal::Exchange;
use crate::medius::StepState;

/// The minimum width of the pane of requests.
const REQUESTS: u16 = 24;

/// The panes; a pane without room is empty.
pub(super) struct Areas {
    server: Rect,
    requests: Rect,
    /// The feed of exchanges.
    pub(super) activity: Rect,
    attention: Rect,
}

/// Lays out the screen.
pub(super) fn areas(model: &Model, body: Rect) -> Areas {
    let none = Rect::ZERO;
    if SizeClass::of(model.size) <= SizeClass::Compact {
        return Areas { server: none, requests: none, activity: body, attention: none };
    }
    let top = if body.height >= 30 { 11 } else { 8 }.min(body.height);
    let upper = Rect { height: top, ..body };
    let lower = Rect { y: body.y + top, height: body.height - top, ..body };
    // The SCIM link is cut last.
    let link = u16::try_from(model.overview.scim_link.len()).unwrap_or(u16::MAX);
    let width = link.saturating_add(16).clamp(36, body.width - REQUESTS);
    let server = Rect { width, ..upper };
    let requests = Rect { x: upper.x + width, width: upper.width - width, ..upper };
    let (activity, attention) = attention(model, lower);
    Areas { server, requests, activity, attention }
}

/// The attention pane is beside the feed if there is room, otherwise below it while it is needed.
fn attention(model: &Model, lower: Rect) -> (Rect, Rect) {
    if lower.width >= 110 {
        let width = lower.width * 62 / 100;
        let beside = Rect { x: lower.x + width, width: lower.width - width, ..lower };
        return (Rect { width, ..lower }, beside);
    }
    let wanted = u16::try_from(model.overview.attention.len()).unwrap_or(u16::MAX).min(3);
    if wanted == 0 || lower.height < wanted + 6 {
        return (lower, Rect::ZERO);
    }
    let height = lower.height - wanted - 2;
    let below = Rect { y: lower.y + height, height: wanted + 2, ..lower };
    (Rect { height, ..lower }, below)
}

pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, body: Rect) {
    let areas = areas(model, body);
    if !areas.server.is_empty() {
        server(canvas, model, areas.server);
        requests(canvas, model, areas.requests);
    }
    activity(canvas, model, areas.activity);
    if !areas.attention.is_empty() {
        needs_attention(canvas, model, areas.attention);
    }
}

fn server(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    let overview = &model.overview;
    let title = Line::of(overview.tenant.as_str(), TextRole::Strong)
        .and(format!(" · {}", overview.environment), TextRole::Text);
    let inside = canvas.pane(area, &title, PaneFocus::Unfocused);
    let done = overview.setup.iter().filter(|it| it.state == StepState::Done).count();
    let next = match next_step(model) {
        _ if overview.is_gone => {
            Line::of("✗ deleted; ", TextRole::Bad).and(way_on(model), TextRole::Text)
        }
        Some(it) => labelled("Next step", format!("{} {}", it.number, it.label)),
        None => Line::of("              ✓ set up, ready for a client", TextRole::Good),
    };
    let bar = progress(done, overview.setup.len(), 11);
    let lines = [
        labelled("SCIM link", overview.scim_link.as_str()),
        secret(model),
        labelled("Entra tenant", overview.entra_tenant.as_deref().unwrap_or("not entered")),
        labelled("Setup", format!("{bar} {done}/{}", overview.setup.len())),
        next,
        Line::of(super::super::text::left("Users", 14), TextRole::Dim)
            .and(count(overview.users.total as u64), TextRole::Strong)
            .and(format!(" · {} active", count(overview.users.active as u64)), TextRole::Text),
        Line::of(super::super::text::left("Groups", 14), TextRole::Dim)
            .and(count(overview.groups as u64), TextRole::Strong),
        labelled("Exchanges", count(overview.totals.exchanges)),
    ];
    for (row, line) in (0..inside.height).zip(&lines) {
        canvas.line(inside, row, line);
    }
}

fn secret(model: &Model) -> Line {
    let line = match &model.overview.secret_key {
        None => return labelled("Secret key", "not generated"),
        Some(key) if model.shows_secrets() => labelled("Secret key", key.as_str()),
        Some(key) => labelled("Secret key", masked(key)),
    };
    match model.overview.key_expired {
        Some(_) => line.and(" ✗ expired", TextRole::Bad),
        None => line,
    }
}

/// A bar of that many columns.
fn progress(done: usize, all: usize, columns: usize) -> String {
    let full = (columns * done).checked_div(all).unwrap_or(0).min(columns);
    format!("{}{}", "█".repeat(full), "░".repeat(columns - full))
}

fn requests(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    let history = history(model);
    let peak = history.iter().max().copied().unwrap_or(0);
    let title = Line::of(format!("{} req/s", count(rate(model))), TextRole::Strong)
        .and(format!(" · peak {}", count(peak)), TextRole::Text);
    let inside = canvas.pane(area, &title, PaneFocus::Unfocused);
    let shares = shares(model, inside.width.into());
    let rows = u16::try_from(shares.len()).unwrap_or(u16::MAX).saturating_add(1);
    let words = inside.height.min(rows);
    let graph = Rect { height: inside.height - words, ..inside };
    bars(canvas, graph, &history, peak);
    let below = Rect { y: inside.y + graph.height, height: words, ..inside };
    let latency = model.overview.rates.as_ref().and_then(|it| it.latency.as_ref());
    let speed = latency.map_or_else(
        || "no exchanges yet".to_owned(),
        |it| match inside.width {
            ..34 => format!("p50 {} p99 {}", took(it.p50), took(it.p99)),
            _ => format!("p50 {}  p95 {}  p99 {}", took(it.p50), took(it.p95), took(it.p99)),
        },
    );
    canvas.text(below, 0, &speed, TextRole::Text);
    for (row, line) in (1..below.height).zip(&shares) {
        canvas.line(below, row, line);
    }
}

fn history(model: &Model) -> Vec<u64> {
    let rates = model.overview.rates.as_ref();
    let seconds = rates.map_or(&[][..], |it| &it.seconds);
    // The last second is incomplete and would look like a drop.
    seconds.iter().rev().skip(1).rev().map(|it| it.exchanges.into()).collect()
}

/// Draws a column for each second, the newest at the right edge.
fn bars(canvas: &mut Canvas<'_>, area: Rect, history: &[u64], peak: u64) {
    const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let seconds = u16::try_from(history.len()).unwrap_or(u16::MAX).max(1);
    let per = (area.width / seconds).max(1);
    let columns = history.iter().rev().flat_map(|it| std::iter::repeat_n(it, per.into()));
    for (x, value) in (area.left()..area.right()).rev().zip(columns) {
        let full = u64::from(area.height) * 8;
        let eighths = (value * full).checked_div(peak).unwrap_or(0);
        // A second with at least one request is visible.
        let eighths = eighths.max(u64::from(*value > 0));
        for row in 0..area.height {
            let below = u64::from(area.height - 1 - row) * 8;
            let part = usize::try_from(eighths.saturating_sub(below).min(8)).unwrap_or(8);
            canvas.text(Rect { x, width: 1, ..area }, row, EIGHTHS[part], TextRole::Info);
        }
    }
}

/// The results of the exchanges, wrapped to this width.
fn shares(model: &Model, width: usize) -> Vec<Line> {
    let totals = &model.overview.totals;
    let success = totals.class(2) + totals.class(3);
    let parts = [
        ("2xx", success, TextRole::Good),
        ("4xx", totals.class(4), TextRole::Warn),
        ("5xx", totals.class(5), TextRole::Bad),
        ("no answer", totals.class(0), TextRole::Bad),
    ];
    let mut lines = vec![Line::default()];
    for (name, part, role) in parts.into_iter().filter(|it| it.0 != "no answer" || it.1 > 0) {
        let text = format!("{name} {}", share(part, totals.exchanges));
        let role = if part > 0 { role } else { TextRole::Dim };
        let last = lines.pop().unwrap_or_default();
        match last.width() {
            0 => lines.push(Line::of(text, role)),
            used if used + 1 + text.len() > width => lines.extend([last, Line::of(text, role)]),
            _ => lines.push(last.and(format!(" {text}"), role)),
        }
    }
    lines
}

/// A share in whole percent. It is 0 only for no exchange.
fn share(part: u64, all: u64) -> String {
    match (part * 100).checked_div(all).unwrap_or(0) {
        0 if part > 0 => "<1%".to_owned(),
        percent => format!("{percent}%"),
    }
}

fn activity(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    let title = Line::of("Activity", TextRole::Strong).and(" · newest first", TextRole::Dim);
    canvas.pane(area, &title, pane_focus(model, Focus::List));
    feed(canvas, model, inside(area));
}

/// Draws the newest exchanges, the selected one marked.
pub(super) fn feed(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    canvas.drawn.activity = area;
    let exchanges = &model.overview.activity;
    if exchanges.is_empty() {
        let lines = [no_exchanges(model), begin(model)];
        return empty(canvas, area, &lines);
    }
    for (row, exchange) in (0..area.height).zip(exchanges) {
        canvas.line(area, row, &activity_line(model, exchange));
        if model.activity == Some(exchange.seq) {
            canvas.restyle(Rect { y: area.y + row, height: 1, ..area }, TextRole::Selected);
        }
    }
}

fn activity_line(model: &Model, exchange: &Exchange) -> Line {
    let mark = exchange.mark();
    Line::of(time(exchange.at, &model.zone), TextRole::Dim)
        .and(format!(" {} ", mark.glyph()), role(mark))
        .and(exchange.summary.as_str(), TextRole::Text)
}

fn needs_attention(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    let attention = &model.overview.attention;
    let inside =
        canvas.pane(area, &Line::of("Needs attention", TextRole::Strong), PaneFocus::Unfocused);
    if attention.is_empty() {
        match &model.overview.cycle {
            Some(cycle) => {
                canvas.text(inside, 0, &format!("▶ provisioning: {cycle}"), TextRole::Info)
            }
            None => canvas.text(inside, 0, &no_attention(model), TextRole::Good),
        };
        return;
    }
    let lines: Vec<Line> = attention.iter().flat_map(|it| needing(it, inside)).collect();
    for (row, line) in (0..inside.height).zip(&lines) {
        canvas.line(inside, row, line);
    }
}

/// The text if nothing needs attention. Refusals with 4xx are the client's business: not 401, 5xx
/// or faults.
fn no_attention(model: &Model) -> String {
    match model.overview.totals.errors {
        0 => "✓ nothing".to_owned(),
        1 => "✓ nothing; 1 request was refused with 4xx".to_owned(),
        some => format!("✓ nothing; {} requests were refused with 4xx", count(some)),
    }
}

/// The lines of one thing that needs attention, with its link: `! 2 users are flagged → 2 Users`.
/// Without room it is a single line.
fn needing(it: &AttentionRow, area: Rect) -> Vec<Line> {
    let room = usize::from(area.width).saturating_sub(2);
    let is_single = area.height <= 3;
    let place = it.see.map(|see| match see {
        ScreenLink::Users => Screen::Users,
        ScreenLink::Traffic => Screen::Traffic,
        ScreenLink::Provisioning => Screen::Provisioning,
    });
    let place = place.map(|it| format!("→ {} {}", it.key(), it.name())).unwrap_or_default();
    let (sign, role) = if it.is_failure { ("✗ ", TextRole::Bad) } else { ("! ", TextRole::Warn) };
    let mut texts = if is_single {
        let left = room.saturating_sub(width(&place) + 1);
        vec![cut(&it.what, left).into_owned()]
    } else {
        wrap(&it.what, room)
    };
    // Key and name stay together. Otherwise they would read as part of the sentence.
    if texts.last().is_some_and(|last| !place.is_empty() && width(last) + 1 + width(&place) > room)
    {
        texts.push(String::new());
    }
    let last = texts.len().saturating_sub(1);
    let signs = [sign].into_iter().chain(std::iter::repeat("  "));
    let line = |(at, (sign, text)): (usize, (&str, String))| {
        let gap = if text.is_empty() || at < last { "" } else { " " };
        let line = Line::of(sign, role).and(text + gap, TextRole::Text);
        if at < last { line } else { line.and(place.as_str(), TextRole::Info) }
    };
    signs.zip(texts).enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::share;

    #[rstest]
    #[case(0, 0, "0%")]
    #[case(0, 9, "0%")]
    #[case(1, 112, "<1%")]
    #[case(4, 9, "44%")]
    #[case(9, 9, "100%")]
    fn a_share_is_zero_only_without_exchanges(
        #[case] part: u64,
        #[case] all: u64,
        #[case] told: &str,
    ) {
        assert_eq!(share(part, all), told);
    }
}
