//! The times at which failed operations and quarantined jobs are tried again (QUAR).

use jiff::{SignedDuration, Timestamp};

use super::cycle_run::Pass;
use super::state::Escrow;
use crate::record::{ErrorCode, LoggedType};

/// The time after which a failed object is given up and a quarantined job is switched off.
pub(super) const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(28 * 24);

/// The time of the `nth` attempt, from 1, after a first failure: after 6, 12 and 24 hours, then
/// every 24 hours.
pub(super) fn attempt_at(first: Timestamp, nth: u32) -> Timestamp {
    let hours = match nth {
        0 | 1 => 6,
        2 => 12,
        _ => 24 * i64::from(nth - 2),
    };
    first + SignedDuration::from_hours(hours)
}

impl Escrow {
    /// The first failure: the next cycle tries again.
    pub(super) fn new(of: LoggedType, code: ErrorCode, pass: Pass, now: Timestamp) -> Self {
        let (first_failure, last_failure) = (now, now);
        let reference = pass == Pass::References;
        Self { of, first_failure, last_failure, retries: 0, next_attempt: now, code, reference }
    }

    /// Another failure: the interval until the next attempt grows.
    pub(super) fn failed_again(&mut self, code: ErrorCode, pass: Pass, now: Timestamp) {
        if self.last_failure != now {
            self.retries += 1;
            self.next_attempt = attempt_at(self.first_failure, self.retries);
        }
        self.last_failure = now;
        (self.code, self.reference) = (code, pass == Pass::References);
    }

    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.next_attempt <= now
    }

    pub(super) fn is_given_up(&self, now: Timestamp) -> bool {
        now.duration_since(self.first_failure) >= GIVEN_UP_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_in_the_next_cycle_then_after_6_12_and_24_hours_then_daily() {
        let first = Timestamp::UNIX_EPOCH;
        let mut escrow = Escrow::new(LoggedType::User, ErrorCode::Timeout, Pass::Objects, first);
        let mut hours = Vec::new();
        for nth in 1..7 {
            hours.push(escrow.next_attempt.duration_since(first).as_hours());
            let now = first + SignedDuration::from_hours(nth);
            escrow.failed_again(ErrorCode::Timeout, Pass::Objects, now);
            escrow.failed_again(ErrorCode::Timeout, Pass::Objects, now);
        }

        assert_eq!(hours, [0, 6, 12, 24, 48, 72]);
        assert!(!escrow.is_given_up(first + SignedDuration::from_hours(27 * 24)));
        assert!(escrow.is_given_up(first + SignedDuration::from_hours(28 * 24)));
    }
}
