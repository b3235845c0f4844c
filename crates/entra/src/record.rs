//! What a job leaves behind: provisioning logs, progress, status, and mails.

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

/// A line of the provisioning logs: what became of one object in one cycle (Graph's
/// `provisioningObjectSummary`). [`Self::to_graph`] shows it with its steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogEntry {
    /// Its GUID.
    pub id: SmolStr,
    /// The object's GUID in this cycle, which joins the three CSV files.
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
    /// What went wrong, or why it was skipped.
    pub error: Option<ErrorCode>,
    /// The same in words; empty if there is nothing to say.
    pub reason: String,
    /// The HTTP status with which the target refused, if it did.
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
    /// How the scope was judged.
    pub scope: ScopeEvaluation,
    /// What the match query found; `None` if none was sent.
    pub matched: Option<bool>,
    /// "Modified properties": what was written, or was tried to be.
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
    /// Deleted in the target.
    Delete,
    /// Disabled in the target.
    Disable,
    /// A deletion that waits for being allowed.
    StagedDelete,
    /// A disablement that waits for being allowed.
    StagedAction,
    /// Nothing was written.
    Other,
}

named_enum! {
    /// "Status" of a log line.
    Status {
        /// Written.
        Success = "success",
        /// Not written, and tried again.
        Failure = "failure",
        /// Nothing to write.
        Skipped = "skipped",
        /// A reference could not be resolved, so that it was not written.
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

/// How an object's scope was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the log's details are four booleans")]
pub struct ScopeEvaluation {
    /// Present, and enabled if it is a user.
    pub is_active: bool,
    /// Assigned to the application, directly or by a group.
    pub assigned: bool,
    /// Assigned, or everybody is to be provisioned.
    pub is_entitled: bool,
    /// Whether the scoping filters hold.
    pub in_filter: bool,
}

impl ScopeEvaluation {
    /// Whether the object is to be provisioned.
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
    /// What the target had, as far as the job knows.
    pub old: Option<Json>,
    /// What it has now; `None` if it was taken away.
    pub new: Option<Json>,
}
