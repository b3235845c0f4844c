//! How a simulation carries out what it is asked for.

use super::{JobEnvironment, Simulation, Subject};
use crate::record::{APPLICATION, csv_logs};
use crate::service::{
    JobAnswer, JobDescription, LogFile, LogFormat, LogQuery, MissingCredentials, OnDemandOrder,
    OrderError, TestedCredentials, WeekOrder,
};
use crate::source::{Change, DirectoryObject, SourceDirectory, week};

/// The most days of the scripted week in one order.
const MOST_DAYS: u32 = 366;

impl Simulation {
    /// "Test Connection", with these credentials in place of the saved ones.
    ///
    /// # Errors
    ///
    /// If the credentials cannot be used; else as
    /// [`Job::test_connection`](crate::Job::test_connection).
    pub fn test_connection(
        &mut self,
        credentials: &TestedCredentials,
        outside: JobEnvironment<'_>,
    ) -> Result<JobAnswer, OrderError> {
        let description = JobDescription {
            tenant_url: credentials.tenant_url.clone(),
            secret_token: credentials.secret_token.clone(),
            ..JobDescription::default()
        };
        let tried = description.credentials(self.job.configuration().clone())?;
        let url = tried.tenant_url.ok_or(MissingCredentials::TenantUrl)?;
        let token = tried.secret_token.ok_or(MissingCredentials::SecretToken)?;
        self.job.test_credentials(url, token, outside)?;
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
        outside: JobEnvironment<'_>,
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

    /// The selected lines of the provisioning logs.
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
        let objects: Vec<DirectoryObject> = self.directory.objects().cloned().collect();
        JobAnswer::Directory {
            version: self.directory.version(),
            total: objects.len(),
            roles: self.directory.roles().to_vec(),
            objects,
        }
    }

    /// Makes all of the changes, or none.
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
            SourceDirectory::apply(&mut directory, change, now)
                .map_err(|error| OrderError::Change { nth, error })
        };
        let objects = changes.iter().enumerate().map(apply).collect::<Result<Vec<_>, _>>()?;
        self.directory = directory;
        let version = self.directory.version();
        Ok(JobAnswer::Changed { changes: changes.len(), objects, version })
    }
}

impl WeekOrder {
    /// Makes the changes of the days from `next_day` on, and advances `next_day`.
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
                // The script does not look ahead: an earlier change may have deleted the object.
                changes += usize::from(directory.apply(&change, now).is_ok());
            }
            *next_day += 1;
        }
        let version = directory.version();
        Ok(JobAnswer::Week { changes, day: *next_day, version })
    }
}
