//! What a test expects of the traffic, and what is told when it came otherwise.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de};

use super::{Exchange, Held, TrafficFilter};

/// How many near misses are told.
const NEAREST: usize = 3;

/// How many exchanges that nobody expected are named.
const NAMED: usize = 5;

/// What a test expects of a journal.
///
/// ```
/// use mediusflow_mock::journal::{Draft, Expectation, Journal, Limits};
///
/// let journal = Journal::new(Limits::default());
/// let now = jiff::Timestamp::UNIX_EPOCH;
/// let seen = [journal.record(Draft::new(now, "GET", "/Users"))];
///
/// let expected = Expectation { r#match: "method:POST".parse()?, ..Expectation::default() };
/// let mismatch = expected.check(&seen, now).unwrap_err();
///
/// assert_eq!(mismatch.expected, "at least 1 exchange that method:POST means");
/// assert_eq!(mismatch.actual, "none of 1");
/// # Ok::<(), mediusflow_mock::journal::FilterError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Expectation {
    /// Which exchanges; all if left out.
    pub r#match: TrafficFilter,
    /// How many of them; at least one if left out.
    pub count: Count,
    /// Exchanges that must have come in this order; others may stand between them.
    pub order: Vec<TrafficFilter>,
    /// Whether every exchange must be meant by `match` or `order`.
    pub no_others: bool,
}

/// How many exchanges are expected; in JSON a number, or `{"atLeast": 1, "atMost": 3}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Not fewer.
    pub at_least: usize,
    /// Not more, if there is a limit.
    pub at_most: Option<usize>,
}

/// Why an expectation is not met.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mismatch {
    /// What was expected.
    pub expected: String,
    /// What is there.
    pub actual: String,
    /// The exchanges that came nearest, the nearest first; empty if there are too many or others.
    pub nearest: Vec<NearMiss>,
    /// The first of those that are too many, or that nobody expected.
    pub unexpected: Vec<String>,
}

/// An exchange that is not meant by a filter, and why.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NearMiss {
    /// Its number.
    pub seq: u64,
    /// What it was.
    pub summary: String,
    /// Each part of the filter, with what stands there.
    pub tests: Vec<Held>,
}

impl Default for Count {
    fn default() -> Self {
        Self { at_least: 1, at_most: None }
    }
}

impl Count {
    /// Exactly this many.
    pub fn exactly(count: usize) -> Self {
        Self { at_least: count, at_most: Some(count) }
    }

    /// This many or more.
    pub fn at_least(count: usize) -> Self {
        Self { at_least: count, at_most: None }
    }

    fn admits(self, count: usize) -> bool {
        count >= self.at_least && self.at_most.is_none_or(|most| count <= most)
    }
}

impl From<usize> for Count {
    /// Exactly this many.
    fn from(count: usize) -> Self {
        Self::exactly(count)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at_least, at_most } = *self;
        match at_most {
            Some(0) => out.write_str("no exchange"),
            Some(most) if most == at_least => write!(out, "{most} {}", exchanges(most)),
            Some(most) => write!(out, "{at_least} to {most} exchanges"),
            None => write!(out, "at least {at_least} {}", exchanges(at_least)),
        }
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "count must be a number, or {\"atLeast\": n, \"atMost\": n}")]
        enum Written {
            Exactly(usize),
            Between(Between),
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Between {
            #[serde(default)]
            at_least: usize,
            at_most: Option<usize>,
        }
        match Written::deserialize(deserializer)? {
            Written::Exactly(count) => Ok(Self::exactly(count)),
            Written::Between(Between { at_least, at_most }) => {
                if at_most.is_some_and(|most| most < at_least) {
                    return Err(de::Error::custom("count.atMost must not be less than atLeast"));
                }
                Ok(Self { at_least, at_most })
            }
        }
    }
}

impl Expectation {
    /// Whether these exchanges, oldest first, are as expected; answers those that `match` means.
    ///
    /// # Errors
    ///
    /// [`Mismatch`], about the first part that does not hold: count, then order, then others.
    pub fn check(
        &self,
        seen: &[Arc<Exchange>],
        now: Timestamp,
    ) -> Result<Vec<Arc<Exchange>>, Mismatch> {
        let meant: Vec<_> =
            seen.iter().filter(|it| self.r#match.matches(it, now)).cloned().collect();
        // Who only gives an order wants no more than that order.
        let is_counted = self.order.is_empty() || !self.r#match.is_empty();
        if is_counted && !self.count.admits(meant.len()) {
            return Err(self.miscounted(seen, &meant, now));
        }
        self.in_order(seen, now)?;
        if self.no_others {
            self.alone(seen, now)?;
        }
        Ok(meant)
    }

    fn miscounted(
        &self,
        seen: &[Arc<Exchange>],
        meant: &[Arc<Exchange>],
        now: Timestamp,
    ) -> Mismatch {
        let are_too_few = meant.len() < self.count.at_least;
        let beyond = self.count.at_most.unwrap_or(usize::MAX).min(meant.len());
        let actual = if meant.is_empty() { "none".into() } else { meant.len().to_string() };
        Mismatch {
            expected: format!("{}{}", self.count, which(&self.r#match)),
            actual: format!("{actual} of {}", seen.len()),
            nearest: if are_too_few { nearest(&self.r#match, seen, now) } else { Vec::new() },
            unexpected: if are_too_few { Vec::new() } else { named(&meant[beyond..]) },
        }
    }

    /// Looks for `order` as a subsequence.
    fn in_order(&self, seen: &[Arc<Exchange>], now: Timestamp) -> Result<(), Mismatch> {
        let mut rest = seen;
        for (at, filter) in self.order.iter().enumerate() {
            let Some(found) = rest.iter().position(|it| filter.matches(it, now)) else {
                let place = at + 1;
                return Err(Mismatch {
                    expected: format!("an exchange in place {place} of the order{}", which(filter)),
                    actual: match seen.len() - rest.len() {
                        0 => format!("none of {}", seen.len()),
                        _ => format!("none of the {} behind place {at}", rest.len()),
                    },
                    nearest: nearest(filter, rest, now),
                    unexpected: Vec::new(),
                });
            };
            rest = &rest[found + 1..];
        }
        Ok(())
    }

    fn alone(&self, seen: &[Arc<Exchange>], now: Timestamp) -> Result<(), Mismatch> {
        let is_match_given = !self.r#match.is_empty() || self.order.is_empty();
        let is_expected = |it: &Arc<Exchange>| {
            (is_match_given && self.r#match.matches(it, now))
                || self.order.iter().any(|filter| filter.matches(it, now))
        };
        let others: Vec<_> = seen.iter().filter(|it| !is_expected(it)).cloned().collect();
        if others.is_empty() {
            return Ok(());
        }
        Err(Mismatch {
            expected: "no other exchanges".into(),
            actual: format!("{} of {}", others.len(), seen.len()),
            nearest: Vec::new(),
            unexpected: named(&others),
        })
    }
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

/// The exchanges for which most parts of a filter hold, later ones first.
fn nearest(filter: &TrafficFilter, seen: &[Arc<Exchange>], now: Timestamp) -> Vec<NearMiss> {
    let others = seen.iter().rev().filter(|it| !filter.matches(it, now));
    let mut misses: Vec<NearMiss> = others
        .map(|it| NearMiss {
            seq: it.seq,
            summary: it.summary.clone(),
            tests: filter.explain(it, now),
        })
        .collect();
    misses.sort_by_key(|it| it.tests.iter().filter(|part| !part.holds).count());
    misses.truncate(NEAREST);
    misses
}

fn named(exchanges: &[Arc<Exchange>]) -> Vec<String> {
    exchanges.iter().take(NAMED).map(|it| format!("#{} {}", it.seq, it.summary)).collect()
}

fn which(filter: &TrafficFilter) -> String {
    if filter.is_empty() { String::new() } else { format!(" that {filter} means") }
}

fn exchanges(count: usize) -> &'static str {
    if count == 1 { "exchange" } else { "exchanges" }
}

#[cfg(test)]
mod tests;
