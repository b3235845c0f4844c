//! Writes the provisioning logs and puts failed objects into escrow.

use jiff::Timestamp;
use smol_str::{SmolStr, ToSmolStr as _};

use super::cycle_run::{Case, CycleRun, Pass, Verdict};
use super::state::{Escrow, JobState};
use crate::record::{Action, ErrorCode, LogEntry, Status};
use crate::target_client::Failure;

/// The cycle that a log line belongs to, and the time of the line.
#[derive(Clone, Copy)]
pub(super) struct LogStamp<'a> {
    pub(super) cycle_id: &'a SmolStr,
    pub(super) at: Timestamp,
}

impl CycleRun<'_> {
    /// Logs a failure and puts it into escrow.
    pub(super) fn fail(&mut self, case: &Case<'_>, action: Action, failure: &Failure, pass: Pass) {
        let (now, of) = (self.moment.now, case.object.object_type().into());
        let code = failure.code;
        let escrows = &mut self.state.escrows;
        let escrow = match escrows.entry(case.object.object_id.clone()) {
            std::collections::btree_map::Entry::Occupied(old) => {
                let escrow = old.into_mut();
                escrow.failed_again(code, pass, now);
                escrow
            }
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(Escrow::new(of, code, pass, now))
            }
        };
        let (retries, next) = (escrow.retries, escrow.next_attempt.max(now + super::INTERVAL));
        let unresolved = code == ErrorCode::UnableToResolveReference;
        let status = if unresolved { Status::Warning } else { Status::Failure };
        let mut line = self.line(case, action, status);
        (line.error, line.http_status) = (Some(code), failure.http_status);
        line.modified = std::mem::take(&mut self.attempt.tried);
        let times = if retries == 1 { "time" } else { "times" };
        line.reason = format!(
            "{} This operation was retried {retries} {times}. It will be retried again after this \
             date: {next:.0} UTC",
            failure.reason
        );
        self.state.logs.push(line);
    }

    /// A log line of an object, without the fields that depend on the action.
    pub(super) fn line(&mut self, case: &Case<'_>, action: Action, status: Status) -> LogEntry {
        let now = self.now();
        let stamp = LogStamp { cycle_id: &self.cycle_id, at: now };
        self.state.line(stamp, case, action, status)
    }

    pub(super) fn took(&self, began: Timestamp) -> i64 {
        i64::try_from(self.now().duration_since(began).as_millis()).unwrap_or(i64::MAX)
    }
}

impl JobState {
    pub(super) fn line(
        &mut self,
        stamp: LogStamp<'_>,
        case: &Case<'_>,
        action: Action,
        status: Status,
    ) -> LogEntry {
        let LogStamp { cycle_id, at } = stamp;
        self.ids += 1;
        let name = format!("{cycle_id}/{}", self.ids);
        let id = |kind: &str| {
            let name = format!("{name}/{kind}");
            uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, name.as_bytes()).to_smolstr()
        };
        let object = case.object;
        let connector = self.connectors.get(&object.object_id);
        LogEntry {
            id: id("log"),
            change_id: id("change"),
            cycle_id: cycle_id.clone(),
            at,
            took_ms: 0,
            action,
            status,
            error: None,
            reason: String::new(),
            http_status: None,
            of: object.object_type().into(),
            source_id: object.object_id.clone(),
            source_name: object.name().into(),
            target_id: connector.map(|it| it.target_id.clone()),
            scope: case.scope,
            matched: None,
            modified: Vec::new(),
        }
    }

    /// The action that a decision leads to.
    pub(super) fn attempted(&self, case: &Case<'_>) -> Action {
        match case.verdict {
            Verdict::Provision if self.connectors.contains_key(&case.object.object_id) => {
                Action::Update
            }
            Verdict::Provision => Action::Create,
            Verdict::Disable(_) => Action::Disable,
            Verdict::Delete => Action::Delete,
            Verdict::Skip | Verdict::Forget | Verdict::Leave(_) => Action::Other,
        }
    }
}
