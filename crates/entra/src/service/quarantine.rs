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
    /// When it began for whatever reason.
    pub series_began: Timestamp,
    /// How often it was tried since.
    pub series_count: u32,
    /// When it is tried again.
    pub next_attempt: Timestamp,
}

named_enum! {
    /// Why a job is in quarantine (Graph's enumeration; the others are never the simulator's).
    QuarantineReason {
        /// Too many failures that are no references'.
        EncounteredBaseEscrowThreshold = "EncounteredBaseEscrowThreshold",
        /// Too many failures in all.
        EncounteredTotalEscrowThreshold = "EncounteredTotalEscrowThreshold",
        /// Too great a share of failures.
        EncounteredEscrowProportionThreshold = "EncounteredEscrowProportionThreshold",
        /// The credentials are bad, or the target is no SCIM service.
        EncounteredQuarantineException = "EncounteredQuarantineException",
        /// An administrator wanted it.
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
