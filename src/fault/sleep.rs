//! Those who keep an answer back, and how a reset wakes them.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::Waker,
};

/// Who keeps answers of one tenant back, and how often the tenant was reset.
#[derive(Debug, Default)]
pub(super) struct Sleepers {
    epoch: AtomicU64,
    /// By number: who is to be woken.
    asleep: Mutex<Asleep>,
}

#[derive(Debug, Default)]
struct Asleep {
    latest: u64,
    wakers: HashMap<u64, Waker>,
}

/// One who keeps an answer back; it is forgotten when it is dropped.
#[derive(Debug)]
pub struct Sleeper<'a> {
    sleepers: &'a Sleepers,
    epoch: u64,
    number: u64,
}

impl Sleepers {
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// Begins the next epoch and wakes all.
    pub(super) fn wake(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        // Woken after the lock is given back: a waker may do anything.
        let wakers = std::mem::take(&mut self.asleep().wakers);
        wakers.into_values().for_each(Waker::wake);
    }

    pub(super) fn sleeper(&self, epoch: u64) -> Sleeper<'_> {
        let mut asleep = self.asleep();
        asleep.latest += 1;
        Sleeper { sleepers: self, epoch, number: asleep.latest }
    }

    fn asleep(&self) -> MutexGuard<'_, Asleep> {
        // Every change of the map is one move, so a thread that died has left it whole.
        self.asleep.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sleeper<'_> {
    /// Whether the tenant was reset since the request came; if not, `waker` is woken when it is.
    pub fn is_over(&self, waker: &Waker) -> bool {
        // First the waker, then the look: a reset in between finds the waker.
        self.sleepers.asleep().wakers.insert(self.number, waker.clone());
        self.sleepers.epoch() != self.epoch
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        self.sleepers.asleep().wakers.remove(&self.number);
    }
}
