//! Waiting for a number of requests, with or without their answers.

use std::{sync::Arc, task::Waker};

use jiff::Timestamp;

use super::{Count, Expectation, TrafficDifference, UnmetExpectation, VerifiedTraffic};
use crate::{
    journal::{Exchange, Journal, JournalPage, Seq, Watch},
    scim::{WorkBudget, WorkExceeded},
};

/// A wait for a number of requests. Requests without an answer count too.
///
/// It keeps a cursor into the journal and a count. The journal is read completely when the wait begins. It
/// is read again only when enough requests seem to have arrived, or when some that would count may have
/// been removed.
#[derive(Debug)]
pub struct ArrivalWait {
    expected: Expectation,
    since: Seq,
    now: Timestamp,
    life: u64,
    /// The number of matching exchanges before the cursor from which the watch counts.
    before: usize,
    watch: Watch,
    /// The requests that have no answer yet, in the order of arrival, and whether each matches.
    waiting: Vec<(Arc<Exchange>, bool)>,
}

impl ArrivalWait {
    /// Begins to wait for the expected number of requests after `since`. Only requests that `match` matches
    /// are counted.
    ///
    /// # Errors
    ///
    /// Testing the exchanges that are already recorded takes too much work.
    pub fn begin(
        expected: Expectation,
        journal: &Journal,
        since: Seq,
        now: Timestamp,
    ) -> Result<Self, WorkExceeded> {
        let life = journal.life();
        let watch = journal.watch(expected.r#match.clone(), since, now)?;
        Ok(Self { expected, since, now, life, before: 0, watch, waiting: Vec::new() })
    }

    /// The result, if the wait has ended: because there are enough requests, because there are too many, or
    /// because an upper bound cannot be checked since exchanges were removed. Else the waker is called when
    /// enough requests have been answered. The caller must also call this again when a request begins or
    /// stops waiting.
    pub fn step(
        &mut self,
        journal: &Journal,
        waker: &Waker,
    ) -> Option<Result<VerifiedTraffic, UnmetExpectation>> {
        loop {
            if let Err(excess) = self.list(journal) {
                return Some(Err(UnmetExpectation::Costly(excess)));
            }
            let waiting = self.waiting.iter().filter(|(_, is_meant)| *is_meant).count();
            let wanted = self.count().at_least.saturating_sub(self.before + waiting);
            // With an upper bound, every matching exchange is a reason to look: it may have evicted another
            // one that counts.
            let next = if self.is_bounded() { self.watch.count() + 1 } else { 0 };
            let came = self.watch.arm(wanted.max(next), waker);
            if journal.life() != self.life {
                return Some(Err(UnmetExpectation::Reset));
            }
            if came < wanted && !self.is_incomplete(journal) {
                return None;
            }
            let page = journal.since(self.since, usize::MAX);
            if page.life != self.life {
                return Some(Err(UnmetExpectation::Reset));
            }
            match self.expected.check(&self.seen(journal, &page), page.why, self.now) {
                Ok(items) => {
                    return Some(Ok(VerifiedTraffic { items, missed: page.why, next: page.next }));
                }
                Err(unmet) if self.is_final(&unmet) => return Some(Err(unmet)),
                Err(_) => {}
            }
            if let Err(excess) = self.count_after(journal, &page) {
                return Some(Err(UnmetExpectation::Costly(excess)));
            }
        }
    }

    /// The result when the time is over. Nothing is counted again; only the near misses are searched.
    ///
    /// # Errors
    ///
    /// There are too few requests, or their number is not known.
    pub fn end(mut self, journal: &Journal) -> Result<VerifiedTraffic, UnmetExpectation> {
        if let Some(ended) = self.step(journal, Waker::noop()) {
            return ended;
        }
        let waiting = self.waiting.iter().filter(|(_, is_meant)| *is_meant).count();
        let there = self.before + waiting + self.watch.count();
        let page = journal.since(self.since, usize::MAX);
        if page.life != self.life {
            return Err(UnmetExpectation::Reset);
        }
        let seen = self.seen(journal, &page);
        Err(self.expected.unmet(TrafficDifference::TooFew(there), &seen, page.why, self.now))
    }

    fn count(&self) -> Count {
        self.expected.count.unwrap_or_default()
    }

    fn is_bounded(&self) -> bool {
        self.count().at_most.is_some()
    }

    /// Whether an upper bound cannot be checked because exchanges were removed from the journal.
    fn is_incomplete(&self, journal: &Journal) -> bool {
        self.is_bounded() && journal.since(self.since, 0).missed > 0
    }

    /// Updates the list of waiting requests, and tests the new ones.
    fn list(&mut self, journal: &Journal) -> Result<(), WorkExceeded> {
        let work = WorkBudget::default();
        let mut known = std::mem::take(&mut self.waiting).into_iter();
        for it in journal.waiting() {
            // New requests stand after all known ones.
            let before = known.by_ref().find(|(other, _)| Arc::ptr_eq(other, &it));
            let is_meant = match before {
                Some((_, is_meant)) => is_meant,
                None => self.expected.r#match.matches_within(&it, self.now, &work),
            };
            self.waiting.push((it, is_meant));
        }
        work.refuse_if_spent()
    }

    /// The exchanges of a page, and the matching requests that have no answer yet.
    fn seen(&self, journal: &Journal, page: &JournalPage) -> Vec<Arc<Exchange>> {
        // A request that was answered in the meantime may be on the page; it must not be counted twice.
        let still = journal.waiting();
        let is_still = |it: &&Arc<Exchange>| still.iter().any(|other| Arc::ptr_eq(it, other));
        let meant = self.waiting.iter().filter(|(_, is_meant)| *is_meant).map(|(it, _)| it);
        page.items.iter().chain(meant.filter(is_still)).cloned().collect()
    }

    /// Counts from the end of this page on. What was counted before may have been counted twice, or may
    /// have been removed.
    fn count_after(&mut self, journal: &Journal, page: &JournalPage) -> Result<(), WorkExceeded> {
        let (filter, work) = (&self.expected.r#match, WorkBudget::default());
        let is_meant = |it: &&Arc<Exchange>| filter.matches_within(it, self.now, &work);
        self.before = page.items.iter().filter(is_meant).count();
        work.refuse_if_spent()?;
        self.watch = journal.watch(filter.clone(), page.next, self.now)?;
        Ok(())
    }

    /// Whether no later request can change the result.
    fn is_final(&self, unmet: &UnmetExpectation) -> bool {
        match unmet {
            UnmetExpectation::Mismatch(mismatch) => mismatch.is_final,
            UnmetExpectation::Incomplete { .. } => self.is_bounded(),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::super::{Limits, Message, Record, sample},
        *,
    };

    /// The exchanges that one look may test with [`COSTLY`].
    const AFFORDED: usize = 11;

    /// Counted by its size, and costs nothing, since it begins with an anchor.
    const COSTLY: &str = "-req:~\"^zzz(((a{1,10}){1,10}){1,5})\"";

    fn long() -> Record {
        let body = "x".repeat(64 * 1024);
        let mut record = Record::new(sample::at(1), "POST", "/Users");
        record.request = Message { size: body.len(), body, ..Message::default() };
        record
    }

    fn journal(exchanges: usize) -> Journal {
        let journal = Journal::new(Limits::default());
        for _ in 0..exchanges {
            journal.record(long());
        }
        journal
    }

    fn wait(journal: &Journal, filter: &str, count: Count) -> ArrivalWait {
        let expected = Expectation::of(filter.parse().unwrap(), count);
        ArrivalWait::begin(expected, journal, 0, sample::at(1)).unwrap()
    }

    fn step(wait: &mut ArrivalWait, journal: &Journal) -> Option<Result<Vec<Seq>, String>> {
        let step = wait.step(journal, Waker::noop())?;
        let seqs = |met: VerifiedTraffic| met.items.iter().map(|it| it.seq).collect();
        Some(step.map(seqs).map_err(|it| it.to_string()))
    }

    #[test]
    fn the_journal_is_not_gone_through_again_at_an_arrival() {
        let journal = journal(AFFORDED);
        let count = AFFORDED + 9;
        let bounds = [Count::at_least(count), Count::exactly(count)];
        let mut all = bounds.map(|it| wait(&journal, COSTLY, it));

        for arrived in 1..=4 {
            journal.record(long());
            let _waiting = journal.list(Record::new(sample::at(1), "GET", "/Groups"));
            for it in &mut all {
                // One more and a look at the whole journal would take more than a look may.
                assert_eq!((arrived, step(it, &journal)), (arrived, None));
            }
        }
        let whole = arriving_fails(&journal);

        assert!(whole.contains("maxWork"), "{whole}");
    }

    fn arriving_fails(journal: &Journal) -> String {
        let expected = Expectation::of(COSTLY.parse().unwrap(), 1);
        ArrivalWait::begin(expected, journal, 0, sample::at(1)).unwrap_err().to_string()
    }

    #[test]
    fn the_end_tells_how_many_there_are_and_does_not_count_again() {
        let journal = journal(AFFORDED);
        let mut all = wait(&journal, COSTLY, Count::exactly(AFFORDED + 9));
        assert_eq!(step(&mut all, &journal), None);
        journal.record(long());
        journal.record(long());
        let _waiting = journal.list(Record::new(sample::at(1), "GET", "/Groups"));

        let told = all.end(&journal).unwrap_err().to_string();

        assert!(told.contains("found 14 of 14"), "{told}");
        let mut lost = wait(&journal, "path:~users", Count::at_least(99));
        assert_eq!(step(&mut lost, &journal), None);
        drop(journal.clear());
        let told = lost.end(&journal).unwrap_err().to_string();
        assert!(told.contains("left the journal"), "{told}");
    }

    #[test]
    fn answered_and_unanswered_requests_count_together_and_once() {
        let journal = journal(1);
        let mut two = wait(&journal, "path:~users", Count::exactly(2));
        let mut one = wait(&journal, "path:~users", Count::exactly(1));

        assert_eq!(step(&mut two, &journal), None);
        let waiting = journal.list(Record::new(sample::at(1), "GET", "/Users"));
        let other = journal.list(Record::new(sample::at(1), "GET", "/Groups"));
        assert_eq!(step(&mut two, &journal), Some(Ok(vec![1, 0])));
        assert!(step(&mut one, &journal).unwrap().unwrap_err().contains("found 2"));

        drop((waiting, other));
        let mut two = wait(&journal, "path:~users", Count::exactly(2));
        assert_eq!(step(&mut two, &journal), None);
        journal.record(Record::new(sample::at(1), "GET", "/Users"));
        assert_eq!(step(&mut two, &journal), Some(Ok(vec![1, 2])));
    }

    #[test]
    fn what_has_left_the_journal_ends_an_upper_bound_and_is_awaited_anew_without() {
        let journal = journal(2);
        let mut exactly = wait(&journal, "path:~users", Count::exactly(3));
        let mut at_least = wait(&journal, "path:~users", Count::at_least(3));
        assert_eq!(step(&mut exactly, &journal), None);

        drop(journal.clear());
        journal.record(long());

        assert!(step(&mut exactly, &journal).unwrap().unwrap_err().contains("left the journal"));
        assert_eq!(step(&mut at_least, &journal), None);
        journal.record(long());
        journal.record(long());
        assert_eq!(step(&mut at_least, &journal), Some(Ok(vec![3, 4, 5])));
    }
}
