//! Provisioning on demand: one user, or one group with a few members, at once (POD).

use std::collections::{HashMap, HashSet};

use serde_json::{Value as Json, json};

use super::cycle_run::{Attempt, CycleRun, ExportStage, Verdict};
use super::{Job, JobEnvironment};
use crate::attributes::ObjectType;
use crate::evaluation_context::EvaluationContext;
use crate::record::{CycleKind, LogEntry, Status};
use crate::service::{
    Counts, OnDemandMember, OnDemandOutcome, OnDemandRefusal, OnDemandReport, OnDemandStep, Scope,
};
use crate::source::{DirectoryObject, ObjectKind, ObjectState, SourceDirectory, SourceObject};
use crate::wire::PatchDialect;

/// The most members that can be provisioned with a group.
const MEMBERS: usize = 5;

/// The user or group to provision. Objects are named by id, `userPrincipalName`, or a group's
/// `displayName`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// One user.
    User(&'a str),
    /// One group with up to five of its members.
    Group(&'a str, &'a [&'a str]),
}

impl Job {
    /// Provisions one user or one group at once. It ignores watermark and escrows, and does not
    /// honour the flag of the Tenant URL (COMPAT).
    ///
    /// # Errors
    ///
    /// If the subject is unknown or exceeds the limits. Nothing is sent then.
    pub fn provision_on_demand(
        &mut self,
        directory: &SourceDirectory,
        subject: Subject<'_>,
        outside: JobEnvironment<'_>,
    ) -> Result<OnDemandReport, OnDemandRefusal> {
        let (object, members) = self.admit(directory, subject)?;
        let (cycle_id, guid) = (self.new_id("onDemand"), self.new_id("probe"));
        let logged = self.state.logs.len();
        let mut state = std::mem::take(&mut self.state);
        let mut target = self.target(outside, &cycle_id);
        target.dialect = PatchDialect::Default;
        let probed = self.probe(&target, &guid);
        let (steps, members) = if let Err(failure) = probed {
            let details = json!({ "errorCode": failure.code, "reason": failure.reason });
            let name = "Test connection";
            let (status, error) = (Status::Failure, Some(failure.code));
            (vec![OnDemandStep { name, status, details, error }], Vec::new())
        } else {
            let mut run = CycleRun {
                configuration: &self.configuration,
                state: &mut state,
                directory,
                target,
                moment: EvaluationContext { now: outside.clock.now(), seed: self.seed },
                kind: CycleKind::Incremental,
                cycle_id,
                counts: Counts::default(),
                shown: HashSet::new(),
                pending: HashMap::new(),
                attempt: Attempt::default(),
                is_on_demand: true,
            };
            run.on_demand(object, &members)
        };
        self.state = state;
        let logs = self.state.logs[logged..].to_vec();
        let result = outcome(&steps, &members, &logs);
        Ok(OnDemandReport { steps, members, result, logs })
    }

    fn admit<'d>(
        &self,
        directory: &'d SourceDirectory,
        subject: Subject<'_>,
    ) -> Result<(&'d DirectoryObject, Vec<&'d DirectoryObject>), OnDemandRefusal> {
        let (name, names, of): (_, &[&str], _) = match subject {
            Subject::User(name) => (name, &[], ObjectType::User),
            Subject::Group(name, members) => (name, members, ObjectType::Group),
        };
        let refuse = |why| OnDemandRefusal::Unsupported { name: name.into(), why };
        let object = directory.find(name)?;
        if object.object_type() != of {
            return Err(refuse("is not of the kind that was asked for"));
        }
        if names.len() > MEMBERS {
            return Err(OnDemandRefusal::TooManyMembers(names.len()));
        }
        if object.state != ObjectState::Present {
            return Err(refuse("is deleted: on demand, nobody is deleted or restored"));
        }
        let linked = self.state.connectors.contains_key(&object.object_id);
        if linked && matches!(object.kind, ObjectKind::User { account_enabled: false, .. }) {
            return Err(refuse("is disabled: on demand, only unassigned users are disabled"));
        }
        let mut members = Vec::new();
        for name in names {
            let member = directory.find(name)?;
            let unfit = |why| OnDemandRefusal::Unsupported { name: (*name).into(), why };
            if member.object_type() == ObjectType::Group {
                return Err(unfit("is a group: nested groups are not provisioned on demand"));
            }
            let ObjectKind::Group { members: own, .. } = &object.kind else { continue };
            if !own.contains(&member.object_id) {
                return Err(unfit("is no direct member of the group"));
            }
            if !members.contains(&member) {
                members.push(member);
            }
        }
        Ok((object, members))
    }
}

impl<'a> CycleRun<'a> {
    fn on_demand(
        &mut self,
        object: &'a DirectoryObject,
        members: &[&'a DirectoryObject],
    ) -> (Vec<OnDemandStep>, Vec<OnDemandMember>) {
        let (mut told, provisioned) = self.provision_members(members);
        let case = self.case(object);
        let imported = self.state.logs.len();
        let exported = provisioned.and_then(|()| self.export(&case));
        let stopped = self.state.logs[imported..].iter().any(|it| it.status == Status::Failure);
        let stage = stopped.then_some(self.attempt.stage);
        let candidates = std::mem::take(&mut self.attempt.candidates);
        let is_shown = self.shown.contains(&object.object_id);
        if exported.is_ok() && case.verdict == Verdict::Provision && is_shown {
            // The result is in the logs.
            match case.object.object_type() {
                ObjectType::User => drop(self.export_references(&case)),
                ObjectType::Group => {
                    let since = self.state.logs.len();
                    drop(self.add_members(&case, members, &mut told));
                    self.log_own_pending(&case, since);
                }
            }
        }
        let lines = &self.state.logs[imported..];
        let mut steps = vec![
            import_step(object),
            self.scope_step(object),
            self.match_step(object, lines, candidates),
            perform_step(lines),
        ];
        if let Some(stage) = stage {
            let nth = match stage {
                ExportStage::Import => 0,
                ExportStage::Match => 2,
                ExportStage::Export => 3,
            };
            fail_at(&mut steps, nth, lines);
        }
        (steps, told)
    }

    fn match_step(
        &self,
        object: &DirectoryObject,
        lines: &[LogEntry],
        candidates: Vec<Json>,
    ) -> OnDemandStep {
        let matched = lines.iter().find_map(|it| it.matched);
        let linked = self.state.connectors.get(&object.object_id);
        let found = match (matched, linked) {
            (Some(true), _) => "Match found",
            (Some(false), _) => "No match",
            (None, Some(_)) => "Linked before",
            (None, None) => "Not asked for",
        };
        let mut details = json!({ "result": found, "targetId": linked.map(|it| &it.target_id) });
        if !candidates.is_empty() {
            details["result"] = "Several matches".into();
            details["candidates"] = candidates.into();
        }
        let name = match object.object_type() {
            ObjectType::User => "Match user between source and target",
            ObjectType::Group => "Match group between source and target",
        };
        OnDemandStep { name, status: Status::Success, details, error: None }
    }

    /// Each filter with its clauses as `{title} {attribute} {operator} {value}`.
    fn scope_step(&self, object: &'a DirectoryObject) -> OnDemandStep {
        let scope = self.configuration.evaluate_scope(self.directory, object);
        let mapping = self.configuration.mapping(object.object_type());
        let soft_deleted = !(scope.is_active && scope.is_entitled);
        let view = SourceObject { directory: self.directory, object, soft_deleted };
        let mut filters = Vec::new();
        for filter in mapping.scoping_filters.all() {
            for clause in &filter.clauses {
                let text = format!("{} {clause}", filter.title);
                filters.push(json!({ "filter": text, "holds": clause.holds(&view) }));
            }
        }
        OnDemandStep {
            name: match object.object_type() {
                ObjectType::User => "Determine if user is in scope",
                ObjectType::Group => "Determine if group is in scope",
            },
            status: if scope.is_in_scope() { Status::Success } else { Status::Skipped },
            details: json!({
                "Active in source system": scope.is_active,
                "Assigned to application": scope.assigned,
                "Scope sync all":
                    self.configuration.scope == Scope::All,
                "User has required role": scope.is_entitled,
                "scopingFilters": filters,
            }),
            error: None,
        }
    }
}

fn import_step(object: &DirectoryObject) -> OnDemandStep {
    let mut attributes = json!(object.attributes);
    attributes["objectId"] = json!(object.object_id);
    let name = match object.object_type() {
        ObjectType::User => "Import user",
        ObjectType::Group => "Import group",
    };
    OnDemandStep { name, status: Status::Success, details: attributes, error: None }
}

/// The changes, with the worst status of the lines.
fn perform_step(lines: &[LogEntry]) -> OnDemandStep {
    let of = |wanted| lines.iter().find(|it| it.status == wanted);
    let worst = of(Status::Failure).or_else(|| of(Status::Success)).or_else(|| lines.first());
    let modified: Vec<Json> =
        lines.iter().flat_map(|it| &it.modified).map(|it| json!(it)).collect();
    OnDemandStep {
        name: "Perform action",
        status: worst.map_or(Status::Skipped, |it| it.status),
        details: json!({
            "action": worst.map(|it| it.action.name()),
            "errorCode": worst.and_then(|it| it.error),
            "httpStatus": worst.and_then(|it| it.http_status),
            "errorMessage": worst.map(|it| &it.reason),
            "modifiedProperties": modified,
        }),
        error: None,
    }
}

/// Moves the failure into the step in which it occurred. Later steps were not reached.
fn fail_at(steps: &mut [OnDemandStep], nth: usize, lines: &[LogEntry]) {
    let Some(line) = lines.iter().find(|it| it.status == Status::Failure) else { return };
    for step in &mut steps[nth + 1..] {
        step.status = Status::Skipped;
        step.details = json!({ "result": "Not reached" });
    }
    let step = &mut steps[nth];
    step.status = Status::Failure;
    step.error = line.error;
    step.details["errorCode"] = json!(line.error);
    step.details["httpStatus"] = json!(line.http_status);
    step.details["errorMessage"] = json!(line.reason);
}

/// The worst result: a failure counts more than a success, and a success more than nothing.
fn outcome(
    steps: &[OnDemandStep],
    members: &[OnDemandMember],
    logs: &[LogEntry],
) -> OnDemandOutcome {
    let steps = steps.iter().map(|it| it.status).filter(|it| *it == Status::Failure);
    let members = members.iter().map(|it| it.status);
    let all: Vec<Status> = logs.iter().map(|it| it.status).chain(members).chain(steps).collect();
    if all.contains(&Status::Failure) {
        OnDemandOutcome::Failure
    } else if all.contains(&Status::Success) {
        OnDemandOutcome::Success
    } else {
        OnDemandOutcome::Skipped
    }
}
