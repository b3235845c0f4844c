//! What is told when the traffic is not as expected.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    journal::{Exchange, FilterTestResult, MissingExchanges, TrafficFilter},
    scim::{Excess, WorkBudget},
};

/// How many near misses are told.
const NEAREST: usize = 3;

/// How many exchanges that nobody expected are named.
const NAMED: usize = 5;

/// Why it cannot be said that the traffic is as expected.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnmetExpectation {
    /// The expectation says nothing, so that any traffic would meet it.
    #[error("the assertion says nothing: {0}")]
    Vacuous(&'static str),
    /// The traffic is otherwise.
    #[error(transparent)]
    Mismatch(Box<Mismatch>),
    /// Exchanges that would count have left the journal.
    #[error("expected {expected}, but {} of the exchanges have left the journal: {missed}", .missed.total())]
    Incomplete {
        /// What was expected.
        expected: String,
        /// How many have left, and why.
        missed: MissingExchanges,
    },
    /// It is as expected, and the traffic goes on, so that it may soon be otherwise.
    #[error("it is as expected, but not settled: {}", unsettled(*running))]
    Unsettled {
        /// How many requests are still being answered.
        running: usize,
    },
    /// To tell takes too much work.
    #[error("the assertion {0}")]
    Costly(Excess),
    /// The tenant was set back while the traffic was awaited.
    #[error("the tenant was reset, and its exchanges are gone")]
    Reset,
}

/// How the traffic differs from what was expected.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Mismatch {
    /// What was expected.
    pub expected: String,
    /// What is there.
    pub actual: String,
    /// The exchanges that came nearest, the nearest first; empty if there are too many or others.
    pub nearest: Vec<NearMiss>,
    /// The first of those that are too many, or that nobody expected.
    pub unexpected: Vec<String>,
    /// Whether no exchange that is still to come can mend it.
    #[serde(skip)]
    pub is_final: bool,
}

/// An exchange that a filter does not match, and why.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NearMiss {
    /// Its number.
    pub seq: u64,
    /// What it was.
    pub summary: String,
    /// Each part of the filter, with what stands there.
    pub tests: Vec<FilterTestResult>,
}

impl fmt::Display for Mismatch {
    /// Several lines for a person who reads why a test failed.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "expected {}, found {}", self.expected, self.actual)?;
        for miss in &self.nearest {
            write!(out, "\n  nearest: #{} {}", miss.seq, miss.summary)?;
            for part in miss.tests.iter().filter(|it| !it.holds) {
                let actual = part.actual.as_deref().unwrap_or("something else");
                write!(out, "\n    {} does not hold: {actual}", part.test)?;
            }
        }
        for line in &self.unexpected {
            write!(out, "\n  unexpected: {line}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mismatch {}

impl From<Mismatch> for UnmetExpectation {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(Box::new(mismatch))
    }
}

/// The exchanges for which most parts of a filter hold, later ones first.
pub(super) fn nearest(
    filter: &TrafficFilter,
    seen: &[Arc<Exchange>],
    now: Timestamp,
    work: &WorkBudget,
) -> Vec<NearMiss> {
    // Only the few that are told are explained, however many there are.
    let mut nearest: Vec<(usize, &Arc<Exchange>)> = Vec::new();
    for exchange in seen.iter().rev() {
        let failing = filter.failing(exchange, now, work);
        if work.is_spent() {
            break; // What was found until here is near enough for a message.
        }
        let place = nearest.partition_point(|(other, _)| *other <= failing);
        if failing > 0 && place < NEAREST {
            nearest.truncate(NEAREST - 1);
            nearest.insert(place, (failing, exchange));
        }
    }
    let explained = nearest.into_iter().map(|(_, it)| NearMiss {
        seq: it.seq,
        summary: it.summary.clone(),
        tests: filter.explain(it, now),
    });
    explained.collect()
}

pub(super) fn named(exchanges: &[Arc<Exchange>]) -> Vec<String> {
    exchanges.iter().take(NAMED).map(|it| format!("#{} {}", it.seq, it.summary)).collect()
}

pub(super) fn which(filter: &TrafficFilter) -> String {
    if filter.is_empty() { String::new() } else { format!(" that {filter} means") }
}

fn unsettled(running: usize) -> String {
    match running {
        0 => "exchanges that it names still come".to_owned(),
        1 => "a request is still being answered".to_owned(),
        _ => format!("{running} requests are still being answered"),
    }
}
