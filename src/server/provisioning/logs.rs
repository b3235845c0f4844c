//! The provisioning logs: a choice of lines, as Graph's JSON or as one of the portal's CSV files.

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    Refusal,
    configure::{invalid, read},
    worker::Worker,
};
use crate::{
    entra::{Action, LogEntry, Status, csv_logs},
    scim::{fold, quoted},
};

/// The query of `GET entra/logs`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Query {
    format: Option<Format>,
    /// Which of the CSV files.
    file: Option<String>,
    status: Option<Status>,
    action: Option<Action>,
    /// A part of the object's name, or its whole id.
    object: Option<String>,
    cycle: Option<String>,
    /// The latest so many lines.
    limit: Option<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Format {
    Json,
    Csv,
}

impl Worker {
    /// `{"total", "items"}`, or `{"csv"}` with the text of the file.
    ///
    /// # Errors
    ///
    /// 400 `invalid-query` naming the parameter.
    pub(super) fn logs(&self, query: &Json) -> Result<Json, Refusal> {
        self.chosen(query).map_err(|refusal| {
            let detail =
                refusal.detail.replacen("the body does not fit", "the query does not fit", 1);
            Refusal { code: "invalid-query", detail, ..refusal }
        })
    }

    fn chosen(&self, query: &Json) -> Result<Json, Refusal> {
        let query: Query = read(query)?;
        let mut lines: Vec<&LogEntry> =
            self.job.logs().iter().filter(|it| query.admits(it)).collect();
        if let Some(limit) = &query.limit {
            let problem = |_| invalid("limit", format!("limit: {} is no number", quoted(limit)));
            let limit: usize = limit.parse().map_err(problem)?;
            lines.drain(..lines.len().saturating_sub(limit));
        }
        if query.format == Some(Format::Csv) {
            let files = csv_logs(lines, "MediusFlow");
            let csv = match query.file.as_deref() {
                None | Some("logs") => files.logs,
                Some("steps") => files.steps,
                Some("modified") => files.modified,
                Some(other) => {
                    let detail =
                        format!("file: expected logs, steps or modified, found {}", quoted(other));
                    return Err(invalid("file", detail));
                }
            };
            return Ok(json!({"csv": csv}));
        }
        let items: Vec<Json> = lines.into_iter().map(|it| self.job.log_to_graph(it)).collect();
        Ok(json!({"total": items.len(), "items": items}))
    }
}

impl Query {
    fn admits(&self, entry: &LogEntry) -> bool {
        let is_about = |part: &String| {
            entry.source_id == part.as_str() || fold(&entry.source_name).contains(&*fold(part))
        };
        self.status.is_none_or(|it| it == entry.status)
            && self.action.is_none_or(|it| it == entry.action)
            && self.cycle.as_ref().is_none_or(|it| entry.cycle_id == it.as_str())
            && self.object.as_ref().is_none_or(is_about)
    }
}
