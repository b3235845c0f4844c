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
pub(super) struct DelayedAnswers {
    epoch: AtomicU64,
    /// By number: who is to be woken.
    wakers: Mutex<Wakers>,
}

#[derive(Debug, Default)]
struct Wakers {
    latest: u64,
    by_number: HashMap<u64, Waker>,
}

/// Those who keep answers back in an epoch that has ended.
#[derive(Debug)]
#[must_use = "they sleep on until they are woken"]
pub struct EndedDelays(HashMap<u64, Waker>);

/// One who keeps an answer back; it is forgotten when it is dropped.
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

    /// Begins the next epoch; returns those who slept in the last one.
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
        // Every change of the map is one move, so a thread that died has left it whole.
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EndedDelays {
    /// Wakes them. To be called with nothing locked: a waker may do anything.
    pub fn wake(self) {
        self.0.into_values().for_each(Waker::wake);
    }
}

impl DelayedAnswer<'_> {
    /// Whether the tenant was reset since the request came; if not, `waker` is woken when it is.
    pub fn is_over(&self, waker: &Waker) -> bool {
        // First the waker, then the look: a reset in between finds the waker.
        let mut wakers = self.delays.lock();
        let old = wakers.by_number.insert(self.number, waker.clone());
        drop(wakers);
        drop(old); // with it may go a whole task, and a delayed answer in it
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
