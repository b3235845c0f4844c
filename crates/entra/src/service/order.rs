//! What a job can be asked for, and what it answers.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use smol_str::SmolStr;

use super::description::JobDescription;
use super::error::OrderError;
use super::logs::{LogFile, LogFormat, LogQuery};
use super::view::{FinishedCycle, JobView};
use crate::job::{
    APPLICATION, CycleReport, Ended, OnDemandReport, Outside, Restart, Simulation, Subject,
};
use crate::record::csv_logs;
use crate::source::{Change, Directory, Object, Role, week};

/// What a job can be asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum JobOrder {
    /// Makes the job, or gives it another configuration or directory.
    Configure(Box<JobDescription>),
    /// Runs a cycle now.
    Cycle,
    /// Runs cycles from now on when they are due.
    Start,
    /// Runs no cycle by itself.
    Pause,
    /// "Test Connection".
    TestConnection,
    /// Provisions one user or group at once.
    OnDemand(OnDemandOrder),
    /// Forgets some of what the job knows.
    Restart(Restart),
    /// Reads the provisioning logs.
    Logs(LogQuery),
    /// Reads the source directory.
    Directory,
    /// Changes the source directory, all or nothing.
    Change(Vec<Change>),
    /// Does the changes of the next days of a scripted week.
    Week(WeekOrder),
}

/// Whom to provision on demand: either a user or a group, by name or id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OnDemandOrder {
    user: Option<String>,
    group: Option<String>,
    #[serde(default)]
    members: Vec<String>,
}

/// What a restart forgets; the portal's "Restart provisioning" if nothing is said.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RestartOrder {
    /// Graph's `resetScope`.
    #[serde(default)]
    pub scope: Restart,
}

/// How many days of the scripted week are done.
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

/// How many days of the scripted week are done at once.
const MOST_DAYS: u32 = 366;

/// What a job answers to an order.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum JobAnswer {
    /// How the job looks after the order.
    Status(Box<JobView>),
    /// How a cycle ended, and how the job looks after it.
    Cycle {
        /// How the job looks.
        #[serde(flatten)]
        view: Box<JobView>,
        /// Whether the cycle came to its end.
        ended: Ended,
        /// Why the target could not be asked, if it could not.
        trouble: Option<String>,
        /// The cycle in numbers; none if the job is switched off.
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
        roles: Vec<Role>,
        /// The users and groups.
        objects: Vec<Object>,
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

impl Simulation {
    /// "Test Connection".
    ///
    /// # Errors
    ///
    /// As [`Job::test_connection`](crate::Job::test_connection).
    pub fn test_connection(&mut self, outside: Outside<'_>) -> Result<JobAnswer, OrderError> {
        self.job.test_connection(outside)?;
        Ok(JobAnswer::Connected { connected: true })
    }

    /// Provisions one user or group at once.
    ///
    /// # Errors
    ///
    /// If it is neither a user nor a group, or it is refused.
    pub fn provision_on_demand(
        &mut self,
        order: &OnDemandOrder,
        outside: Outside<'_>,
    ) -> Result<JobAnswer, OrderError> {
        let members: Vec<&str> = order.members.iter().map(String::as_str).collect();
        let (field, subject) = match (&order.user, &order.group) {
            (Some(user), None) if members.is_empty() => ("user", Subject::User(user)),
            (None, Some(group)) => ("group", Subject::Group(group, &members)),
            (Some(_), None) => {
                return Err(OrderError::invalid("members", "members: only a group has some"));
            }
            _ => {
                return Err(OrderError::invalid("user", "the body needs either `user` or `group`"));
            }
        };
        let report = self
            .job
            .provision_on_demand(&self.directory, subject, outside)
            .map_err(|error| OrderError::OnDemand { field, error })?;
        let logs = report.logs.iter().map(|it| self.job.log_to_graph(it)).collect();
        Ok(JobAnswer::OnDemand { report, logs })
    }

    /// The lines of the provisioning logs that are wanted.
    pub fn logs(&self, query: &LogQuery) -> JobAnswer {
        let lines = query.choose(self.job.logs());
        if query.format == LogFormat::Csv {
            let files = csv_logs(lines, APPLICATION);
            return JobAnswer::Csv(match query.file {
                LogFile::Logs => files.logs,
                LogFile::Steps => files.steps,
                LogFile::Modified => files.modified,
            });
        }
        let items: Vec<_> = lines.into_iter().map(|it| self.job.log_to_graph(it)).collect();
        JobAnswer::Logs { total: items.len(), items }
    }

    /// The source directory.
    pub fn list_directory(&self) -> JobAnswer {
        let objects: Vec<Object> = self.directory.objects().cloned().collect();
        JobAnswer::Directory {
            version: self.directory.version(),
            total: objects.len(),
            roles: self.directory.roles().to_vec(),
            objects,
        }
    }

    /// Does all of the changes, or none.
    ///
    /// # Errors
    ///
    /// At the first change that is refused.
    pub fn change(
        &mut self,
        changes: &[Change],
        now: jiff::Timestamp,
    ) -> Result<JobAnswer, OrderError> {
        let mut directory = self.directory.clone();
        let apply = |(nth, change)| {
            Directory::apply(&mut directory, change, now)
                .map_err(|error| OrderError::Change { nth, error })
        };
        let objects = changes.iter().enumerate().map(apply).collect::<Result<Vec<_>, _>>()?;
        self.directory = directory;
        let version = self.directory.version();
        Ok(JobAnswer::Changed { changes: changes.len(), objects, version })
    }
}

impl WeekOrder {
    /// Does the changes of the days from `next_day` on, and moves that one on.
    ///
    /// # Errors
    ///
    /// If there are too many days.
    pub fn apply(
        &self,
        simulation: &mut Simulation,
        seed: u64,
        next_day: &mut u32,
        now: jiff::Timestamp,
    ) -> Result<JobAnswer, OrderError> {
        if self.days > MOST_DAYS {
            let detail = format!("{} days are too many, expected {MOST_DAYS}", self.days);
            return Err(OrderError::invalid("days", detail));
        }
        let directory = &mut simulation.directory;
        let mut changes = 0;
        for _ in 0..self.days {
            for change in week(directory, seed, *next_day) {
                // The script does not look ahead: an earlier line may have deleted the object.
                changes += usize::from(directory.apply(&change, now).is_ok());
            }
            *next_day += 1;
        }
        let version = directory.version();
        Ok(JobAnswer::Week { changes, day: *next_day, version })
    }
}

impl JobAnswer {
    /// The answer to a cycle that has ended.
    pub fn cycle(view: JobView, report: CycleReport) -> Self {
        let cycle = report.execution.as_ref().and_then(|_| view.cycles.first()).cloned();
        let CycleReport { ended, trouble, .. } = report;
        Self::Cycle { view: Box::new(view), ended, trouble, cycle }
    }
}
