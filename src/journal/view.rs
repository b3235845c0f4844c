//! The window that a reader looks at: the exchanges a filter means, kept up to date at little cost.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Exchange, Journal, Seq, TrafficFilter};

/// How many exchanges are taken from the journal at once, so that its lock is held for moments.
const BATCH: usize = 256;

/// The exchanges of a journal that a filter means, as numbers in ascending order.
///
/// Belongs to one reader. [`sync`](Self::sync) tests each new exchange once and forgets those that
/// left the journal; between two calls nothing moves, so a reader that pauses just does not call
/// it. Holds eight bytes for each exchange meant.
///
/// ```
/// use jiff::Timestamp;
/// use mediusflow_mock::{internals::journal::{Anchor, Journal, Limits, TrafficView}, traffic::Record};
///
/// let journal = Journal::new(Limits::default());
/// let now = Timestamp::UNIX_EPOCH;
/// for path in ["/a", "/b", "/a", "/a"] {
///     journal.record(Record::new(now, "GET", path));
/// }
/// let mut view = TrafficView::new("path:/a".parse()?);
/// view.sync(&journal, now, usize::MAX);
/// let window = view.window(&journal, Anchor::Newest, 2);
///
/// assert_eq!(window.rows.iter().map(|it| it.seq).collect::<Vec<_>>(), [3, 4]);
/// assert_eq!((window.matched, window.older, window.newer), (3, 1, 0));
/// # Ok::<(), mediusflow_mock::traffic::FilterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TrafficView {
    filter: TrafficFilter,
    matching: VecDeque<Seq>,
    cursor: Seq,
    /// The second at which a filter that looks at the clock was last asked about everything.
    asked_at: i64,
    /// Whether the last call tested everything there was.
    is_level: bool,
}

/// What [`TrafficView::sync`] met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncResult {
    /// Exchanges that left the journal before this view had tested them.
    pub missed: u64,
    /// Exchanges that are still to be tested; 0 if the view is up to date.
    pub behind: u64,
}

/// What a window is fastened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The newest exchange stands in the last row.
    Newest,
    /// This exchange stands in this row, counted from 0 at the top, as far as there are enough
    /// others above and below it; if it is not meant or not kept any more, the nearest newer one
    /// takes its place, else the nearest older one.
    At {
        /// The exchange.
        seq: Seq,
        /// The row.
        row: usize,
    },
}

/// The rows that a reader shows, and what lies outside of them.
#[derive(Clone, Debug, Default)]
pub struct ExchangeWindow {
    /// The exchanges, oldest first.
    pub rows: Vec<Arc<Exchange>>,
    /// How many exchanges the filter means.
    pub matched: usize,
    /// How many of them are older than the first row.
    pub older: usize,
    /// How many of them are newer than the last row.
    pub newer: usize,
}

impl TrafficView {
    /// A view that has tested nothing yet.
    pub fn new(filter: TrafficFilter) -> Self {
        Self { filter, matching: VecDeque::new(), cursor: 0, asked_at: i64::MIN, is_level: true }
    }

    /// What it shows.
    pub fn filter(&self) -> &TrafficFilter {
        &self.filter
    }

    /// How many exchanges the filter means, as of the last [`sync`](Self::sync).
    pub fn matched(&self) -> usize {
        self.matching.len()
    }

    /// Takes in what was recorded since the last call, testing at most `limit` exchanges, and
    /// drops what has left the journal.
    ///
    /// A reader that must stay quick (a costly regular expression over many bodies) gives a limit
    /// and calls again while [`SyncResult::behind`] is not 0. A filter that looks at the clock is
    /// asked about every exchange again, once a second.
    pub fn sync(&mut self, journal: &Journal, now: Timestamp, limit: usize) -> SyncResult {
        // Not while a limit holds it back: it would begin again and again, and never end.
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

    /// At most `rows` exchanges around the anchor.
    pub fn window(&self, journal: &Journal, anchor: Anchor, rows: usize) -> ExchangeWindow {
        let matched = self.matching.len();
        let last_start = matched.saturating_sub(rows);
        let start = match anchor {
            Anchor::Newest => last_start,
            Anchor::At { seq, row } => self.place(seq).saturating_sub(row).min(last_start),
        };
        let end = start.saturating_add(rows).min(matched);
        // What left the journal since the last sync is not here any more; the counts stay as they
        // were then.
        let rows = journal.pick(self.matching.range(start..end).copied());
        ExchangeWindow { rows, matched, older: start, newer: matched - end }
    }

    /// The exchange `by` steps newer (or, if negative, older) than `seq`, stopping at the ends;
    /// with 0, `seq` itself if the filter means it, else the nearest newer one, else the nearest
    /// older one.
    pub fn seek(&self, seq: Seq, by: isize) -> Option<Seq> {
        let place = self.place(seq).saturating_add_signed(by);
        self.matching.get(place).or_else(|| self.matching.back()).copied()
    }

    /// How many of the exchanges meant are newer than `seq`.
    pub fn newer_than(&self, seq: Seq) -> usize {
        self.matching.len() - self.matching.partition_point(|it| *it <= seq)
    }

    /// The index of `seq`, or of what stands in for it.
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

    fn seqs(window: &ExchangeWindow) -> Vec<Seq> {
        window.rows.iter().map(|it| it.seq).collect()
    }

    #[test]
    fn a_window_at_the_newest_follows() {
        let (journal, mut view) = (journal(100), errors());
        record_some(&journal, 10);
        view.sync(&journal, at(0), ALL);
        let before = view.window(&journal, Anchor::Newest, 2);

        record_some(&journal, 10);
        view.sync(&journal, at(0), ALL);
        let after = view.window(&journal, Anchor::Newest, 2);

        assert_eq!(
            (seqs(&before), before.matched, before.older, before.newer),
            (vec![6, 9], 3, 1, 0)
        );
        assert_eq!((seqs(&after), after.matched), (vec![15, 18], 6));
    }

    #[test]
    fn a_window_at_an_exchange_stays_while_newer_ones_arrive() {
        let (journal, mut view) = (journal(100), errors());
        record_some(&journal, 30);
        view.sync(&journal, at(0), ALL);
        let anchor = Anchor::At { seq: 15, row: 1 };
        let before = view.window(&journal, anchor, 3);

        record_some(&journal, 30);
        view.sync(&journal, at(0), ALL);
        let after = view.window(&journal, anchor, 3);

        assert_eq!((seqs(&before), before.newer), (vec![12, 15, 18], 4));
        assert_eq!((seqs(&after), after.newer), (vec![12, 15, 18], 14));
    }

    #[test]
    fn a_window_stays_within_the_ends() {
        let (journal, mut view) = (journal(100), errors());
        record_some(&journal, 12);
        view.sync(&journal, at(0), ALL);
        let window = |seq, row, rows| seqs(&view.window(&journal, Anchor::At { seq, row }, rows));

        assert_eq!(window(3, 5, 2), [3, 6]);
        assert_eq!(window(12, 0, 2), [9, 12]);
        assert_eq!(window(7, 0, 2), [9, 12]);
        assert_eq!(window(99, 0, 1), [12]);
        assert!(window(6, 0, 0).is_empty());
        assert_eq!(window(6, 0, usize::MAX), [3, 6, 9, 12]);
        let none = TrafficView::new("status:500".parse().unwrap());
        assert!(none.window(&journal, Anchor::Newest, 5).rows.is_empty());
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
        assert_eq!(seqs(&view.window(&journal, Anchor::Newest, 9)), [15, 18]);
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
