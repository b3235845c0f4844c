//! Waiting until the traffic is as expected and stays so for a while.

use std::{sync::Arc, task::Waker, time::Duration};

use jiff::Timestamp;

use super::{Expectation, TrafficDifference, UnmetExpectation};
use crate::journal::{
    Exchange, Journal, JournalPage, Listener, MissingExchanges, Seq, TrafficFilter, Watch,
};

/// A wait until an expectation is met.
///
/// The caller calls [`step`](Self::step), sleeps until it is woken or the returned time has come, and calls
/// it again. A step costs almost nothing while no relevant exchange was recorded.
#[derive(Debug)]
pub struct ExpectationWait {
    expected: Expectation,
    since: Seq,
    life: u64,
    /// The time by which the expectation must be met. All times here count from the beginning of the wait.
    deadline: Duration,
    /// How long the expectation must stay met.
    hold: Duration,
    /// Whether there must also be silence: no relevant exchange is recorded, and no request is running.
    wants_quiet: bool,
    /// Since when the expectation has been met.
    held: Option<Duration>,
    /// The difference that the last comparison found. With it, the cursor and the number of removed
    /// exchanges at that time.
    found: Option<((Seq, u64), TrafficDifference)>,
    /// The watch for the next relevant exchanges, and their wanted number.
    watch: Option<(Watch, usize)>,
    /// When to compare again even if nothing is recorded.
    look_at: Duration,
    idle: Listener,
}

/// What to do next.
#[derive(Debug)]
pub enum WaitStep {
    /// The wait has ended: the expectation is met.
    Met(VerifiedTraffic),
    /// The wait has ended: the expectation is not met.
    Unmet(UnmetExpectation),
    /// Sleep until this time after the beginning, or until the waker is called.
    Sleep(Duration),
}

/// The traffic that is as expected.
#[derive(Clone, Debug)]
pub struct VerifiedTraffic {
    /// The exchanges that `match` matches, oldest first.
    pub items: Vec<Arc<Exchange>>,
    /// The exchanges of the range that were removed from the journal.
    pub missed: MissingExchanges,
    /// The cursor at the end of the range.
    pub next: Seq,
}

/// How long an expectation may take to be met, and how long it must stay met afterwards.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// How long it may take to be met.
    pub within: Duration,
    /// How long the expectation must stay met.
    pub hold: Duration,
}

impl ExpectationWait {
    /// Begins to wait until the exchanges after `since` are as expected, for the time `within`, and then
    /// for `hold` whether they stay so. If both times are above zero, `hold` begins again with each
    /// relevant exchange, and ends only when no request is running.
    ///
    /// # Errors
    ///
    /// [`UnmetExpectation::Vacuous`].
    pub fn begin(
        expected: Expectation,
        journal: &Journal,
        since: Seq,
        Timing { within, hold }: Timing,
    ) -> Result<Self, UnmetExpectation> {
        if let Some(flaw) = expected.flaw() {
            return Err(UnmetExpectation::Vacuous(flaw));
        }
        Ok(Self {
            expected,
            since,
            life: journal.life(),
            deadline: within,
            hold,
            wants_quiet: !within.is_zero() && !hold.is_zero(),
            held: None,
            found: None,
            watch: None,
            look_at: Duration::ZERO,
            idle: journal.idle_notifier().listener(),
        })
    }

    /// Compares again if something relevant has happened. `at` is the time since the beginning of the wait,
    /// by the caller's clock; `now` is the tenant's time.
    pub fn step(
        &mut self,
        journal: &Journal,
        now: Timestamp,
        at: Duration,
        waker: &Waker,
    ) -> WaitStep {
        loop {
            if journal.life() != self.life {
                return WaitStep::Unmet(UnmetExpectation::Reset);
            }
            let has_arrived = self.has_arrived(waker);
            let is_due = at >= self.look_at || self.is_idle_at_last(journal, at, waker);
            if !has_arrived && !is_due {
                return WaitStep::Sleep(self.look_at);
            }
            let page = journal.since(self.since, usize::MAX);
            if page.life != self.life {
                return WaitStep::Unmet(UnmetExpectation::Reset);
            }
            if has_arrived && self.wants_quiet {
                self.held = None;
            }
            let wanted = match self.look(&page, now, at, journal.running()) {
                Ok(wanted) => wanted,
                Err(step) => return step,
            };
            match journal.watch(wanted.0, page.next, now) {
                Ok(watch) => self.watch = Some((watch, wanted.1)),
                Err(excess) => return WaitStep::Unmet(UnmetExpectation::Costly(excess)),
            }
        }
    }

    /// Whether the awaited exchanges have been recorded. If not, the waker is called when they have.
    fn has_arrived(&self, waker: &Waker) -> bool {
        self.watch.as_ref().is_none_or(|(watch, wanted)| watch.arm(*wanted, waker) >= *wanted)
    }

    /// Whether the wait could not end only because requests were running, and none is running now. If some
    /// still are, the waker is called when the last one has been answered.
    fn is_idle_at_last(&self, journal: &Journal, at: Duration, waker: &Waker) -> bool {
        let is_over = |held: Duration| at >= held.saturating_add(self.hold);
        if !self.wants_quiet || !self.held.is_some_and(is_over) {
            return false;
        }
        self.idle.arm(waker);
        journal.running() == 0
    }

    /// Compares, and returns what to await next: a filter and the number of exchanges.
    ///
    /// # Errors
    ///
    /// The wait has ended, with this step.
    fn look(
        &mut self,
        page: &JournalPage,
        now: Timestamp,
        at: Duration,
        running: usize,
    ) -> Result<(TrafficFilter, usize), WaitStep> {
        let is_incomplete = page.missed > 0 && self.expected.has_upper_bound();
        let items = match self.compare(page, now) {
            Ok(items) => items,
            Err(it) if at < self.deadline && !it.is_final() && !is_incomplete => {
                (self.held, self.look_at) = (None, self.deadline);
                let missing = self.expected.missing(&it);
                self.found = Some(((page.next, page.missed), it));
                return Ok(missing);
            }
            Err(it) => {
                return Err(WaitStep::Unmet(self.expected.unmet(it, &page.items, page.why, now)));
            }
        };
        if is_incomplete {
            return Err(WaitStep::Unmet(self.expected.incomplete(page.why)));
        }
        let limit = self.deadline.saturating_add(self.hold);
        let settled = self.held.get_or_insert(at).saturating_add(self.hold);
        if at >= settled && (!self.wants_quiet || running == 0) {
            return Err(met(items, page));
        }
        if at >= limit {
            return Err(WaitStep::Unmet(UnmetExpectation::Unsettled { running }));
        }
        self.look_at = if at < settled { limit.min(settled) } else { limit };
        Ok((self.expected.relevant(), 1))
    }

    /// # Errors
    ///
    /// The first difference. If nothing was recorded or removed since the last comparison, it is the known
    /// one.
    fn compare(
        &mut self,
        page: &JournalPage,
        now: Timestamp,
    ) -> Result<Vec<Arc<Exchange>>, TrafficDifference> {
        let is_same = |found: &((Seq, u64), _)| found.0 == (page.next, page.missed);
        match self.found.take().filter(is_same) {
            Some((_, difference)) if !self.expected.depends_on_time() => Err(difference),
            _ => self.expected.compare(&page.items, now),
        }
    }
}

fn met(items: Vec<Arc<Exchange>>, page: &JournalPage) -> WaitStep {
    WaitStep::Met(VerifiedTraffic { items, missed: page.why, next: page.next })
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            super::{Limits, Record, sample},
            Count,
        },
        *,
    };

    const DEADLINE: Duration = Duration::from_secs(1);

    fn begun(journal: &Journal, filter: &str) -> ExpectationWait {
        let expected = Expectation::of(filter.parse().unwrap(), Count::at_least(9));
        let timing = Timing { within: DEADLINE, hold: Duration::ZERO };
        let mut wait = ExpectationWait::begin(expected, journal, 0, timing).unwrap();
        assert!(matches!(step(&mut wait, journal, Duration::ZERO), WaitStep::Sleep(_)));
        // What the next look finds, if it relies on this one.
        wait.found.as_mut().unwrap().1 = TrafficDifference::TooFew(7);
        wait
    }

    fn step(wait: &mut ExpectationWait, journal: &Journal, at: Duration) -> WaitStep {
        wait.step(journal, sample::at(1), at, Waker::noop())
    }

    fn told(wait: &mut ExpectationWait, journal: &Journal) -> String {
        match step(wait, journal, DEADLINE) {
            WaitStep::Unmet(unmet) => unmet.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_was_looked_at_is_not_looked_at_again_when_the_time_is_over() {
        let (journal, get) =
            (Journal::new(Limits::default()), || Record::new(sample::at(1), "GET", "/"));
        journal.record(get());
        let mut same = begun(&journal, "method:get");
        assert!(told(&mut same, &journal).contains("found 7 of 1"));

        // What is told by age changes by itself.
        let mut aging = begun(&journal, "method:get since:1h");
        assert!(told(&mut aging, &journal).contains("found 1 of 1"));

        let mut more = begun(&journal, "method:get");
        journal.record(get());
        assert!(told(&mut more, &journal).contains("found 2 of 2"));

        let mut fewer = begun(&journal, "method:get");
        drop(journal.clear());
        assert!(told(&mut fewer, &journal).contains("have left the journal"));
    }
}
