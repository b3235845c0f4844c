//! The door to who runs a provisioning job against a tenant: the Microsoft Entra side of the
//! tutorial, inside the process. This room, the control API and the dashboard do not know it;
//! whoever starts the server does.

use std::{fmt, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use smol_str::SmolStr;

use super::Tenant;
use crate::journal::human_duration;

/// Runs at most one provisioning job for each tenant, on a thread of the job's own.
pub trait Provisioning: fmt::Debug + Send + Sync {
    /// Asks for something. The answer comes when it is done, mostly on the job's thread, where
    /// orders are carried out one after the other: what is ordered during a cycle waits for its end.
    /// An answer that is dropped unasked means that the job was stopped.
    ///
    /// Returns how the job shows once it has taken the order: a cycle shows from then on.
    fn ask(
        &self,
        tenant: &Arc<Tenant>,
        order: Order,
        answer: Answer,
    ) -> Option<Arc<ProvisioningView>>;

    /// How the tenant's job is getting on, without waiting for it; `None` if it has none.
    fn view(&self, tenant: &Arc<Tenant>) -> Option<Arc<ProvisioningView>>;

    /// Stops and forgets the tenant's job, without waiting for it; tells whether there was one.
    fn forget(&self, tenant: &Arc<Tenant>) -> bool;

    /// Stops and forgets all jobs, without waiting for them; from now on none is made.
    fn stop(&self);
}

/// The header line in which a job of this server says in which epoch of the tenant it was made. It is
/// sent to the tenant's own service only, and stands in no journal.
pub const JOB_EPOCH: &str = "mock-job-epoch";

/// Is told what came of an order.
pub type Answer = Box<dyn FnOnce(Result<Json, ProvisioningRefusal>) + Send>;

/// What a job can be asked for. What stands in an order's JSON is told in the description of the
/// control API.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Makes the job, or gives it another configuration or directory.
    Configure(Json),
    /// Runs a cycle now; the answer is its report.
    Cycle,
    /// Runs cycles from now on when they are due.
    Start,
    /// Runs none but those that are asked for.
    Pause,
    /// "Test Connection".
    TestConnection,
    /// Provisions one user or group at once.
    OnDemand(Json),
    /// Forgets some of what the job knows.
    Restart(Json),
    /// Lets the next cycle delete whatever the threshold says.
    AllowDeletions,
    /// The provisioning logs.
    Logs(Json),
    /// The source directory.
    Directory,
    /// Changes the source directory, all or nothing.
    Change(Json),
    /// Does the changes of the next days of a scripted week.
    Week(Json),
}

/// Why an order is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisioningRefusal {
    /// The status code of the control API.
    pub status: u16,
    /// What kind of problem it is, for programs.
    pub code: &'static str,
    /// The same in words.
    pub detail: String,
    /// The member of the order that is wrong.
    pub field: Option<String>,
    /// What would help.
    pub hint: Option<String>,
}

/// How a job is getting on.
#[derive(Clone, Debug, PartialEq)]
pub struct ProvisioningView {
    /// Moves whenever anything else here does.
    pub revision: u64,
    /// Whether cycles run when they are due.
    pub is_started: bool,
    /// The cycle that is ordered or running.
    pub running: Option<RunningCycle>,
    /// The last cycles, latest first.
    pub cycles: Arc<[PastCycle]>,
    /// When the next cycle is due, if the job is started and not switched off.
    pub next: Option<Timestamp>,
    /// The reason and the message of the quarantine.
    pub quarantine: Option<(String, String)>,
    /// Why the service switched the job off.
    pub disabled: Option<String>,
    /// Why nothing that is ordered is done any more: the job's thread has ended unexpectedly.
    pub broken: Option<String>,
    /// How many objects failed and are to be tried again.
    pub escrows: usize,
    /// How many users and groups the directory has.
    pub objects: usize,
    /// Which day of the scripted week comes next, from 0.
    pub day: u32,
    /// The filters of the tenant's configurations that the people of a generated directory have,
    /// without the empty one; `None` if it was not generated, or none are known.
    pub filters: Option<Arc<[SmolStr]>>,
    /// The latest lines of the provisioning logs, oldest first.
    pub lines: Arc<[ProvisioningLine]>,
    /// The job as Microsoft Graph shows it between two cycles.
    pub graph: Arc<Json>,
    /// The latest notification mails, oldest first: `at`, `to`, `subject` and `text`.
    pub mails: Arc<[Arc<Json>]>,
}

/// How far the running cycle is.
#[derive(Clone, Debug, PartialEq)]
pub struct RunningCycle {
    /// `initial` or `incremental`; `None` while it is ordered and has not begun.
    pub kind: Option<&'static str>,
    /// From 0 to 100.
    pub percent: usize,
    /// Steps that are done: two for each object, its attributes and what it refers to.
    pub done: usize,
    /// All steps; `None` until the target has answered the first request.
    pub steps: Option<usize>,
    /// Users that are linked to one of the tenant.
    pub users: usize,
    /// Groups that are linked to one of the tenant.
    pub groups: usize,
    /// About how long the rest takes, once that can be told.
    pub time_left: Option<SignedDuration>,
    /// As an element of Graph's `synchronizationStatus.progress`; `null` before it has begun.
    pub graph: Json,
}

/// A cycle that has ended, in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastCycle {
    /// `initial` or `incremental`.
    pub kind: &'static str,
    /// When it ended.
    pub ended: Timestamp,
    /// How long it took.
    pub took: SignedDuration,
    /// Whether it came to its end without failures.
    pub is_good: bool,
    /// `completed`, `quarantined`, `unavailable` or `stopped`.
    pub outcome: &'static str,
    /// Why it did not come to its end, if it did not.
    pub reason: Option<String>,
    /// What was counted: a word and a number each.
    pub counts: Vec<(&'static str, u64)>,
}

/// A line of the provisioning logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisioningLine {
    /// Its GUID.
    pub id: SmolStr,
    /// When it was written.
    pub at: Timestamp,
    /// `Create`, `Update`, `Disable` and so on, as the portal has it.
    pub action: &'static str,
    /// `success`, `failure`, `skipped` or `warning`.
    pub status: &'static str,
    /// The object's name in the source.
    pub name: String,
    /// What was changed, or why not.
    pub result: String,
    /// The whole line as Microsoft Graph shows it.
    pub graph: Arc<Json>,
}

impl ProvisioningView {
    /// The view as the control API shows it, without the log lines.
    pub fn to_json(&self) -> Json {
        let running = self.running.as_ref().map(RunningCycle::to_json);
        let cycles: Vec<Json> = self.cycles.iter().map(PastCycle::to_json).collect();
        json!({
            "started": self.is_started,
            "running": running,
            "cycles": cycles,
            "nextCycle": self.next,
            "quarantine": self.quarantine.as_ref()
                .map(|(reason, message)| json!({"reason": reason, "message": message})),
            "disabled": self.disabled,
            "broken": self.broken,
            "escrows": self.escrows,
            "objects": self.objects,
            "day": self.day,
            "configurationFilters": self.filters.as_deref(),
            "job": self.job(),
        })
    }

    /// The job as Graph shows it at this moment.
    fn job(&self) -> Json {
        let mut job = Json::clone(&self.graph);
        if let Some(running) = self.running.as_ref().filter(|it| it.kind.is_some()) {
            let status = &mut job["status"];
            status["progress"] = json!([running.graph]);
            if status["code"] == "NotRun" {
                status["code"] = "Active".into();
            }
        }
        job
    }
}

impl RunningCycle {
    /// One that is ordered and has not begun.
    pub fn ordered() -> Self {
        Self {
            kind: None,
            percent: 0,
            done: 0,
            steps: None,
            users: 0,
            groups: 0,
            time_left: None,
            graph: Json::Null,
        }
    }

    fn to_json(&self) -> Json {
        let time_left = self.time_left.map(|it| human_duration(it.unsigned_abs()));
        json!({
            "state": if self.kind.is_some() { "running" } else { "ordered" },
            "kind": self.kind,
            "percent": self.percent,
            "done": self.done,
            "steps": self.steps,
            "users": self.users,
            "groups": self.groups,
            "timeLeft": time_left,
        })
    }
}

impl PastCycle {
    /// The cycle as the control API shows it.
    pub fn to_json(&self) -> Json {
        let counts: serde_json::Map<_, _> =
            self.counts.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
        json!({
            "kind": self.kind,
            "ended": self.ended,
            "good": self.is_good,
            "outcome": self.outcome,
            "reason": self.reason,
            "counts": counts,
        })
    }
}
