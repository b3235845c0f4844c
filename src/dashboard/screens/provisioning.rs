//! Provisioning: the job of the Entra side, its cycles, and its log.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, Line};
use super::super::job_summary::{JobSummary, result, summarize};
use super::super::json;
use super::super::layout::{Layout, inside};
use super::super::list_table::ListTable;
use super::super::lists::LOG;
use super::super::local_source::speed;
use super::super::model::Model;
use super::super::screen::{Focus, PaneFocus};
use super::super::text::{counted, time};
use super::super::theme::TextRole;
use super::detail::{Pane, text_lines};
use super::users::counts;
use super::{begin, cursor, empty, pane_focus, takes_orders};
use crate::entra::{FinishedCycle, JobView, Progress, RunningCycle};
use crate::journal::human_duration;

/// The maximum width of the bar in columns.
const BAR: usize = 32;

pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    let Some(job) = &model.job else {
        canvas.pane(parts.body, &Line::of("Provisioning", TextRole::Strong), PaneFocus::Focused);
        return empty(canvas, inside(parts.body), &beginning(model));
    };
    if !parts.status.is_empty() {
        status(canvas, model, parts.status, job);
    }
    if !parts.list.is_empty() {
        log(canvas, model, parts, job);
    }
    if !parts.detail.is_empty() {
        detail(canvas, model, parts);
    }
}

/// Another client may provision the tenant, so only its requests are shown.
fn beginning(model: &Model) -> Vec<Line> {
    let overview = &model.overview;
    let asked = match overview.totals.exchanges {
        0 => Line::of("○ No provisioning job, and no request has come.", TextRole::Strong),
        some => {
            let asked = counted(some, "request");
            Line::of(format!("● No provisioning job now; {asked} came so far."), TextRole::Strong)
        }
    };
    let there = [(overview.users.total, "user"), (overview.groups, "group")];
    let there = there.map(|(number, noun)| counted(number as u64, noun)).join(" and ");
    let verb = if overview.is_gone { "had" } else { "has" };
    let mut lines = vec![asked, Line::of(format!("The tenant {verb} {there}."), TextRole::Text)];
    if takes_orders(model) {
        lines.extend([
            Line::of("c", TextRole::Info)
                .and(" makes a company of 25 people in Entra ID", TextRole::Text),
            Line::of("  and provisions them to this tenant.", TextRole::Text),
        ]);
    }
    lines.push(begin(model));
    lines
}

/// ```text
/// ┌ Provisioning · 29 objects ───────────────────────────────────────────────┐
/// │state       ▶ running                                                     │
/// │██████████████████░░░░░░░░░░ 62% incremental cycle · about 9 s left       │
/// │schedule    every 40 min of the tenant's clock, next at 14:53:56          │
/// │last cycle  initial at 14:13:56: 24 created, 3 updated                    │
/// └──────────────────────────────────────────────────────────────────────────┘
/// ```
fn status(canvas: &mut Canvas<'_>, model: &Model, area: Rect, job: &JobView) {
    let title = Line::of("Provisioning", TextRole::Strong)
        .and(
            format!(" · {} in the directory", counted(job.objects as u64, "object")),
            TextRole::Text,
        )
        .and(format!(" · day {}", job.day), TextRole::Dim);
    canvas.pane(area, &title, PaneFocus::Unfocused);
    let room = inside(area);
    let progress = job.running.as_ref().map(|it| bar(it, room.width));
    let mut lines = vec![state(job)];
    lines.push(progress.unwrap_or_else(|| last(model, job.cycles.first())));
    lines.push(schedule(model, job));
    if let Some(quarantine) = &job.quarantine {
        lines.push(label("reason", quarantine.reason.name(), TextRole::Warn));
    } else if job.running.is_some() {
        lines.push(last(model, job.cycles.first()));
    }
    lines.push(label("cycles", &cycles(job), TextRole::Dim));
    for (row, line) in (0..room.height).zip(&lines) {
        canvas.line(room, row, line);
    }
}

fn label(name: &str, text: &str, role: TextRole) -> Line {
    Line::of(format!("{name:<12}"), TextRole::Dim).and(text, role)
}

fn state(job: &JobView) -> Line {
    let waiting = match job.escrows {
        0 => String::new(),
        some => format!(" · {} to be tried again", counted(some as u64, "object")),
    };
    let JobSummary { sign, words, role } = summarize(job);
    label("state", &format!("{sign} {words}"), role).and(waiting, TextRole::Warn)
}

fn bar(running: &RunningCycle, width: u16) -> Line {
    let progress = match running {
        RunningCycle::Ordered => None,
        RunningCycle::Running(progress) => Some(progress),
    };
    let percent = progress.map_or(0, Progress::percent).min(100);
    let columns = usize::from(width / 4).min(BAR);
    let done = columns * percent / 100;
    let left = progress.and_then(Progress::time_left).map(|it| human_duration(it.unsigned_abs()));
    let left = left.map(|it| format!(" · about {it} left")).unwrap_or_default();
    let kind = progress.map(|it| format!(" {}", it.kind.name())).unwrap_or_default();
    let users = counted(progress.map_or(0, |it| it.users) as u64, "user");
    let groups = counted(progress.map_or(0, |it| it.groups) as u64, "group");
    Line::of("█".repeat(done), TextRole::Info)
        .and("░".repeat(columns - done), TextRole::Dim)
        .and(format!(" {percent}%"), TextRole::Strong)
        .and(format!("{kind}{left} · {users}, {groups}"), TextRole::Text)
}

fn last(model: &Model, cycle: Option<&FinishedCycle>) -> Line {
    let Some(cycle) = cycle else { return label("last cycle", "none has ended", TextRole::Dim) };
    let (kind, ended) = (cycle.execution.kind.name(), cycle.execution.ended);
    let text = format!("{kind} at {}: {}", time(ended, &model.zone), result(cycle));
    label("last cycle", &text, if cycle.is_good() { TextRole::Text } else { TextRole::Warn })
}

fn schedule(model: &Model, job: &JobView) -> Line {
    let pace = match speed(model.overview.clock) {
        0.0 => ", which stands still".to_owned(),
        1.0 => String::new(),
        speed => format!(" (×{speed})"),
    };
    let text = match job.next {
        _ if model.overview.is_gone => "none: the tenant was deleted".to_owned(),
        Some(next) if next > model.overview.now => {
            let at = time(next, &model.zone);
            format!("every 40 min of the tenant's clock{pace}, next at {at}")
        }
        Some(_) => format!("every 40 min of the tenant's clock{pace}, next at once"),
        None if job.is_started => "none: the job is switched off".to_owned(),
        None => "paused: c runs a cycle, a starts the clock".to_owned(),
    };
    label("schedule", &text, TextRole::Text)
}

/// The latest cycles, a glyph and a word each.
fn cycles(job: &JobView) -> String {
    let shown = job.cycles.iter().take(8);
    let words: Vec<String> = shown
        .map(|it| format!("{} {}", if it.is_good() { '✓' } else { '✗' }, it.execution.kind.name()))
        .collect();
    words.join("  ")
}

/// Why the log has no line.
fn unlogged(model: &Model, job: &JobView) -> Line {
    match (&job.running, job.cycles.first()) {
        _ if model.overview.is_gone => begin(model),
        (Some(_), _) => Line::of("The lines of a cycle come when it has ended.", TextRole::Text),
        (None, None) => Line::of("c", TextRole::Info).and(" runs a cycle.", TextRole::Text),
        (None, Some(_)) => Line::of("No cycle came to any object.", TextRole::Text),
    }
}

fn log(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout, job: &JobView) {
    let focus = pane_focus(model, Focus::List);
    let inside = inside(parts.list);
    canvas.pane(parts.list, &counts("Provisioning log", &model.log), focus);
    let window = &model.log.window;
    if window.rows.is_empty() {
        let line = match model.log.filter.as_str() {
            "" => unlogged(model, job),
            text => Line::of(format!("No line holds \"{text}\"; Esc shows all."), TextRole::Strong),
        };
        return empty(canvas, inside, &[line]);
    }
    ListTable { columns: LOG, window, cursor: Some(cursor(focus)) }.draw(
        canvas,
        parts.list,
        &model.zone,
    );
}

fn detail(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    let title = Line::of("Provisioning › ", TextRole::Dim);
    let title = match model.log.window.selected() {
        Some(line) => title.and(line.source_name.as_str(), TextRole::Strong),
        None => title.and("nothing selected", TextRole::Dim),
    };
    let pane = Pane {
        area: parts.detail,
        title,
        tabs: (&["As Microsoft Graph shows it"], 0),
        lines: lines(model, inside(parts.detail).width),
        focus: pane_focus(model, Focus::Detail),
    };
    pane.draw(canvas, model);
}

/// The lines of the detail.
fn lines(model: &Model, width: u16) -> Vec<Line> {
    let (Some(job), Some(line)) = (&model.job, model.log.window.selected()) else {
        return vec![Line::of("Nothing to show.", TextRole::Dim)];
    };
    let shown = json::lines(&job.log_to_graph(line).to_string());
    shown.iter().flat_map(|it| text_lines(model, it, width, TextRole::Text)).collect()
}
