//! `entra logs`: the provisioning logs, filtered.

use std::fs;

use super::{CommandError, printer::Printer, workspace::Workspace};
use crate::cli::arguments::entra::{LogsArguments, OutputFormat};
use crate::{
    cli::{Exit, owned_file::export},
    entra::{LogEntry, LogQuery, csv_logs},
};

/// The application's name in the portal's files.
const APPLICATION: &str = "MediusFlow";

pub(super) fn show(
    workspace: &Workspace,
    filter: &LogsArguments,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    if filter.into.is_some() && printer.format != OutputFormat::Csv {
        return Err(CommandError::usage("--into goes with --format csv"));
    }
    let job = &workspace.simulation.job;
    let last_cycle = job.last_cycle().map(|it| &it.activity_identifier);
    if filter.last_cycle && printer.format == OutputFormat::Text {
        let is_logged = job.logs().iter().any(|it| Some(&it.cycle_id) == last_cycle);
        if last_cycle.is_some() && !is_logged {
            printer.print("the last cycle logged nothing");
        }
    }
    let query = LogQuery {
        status: filter.status,
        action: filter.action,
        object: filter.identity.clone(),
        // Before the first cycle no line belongs to a cycle.
        cycle: filter.last_cycle.then(|| last_cycle.cloned().unwrap_or_default()),
        limit: filter.last,
        ..LogQuery::default()
    };
    let found = query.choose(job.logs());
    match printer.format {
        OutputFormat::Json => found.iter().for_each(|it| printer.print(job.log_to_graph(it))),
        OutputFormat::Text => found.iter().for_each(|it| printer.print(line(it))),
        OutputFormat::Csv => {
            let files = csv_logs(found, APPLICATION);
            let Some(folder) = &filter.into else {
                printer.print(files.logs.trim_end());
                return Ok(Exit::Done);
            };
            fs::create_dir_all(folder).map_err(|it| CommandError::unwritable(folder, &it))?;
            for (name, text) in [
                ("ProvisioningLogs.csv", files.logs),
                ("ProvisioningLogs_ProvisioningSteps.csv", files.steps),
                ("ProvisioningLogs_ModifiedProperties.csv", files.modified),
            ] {
                let path = folder.join(name);
                export(&path, &text).map_err(|it| CommandError::unwritable(&path, &it))?;
            }
        }
    }
    Ok(Exit::Done)
}

fn line(entry: &LogEntry) -> String {
    let (action, status) = (entry.action.name(), entry.status.name());
    let code = entry.error.map_or_else(String::new, |it| format!("  {}", it.name()));
    let reason = if entry.reason.is_empty() { "" } else { ": " };
    let changed: Vec<&str> = entry.modified.iter().map(|it| it.name.as_str()).collect();
    let changed =
        if changed.is_empty() { String::new() } else { format!("  {}", changed.join(", ")) };
    format!(
        "{:.0}  {action:12} {status:8} {}{changed}{code}{reason}{}",
        entry.at, entry.source_name, entry.reason
    )
}
