//! Who waits for a number of resources that match a filter.
//!
//! Every state that a tenant is in is looked at, one after the other, by a thread that is there as long
//! as somebody waits: so no moment is missed, and no request waits for the looking. From one state to
//! the next only the resources that differ are tested, unless the filter asks for what follows from
//! others (a user's groups, the name of a manager): then all are.

use std::{
    cell::Cell,
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
};

use smol_str::SmolStr;

use super::{Presentation, State, Tenant};
use crate::{
    journal::Count,
    scim::{Derive, Object, Predicate, Resource, Target, Value, WorkBudget},
};

/// Those who wait, and the states that are to be looked at.
#[derive(Debug, Default)]
pub(super) struct StateWatches(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// Whether somebody waits, readable without waiting.
    is_used: AtomicBool,
    queue: Mutex<Queue>,
    is_filled: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    latest: u64,
    news: VecDeque<News>,
    has_thread: bool,
}

#[derive(Debug)]
enum News {
    State(Arc<State>, u64),
    Begins(u64, Box<Wanted>, Arc<Mutex<Seen>>),
    Ends(u64),
}

/// Which resources are counted, and how many are wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The resource type.
    pub kind: SmolStr,
    /// The filter, bound to it; all resources of the type if there is none.
    pub predicate: Option<Predicate>,
    /// How the filter was written: those who write it alike are looked at together.
    pub filter: String,
    /// How many.
    pub count: Count,
    /// The base URL of the service, which addresses in filters begin with.
    pub base: String,
}

/// What has been seen of the states until now.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// How many matched at the revision that was wanted, and that revision.
    pub met: Option<(usize, u64)>,
    /// How many match now, and at which revision; `None` before the first look.
    pub latest: Option<(usize, u64)>,
    /// The number that came nearest to what is wanted, and at which revision.
    pub nearest: Option<(usize, u64)>,
    waker: Option<Waker>,
}

/// One who waits; it is forgotten when it is dropped.
#[derive(Debug)]
pub struct StateWatch {
    shared: Arc<Shared>,
    number: u64,
    seen: Arc<Mutex<Seen>>,
}

impl Tenant {
    /// Waits for a number of resources: from the present state on, each is looked at.
    pub fn watch_state(&self, wanted: Wanted) -> StateWatch {
        let seen = Arc::<Mutex<Seen>>::default();
        let shared = self.state_watches.0.clone();
        // While no other state can come, so that the queue has each once and in order.
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut queue = shared.queue();
        queue.latest += 1;
        let number = queue.latest;
        shared.is_used.store(true, Ordering::SeqCst);
        queue.news.push_back(News::State(self.snapshot(), self.revision()));
        queue.news.push_back(News::Begins(number, Box::new(wanted), seen.clone()));
        if !queue.has_thread {
            queue.has_thread = true;
            let of_all = shared.clone();
            let thread = std::thread::Builder::new().name("mediusflow-watch".into());
            // Where no thread can be made, the wait is in vain and says so when its time is over.
            if thread.spawn(move || of_all.look()).is_err() {
                queue.has_thread = false;
                queue.news.clear();
                shared.is_used.store(false, Ordering::SeqCst);
            }
        }
        drop((queue, writer));
        shared.is_filled.notify_one();
        StateWatch { shared, number, seen }
    }
}

impl StateWatches {
    /// Has a state looked at that was put in place just now, by its writer.
    pub(super) fn tell(&self, state: &Arc<State>, revision: u64) {
        if self.0.is_used.load(Ordering::SeqCst) {
            self.0.queue().news.push_back(News::State(state.clone(), revision));
            self.0.is_filled.notify_one();
        }
    }
}

impl StateWatch {
    /// What has been seen; the waker is called after the first look, and when what is wanted is there.
    pub fn seen(&self, waker: &Waker) -> Seen {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.waker = Some(waker.clone());
        seen.clone()
    }
}

impl Drop for StateWatch {
    fn drop(&mut self) {
        self.shared.queue().news.push_back(News::Ends(self.number));
        self.shared.is_filled.notify_one();
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Every change is one move, so a thread that died has left it whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The work of the thread, until nobody waits any more.
    fn look(&self) {
        let mut groups = Groups::default();
        let mut queue = self.queue();
        loop {
            let Some(news) = queue.news.pop_front() else {
                if groups.0.is_empty() {
                    self.is_used.store(false, Ordering::SeqCst);
                    queue.has_thread = false;
                    return;
                }
                queue = self.is_filled.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(queue);
            groups.take(news);
            queue = self.queue();
        }
    }
}

/// Those who wait, by type and filter, and the state that was looked at last.
#[derive(Default)]
struct Groups(BTreeMap<(SmolStr, String), Group>, Option<(Arc<State>, u64)>);

struct Group {
    wanted: Wanted,
    count: usize,
    /// Whether the filter has asked for what follows from other resources.
    is_entangled: bool,
    waits: BTreeMap<u64, (Count, Arc<Mutex<Seen>>)>,
}

impl Groups {
    fn take(&mut self, news: News) {
        match news {
            News::State(state, revision) => {
                let before = self.1.replace((state.clone(), revision));
                for group in self.0.values_mut() {
                    group.pass(before.as_ref().map(|(it, _)| &**it), &state);
                    group.tell(revision);
                }
            }
            News::Begins(number, wanted, seen) => {
                let Some((state, revision)) = &self.1 else { return };
                let count = wanted.count;
                let key = (wanted.kind.clone(), wanted.filter.clone());
                let group = self.0.entry(key).or_insert_with(|| Group::of(*wanted, state));
                group.waits.insert(number, (count, seen));
                group.tell(*revision);
            }
            News::Ends(number) => {
                self.0.retain(|_, group| {
                    group.waits.remove(&number);
                    !group.waits.is_empty()
                });
            }
        }
    }
}

impl Group {
    fn of(wanted: Wanted, state: &State) -> Self {
        let mut group = Self { wanted, count: 0, is_entangled: false, waits: BTreeMap::new() };
        group.count_all(state);
        group
    }

    /// Goes from one state to the next.
    fn pass(&mut self, before: Option<&State>, state: &State) {
        let Some(before) = before.filter(|_| !self.is_entangled) else {
            return self.count_all(state);
        };
        let kind = self.wanted.kind.clone();
        if self.wanted.predicate.is_none() {
            self.count = state.directory().len(&kind);
            return;
        }
        for (gone, came) in before.directory().differences(state.directory(), &kind) {
            let (gone, came) = (self.matches(gone, before), self.matches(came, state));
            self.count = (self.count + came).saturating_sub(gone);
        }
    }

    fn count_all(&mut self, state: &State) {
        let kind = self.wanted.kind.clone();
        self.count = match self.wanted.predicate {
            None => state.directory().len(&kind),
            Some(_) => state.directory().all(&kind).map(|it| self.matches(Some(it), state)).sum(),
        };
    }

    /// 1 if there is a resource and it matches.
    fn matches(&mut self, resource: Option<&Arc<Resource>>, state: &State) -> usize {
        let (Some(resource), Some(predicate)) = (resource, &self.wanted.predicate) else {
            return 0;
        };
        let asks = Asks { of: state.present(&self.wanted.base), others: Cell::new(false) };
        let matches = predicate.matches(resource, &asks, &WorkBudget::default());
        self.is_entangled |= asks.others.get();
        usize::from(matches)
    }

    fn tell(&self, revision: u64) {
        let found = (self.count, revision);
        for (wanted, seen) in self.waits.values() {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            let is_first = seen.latest.replace(found).is_none();
            let is_nearer = |(nearest, _)| wanted.distance(self.count) < wanted.distance(nearest);
            if seen.nearest.is_none_or(is_nearer) {
                seen.nearest = Some(found);
            }
            let is_met = seen.met.is_none() && wanted.admits(self.count);
            if is_met {
                seen.met = Some(found);
            }
            if is_met || is_first {
                let waker = seen.waker.take();
                drop(seen);
                waker.into_iter().for_each(Waker::wake);
            }
        }
    }
}

/// A presentation that notes whether it was asked for what follows from other resources.
struct Asks<'a> {
    of: Presentation<'a>,
    others: Cell<bool>,
}

impl Derive for Asks<'_> {
    fn derive(&self, resource: &Resource, target: &Target) -> Option<Value> {
        if !target.is_core("meta") && !target.is_core("schemas") {
            self.others.set(true);
        }
        self.of.derive(resource, target)
    }

    fn complete(&self, target: &Target, reference: &Object) -> Object {
        self.others.set(true);
        self.of.complete(target, reference)
    }
}
