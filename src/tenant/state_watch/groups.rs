//! Those who wait, by what they count, and the counting.
//!
//! From one state to the next only the resources that differ are tested, unless the filter asks for
//! what follows from others (a user's groups, the name of a manager): then all are. Each look has one
//! budget of work.

use std::{
    cell::Cell,
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    task::Waker,
};

use smol_str::SmolStr;

use super::{Behind, News, StateWatchProgress, Wanted};
use crate::{
    journal::Count,
    scim::{
        Derive, MOST_WORK, Object, Predicate, ResolvedAddress, Resource, ScimError, Target, Value,
        WorkBudget,
    },
    tenant::{Presentation, State},
};

/// The steps that may be taken for the states in front of a wait whose time is over, before they are left
/// out but the newest: about a second.
pub(super) const LATE_WORK: u64 = MOST_WORK / 50;

/// One who begins to wait, with the state at that moment.
#[derive(Debug)]
pub(super) struct Beginning {
    pub(super) number: u64,
    pub(super) wanted: Wanted,
    pub(super) state: Arc<State>,
    pub(super) revision: u64,
    pub(super) seen: Arc<Mutex<StateWatchProgress>>,
}

/// Those who wait, by type and filter, and the state that came last.
pub(super) struct Groups {
    /// The steps that one look may take.
    most_work: u64,
    /// The steps that are left while a wait is late.
    pub(super) late_work: u64,
    by_filter: BTreeMap<(SmolStr, String), WaitGroup>,
    latest: Option<(Arc<State>, u64)>,
}

/// Those who count the same.
struct WaitGroup {
    counter: Counter,
    count: usize,
    /// The state in which there were so many, and its revision.
    at: (Arc<State>, u64),
    waits: BTreeMap<u64, GroupWait>,
}

struct GroupWait {
    wanted: Count,
    /// The revision at which it began: earlier states, which are looked at later, are not its own.
    since: u64,
    seen: Arc<Mutex<StateWatchProgress>>,
}

/// What is counted.
struct Counter {
    kind: SmolStr,
    predicate: Option<Predicate>,
    base: String,
    most_work: u64,
    /// The steps that the last look took.
    spent: u64,
    /// Whether the filter has asked for what follows from other resources.
    is_entangled: bool,
}

impl Default for Groups {
    fn default() -> Self {
        Self::with_work(MOST_WORK)
    }
}

impl Groups {
    /// Nobody waits yet, and one look takes so many steps at most.
    pub(super) fn with_work(most_work: u64) -> Self {
        Self { most_work, late_work: LATE_WORK, by_filter: BTreeMap::new(), latest: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_filter.is_empty()
    }

    /// Looks at the state in which a wait began, and at those behind it from now on.
    fn begin(&mut self, begun: Beginning) {
        let Beginning { number, wanted, state, revision, seen } = begun;
        let Wanted { kind, predicate, filter, count, base } = wanted;
        let wait = GroupWait { wanted: count, since: revision, seen };
        let key = (kind.clone(), filter);
        let group = self.by_filter.get_mut(&key);
        let most_work = self.most_work;
        let mut counter =
            Counter { kind, predicate, base, most_work, spent: 0, is_entangled: false };
        let found = match &group {
            Some(group) if group.at.1 == revision => Ok(group.count),
            _ => counter.count(&state),
        };
        match found {
            Err(refused) => wait.refuse(&refused),
            Ok(count) => {
                wait.tell(count, revision);
                let new =
                    || WaitGroup { counter, count, at: (state, revision), waits: BTreeMap::new() };
                let group = self.by_filter.entry(key).or_insert_with(new);
                group.waits.insert(number, wait);
            }
        }
    }

    /// Takes the news in.
    pub(super) fn take(&mut self, news: News, behind: Behind) {
        if !behind.is_late {
            self.late_work = LATE_WORK;
        }
        match news {
            News::Begins(begun) => self.begin(*begun),
            News::State(state, revision) => self.go_on(state, revision, behind),
            News::Skipped(count, until) => {
                self.by_filter.values().for_each(|group| group.skip(count, until));
            }
            News::Expires(number) => {
                self.expire(number);
                if !behind.is_late {
                    self.catch_up();
                }
            }
            News::Ends(number) => self.by_filter.retain(|_, group| {
                group.waits.remove(&number);
                !group.waits.is_empty()
            }),
        }
    }

    /// Goes on to another state. It is left out for a filter for which each resource must be tested, where
    /// more states are behind it than can be looked at, and where somebody is late and has no steps left.
    fn go_on(&mut self, state: Arc<State>, revision: u64, behind: Behind) {
        let left = &mut self.late_work;
        self.by_filter.retain(|_, group| {
            if group.at.1 >= revision {
                return true;
            }
            let is_costly = behind.are_many && group.counter.is_entangled;
            let is_late = behind.is_late && *left == 0 && group.counter.predicate.is_some();
            if is_costly || is_late {
                group.skip(1, revision);
                return true;
            }
            let looked = group.look(&state, revision);
            if behind.is_late {
                *left = left.saturating_sub(group.counter.spent);
            }
            looked.is_ok()
        });
        if self.latest.as_ref().is_none_or(|(_, latest)| *latest < revision) {
            self.latest = Some((state, revision));
        }
    }

    /// Tells a wait that all is looked at which was there when it expired.
    fn expire(&mut self, number: u64) {
        let latest = &self.latest;
        self.by_filter.retain(|_, group| {
            let Some(GroupWait { seen, .. }) = group.waits.get(&number) else { return true };
            let seen = seen.clone();
            let looked = group.catch_up(latest.as_ref());
            change(&seen, |seen| {
                seen.is_over = true;
                true
            });
            looked.is_ok()
        });
    }

    /// Looks at the last state for all for whom it was left out.
    fn catch_up(&mut self) {
        let latest = &self.latest;
        self.by_filter.retain(|_, group| group.catch_up(latest.as_ref()).is_ok());
    }
}

impl WaitGroup {
    /// Goes on to another state, and tells those who wait.
    ///
    /// # Errors
    ///
    /// `tooMany` where that takes more than a look may; those who wait know.
    fn look(&mut self, state: &Arc<State>, revision: u64) -> Result<(), ScimError> {
        match self.counter.go_on(&self.at.0, self.count, state) {
            Ok(count) => {
                (self.count, self.at) = (count, (state.clone(), revision));
                let waits = self.waits.values().filter(|it| it.since < revision);
                waits.for_each(|it| it.tell(count, revision));
                Ok(())
            }
            Err(refused) => {
                self.waits.values().for_each(|it| it.refuse(&refused));
                Err(refused)
            }
        }
    }

    /// Looks at the last state if it was left out.
    ///
    /// # Errors
    ///
    /// As [`Self::look`].
    fn catch_up(&mut self, latest: Option<&(Arc<State>, u64)>) -> Result<(), ScimError> {
        let Some((state, revision)) = latest.filter(|it| self.at.1 < it.1) else { return Ok(()) };
        self.look(state, *revision)?;
        for wait in self.waits.values().filter(|it| it.since < *revision) {
            change(&wait.seen, |seen| {
                seen.skipped = seen.skipped.saturating_sub(1);
                false
            });
        }
        Ok(())
    }

    /// Tells of states that were left out, up to this revision.
    fn skip(&self, count: u64, until: u64) {
        for wait in self.waits.values() {
            // Those before it began are not its own.
            let own = count.min(until.saturating_sub(wait.since));
            change(&wait.seen, |seen| {
                seen.skipped += own;
                false
            });
        }
    }
}

impl GroupWait {
    fn tell(&self, count: usize, revision: u64) {
        let found = (count, revision);
        change(&self.seen, |seen| {
            let is_first = seen.latest.replace(found).is_none();
            let distance = |count| self.wanted.distance(count);
            if seen.nearest.is_none_or(|(nearest, _)| distance(count) < distance(nearest)) {
                seen.nearest = Some(found);
            }
            let is_met = seen.met.is_none() && self.wanted.admits(count);
            if is_met {
                seen.met = Some(found);
            }
            is_met || is_first
        });
    }

    fn refuse(&self, refused: &ScimError) {
        change(&self.seen, |seen| {
            seen.refused = Some(refused.clone());
            true
        });
    }
}

/// Changes what has been seen, and wakes who waits if that says so; nothing is locked then.
fn change(seen: &Mutex<StateWatchProgress>, change: impl FnOnce(&mut StateWatchProgress) -> bool) {
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let waker = if change(&mut seen) { seen.waker.take() } else { None };
    drop(seen);
    waker.into_iter().for_each(Waker::wake);
}

impl Counter {
    /// How many there are in a state.
    fn count(&mut self, state: &State) -> Result<usize, ScimError> {
        self.spent = 0;
        if self.predicate.is_none() {
            return Ok(state.resources().len(&self.kind));
        }
        let work = WorkBudget::of(self.most_work);
        let kind = self.kind.clone();
        let all = state.resources().all(&kind).take_while(|_| !work.is_spent());
        let count = all.map(|it| self.matches(Some(it), state, &work)).sum();
        self.spent = self.most_work - work.left();
        work.search_result(count)
    }

    /// How many there are in a state, where there were so many in one before it.
    fn go_on(&mut self, before: &State, count: usize, state: &State) -> Result<usize, ScimError> {
        if self.predicate.is_none() || self.is_entangled {
            return self.count(state);
        }
        let (work, kind) = (WorkBudget::of(self.most_work), self.kind.clone());
        let mut next = count;
        for (gone, came) in before.resources().differences(state.resources(), &kind) {
            let (gone, came) =
                (self.matches(gone, before, &work), self.matches(came, state, &work));
            next = (next + came).saturating_sub(gone);
            if work.is_spent() {
                break;
            }
        }
        self.spent = self.most_work - work.left();
        work.search_result(next)
    }

    /// 1 if there is a resource and it matches.
    fn matches(
        &mut self,
        resource: Option<&Arc<Resource>>,
        state: &State,
        work: &WorkBudget,
    ) -> usize {
        let (Some(resource), Some(predicate)) = (resource, &self.predicate) else { return 0 };
        let asks = Asks { of: state.present(&self.base), others: Cell::new(false) };
        let matches = predicate.matches(resource, &asks, work);
        self.is_entangled |= asks.others.get();
        usize::from(matches)
    }
}

/// A presentation that notes whether it was asked for what follows from other resources.
struct Asks<'a> {
    of: Presentation<'a>,
    others: Cell<bool>,
}

impl Derive for Asks<'_> {
    fn derive(&self, resource: &Resource, target: &Target) -> Option<Value> {
        // The version of a user follows from its groups, too.
        let is_version = target.sub.as_ref().is_none_or(|it| it.is_named("version"));
        let is_own = target.is_core("schemas") || target.is_core("meta") && !is_version;
        if !is_own {
            self.others.set(true);
        }
        self.of.derive(resource, target)
    }

    fn complete(&self, target: &Target, reference: &Object) -> Object {
        self.others.set(true);
        self.of.complete(target, reference)
    }

    fn locate(&self, address: &str) -> ResolvedAddress {
        self.of.locate(address)
    }
}
