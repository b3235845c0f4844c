//! What it costs to match: steps of a budget, counted before a text is looked at.

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

/// So many bytes of a text are looked at in one step, where a short part of it is sought.
const BYTES: usize = 64;

/// The same where the text has other letters than those of ASCII, and is folded first.
const FOLDED: usize = 2;

/// A part of a text that is longer than so many bytes may be compared with it for longer.
const PART: usize = 16;

/// A regular expression of so many bytes, compiled, looks at one byte of a text in one step: it may be at
/// all of its states at once.
const COMPILED: usize = 1 << 10;

/// So many bytes of a SCIM filter are read in one step.
const PARSED: usize = 4;

/// An exchange that is looked at, and when.
#[derive(Clone, Copy)]
pub(super) struct Evaluation<'a> {
    pub(super) exchange: &'a Exchange,
    pub(super) now: Timestamp,
    /// The steps that are left, if they are counted.
    pub(super) left: Option<&'a StepsLeft>,
}

/// The steps that are left.
pub(super) struct StepsLeft {
    steps: Cell<u64>,
    /// Whether something wanted more of them, and was not done.
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
    /// Counts so many steps; whether there were as many.
    pub(super) fn affords(&self, steps: impl FnOnce() -> usize) -> bool {
        self.left.is_none_or(|left| left.take(steps() as u64))
    }
}

impl TrafficFilter {
    /// The same as [`matches`](Self::matches), which counts the steps that it takes: where they are
    /// [spent](WorkBudget::is_spent), the answer says nothing.
    ///
    /// The more steps it counts, the longer it may take, whatever the filter and the texts are.
    pub fn matches_within(&self, exchange: &Exchange, now: Timestamp, work: &WorkBudget) -> bool {
        counted(exchange, now, work, |look| self.matches_at(look))
    }

    /// Whether it matches, which is not known where so many steps do not suffice; and how many of them
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

/// Looks at an exchange, and counts the steps that it takes.
pub(super) fn counted<T>(
    exchange: &Exchange,
    now: Timestamp,
    work: &WorkBudget,
    look: impl FnOnce(Evaluation<'_>) -> T,
) -> T {
    let left = StepsLeft::of(work.left());
    let found = look(Evaluation { exchange, now, left: Some(&left) });
    work.leave((!left.is_short.get()).then_some(left.steps.get()));
    found
}

impl FilterKey {
    /// How many steps it takes to read what the key looks at.
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
    /// How many steps it takes to look for the pattern in a text.
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
