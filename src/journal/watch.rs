//! Waking who waits for certain exchanges, and nobody else.
//!
//! Each exchange is tested when it is recorded, and each wait keeps its place and its count: so a wait
//! costs the same however long the journal is, and is woken only when enough have come. Waits with the
//! same filter are tested together; those that want a certain name, a certain part of a path, or a test
//! that many share, are found by it.
//!
//! Whoever records takes only so many steps for that. What takes more, such as a regular expression over
//! a long body, is left to those who wait: they are woken, and test it themselves.

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

/// The steps that are taken for all who wait while an exchange is recorded.
const STEPS: u64 = 20_000;

/// The steps for one filter: so one that takes long leaves some to the others.
const STEPS_EACH: u64 = 2_000;

/// How many exchanges are kept for those who wait to test; more are said to have come untested.
const MOST_LATE: usize = 100;

/// Who waits for exchanges of a journal.
#[derive(Clone, Debug, Default)]
pub(super) struct Watches(Arc<WatchesInner>);

#[derive(Debug, Default)]
struct WatchesInner {
    /// How many wait, readable without waiting.
    count: AtomicUsize,
    table: Mutex<WatchTable>,
}

#[derive(Debug, Default)]
struct WatchTable {
    latest: u64,
    /// The waits with one filter each.
    groups: BTreeMap<u64, WatchGroup>,
    by_filter: HashMap<String, u64>,
    index: FilterIndex,
}

#[derive(Debug)]
struct WatchGroup {
    filter: TrafficFilter,
    /// How many exchanges have come that it matches.
    total: usize,
    waits: BTreeMap<u64, WatchProgress>,
    /// Those to be woken, by the total at which they are: an exchange costs the same however many wait.
    armed: BTreeMap<(usize, u64), Waker>,
    /// Those that do not know yet behind which exchange they count.
    beginning: BTreeMap<u64, Vec<Seq>>,
    /// The exchanges that nobody has tested yet.
    late: Vec<Arc<Exchange>>,
}

/// The steps that are left for an exchange.
struct StepBudget(u64);

impl StepBudget {
    /// Whether a filter matches; `None` if that takes too many steps.
    fn test(&mut self, filter: &TrafficFilter, exchange: &Exchange) -> Option<bool> {
        let most = self.0.min(STEPS_EACH);
        // An exchange that comes is as young as can be: no filter by age looks at the clock.
        let (is_meant, left) = filter.tested(exchange, exchange.at, most);
        self.0 -= most - left;
        is_meant
    }
}

#[derive(Debug, Default)]
struct WatchProgress {
    /// How many were there when it began, and the group's total then.
    there: usize,
    began: usize,
    /// The total at which it is to be woken.
    armed: Option<usize>,
}

/// One who waits for exchanges that a filter matches; it is forgotten when it is dropped.
#[derive(Debug)]
pub struct Watch {
    watches: Watches,
    group: u64,
    number: u64,
}

impl Watches {
    /// Tests an exchange for all who wait, and wakes those for whom enough have come.
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
        // What a thread that died may have left half done is a place in an index, which wakes nobody.
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WatchTable {
    /// The group of a filter, made if it is the first of its kind.
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

    /// Leaves an exchange to those who wait, and adds them to who is woken.
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

    /// Counts an exchange; adds who is to be woken.
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

    /// How many have come for a wait; if they are fewer than it wants, its waker is called when they have.
    fn arm(&mut self, number: u64, wanted: usize, waker: &Waker) -> usize {
        self.disarm(number);
        let Some(wait) = self.waits.get_mut(&number) else { return 0 };
        let came = wait.came(self.total);
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
    fn came(&self, total: usize) -> usize {
        self.there + (total - self.began)
    }
}

impl Watch {
    /// How many exchanges have come that the filter matches, those that were there included. One that
    /// is recorded while the watch is made may be counted twice, and one for whose test there was no
    /// room once: look before you rely on it.
    pub fn came(&self) -> usize {
        self.catch_up();
        self.with(|group| group.waits.get(&self.number).map_or(0, |it| it.came(group.total)))
    }

    /// The same; if it is fewer than `wanted`, the waker is called as soon as so many have come.
    pub fn arm(&self, wanted: usize, waker: &Waker) -> usize {
        loop {
            self.catch_up();
            let arm = |group: &mut WatchGroup| {
                // What came since must be tested first: nobody is woken for it again.
                group.late.is_empty().then(|| group.arm(self.number, wanted, waker))
            };
            if let Some(came) = self.with(arm) {
                return came;
            }
        }
    }

    /// Tests what took too long to be tested when it was recorded; not while others wait for the table.
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

    /// Counts those behind this one, beside `there` that have been counted.
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
    /// One who waits for exchanges behind a cursor that a filter matches; those that are there count.
    ///
    /// # Errors
    ///
    /// To test those takes more than [`MOST_WORK`](crate::scim::MOST_WORK) steps.
    pub fn watch(
        &self,
        filter: TrafficFilter,
        cursor: Seq,
        now: Timestamp,
    ) -> Result<Watch, WorkExceeded> {
        // What is recorded from here on is told, what was recorded before is looked for.
        let watch = self.watches().add(filter.clone());
        let page = self.since(cursor, usize::MAX);
        let work = WorkBudget::default();
        let is_meant = |it: &&Arc<Exchange>| filter.matches_within(it, now, &work);
        let there = page.items.iter().filter(is_meant).count();
        work.suffices()?;
        watch.begin(page.next, there);
        Ok(watch)
    }

    /// One who waits for exchanges that are still to come.
    pub fn watch_next(&self, filter: TrafficFilter) -> Watch {
        let watch = self.watches().add(filter);
        watch.begin(self.since(Seq::MAX, 0).next, 0);
        watch
    }
}

#[cfg(test)]
mod tests;
