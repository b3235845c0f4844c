//! The cost of matching, in steps of a work budget. The steps are counted before a text is searched.

use std::cell::Cell;

use jiff::Timestamp;

use super::{
    TrafficFilter,
    key::{FilterKey, Reads},
    value::Pattern,
};
use crate::{
    journal::{Exchange, Operation},
    scim::WorkBudget,
};

/// The number of bytes of a text that one step covers, if a short part is searched.
const BYTES: usize = 64;

/// The same for a text with non-ASCII letters, which must be case-folded first.
const FOLDED: usize = 2;

/// The number of bytes from which on the length of the searched part adds to the cost.
const PART: usize = 16;

/// A compiled regular expression of this size takes one step for each byte of a text, since it may be in
/// all of its states at once.
const COMPILED: usize = 1 << 10;

/// The number of bytes of a SCIM filter that one step parses.
const PARSED: usize = 4;

/// An exchange that is tested, and the time of the test.
#[derive(Clone, Copy)]
pub(super) struct Evaluation<'a> {
    pub(super) exchange: &'a Exchange,
    pub(super) now: Timestamp,
    /// The remaining steps, if steps are counted.
    pub(super) left: Option<&'a StepsLeft>,
}

/// The remaining steps.
pub(super) struct StepsLeft {
    steps: Cell<u64>,
    /// Whether a test was skipped because it needed more steps.
    is_short: Cell<bool>,
}

impl StepsLeft {
    fn of(steps: u64) -> Self {
        Self { steps: Cell::new(steps), is_short: Cell::new(false) }
    }

    fn take(&self, steps: u64) -> bool {
        match self.steps.get().checked_sub(steps).filter(|_| !self.is_short.get()) {
            Some(left) => self.steps.set(left),
            None => self.is_short.set(true),
        }
        !self.is_short.get()
    }
}

impl Evaluation<'_> {
    /// Takes this number of steps. Returns whether that many were left.
    pub(super) fn affords(&self, steps: impl FnOnce() -> usize) -> bool {
        self.left.is_none_or(|left| left.take(steps() as u64))
    }
}

impl TrafficFilter {
    /// Like [`matches`](Self::matches), but counts the steps. If they are [used up](WorkBudget::is_spent),
    /// the result has no meaning.
    ///
    /// The time is bounded by the number of steps, whatever the filter and the texts are.
    pub fn matches_within(&self, exchange: &Exchange, now: Timestamp, work: &WorkBudget) -> bool {
        counted(exchange, now, work, |look| self.matches_at(look))
    }

    /// Whether the filter matches, or `None` if `most` steps do not suffice; and the number of steps that
    /// are left.
    pub(in crate::journal) fn tested(
        &self,
        exchange: &Exchange,
        now: Timestamp,
        most: u64,
    ) -> (Option<bool>, u64) {
        let left = StepsLeft::of(most);
        let is_meant = self.matches_at(Evaluation { exchange, now, left: Some(&left) });
        ((!left.is_short.get()).then_some(is_meant), left.steps.get())
    }
}

/// Tests an exchange, and counts the steps.
pub(super) fn counted<T>(
    exchange: &Exchange,
    now: Timestamp,
    work: &WorkBudget,
    look: impl FnOnce(Evaluation<'_>) -> T,
) -> T {
    let left = StepsLeft::of(work.left());
    let found = look(Evaluation { exchange, now, left: Some(&left) });
    work.set_left((!left.is_short.get()).then_some(left.steps.get()));
    found
}

impl FilterKey {
    /// The number of steps to read the values of the key from an exchange.
    pub(super) fn steps(&self, exchange: &Exchange) -> usize {
        let is_sought = matches!(self.name, "user" | "group")
            && matches!(self.reads, Reads::Names(_))
            && exchange.operation == Operation::Find;
        let parsed = if is_sought {
            (exchange.target.len() + exchange.request.body.len()) / PARSED
        } else {
            0
        };
        1 + parsed
    }
}

impl Pattern {
    /// The number of steps to search the pattern in a text.
    pub(super) fn steps(&self, text: &str) -> usize {
        let bytes = if text.is_ascii() { BYTES } else { FOLDED };
        let looks = 1 + text.len() / bytes;
        match self {
            Self::Plain(part) => looks * (1 + part.len() / PART),
            Self::Whole(_) => looks,
            Self::Regex(regex) => {
                looks.saturating_add(text.len().saturating_mul(regex.size) / COMPILED)
            }
        }
    }
}
