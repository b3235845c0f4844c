//! The errors of an expectation that is not met.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    journal::{Exchange, FilterTestResult, MissingExchanges, TrafficFilter},
    scim::{WorkBudget, WorkExceeded},
};

/// The largest number of near misses in an error.
const NEAREST: usize = 3;

/// The largest number of unexpected exchanges in an error.
const NAMED: usize = 5;

/// Why an expectation is not met, or why that is not known.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnmetExpectation {
    /// The expectation is useless: any traffic would meet it.
    #[error("the assertion says nothing: {0}")]
    Vacuous(&'static str),
    /// The traffic differs.
    #[error(transparent)]
    Mismatch(Box<Mismatch>),
    /// Exchanges that would count were removed from the journal.
    #[error("expected {expected}, but {} of the exchanges have left the journal: {missed}", .missed.total())]
    Incomplete {
        /// What was expected.
        expected: String,
        /// How many were removed, and why.
        missed: MissingExchanges,
    },
    /// The traffic is as expected, but it continues, so that this may change soon.
    #[error("it is as expected, but not settled: {}", unsettled(*running))]
    Unsettled {
        /// How many requests are still being answered.
        running: usize,
    },
    /// The check takes too much work.
    #[error("the assertion {0}")]
    Costly(WorkExceeded),
    /// The tenant was reset during the wait.
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
    /// What was found.
    pub actual: String,
    /// The exchanges that match best, the best first; empty if there are too many exchanges or unexpected
    /// ones.
    pub nearest: Vec<NearMiss>,
    /// The first exchanges that are too many or unexpected.
    pub unexpected: Vec<String>,
    /// Whether no later exchange can remove the difference.
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
    /// Its summary.
    pub summary: String,
    /// Each part of the filter, and the value that the exchange has there.
    pub tests: Vec<FilterTestResult>,
}

impl fmt::Display for Mismatch {
    /// Several lines that explain to a person why a test failed.
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

/// The exchanges for which the most parts of a filter hold; of equal ones, the later first.
pub(super) fn nearest(
    filter: &TrafficFilter,
    seen: &[Arc<Exchange>],
    now: Timestamp,
    work: &WorkBudget,
) -> Vec<NearMiss> {
    // Only the few exchanges that are reported are explained.
    let mut nearest: Vec<(usize, &Arc<Exchange>)> = Vec::new();
    for exchange in seen.iter().rev() {
        let failing = filter.failing(exchange, now, work);
        if work.is_spent() {
            break; // What was found so far is good enough for a message.
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
    if filter.is_empty() { String::new() } else { format!(" matching {filter}") }
}

fn unsettled(running: usize) -> String {
    match running {
        0 => "exchanges that it is about are still being recorded".to_owned(),
        1 => "a request is still being answered".to_owned(),
        _ => format!("{running} requests are still being answered"),
    }
}
