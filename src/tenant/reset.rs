//! Setting a tenant back, so that the next test finds it as the first one did.
//!
//! A request that began before the reset must not be seen after it: each brings the epoch in which
//! it began, and what it wants to do or to record in another one is not done.

use std::sync::{
    Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError, Weak,
    atomic::Ordering,
};

use super::{SnapshotError, State, Tenant, lives::EndedLives, snapshots::Kept};
use crate::{
    fault::EndedDelays,
    journal::{ClearedExchanges, Exchange, Record, Seq},
};

/// What a reset took away. Dropping it takes as long as there was much of it.
#[derive(Debug, Default)]
#[must_use = "dropping it may take long: better do it where nobody waits"]
pub struct Forgotten {
    states: Vec<Arc<State>>,
    exchanges: ClearedExchanges,
    tenant: Option<Arc<Tenant>>,
}

/// Keeps resets of a tenant waiting until it is dropped. Nobody who has one asks for another.
#[derive(Debug)]
pub struct Hold<'a> {
    tenant: &'a Tenant,
    _gate: RwLockReadGuard<'a, ()>,
}

/// How far a tenant had counted when it was taken away.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    /// The number of its latest exchange.
    pub(super) seq: Seq,
    /// The latest of its lives.
    pub(super) life: u64,
    /// What it began with: that content keeps its versions.
    pub(super) start: Weak<State>,
}

impl Past {
    /// Not less than either.
    pub(super) fn beyond(self, other: Self) -> Self {
        let (seq, life) = (self.seq.max(other.seq), self.life.max(other.life));
        Self { seq, life, start: Weak::new() }
    }
}

/// How many resources or exchanges are dropped without anybody noticing.
const FEW: usize = 500;

impl Tenant {
    /// How often it was reset.
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Does something in the epoch in which it was asked for, and keeps a reset waiting for it;
    /// `None` if the tenant was reset or closed meanwhile.
    ///
    /// `work` must not come back here, and must neither add a tenant to the registry nor take one away:
    /// that may wait for `work` to end.
    pub fn during<T>(&self, epoch: u64, work: impl FnOnce() -> T) -> Option<T> {
        // Who comes too late does not wait for those who came in time.
        if !self.is_in(epoch) {
            return None;
        }
        self.hold().during(epoch, work)
    }

    /// Keeps resets waiting, as soon as none is under way; see [`Tenant::during`].
    pub fn hold(&self) -> Hold<'_> {
        let gate = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        Hold { tenant: self, _gate: gate }
    }

    /// The same for who must not wait; `None` if a reset is under way, or waits for something.
    pub fn hold_now(&self) -> Option<Hold<'_>> {
        let gate = match self.gate.try_read() {
            Ok(gate) => gate,
            Err(TryLockError::Poisoned(gate)) => gate.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        Some(Hold { tenant: self, _gate: gate })
    }

    /// Whether a reset would wait: for what is under way, or for another one. Only tests want to know.
    #[cfg(any(test, feature = "internals"))]
    pub fn is_held(&self) -> bool {
        matches!(self.gate.try_write(), Err(TryLockError::WouldBlock))
    }

    fn is_in(&self, epoch: u64) -> bool {
        self.epoch() == epoch && !self.is_closed()
    }

    /// Sets the state back to what the tenant started with, or to a snapshot, and empties the
    /// journal with its counts; only the numbers of its exchanges go on. Ids and secrets then follow as they did from the start.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::Unknown`]; then nothing changed.
    pub fn reset(&self, to: Option<&str>) -> Result<Forgotten, SnapshotError> {
        let state = self.kept().state(to)?;
        Ok(self.begin_epoch(self.close_gate(), state))
    }

    /// As [`Tenant::reset`], asked for in this epoch; `None` if that is over, and then nothing changed.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::Unknown`].
    pub fn reset_in(
        &self,
        epoch: u64,
        to: Option<&str>,
    ) -> Result<Option<Forgotten>, SnapshotError> {
        let state = self.kept().state(to)?;
        let gate = self.close_gate_of(epoch);
        Ok(gate.map(|it| self.begin_epoch(it, state)))
    }

    /// Starts over with another state, to which later resets go back; asked for in this epoch. `None` if
    /// that is over, and then nothing changed.
    pub fn restart_in(&self, epoch: u64, state: Arc<State>) -> Option<Forgotten> {
        let gate = self.close_gate_of(epoch)?;
        // Its ids may be those of resources that clients have seen with other content.
        let state = Arc::new(State::clone(&state).renewed(self.next_life()));
        let before = self.kept().set_start(state.clone());
        let mut forgotten = self.begin_epoch(gate, state);
        forgotten.states.push(before);
        Some(forgotten)
    }

    /// Whether it was taken away from its server: whoever waits for something of it waits in vain.
    pub fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// How far it has counted once what is under way has ended.
    pub(super) fn past(&self) -> Past {
        let _ended = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        self.counted()
    }

    /// The same, if nothing is under way.
    pub(super) fn past_now(&self) -> Option<Past> {
        match self.gate.try_write() {
            Err(TryLockError::WouldBlock) => None,
            Ok(_) | Err(TryLockError::Poisoned(_)) => Some(self.counted()),
        }
    }

    fn counted(&self) -> Past {
        Past {
            seq: self.journal.seqs().end - 1,
            life: self.lives.load(Ordering::Acquire),
            start: Arc::downgrade(&self.kept().start()),
        }
    }

    /// The same tenant, new and not used yet, with numbers and versions that nobody of its name has given.
    pub(super) fn going_on_behind(self, past: &Past) -> Self {
        self.journal.continue_after(past.seq);
        let state = self.snapshot();
        let life = past.life.max(self.lives.load(Ordering::Acquire)) + 1;
        let is_known = Weak::as_ptr(&past.start) == Arc::as_ptr(&state);
        let state = if is_known { state } else { Arc::new(State::clone(&state).renewed(life)) };
        Self {
            life: life.into(),
            lives: life.into(),
            kept: Mutex::new(Kept::new(state.clone())),
            state: RwLock::new(state),
            ..self
        }
    }

    /// Ends what has not begun, as a reset does, and wakes whoever waits; what is under way goes on.
    /// Its journal stays for those who have the tenant.
    pub(super) fn end(&self) {
        // First, so that whoever sees the next epoch does not take it for a reset.
        self.is_closed.store(true, Ordering::Release);
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.wake_all(self.end_conditions());
    }

    fn begin_epoch(&self, gate: RwLockWriteGuard<'_, ()>, state: Arc<State>) -> Forgotten {
        // The past ends with the journal.
        let state = self.exchange_state(state, |it| *it.ended_lives() = EndedLives::default());
        let delays = self.end_conditions();
        let exchanges = self.journal.restart_silently();
        #[cfg(feature = "web")]
        self.sign_ins.end_epoch(self.epoch() - 1);
        drop(gate);
        self.wake_all(delays);
        Forgotten { states: vec![state], exchanges, tenant: None }
    }

    /// Waits for what is under way, and lets nothing of this epoch begin any more.
    fn close_gate(&self) -> RwLockWriteGuard<'_, ()> {
        let gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        self.epoch.fetch_add(1, Ordering::AcqRel);
        gate
    }

    /// The same if this is still the epoch, and the tenant has not been taken away.
    fn close_gate_of(&self, epoch: u64) -> Option<RwLockWriteGuard<'_, ()>> {
        let gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        let next =
            self.epoch.compare_exchange(epoch, epoch + 1, Ordering::AcqRel, Ordering::Acquire);
        next.is_ok().then_some(gate).filter(|_| !self.is_closed())
    }

    /// Wakes whoever waits; nothing is locked then, as a waker may do anything.
    fn wake_all(&self, delays: EndedDelays) {
        delays.wake();
        self.notifier.notify();
        self.journal.notifier().notify();
    }
}

impl<'a> Hold<'a> {
    /// Whose resets wait.
    pub fn tenant(&self) -> &'a Tenant {
        self.tenant
    }

    /// As [`Tenant::during`].
    pub fn during<T>(self, epoch: u64, work: impl FnOnce() -> T) -> Option<T> {
        self.tenant.is_in(epoch).then(work)
    }

    /// Records an exchange that began in this epoch; one of an earlier epoch is dropped.
    pub fn record(self, epoch: u64, record: Record) -> Option<Arc<Exchange>> {
        let journal = &self.tenant.journal;
        let added = self.during(epoch, || journal.add(record))?;
        Some(added.announce(journal))
    }
}

impl Forgotten {
    /// A tenant that was taken away.
    pub fn tenant(tenant: Arc<Tenant>) -> Self {
        Self { tenant: Some(tenant), ..Self::default() }
    }

    /// A state that another one replaced.
    pub fn state(state: Arc<State>) -> Self {
        Self { states: vec![state], ..Self::default() }
    }

    /// Drops it: here if that is soon done, else on a thread of its own.
    pub fn drop_aside(self) {
        // What others still have is not freed by dropping it here.
        let states = self.states.iter().filter(|it| Arc::strong_count(it) == 1);
        let tenant = self.tenant.as_ref().filter(|it| Arc::strong_count(it) == 1);
        let counts = states
            .map(|it| it.resources().count())
            .chain(tenant.map(|it| it.snapshot().resources().count()))
            .chain(tenant.map(|it| usize::try_from(it.journal.totals().exchanges).unwrap_or(FEW)))
            .chain([self.exchanges.count()]);
        if counts.sum::<usize>() <= FEW {
            return;
        }
        let thread = std::thread::Builder::new().name("mediusflow-drop".into());
        // Where no thread can be made, it is dropped with the closure that did not run.
        drop(thread.spawn(move || drop(self)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tenant::sample::{at, tenant};

    fn record() -> Record {
        Record::new(at(0), "GET", "/NordlysQA/scim/v2/Users")
    }

    #[test]
    fn ids_follow_again_as_they_did_from_the_start() {
        let tenant = tenant();
        tenant.restart_in(tenant.epoch(), tenant.snapshot()).unwrap().drop_aside();
        let first = tenant.post("Group", json!({"displayName": "Finance"})).unwrap().resource;
        tenant.drop_one("Group", &first.id).unwrap();

        tenant.reset(None).unwrap().drop_aside();

        let again = tenant.post("Group", json!({"displayName": "Finance"})).unwrap().resource;
        assert_eq!(again.id, first.id);
    }

    #[test]
    fn what_began_before_a_reset_is_neither_done_nor_recorded_after_it() {
        let tenant = tenant();
        let epoch = tenant.epoch();
        tenant.hold().record(epoch, record()).unwrap();

        tenant.reset(None).unwrap().drop_aside();

        assert!(tenant.during(epoch, || ()).is_none());
        assert!(tenant.hold().record(epoch, record()).is_none());
        assert_eq!(tenant.journal().totals().exchanges, 0);
        assert_eq!(tenant.hold().record(tenant.epoch(), record()).unwrap().seq, 2);
    }

    #[test]
    fn a_reset_to_an_unknown_snapshot_changes_nothing() {
        let tenant = tenant();
        let (epoch, revision) = (tenant.epoch(), tenant.revision());

        tenant.reset(Some("none")).unwrap_err();

        assert_eq!((tenant.epoch(), tenant.revision()), (epoch, revision));
    }
}
