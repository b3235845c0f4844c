//! Who waits for a number of resources that match a filter.
//!
//! Every state that a tenant is in is looked at, one after the other, by a thread that is there as long
//! as somebody waits: so no moment is missed, and no request waits for the looking. Who begins is told of
//! the state of that moment first, however many are still to be looked at for others. Who writes faster
//! than can be looked at makes that thread leave states out, and so does a wait whose time is over, when
//! what is still to be looked at takes long: each wait is told how many were left out.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
};

use smol_str::SmolStr;

use super::{State, Tenant};
use crate::{
    journal::Count,
    scim::{Predicate, ScimError},
};

mod groups;

use groups::{Beginning, Groups};

/// So many states wait to be looked at; when there are more, all but the newest are left out.
const MOST_STATES: usize = 10_000;

/// When more states wait than this, a filter for which each resource must be looked at again leaves
/// states out.
const MANY_STATES: usize = 500;

/// Those who wait, and the states that are to be looked at.
#[derive(Debug, Default)]
pub(super) struct StateWatches(Arc<WatchQueue>);

#[derive(Debug, Default)]
struct WatchQueue {
    /// Whether somebody waits, readable without waiting.
    is_used: AtomicBool,
    queue: Mutex<Queue>,
    is_filled: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    latest: u64,
    /// Those who have begun to wait; they come before the other news.
    begun: VecDeque<Beginning>,
    news: VecDeque<News>,
    /// How many states are among the news.
    states: usize,
    /// How many waits among the news are over, and want to know what there was.
    expired: usize,
    has_thread: bool,
}

/// What stands behind one of the news.
#[derive(Clone, Copy, Debug, Default)]
struct Behind {
    /// Whether there are more states than [`MANY_STATES`].
    are_many: bool,
    /// Whether a wait is over already, and is not told before all in front of it is looked at.
    is_late: bool,
}

#[derive(Debug)]
enum News {
    Begins(Box<Beginning>),
    State(Arc<State>, u64),
    /// So many states were left out, up to this revision.
    Skipped(u64, u64),
    /// The time of a wait is over.
    Expires(u64),
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
pub struct StateWatchProgress {
    /// How many matched at the revision that was wanted, and that revision.
    pub met: Option<(usize, u64)>,
    /// How many match now, and at which revision; `None` before the first look.
    pub latest: Option<(usize, u64)>,
    /// The number that came nearest to what is wanted, and at which revision.
    pub nearest: Option<(usize, u64)>,
    /// How many states were left out, since more came than could be looked at.
    pub skipped: u64,
    /// Why nothing more is looked at: one look takes too much work.
    pub refused: Option<ScimError>,
    /// Whether all is seen that was there when the wait [expired](StateWatch::expire).
    pub is_over: bool,
    waker: Option<Waker>,
}

/// One who waits; it is forgotten when it is dropped.
#[derive(Debug)]
pub struct StateWatch {
    shared: Arc<WatchQueue>,
    number: u64,
    seen: Arc<Mutex<StateWatchProgress>>,
}

impl Tenant {
    /// Waits for a number of resources: from the present state on, each is looked at.
    pub fn watch_state(&self, wanted: Wanted) -> StateWatch {
        let seen = Arc::<Mutex<StateWatchProgress>>::default();
        let shared = self.state_watches.0.clone();
        let mut queue = shared.queue();
        // Whoever puts a state in place from now on tells of it; it waits for the queue, which so has
        // every state behind the present one.
        shared.is_used.store(true, Ordering::SeqCst);
        let (state, revision) = self.snapshot_with_revision();
        queue.latest += 1;
        let number = queue.latest;
        queue.begun.push_back(Beginning { number, wanted, state, revision, seen: seen.clone() });
        if !queue.has_thread {
            queue.has_thread = true;
            let of_all = shared.clone();
            let thread = std::thread::Builder::new().name("mediusflow-watch".into());
            // Where no thread can be made, the wait is in vain and says so when its time is over.
            if thread.spawn(move || of_all.look()).is_err() {
                queue.clear();
                shared.is_used.store(false, Ordering::SeqCst);
            }
        }
        drop(queue);
        shared.is_filled.notify_one();
        StateWatch { shared, number, seen }
    }
}

impl StateWatches {
    /// Has a state looked at that was put in place just now, by its writer.
    pub(super) fn tell(&self, state: &Arc<State>, revision: u64) {
        if self.0.is_used.load(Ordering::SeqCst) {
            self.0.queue().tell(state, revision);
            self.0.is_filled.notify_one();
        }
    }
}

impl StateWatch {
    /// What has been seen; the waker is called after the first look, when what is wanted is there, and
    /// when nothing more is looked at.
    pub fn seen(&self, waker: &Waker) -> StateWatchProgress {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.waker = Some(waker.clone());
        seen.clone()
    }

    /// Ends with what there is now: [`StateWatchProgress::is_over`] says when that has been looked at.
    pub fn expire(&self) {
        let mut queue = self.shared.queue();
        queue.expired += 1;
        queue.news.push_back(News::Expires(self.number));
        drop(queue);
        self.shared.is_filled.notify_one();
    }
}

impl Drop for StateWatch {
    fn drop(&mut self) {
        self.shared.queue().news.push_back(News::Ends(self.number));
        self.shared.is_filled.notify_one();
    }
}

impl WatchQueue {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Every change is one move, so a thread that died has left it whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The work of the thread, until nobody waits any more.
    fn look(&self) {
        let mut groups = Groups::default();
        let mut queue = self.queue();
        loop {
            if let Some((news, behind)) = queue.next() {
                drop(queue);
                groups.take(news, behind);
            } else if groups.is_empty() {
                self.is_used.store(false, Ordering::SeqCst);
                queue.has_thread = false;
                return;
            } else {
                queue = self.is_filled.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            queue = self.queue();
        }
    }
}

impl Queue {
    fn tell(&mut self, state: &Arc<State>, revision: u64) {
        if self.states >= MOST_STATES {
            self.collapse();
        }
        self.states += 1;
        self.news.push_back(News::State(state.clone(), revision));
    }

    /// The next of the news, and what is behind it.
    fn next(&mut self) -> Option<(News, Behind)> {
        if let Some(begun) = self.begun.pop_front() {
            return Some((News::Begins(Box::new(begun)), Behind::default()));
        }
        let news = self.news.pop_front()?;
        match news {
            News::State(..) => self.states -= 1,
            News::Expires(_) => self.expired -= 1,
            _ => {}
        }
        Some((news, Behind { are_many: self.states > MANY_STATES, is_late: self.expired > 0 }))
    }

    /// Leaves all states out but the newest. That one comes first: whoever expires meanwhile is to see
    /// no less than what there was.
    fn collapse(&mut self) {
        let (mut newest, mut skipped, mut until) = (None, 0, 0);
        self.news.retain_mut(|news| match news {
            News::State(state, revision) => {
                let before = newest.replace((state.clone(), *revision));
                if let Some((_, revision)) = before {
                    (skipped, until) = (skipped + 1, revision);
                }
                false
            }
            News::Skipped(count, revision) => {
                (skipped, until) = (skipped + *count, until.max(*revision));
                false
            }
            News::Begins(_) | News::Expires(_) | News::Ends(_) => true,
        });
        self.states = 0;
        if let Some((state, revision)) = newest {
            self.states = 1;
            self.news.push_front(News::State(state, revision));
        }
        self.news.push_front(News::Skipped(skipped, until));
    }

    fn clear(&mut self) {
        *self = Self { latest: self.latest, ..Self::default() };
    }
}

#[cfg(test)]
mod tests;
