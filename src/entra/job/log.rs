//! What a cycle writes into the provisioning logs, and whom it puts into escrow.

use smol_str::SmolStr;

use super::cycle::{Case, Run};
use super::state::Escrow;
use crate::entra::record::{Action, LogEntry, Status};
use crate::entra::target::Failure;

impl Run<'_> {
    /// Logs a failure and puts it into escrow.
    pub(super) fn fail(
        &mut self,
        case: &Case<'_>,
        action: Action,
        failure: &Failure,
        reference: bool,
    ) {
        let (now, of) = (self.moment.now, case.object.object_type().into());
        let code = failure.code;
        let escrows = &mut self.state.escrows;
        let escrow = match escrows.entry(case.object.object_id.clone()) {
            std::collections::btree_map::Entry::Occupied(old) => {
                let escrow = old.into_mut();
                escrow.failed_again(code, reference, now);
                escrow
            }
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(Escrow::new(of, code, reference, now))
            }
        };
        let (retries, next) = (escrow.retries, escrow.next_attempt.max(now + super::INTERVAL));
        let status = if reference { Status::Warning } else { Status::Failure };
        let mut line = self.line(case, action, status);
        line.error = Some(code);
        line.reason = format!(
            "{} This operation was retried {retries} times. It will be retried again after this \
             date: {next} UTC",
            failure.reason
        );
        self.state.logs.push(line);
    }

    /// A log line of an object, without what only its action knows.
    pub(super) fn line(&mut self, case: &Case<'_>, action: Action, status: Status) -> LogEntry {
        self.state.ids += 1;
        let name = format!("{}/{}", self.cycle_id, self.state.ids);
        let id = |kind: &str| {
            let name = format!("{name}/{kind}");
            SmolStr::from(
                uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, name.as_bytes()).to_string(),
            )
        };
        let object = case.object;
        let connector = self.state.connectors.get(&object.object_id);
        LogEntry {
            id: id("log"),
            change_id: id("change"),
            cycle_id: self.cycle_id.clone(),
            at: self.now(),
            took_ms: 0,
            action,
            status,
            error: None,
            reason: String::new(),
            of: object.object_type().into(),
            source_id: object.object_id.clone(),
            source_name: object.name().into(),
            target_id: connector.map(|it| it.target_id.clone()),
            scope: case.scope,
            matched: None,
            modified: Vec::new(),
        }
    }

    pub(super) fn took(&self, began: jiff::Timestamp) -> i64 {
        i64::try_from(self.now().duration_since(began).as_millis()).unwrap_or(i64::MAX)
    }
}
