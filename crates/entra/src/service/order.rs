//! The orders that a job accepts, and its answers.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use smol_str::SmolStr;

use super::description::{JobDescription, TestedCredentials};
use super::execution::{CycleOutcome, CycleReport};
use super::logs::LogQuery;
use super::on_demand::{OnDemandOrder, OnDemandReport};
use super::restart::Restart;
use super::view::{FinishedCycle, JobView};
use crate::attributes::AppRole;
use crate::source::{Change, DirectoryObject};

/// An order to a job.
#[derive(Clone, Debug, PartialEq)]
pub enum JobOrder {
    /// Creates the job, or changes its configuration or directory.
    Configure(Box<JobDescription>),
    /// Changes what the description has; everything else stays.
    Adjust(Box<JobDescription>),
    /// Runs a cycle now.
    Cycle,
    /// Runs cycles when they are due.
    Start,
    /// Stops running cycles when they are due.
    Pause,
    /// "Test Connection", also of a job that does not exist yet.
    TestConnection(TestedCredentials),
    /// Provisions one user or group at once.
    OnDemand(OnDemandOrder),
    /// Restarts the job: it forgets part of its state.
    Restart(Restart),
    /// Reads the provisioning logs.
    Logs(LogQuery),
    /// Reads the source directory.
    Directory,
    /// Makes all of the changes to the source directory, or none.
    Change(Vec<Change>),
    /// Makes the changes of the next days of a scripted week.
    Week(WeekOrder),
}

/// The number of days of the scripted week to run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WeekOrder {
    /// The number of days.
    #[serde(default = "seven")]
    pub days: u32,
}

fn seven() -> u32 {
    7
}

/// What a job answers to an order.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum JobAnswer {
    /// The state of the job after the order.
    Status(Box<JobView>),
    /// The outcome of a cycle, and the state of the job after it.
    Cycle {
        /// The state of the job.
        #[serde(flatten)]
        view: Box<JobView>,
        /// Whether the cycle came to its end.
        ended: CycleOutcome,
        /// Why the target could not be reached, if it could not.
        trouble: Option<String>,
        /// The cycle in numbers; `None` if the job is switched off.
        cycle: Option<FinishedCycle>,
    },
    /// "Test Connection" succeeded.
    Connected {
        /// True.
        connected: bool,
    },
    /// What was provisioned on demand.
    OnDemand {
        /// The result, the steps and the members.
        #[serde(flatten)]
        report: OnDemandReport,
        /// The log lines, as Graph shows them.
        logs: Vec<Json>,
    },
    /// Lines of the provisioning logs, as Graph shows them.
    Logs {
        /// How many there are.
        total: usize,
        /// The lines.
        items: Vec<Json>,
    },
    /// A CSV file of the provisioning logs.
    Csv(String),
    /// The source directory.
    Directory {
        /// Its version.
        version: u64,
        /// How many objects it has.
        total: usize,
        /// The roles of the application.
        roles: Vec<AppRole>,
        /// The users and groups.
        objects: Vec<DirectoryObject>,
    },
    /// What was changed in the source directory.
    Changed {
        /// How many changes were done.
        changes: usize,
        /// The ids of the changed objects.
        objects: Vec<SmolStr>,
        /// The version of the directory after them.
        version: u64,
    },
    /// What days of the scripted week changed.
    Week {
        /// How many changes were done.
        changes: usize,
        /// Which day comes next, from 0.
        day: u32,
        /// The version of the directory after them.
        version: u64,
    },
}

impl JobAnswer {
    /// The answer to a cycle that has ended.
    pub fn cycle(view: JobView, report: CycleReport) -> Self {
        let cycle = report.execution.as_ref().and_then(|_| view.cycles.first()).cloned();
        let CycleReport { ended, trouble, .. } = report;
        Self::Cycle { view: Box::new(view), ended, trouble, cycle }
    }
}
