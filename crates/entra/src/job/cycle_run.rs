//! The state of a running cycle: its objects, the decision for each, and their results.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;
use smol_str::SmolStr;

use super::state::JobState;
use crate::attributes::ObjectType;
use crate::configuration::JobConfiguration;
use crate::evaluation_context::EvaluationContext;
use crate::record::{Action, CycleKind, ErrorCode, ModifiedProperty, ScopeEvaluation};
use crate::service::Counts;
use crate::source::{DirectoryObject, SourceDirectory};
use crate::target_client::TargetClient;

/// A running cycle.
pub(super) struct CycleRun<'a> {
    pub(super) configuration: &'a JobConfiguration,
    pub(super) state: &'a mut JobState,
    pub(super) directory: &'a SourceDirectory,
    pub(super) target: TargetClient<'a>,
    pub(super) moment: EvaluationContext,
    pub(super) kind: CycleKind,
    pub(super) cycle_id: SmolStr,
    pub(super) counts: Counts,
    /// The objects whose counterparts were read from the target in this cycle. Only these are
    /// written to.
    pub(super) shown: HashSet<SmolStr>,
    /// Results that are logged after the references of the object were processed.
    pub(super) pending: HashMap<SmolStr, PendingResult>,
    /// The attempt for the present object.
    pub(super) attempt: Attempt,
    pub(super) is_on_demand: bool,
}

/// An object in a cycle, with its scope and the decision.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) object: &'a DirectoryObject,
    pub(super) scope: ScopeEvaluation,
    pub(super) verdict: Verdict,
}

/// What a cycle does with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Creates or updates it.
    Provision,
    /// Disables it by an update.
    Disable(AfterDisabling),
    /// Deletes it in the target.
    Delete,
    /// Nothing: it is not linked and not in scope.
    Skip,
    /// Removes the link without a request.
    Forget,
    /// Leaves it as it is, although it is not in scope.
    Leave(LeaveReason),
}

/// Why an object that is out of scope stays in the target as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeaveReason {
    /// Its type is switched off.
    TypeIsOff,
    /// It was disabled when it left the scope, and is unmanaged since.
    Unmanaged,
    /// `SkipOutOfScopeDeletions`.
    DeletionsAreSkipped,
    /// No mapping disables users.
    NoSoftDelete,
    /// This action is not among the target object actions.
    NotAmongActions(&'static str),
}

/// One of the two passes of a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// The first pass exports objects with their own attributes.
    Objects,
    /// The second pass exports managers and members.
    References,
}

/// What an export sends: everything, or only what disables a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExportMode {
    Provision,
    Disable,
}

/// Whether the job goes on managing a user that it disables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AfterDisabling {
    Managed,
    Unmanaged,
}

/// The attempt to export an object: the data that a failure reports.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    pub(super) stage: ExportStage,
    /// The changes that it tried to write.
    pub(super) tried: Vec<ModifiedProperty>,
    /// The matching objects of the target, if there is more than one.
    pub(super) candidates: Vec<Json>,
}

/// The stage of an attempt (POD).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ExportStage {
    #[default]
    Import,
    Match,
    Export,
}

/// The result of exporting an object.
pub(super) struct ExportResult {
    pub(super) action: Action,
    pub(super) matched: Option<bool>,
    pub(super) modified: Vec<ModifiedProperty>,
    /// The reason why nothing was written, if nothing was.
    pub(super) skipped: Option<(ErrorCode, String)>,
}

impl ExportResult {
    pub(super) fn skipped(code: ErrorCode, reason: impl Into<String>) -> Self {
        let skipped = Some((code, reason.into()));
        Self { action: Action::Other, matched: None, modified: Vec::new(), skipped }
    }

    pub(super) fn written(action: Action, modified: Vec<ModifiedProperty>) -> Self {
        Self { action, matched: None, modified, skipped: None }
    }

    /// Nothing differs; `rest` names differences that are left as they are.
    pub(super) fn redundant(of: ObjectType, rest: Option<&str>) -> Self {
        let of = of.name().to_lowercase();
        let reason = match rest {
            None => {
                format!(
                    "The state of the {of} in both the source and target systems already match."
                )
            }
            Some(rest) => format!("The other attributes of the {of} match; {rest}."),
        };
        Self::skipped(ErrorCode::RedundantExport, reason)
    }
}

/// The result for an object's own attributes, until its references were processed.
pub(super) struct PendingResult {
    pub(super) done: ExportResult,
    pub(super) took_ms: i64,
}
