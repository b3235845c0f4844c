//! A view of a job while it works.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::fmt::friendly::{Spacing, SpanPrinter};
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Value as Json, json};
use smol_str::SmolStr;

use super::execution::{CycleOutcome, Execution, ExecutionState};
use super::quarantine::Quarantine;
use super::settings::JobSettings;
use crate::record::{APPLICATION, LogEntry, Mail, ModifiedProperty, Progress};
use crate::source::ConfigurationFilters;

/// The most notification mails in a view.
const MAILS: usize = 100;

/// The state of a job. Its JSON has neither log lines nor mails.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobView {
    /// Changes whenever another field changes.
    pub revision: u64,
    /// Whether cycles run when they are due.
    pub is_started: bool,
    /// The cycle that is ordered or running.
    pub running: Option<RunningCycle>,
    /// The last cycles, latest first.
    pub cycles: Arc<[FinishedCycle]>,
    /// When the next cycle is due, if the job is started and not switched off.
    pub next: Option<Timestamp>,
    /// The quarantine, if the job is in one.
    pub quarantine: Option<Quarantine>,
    /// Why the service switched the job off.
    pub disabled: Option<String>,
    /// Why the job accepts no orders any more: its thread has ended unexpectedly.
    pub broken: Option<String>,
    /// The number of objects that failed and will be tried again.
    pub escrows: usize,
    /// How many users and groups the directory has.
    pub objects: usize,
    /// Which day of the scripted week comes next, from 0.
    pub day: u32,
    /// The `configurationFilter` values that a generated directory has; `None` if it was not
    /// generated, or none are known.
    pub filters: Option<ConfigurationFilters>,
    /// The latest lines of the provisioning logs, oldest first.
    pub lines: Arc<[LogEntry]>,
    /// The latest notification mails, oldest first.
    pub mails: Arc<[Mail]>,
    /// The settings, without the Secret Token.
    pub settings: Arc<JobSettings>,
    /// The job as Graph shows it between two cycles.
    pub graph: Arc<Json>,
    /// The job's id.
    pub job_id: SmolStr,
    /// The id of the Entra tenant.
    pub tenant_id: SmolStr,
}

/// A cycle that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunningCycle {
    /// It is ordered and has not started.
    Ordered,
    /// It runs, with this progress.
    Running(Progress),
}

/// A cycle that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedCycle {
    /// The cycle in numbers.
    pub execution: Execution,
    /// Whether it came to its end.
    pub outcome: CycleOutcome,
    /// Why it did not come to its end, if it did not.
    pub reason: Option<String>,
}

impl JobView {
    /// The most log lines in a view.
    pub const LINES: usize = 500;

    /// Adds a mail that was sent.
    pub fn add_mail(&mut self, mail: Mail) {
        let kept = self.mails.iter().skip((self.mails.len() + 1).saturating_sub(MAILS)).cloned();
        self.mails = kept.chain([mail]).collect();
    }

    /// A log line as Microsoft Graph shows it.
    pub fn log_to_graph(&self, entry: &LogEntry) -> Json {
        entry.to_graph(&self.job_id, &self.tenant_id, APPLICATION)
    }

    /// The job as Graph shows it at this moment.
    fn to_graph(&self) -> Json {
        let mut job = Json::clone(&self.graph);
        if let Some(RunningCycle::Running(progress)) = &self.running {
            let status = &mut job["status"];
            status["progress"] = json!([progress.to_graph()]);
            if status["code"] == "NotRun" {
                status["code"] = "Active".into();
            }
        }
        job
    }
}

impl Serialize for JobView {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        json!({
            "started": self.is_started,
            "running": self.running,
            "cycles": self.cycles,
            "nextCycle": self.next,
            "quarantine": self.quarantine,
            "disabled": self.disabled,
            "broken": self.broken,
            "escrows": self.escrows,
            "objects": self.objects,
            "day": self.day,
            "settings": *self.settings,
            "configurationFilters": self.filters.as_ref().map(ConfigurationFilters::values),
            "job": self.to_graph(),
        })
        .serialize(to)
    }
}

impl Serialize for RunningCycle {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let progress = match self {
            Self::Ordered => None,
            Self::Running(progress) => Some(progress),
        };
        json!({
            "state": if progress.is_some() { "running" } else { "ordered" },
            "kind": progress.map(|it| it.kind),
            "percent": progress.map_or(0, Progress::percent),
            "done": progress.map_or(0, |it| it.done),
            "steps": progress.and_then(|it| it.steps),
            "users": progress.map_or(0, |it| it.users),
            "groups": progress.map_or(0, |it| it.groups),
            "timeLeft": progress.and_then(Progress::time_left).as_ref().map(in_words),
        })
        .serialize(to)
    }
}

/// Such as `1 m 12 s`.
fn in_words(time: &SignedDuration) -> String {
    SpanPrinter::new().spacing(Spacing::BetweenUnitsAndDesignators).duration_to_string(time)
}

impl FinishedCycle {
    /// Whether it came to its end without failures.
    pub fn is_good(&self) -> bool {
        self.execution.state == ExecutionState::Succeeded
    }
}

impl Serialize for FinishedCycle {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut cycle = json!(self.execution);
        cycle["good"] = self.is_good().into();
        cycle["outcome"] = self.outcome.name().into();
        cycle["reason"] = json!(self.reason);
        cycle.serialize(to)
    }
}

impl LogEntry {
    /// The changes, or the reason why there are none, in a few words: `userName, manager, members
    /// ×7`.
    pub fn result(&self) -> String {
        match (self.error, self.reason.as_str()) {
            (Some(code), "") => code.name().to_owned(),
            (Some(code), reason) => format!("{}: {reason}", code.name()),
            (None, "") => changed(&self.modified),
            (None, reason) => reason.to_owned(),
        }
    }
}

/// The changed attributes in their order, each with its number of changes.
fn changed(modified: &[ModifiedProperty]) -> String {
    // The URN of an extension would leave no room for the attribute.
    let names: Vec<&str> =
        modified.iter().map(|it| it.name.rsplit(':').next().unwrap_or_default()).collect();
    let mut counts = BTreeMap::<&str, usize>::new();
    for name in &names {
        *counts.entry(name).or_default() += 1;
    }
    let words = names.iter().filter_map(|name| match counts.remove(name)? {
        1 => Some((*name).to_owned()),
        times => Some(format!("{name} ×{times}")),
    });
    words.collect::<Vec<_>>().join(", ")
}
