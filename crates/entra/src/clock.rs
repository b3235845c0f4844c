//! The clock of a job, which also does the waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The clock of a job. All waiting goes through it, so that a test can let thirty days pass in a
/// millisecond.
pub trait JobClock {
    /// The present time.
    fn now(&self) -> Timestamp;

    /// Waits for this long.
    fn wait(&self, time: SignedDuration);
}

/// The machine's clock. Waiting takes real time.
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

/// A clock that moves only when it is advanced or waited for. Copies share the time.
#[derive(Clone, Debug)]
pub struct SimulatedClock(Arc<AtomicI64>);

impl SimulatedClock {
    /// A clock set to this time, to the microsecond.
    pub fn at(time: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(time.as_microsecond())))
    }

    /// Advances the clock.
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
