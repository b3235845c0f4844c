//! The lives of a tenant that have ended since its last reset, so that what was true in them can be told.

use std::{
    collections::VecDeque,
    sync::{Arc, MutexGuard, PoisonError},
};

use super::{State, Tenant};
use crate::journal::Seq;

/// How many lives are kept.
const MOST: usize = 100;

/// How many resources a state has at most that is kept for the past: a larger one may hold as much memory
/// as the present one.
const LARGEST: usize = 10_000;

/// The lives that have ended since the last reset, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct EndedLives {
    pub(super) lives: VecDeque<EndedLife>,
    /// The last life of which nothing is known any more, if there is one.
    pub(super) forgotten: Option<Boundary>,
}

/// A life that has ended.
#[derive(Clone, Debug)]
pub(super) struct EndedLife {
    /// Where the next one began.
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
    /// Notes that a life has ended; those are forgotten that hold too much, or are too many.
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

    /// The revision from which on everything is known.
    pub(super) fn known_from(&self) -> u64 {
        self.forgotten.map_or(0, |it| it.revision)
    }
}

impl Tenant {
    pub(super) fn ended_lives(&self) -> MutexGuard<'_, EndedLives> {
        // Every change is one insertion or removal, so a thread that died left it whole.
        self.ended_lives.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present life as one that ends with the next revision; for a writer.
    pub(super) fn ending_life(&self) -> EndedLife {
        let end = Boundary { revision: self.revision() + 1, seq: self.journal.seqs().end - 1 };
        EndedLife { end, state: self.snapshot() }
    }
}
