//! Under which conditions a tenant is used: its clock, its faults, and the states that a stale read
//! is answered from.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use super::{State, Tenant, TenantClock};
use crate::{
    fault::{EndedDelays, FaultBook},
    medius::TenantName,
};

/// What a test sets besides the state.
#[derive(Debug)]
pub(super) struct Conditions {
    faults: FaultBook,
    clock: TenantClock,
    /// The states before the last changes, oldest first: as many as a fault rule looks back.
    earlier: Mutex<VecDeque<Arc<State>>>,
}

impl Conditions {
    pub(super) fn new(seed: u64, name: &TenantName) -> Self {
        let faults = FaultBook::new(seed, name.as_str());
        Self { faults, clock: TenantClock::default(), earlier: Mutex::default() }
    }

    /// Keeps the state before a change, if a fault rule may look back at it.
    pub(super) fn keep(&self, old: &Arc<State>) {
        let depth = self.faults.staleness();
        if depth == 0 {
            return;
        }
        let mut earlier = self.earlier();
        earlier.push_back(old.clone());
        let surplus = earlier.len().saturating_sub(depth);
        earlier.drain(..surplus);
    }

    fn earlier(&self) -> MutexGuard<'_, VecDeque<Arc<State>>> {
        self.earlier.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tenant {
    /// What goes wrong on purpose, and how many requests are let through.
    pub fn faults(&self) -> &FaultBook {
        &self.conditions.faults
    }

    /// What its time is made of.
    pub fn clock(&self) -> &TenantClock {
        &self.conditions.clock
    }

    /// Sets the clock, and wakes whoever waits for a time.
    pub fn set_clock(&self, setting: super::ClockSetting) {
        self.conditions.clock.set(setting);
        self.notifier().notify();
    }

    /// Moves the clock on, or back by a negative duration, and wakes whoever waits for a time.
    pub fn advance_clock(&self, by: SignedDuration) {
        self.conditions.clock.advance(by);
        self.notifier().notify();
    }

    /// What time it is for this tenant when it is `base` for the server.
    pub fn now(&self, base: Timestamp) -> Timestamp {
        self.conditions.clock.at(base)
    }

    /// The state before the last so many changes, as far back as one is kept: changes are remembered
    /// from when the first rule with a stale read was made.
    pub fn earlier(&self, changes: usize) -> Arc<State> {
        let earlier = self.conditions.earlier();
        let at = earlier.len().saturating_sub(changes);
        earlier.get(at).cloned().unwrap_or_else(|| self.snapshot())
    }

    /// Forgets the states that no fault rule looks back at any more. To be called after rules went.
    pub fn forget_earlier(&self) {
        let mut earlier = self.conditions.earlier();
        let surplus = earlier.len().saturating_sub(self.faults().staleness());
        let gone: Vec<_> = earlier.drain(..surplus).collect();
        drop(earlier);
        drop(gone);
    }

    /// No faults, no limits, the server's time. Whoever keeps an answer back is returned and not woken:
    /// for who holds a lock.
    pub(super) fn end_conditions(&self) -> EndedDelays {
        self.conditions.clock.set(super::ClockSetting::Real);
        let delays = self.faults().clear();
        self.forget_earlier();
        delays
    }
}
