//! `entra logs`: the provisioning logs, filtered.

use std::fs;

use super::{
    EntraError,
    arguments::{Format, LogsArguments},
    place::{Place, unwritable},
    tell::Teller,
};
use crate::{
    cli::{Exit, owned::export},
    entra::{LogEntry, LogQuery, csv_logs},
};

/// The application's name in the portal's files.
const APPLICATION: &str = "MediusFlow";

pub(super) fn show(
    place: &Place,
    filter: &LogsArguments,
    teller: &Teller,
) -> Result<Exit, EntraError> {
    if filter.into.is_some() && teller.format != Format::Csv {
        return Err(EntraError::usage("--into goes with --format csv"));
    }
    let job = &place.simulation.job;
    let last_cycle = job.last_cycle().map(|it| &it.activity_identifier);
    if filter.last_cycle && teller.format == Format::Text {
        let is_logged = job.logs().iter().any(|it| Some(&it.cycle_id) == last_cycle);
        if last_cycle.is_some() && !is_logged {
            teller.print("the last cycle logged nothing");
        }
    }
    let query = LogQuery {
        status: filter.status,
        action: filter.action,
        object: filter.identity.clone(),
        // Before the first cycle there is no cycle to be of.
        cycle: filter.last_cycle.then(|| last_cycle.cloned().unwrap_or_default()),
        limit: filter.last,
        ..LogQuery::default()
    };
    let found = query.choose(job.logs());
    match teller.format {
        Format::Json => found.iter().for_each(|it| teller.print(job.log_to_graph(it))),
        Format::Text => found.iter().for_each(|it| teller.print(line(it))),
        Format::Csv => {
            let files = csv_logs(found, APPLICATION);
            let Some(folder) = &filter.into else {
                teller.print(files.logs.trim_end());
                return Ok(Exit::Done);
            };
            fs::create_dir_all(folder).map_err(|it| unwritable(folder, &it))?;
            for (name, text) in [
                ("ProvisioningLogs.csv", files.logs),
                ("ProvisioningLogs_ProvisioningSteps.csv", files.steps),
                ("ProvisioningLogs_ModifiedProperties.csv", files.modified),
            ] {
                let path = folder.join(name);
                export(&path, &text).map_err(|it| unwritable(&path, &it))?;
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
