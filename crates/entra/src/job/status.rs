//! The job as Graph shows it.

use serde_json::{Map, Value as Json, json};

use super::{INTERVAL, Job};
use crate::named_enum::named_enum;
use crate::record::CycleKind;
use crate::service::{Counts, Execution, Quarantine};

named_enum! {
    /// The status of a job (Graph's `synchronizationStatusCode`).
    JobCode {
        /// No cycle has run.
        NotRun = "NotRun",
        /// Cycles run.
        Active = "Active",
        /// Cycles run rarely, until one succeeds.
        Quarantine = "Quarantine",
        /// The service switched it off.
        Paused = "Paused",
    }
}

impl Job {
    /// The job as Graph's `synchronizationJob`, with its `synchronizationStatus`.
    pub fn status(&self) -> Json {
        let state = &self.state;
        let schedule = if state.disabled.is_some() { "Disabled" } else { "Active" };
        let threshold = self.configuration.accidental_deletion_threshold;
        let settings: Vec<Json> = threshold
            .iter()
            .map(|it| json!({ "name": "QuarantineTooManyDeletesThreshold", "value": it.to_string() }))
            .collect();
        let mut shown = json!({
            "id": self.id,
            "templateId": "MediusFlow",
            "schedule": { "expiration": null, "interval": INTERVAL.to_string(), "state": schedule },
            "synchronizationJobSettings": settings,
            "status": self.synchronization_status(),
        });
        if let Some(why) = &state.disabled {
            shown["disabled"] = why.as_str().into(); // Graph has no field for it
        }
        shown
    }

    /// Graph's `synchronizationStatusCode`.
    pub fn code(&self) -> JobCode {
        match (&self.state.quarantine, &self.state.last) {
            _ if self.state.disabled.is_some() => JobCode::Paused,
            (Some(_), _) => JobCode::Quarantine,
            (None, None) => JobCode::NotRun,
            (None, Some(_)) => JobCode::Active,
        }
    }

    /// The number of users and of groups that are linked.
    pub fn linked(&self) -> (usize, usize) {
        self.state.linked
    }

    fn synchronization_status(&self) -> Json {
        let state = &self.state;
        let by_type = [("User", state.linked.0), ("Group", state.linked.1)]
            .map(|(name, linked)| json!({ "key": name, "value": linked }));
        let mut status = json!({
            "code": self.code(),
            "countSuccessiveCompleteFailures": state.complete_failures,
            "escrowsPruned": false,
            "lastExecution": state.last.as_ref().map(|it| self.execution(it)),
            "lastSuccessfulExecution": state.last_successful.as_ref().map(|it| self.execution(it)),
            "lastSuccessfulExecutionWithExports":
                state.last_with_exports.as_ref().map(|it| self.execution(it)),
            "progress": [],
            "steadyStateFirstAchievedTime": state.first_steady.map(|it| it.to_string()),
            "steadyStateLastAchievedTime": state.last_steady.map(|it| it.to_string()),
            "synchronizedEntryCountByType": by_type,
            "troubleshootingUrl": null,
        });
        status["quarantine"] = state.quarantine.as_ref().map_or(Json::Null, Quarantine::to_graph);
        status
    }

    fn execution(&self, execution: &Execution) -> Json {
        let escrowed = self.state.escrows.values();
        let mut shown = execution.counts.to_graph(execution.kind);
        let more = json!({
            "activityIdentifier": execution.activity_identifier,
            "state": execution.state,
            "timeBegan": execution.began.to_string(),
            "timeEnded": execution.ended.to_string(),
            "countEscrowed": escrowed.clone().filter(|it| !it.reference).count(),
            "countEscrowedRaw": escrowed.count(),
        });
        shown.extend(more.as_object().cloned().unwrap_or_default());
        Json::Object(shown)
    }
}

impl Counts {
    fn to_graph(self, kind: CycleKind) -> Map<String, Json> {
        let deltas = if kind == CycleKind::Incremental { self.imported } else { 0 };
        let counts = json!({
            "countEntitled": self.entitled,
            "countEntitledForProvisioning": self.entitled,
            "countExported": self.exported(),
            "countExports": self.exported() + self.failed + self.failed_references,
            "countImported": self.imported,
            "countImportedDeltas": deltas,
            "countImportedReferenceDeltas": 0,
        });
        counts.as_object().cloned().unwrap_or_default()
    }
}
