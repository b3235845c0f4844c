//! Provisioning on demand: whom it is about, and what came of it (POD).

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use smol_str::SmolStr;

use crate::named_enum::named_enum;
use crate::record::{ErrorCode, LogEntry, Status};
use crate::source::DirectoryError;

/// The user or the group to provision on demand, by name or id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OnDemandOrder {
    /// The user.
    pub user: Option<String>,
    /// The group.
    pub group: Option<String>,
    /// Some of the group's members, to be provisioned with it.
    #[serde(default)]
    pub members: Vec<String>,
}

/// Why nobody is provisioned on demand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OnDemandRefusal {
    /// Nobody has that name.
    #[error(transparent)]
    Unknown(#[from] DirectoryError),
    /// More than five members.
    #[error("a group is provisioned on demand with at most 5 members, not {0}")]
    TooManyMembers(usize),
    /// A limit of on-demand provisioning.
    #[error("{name}: {why}")]
    Unsupported {
        /// Who.
        name: SmolStr,
        /// Which limit.
        why: &'static str,
    },
}

/// What came of provisioning on demand.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OnDemandReport {
    /// The steps that the portal shows: four, or "Test connection" alone if that fails.
    pub steps: Vec<OnDemandStep>,
    /// The named members with their results. Other members were ignored.
    pub members: Vec<OnDemandMember>,
    /// The result in a word.
    pub result: OnDemandOutcome,
    /// The log lines that were written.
    #[serde(skip)]
    pub logs: Vec<LogEntry>,
}

/// A step of on-demand provisioning.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OnDemandStep {
    /// The portal's name for it.
    pub name: &'static str,
    /// How it went.
    pub status: Status,
    /// What was found.
    pub details: Json,
    /// What went wrong, if it failed; `details` has it too.
    #[serde(skip)]
    pub error: Option<ErrorCode>,
}

named_enum! {
    /// The worst result of everything that was done (Graph's `result`).
    OnDemandOutcome {
        /// Written.
        Success = "success",
        /// Nothing to write.
        Skipped = "skipped",
        /// Failed.
        Failure = "failure",
    }
}

/// The result for a member that was named with its group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OnDemandMember {
    /// Its name in the source.
    pub name: SmolStr,
    /// Its `objectId`.
    pub object_id: SmolStr,
    /// Whether it was added, was a member already, or failed.
    pub status: Status,
    /// The code of the failure, or the reason why nothing was written.
    #[serde(rename = "errorCode")]
    pub error: Option<ErrorCode>,
    /// The HTTP status of the target's refusal, if there was one.
    pub http_status: Option<u16>,
    /// The same in words, the target's words if it refused.
    pub reason: String,
}
