//! Decides which objects are provisioned, and what happens to those that leave the scope.

use super::cycle_run::{AfterDisabling, Case, LeaveReason, Verdict};
use super::state::JobState;
use crate::attributes::ObjectType;
use crate::configuration::{JobConfiguration, ObjectMapping, WithoutSoftDelete};
use crate::record::{ErrorCode, ScopeEvaluation};
use crate::service::Scope;
use crate::source::{DirectoryObject, ObjectKind, ObjectState, SourceDirectory, SourceObject};

impl JobConfiguration {
    pub(super) fn mapping(&self, of: ObjectType) -> &ObjectMapping {
        match of {
            ObjectType::User => &self.users,
            ObjectType::Group => &self.groups,
        }
    }

    /// Evaluates whether an object is in scope.
    pub(super) fn evaluate_scope(
        &self,
        directory: &SourceDirectory,
        object: &DirectoryObject,
    ) -> ScopeEvaluation {
        let assigned = directory.is_assigned(object);
        let security = !matches!(object.kind, ObjectKind::Group { security_enabled: false, .. });
        let mapping = self.mapping(object.object_type());
        let is_entitled = mapping.enabled && security && (assigned || self.scope == Scope::All);
        let is_active = object.is_active();
        let view = SourceObject { directory, object, soft_deleted: !(is_active && is_entitled) };
        ScopeEvaluation {
            is_active,
            assigned,
            is_entitled,
            in_filter: mapping.scoping_filters.hold(&view),
        }
    }

    /// Decides what to do with an object (HOW).
    pub(super) fn verdict(
        &self,
        state: &JobState,
        object: &DirectoryObject,
        scope: ScopeEvaluation,
    ) -> Verdict {
        let of = object.object_type();
        if !self.mapping(of).enabled {
            // Switching a type off asks for no removals: its objects are ignored (assumed).
            let is_linked = state.connectors.contains_key(&object.object_id);
            return if is_linked { Verdict::Leave(LeaveReason::TypeIsOff) } else { Verdict::Skip };
        }
        let Some(connector) = state.connectors.get(&object.object_id) else {
            return if scope.is_in_scope() { Verdict::Provision } else { Verdict::Skip };
        };
        if object.state == ObjectState::HardDeleted {
            // "Unassigned and disabled": the service does not manage it any more, so no DELETE
            // follows.
            return if connector.managed { self.deletion(of) } else { Verdict::Forget };
        }
        if scope.is_in_scope() {
            return Verdict::Provision;
        }
        let left = !(scope.is_entitled && scope.in_filter) && object.state == ObjectState::Present;
        if self.skip_out_of_scope_deletions {
            return Verdict::Leave(LeaveReason::DeletionsAreSkipped);
        }
        let disables = self.users.mappings.soft_delete().is_some();
        match of {
            // Groups cannot be disabled.
            ObjectType::Group => self.deletion(of),
            // An unmanaged user stays unmanaged until it comes back into scope.
            ObjectType::User if !connector.managed => Verdict::Leave(LeaveReason::Unmanaged),
            ObjectType::User if !disables => match self.without_soft_delete {
                WithoutSoftDelete::Leave => Verdict::Leave(LeaveReason::NoSoftDelete),
                WithoutSoftDelete::Delete => self.deletion(of),
            },
            // "Confirm the checkbox for updates is selected" (HOW): disabling is an update.
            ObjectType::User if !self.users.actions.update => {
                Verdict::Leave(LeaveReason::NotAmongActions("Update"))
            }
            ObjectType::User => Verdict::Disable(if left {
                AfterDisabling::Unmanaged
            } else {
                AfterDisabling::Managed
            }),
        }
    }

    fn deletion(&self, of: ObjectType) -> Verdict {
        let allowed = self.mapping(of).actions.delete;
        if allowed {
            Verdict::Delete
        } else {
            Verdict::Leave(LeaveReason::NotAmongActions("Delete"))
        }
    }
}

impl LeaveReason {
    /// The code and the sentence for the logs.
    pub(super) fn log_reason(self, case: &Case<'_>) -> (ErrorCode, String) {
        let skipped = ErrorCode::EntrySynchronizationSkipped;
        match self {
            Self::TypeIsOff | Self::Unmanaged => (ErrorCode::NotEffectivelyEntitled, why_not(case)),
            Self::DeletionsAreSkipped => {
                let of = case.object.object_type().name().to_lowercase();
                (skipped, format!("skip-out-of-scope-deletions is on: the {of} is left as it is."))
            }
            Self::NoSoftDelete => {
                let reason = "No soft delete is mapped: no mapping of active reads IsSoftDeleted, \
                              so that the user is left as it is.";
                (skipped, reason.into())
            }
            Self::NotAmongActions(action) => (skipped, not_among_actions(action)),
        }
    }
}

/// The sentence for an action that the target object actions do not allow.
pub(super) fn not_among_actions(action: &str) -> String {
    format!("{action} is not among the target object actions.")
}

impl Verdict {
    /// Whether it counts towards the accidental-deletion threshold.
    pub(super) fn removes(self) -> bool {
        matches!(self, Self::Disable(_) | Self::Delete)
    }
}

/// The reasons why an object is not in scope.
pub(super) fn why_not(case: &Case<'_>) -> String {
    let scope = case.scope;
    let mut reasons = Vec::new();
    if !scope.is_entitled {
        reasons.push(
            "This object does not have required entitlement for provisioning. If you did not \
             expect the object to be skipped, update provisioning scope to 'Sync all users and \
             groups' or assign the object to the application with entitlement of provisioning \
             category",
        );
    }
    if !scope.is_active {
        reasons.push("This object is not active in the source system");
    }
    if !scope.in_filter {
        reasons.push("This object does not satisfy the scoping filters");
    }
    let numbered = reasons.iter().enumerate().map(|(nth, why)| format!("{}) {why}", nth + 1));
    let of = case.object.object_type().name();
    let name = case.object.name();
    let reasons = numbered.collect::<Vec<_>>().join(" ");
    format!("The {of} '{name}' will be skipped due to the following reasons: {reasons}")
}
