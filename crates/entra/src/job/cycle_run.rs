//! What a cycle at work has at hand: its objects, what becomes of each, and what is told of it.

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

/// A cycle at work.
pub(super) struct CycleRun<'a> {
    pub(super) configuration: &'a JobConfiguration,
    pub(super) state: &'a mut JobState,
    pub(super) directory: &'a SourceDirectory,
    pub(super) target: TargetClient<'a>,
    pub(super) moment: EvaluationContext,
    pub(super) kind: CycleKind,
    pub(super) cycle_id: SmolStr,
    pub(super) counts: Counts,
    /// Whose counterparts the target has shown in this cycle: only these are written to.
    pub(super) shown: HashSet<SmolStr>,
    /// What is told of an object when its references were looked at too.
    pub(super) pending: HashMap<SmolStr, PendingResult>,
    /// The pass of the object at hand.
    pub(super) attempt: Attempt,
    pub(super) is_on_demand: bool,
}

/// An object on its way through a cycle.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) object: &'a DirectoryObject,
    pub(super) scope: ScopeEvaluation,
    pub(super) verdict: Verdict,
}

/// What is to become of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Created, or updated.
    Provision,
    /// Disabled by an update.
    Disable(AfterDisabling),
    /// Deleted in the target.
    Delete,
    /// Not linked and not to be.
    Skip,
    /// Linked no more, without a request.
    Forget,
    /// Left as it is, although it is not to be provisioned.
    Leave(LeaveReason),
}

/// Why an object that is not to be provisioned stays in the target as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeaveReason {
    /// Its type is switched off.
    TypeIsOff,
    /// It was disabled for leaving the scope before, and is not managed since.
    Unmanaged,
    /// `SkipOutOfScopeDeletions`.
    DeletionsAreSkipped,
    /// No mapping disables users.
    NoSoftDelete,
    /// The target object actions lack this one.
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

/// How far an object came in a pass, and with what: what a failure has to tell.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    pub(super) stage: ExportStage,
    /// What was tried to be written.
    pub(super) tried: Vec<ModifiedProperty>,
    /// The target's objects that match, if there are too many.
    pub(super) candidates: Vec<Json>,
}

/// A step of an object's pass (POD).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ExportStage {
    #[default]
    Import,
    Match,
    Export,
}

/// What became of an object.
pub(super) struct ExportResult {
    pub(super) action: Action,
    pub(super) matched: Option<bool>,
    pub(super) modified: Vec<ModifiedProperty>,
    /// Why nothing was written, if nothing was.
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

    /// The rest is what differs and is not written all the same.
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

/// What became of an object's own attributes.
pub(super) struct PendingResult {
    pub(super) done: ExportResult,
    pub(super) took_ms: i64,
}
