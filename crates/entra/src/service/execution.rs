//! A cycle that has ended, in numbers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use smol_str::SmolStr;

use super::quarantine::QuarantineReason;
use crate::named_enum::named_enum;
use crate::record::CycleKind;

/// How a cycle went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CycleReport {
    /// Whether it came to its end.
    pub ended: CycleOutcome,
    /// The cycle in numbers; `None` if the job is switched off.
    pub execution: Option<Execution>,
    /// Why the target could not be reached, if the outcome is [`CycleOutcome::Unavailable`].
    pub trouble: Option<String>,
}

/// Whether a cycle came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CycleOutcome {
    /// Every object was processed, and the watermark is set.
    Completed,
    /// The job is in quarantine.
    Quarantined(QuarantineReason),
    /// The target could not be reached or was too busy, and nothing was done. The next regular
    /// cycle tries again.
    Unavailable,
    /// The job is switched off, and nothing was done.
    Disabled,
    /// It was stopped. Links stay. The next cycle processes the same objects again.
    Stopped,
}

impl CycleOutcome {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Quarantined(_) => "quarantined",
            Self::Unavailable => "unavailable",
            Self::Disabled => "disabled",
            Self::Stopped => "stopped",
        }
    }
}

/// As the word.
impl Serialize for CycleOutcome {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.name().serialize(to)
    }
}

/// Graph's `synchronizationTaskExecution`: a cycle in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Execution {
    /// The cycle's GUID.
    pub activity_identifier: SmolStr,
    /// Which kind of cycle.
    pub kind: CycleKind,
    /// When it began.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// How it ended.
    pub state: ExecutionState,
    /// What was counted.
    pub counts: Counts,
}

named_enum! {
    /// How a cycle ended.
    ExecutionState {
        /// All is well.
        Succeeded = "Succeeded",
        /// It ended early: the job is in quarantine, was stopped, or could not reach the target.
        Failed = "Failed",
        /// Some objects failed.
        EntryLevelErrors = "EntryLevelErrors",
    }
}

/// What a cycle counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Counts {
    /// Objects read from the source.
    pub imported: u64,
    /// Of these, the ones in scope.
    pub entitled: u64,
    /// Objects created.
    pub created: u64,
    /// Objects updated, references included.
    pub updated: u64,
    /// Objects disabled.
    pub disabled: u64,
    /// Objects deleted.
    pub deleted: u64,
    /// Objects without a change, or not in scope.
    pub skipped: u64,
    /// Deletions and disablements that wait for approval.
    pub staged: u64,
    /// Failed operations, without those of references.
    pub failed: u64,
    /// Failed references.
    pub failed_references: u64,
    /// References to objects that are out of scope. They are left out, and are not tried again
    /// before a restart.
    #[serde(default)]
    pub not_assigned: u64,
}

impl Counts {
    /// The number of writes that the target accepted.
    pub fn exported(&self) -> u64 {
        self.created + self.updated + self.disabled + self.deleted
    }
}
