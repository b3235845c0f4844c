//! The state that a job keeps between cycles.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use smol_str::SmolStr;

use crate::record::{ErrorCode, LogEntry, LoggedType, Mail};
use crate::service::{Execution, Quarantine};

/// The job's state, as a state file holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct JobState {
    /// The version of the directory up to which everything is provisioned; `None` before an initial
    /// cycle has ended.
    pub(super) watermark: Option<u64>,
    /// By the source's `objectId`.
    pub(super) connectors: BTreeMap<SmolStr, Connector>,
    pub(super) escrows: BTreeMap<SmolStr, Escrow>,
    /// Objects whose deletion or disablement waits for approval.
    pub(super) staged: BTreeSet<SmolStr>,
    /// Whether the next cycle ignores the accidental-deletion threshold.
    pub(super) allow_deletes: bool,
    pub(super) quarantine: Option<Quarantine>,
    /// Why the service switched the job off, if it did.
    pub(super) disabled: Option<String>,
    pub(super) logs: Vec<LogEntry>,
    pub(super) outbox: Vec<Mail>,
    /// The number of ids that were made. It makes ids unique and repeatable.
    pub(super) ids: u64,
    /// The digest of the mappings and filters when the watermark was set.
    pub(super) fingerprint: Option<SmolStr>,
    pub(super) last: Option<Execution>,
    pub(super) last_successful: Option<Execution>,
    pub(super) last_with_exports: Option<Execution>,
    pub(super) first_steady: Option<Timestamp>,
    pub(super) last_steady: Option<Timestamp>,
    /// Cycles in a row in which nothing succeeded.
    pub(super) complete_failures: u64,
    /// The connectors by the target's id; derived from the connectors.
    #[serde(skip)]
    pub(super) anchors: HashMap<(bool, SmolStr), SmolStr>,
    /// The number of linked users and groups; derived from the connectors.
    #[serde(skip)]
    pub(super) linked: (usize, usize),
}

/// The link between an object of the source and one of the target, with the values that were sent
/// last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Connector {
    pub(super) of: LoggedType,
    pub(super) target_id: SmolStr,
    /// False after the object was disabled because it left the scope. It is not deleted later then
    /// (HOW).
    pub(super) managed: bool,
    /// By the mapping's target.
    pub(super) known: BTreeMap<SmolStr, Json>,
    /// Single references by the mapping's target.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) references: BTreeMap<SmolStr, Link>,
    /// The members by their `objectId`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) members: BTreeMap<SmolStr, Option<SmolStr>>,
    /// Whether `members` is complete. It is not for a group that existed before.
    pub(super) members_known: bool,
}

/// A reference as it was last evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Link {
    /// The other object of the source.
    pub(super) source: SmolStr,
    /// Its counterpart; `None` if it was out of scope, which only a restart repairs (KNOWN).
    pub(super) target: Option<SmolStr>,
}

/// An operation that failed and is tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Escrow {
    pub(super) of: LoggedType,
    pub(super) first_failure: Timestamp,
    /// The begin of its cycle: several references of one object that fail together count once.
    pub(super) last_failure: Timestamp,
    pub(super) retries: u32,
    pub(super) next_attempt: Timestamp,
    pub(super) code: ErrorCode,
    /// Whether only a manager or a member failed.
    pub(super) reference: bool,
}

impl JobState {
    /// Links an object, and removes its old link.
    ///
    /// # Errors
    ///
    /// The other object that has a link to this target. Nothing is changed then.
    pub(super) fn link(&mut self, source: &SmolStr, connector: Connector) -> Result<(), SmolStr> {
        let anchor = anchor(&connector);
        if let Some(other) = self.anchors.get(&anchor).filter(|it| *it != source) {
            return Err(other.clone());
        }
        self.unlink(source);
        *self.linked_of(connector.of) += 1;
        self.anchors.insert(anchor, source.clone());
        self.connectors.insert(source.clone(), connector);
        Ok(())
    }

    /// Forgets a link.
    pub(super) fn unlink(&mut self, source: &str) {
        if let Some(old) = self.connectors.remove(source) {
            let anchor = anchor(&old);
            if self.anchors.get(&anchor).is_some_and(|it| it == source) {
                self.anchors.remove(&anchor);
            }
            *self.linked_of(old.of) -= 1;
        }
    }

    /// Forgets all links.
    pub(super) fn unlink_all(&mut self) {
        self.connectors.clear();
        self.anchors.clear();
        self.linked = (0, 0);
    }

    fn linked_of(&mut self, of: LoggedType) -> &mut usize {
        match of {
            LoggedType::User => &mut self.linked.0,
            LoggedType::Group => &mut self.linked.1,
        }
    }

    /// Builds the indexes after the state was read.
    ///
    /// # Errors
    ///
    /// If two objects are linked to one.
    pub(super) fn index(&mut self) -> Result<(), String> {
        for (source, connector) in &self.connectors {
            if let Some(other) = self.anchors.insert(anchor(connector), source.clone()) {
                let id = &connector.target_id;
                return Err(format!("job.connectors: {source} and {other} share the target {id}"));
            }
        }
        let users = self.connectors.values().filter(|it| it.of == LoggedType::User).count();
        self.linked = (users, self.connectors.len() - users);
        Ok(())
    }
}

fn anchor(connector: &Connector) -> (bool, SmolStr) {
    (connector.of == LoggedType::User, connector.target_id.clone())
}
