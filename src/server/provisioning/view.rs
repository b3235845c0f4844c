//! A job as others see it while it works.

use std::sync::Arc;

use serde_json::json;
use smol_str::SmolStr;

use super::configure::Made;

use crate::{
    entra::{
        ConfigurationFilters, CycleReport, Directory, Ended, Execution, ExecutionState, Job,
        LogEntry, Mail, ModifiedProperty, Progress,
    },
    tenant::{PastCycle, ProvisioningLine, ProvisioningView as View, RunningCycle},
};

/// How many log lines are shown.
const LINES: usize = 500;

/// How many cycles are remembered.
const CYCLES: usize = 50;

/// How many notification mails are remembered.
const MAILS: usize = 100;

/// A job that nobody has ordered anything yet.
pub(super) fn first(made: &Made) -> View {
    let Made { job, directory, is_started, filters, .. } = made;
    let mut view = View {
        revision: 0,
        is_started: *is_started,
        running: None,
        cycles: Arc::new([]),
        next: None,
        quarantine: None,
        disabled: None,
        broken: None,
        escrows: 0,
        objects: 0,
        day: 0,
        filters: filters.clone().map(shown_filters),
        lines: Arc::new([]),
        graph: Arc::default(),
        mails: Arc::new([]),
    };
    refresh(&mut view, job, directory);
    view
}

/// The values that the people of a generated directory have.
pub(super) fn shown_filters(filters: ConfigurationFilters) -> Arc<[SmolStr]> {
    filters.values().into()
}

/// Tells in the view what the job is like now.
pub(super) fn refresh(view: &mut View, job: &Job, directory: &Directory) {
    view.running = None;
    view.next = job.next_cycle().filter(|_| view.is_started);
    view.quarantine = job.quarantine().map(|it| (it.reason.name().to_owned(), it.message.clone()));
    view.disabled = job.disabled().map(str::to_owned);
    view.escrows = job.escrows();
    view.objects = directory.len();
    view.graph = Arc::new(job.status());
    let logs = job.logs();
    let shown = &logs[logs.len().saturating_sub(LINES)..];
    view.lines = shown.iter().map(|it| line(job, it)).collect();
}

/// Adds a cycle that has ended.
pub(super) fn remember(view: &mut View, job: &Job, report: &CycleReport) {
    let Some(execution) = &report.execution else { return };
    let reason = match report.ended {
        Ended::Quarantined(_) => job.quarantine().map(|it| it.message.clone()),
        _ => report.trouble.clone(),
    };
    let past = PastCycle { reason, outcome: report.ended.name(), ..past(execution) };
    let before = view.cycles.iter().take(CYCLES - 1).cloned();
    view.cycles = [past].into_iter().chain(before).collect();
}

/// Adds a mail that was sent.
pub(super) fn file(view: &mut View, mail: &Mail) {
    let kept = view.mails.iter().skip((view.mails.len() + 1).saturating_sub(MAILS)).cloned();
    view.mails = kept.chain([Arc::new(json!(mail))]).collect();
}

pub(super) fn running(progress: &Progress) -> RunningCycle {
    RunningCycle {
        kind: Some(progress.kind.name()),
        percent: progress.percent(),
        done: progress.done,
        steps: progress.steps,
        users: progress.users,
        groups: progress.groups,
        time_left: progress.time_left(),
        graph: progress.to_graph(),
    }
}

fn past(it: &Execution) -> PastCycle {
    let counts = &it.counts;
    PastCycle {
        kind: it.kind.name(),
        ended: it.ended,
        took: it.ended.duration_since(it.began),
        is_good: it.state == ExecutionState::Succeeded,
        outcome: Ended::Completed.name(),
        reason: None,
        counts: vec![
            ("imported", counts.imported),
            ("created", counts.created),
            ("updated", counts.updated),
            ("disabled", counts.disabled),
            ("deleted", counts.deleted),
            ("skipped", counts.skipped),
            ("staged", counts.staged),
            ("failed", counts.failed),
            ("failedReferences", counts.failed_references),
            ("notAssigned", counts.not_assigned),
        ],
    }
}

/// The attributes in a few words: `userName, manager, members ×7`.
fn changed(modified: &[ModifiedProperty]) -> String {
    // The URN of an extension would leave no room for the attribute.
    let short = |it: &ModifiedProperty| it.name.rsplit(':').next().unwrap_or_default().to_owned();
    let mut names: Vec<(String, usize)> = Vec::new();
    for name in modified.iter().map(short) {
        match names.iter_mut().find(|(it, _)| *it == name) {
            Some((_, times)) => *times += 1,
            None => names.push((name, 1)),
        }
    }
    let words = names.into_iter().map(|(name, times)| match times {
        1 => name,
        times => format!("{name} ×{times}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn line(job: &Job, entry: &LogEntry) -> ProvisioningLine {
    let result = match (entry.error, entry.reason.as_str()) {
        (Some(code), "") => code.name().to_owned(),
        (Some(code), reason) => format!("{}: {reason}", code.name()),
        (None, "") => changed(&entry.modified),
        (None, reason) => reason.to_owned(),
    };
    ProvisioningLine {
        id: entry.id.clone(),
        at: entry.at,
        action: entry.action.name(),
        status: entry.status.name(),
        name: entry.source_name.to_string(),
        result,
        graph: Arc::new(job.log_to_graph(entry)),
    }
}
