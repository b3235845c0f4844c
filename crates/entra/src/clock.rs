//! What tells a job the time, and how it waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The time as a job sees it. All waiting goes through it, so that thirty days pass in a test as
/// fast as a millisecond.
pub trait JobClock {
    /// What time it is.
    fn now(&self) -> Timestamp;

    /// Returns when this much time has passed.
    fn wait(&self, time: SignedDuration);
}

/// The machine's clock: waiting takes the time it says.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl JobClock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where time enters")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is how a job waits for real")]
    fn wait(&self, time: SignedDuration) {
        std::thread::sleep(time.try_into().unwrap_or_default()); // a negative time is over already
    }
}

/// A clock that stands still until somebody moves it or waits; copies show the same time.
#[derive(Clone, Debug)]
pub struct SimulatedClock(Arc<AtomicI64>);

impl SimulatedClock {
    /// A clock that shows this time, to the microsecond.
    pub fn at(time: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(time.as_microsecond())))
    }

    /// Moves it.
    pub fn advance(&self, time: SignedDuration) {
        let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_add(micros, Ordering::AcqRel);
    }
}

impl JobClock for SimulatedClock {
    fn now(&self) -> Timestamp {
        let micros = self.0.load(Ordering::Acquire);
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }

    fn wait(&self, time: SignedDuration) {
        if time.is_positive() {
            self.advance(time);
        }
    }
}
