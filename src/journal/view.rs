//! A filtered view of the journal for one reader, which is updated at little cost.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Exchange, Journal, Seq, TrafficFilter};

/// The number of exchanges that are read from the journal at once, so that its lock is held only briefly.
const BATCH: usize = 256;

/// The exchanges of a journal that a filter matches, as numbers in ascending order.
///
/// A view belongs to one reader. [`sync`](Self::sync) tests each new exchange once and drops those that
/// were removed from the journal. Between two calls nothing changes, so a reader pauses by not calling it.
/// A view uses eight bytes for each matching exchange.
///
/// ```
/// use jiff::Timestamp;
/// use mediusflow_mock::{internals::journal::{Journal, Limits, TrafficView}, traffic::Record};
///
/// let journal = Journal::new(Limits::default());
/// let now = Timestamp::UNIX_EPOCH;
/// for path in ["/a", "/b", "/a", "/a"] {
///     journal.record(Record::new(now, "GET", path));
/// }
/// let mut view = TrafficView::new("path:/a".parse()?);
/// view.sync(&journal, now, usize::MAX);
/// let rows = view.rows(&journal, 3, 2);
///
/// assert_eq!(rows.iter().map(|it| it.seq).collect::<Vec<_>>(), [3, 4]);
/// assert_eq!(view.matched(), 3);
/// # Ok::<(), mediusflow_mock::traffic::FilterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TrafficView {
    filter: TrafficFilter,
    matching: VecDeque<Seq>,
    cursor: Seq,
    /// The second in which a filter that depends on time was last tested on all exchanges.
    asked_at: i64,
    /// Whether the last call tested all exchanges.
    is_level: bool,
}

/// The result of [`TrafficView::sync`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncResult {
    /// The number of exchanges that were removed from the journal before this view tested them.
    pub missed: u64,
    /// The number of exchanges that must still be tested; 0 if the view is up to date.
    pub behind: u64,
}

impl TrafficView {
    /// A view that has tested nothing yet.
    pub fn new(filter: TrafficFilter) -> Self {
        Self { filter, matching: VecDeque::new(), cursor: 0, asked_at: i64::MIN, is_level: true }
    }

    /// The filter of the view.
    pub fn filter(&self) -> &TrafficFilter {
        &self.filter
    }

    /// The number of exchanges that match, as of the last [`sync`](Self::sync).
    pub fn matched(&self) -> usize {
        self.matching.len()
    }

    /// Tests what was recorded since the last call, at most `limit` exchanges, and drops what was removed
    /// from the journal.
    ///
    /// A reader that must not block (for a costly regular expression on many bodies) passes a limit, and
    /// calls again while [`SyncResult::behind`] is not 0. A filter that depends on time is tested on all
    /// exchanges again, once a second.
    pub fn sync(&mut self, journal: &Journal, now: Timestamp, limit: usize) -> SyncResult {
        // Not before the view is up to date: with a limit, it would start again each second and never
        // finish.
        let is_due = self.is_level && self.asked_at != now.as_second();
        if is_due && self.filter.depends_on_time() {
            self.asked_at = now.as_second();
            self.matching.clear();
            self.cursor = journal.seqs().start - 1;
        }
        let mut synced = SyncResult::default();
        let mut left = limit;
        while left > 0 {
            let page = journal.since(self.cursor, left.min(BATCH));
            synced.missed += page.missed;
            self.cursor = page.next;
            if page.items.is_empty() {
                break;
            }
            left -= page.items.len();
            let meant = page.items.iter().filter(|it| self.filter.matches(it, now));
            self.matching.extend(meant.map(|it| it.seq));
        }
        let kept = journal.seqs();
        while self.matching.front().is_some_and(|it| *it < kept.start) {
            self.matching.pop_front();
        }
        synced.behind = (kept.end - 1).saturating_sub(self.cursor);
        self.is_level = synced.behind == 0;
        synced
    }

    /// At most `count` matching exchanges from `first` on, oldest first. Where fewer follow, they begin
    /// earlier. Exchanges that were removed since the last sync are missing.
    pub fn rows(&self, journal: &Journal, first: Seq, count: usize) -> Vec<Arc<Exchange>> {
        let start = self.place(first).min(self.matching.len().saturating_sub(count));
        journal.pick(self.matching.iter().skip(start).take(count).copied())
    }

    /// The matching exchange that is `by` steps newer (or, if negative, older) than `seq`, up to the first
    /// or last one. With 0, `seq` itself if it matches, else the nearest newer one, else the nearest older
    /// one.
    pub fn seek(&self, seq: Seq, by: isize) -> Option<Seq> {
        let place = self.place(seq).saturating_add_signed(by);
        self.matching.get(place).or_else(|| self.matching.back()).copied()
    }

    /// The number of matching exchanges that are newer than `seq`.
    pub fn newer_than(&self, seq: Seq) -> usize {
        self.matching.len() - self.matching.partition_point(|it| *it <= seq)
    }

    /// The index of `seq`, or of the exchange that takes its place.
    fn place(&self, seq: Seq) -> usize {
        let place = self.matching.partition_point(|it| *it < seq);
        place.min(self.matching.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample::{at, record};
    use super::super::{Limits, Operation, Record};
    use super::*;

    const ALL: usize = usize::MAX;

    fn journal(exchanges: usize) -> Journal {
        Journal::new(Limits { exchanges, ..Limits::default() })
    }

    /// Records exchanges of which each third is refused, a second apart.
    fn record_some(journal: &Journal, count: i64) {
        for _ in 0..count {
            let seq = journal.seqs().end;
            let status = if seq.is_multiple_of(3) { 404 } else { 200 };
            let at = at(i64::try_from(seq).unwrap());
            journal.record(Record { at, status, ..record(Operation::Get, "/Users/4f2c") });
        }
    }

    fn errors() -> TrafficView {
        TrafficView::new("is:error".parse().unwrap())
    }

    fn seqs(view: &TrafficView, journal: &Journal, first: Seq, count: usize) -> Vec<Seq> {
        view.rows(journal, first, count).iter().map(|it| it.seq).collect()
    }

    #[test]
    fn a_window_at_an_exchange_stays_while_newer_ones_arrive() {
        let (journal, mut view) = (journal(100), errors());
        record_some(&journal, 30);
        view.sync(&journal, at(0), ALL);
        let before = (seqs(&view, &journal, 12, 3), view.newer_than(18));

        record_some(&journal, 30);
        view.sync(&journal, at(0), ALL);
        let after = (seqs(&view, &journal, 12, 3), view.newer_than(18));

        assert_eq!(before, (vec![12, 15, 18], 4));
        assert_eq!(after, (vec![12, 15, 18], 14));
    }

    #[test]
    fn a_window_stays_within_the_ends() {
        let (journal, mut view) = (journal(100), errors());
        record_some(&journal, 12);
        view.sync(&journal, at(0), ALL);
        let rows = |first, count| seqs(&view, &journal, first, count);

        assert_eq!(rows(3, 2), [3, 6]);
        assert_eq!(rows(12, 2), [9, 12]);
        assert_eq!(rows(7, 2), [9, 12]);
        assert_eq!(rows(99, 1), [12]);
        assert!(rows(6, 0).is_empty());
        assert_eq!(rows(6, usize::MAX), [3, 6, 9, 12]);
        let none = TrafficView::new("status:500".parse().unwrap());
        assert!(none.rows(&journal, 0, 5).is_empty());
    }

    #[test]
    fn steps_go_from_match_to_match() {
        let (journal, mut view) = (journal(100), errors());
        assert_eq!(view.seek(1, 0), None);
        record_some(&journal, 12);
        view.sync(&journal, at(0), ALL);

        let found = [(6, 0), (6, 1), (6, -1), (7, 0), (7, -1), (6, 99), (6, -99), (99, 0)];
        let found = found.map(|(seq, by)| view.seek(seq, by).unwrap());

        assert_eq!(found, [6, 9, 3, 9, 6, 12, 3, 12]);
        assert_eq!((view.newer_than(6), view.newer_than(7), view.newer_than(12)), (2, 2, 0));
    }

    #[test]
    fn a_view_that_falls_behind_is_told_what_it_missed() {
        let (journal, mut view) = (journal(6), errors());
        record_some(&journal, 20);

        let synced = view.sync(&journal, at(0), 4);
        let rest = view.sync(&journal, at(0), 4);

        assert_eq!(synced, SyncResult { missed: 14, behind: 2 });
        assert_eq!(rest, SyncResult { missed: 0, behind: 0 });
        assert_eq!(seqs(&view, &journal, 0, 9), [15, 18]);
    }

    #[test]
    fn a_cleared_journal_empties_the_view() {
        let (journal, mut view) = (journal(100), errors());
        record_some(&journal, 12);
        view.sync(&journal, at(0), ALL);

        journal.clear();
        view.sync(&journal, at(0), ALL);

        assert_eq!((view.matched(), view.seek(6, 0)), (0, None));
    }

    #[test]
    fn a_filter_by_age_lets_go_as_time_goes_by() {
        let journal = journal(100);
        let mut view = TrafficView::new("since:5s".parse().unwrap());
        record_some(&journal, 10);

        view.sync(&journal, at(10), ALL);
        let young = view.matched();
        view.sync(&journal, at(13), ALL);

        assert_eq!((young, view.matched()), (6, 3));
    }

    #[test]
    fn a_filter_by_age_reaches_the_newest_in_small_steps() {
        let journal = journal(100);
        let mut view = TrafficView::new("since:5s".parse().unwrap());
        record_some(&journal, 10);

        let behind = [10, 11, 12].map(|second| view.sync(&journal, at(second), 4).behind);

        assert_eq!((behind, view.seek(99, 0)), ([6, 2, 0], Some(10)));
    }

    proptest! {
        #[test]
        fn a_view_kept_up_to_date_equals_one_made_anew(
            room in 1..40usize,
            steps in prop::collection::vec((0..30i64, 0..20usize, any::<bool>()), 0..20),
        ) {
            let (journal, mut view, mut met) = (journal(room), errors(), 0);
            for (count, limit, clear) in steps {
                record_some(&journal, count);
                if clear && count == 7 {
                    journal.clear();
                }
                met += view.sync(&journal, at(0), limit).missed;
            }
            met += view.sync(&journal, at(0), ALL).missed;
            let mut anew = errors();
            anew.sync(&journal, at(0), ALL);

            prop_assert_eq!(&view.matching, &anew.matching);
            prop_assert!(met < journal.seqs().end);
        }
    }
}
