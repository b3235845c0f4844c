//! The lives of a tenant that have ended since its last reset: each with the state at its end.

use std::{
    collections::VecDeque,
    sync::{Arc, MutexGuard, PoisonError},
};

use super::{State, Tenant};
use crate::journal::Seq;

/// How many lives are kept.
const MOST: usize = 100;

/// The largest number of resources of a state that is kept. A larger state may need as much memory as the
/// present one.
const LARGEST: usize = 10_000;

/// The lives that have ended since the last reset, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct EndedLives {
    pub(super) lives: VecDeque<EndedLife>,
    /// The end of the last life whose state is not kept any more, if there is one.
    pub(super) forgotten: Option<Boundary>,
}

/// A life that has ended.
#[derive(Clone, Debug)]
pub(super) struct EndedLife {
    /// Where the next life began.
    pub(super) end: Boundary,
    /// The state with which it ended.
    pub(super) state: Arc<State>,
}

/// Where one life ended and the next one began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Boundary {
    /// The revision with which the next life began.
    pub(super) revision: u64,
    /// The number of the latest exchange before.
    pub(super) seq: Seq,
}

impl EndedLives {
    /// Adds a life that has ended. Forgets all of them if its state is too large, and the oldest if they
    /// are too many.
    pub(super) fn note(&mut self, life: EndedLife) {
        if life.state.resources().count() > LARGEST {
            self.lives.clear();
            self.forgotten = Some(life.end);
            return;
        }
        self.lives.push_back(life);
        if self.lives.len() > MOST {
            self.forgotten = self.lives.pop_front().map(|it| it.end);
        }
    }

    /// The revision behind which every life is known.
    pub(super) fn known_from(&self) -> u64 {
        self.forgotten.map_or(0, |it| it.revision)
    }
}

impl Tenant {
    pub(super) fn ended_lives(&self) -> MutexGuard<'_, EndedLives> {
        // Every change is one insertion or removal, so a thread that died left it whole.
        self.ended_lives.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present life, as it ends with the next revision. The caller holds the writer lock.
    pub(super) fn ending_life(&self) -> EndedLife {
        let end = Boundary { revision: self.revision() + 1, seq: self.journal.seqs().end - 1 };
        EndedLife { end, state: self.snapshot() }
    }
}
