//! Adds the members that are named with a group on demand. Other members are ignored.

use smol_str::SmolStr;

use super::cycle_run::{Attempt, Case, CycleRun, ExportStage, Pass};
use super::references::{Counterpart, GroupLink, short_name};
use super::scope::not_among_actions;
use crate::attributes::ObjectType;
use crate::mapping::TargetType;
use crate::record::{Action, ErrorCode, LogEntry, Status};
use crate::service::OnDemandMember;
use crate::source::DirectoryObject;
use crate::target_client::Failure;
use crate::wire;

impl OnDemandMember {
    fn new(object: &DirectoryObject, status: Status) -> Self {
        let (name, object_id) = (object.name().into(), object.object_id.clone());
        let (error, http_status, reason) = (None, None, String::new());
        Self { name, object_id, status, error, http_status, reason }
    }

    fn skipped(object: &DirectoryObject, code: ErrorCode, reason: impl Into<String>) -> Self {
        Self { error: Some(code), reason: reason.into(), ..Self::new(object, Status::Skipped) }
    }

    fn failed(object: &DirectoryObject, failure: &Failure) -> Self {
        Self {
            error: Some(failure.code),
            http_status: failure.http_status,
            reason: failure.reason.clone(),
            ..Self::new(object, Status::Failure)
        }
    }

    /// The result of a log line about the member itself.
    fn from_log(object: &DirectoryObject, line: &LogEntry) -> Self {
        Self {
            error: line.error,
            http_status: line.http_status,
            reason: line.reason.clone(),
            ..Self::new(object, line.status)
        }
    }
}

impl<'a> CycleRun<'a> {
    /// Provisions the users themselves, each with its result. It ends with an error if the
    /// credentials are refused.
    pub(super) fn provision_members(
        &mut self,
        members: &[&'a DirectoryObject],
    ) -> (Vec<OnDemandMember>, Result<(), Failure>) {
        let mut told = Vec::new();
        for member in members {
            let case = self.case(member);
            let done = self.export(&case);
            self.log_own_pending(&case, self.state.logs.len());
            let line = self.state.logs.last().filter(|it| it.source_id == member.object_id);
            let skipped = ErrorCode::NotEffectivelyEntitled;
            told.push(match line {
                Some(line) => OnDemandMember::from_log(member, line),
                None => OnDemandMember::skipped(member, skipped, super::scope::why_not(&case)),
            });
            if done.is_err() {
                return (told, done);
            }
        }
        (told, Ok(()))
    }

    /// Adds these users to a group whose counterpart was read before. Each membership is queried
    /// first. A user who cannot be added keeps the result that it has.
    pub(super) fn add_members(
        &mut self,
        case: &Case<'a>,
        members: &[&'a DirectoryObject],
        told: &mut [OnDemandMember],
    ) -> Result<(), Failure> {
        let began = self.now();
        let id = &case.object.object_id;
        let mapping = self.configuration.groups.mappings.all().iter();
        let mapping = mapping.clone().find(|it| it.target_type == TargetType::Reference);
        let Some((mapping, connector)) = mapping.zip(self.state.connectors.get(id)) else {
            return Ok(());
        };
        let own = connector.target_id.clone();
        let group = GroupLink { source_id: id, target_id: &own, mapping };
        self.attempt = Attempt { stage: ExportStage::Export, ..Attempt::default() };
        let mut absent = Vec::new();
        for (nth, member) in members.iter().enumerate() {
            let Counterpart::There(target) = self.counterpart(&member.object_id) else { continue };
            match self.look_for(group, member, &target) {
                Ok(None) => absent.push((nth, target)),
                Ok(Some(there)) => told[nth] = there,
                Err(failure) => {
                    told[nth] = OnDemandMember::failed(member, &failure);
                    self.fail(case, Action::Update, &failure, Pass::References);
                    if failure.refused {
                        return Err(failure);
                    }
                }
            }
        }
        if absent.is_empty() {
            return Ok(());
        }
        let batch = absent.iter().map(|(nth, it)| (members[*nth].object_id.clone(), it.clone()));
        let done = self.join(group, &batch.collect::<Vec<_>>());
        for (nth, _) in &absent {
            let member = members[*nth];
            told[*nth] = match &done {
                Ok(_) => OnDemandMember::new(member, Status::Success),
                Err(failure) => OnDemandMember::failed(member, failure),
            };
        }
        match done {
            Ok(modified) => {
                self.counts.updated += 1;
                let mut line = self.line(case, Action::Update, Status::Success);
                (line.took_ms, line.modified) = (self.took(began), modified);
                self.state.logs.push(line);
                Ok(())
            }
            Err(failure) => {
                self.counts.failed_references += 1;
                self.fail(case, Action::Update, &failure, Pass::References);
                if failure.refused { Err(failure) } else { Ok(()) }
            }
        }
    }

    /// The reason why a member need not be added; `None` if it must be added.
    fn look_for(
        &mut self,
        group: GroupLink<'_>,
        member: &DirectoryObject,
        target: &SmolStr,
    ) -> Result<Option<OnDemandMember>, Failure> {
        if !self.configuration.groups.actions.update {
            let reason = not_among_actions("Update");
            let code = ErrorCode::EntrySynchronizationSkipped;
            return Ok(Some(OnDemandMember::skipped(member, code, reason)));
        }
        let query = wire::reference_query(group.target_id, short_name(group.mapping), target);
        if self.target.query(ObjectType::Group, &query)?.total == 0 {
            return Ok(None);
        }
        self.member(group.source_id, &member.object_id, Some(target.clone()));
        let reason = "The target answered that the user is a member already.";
        Ok(Some(OnDemandMember::skipped(member, ErrorCode::RedundantExport, reason)))
    }
}
