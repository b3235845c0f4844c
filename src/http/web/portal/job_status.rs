//! How a job is, in words. All of it follows from the view of the job, so no page says more than is so.

use jiff::Timestamp;
use maud::{Markup, html};

use super::super::time;
use crate::entra::{CycleKind, CycleOutcome, FinishedCycle, JobView, Progress, RunningCycle};

/// "Provisioning Status": whether cycles run when they are due.
pub(super) fn is_on(job: &JobView) -> bool {
    job.is_started && job.disabled.is_none() && job.broken.is_none()
}

/// The state of the job in one line.
pub(super) fn line(job: Option<&JobView>, now: Timestamp) -> Markup {
    let Some(job) = job else {
        return html! { span.state.warn { "Not configured: there is no provisioning job" } };
    };
    let on = if is_on(job) { "On" } else { "Off" };
    let (class, words) = words(job, now);
    html! { span class={ "state " (class) } { span { strong { "Provisioning Status " (on) } ", " (words) } } }
}

/// What is to be said first of a job, and how bad it is.
fn words(job: &JobView, now: Timestamp) -> (&'static str, String) {
    if let Some(why) = &job.broken {
        return ("bad", why.clone());
    }
    if let Some(why) = &job.disabled {
        return ("bad", format!("switched off by the service: {why}"));
    }
    match (&job.running, &job.quarantine, job.cycles.first()) {
        (Some(it), ..) => ("", running(it)),
        (None, Some(it), _) => {
            ("bad", format!("in quarantine, next attempt {}", time(it.next_attempt)))
        }
        (None, None, None) if is_on(job) => ("", "the initial cycle begins".into()),
        (None, None, None) => ("", "no cycle has run".into()),
        (None, None, Some(last)) => {
            let class = if last.is_good() { "" } else { "warn" };
            (class, format!("{}{}", ended(last), due(job, now)))
        }
    }
}

/// When the next cycle runs.
fn due(job: &JobView, now: Timestamp) -> String {
    match job.next {
        Some(next) if next > now => format!(", next cycle {}", time(next)),
        Some(_) => ", the next cycle is due".into(),
        None => String::new(),
    }
}

/// A cycle that has not ended.
pub(super) fn running(it: &RunningCycle) -> String {
    match it {
        RunningCycle::Ordered => "a cycle is about to begin".into(),
        RunningCycle::Running(progress) => {
            format!("{} cycle {} %", kind(progress.kind), progress.percent())
        }
    }
}

/// Which kind of cycle.
pub(super) fn kind(kind: CycleKind) -> &'static str {
    match kind {
        CycleKind::Initial => "initial",
        CycleKind::Incremental => "incremental",
    }
}

/// How a cycle ended.
pub(super) fn ended(it: &FinishedCycle) -> String {
    let (kind, counts) = (kind(it.execution.kind), &it.execution.counts);
    let failed = counts.failed + counts.failed_references;
    match it.outcome {
        CycleOutcome::Completed if it.is_good() => format!("{kind} cycle completed"),
        CycleOutcome::Completed => format!("{kind} cycle completed, {failed} failed"),
        CycleOutcome::Quarantined(_) => format!("{kind} cycle ended in quarantine"),
        CycleOutcome::Unavailable => "the target could not be reached".into(),
        CycleOutcome::Disabled => "nothing was done: the job is switched off".into(),
        CycleOutcome::Stopped => format!("{kind} cycle was stopped"),
    }
}

/// What is done of a cycle, object by object.
pub(super) fn progress(it: &Progress) -> String {
    let number = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    let steps = match it.steps {
        Some(steps) => format!("{} of {steps} steps", it.done),
        None => "waiting for the target's first answer".into(),
    };
    let (users, groups) = (number(it.users, "user"), number(it.groups, "group"));
    format!("{steps}; {users} and {groups} are in MediusFlow")
}

/// A time as pages show it.
pub(super) fn time(at: Timestamp) -> String {
    time::text(at)
}

/// The text with a capital letter in front.
pub(super) fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}

/// The begin of a text, for a row of a table.
pub(super) fn short(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
