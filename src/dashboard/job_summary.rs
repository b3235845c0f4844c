//! The summary of a provisioning job in one sentence. All screens use it.

use super::text::{count, counted};
use super::theme::TextRole;
use crate::entra::{Counts, CycleOutcome, FinishedCycle, JobView, RunningCycle};

/// A sign, words and their role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JobSummary {
    pub(super) sign: char,
    pub(super) words: String,
    pub(super) role: TextRole,
}

impl JobSummary {
    fn of(sign: char, words: impl Into<String>, role: TextRole) -> Self {
        Self { sign, words: words.into(), role }
    }

    /// Whether it needs attention.
    pub(super) fn is_trouble(&self) -> bool {
        matches!(self.role, TextRole::Bad | TextRole::Warn)
    }
}

/// How the job stands.
pub(super) fn summarize(job: &JobView) -> JobSummary {
    let Some(running) = &job.running else { return resting(job) };
    let begins = match running {
        RunningCycle::Ordered => "ordered, starting",
        RunningCycle::Running(progress) if progress.steps.is_none() => {
            "running, asking whether the target is there"
        }
        RunningCycle::Running(_) => "running",
    };
    match &job.quarantine {
        Some(it) => {
            JobSummary::of('▶', format!("{begins}; in quarantine: {}", it.message), TextRole::Warn)
        }
        None => JobSummary::of('▶', begins, TextRole::Info),
    }
}

/// How it stands while no cycle runs.
fn resting(job: &JobView) -> JobSummary {
    if let Some(why) = &job.broken {
        return JobSummary::of('✗', why.as_str(), TextRole::Bad);
    }
    if let Some(why) = &job.disabled {
        return JobSummary::of('✗', format!("switched off: {why}"), TextRole::Bad);
    }
    if let Some(it) = &job.quarantine {
        return JobSummary::of('✗', format!("quarantine: {}", it.message), TextRole::Bad);
    }
    match job.cycles.first() {
        None => JobSummary::of('○', "made, no cycle has ended yet", TextRole::Dim),
        Some(last) => after(last, job.escrows),
    }
}

/// How it stands after a cycle.
fn after(last: &FinishedCycle, escrows: usize) -> JobSummary {
    match last.outcome {
        CycleOutcome::Completed => after_completed(last, escrows),
        CycleOutcome::Stopped => {
            JobSummary::of('!', "the last cycle was stopped before its end", TextRole::Warn)
        }
        CycleOutcome::Quarantined(_) | CycleOutcome::Unavailable | CycleOutcome::Disabled => {
            let why = last.reason.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
            JobSummary::of('✗', format!("the last cycle failed{why}"), TextRole::Bad)
        }
    }
}

/// The summary after a completed cycle.
fn after_completed(last: &FinishedCycle, escrows: usize) -> JobSummary {
    let counts = &last.execution.counts;
    let undone = counts.failed + counts.failed_references + counts.staged;
    if undone > 0 {
        let words = format!("the last cycle left {} undone", counted(undone, "operation"));
        return JobSummary::of('!', words, TextRole::Warn);
    }
    if escrows > 0 {
        let words = format!("{} failed before", counted(escrows as u64, "object"));
        return JobSummary::of('!', words, TextRole::Warn);
    }
    if !last.is_good() {
        return JobSummary::of('!', "the last cycle had failures", TextRole::Warn);
    }
    let words = match (counts.exported(), counts.not_assigned) {
        (0, 0) => "the last cycle found no change to send".to_owned(),
        (1, 0) => "the last cycle did its one change".to_owned(),
        (n, 0) => format!("the last cycle did all of its {} changes", count(n)),
        (n, left_out) => format!(
            "the last cycle sent {}; {} to people who are out of scope {} left out",
            counted(n, "change"),
            counted(left_out, "reference"),
            if left_out == 1 { "was" } else { "were" },
        ),
    };
    JobSummary::of('✓', words, TextRole::Good)
}

/// The result of a cycle, in numbers or words.
pub(super) fn result(cycle: &FinishedCycle) -> String {
    let Counts { created, updated, disabled, deleted, skipped, staged, failed, .. } =
        cycle.execution.counts;
    let (references, left_out) =
        (cycle.execution.counts.failed_references, cycle.execution.counts.not_assigned);
    let told = [
        (created, format!("{created} created")),
        (updated, format!("{updated} updated")),
        (disabled, format!("{disabled} disabled")),
        (deleted, format!("{deleted} deleted")),
        (skipped, format!("{skipped} skipped")),
        (staged, format!("{staged} staged")),
        (failed, format!("{failed} failed")),
        (references, format!("{} failed", counted(references, "reference"))),
        (left_out, format!("{left_out} not assigned")),
    ];
    let told: Vec<String> = told.into_iter().filter(|it| it.0 > 0).map(|it| it.1).collect();
    match (cycle.outcome, told.as_slice()) {
        (CycleOutcome::Completed, []) => "found no change to send".to_owned(),
        (CycleOutcome::Completed, told) => told.join(", "),
        (outcome, []) => outcome.name().to_owned(),
        (outcome, told) => format!("{}, {}", outcome.name(), told.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rstest::rstest;

    use super::*;
    use crate::{
        dashboard::sample,
        entra::{CycleKind, ExecutionState, Progress, QuarantineReason},
    };

    const QUARANTINED: CycleOutcome = CycleOutcome::Quarantined(QuarantineReason::TooManyDeletes);

    fn job() -> JobView {
        let job = sample::provisioning::view(false);
        JobView { quarantine: None, escrows: 0, cycles: [].into(), ..job }
    }

    fn ended(outcome: CycleOutcome, counts: Counts) -> JobView {
        let mut last = sample::provisioning::view(false).cycles[0].clone();
        last.outcome = outcome;
        last.reason = (outcome != CycleOutcome::Completed).then(|| "connection refused".to_owned());
        last.execution.counts = counts;
        last.execution.state = match (outcome, counts.failed) {
            (CycleOutcome::Completed, 0) => ExecutionState::Succeeded,
            _ => ExecutionState::Failed,
        };
        JobView { cycles: [last].into(), ..job() }
    }

    fn created(created: u64) -> Counts {
        Counts { created, ..Counts::default() }
    }

    fn running(steps: Option<usize>) -> JobView {
        let (began, now) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        let kind = CycleKind::Initial;
        let progress = Progress { kind, done: 0, steps, users: 0, groups: 0, began, now };
        let running = Some(RunningCycle::Running(progress));
        JobView { running, ..ended(CycleOutcome::Completed, Counts::default()) }
    }

    fn quarantined(job: JobView) -> JobView {
        JobView { quarantine: sample::provisioning::view(false).quarantine, ..job }
    }

    #[rstest]
    #[case::made(job(), "○ made, no cycle has ended yet")]
    #[case::ordered(JobView { running: Some(RunningCycle::Ordered), ..job() }, "▶ ordered, starting")]
    #[case::asking(running(None), "▶ running, asking whether the target is there")]
    #[case::running(running(Some(9)), "▶ running")]
    #[case::tried_again(
        quarantined(running(Some(9))),
        "▶ running; in quarantine: 500 deletions wait for being allowed"
    )]
    #[case::all(ended(CycleOutcome::Completed, Counts { skipped: 1, ..created(3) }), "✓ the last cycle did all of its 3 changes")]
    #[case::left_out(
        ended(CycleOutcome::Completed, Counts { not_assigned: 8, ..created(3) }),
        "✓ the last cycle sent 3 changes; 8 references to people who are out of scope were left out"
    )]
    #[case::idle(ended(CycleOutcome::Completed, Counts { skipped: 1, ..created(0) }), "✓ the last cycle found no change to send")]
    #[case::undone(
        ended(CycleOutcome::Completed, Counts { failed: 1, ..created(3) }),
        "! the last cycle left 1 operation undone"
    )]
    #[case::failed_before(
        JobView { escrows: 2, ..ended(CycleOutcome::Completed, created(0)) },
        "! 2 objects failed before"
    )]
    #[case::away(
        ended(CycleOutcome::Unavailable, created(0)),
        "✗ the last cycle failed: connection refused"
    )]
    #[case::forgiven(ended(QUARANTINED, created(0)), "✗ the last cycle failed: connection refused")]
    #[case::stopped(
        ended(CycleOutcome::Stopped, created(3)),
        "! the last cycle was stopped before its end"
    )]
    #[case::quarantine(
        quarantined(ended(QUARANTINED, created(0))),
        "✗ quarantine: 500 deletions wait for being allowed"
    )]
    #[case::off(
        JobView { disabled: Some("given up".into()), ..quarantined(job()) },
        "✗ switched off: given up"
    )]
    #[case::broken(
        JobView { broken: Some("the job ended unexpectedly".into()), ..job() },
        "✗ the job ended unexpectedly"
    )]
    fn each_state_of_a_job_has_its_own_words(#[case] job: JobView, #[case] expected: &str) {
        let JobSummary { sign, words, role } = summarize(&job);

        assert_eq!(format!("{sign} {words}"), expected);
        assert_eq!(role == TextRole::Good, sign == '✓');
    }

    #[rstest]
    #[case::idle(ended(CycleOutcome::Completed, Counts { imported: 9, ..created(0) }), "found no change to send")]
    #[case::busy(ended(CycleOutcome::Completed, Counts { failed: 1, ..created(3) }), "3 created, 1 failed")]
    #[case::a_reference(ended(CycleOutcome::Completed, Counts { failed_references: 1, ..created(0) }), "1 reference failed")]
    #[case::away(ended(CycleOutcome::Unavailable, Counts { imported: 9, ..created(0) }), "unavailable")]
    #[case::stopped(ended(CycleOutcome::Stopped, created(3)), "stopped, 3 created")]
    fn the_summary_of_a_cycle_claims_no_more_than_it_did(
        #[case] job: JobView,
        #[case] expected: &str,
    ) {
        assert_eq!(result(&job.cycles[0]), expected);
    }
}
