//! Requests that have arrived and have no answer yet.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use super::{Exchange, Notifier, Record};

/// The requests to one tenant that are being answered. All are counted; those that wait are also listed.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    begun: AtomicU64,
    running: AtomicUsize,
    listed: Mutex<WaitingRequests>,
    /// Notifies when a request is added to the list or removed from it.
    notifier: Notifier,
    /// Notifies when the last running request has been answered.
    idle: Notifier,
}

#[derive(Debug, Default)]
struct WaitingRequests {
    latest: u64,
    requests: BTreeMap<u64, Arc<Exchange>>,
}

/// A request that is being answered. It is counted until this value is dropped.
#[derive(Debug)]
pub struct RunningRequest<'a> {
    arrivals: &'a Arrivals,
}

/// A request that waits before it can be answered (for its own body, or for a delay). It is listed until
/// this value is dropped.
#[derive(Debug)]
pub struct WaitingRequest<'a> {
    arrivals: &'a Arrivals,
    number: u64,
}

impl Arrivals {
    pub(super) fn begin(&self) -> RunningRequest<'_> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.running.fetch_add(1, Ordering::SeqCst);
        RunningRequest { arrivals: self }
    }

    pub(super) fn list(&self, record: Record) -> WaitingRequest<'_> {
        let exchange = Arc::new(Exchange { seq: 0, record, summary: String::new() });
        let mut listed = self.lock();
        listed.latest += 1;
        let number = listed.latest;
        listed.requests.insert(number, exchange);
        drop(listed);
        self.notifier.notify();
        WaitingRequest { arrivals: self, number }
    }

    pub(super) fn notifier(&self) -> &Notifier {
        &self.notifier
    }

    pub(super) fn idle_notifier(&self) -> &Notifier {
        &self.idle
    }

    pub(super) fn begun(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    pub(super) fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    pub(super) fn listed(&self) -> Vec<Arc<Exchange>> {
        self.lock().requests.values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, WaitingRequests> {
        // Every change is one move, so a thread that panicked has left the list complete.
        self.listed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RunningRequest<'_> {
    fn drop(&mut self) {
        if self.arrivals.running.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.arrivals.idle.notify();
        }
    }
}

impl Drop for WaitingRequest<'_> {
    fn drop(&mut self) {
        self.arrivals.lock().requests.remove(&self.number);
        self.arrivals.notifier.notify();
    }
}
