//! How a provisioning job stands, in one sentence that is computed from its state: whatever screen
//! speaks of the job says this.

use super::text::{count, counted};
use super::theme::Role;
use crate::tenant::{PastCycle, ProvisioningView};

/// A sign, words and how they are coloured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) sign: char,
    pub(super) words: String,
    pub(super) role: Role,
}

impl Standing {
    fn of(sign: char, words: impl Into<String>, role: Role) -> Self {
        Self { sign, words: words.into(), role }
    }

    /// Whether somebody should look at it.
    pub(super) fn is_trouble(&self) -> bool {
        matches!(self.role, Role::Bad | Role::Warn)
    }
}

/// How the job stands.
pub(super) fn standing(job: &ProvisioningView) -> Standing {
    let Some(running) = &job.running else { return resting(job) };
    let begins = match (running.kind, running.steps) {
        (None, _) => "ordered, starting",
        (Some(_), None) => "running, asking whether the target is there",
        (Some(_), Some(_)) => "running",
    };
    match &job.quarantine {
        Some((_, message)) => {
            Standing::of('▶', format!("{begins}; in quarantine: {message}"), Role::Warn)
        }
        None => Standing::of('▶', begins, Role::Info),
    }
}

/// How it stands while no cycle runs.
fn resting(job: &ProvisioningView) -> Standing {
    if let Some(why) = &job.broken {
        return Standing::of('✗', why.as_str(), Role::Bad);
    }
    if let Some(why) = &job.disabled {
        return Standing::of('✗', format!("switched off: {why}"), Role::Bad);
    }
    if let Some((_, message)) = &job.quarantine {
        return Standing::of('✗', format!("quarantine: {message}"), Role::Bad);
    }
    match job.cycles.first() {
        None => Standing::of('○', "made, no cycle has ended yet", Role::Dim),
        Some(last) => after(last, job.escrows),
    }
}

/// How it stands after a cycle.
fn after(last: &PastCycle, escrows: usize) -> Standing {
    let left = undone(last);
    match last.outcome {
        "completed" if left > 0 => {
            let words = format!("the last cycle left {} undone", counted(left, "operation"));
            Standing::of('!', words, Role::Warn)
        }
        "completed" if escrows > 0 => {
            let words = format!("{} failed before", counted(escrows as u64, "object"));
            Standing::of('!', words, Role::Warn)
        }
        "completed" if !last.is_good => {
            Standing::of('!', "the last cycle had failures", Role::Warn)
        }
        "completed" if left_out(last) > 0 => {
            let words = format!(
                "the last cycle sent {}; {} to people who are out of scope {} left out",
                counted(changes(last), "change"),
                counted(left_out(last), "reference"),
                if left_out(last) == 1 { "was" } else { "were" },
            );
            Standing::of('✓', words, Role::Good)
        }
        "completed" => match changes(last) {
            0 => Standing::of('✓', "the last cycle found no change to send", Role::Good),
            1 => Standing::of('✓', "the last cycle did its one change", Role::Good),
            n => {
                let words = format!("the last cycle did all of its {} changes", count(n));
                Standing::of('✓', words, Role::Good)
            }
        },
        "stopped" => Standing::of('!', "the last cycle was stopped before its end", Role::Warn),
        _ => {
            let why = last.reason.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
            Standing::of('✗', format!("the last cycle failed{why}"), Role::Bad)
        }
    }
}

/// What a cycle did, in numbers or words.
pub(super) fn told(cycle: &PastCycle) -> String {
    let told = cycle.counts.iter().filter(|(name, number)| *number > 0 && *name != "imported");
    let told: Vec<String> = told.map(|(name, number)| done(name, *number)).collect();
    match (cycle.outcome, told.as_slice()) {
        ("completed", []) => "found no change to send".to_owned(),
        ("completed", told) => told.join(", "),
        (outcome, []) => outcome.to_owned(),
        (outcome, told) => format!("{outcome}, {}", told.join(", ")),
    }
}

fn done(name: &str, number: u64) -> String {
    match name {
        "failedReferences" => format!("{} failed", counted(number, "reference")),
        _ => format!("{number} {name}"),
    }
}

fn changes(cycle: &PastCycle) -> u64 {
    sum(cycle, &["created", "updated", "disabled", "deleted"])
}

fn left_out(cycle: &PastCycle) -> u64 {
    sum(cycle, &["notAssigned"])
}

fn undone(cycle: &PastCycle) -> u64 {
    sum(cycle, &["failed", "failedReferences", "staged"])
}

fn sum(cycle: &PastCycle, names: &[&str]) -> u64 {
    let counts = cycle.counts.iter().filter(|(name, _)| names.contains(name));
    counts.map(|(_, number)| number).sum()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::{dashboard::sample, tenant::RunningCycle};

    fn job() -> ProvisioningView {
        let job = sample::provisioning::view(false);
        ProvisioningView { quarantine: None, escrows: 0, cycles: [].into(), ..job }
    }

    fn ended(outcome: &'static str, counts: &[(&'static str, u64)]) -> ProvisioningView {
        let mut last = sample::provisioning::view(false).cycles[0].clone();
        last.outcome = outcome;
        last.is_good = outcome == "completed" && !counts.iter().any(|it| it.0 == "failed");
        last.reason = (outcome != "completed").then(|| "connection refused".to_owned());
        last.counts = counts.to_vec();
        ProvisioningView { cycles: [last].into(), ..job() }
    }

    fn running(kind: Option<&'static str>, steps: Option<usize>) -> ProvisioningView {
        let running = RunningCycle { kind, steps, graph: json!({}), ..RunningCycle::ordered() };
        ProvisioningView { running: Some(running), ..ended("completed", &[]) }
    }

    fn quarantined(job: ProvisioningView) -> ProvisioningView {
        let quarantine = ("TooManyDeletes".to_owned(), "500 deletions wait".to_owned());
        ProvisioningView { quarantine: Some(quarantine), ..job }
    }

    #[rstest]
    #[case::made(job(), "○ made, no cycle has ended yet")]
    #[case::ordered(running(None, None), "▶ ordered, starting")]
    #[case::asking(running(Some("initial"), None), "▶ running, asking whether the target is there")]
    #[case::running(running(Some("initial"), Some(9)), "▶ running")]
    #[case::tried_again(
        quarantined(running(Some("initial"), Some(9))),
        "▶ running; in quarantine: 500 deletions wait"
    )]
    #[case::all(ended("completed", &[("created", 3), ("skipped", 1)]), "✓ the last cycle did all of its 3 changes")]
    #[case::left_out(
        ended("completed", &[("created", 3), ("notAssigned", 8)]),
        "✓ the last cycle sent 3 changes; 8 references to people who are out of scope were left out"
    )]
    #[case::idle(ended("completed", &[("skipped", 1)]), "✓ the last cycle found no change to send")]
    #[case::undone(
        ended("completed", &[("created", 3), ("failed", 1)]),
        "! the last cycle left 1 operation undone"
    )]
    #[case::failed_before(
        ProvisioningView { escrows: 2, ..ended("completed", &[]) },
        "! 2 objects failed before"
    )]
    #[case::away(ended("unavailable", &[]), "✗ the last cycle failed: connection refused")]
    #[case::forgiven(ended("quarantined", &[]), "✗ the last cycle failed: connection refused")]
    #[case::stopped(ended("stopped", &[("created", 3)]), "! the last cycle was stopped before its end")]
    #[case::quarantine(quarantined(ended("quarantined", &[])), "✗ quarantine: 500 deletions wait")]
    #[case::off(
        ProvisioningView { disabled: Some("given up".into()), ..quarantined(job()) },
        "✗ switched off: given up"
    )]
    #[case::broken(
        ProvisioningView { broken: Some("the job ended unexpectedly".into()), ..job() },
        "✗ the job ended unexpectedly"
    )]
    fn each_state_of_a_job_has_its_own_words(
        #[case] job: ProvisioningView,
        #[case] expected: &str,
    ) {
        let Standing { sign, words, role } = standing(&job);

        assert_eq!(format!("{sign} {words}"), expected);
        assert_eq!(role == Role::Good, sign == '✓');
    }

    #[rstest]
    #[case::idle(ended("completed", &[("imported", 9)]), "found no change to send")]
    #[case::busy(ended("completed", &[("created", 3), ("failed", 1)]), "3 created, 1 failed")]
    #[case::a_reference(ended("completed", &[("failedReferences", 1)]), "1 reference failed")]
    #[case::away(ended("unavailable", &[("imported", 9)]), "unavailable")]
    #[case::stopped(ended("stopped", &[("created", 3)]), "stopped, 3 created")]
    fn what_a_cycle_did_is_never_more_than_it_did(
        #[case] job: ProvisioningView,
        #[case] expected: &str,
    ) {
        assert_eq!(told(&job.cycles[0]), expected);
    }
}
