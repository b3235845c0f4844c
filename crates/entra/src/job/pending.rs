//! Results that are logged only after the references were processed, because an object may differ
//! in its references alone.

use smol_str::SmolStr;

use super::cycle_run::{Case, CycleRun, ExportMode, ExportResult, PendingResult, Verdict};
use super::scope::not_among_actions;
use crate::attributes::ObjectType;
use crate::mapping::{Flow, FlowValue, RoleWrite};
use crate::record::ErrorCode;
use crate::wire;

impl<'a> CycleRun<'a> {
    /// Whether nothing was written for an object whose references are processed next.
    pub(super) fn awaits_references(&self, case: &Case<'a>, done: &ExportResult) -> bool {
        case.verdict == Verdict::Provision
            && done.skipped.is_some()
            && self.shown.contains(&case.object.object_id)
    }

    /// Logs the pending result of an object, or drops it if a line from `since` on reports a write
    /// or a failure.
    pub(super) fn log_pending(&mut self, case: &Case<'a>, since: usize) {
        let Some(pending) = self.pending.remove(&case.object.object_id) else { return };
        match self.state.logs.get_mut(since) {
            Some(line) => line.matched = pending.done.matched,
            None => self.log_result(case, pending),
        }
    }

    /// The same where only the object's own attributes, or its named members, were processed.
    pub(super) fn log_own_pending(&mut self, case: &Case<'a>, since: usize) {
        let of = case.object.object_type();
        let matches_all = ExportResult::redundant(of, None).skipped;
        if let Some(pending) = self.pending.get_mut(&case.object.object_id)
            && pending.done.skipped == matches_all
        {
            let reason = match of {
                ObjectType::User => "The user's own attributes match.",
                ObjectType::Group => {
                    "The group's own attributes match; only the named members were looked at."
                }
            };
            pending.done.skipped = Some((ErrorCode::RedundantExport, reason.to_owned()));
        }
        self.log_pending(case, since);
    }

    /// Without the action Update no reference is written. Logs that if a reference differs.
    pub(super) fn skip_references(&mut self, case: &Case<'a>) {
        let id = &case.object.object_id;
        if self.has_unwritten_references(case) {
            let reason = not_among_actions("Update");
            let skipped = ExportResult::skipped(ErrorCode::EntrySynchronizationSkipped, reason);
            let pending = self.pending.remove(id);
            let (matched, took_ms) = pending.map_or((None, 0), |it| (it.done.matched, it.took_ms));
            self.log_result(
                case,
                PendingResult { done: ExportResult { matched, ..skipped }, took_ms },
            );
        } else {
            self.log_pending(case, self.state.logs.len());
        }
    }

    /// Whether the source has other references than those that were written.
    fn has_unwritten_references(&self, case: &Case<'a>) -> bool {
        let Some(connector) = self.state.connectors.get(&case.object.object_id) else {
            return false;
        };
        let Ok(flows) = self.flows(case, ExportMode::Provision) else { return false };
        let differs = |flow: &Flow<'_>| match &flow.value {
            FlowValue::Reference(other) => {
                let link = connector.references.get(&flow.mapping.target);
                link.is_none_or(|it| it.source != *other)
            }
            FlowValue::References(others) => {
                others.len() != connector.members.len()
                    || others.iter().any(|it| !connector.members.contains_key(it))
            }
            _ => false,
        };
        let is_gone = |target: &SmolStr| !flows.iter().any(|it| it.mapping.target == *target);
        flows.iter().any(differs) || connector.references.keys().any(is_gone)
    }

    /// The roles that differ in the target and are left as they are.
    pub(super) fn roles_left(&self, id: &str, flows: &[Flow<'_>]) -> Option<String> {
        let connector = self.state.connectors.get(id)?;
        flows.iter().find_map(|flow| {
            let FlowValue::Roles(roles, how) = &flow.value else { return None };
            let known = connector.known.get(&flow.mapping.target);
            let others = known.map_or_else(Vec::new, |it| wire::other_roles(it, roles));
            let is_short = known.map_or(!roles.is_empty(), |it| !wire::has_roles(it, roles, *how));
            let stay = *how == RoleWrite::Add && !others.is_empty();
            if self.is_on_demand {
                return (is_short || stay)
                    .then(|| "roles are not provisioned on demand".to_owned());
            }
            stay.then(|| {
                let others = others.join(", ");
                format!(
                    "AppRoleAssignmentsComplex takes no roles away: the target still has {others}"
                )
            })
        })
    }
}
