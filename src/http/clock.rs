//! The clock of a server. This is the only code that reads the system clock.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};

/// The clock of a server.
#[derive(Clone, Debug, Default)]
pub enum ServerClock {
    /// The system clock.
    #[default]
    System,
    /// A clock that stands still, so that a test knows every `meta.created` in advance.
    Fixed(Timestamp),
    /// A clock that a test moves, so that keys and tokens expire without waiting.
    Manual(ManualClock),
}

/// A clock with microseconds that stands still until it is moved. Clones show the same time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    micros: Arc<AtomicI64>,
    /// How far it moves each time it is read.
    step: i64,
}

impl ServerClock {
    /// The current time.
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is where time enters")]
            Self::System => Timestamp::now(),
            Self::Fixed(at) => *at,
            Self::Manual(clock) => clock.now(),
        }
    }
}

impl ManualClock {
    /// A clock that shows this time.
    pub fn at(time: Timestamp) -> Self {
        Self { micros: Arc::new(AtomicI64::new(time.as_microsecond())), step: 0 }
    }

    /// The same clock, which moves by `step` each time it is read. So consecutive actions have different
    /// times, and always the same ones.
    #[must_use]
    pub fn ticking(mut self, step: SignedDuration) -> Self {
        self.step = micros(step);
        self
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        let now = self.micros.fetch_add(self.step, Ordering::AcqRel);
        Timestamp::from_microsecond(now).unwrap_or(Timestamp::MAX)
    }

    /// Moves the time forward, or back by a negative duration.
    pub fn advance(&self, by: SignedDuration) {
        self.micros.fetch_add(micros(by), Ordering::AcqRel);
    }
}

fn micros(by: SignedDuration) -> i64 {
    i64::try_from(by.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_in_all_its_copies() {
        let hand = ManualClock::at(Timestamp::UNIX_EPOCH);
        let clock = ServerClock::Manual(hand.clone());

        hand.advance(SignedDuration::from_hours(1));

        assert_eq!(clock.now().as_second(), 3_600);
    }
}
