//! Delayed answers, and how a reset ends their delays.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::Waker,
};

/// The delayed answers of one tenant, and how often the tenant was reset.
#[derive(Debug, Default)]
pub(super) struct DelayedAnswers {
    epoch: AtomicU64,
    /// The wakers of the delayed answers, by number.
    wakers: Mutex<Wakers>,
}

#[derive(Debug, Default)]
struct Wakers {
    latest: u64,
    by_number: HashMap<u64, Waker>,
}

/// The delayed answers of an epoch that has ended.
#[derive(Debug)]
#[must_use = "the delays go on until `wake` is called"]
pub struct EndedDelays(HashMap<u64, Waker>);

/// A delayed answer. Dropping it removes the registration.
#[derive(Debug)]
pub struct DelayedAnswer<'a> {
    delays: &'a DelayedAnswers,
    epoch: u64,
    number: u64,
}

impl DelayedAnswers {
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// Begins the next epoch. Returns the delayed answers of the last one.
    pub(super) fn end_epoch(&self) -> EndedDelays {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        EndedDelays(std::mem::take(&mut self.lock().by_number))
    }

    pub(super) fn delayed_answer(&self, epoch: u64) -> DelayedAnswer<'_> {
        let mut wakers = self.lock();
        wakers.latest += 1;
        DelayedAnswer { delays: self, epoch, number: wakers.latest }
    }

    fn lock(&self) -> MutexGuard<'_, Wakers> {
        // Every change of the map is one move, so a thread that panicked has left it complete.
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EndedDelays {
    /// Wakes them. No lock may be held, since a waker may run any code.
    pub fn wake(self) {
        self.0.into_values().for_each(Waker::wake);
    }
}

impl DelayedAnswer<'_> {
    /// Whether the tenant was reset since the request arrived. If not, `waker` is called at the reset.
    pub fn is_over(&self, waker: &Waker) -> bool {
        // The waker is registered before the check, so that a reset in between calls it.
        let mut wakers = self.delays.lock();
        let old = wakers.by_number.insert(self.number, waker.clone());
        drop(wakers);
        drop(old); // this may drop a whole task, with a delayed answer in it
        self.delays.epoch() != self.epoch
    }
}

impl Drop for DelayedAnswer<'_> {
    fn drop(&mut self) {
        let mut wakers = self.delays.lock();
        let own = wakers.by_number.remove(&self.number);
        drop(wakers);
        drop(own);
    }
}
