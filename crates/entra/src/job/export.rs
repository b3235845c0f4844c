//! Exports one object: updates, disables or deletes it, and logs the result.

use serde_json::Value as Json;

use super::cycle_run::{
    AfterDisabling, Attempt, Case, CycleRun, ExportMode, ExportResult, ExportStage, Pass,
    PendingResult, Verdict,
};
use super::scope::{not_among_actions, why_not};
use crate::attributes::Attributes;
use crate::mapping::{Apply, AttributeMapping, Flow, FlowValue};
use crate::record::{Action, ErrorCode, ModifiedProperty, Status};
use crate::source::SourceObject;
use crate::target_client::Failure;
use crate::wire::{self, Write};
use scim_engine::fold;

impl<'a> CycleRun<'a> {
    /// Exports an object's attributes and logs the result. An error ends the cycle. A failure of
    /// this object alone is put into escrow.
    pub(super) fn export(&mut self, case: &Case<'a>) -> Result<(), Failure> {
        let began = self.now();
        let id = &case.object.object_id;
        self.attempt = Attempt::default();
        match self.perform(case) {
            Ok(done) => {
                self.state.staged.remove(id);
                self.clear_escrow(id, Pass::Objects);
                let took_ms = self.took(began);
                if self.awaits_references(case, &done) {
                    self.pending.insert(id.clone(), PendingResult { done, took_ms });
                } else {
                    self.log_result(case, PendingResult { done, took_ms });
                }
                Ok(())
            }
            Err(failure) => {
                self.counts.failed += 1;
                let action = self.state.attempted(case);
                self.fail(case, action, &failure, Pass::Objects);
                if failure.refused { Err(failure) } else { Ok(()) }
            }
        }
    }

    /// Removes an object from escrow, if it is there for this pass.
    pub(super) fn clear_escrow(&mut self, id: &str, pass: Pass) {
        let reference = pass == Pass::References;
        if self.state.escrows.get(id).is_some_and(|it| it.reference == reference) {
            self.state.escrows.remove(id);
        }
    }

    /// Counts and logs the result of an object.
    pub(super) fn log_result(&mut self, case: &Case<'a>, pending: PendingResult) {
        let PendingResult { done, took_ms } = pending;
        self.count(&done);
        if !self.is_logged(case, &done) {
            return;
        }
        let status = if done.skipped.is_some() { Status::Skipped } else { Status::Success };
        let mut line = self.line(case, done.action, status);
        line.took_ms = took_ms;
        (line.matched, line.modified) = (done.matched, done.modified);
        if let Some((code, reason)) = done.skipped {
            (line.error, line.reason) = (Some(code), reason);
        }
        self.state.logs.push(line);
    }

    fn count(&mut self, done: &ExportResult) {
        let counts = &mut self.counts;
        match done.action {
            _ if done.skipped.is_some() => counts.skipped += 1,
            Action::Create => counts.created += 1,
            Action::Disable => counts.disabled += 1,
            Action::Delete => counts.deleted += 1,
            _ => counts.updated += 1,
        }
    }

    /// With the scope "assigned only" the service queries assigned objects only, so the others are
    /// not logged.
    fn is_logged(&self, case: &Case<'_>, done: &ExportResult) -> bool {
        done.skipped.is_none()
            || case.scope.is_entitled
            || self.state.connectors.contains_key(&case.object.object_id)
            || !self.is_initial()
    }

    /// Carries out the decision for an object.
    pub(super) fn perform(&mut self, case: &Case<'a>) -> Result<ExportResult, Failure> {
        let id = &case.object.object_id;
        match case.verdict {
            Verdict::Skip => {
                Ok(ExportResult::skipped(ErrorCode::NotEffectivelyEntitled, why_not(case)))
            }
            Verdict::Forget => {
                self.state.unlink(id);
                Ok(ExportResult::skipped(
                    ErrorCode::NotEffectivelyEntitled,
                    "It was unassigned and disabled before, so that it is not managed any more.",
                ))
            }
            Verdict::Leave(stay) => {
                let (code, reason) = stay.log_reason(case);
                Ok(ExportResult::skipped(code, reason))
            }
            Verdict::Delete => self.delete(case),
            Verdict::Disable(after) => self.disable(case, after),
            Verdict::Provision => self.provision(case),
        }
    }

    fn delete(&mut self, case: &Case<'a>) -> Result<ExportResult, Failure> {
        let (of, id) = (case.object.object_type(), &case.object.object_id);
        let Some(target_id) = self.refresh(case)? else {
            return Ok(ExportResult::skipped(
                ErrorCode::RedundantExport,
                format!("The {} is not in the target any more.", of.name().to_lowercase()),
            ));
        };
        self.attempt.stage = ExportStage::Export;
        self.target.delete(of, &target_id)?;
        self.state.unlink(id);
        Ok(ExportResult::written(Action::Delete, Vec::new()))
    }

    fn disable(&mut self, case: &Case<'a>, after: AfterDisabling) -> Result<ExportResult, Failure> {
        if self.refresh(case)?.is_none() {
            return Ok(ExportResult::skipped(ErrorCode::NotEffectivelyEntitled, why_not(case)));
        }
        let mut done = self.update(case, ExportMode::Disable)?;
        // A mapping may write `true`. A user who is active afterwards was not disabled.
        if done.skipped.is_none() && self.is_disabled(&case.object.object_id) {
            done.action = Action::Disable;
        }
        if let Some(connector) = self.state.connectors.get_mut(&case.object.object_id) {
            connector.managed = after == AfterDisabling::Managed;
        }
        Ok(done)
    }

    fn provision(&mut self, case: &Case<'a>) -> Result<ExportResult, Failure> {
        let id = &case.object.object_id;
        self.refresh(case)?;
        let mut matched = None;
        if !self.state.connectors.contains_key(id) {
            self.attempt.stage = ExportStage::Export; // values that do not fit cannot be written
            let flows = self.flows(case, ExportMode::Provision)?;
            let found = self.find_match(case.object.object_type(), &flows)?;
            matched = Some(found.is_some());
            let Some(resource) = found else {
                let mut done = self.create(case, &flows)?;
                done.matched = matched;
                return Ok(done);
            };
            self.link_match(case, &resource)?;
        }
        let mut done = self.update(case, ExportMode::Provision)?;
        done.matched = matched;
        if let Some(connector) = self.state.connectors.get_mut(id) {
            connector.managed = true;
        }
        Ok(done)
    }

    /// The attribute flows of an object.
    pub(super) fn flows(
        &self,
        case: &Case<'a>,
        mode: ExportMode,
    ) -> Result<Vec<Flow<'a>>, Failure> {
        let mut flows = self.evaluate(case, mode)?;
        // Roles are not provisioned on demand (POD).
        flows.retain(|it| !self.is_on_demand || !matches!(it.value, FlowValue::Roles(..)));
        Ok(flows)
    }

    fn evaluate(&self, case: &Case<'a>, mode: ExportMode) -> Result<Vec<Flow<'a>>, Failure> {
        let (directory, object) = (self.directory, case.object);
        let soft_deleted = mode == ExportMode::Disable;
        let view = SourceObject { directory, object, soft_deleted };
        let mappings = &self.configuration.mapping(object.object_type()).mappings;
        let object: &dyn Attributes = &view;
        mappings.evaluate(object, &self.moment).map_err(|error| {
            Failure::new(ErrorCode::SchemaPropertyCanOnlyAcceptValue, error.to_string())
        })
    }

    /// Sends what differs from what was last sent; [`ExportMode::Disable`] writes only `active`.
    fn update(&mut self, case: &Case<'a>, mode: ExportMode) -> Result<ExportResult, Failure> {
        let (of, id) = (case.object.object_type(), &case.object.object_id);
        self.attempt.stage = ExportStage::Export;
        let disables = mode == ExportMode::Disable;
        let flows = self.flows(case, mode)?;
        let soft_delete = self.configuration.mapping(of).mappings.soft_delete();
        let connector = self.state.connectors.get(id).expect("it was shown by the target");
        let (mut writes, mut roles) = (Vec::new(), Vec::new());
        for flow in flows.iter().filter(|it| it.apply == Apply::Always) {
            if disables && soft_delete.is_none_or(|it| it.target != flow.mapping.target) {
                continue;
            }
            let Some(value) = wire::json_of(&flow.value) else { continue };
            let old = connector.known.get(&flow.mapping.target);
            if old.is_some_and(|it| has(it, flow, &value)) || is_unique_choice(flow) {
                continue;
            }
            let write = Write { mapping: flow.mapping, value, is_new: old.is_none() };
            match &flow.value {
                FlowValue::Roles(them, how) => {
                    let body = wire::patch_roles(self.target.dialect, flow.mapping, them, *how);
                    roles.push((body, vec![write]));
                }
                _ => writes.push(write),
            }
        }
        if writes.is_empty() && roles.is_empty() {
            let all = if self.is_on_demand { self.evaluate(case, mode)? } else { flows };
            let rest = self.roles_left(id, &all).filter(|_| !disables);
            return Ok(ExportResult::redundant(of, rest.as_deref()));
        }
        if !disables && !self.configuration.mapping(of).actions.update {
            let reason = not_among_actions("Update");
            return Ok(ExportResult::skipped(ErrorCode::EntrySynchronizationSkipped, reason));
        }
        let target_id = connector.target_id.clone();
        let mut requests = Vec::new();
        if !writes.is_empty() {
            requests.push((wire::patch(self.target.dialect, &writes), writes));
        }
        requests.append(&mut roles);
        for (body, writes) in requests {
            self.record_attempt(id, &flows, &writes);
            self.target.patch(of, &target_id, &body)?;
            self.remember_written(id, writes);
        }
        Ok(ExportResult::written(Action::Update, std::mem::take(&mut self.attempt.tried)))
    }

    /// Notes the changes that are about to be written.
    fn record_attempt(&mut self, id: &str, flows: &[Flow<'_>], writes: &[Write<'_>]) {
        let known = self.state.connectors.get(id).map(|it| &it.known);
        let old = |it: &Write<'_>| known.and_then(|known| known.get(&it.mapping.target)).cloned();
        self.attempt.tried.extend(writes.iter().map(|it| modified(flows, it, old(it))));
    }

    /// Remembers what the target accepted. A later failure must not lose it.
    fn remember_written(&mut self, id: &str, writes: Vec<Write<'_>>) {
        let Some(connector) = self.state.connectors.get_mut(id) else { return };
        let taken = writes.into_iter().map(|it| (it.mapping.target.clone(), it.value));
        connector.known.extend(taken);
    }
}

/// Whether the value was chosen at creation and stays (FUNC, `SelectUniqueValue`).
fn is_unique_choice(flow: &Flow<'_>) -> bool {
    matches!(flow.value, FlowValue::FirstUnique(_))
}

/// Whether the target has the value of the flow.
fn has(known: &Json, flow: &Flow<'_>, value: &Json) -> bool {
    match &flow.value {
        FlowValue::Roles(roles, how) => wire::has_roles(known, roles, *how),
        _ => is_same(known, value, flow.mapping),
    }
}

/// Whether the target has the value. It may have answered a boolean or a number as text, and the
/// element of a list with its parts. Case counts only where the mapping's target is exact.
pub(super) fn is_same(known: &Json, wanted: &Json, mapping: &AttributeMapping) -> bool {
    match (known, wanted) {
        (Json::String(text), Json::Bool(it)) => text.eq_ignore_ascii_case(&it.to_string()),
        (Json::String(text), Json::Number(it)) => *text == it.to_string(),
        (Json::String(known), Json::String(wanted)) if !mapping.exact_case => {
            fold(known) == fold(wanted)
        }
        (Json::Array(known), Json::Array(wanted)) => {
            known.len() == wanted.len()
                && known.iter().zip(wanted).all(|(it, wanted)| is_same(it, wanted, mapping))
        }
        (Json::Object(parts), Json::String(_)) => {
            parts.get("value").is_some_and(|it| is_same(it, wanted, mapping))
        }
        _ => known == wanted,
    }
}

pub(super) fn modified(
    flows: &[Flow<'_>],
    write: &Write<'_>,
    old: Option<Json>,
) -> ModifiedProperty {
    let name = write.mapping.target.clone();
    let redacted = flows.iter().any(|it| it.redacted && it.mapping.target == name);
    let shown = |value: Json| if redacted { Json::from("[Redact]") } else { value };
    ModifiedProperty { name, old: old.map(shown), new: Some(shown(write.value.clone())) }
}
