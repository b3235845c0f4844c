//! The second pass: managers of users and members of groups.
//!
//! A referenced object that was out of scope is not tried again until a restart (KNOWN). One that
//! only failed is tried again.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use smol_str::SmolStr;

use super::cycle_run::{Attempt, Case, CycleRun, ExportMode, ExportStage, Pass, Verdict};
use super::state::Link;
use crate::attributes::ObjectType;
use crate::mapping::{AttributeMapping, FlowValue};
use crate::record::{Action, ErrorCode, ModifiedProperty, Status};
use crate::target_client::Failure;
use crate::wire;
use scim_engine::PatchPath;

/// The most members that one PATCH adds or removes (the real number is not public).
const BATCH: usize = 100;

/// The counterpart of a referenced object in the target.
pub(super) enum Counterpart {
    There(SmolStr),
    /// It is not provisioned and will not be.
    OutOfScope,
    /// It will be provisioned, and has failed so far.
    Failed,
}

/// A linked group, and the mapping of its members.
#[derive(Clone, Copy)]
pub(super) struct GroupLink<'m> {
    /// The group's `objectId` in the source.
    pub(super) source_id: &'m str,
    /// Its id in the target.
    pub(super) target_id: &'m str,
    pub(super) mapping: &'m AttributeMapping,
}

/// What the second pass wrote, and what it could not resolve.
#[derive(Default)]
struct Related {
    modified: Vec<ModifiedProperty>,
    unresolved: Vec<(SmolStr, bool)>,
}

impl<'a> CycleRun<'a> {
    /// Writes the references of an object. An error ends the cycle.
    pub(super) fn export_references(&mut self, case: &Case<'a>) -> Result<(), Failure> {
        let id = &case.object.object_id;
        let actions = self.configuration.mapping(case.object.object_type()).actions;
        if case.verdict == Verdict::Provision && !self.shown.contains(id) {
            return Ok(()); // it failed before its counterpart was seen
        }
        if case.verdict != Verdict::Provision || !self.state.connectors.contains_key(id) {
            self.clear_escrow(id, Pass::References);
            return Ok(());
        }
        if !actions.update {
            self.clear_escrow(id, Pass::References);
            self.skip_references(case);
            return Ok(());
        }
        let since = self.state.logs.len();
        let done = self.export_references_now(case);
        self.log_pending(case, since);
        done
    }

    fn export_references_now(&mut self, case: &Case<'a>) -> Result<(), Failure> {
        let id = &case.object.object_id;
        let began = self.now();
        self.attempt = Attempt { stage: ExportStage::Export, ..Attempt::default() };
        let mut related = Related::default();
        let done = self.export_all_references(case, &mut related);
        let Related { modified, unresolved } = related;
        if done.is_ok() && !unresolved.iter().any(|(_, is_retried)| *is_retried) {
            self.clear_escrow(id, Pass::References);
        }
        if !modified.is_empty() {
            self.counts.updated += 1;
            let mut line = self.line(case, Action::Update, Status::Success);
            line.took_ms = self.took(began);
            line.modified = modified;
            self.state.logs.push(line);
        }
        for (other, is_retried) in unresolved {
            self.counts.failed_references += u64::from(is_retried);
            self.counts.not_assigned += u64::from(!is_retried);
            let (name, other) = (case.object.name(), self.name_of(&other));
            let what = match case.object.object_type() {
                ObjectType::User => "manager",
                ObjectType::Group => "members",
            };
            let reason = format!("We were unable to assign {other} as the {what} of {name}.");
            let failure = Failure::new(ErrorCode::UnableToResolveReference, reason);
            if is_retried {
                self.fail(case, Action::Update, &failure, Pass::References);
            } else {
                let mut line = self.line(case, Action::Update, Status::Warning);
                (line.error, line.reason) = (Some(failure.code), failure.reason);
                self.state.logs.push(line);
            }
        }
        let Err(failure) = done else { return Ok(()) };
        self.counts.failed_references += 1;
        self.fail(case, Action::Update, &failure, Pass::References);
        if failure.refused { Err(failure) } else { Ok(()) }
    }

    fn export_all_references(
        &mut self,
        case: &Case<'a>,
        related: &mut Related,
    ) -> Result<(), Failure> {
        let flows = self.flows(case, ExportMode::Provision)?;
        let mappings = &self.configuration.mapping(case.object.object_type()).mappings;
        for mapping in mappings.all() {
            let flow = flows.iter().find(|it| it.mapping.target == mapping.target);
            match flow.map(|it| &it.value) {
                Some(FlowValue::Reference(other)) => {
                    self.set_reference(case, mapping, other, related)?;
                }
                Some(FlowValue::References(others)) => {
                    self.set_members(case, mapping, others, related)?;
                }
                Some(_) => {}
                None => self.remove_reference(case, mapping, related)?,
            }
        }
        Ok(())
    }

    pub(super) fn counterpart(&self, other: &str) -> Counterpart {
        let connector = self.state.connectors.get(other).filter(|it| it.managed);
        if let Some(connector) = connector {
            return Counterpart::There(connector.target_id.clone());
        }
        let in_scope = self
            .directory
            .object(other)
            .is_some_and(|it| self.configuration.evaluate_scope(self.directory, it).is_in_scope());
        if in_scope { Counterpart::Failed } else { Counterpart::OutOfScope }
    }

    fn set_reference(
        &mut self,
        case: &Case<'a>,
        mapping: &AttributeMapping,
        other: &SmolStr,
        related: &mut Related,
    ) -> Result<(), Failure> {
        let (of, id) = (case.object.object_type(), &case.object.object_id);
        let Some(connector) = self.state.connectors.get(id) else { return Ok(()) };
        let own = connector.target_id.clone();
        let old = connector.references.get(&mapping.target).cloned();
        let before = old.as_ref().filter(|it| it.source == *other);
        if before.is_some_and(|it| it.target.is_none()) {
            return Ok(()); // out of scope when it was evaluated: left until a restart
        }
        let target = match self.counterpart(other) {
            Counterpart::There(target) => target,
            Counterpart::Failed => {
                related.unresolved.push((other.clone(), true));
                return Ok(());
            }
            // A manager who left the scope later stays the manager.
            Counterpart::OutOfScope if before.is_some() => return Ok(()),
            Counterpart::OutOfScope => {
                related.unresolved.push((other.clone(), false));
                self.remember(id, mapping, Link { source: other.clone(), target: None });
                return Ok(());
            }
        };
        if before.is_some_and(|it| it.target.as_ref() == Some(&target)) {
            return Ok(());
        }
        let query = wire::reference_query(&own, short_name(mapping), &target);
        if self.target.query(of, &query)?.total == 0 {
            let body = wire::set_reference(self.target.dialect, &mapping.target, &target);
            let old = old.and_then(|it| it.target);
            let change = changed(mapping, old.as_deref(), Some(&target));
            related.modified.extend(self.send(of, &own, &body, vec![change])?);
        }
        self.remember(id, mapping, Link { source: other.clone(), target: Some(target) });
        Ok(())
    }

    fn remember(&mut self, id: &str, mapping: &AttributeMapping, link: Link) {
        if let Some(connector) = self.state.connectors.get_mut(id) {
            connector.references.insert(mapping.target.clone(), link);
        }
    }

    fn remove_reference(
        &mut self,
        case: &Case<'a>,
        mapping: &AttributeMapping,
        related: &mut Related,
    ) -> Result<(), Failure> {
        let (of, id) = (case.object.object_type(), &case.object.object_id);
        let Some(connector) = self.state.connectors.get(id) else { return Ok(()) };
        let Some(link) = connector.references.get(&mapping.target).cloned() else { return Ok(()) };
        let own = connector.target_id.clone();
        // Deleting an object in the target has removed its references (assumed).
        let is_there = self.state.connectors.contains_key(&link.source);
        if let Some(target) = link.target.filter(|_| is_there) {
            let body = wire::remove_reference(self.target.dialect, &mapping.target, &target);
            let change = changed(mapping, Some(&target), None);
            related.modified.extend(self.send(of, &own, &body, vec![change])?);
        }
        if let Some(connector) = self.state.connectors.get_mut(id) {
            connector.references.remove(&mapping.target);
        }
        Ok(())
    }

    fn set_members(
        &mut self,
        case: &Case<'a>,
        mapping: &AttributeMapping,
        others: &[SmolStr],
        related: &mut Related,
    ) -> Result<(), Failure> {
        let id = &case.object.object_id;
        let Some(connector) = self.state.connectors.get(id) else { return Ok(()) };
        let wanted: BTreeSet<&SmolStr> = others.iter().collect();
        let (own, known) = (connector.target_id.clone(), connector.members_known);
        let gone = connector.members.iter().filter(|(source, _)| !wanted.contains(source));
        let gone: Vec<(SmolStr, Option<SmolStr>)> =
            gone.map(|(source, target)| (source.clone(), target.clone())).collect();
        let (mut joined, mut unresolved) = (Vec::new(), Vec::new());
        for other in others {
            let before = connector.members.get(other);
            match (before, self.counterpart(other)) {
                (Some(None), _) => {} // out of scope when it was evaluated: left until a restart
                (Some(Some(old)), Counterpart::There(now)) if *old == now => {}
                (_, Counterpart::There(now)) => joined.push((other.clone(), now)),
                (_, Counterpart::Failed) => related.unresolved.push((other.clone(), true)),
                (Some(_), Counterpart::OutOfScope) => {} // the user left the scope, but not the group
                (None, Counterpart::OutOfScope) => unresolved.push(other.clone()),
            }
        }
        for other in unresolved {
            related.unresolved.push((other.clone(), false));
            self.member(id, &other, None);
        }
        self.leave(case, mapping, gone, related)?;
        let group = GroupLink { source_id: id, target_id: &own, mapping };
        if !known {
            joined = self.absent(group, joined)?;
        }
        for batch in joined.chunks(BATCH) {
            related.modified.extend(self.join(group, batch)?);
        }
        if let Some(connector) = self.state.connectors.get_mut(id) {
            connector.members_known = true;
        }
        Ok(())
    }

    /// Adds members to a group by one request.
    pub(super) fn join(
        &mut self,
        group: GroupLink<'_>,
        batch: &[(SmolStr, SmolStr)],
    ) -> Result<Vec<ModifiedProperty>, Failure> {
        let mapping = group.mapping;
        let ids: Vec<&str> = batch.iter().map(|(_, target)| target.as_str()).collect();
        let body = wire::add_members(self.target.dialect, &mapping.target, &ids);
        let changes = ids.iter().map(|it| changed(mapping, None, Some(it))).collect();
        let done = self.send(ObjectType::Group, group.target_id, &body, changes)?;
        for (source, target) in batch {
            self.member(group.source_id, source, Some(target.clone()));
        }
        Ok(done)
    }

    /// Writes references and returns the changes. After a failure the attempt has them.
    fn send(
        &mut self,
        of: ObjectType,
        own: &str,
        body: &Json,
        changes: Vec<ModifiedProperty>,
    ) -> Result<Vec<ModifiedProperty>, Failure> {
        self.attempt.tried = changes;
        self.target.patch(of, own, body)?;
        Ok(std::mem::take(&mut self.attempt.tried))
    }

    pub(super) fn member(&mut self, group: &str, source: &SmolStr, target: Option<SmolStr>) {
        if let Some(connector) = self.state.connectors.get_mut(group) {
            connector.members.insert(source.clone(), target);
        }
    }

    /// For a group that existed before: the members that it lacks. Each membership is queried, as
    /// in Example 4 of the SCIM document.
    fn absent(
        &mut self,
        group: GroupLink<'_>,
        joined: Vec<(SmolStr, SmolStr)>,
    ) -> Result<Vec<(SmolStr, SmolStr)>, Failure> {
        let mut absent = Vec::new();
        for (source, target) in joined {
            let query = wire::reference_query(group.target_id, short_name(group.mapping), &target);
            if self.target.query(ObjectType::Group, &query)?.total == 0 {
                absent.push((source, target));
            } else {
                self.member(group.source_id, &source, Some(target));
            }
        }
        Ok(absent)
    }

    /// Members leave.
    fn leave(
        &mut self,
        case: &Case<'a>,
        mapping: &AttributeMapping,
        gone: Vec<(SmolStr, Option<SmolStr>)>,
        related: &mut Related,
    ) -> Result<(), Failure> {
        let id = &case.object.object_id;
        let Some(connector) = self.state.connectors.get(id) else { return Ok(()) };
        let own = connector.target_id.clone();
        // Deleting an object in the target has removed its references (assumed).
        let (there, deleted): (Vec<_>, Vec<_>) = gone.into_iter().partition(|(source, target)| {
            target.is_some() && self.state.connectors.contains_key(source)
        });
        for (source, _) in deleted {
            self.forget(id, &source);
        }
        if there.is_empty() {
            return Ok(());
        }
        for batch in there.chunks(BATCH) {
            let ids: Vec<&str> = batch.iter().filter_map(|(_, it)| it.as_deref()).collect();
            let body = wire::remove_members(self.target.dialect, &mapping.target, &ids);
            let changes = ids.iter().map(|it| changed(mapping, Some(it), None)).collect();
            let done = self.send(ObjectType::Group, &own, &body, changes)?;
            related.modified.extend(done);
            for (source, _) in batch {
                self.forget(id, source);
            }
        }
        Ok(())
    }

    fn forget(&mut self, group: &str, member: &str) {
        if let Some(connector) = self.state.connectors.get_mut(group) {
            connector.members.remove(member);
        }
    }
}

fn changed(mapping: &AttributeMapping, old: Option<&str>, new: Option<&str>) -> ModifiedProperty {
    let (old, new) = (old.map(Json::from), new.map(Json::from));
    ModifiedProperty { name: mapping.target.clone(), old, new }
}

/// The attribute's name in the reference query: without its schema (SCIM, Example 4).
pub(super) fn short_name(mapping: &AttributeMapping) -> &str {
    match &mapping.path {
        PatchPath::Attribute(attr) => &attr.name,
        _ => wire::MANAGER,
    }
}
