//! States of a tenant that were given a name, to come back to.

use std::{
    collections::BTreeMap,
    sync::{Arc, MutexGuard, PoisonError, atomic::Ordering},
};

use jiff::Timestamp;
use smol_str::SmolStr;

use super::{State, Tenant};
use crate::scim::{is_dot_segment, quoted};

/// How many snapshots a tenant has at most, and how long a name is, in bytes.
const MOST: (usize, usize) = (1_000, 100);

/// What a tenant can be set back to.
#[derive(Debug)]
pub(super) struct Kept {
    /// What it started with.
    start: Arc<State>,
    snapshots: BTreeMap<SmolStr, Snapshot>,
}

/// A state with a name. Holding it costs what differs from the present one.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// When it was taken.
    pub taken: Timestamp,
    /// All that the tenant held then.
    pub state: Arc<State>,
}

/// Why there is no snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// None has this name.
    #[error("there is no snapshot {name}{}", those(known), name = quoted(name))]
    Unknown {
        /// The name that was given.
        name: String,
        /// Those there are.
        known: Vec<SmolStr>,
    },
    /// It cannot be called so.
    #[error("a snapshot's name has 1 to {} bytes, and is neither \".\" nor \"..\"", MOST.1)]
    Name,
    /// There are too many.
    #[error("there are {} snapshots, and a tenant has no more", MOST.0)]
    TooMany,
}

impl Kept {
    pub(super) fn new(start: Arc<State>) -> Self {
        Self { start, snapshots: BTreeMap::new() }
    }

    /// What the tenant started with.
    pub(super) fn start(&self) -> Arc<State> {
        self.start.clone()
    }

    /// The state of a snapshot, or what the tenant started with.
    pub(super) fn state(&self, name: Option<&str>) -> Result<Arc<State>, SnapshotError> {
        let Some(name) = name else { return Ok(self.start.clone()) };
        let found = self.snapshots.get(name).map(|it| it.state.clone());
        found.ok_or_else(|| self.unknown(name))
    }

    fn unknown(&self, name: &str) -> SnapshotError {
        let known = self.snapshots.keys().cloned().collect();
        SnapshotError::Unknown { name: name.into(), known }
    }

    pub(super) fn set_start(&mut self, start: Arc<State>) -> Arc<State> {
        std::mem::replace(&mut self.start, start)
    }
}

impl Tenant {
    /// The snapshot of this name.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::Unknown`].
    pub fn snapshot_named(&self, name: &str) -> Result<Snapshot, SnapshotError> {
        let kept = self.kept();
        kept.snapshots.get(name).cloned().ok_or_else(|| kept.unknown(name))
    }

    /// Gives the present state a name; an older snapshot of that name gives way. Costs the same
    /// however much the tenant holds.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::Name`], [`SnapshotError::TooMany`].
    pub fn take_snapshot(&self, name: &str, now: Timestamp) -> Result<Snapshot, SnapshotError> {
        if name.is_empty() || name.len() > MOST.1 || is_dot_segment(name) {
            return Err(SnapshotError::Name);
        }
        let snapshot = Snapshot { taken: now, state: self.snapshot() };
        let mut kept = self.kept();
        if kept.snapshots.len() >= MOST.0 && !kept.snapshots.contains_key(name) {
            return Err(SnapshotError::TooMany);
        }
        let old = kept.snapshots.insert(name.into(), snapshot.clone());
        drop(kept);
        drop(old); // frees what only it held: not while others wait
        Ok(snapshot)
    }

    /// The snapshots, ordered by name.
    pub fn snapshots(&self) -> Vec<(SmolStr, Snapshot)> {
        self.kept().snapshots.iter().map(|(name, it)| (name.clone(), it.clone())).collect()
    }

    /// The state that a snapshot holds.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::Unknown`].
    pub fn snapshot_called(&self, name: &str) -> Result<Arc<State>, SnapshotError> {
        self.kept().state(Some(name))
    }

    /// Takes a snapshot away.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::Unknown`].
    pub fn delete_snapshot(&self, name: &str) -> Result<Snapshot, SnapshotError> {
        let mut kept = self.kept();
        let gone = kept.snapshots.remove(name);
        gone.ok_or_else(|| kept.unknown(name))
    }

    /// Sets the state back to a snapshot; the journal goes on. Costs the same however much either
    /// holds. Returns the state that was there.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::Unknown`].
    pub fn restore(&self, name: &str) -> Result<Arc<State>, SnapshotError> {
        Ok(self.replace_state(self.snapshot_called(name)?))
    }

    /// Puts another state in the place of the present one, whole. Returns the one that was there.
    pub fn replace_state(&self, state: Arc<State>) -> Arc<State> {
        let old = self.exchange_state(state, |tenant| {
            let ended = tenant.ending_life();
            tenant.ended_lives().note(ended);
        });
        self.notifier.notify();
        old
    }

    /// The same, and nobody is told; `before` is done while nobody writes.
    pub(super) fn exchange_state(
        &self,
        state: Arc<State>,
        before: impl FnOnce(&Self),
    ) -> Arc<State> {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        before(self);
        self.life.store(self.next_life(), Ordering::Release);
        let known = |it: &State| it.console().known().collect::<Vec<_>>();
        let (present, kept) = (known(&self.snapshot()), known(&state));
        self.end_secrets(present.into_iter().filter(|it| !kept.contains(it)));
        self.put_in_place(state)
    }

    pub(super) fn kept(&self) -> MutexGuard<'_, Kept> {
        // Every change is one insertion or removal, so a thread that died left it whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn those(known: &[SmolStr]) -> String {
    match known {
        [] => ", nor any other".to_owned(),
        known => format!("; there are: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tenant::sample::{at, tenant};

    #[test]
    fn a_restored_state_is_the_one_that_was_kept() {
        let tenant = tenant();
        let kept = tenant.take_snapshot("before", at(1)).unwrap();
        tenant.post("Group", json!({"displayName": "Finance"})).unwrap();
        let revision = tenant.revision();

        let old = tenant.restore("before").unwrap();

        assert_eq!(old.resources().len("Group"), 1);
        assert!(Arc::ptr_eq(&tenant.snapshot(), &kept.state));
        assert_eq!(tenant.revision(), revision + 1);
    }

    #[test]
    fn an_unknown_snapshot_names_those_there_are() {
        let tenant = tenant();
        tenant.take_snapshot("one", at(1)).unwrap();

        assert_eq!(
            tenant.restore("two").unwrap_err().to_string(),
            "there is no snapshot \"two\"; there are: one"
        );
        assert_eq!(tenant.take_snapshot("", at(1)).unwrap_err(), SnapshotError::Name);
        assert!(tenant.delete_snapshot("one").is_ok());
        assert!(tenant.delete_snapshot("one").is_err());
    }
}
