//! Waking who waits for certain exchanges, and nobody else.
//!
//! Each exchange is tested when it is recorded, and each wait keeps its place and its count: so a wait
//! costs the same however long the journal is, and is woken only when enough have come. Waits with the
//! same filter are tested together; those that want a certain name, or a test that many share, are
//! found by it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::Waker,
};

use jiff::Timestamp;

use super::{Exchange, Journal, Seq, TrafficFilter, filter::Gate};

/// Who waits for exchanges of a journal.
#[derive(Clone, Debug, Default)]
pub(super) struct Watches(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// How many wait, readable without waiting.
    count: AtomicUsize,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    latest: u64,
    /// The waits with one filter each.
    groups: BTreeMap<u64, Group>,
    by_filter: HashMap<String, u64>,
    /// Those that want one of certain names, by key.
    by_name: BTreeMap<&'static str, HashMap<String, Vec<u64>>>,
    /// The others, by a test that must hold for them.
    by_test: Vec<(TrafficFilter, Vec<u64>)>,
}

#[derive(Debug)]
struct Group {
    filter: TrafficFilter,
    /// How many exchanges have come that it matches.
    total: usize,
    waits: BTreeMap<u64, Wait>,
    /// Those to be woken, by the total at which they are: an exchange costs the same however many wait.
    armed: BTreeMap<(usize, u64), Waker>,
    /// Those that do not know yet behind which exchange they count.
    beginning: BTreeMap<u64, Vec<Seq>>,
}

#[derive(Debug, Default)]
struct Wait {
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
    pub(super) fn tell(&self, exchange: &Exchange) {
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
            group.waits.insert(number, Wait::default());
            group.beginning.insert(number, Vec::new());
        }
        self.0.count.fetch_add(1, Ordering::SeqCst);
        Watch { watches: self.clone(), group, number }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // What a thread that died may have left half done is a place in an index, which wakes nobody.
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// The group of a filter, made if it is the first of its kind.
    fn group(&mut self, filter: TrafficFilter) -> u64 {
        let text = filter.to_string();
        if let Some(group) = self.by_filter.get(&text) {
            return *group;
        }
        let group = self.latest;
        self.by_filter.insert(text, group);
        match filter.gate() {
            Gate::Names(key, names) => {
                let known = self.by_name.entry(key).or_default();
                for name in names {
                    known.entry(name).or_default().push(group);
                }
            }
            Gate::Test(test) => match self.by_test.iter_mut().find(|(it, _)| *it == test) {
                Some((_, groups)) => groups.push(group),
                None => self.by_test.push((test, vec![group])),
            },
        }
        let (waits, armed, beginning) = Default::default();
        self.groups.insert(group, Group { filter, total: 0, waits, armed, beginning });
        group
    }

    fn forget(&mut self, group: u64) {
        let Some(Group { filter, .. }) = self.groups.remove(&group) else { return };
        self.by_filter.remove(&filter.to_string());
        match filter.gate() {
            Gate::Names(key, names) => {
                let Some(known) = self.by_name.get_mut(key) else { return };
                for name in names {
                    if let Some(groups) = known.get_mut(&name) {
                        groups.retain(|it| *it != group);
                    }
                }
                known.retain(|_, groups| !groups.is_empty());
                self.by_name.retain(|_, known| !known.is_empty());
            }
            Gate::Test(test) => {
                if let Some((_, groups)) = self.by_test.iter_mut().find(|(it, _)| *it == test) {
                    groups.retain(|it| *it != group);
                }
                self.by_test.retain(|(_, groups)| !groups.is_empty());
            }
        }
    }

    fn tell(&mut self, exchange: &Exchange) -> Vec<Waker> {
        // An exchange that comes is as young as can be: no filter by age looks at the clock.
        let now = exchange.at;
        let mut groups: Vec<u64> = Vec::new();
        for (key, known) in &self.by_name {
            for name in TrafficFilter::names_in(key, exchange) {
                groups.extend(known.get(&name).into_iter().flatten());
            }
        }
        for (test, behind) in &self.by_test {
            if test.matches(exchange, now) {
                groups.extend(behind);
            }
        }
        groups.sort_unstable();
        groups.dedup();
        let mut wakers = Vec::new();
        for group in groups {
            let Some(group) = self.groups.get_mut(&group) else { continue };
            if group.filter.matches(exchange, now) {
                group.count(exchange.seq, &mut wakers);
            }
        }
        wakers
    }
}

impl Group {
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

    fn disarm(&mut self, number: u64) {
        let armed = self.waits.get_mut(&number).and_then(|it| it.armed.take());
        if let Some(total) = armed {
            self.armed.remove(&(total, number));
        }
    }
}

impl Wait {
    fn came(&self, total: usize) -> usize {
        self.there + (total - self.began)
    }
}

impl Watch {
    /// How many exchanges have come that the filter matches, those that were there included. One that
    /// is recorded while the watch is made may be counted twice: look before you rely on it.
    pub fn came(&self) -> usize {
        self.with(|group| group.waits.get(&self.number).map_or(0, |it| it.came(group.total)))
    }

    /// The same; if it is fewer than `wanted`, the waker is called as soon as so many have come.
    pub fn arm(&self, wanted: usize, waker: &Waker) -> usize {
        self.with(|group| {
            group.disarm(self.number);
            let Some(wait) = group.waits.get_mut(&self.number) else { return 0 };
            let came = wait.came(group.total);
            if let Some(lacking) = wanted.checked_sub(came).filter(|it| *it > 0) {
                let total = group.total.saturating_add(lacking);
                wait.armed = Some(total);
                group.armed.insert((total, self.number), waker.clone());
            }
            came
        })
    }

    /// Counts those behind this one, beside `there` that have been counted.
    fn begin(&self, after: Seq, there: usize) {
        self.with(|group| {
            let early = group.beginning.remove(&self.number).unwrap_or_default();
            let early = early.into_iter().filter(|it| *it > after).count();
            let wait = Wait { there: there + early, began: group.total, armed: None };
            group.waits.insert(self.number, wait);
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut Group) -> T) -> T {
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
    pub fn watch(&self, filter: TrafficFilter, cursor: Seq, now: Timestamp) -> Watch {
        // What is recorded from here on is told, what was recorded before is looked for.
        let watch = self.watches().add(filter.clone());
        let page = self.since(cursor, usize::MAX);
        let there = page.items.iter().filter(|it| filter.matches(it, now)).count();
        watch.begin(page.next, there);
        watch
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::atomic::AtomicUsize, task::Wake};

    use rstest::rstest;

    use super::super::{Draft, Limits, Operation, sample};
    use super::*;

    #[derive(Default)]
    struct Calls(AtomicUsize);

    impl Wake for Calls {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn journal() -> Journal {
        Journal::new(Limits::default())
    }

    fn watch(journal: &Journal, filter: &str) -> Watch {
        journal.watch(filter.parse().unwrap(), 0, sample::at(0))
    }

    fn is_empty(journal: &Journal) -> bool {
        let table = journal.watches().table();
        let is_indexed = table.by_filter.is_empty() && table.by_name.is_empty();
        is_indexed && table.by_test.is_empty() && table.groups.is_empty()
    }

    #[rstest]
    #[case("")]
    #[case("op:create")]
    #[case("op:create user:\"anna larsson\"")]
    #[case("user:ANNA.larsson@acme.se")]
    #[case("user:4f2c,b31d | group:Finance")]
    #[case("group:fin,finance -op:get")]
    #[case("-is:error path:Users")]
    #[case("since:1h id:4f2c")]
    #[case("user:~anna")]
    fn a_wait_counts_what_a_look_at_the_whole_journal_finds(#[case] text: &str) {
        let journal = journal();
        let all = sample::drafts();
        let (before, after) = all.split_at(all.len() / 2);
        let record = |drafts: &[Draft]| {
            for draft in drafts {
                journal.record(draft.clone());
            }
        };
        record(before);
        let other = watch(&journal, "op:get");

        let watch = watch(&journal, text);
        record(after);

        let filter: TrafficFilter = text.parse().unwrap();
        let seen = journal.since(0, usize::MAX).items;
        let found = seen.iter().filter(|it| filter.matches(it, sample::at(0))).count();
        assert!(found > 0);
        assert_eq!(watch.came(), found);
        drop((watch, other));
        assert!(is_empty(&journal));
    }

    #[test]
    fn only_the_wait_for_which_enough_have_come_is_woken() {
        let journal = journal();
        let (few, many) = (watch(&journal, "op:get"), watch(&journal, "op:get"));
        let calls = [(); 2].map(|()| Arc::new(Calls::default()));
        few.arm(1, &Waker::from(calls[0].clone()));
        many.arm(3, &Waker::from(calls[1].clone()));
        let mut told = Vec::new();

        for operation in [Operation::List, Operation::Get, Operation::Get, Operation::Get] {
            journal.record(sample::draft(operation, "/Users/4f2c"));
            told.push([0, 1].map(|at| calls[at].0.load(Ordering::SeqCst)));
        }

        assert_eq!(told, [[0, 0], [1, 0], [1, 0], [1, 1]]);
    }
}
