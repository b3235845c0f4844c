//! Why exchanges were removed from the journal. A reader that misses some is told the reasons.

use std::{collections::VecDeque, fmt};

use serde::Serialize;

use super::Seq;

/// How many runs of one reason are remembered. If the two limits remove exchanges alternately, the oldest
/// reasons are forgotten; the total count is not.
const RUNS: usize = 256;

/// Why an exchange was removed from the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RemovalReason {
    /// There were more exchanges than the journal may keep.
    ByCount,
    /// The exchanges used more memory than the journal may.
    ByBytes,
    /// It was deleted by a call of the control API.
    Deleted,
}

/// The exchanges that were removed since the last reset, as runs with one reason each. Exchanges are
/// removed in the order in which they were recorded, so each run begins where the previous one ends.
#[derive(Debug, Default)]
pub(super) struct Removals(VecDeque<(Seq, RemovalReason)>);

/// How many exchanges of a range are missing, by the reason why they were removed from the journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MissingExchanges {
    /// How many were evicted because there were too many.
    pub evicted_by_count: u64,
    /// How many were evicted because they used too much memory.
    pub evicted_by_bytes: u64,
    /// How many were deleted (`DELETE requests`).
    pub deleted: u64,
    /// How many were removed so long ago that the reason is not known any more.
    pub unknown: u64,
}

impl Removals {
    /// Notes that everything up to this exchange was removed.
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

    /// The removed exchanges after a cursor. `missed` is their number.
    pub(super) fn after(&self, cursor: Seq, missed: u64) -> MissingExchanges {
        let mut told = MissingExchanges::default();
        let mut end = cursor + missed;
        for (at, (last, why)) in self.0.iter().enumerate().rev() {
            let begin = match at.checked_sub(1) {
                Some(before) => self.0[before].0,
                // What was removed before the first remembered run is counted as unknown below.
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
    /// How many in total, for any reason.
    pub fn total(&self) -> u64 {
        self.evicted_by_count + self.evicted_by_bytes + self.deleted + self.unknown
    }
}

impl fmt::Display for MissingExchanges {
    /// The reasons that occurred, with their counts: `3 evicted by the journal's limit of exchanges, 2
    /// deleted by DELETE requests`.
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
