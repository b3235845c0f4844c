//! The records of a job: provisioning logs, progress, status, and mails.

mod code;
mod csv;
mod graph;
mod mail;
mod progress;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use smol_str::SmolStr;

use super::attributes::ObjectType;
use super::named_enum::named_enum;
pub use code::ErrorCode;
pub use csv::{CsvLogs, csv_logs};
pub use mail::Mail;
pub use progress::{CycleKind, Progress};

/// The name of the application in logs and mails.
pub(crate) const APPLICATION: &str = "MediusFlow";

/// A line of the provisioning logs: the result of one object in one cycle (Graph's
/// `provisioningObjectSummary`). [`Self::to_graph`] adds its steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogEntry {
    /// Its GUID.
    pub id: SmolStr,
    /// The GUID of the object in this cycle. It joins the three CSV files.
    pub change_id: SmolStr,
    /// The cycle's GUID.
    pub cycle_id: SmolStr,
    /// When it ended.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// "Action".
    pub action: Action,
    /// "Status".
    pub status: Status,
    /// The code of the failure, or of the reason why it was skipped.
    pub error: Option<ErrorCode>,
    /// The same in words; empty if there is no error.
    pub reason: String,
    /// The HTTP status of the target's refusal, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// What kind of object it is.
    pub of: LoggedType,
    /// Its `objectId`.
    pub source_id: SmolStr,
    /// Its name in the source.
    pub source_name: SmolStr,
    /// Its id in the target, if it has one.
    pub target_id: Option<SmolStr>,
    /// The evaluation of its scope.
    pub scope: ScopeEvaluation,
    /// What the match query found; `None` if none was sent.
    pub matched: Option<bool>,
    /// "Modified properties": the changes that were written, or that it tried to write.
    pub modified: Vec<ModifiedProperty>,
}

/// "Action" of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// A new object in the target.
    Create,
    /// Changed attributes or references.
    Update,
    /// Deletes it in the target.
    Delete,
    /// Disabled in the target.
    Disable,
    /// A deletion that waits for approval.
    StagedDelete,
    /// A disablement that waits for approval.
    StagedAction,
    /// Nothing was written.
    Other,
}

named_enum! {
    /// "Status" of a log line.
    Status {
        /// Written.
        Success = "success",
        /// Not written; it is tried again.
        Failure = "failure",
        /// Nothing to write.
        Skipped = "skipped",
        /// A reference could not be resolved and was not written.
        Warning = "warning",
    }
}

/// The kind of object in a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoggedType {
    /// A user.
    User,
    /// A group.
    Group,
}

impl From<ObjectType> for LoggedType {
    fn from(of: ObjectType) -> Self {
        match of {
            ObjectType::User => Self::User,
            ObjectType::Group => Self::Group,
        }
    }
}

impl From<LoggedType> for ObjectType {
    fn from(of: LoggedType) -> Self {
        match of {
            LoggedType::User => Self::User,
            LoggedType::Group => Self::Group,
        }
    }
}

/// The evaluation of an object's scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the log's details are four booleans")]
pub struct ScopeEvaluation {
    /// Present, and enabled if it is a user.
    pub is_active: bool,
    /// Assigned to the application, directly or by a group.
    pub assigned: bool,
    /// Assigned, or the scope is "Sync all users and groups".
    pub is_entitled: bool,
    /// Whether the scoping filters hold.
    pub in_filter: bool,
}

impl ScopeEvaluation {
    /// Whether the object is in scope.
    pub fn is_in_scope(&self) -> bool {
        self.is_active && self.is_entitled && self.in_filter
    }
}

/// A line of "Modified properties".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModifiedProperty {
    /// The target attribute.
    pub name: SmolStr,
    /// The old value, as far as the job knows.
    pub old: Option<Json>,
    /// The new value; `None` if it was removed.
    pub new: Option<Json>,
}
