//! Traffic: every exchange, its effect, its request and its response.

use super::super::canvas::{Canvas, Line};
use super::super::json;
use super::super::layout::{Layout, inside};
use super::super::list_table::ListTable;
use super::super::lists::{EXCHANGES, role};
use super::super::model::{Detail, Model};
use super::super::screen::Focus;
use super::super::text::{count, size, time, took};
use super::super::theme::TextRole;
use super::detail::{Pane, heading, text_lines};
use super::{begin, cursor, empty, no_exchanges, pane_focus};
use crate::journal::{Auth, Exchange, Message};

pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    if !parts.list.is_empty() {
        list(canvas, model, parts);
    }
    if !parts.detail.is_empty() {
        detail(canvas, model, parts);
    }
}

fn list(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    let focus = pane_focus(model, Focus::List);
    let inside = inside(parts.list);
    canvas.pane(parts.list, &title(model), focus);
    let window = &model.traffic.shown.window;
    if window.rows.is_empty() {
        return empty(canvas, inside, &silence(model));
    }
    ListTable { columns: EXCHANGES, window, cursor: Some(cursor(focus)) }.draw(
        canvas,
        parts.list,
        &model.zone,
    );
    let (note, role) = state(model);
    canvas.note(parts.list, &note, role);
}

fn title(model: &Model) -> Line {
    let traffic = &model.traffic;
    let window = &traffic.shown.window;
    let is_filtered = !traffic.text().is_empty() || traffic.is_errors_only();
    let title = Line::of("Traffic", TextRole::Strong);
    let mut title = if is_filtered {
        let numbers = [count(window.total as u64), count(window.unfiltered as u64)];
        title.and(format!(" {}", numbers.join("/")), TextRole::Text)
    } else {
        title.and(format!(" {}", count(window.total as u64)), TextRole::Text)
    };
    if traffic.is_errors_only() {
        title = title.and(" ! errors only", TextRole::Warn);
    }
    if !traffic.text().is_empty() {
        title = title.and(format!(" /{}", traffic.text()), TextRole::Info);
    }
    if traffic.shown.left > 0 {
        title =
            title.and(format!(" · {} left the journal", count(traffic.shown.left)), TextRole::Dim);
    }
    title
}

/// Whether the list follows the newest exchange, stays, or is paused.
fn state(model: &Model) -> (String, TextRole) {
    let below = model.traffic.below() as u64;
    if model.switches.paused {
        let newer = below + model.waiting;
        return (format!("⏸ {} newer · Space resume", count(newer)), TextRole::Warn);
    }
    match (model.traffic.is_following(), below) {
        (true, _) => ("following".into(), TextRole::Good),
        (false, 0) => ("standing still · G follow".into(), TextRole::Info),
        (false, below) => (format!("▼ {} newer · G jump", count(below)), TextRole::Info),
    }
}

fn silence(model: &Model) -> Vec<Line> {
    let traffic = &model.traffic;
    if traffic.is_errors_only() {
        return vec![
            Line::of(
                if traffic.text().is_empty() {
                    "None of the kept exchanges is an error."
                } else {
                    "None of the kept exchanges is an error that matches the filter."
                },
                TextRole::Strong,
            ),
            Line::of("!", TextRole::Info).and(" shows everything again.", TextRole::Text),
        ];
    }
    if !traffic.text().is_empty() {
        return vec![
            Line::of("None of the kept exchanges matches this filter.", TextRole::Strong),
            Line::of("Esc", TextRole::Info)
                .and(" shows everything, ", TextRole::Text)
                .and("?", TextRole::Info)
                .and(" lists what can be asked.", TextRole::Text),
        ];
    }
    if model.overview.is_gone {
        return vec![no_exchanges(model), begin(model)];
    }
    vec![
        no_exchanges(model),
        Line::of("curl -H 'Authorization: Bearer …' \\", TextRole::Text),
        Line::of(format!("  {}/Users", model.overview.scim_link), TextRole::Text),
        begin(model),
    ]
}

fn detail(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    let title = Line::of("Traffic › ", TextRole::Dim);
    let title = match model.exchange() {
        Some(exchange) => title.and(format!("#{}", exchange.seq), TextRole::Strong),
        None => title.and("nothing selected", TextRole::Dim),
    };
    let pane = Pane {
        area: parts.detail,
        title,
        tabs: (&Detail::EXCHANGE_TABS, model.detail.exchange_tab),
        lines: lines(model, inside(parts.detail).width),
        focus: pane_focus(model, Focus::Detail),
    };
    pane.draw(canvas, model);
}

/// The lines of the open tab.
fn lines(model: &Model, width: u16) -> Vec<Line> {
    let Some(exchange) = model.exchange() else {
        return vec![Line::of("Nothing to show.", TextRole::Dim)];
    };
    match model.detail.exchange_tab {
        0 => change(model, exchange, width),
        1 => {
            let first = format!("{} {}", exchange.method, exchange.target);
            message(model, &first, &exchange.request, width)
        }
        _ => {
            let first = format!("{} in {}", exchange.code(), took(exchange.took));
            message(model, &first, &exchange.response, width)
        }
    }
}

fn change(model: &Model, exchange: &Exchange, width: u16) -> Vec<Line> {
    let wrapped = |text: &str, role: TextRole| text_lines(model, text, width, role);
    let mark = exchange.mark();
    let head = Line::of(format!("{} {} ", mark.glyph(), exchange.code()), role(mark));
    let mut lines = vec![head.and(exchange.summary.as_str(), TextRole::Strong)];
    lines.extend(wrapped(&format!("{} {}", exchange.method, exchange.target), TextRole::Text));
    let [at, key] = [time(exchange.at, &model.zone), key(exchange.auth).to_owned()];
    lines.push(Line::of(format!("{at} from {} · {key}", exchange.from), TextRole::Dim));
    let [received, sent] = [&exchange.request, &exchange.response].map(|it| size(it.size));
    let took = took(exchange.took);
    lines.push(Line::of(format!("{took} · {received} in · {sent} out"), TextRole::Dim));
    if let Some(problem) = &exchange.problem {
        lines.extend(heading("What was wrong"));
        let code = problem.code.as_deref().map(|it| format!("{it}: ")).unwrap_or_default();
        lines.extend(wrapped(&format!("{code}{}", problem.detail), TextRole::Warn));
    }
    for effect in &exchange.effects {
        let mut told = effect.lines().into_iter();
        lines.extend(heading(&told.next().unwrap_or_default()));
        lines.extend(told.flat_map(|it| text_lines(model, &it, width, diff_role(&it))));
    }
    if !exchange.findings.is_empty() {
        lines.extend(heading("Tolerated here, refused by a stricter server"));
    }
    for finding in &exchange.findings {
        lines.extend(wrapped(&format!("! {}: {}", finding.at, finding.what), TextRole::Warn));
        let origin = format!("  {} · sent by {}", finding.section, finding.sent_by);
        lines.extend(wrapped(&origin, TextRole::Dim));
    }
    let (title, said) = match exchange.request.body.as_str() {
        "" => ("Response body", &exchange.response),
        _ => ("Request body", &exchange.request),
    };
    if !said.body.is_empty() {
        lines.extend(heading(title));
        lines.extend(body(model, said, width));
    }
    lines
}

/// How the caller proved who it is.
fn key(auth: Auth) -> &'static str {
    match auth {
        Auth::Accepted => "key accepted",
        Auth::Missing => "no key",
        Auth::Wrong => "wrong key",
        Auth::Expired => "expired key",
        Auth::Replaced => "replaced key",
        Auth::Ended => "key ended by a reset",
        Auth::NotNeeded => "no key needed",
        Auth::Unchecked => "key not looked at",
    }
}

fn diff_role(line: &str) -> TextRole {
    match line.trim_start().chars().next() {
        Some('+') => TextRole::Good,
        Some('−') => TextRole::Gone,
        _ => TextRole::Text,
    }
}

fn message(model: &Model, first: &str, message: &Message, width: u16) -> Vec<Line> {
    let mut lines = text_lines(model, first, width, TextRole::Strong);
    for (name, value) in &message.headers {
        let role = if name == "authorization" { TextRole::Info } else { TextRole::Text };
        lines.extend(text_lines(model, &format!("{name}: {value}"), width, role));
    }
    lines.push(Line::default());
    if message.size == 0 {
        lines.push(Line::of("no body", TextRole::Dim));
    }
    lines.extend(body(model, message, width));
    lines
}

fn body(model: &Model, message: &Message, width: u16) -> Vec<Line> {
    let mut lines: Vec<Line> = json::lines(&message.body)
        .iter()
        .flat_map(|it| text_lines(model, it, width, TextRole::Text))
        .collect();
    if message.cut {
        let kept =
            format!("… the journal kept {} of {}", size(message.body.len()), size(message.size));
        lines.push(Line::of(kept, TextRole::Dim));
    }
    lines
}
