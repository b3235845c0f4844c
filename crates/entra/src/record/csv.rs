//! The provisioning logs as the portal's download: three CSV files that `ChangeId` joins.

use super::LogEntry;
use super::graph::text;
use crate::attributes::ObjectType;

/// The three files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsvLogs {
    /// `ProvisioningLogs.csv`
    pub logs: String,
    /// `ProvisioningLogs_ProvisioningSteps.csv`
    pub steps: String,
    /// `ProvisioningLogs_ModifiedProperties.csv`
    pub modified: String,
}

/// Log lines as CSV; `target` is the name of the application. A cell that a spreadsheet would take
/// for a formula starts with an apostrophe.
pub fn csv_logs<'a>(entries: impl IntoIterator<Item = &'a LogEntry>, target: &str) -> CsvLogs {
    let mut csv = CsvLogs::default();
    line(
        &mut csv.logs,
        &[
            "Id",
            "ActivityDateTime",
            "ChangeId",
            "CycleId",
            "Action",
            "Status",
            "ErrorCode",
            "Reason",
            "SourceIdentityId",
            "SourceIdentityName",
            "IdentityType",
            "TargetIdentityId",
            "TargetSystem",
            "DurationInMilliseconds",
        ],
    );
    line(&mut csv.steps, &["ChangeId", "Name", "Type", "Status", "Description", "Details"]);
    line(&mut csv.modified, &["ChangeId", "Name", "OldValue", "NewValue"]);
    for it in entries {
        line(
            &mut csv.logs,
            &[
                &it.id,
                &it.at.to_string(),
                &it.change_id,
                &it.cycle_id,
                it.action.name(),
                it.status.name(),
                it.error.map_or("", super::ErrorCode::name),
                &it.reason,
                &it.source_id,
                &it.source_name,
                ObjectType::from(it.of).name(),
                it.target_id.as_deref().unwrap_or_default(),
                target,
                &it.took_ms.to_string(),
            ],
        );
        for step in it.steps(target) {
            let details = step.details.to_string();
            let cells =
                [&it.change_id, step.name, step.kind, step.status, &step.description, &details];
            line(&mut csv.steps, &cells);
        }
        for property in &it.modified {
            let old = text(property.old.as_ref()).unwrap_or_default();
            let new = text(property.new.as_ref()).unwrap_or_default();
            line(&mut csv.modified, &[&it.change_id, &property.name, &old, &new]);
        }
    }
    csv
}

fn line(csv: &mut String, cells: &[&str]) {
    for (nth, cell) in cells.iter().enumerate() {
        if nth > 0 {
            csv.push(',');
        }
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if formula || cell.contains([',', '"', '\n', '\r']) {
            csv.push('"');
            csv.push_str(if formula { "'" } else { "" });
            csv.push_str(&cell.replace('"', "\"\""));
            csv.push('"');
        } else {
            csv.push_str(cell);
        }
    }
    csv.push_str("\r\n");
}
