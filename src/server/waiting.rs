//! Waiting on a thread that has no runtime.

use std::{
    sync::Arc,
    task::{Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use jiff::Timestamp;

use crate::journal::{
    ExpectationWait, Journal, Notifier, UnmetExpectation, VerifiedTraffic, WaitStep,
};

/// Wakes a thread that is parked.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits until `look` finds something; looks at first, and again whenever it is notified. `None` when
/// the time is over.
pub(super) fn wait<T>(
    notifier: &Notifier,
    patience: Duration,
    mut look: impl FnMut() -> Option<T>,
) -> Option<T> {
    let began = Instant::now();
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let listener = notifier.listener();
    loop {
        listener.arm(&waker);
        if let Some(found) = look() {
            return Some(found);
        }
        let left = patience.checked_sub(began.elapsed())?;
        thread::park_timeout(left);
    }
}

/// Waits until an expectation is met, or is not any more.
pub(super) fn settle(
    mut wait: ExpectationWait,
    journal: &Journal,
    now: impl Fn() -> Timestamp,
) -> Result<VerifiedTraffic, UnmetExpectation> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let (listener, began) = (journal.notifier().listener(), Instant::now());
    loop {
        listener.arm(&waker);
        let at = began.elapsed();
        match wait.step(journal, now(), at, &waker) {
            WaitStep::Met(met) => return Ok(met),
            WaitStep::Unmet(unmet) => return Err(unmet),
            WaitStep::Sleep(until) => thread::park_timeout(until.saturating_sub(at)),
        }
    }
}
