//! A selection of the provisioning logs: lines as Graph's JSON, or one of the portal's CSV files.

use scim_engine::fold;
use serde::Deserialize;
use smol_str::SmolStr;

use crate::record::{Action, LogEntry, Status};

/// A query of the provisioning logs. By default it selects all lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LogQuery {
    /// How they are shown.
    pub format: LogFormat,
    /// Which of the CSV files.
    pub file: LogFile,
    /// Only lines of this status.
    pub status: Option<Status>,
    /// Only lines of this action.
    pub action: Option<Action>,
    /// Only lines about this object: a part of its name, or its id in source or target.
    pub object: Option<String>,
    /// Only lines of the cycle with this id.
    pub cycle: Option<SmolStr>,
    /// At most this number of the newest lines.
    pub limit: Option<usize>,
}

/// How log lines are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// As Graph shows them.
    #[default]
    Json,
    /// As the portal's download.
    Csv,
}

/// One of the portal's three CSV files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFile {
    /// `ProvisioningLogs.csv`
    #[default]
    Logs,
    /// `ProvisioningLogs_ProvisioningSteps.csv`
    Steps,
    /// `ProvisioningLogs_ModifiedProperties.csv`
    Modified,
}

impl LogQuery {
    /// The selected lines, oldest first.
    pub fn choose<'a>(&self, logs: &'a [LogEntry]) -> Vec<&'a LogEntry> {
        let mut found: Vec<&LogEntry> = logs.iter().filter(|it| self.matches(it)).collect();
        let newest = self.limit.unwrap_or(found.len()).min(found.len());
        found.split_off(found.len() - newest)
    }

    fn matches(&self, entry: &LogEntry) -> bool {
        let is_about = |text: &String| {
            fold(&entry.source_name).contains(&*fold(text))
                || entry.source_id == text.as_str()
                || entry.target_id.as_ref().is_some_and(|it| it == text)
        };
        self.status.is_none_or(|it| it == entry.status)
            && self.action.is_none_or(|it| it == entry.action)
            && self.cycle.as_ref().is_none_or(|it| *it == entry.cycle_id)
            && self.object.as_ref().is_none_or(is_about)
    }
}
