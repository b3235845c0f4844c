//! What each order does.

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    Refusal,
    configure::{Wanted, filters, invalid, not_ready, read},
    refused,
    view::shown_filters,
    worker::Worker,
};
use crate::{
    entra::{
        Change, Clock as _, CycleReport, DirectoryError, OnDemandRefusal, Restart, Subject, week,
    },
    tenant::PastCycle,
};

/// How many days of the scripted week are done at once.
const MOST_DAYS: u32 = 366;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OnDemand {
    user: Option<String>,
    group: Option<String>,
    #[serde(default)]
    members: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Restarted {
    /// Graph's `resetScope`.
    scope: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Changes {
    changes: Vec<Change>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Week {
    days: Option<u32>,
}

impl Worker {
    pub(super) fn configure(&mut self, body: &Json) -> Result<Json, Refusal> {
        let wanted: Wanted = read(body)?;
        let Some(tenant) = self.tenant.upgrade() else {
            return Err(refused(404, "unknown-tenant", "the tenant is gone"));
        };
        let configuration = wanted.configuration(&tenant, &self.own.base)?;
        let filters = filters(&tenant, &self.own.base, &configuration);
        let directory = wanted.directory(self.seed, filters.as_ref())?;
        self.job.configure(configuration).map_err(not_ready)?;
        if let Some(directory) = directory {
            // The watermark and the links are those of another directory.
            self.job.restart(Restart::FULL);
            self.directory = directory;
            self.view.day = 0;
            self.view.filters = filters.filter(|_| wanted.is_generated()).map(shown_filters);
        }
        self.view.is_started = wanted.start.unwrap_or(self.view.is_started);
        Ok(self.status())
    }

    pub(super) fn start(&mut self, is_started: bool) -> Json {
        self.view.is_started = is_started;
        self.status()
    }

    pub(super) fn told(&mut self, report: &CycleReport) -> Json {
        let mut status = self.status();
        status["ended"] = report.ended.name().into();
        status["trouble"] = report.trouble.clone().into();
        let cycle = report.execution.as_ref().and_then(|_| self.view.cycles.first());
        status["cycle"] = cycle.map_or(Json::Null, PastCycle::to_json);
        status
    }

    pub(super) fn test_connection(&mut self) -> Result<Json, Refusal> {
        let tested = self.with_job(|job, _, outside| job.test_connection(outside));
        tested.map_err(|error| refused(422, "connection-failed", error.to_string()))?;
        Ok(json!({"connected": true}))
    }

    pub(super) fn on_demand(&mut self, body: &Json) -> Result<Json, Refusal> {
        let OnDemand { user, group, members } = read(body)?;
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        let subject = match (&user, &group) {
            (Some(user), None) if members.is_empty() => Subject::User(user),
            (None, Some(group)) => Subject::Group(group, &members),
            (Some(_), None) => return Err(invalid("members", "members: only a group has some")),
            _ => return Err(invalid("user", "the body needs either `user` or `group`")),
        };
        let field = if user.is_some() { "user" } else { "group" };
        let done = self
            .with_job(|job, directory, outside| {
                job.provision_on_demand(directory, subject, outside)
            })
            .map_err(|error| not_provisioned(field, &error))?;
        let steps = done
            .steps
            .iter()
            .map(|it| json!({"name": it.name, "status": it.status.name(), "details": it.details}));
        let members = done.members.iter().map(crate::entra::OnDemandMember::to_json);
        let logs = done.logs.iter().map(|it| self.job.log_to_graph(it));
        Ok(json!({
            "result": done.result,
            "steps": steps.collect::<Vec<_>>(),
            "members": members.collect::<Vec<_>>(),
            "logs": logs.collect::<Vec<_>>(),
        }))
    }

    pub(super) fn restart(&mut self, body: &Json) -> Result<Json, Refusal> {
        let Restarted { scope } = read(body)?;
        let scope = match scope {
            Some(text) => Restart::parse(&text).map_err(|error| invalid("scope", error))?,
            None => Restart::default(),
        };
        self.job.restart(scope);
        Ok(self.status())
    }

    pub(super) fn allow_deletions(&mut self) -> Json {
        self.job.restart(Restart { force_deletes: true, ..Restart::NOTHING });
        self.status()
    }

    pub(super) fn all_objects(&self) -> Json {
        let objects: Vec<Json> = self.directory.objects().map(|it| json!(it)).collect();
        json!({
            "version": self.directory.version(),
            "total": objects.len(),
            "roles": self.directory.roles(),
            "objects": objects,
        })
    }

    pub(super) fn change(&mut self, body: &Json) -> Result<Json, Refusal> {
        let Changes { changes } = read(body)?;
        self.apply(&changes)
    }

    pub(super) fn week(&mut self, body: &Json) -> Result<Json, Refusal> {
        let days = read::<Week>(body)?.days.unwrap_or(7);
        if days > MOST_DAYS {
            return Err(invalid("days", format!("{days} days are too many, expected {MOST_DAYS}")));
        }
        let now = self.clock.now();
        let mut done = 0;
        for _ in 0..days {
            for change in week(&self.directory, self.seed, self.view.day) {
                // The script does not look ahead: somebody may have been deleted a line before.
                done += usize::from(self.directory.apply(&change, now).is_ok());
            }
            self.view.day += 1;
        }
        let version = self.directory.version();
        Ok(json!({"changes": done, "day": self.view.day, "version": version}))
    }

    /// Does all of the changes, or none.
    fn apply(&mut self, changes: &[Change]) -> Result<Json, Refusal> {
        let mut directory = self.directory.clone();
        let now = self.clock.now();
        let mut ids = Vec::with_capacity(changes.len());
        for (nth, change) in changes.iter().enumerate() {
            let id = directory.apply(change, now);
            ids.push(id.map_err(|error| not_changed(nth, &error))?);
        }
        self.directory = directory;
        let version = self.directory.version();
        Ok(json!({"changes": changes.len(), "objects": ids, "version": version}))
    }

    /// The job's status after what was just done.
    fn status(&mut self) -> Json {
        self.show();
        self.shown.view().to_json()
    }
}

fn not_changed(nth: usize, error: &DirectoryError) -> Refusal {
    let field = Some(format!("changes[{nth}]"));
    let hint = Some("nothing was changed".to_owned());
    Refusal { field, hint, ..refused(409, "change-refused", error.to_string()) }
}

fn not_provisioned(field: &str, error: &OnDemandRefusal) -> Refusal {
    let (status, code) = match error {
        OnDemandRefusal::Unknown(_) => (404, "unknown-object"),
        OnDemandRefusal::TooManyMembers(_) | OnDemandRefusal::Unsupported { .. } => {
            (409, "not-on-demand")
        }
    };
    Refusal { field: Some(field.to_owned()), ..refused(status, code, error.to_string()) }
}
