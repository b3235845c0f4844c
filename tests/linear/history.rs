//! What happened when, and whether an order explains it.

use std::{collections::HashSet, fmt::Debug, hash::Hash, sync::atomic::AtomicU64};

/// Gives every moment a number, greater than all before.
pub(crate) type Clock = AtomicU64;

/// A request and its answer, with the moments between which it took effect.
#[derive(Clone, Debug)]
pub(crate) struct Event<O, A> {
    pub(crate) sent: u64,
    pub(crate) answered: u64,
    pub(crate) operation: O,
    pub(crate) answer: A,
}

/// What does one thing after the other.
pub(crate) trait Sequential: Clone + Eq + Hash {
    type Operation: Debug;
    type Answer: Debug;

    /// What it is after an operation; `None` if it would not have answered so.
    fn after(&self, operation: &Self::Operation, answer: &Self::Answer) -> Option<Self>;
}

/// Whether the events can be put into an order in which each takes effect between its two moments
/// and has the answer that it had. For at most 64 events.
pub(crate) fn is_linear<S: Sequential>(
    start: &S,
    history: &[Event<S::Operation, S::Answer>],
) -> bool {
    assert!(history.len() <= 64, "the events done are bits of a number");
    explains(start, history, 0, &mut HashSet::new())
}

/// Whether what is not `done` can follow upon `state`. What was tried in vain is not tried again.
fn explains<S: Sequential>(
    state: &S,
    history: &[Event<S::Operation, S::Answer>],
    done: u64,
    in_vain: &mut HashSet<(u64, S)>,
) -> bool {
    let open = || (0..history.len()).filter(|at| done & (1 << at) == 0);
    // Nothing that was sent after this moment can come next: something was answered before.
    let Some(until) = open().map(|at| history[at].answered).min() else { return true };
    for at in open().filter(|at| history[*at].sent < until) {
        let event = &history[at];
        let Some(next) = state.after(&event.operation, &event.answer) else { continue };
        let done = done | (1 << at);
        if in_vain.contains(&(done, next.clone())) {
            continue;
        }
        if explains(&next, history, done, in_vain) {
            return true;
        }
        in_vain.insert((done, next));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number that is written and read.
    #[derive(Clone, PartialEq, Eq, Hash)]
    struct Register(u8);

    impl Sequential for Register {
        type Operation = Option<u8>;
        type Answer = u8;

        fn after(&self, write: &Option<u8>, read: &u8) -> Option<Self> {
            match write {
                Some(it) => Some(Self(*it)),
                None => (self.0 == *read).then(|| self.clone()),
            }
        }
    }

    fn write(sent: u64, answered: u64, it: u8) -> Event<Option<u8>, u8> {
        Event { sent, answered, operation: Some(it), answer: it }
    }

    fn read(sent: u64, answered: u64, it: u8) -> Event<Option<u8>, u8> {
        Event { sent, answered, operation: None, answer: it }
    }

    #[test]
    fn overlapping_operations_may_have_either_order() {
        for seen in [0, 1] {
            assert!(is_linear(&Register(0), &[write(0, 3, 1), read(1, 2, seen)]));
        }
    }

    #[test]
    fn a_read_after_a_write_must_see_it() {
        assert!(!is_linear(&Register(0), &[write(0, 1, 1), read(2, 3, 0)]));
    }

    #[test]
    fn a_later_read_must_see_what_an_earlier_one_saw() {
        assert!(!is_linear(&Register(0), &[write(0, 9, 1), read(1, 2, 1), read(3, 4, 0)]));
    }
}
