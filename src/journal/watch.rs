//! Wakes the tasks that wait for certain exchanges, and no others.
//!
//! Each exchange is tested when it is recorded, and each wait has a count. So the cost of a wait does not
//! depend on the length of the journal, and its task is woken only when enough exchanges have been
//! recorded. Waits with the same filter are tested together. Filters that need a certain name, a certain
//! part of a path, or a test that many filters share, are found with an index.
//!
//! The tests while recording have a limited number of steps. Tests that need more, such as a regular
//! expression on a long body, are left to the waiting tasks: they are woken and test the exchange
//! themselves.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::Waker,
};

use jiff::Timestamp;

use self::filter_index::FilterIndex;
use super::{Exchange, Journal, Seq, TrafficFilter};
use crate::scim::{WorkBudget, WorkExceeded};

mod filter_index;

/// The number of steps for all filters together while an exchange is recorded.
const STEPS: u64 = 20_000;

/// The number of steps for one filter, so that a costly filter leaves some for the others.
const STEPS_EACH: u64 = 2_000;

/// The number of untested exchanges that are kept for the waiting tasks. Further ones count as matching
/// without a test.
const MOST_LATE: usize = 100;

/// All waits for exchanges of a journal.
#[derive(Clone, Debug, Default)]
pub(super) struct Watches(Arc<WatchesInner>);

#[derive(Debug, Default)]
struct WatchesInner {
    /// The number of waits, readable without a lock.
    count: AtomicUsize,
    table: Mutex<WatchTable>,
}

#[derive(Debug, Default)]
struct WatchTable {
    latest: u64,
    /// The waits, grouped by filter.
    groups: BTreeMap<u64, WatchGroup>,
    by_filter: HashMap<String, u64>,
    index: FilterIndex,
}

#[derive(Debug)]
struct WatchGroup {
    filter: TrafficFilter,
    /// The number of recorded exchanges that the filter matches.
    total: usize,
    waits: BTreeMap<u64, WatchProgress>,
    /// The wakers, by the total at which they are called, so that the cost of an exchange does not depend
    /// on the number of waits.
    armed: BTreeMap<(usize, u64), Waker>,
    /// The waits that do not know yet from which exchange on they count.
    beginning: BTreeMap<u64, Vec<Seq>>,
    /// The exchanges that have not been tested yet.
    late: Vec<Arc<Exchange>>,
}

/// The remaining steps for an exchange.
struct StepBudget(u64);

impl StepBudget {
    /// Whether a filter matches; `None` if the test takes too many steps.
    fn test(&mut self, filter: &TrafficFilter, exchange: &Exchange) -> Option<bool> {
        let most = self.0.min(STEPS_EACH);
        // The time of the exchange is the current time, so filters by age need no clock.
        let (is_meant, left) = filter.tested(exchange, exchange.at, most);
        self.0 -= most - left;
        is_meant
    }
}

#[derive(Debug, Default)]
struct WatchProgress {
    /// The number of matching exchanges when the wait began, and the group's total at that time.
    there: usize,
    began: usize,
    /// The total at which its waker is called.
    armed: Option<usize>,
}

/// A wait for exchanges that match a filter. Dropping it ends the wait.
#[derive(Debug)]
pub struct Watch {
    watches: Watches,
    group: u64,
    number: u64,
}

impl Watches {
    /// Tests an exchange for all waits, and wakes those that have enough.
    pub(super) fn tell(&self, exchange: &Arc<Exchange>) {
        if self.0.count.load(Ordering::SeqCst) == 0 {
            return;
        }
        let wakers = self.table().tell(exchange);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn add(&self, filter: TrafficFilter) -> Watch {
        let mut table = self.table();
        table.latest += 1;
        let number = table.latest;
        let group = table.group(filter);
        if let Some(group) = table.groups.get_mut(&group) {
            group.waits.insert(number, WatchProgress::default());
            group.beginning.insert(number, Vec::new());
        }
        self.0.count.fetch_add(1, Ordering::SeqCst);
        Watch { watches: self.clone(), group, number }
    }

    fn table(&self) -> MutexGuard<'_, WatchTable> {
        // A panic can only leave an entry of an index that wakes no task.
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WatchTable {
    /// The group of a filter, created if the filter is new.
    fn group(&mut self, filter: TrafficFilter) -> u64 {
        let text = filter.to_string();
        if let Some(group) = self.by_filter.get(&text) {
            return *group;
        }
        let group = self.latest;
        self.by_filter.insert(text, group);
        self.index.add(&filter, group);
        self.groups.insert(group, WatchGroup::of(filter));
        group
    }

    fn forget(&mut self, group: u64) {
        let Some(WatchGroup { filter, .. }) = self.groups.remove(&group) else { return };
        self.by_filter.remove(&filter.to_string());
        self.index.remove(&filter, group);
    }

    fn tell(&mut self, exchange: &Arc<Exchange>) -> Vec<Waker> {
        let mut steps = StepBudget(STEPS);
        let groups = self.index.candidates(exchange, &mut steps);
        let mut wakers = Vec::new();
        for group in groups {
            let Some(group) = self.groups.get_mut(&group) else { continue };
            match steps.test(&group.filter, exchange) {
                Some(true) => group.count(exchange.seq, &mut wakers),
                Some(false) => {}
                None => group.defer(exchange, &mut wakers),
            }
        }
        wakers
    }
}

impl WatchGroup {
    fn of(filter: TrafficFilter) -> Self {
        let (waits, armed, beginning, late) = Default::default();
        Self { filter, total: 0, waits, armed, beginning, late }
    }

    /// Leaves the test of an exchange to the waiting tasks, and adds their wakers.
    fn defer(&mut self, exchange: &Arc<Exchange>, wakers: &mut Vec<Waker>) {
        if self.late.len() == MOST_LATE {
            return self.count(exchange.seq, wakers);
        }
        self.late.push(exchange.clone());
        for ((_, number), waker) in std::mem::take(&mut self.armed) {
            self.waits.entry(number).and_modify(|it| it.armed = None);
            wakers.push(waker);
        }
    }

    /// Counts an exchange, and adds the wakers of the waits that have enough.
    fn count(&mut self, seq: Seq, wakers: &mut Vec<Waker>) {
        self.total += 1;
        for early in self.beginning.values_mut() {
            early.push(seq);
        }
        while let Some(first) = self.armed.first_entry().filter(|it| it.key().0 <= self.total) {
            let ((_, number), waker) = first.remove_entry();
            self.waits.entry(number).and_modify(|it| it.armed = None);
            wakers.push(waker);
        }
    }

    /// The number of matching exchanges for a wait. If it is smaller than `wanted`, the waker is called
    /// when that number is reached.
    fn arm(&mut self, number: u64, wanted: usize, waker: &Waker) -> usize {
        self.disarm(number);
        let Some(wait) = self.waits.get_mut(&number) else { return 0 };
        let came = wait.count(self.total);
        if let Some(lacking) = wanted.checked_sub(came).filter(|it| *it > 0) {
            let total = self.total.saturating_add(lacking);
            wait.armed = Some(total);
            self.armed.insert((total, number), waker.clone());
        }
        came
    }

    fn disarm(&mut self, number: u64) {
        let armed = self.waits.get_mut(&number).and_then(|it| it.armed.take());
        if let Some(total) = armed {
            self.armed.remove(&(total, number));
        }
    }
}

impl WatchProgress {
    fn count(&self, total: usize) -> usize {
        self.there + (total - self.began)
    }
}

impl Watch {
    /// The number of matching exchanges, including those before the wait began. An exchange that is
    /// recorded while the watch is created may be counted twice, and one whose test was skipped is counted
    /// as well. Check the exchanges before you rely on the number.
    pub fn count(&self) -> usize {
        self.catch_up();
        self.with(|group| group.waits.get(&self.number).map_or(0, |it| it.count(group.total)))
    }

    /// The same number. If it is smaller than `wanted`, the waker is called as soon as that number is
    /// reached.
    pub fn arm(&self, wanted: usize, waker: &Waker) -> usize {
        loop {
            self.catch_up();
            let arm = |group: &mut WatchGroup| {
                // Untested exchanges must be tested first, because no waker is called for them again.
                group.late.is_empty().then(|| group.arm(self.number, wanted, waker))
            };
            if let Some(came) = self.with(arm) {
                return came;
            }
        }
    }

    /// Tests the exchanges whose test was too costly while they were recorded. The lock is not held during
    /// the tests.
    fn catch_up(&self) {
        let take = |group: &mut WatchGroup| {
            let late = std::mem::take(&mut group.late);
            (!late.is_empty()).then(|| (group.filter.clone(), late))
        };
        let Some((filter, late)) = self.with(take) else { return };
        let meant: Vec<Seq> =
            late.iter().filter(|it| filter.matches(it, it.at)).map(|it| it.seq).collect();
        let mut wakers = Vec::new();
        self.with(|group| meant.into_iter().for_each(|it| group.count(it, &mut wakers)));
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Begins to count after this exchange; `there` have been counted already.
    fn begin(&self, after: Seq, there: usize) {
        self.with(|group| {
            let early = group.beginning.remove(&self.number).unwrap_or_default();
            let early = early.into_iter().filter(|it| *it > after).count();
            let wait = WatchProgress { there: there + early, began: group.total, armed: None };
            group.waits.insert(self.number, wait);
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut WatchGroup) -> T) -> T {
        let mut table = self.watches.table();
        work(table.groups.get_mut(&self.group).expect("a group stays as long as one waits in it"))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut table = self.watches.table();
        self.watches.0.count.fetch_sub(1, Ordering::SeqCst);
        let Some(group) = table.groups.get_mut(&self.group) else { return };
        group.disarm(self.number);
        group.waits.remove(&self.number);
        group.beginning.remove(&self.number);
        if group.waits.is_empty() {
            table.forget(self.group);
        }
    }
}

impl Journal {
    /// Waits for exchanges after a cursor that match a filter. Exchanges that are already recorded count.
    ///
    /// # Errors
    ///
    /// Testing the recorded exchanges takes more than [`MOST_WORK`](crate::scim::MOST_WORK) steps.
    pub fn watch(
        &self,
        filter: TrafficFilter,
        cursor: Seq,
        now: Timestamp,
    ) -> Result<Watch, WorkExceeded> {
        // The watch counts what is recorded from here on; earlier exchanges are read from the journal.
        let watch = self.watches().add(filter.clone());
        let page = self.since(cursor, usize::MAX);
        let work = WorkBudget::default();
        let is_meant = |it: &&Arc<Exchange>| filter.matches_within(it, now, &work);
        let there = page.items.iter().filter(is_meant).count();
        work.refuse_if_spent()?;
        watch.begin(page.next, there);
        Ok(watch)
    }

    /// Waits for exchanges that are recorded from now on.
    pub fn watch_next(&self, filter: TrafficFilter) -> Watch {
        let watch = self.watches().add(filter);
        watch.begin(self.since(Seq::MAX, 0).next, 0);
        watch
    }
}

#[cfg(test)]
mod tests;
