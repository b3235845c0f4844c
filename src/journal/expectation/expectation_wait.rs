//! Waiting until the traffic is as expected, and stays so for a while.

use std::{sync::Arc, task::Waker, time::Duration};

use jiff::Timestamp;

use super::{Difference, Expectation, UnmetExpectation};
use crate::journal::{
    Exchange, Journal, JournalPage, Listener, MissingExchanges, Seq, TrafficFilter, Watch,
};

/// An expectation that is given time.
///
/// Whoever drives it takes a [step](Self::step), sleeps until it is woken or the told moment has come,
/// and takes the next one. A step costs nothing while no exchange has come that matters.
#[derive(Debug)]
pub struct ExpectationWait {
    expected: Expectation,
    since: Seq,
    life: u64,
    /// By when it must be as expected at the latest; like every moment here, since the beginning.
    deadline: Duration,
    /// How long it must stay so.
    hold: Duration,
    /// Whether it must also be quiet: nothing that is named comes, and no request runs.
    wants_quiet: bool,
    /// Since when it has been as expected.
    held: Option<Duration>,
    /// What the last look found, and up to which exchange, beside how many that had left.
    found: Option<((Seq, u64), Difference)>,
    /// What is awaited next, and how many of it.
    watch: Option<(Watch, usize)>,
    /// When to look, whatever comes.
    look_at: Duration,
    idle: Listener,
}

/// What to do next.
#[derive(Debug)]
pub enum WaitStep {
    /// Nothing: it is as expected.
    Met(VerifiedTraffic),
    /// Nothing: it is otherwise.
    Unmet(UnmetExpectation),
    /// To sleep until so long after the beginning, or until the waker is called.
    Sleep(Duration),
}

/// The traffic that is as expected.
#[derive(Clone, Debug)]
pub struct VerifiedTraffic {
    /// The exchanges that `match` means, oldest first.
    pub items: Vec<Arc<Exchange>>,
    /// Those of the range that have left the journal.
    pub missed: MissingExchanges,
    /// The cursor behind the range.
    pub next: Seq,
}

/// How long an expectation may take to come true, and how long it must then stay so.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// How long it may take.
    pub within: Duration,
    /// How long it must stay so.
    pub hold: Duration,
}

impl ExpectationWait {
    /// Begins: what came after `since` is to be as expected `within` a time, and then to stay so for
    /// `hold`. Where both are more than nothing, `hold` begins anew with each exchange that the
    /// expectation names, and ends when no request is being answered.
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

    /// Looks at what has come, if it matters. `at` is how long ago it has begun, by the clock of the one
    /// who waits; `now` is the tenant's time.
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
            let is_told = self.is_told(waker);
            let is_due = at >= self.look_at || self.is_idle_at_last(journal, at, waker);
            if !is_told && !is_due {
                return WaitStep::Sleep(self.look_at);
            }
            let page = journal.since(self.since, usize::MAX);
            if page.life != self.life {
                return WaitStep::Unmet(UnmetExpectation::Reset);
            }
            if is_told && self.wants_quiet {
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

    /// Whether what is awaited has come; else the waker is called when it has.
    fn is_told(&self, waker: &Waker) -> bool {
        self.watch.as_ref().is_none_or(|(watch, wanted)| watch.arm(*wanted, waker) >= *wanted)
    }

    /// Whether only requests that were being answered kept it from its end, and none is any more; the
    /// waker is called when that is so. Else requests wake nobody here.
    fn is_idle_at_last(&self, journal: &Journal, at: Duration, waker: &Waker) -> bool {
        let is_over = |held: Duration| at >= held.saturating_add(self.hold);
        if !self.wants_quiet || !self.held.is_some_and(is_over) {
            return false;
        }
        self.idle.arm(waker);
        journal.running() == 0
    }

    /// What to await next, and how many of it.
    ///
    /// # Errors
    ///
    /// The last step.
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
                let lacks = self.expected.lacks(&it);
                self.found = Some(((page.next, page.missed), it));
                return Ok(lacks);
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
        Ok((self.expected.named(), 1))
    }

    /// # Errors
    ///
    /// The first difference; the one that is known, if nothing has come or left since.
    fn compare(
        &mut self,
        page: &JournalPage,
        now: Timestamp,
    ) -> Result<Vec<Arc<Exchange>>, Difference> {
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
        wait.found.as_mut().unwrap().1 = Difference::TooFew(7);
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
