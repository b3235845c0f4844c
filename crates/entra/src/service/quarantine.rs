//! The quarantine of a job.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::named_enum::named_enum;
use crate::record::ErrorCode;

/// Graph's `synchronizationQuarantine`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Quarantine {
    /// Why.
    pub reason: QuarantineReason,
    /// The code of the error that caused it, if one did.
    pub code: Option<ErrorCode>,
    /// The same in words.
    pub message: String,
    /// When it began for this reason.
    pub current_began: Timestamp,
    /// When the job went into quarantine for the first of its reasons.
    pub series_began: Timestamp,
    /// The number of attempts since.
    pub series_count: u32,
    /// The time of the next attempt.
    pub next_attempt: Timestamp,
}

named_enum! {
    /// Why a job is in quarantine (Graph's enumeration; the simulator never uses the others).
    QuarantineReason {
        /// Too many failures, references not counted.
        EncounteredBaseEscrowThreshold = "EncounteredBaseEscrowThreshold",
        /// Too many failures, references included.
        EncounteredTotalEscrowThreshold = "EncounteredTotalEscrowThreshold",
        /// The share of failures is too high.
        EncounteredEscrowProportionThreshold = "EncounteredEscrowProportionThreshold",
        /// The credentials are bad, or the target is no SCIM service.
        EncounteredQuarantineException = "EncounteredQuarantineException",
        /// An administrator put it into quarantine.
        QuarantinedOnDemand = "QuarantinedOnDemand",
        /// More deletions than the threshold for accidental ones.
        TooManyDeletes = "TooManyDeletes",
    }
}

impl Quarantine {
    /// Graph's `synchronizationQuarantine`.
    pub fn to_graph(&self) -> Json {
        let error = self
            .code
            .map(|code| json!({ "code": code, "message": self.message, "tenantActionable": true }));
        json!({
            "currentBegan": self.current_began.to_string(),
            "nextAttempt": self.next_attempt.to_string(),
            "reason": self.reason,
            "seriesBegan": self.series_began.to_string(),
            "seriesCount": self.series_count,
            "error": error,
        })
    }
}
