//! What time it is for one tenant: the server's time, stopped, moved or sped up.

use std::sync::{
    PoisonError, RwLock,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The earliest time that a clock shows: what comes before it has no form in RFC 3339 §5.6, whose years have four
/// digits.
const EARLIEST: Timestamp = Timestamp::constant(-62_167_219_200, 0); // 0000-01-01T00:00:00Z

/// How a tenant's time follows from the server's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "camelCase", deny_unknown_fields)]
pub enum ClockSetting {
    /// It is the server's.
    #[default]
    Real,
    /// It stands still.
    Frozen {
        /// At this time.
        at: Timestamp,
    },
    /// It runs ahead, or behind if negative.
    Offset {
        /// By so much.
        by: SignedDuration,
    },
    /// It runs faster or slower.
    Scaled {
        /// How many of its seconds pass in one of the server's.
        factor: f64,
        /// The server's time when it began.
        since: Timestamp,
        /// What it showed then.
        from: Timestamp,
    },
}

/// The clock of one tenant. It is read with the server's time in hand, since nothing here reads the
/// machine's.
#[derive(Debug, Default)]
pub struct TenantClock {
    /// Whether it differs from the server's: most never do, and are read without a lock.
    is_set: AtomicBool,
    setting: RwLock<ClockSetting>,
    /// How much time was skipped in all, in microseconds.
    skipped: AtomicI64,
}

impl ClockSetting {
    /// What time it is when it is `base` for the server.
    pub fn at(self, base: Timestamp) -> Timestamp {
        match self {
            Self::Real => base,
            Self::Frozen { at } => at.max(EARLIEST),
            Self::Offset { by } => moved(base, by),
            Self::Scaled { factor, since, from } => {
                let passed = base.duration_since(since).as_secs_f64() * factor;
                // Far beyond what a timestamp holds, and not beyond what a duration does.
                moved(from, SignedDuration::from_secs_f64(passed.clamp(-1e12, 1e12)))
            }
        }
    }

    /// The same, moved on by this, or back by a negative one.
    #[must_use]
    pub fn advanced(self, by: SignedDuration) -> Self {
        match self {
            Self::Real => Self::Offset { by },
            Self::Frozen { at } => Self::Frozen { at: moved(at, by) },
            Self::Offset { by: before } => Self::Offset { by: before.saturating_add(by) },
            Self::Scaled { factor, since, from } => {
                Self::Scaled { factor, since, from: moved(from, by) }
            }
        }
    }
}

impl TenantClock {
    /// What time it is when it is `base` for the server.
    pub fn at(&self, base: Timestamp) -> Timestamp {
        if self.is_set.load(Ordering::Acquire) { self.setting().at(base) } else { base }
    }

    /// How it is set.
    pub fn setting(&self) -> ClockSetting {
        *self.setting.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets it.
    pub(super) fn set(&self, setting: ClockSetting) {
        self.change(|_| setting);
    }

    /// Moves it on, or back by a negative duration; says how it is set then.
    pub(super) fn advance(&self, by: SignedDuration) -> ClockSetting {
        self.skip(by);
        self.change(|it| it.advanced(by))
    }

    /// Counts time as waited for, though it did not pass for the server; none if it is negative.
    pub fn skip(&self, time: SignedDuration) {
        let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX).max(0);
        let before = self.skipped.fetch_add(micros, Ordering::AcqRel);
        if before.checked_add(micros).is_none() {
            self.skipped.store(i64::MAX, Ordering::Release); // far beyond what a timestamp holds
        }
    }

    /// The time by which callers wait, when it is `base` for the server: that of the server and of every
    /// client, and what was skipped. However the clock is set, it runs as a client's does.
    pub fn waited(&self, base: Timestamp) -> Timestamp {
        moved(base, SignedDuration::from_micros(self.skipped.load(Ordering::Acquire)))
    }

    fn change(&self, change: impl FnOnce(ClockSetting) -> ClockSetting) -> ClockSetting {
        let mut setting = self.setting.write().unwrap_or_else(PoisonError::into_inner);
        *setting = change(*setting);
        self.is_set.store(*setting != ClockSetting::Real, Ordering::Release);
        *setting
    }
}

/// A time moved on; it stops at the ends of what a timestamp in text can say.
fn moved(time: Timestamp, by: SignedDuration) -> Timestamp {
    let end = if by.is_negative() { EARLIEST } else { Timestamp::MAX };
    time.checked_add(by).unwrap_or(end).max(EARLIEST)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[rstest]
    #[case(ClockSetting::Real, 100, 110)]
    #[case(ClockSetting::Frozen { at: second(7) }, 7, 17)]
    #[case(ClockSetting::Offset { by: SignedDuration::from_secs(-40) }, 60, 70)]
    #[case(ClockSetting::Scaled { factor: 60.0, since: second(98), from: second(1_000) }, 1_120, 1_130)]
    fn a_clock_is_read_and_moved(
        #[case] setting: ClockSetting,
        #[case] shown: i64,
        #[case] advanced: i64,
    ) {
        let clock = TenantClock::default();

        clock.set(setting);
        let before = clock.at(second(100));
        clock.advance(SignedDuration::from_secs(10));

        assert_eq!((before, clock.at(second(100))), (second(shown), second(advanced)));
    }

    #[test]
    fn a_clock_stops_at_the_ends_of_time() {
        let far = ClockSetting::Offset { by: SignedDuration::MAX };
        let fast = ClockSetting::Scaled { factor: -1e18, since: second(0), from: second(0) };

        assert_eq!(far.at(second(0)), Timestamp::MAX);
        assert_eq!(fast.at(second(9)).to_string(), "0000-01-01T00:00:00Z");
        assert_eq!(ClockSetting::Frozen { at: Timestamp::MIN }.at(second(0)), EARLIEST);
    }
}
