//! Why exchanges have left the journal: a reader that misses some is told.

use std::{collections::VecDeque, fmt};

use serde::Serialize;

use super::Seq;

/// How many changes of the reason are remembered. Where the limits are reached by turns, the oldest
/// reasons are forgotten, not the count.
const RUNS: usize = 256;

/// Why an exchange has left the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RemovalReason {
    /// There were more exchanges than the journal keeps.
    ByCount,
    /// They held more memory than the journal may.
    ByBytes,
    /// Somebody deleted them.
    Deleted,
}

/// The exchanges that have left since the last reset, in runs of one reason. They leave in the order
/// in which they came, so each run goes on where the one before ends.
#[derive(Debug, Default)]
pub(super) struct Removals(VecDeque<(Seq, RemovalReason)>);

/// How many exchanges are missing from a range, by the reason for which they have left the journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MissingExchanges {
    /// How many were evicted, since there were too many.
    pub evicted_by_count: u64,
    /// How many were evicted, since they held too much memory.
    pub evicted_by_bytes: u64,
    /// How many were deleted (`DELETE requests`).
    pub deleted: u64,
    /// How many left too long ago to tell the reason.
    pub unknown: u64,
}

impl Removals {
    /// Notes that everything up to this exchange has left.
    pub(super) fn note(&mut self, last: Seq, why: RemovalReason) {
        match self.0.back_mut() {
            Some((end, reason)) if *reason == why => *end = last,
            _ => self.0.push_back((last, why)),
        }
        if self.0.len() > RUNS {
            self.0.pop_front();
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Those that have left after a cursor; `missed` of them are known to be missing.
    pub(super) fn after(&self, cursor: Seq, missed: u64) -> MissingExchanges {
        let mut told = MissingExchanges::default();
        let mut end = cursor + missed;
        for (at, (last, why)) in self.0.iter().enumerate().rev() {
            let begin = match at.checked_sub(1) {
                Some(before) => self.0[before].0,
                // What left before the first run that is remembered is counted below.
                None if self.0.len() < RUNS => 0,
                None => last - 1,
            };
            let count = end.min(*last).saturating_sub(begin.max(cursor));
            match why {
                RemovalReason::ByCount => told.evicted_by_count += count,
                RemovalReason::ByBytes => told.evicted_by_bytes += count,
                RemovalReason::Deleted => told.deleted += count,
            }
            end -= count;
        }
        told.unknown = missed - told.total();
        told
    }
}

impl MissingExchanges {
    /// How many, for whatever reason.
    pub fn total(&self) -> u64 {
        self.evicted_by_count + self.evicted_by_bytes + self.deleted + self.unknown
    }
}

impl fmt::Display for MissingExchanges {
    /// The reasons that there are: `3 were evicted by the limit of exchanges, 2 were deleted`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons = [
            (self.evicted_by_count, "evicted by the journal's limit of exchanges"),
            (self.evicted_by_bytes, "evicted by the journal's limit of bytes"),
            (self.deleted, "deleted by DELETE requests"),
            (self.unknown, "evicted or deleted"),
        ];
        let mut told = reasons.iter().filter(|(count, _)| *count > 0);
        if let Some((count, why)) = told.next() {
            write!(out, "{count} {why}")?;
        }
        told.try_for_each(|(count, why)| write!(out, ", {count} {why}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_counted_within_the_range() {
        let mut removals = Removals::default();
        removals.note(3, RemovalReason::ByCount);
        removals.note(4, RemovalReason::ByCount);
        removals.note(6, RemovalReason::ByBytes);
        removals.note(10, RemovalReason::Deleted);

        let all = removals.after(0, 10);
        let late = removals.after(5, 5);

        assert_eq!((all.evicted_by_count, all.evicted_by_bytes, all.deleted), (4, 2, 4));
        assert_eq!((late.evicted_by_count, late.evicted_by_bytes, late.deleted), (0, 1, 4));
        assert_eq!((all.total(), late.total()), (10, 5));
        let words = "1 evicted by the journal's limit of bytes, 4 deleted by DELETE requests";
        assert_eq!(late.to_string(), words);
    }

    #[test]
    fn a_reason_that_is_forgotten_is_not_made_up() {
        let mut removals = Removals::default();
        for last in 1..=1_000 {
            let why = if last % 2 == 0 { RemovalReason::ByCount } else { RemovalReason::ByBytes };
            removals.note(last, why);
        }

        let told = removals.after(0, 1_000);

        assert_eq!((told.evicted_by_count, told.evicted_by_bytes), (128, 128));
        assert_eq!((told.unknown, told.total()), (744, 1_000));
        assert_eq!(removals.after(998, 2).unknown, 0);
    }
}
