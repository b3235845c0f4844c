//! What a test expects of the traffic, and the differences that are reported.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Exchange, MissingExchanges, TrafficFilter};
use crate::scim::{MOST_WORK, WorkBudget, WorkExceeded};

mod arrival_wait;
mod count;
mod expectation_wait;
mod mismatch;

pub use arrival_wait::ArrivalWait;
pub use count::Count;
pub use expectation_wait::{ExpectationWait, Timing, VerifiedTraffic, WaitStep};
pub use mismatch::{Mismatch, NearMiss, UnmetExpectation};

use mismatch::{named, nearest, which};

/// The largest number of filters in an order.
pub(crate) const LONGEST_ORDER: usize = 100;

/// The work budget for the search of near misses, which begins at the latest exchange. They are only part
/// of a message.
const NEAREST_WORK: u64 = MOST_WORK / 20;

/// What a test expects of the exchanges in a journal.
///
/// ```
/// use mediusflow_mock::{internals::journal::{Journal, Limits, MissingExchanges}, traffic::{Expectation, Record}};
///
/// let journal = Journal::new(Limits::default());
/// let now = jiff::Timestamp::UNIX_EPOCH;
/// let seen = [journal.record(Record::new(now, "GET", "/Users"))];
///
/// let expected = Expectation { r#match: "method:POST".parse()?, ..Expectation::default() };
/// let unmet = expected.check(&seen, MissingExchanges::default(), now).unwrap_err();
///
/// let words = "expected at least 1 exchange matching method:POST, found none of 1";
/// assert!(unmet.to_string().starts_with(words));
/// # Ok::<(), mediusflow_mock::traffic::FilterError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Expectation {
    /// The exchanges that are counted; all if the filter is empty.
    pub r#match: TrafficFilter,
    /// How many exchanges match; at least one if this is `None`. With an order, an empty `match` and no
    /// count, nothing is counted.
    pub count: Option<Count>,
    /// Exchanges that must have been recorded in this order; other exchanges may stand between them. Each
    /// filter stands for one exchange.
    pub order: Vec<TrafficFilter>,
    /// Whether every exchange must be matched by `match`, or by a filter of `order`.
    pub no_others: bool,
}

/// How exchanges differ from what is expected.
#[derive(Debug)]
enum TrafficDifference {
    TooFew(usize),
    TooMany(Vec<Arc<Exchange>>),
    /// The index of the filter of the order that no exchange matches, and how many exchanges the filters
    /// before it used up.
    OutOfOrder(usize, usize),
    /// The exchanges that no filter matches, and whether later exchanges cannot change this.
    Others(Vec<Arc<Exchange>>, bool),
    /// The comparison takes too much work.
    Costly(WorkExceeded),
}

impl From<WorkExceeded> for TrafficDifference {
    fn from(excess: WorkExceeded) -> Self {
        Self::Costly(excess)
    }
}

/// The exchanges that are compared, the time of the comparison, and its work budget.
#[derive(Clone, Copy)]
struct SeenTraffic<'a> {
    exchanges: &'a [Arc<Exchange>],
    now: Timestamp,
    work: &'a WorkBudget,
}

impl SeenTraffic<'_> {
    fn is_meant(&self, filter: &TrafficFilter, exchange: &Exchange) -> bool {
        filter.matches_within(exchange, self.now, self.work)
    }
}

impl Expectation {
    /// An expectation of this number of exchanges that match a filter.
    pub fn of(r#match: TrafficFilter, count: impl Into<Count>) -> Self {
        Self { r#match, count: Some(count.into()), ..Self::default() }
    }

    /// Why the expectation is useless: any traffic would meet it. `None` if it is useful.
    pub fn flaw(&self) -> Option<&'static str> {
        let names_nothing = self.r#match.is_empty() && self.order.is_empty();
        if names_nothing && self.no_others {
            return Some("noOthers needs a match or an order");
        }
        if names_nothing && self.count.is_none() {
            return Some("give a match, a count or an order");
        }
        if self.count.is_some_and(Count::admits_all) {
            return Some("the count allows every number");
        }
        if self.order.iter().any(TrafficFilter::is_empty) {
            return Some("a filter in the order is empty");
        }
        let is_too_long = self.order.len() > LONGEST_ORDER;
        is_too_long.then_some("an order has 100 places at most")
    }

    /// Whether additional exchanges can contradict the expectation. Such an expectation cannot be confirmed
    /// if some exchanges are missing.
    pub fn has_upper_bound(&self) -> bool {
        self.no_others || self.counted().is_some_and(|it| it.at_most.is_some())
    }

    /// Checks these exchanges, oldest first, of whose range `missed` others were removed from the journal.
    /// Returns those that `match` matches.
    ///
    /// # Errors
    ///
    /// [`UnmetExpectation`] for the first part that does not hold: count, then order, then others; or
    /// because the filters take more than [`MOST_WORK`](crate::scim::MOST_WORK) steps.
    pub fn check(
        &self,
        seen: &[Arc<Exchange>],
        missed: MissingExchanges,
        now: Timestamp,
    ) -> Result<Vec<Arc<Exchange>>, UnmetExpectation> {
        if let Some(flaw) = self.flaw() {
            return Err(UnmetExpectation::Vacuous(flaw));
        }
        let is_incomplete = missed.total() > 0;
        match self.compare(seen, now) {
            Ok(_) if is_incomplete && self.has_upper_bound() => Err(self.incomplete(missed)),
            Ok(meant) => Ok(meant),
            Err(difference) => Err(self.unmet(difference, seen, missed, now)),
        }
    }

    /// The error for a difference, where `missed` other exchanges were removed from the journal.
    fn unmet(
        &self,
        difference: TrafficDifference,
        seen: &[Arc<Exchange>],
        missed: MissingExchanges,
        now: Timestamp,
    ) -> UnmetExpectation {
        match difference {
            TrafficDifference::Costly(excess) => UnmetExpectation::Costly(excess),
            it if missed.total() > 0 && !it.is_final() => self.incomplete(missed),
            it => self.describe(it, seen, now).into(),
        }
    }

    /// Whether the result can change with time alone, without a new exchange.
    fn depends_on_time(&self) -> bool {
        self.r#match.depends_on_time() || self.order.iter().any(TrafficFilter::depends_on_time)
    }

    fn incomplete(&self, missed: MissingExchanges) -> UnmetExpectation {
        let mut parts = Vec::new();
        if let Some(count) = self.counted() {
            parts.push(format!("{count}{}", which(&self.r#match)));
        }
        if !self.order.is_empty() {
            parts.push("an order".to_owned());
        }
        if self.no_others {
            parts.push("no other exchanges".to_owned());
        }
        UnmetExpectation::Incomplete { expected: parts.join(" and "), missed }
    }

    /// The expected number of exchanges that `match` matches, if they are counted.
    fn counted(&self) -> Option<Count> {
        // An order alone requires nothing but that order.
        let is_usual = self.order.is_empty() || !self.r#match.is_empty();
        self.count.or_else(|| is_usual.then(Count::default))
    }

    /// What must be recorded at least before the expectation can be met: a filter, and how many exchanges
    /// that match it.
    fn missing(&self, difference: &TrafficDifference) -> (TrafficFilter, usize) {
        match difference {
            TrafficDifference::TooFew(there) => {
                let wanted = self.counted().unwrap_or_default().at_least;
                (self.r#match.clone(), wanted.saturating_sub(*there))
            }
            TrafficDifference::OutOfOrder(at, _) => (self.order[*at].clone(), 1),
            TrafficDifference::TooMany(_)
            | TrafficDifference::Others(..)
            | TrafficDifference::Costly(_) => (TrafficFilter::default(), 1),
        }
    }

    /// The exchanges that can change whether the expectation is met.
    fn relevant(&self) -> TrafficFilter {
        let counted = self.counted().map(|_| &self.r#match);
        if self.no_others {
            return TrafficFilter::default();
        }
        TrafficFilter::any(counted.into_iter().chain(&self.order))
    }

    /// # Errors
    ///
    /// The first difference.
    fn compare(
        &self,
        seen: &[Arc<Exchange>],
        now: Timestamp,
    ) -> Result<Vec<Arc<Exchange>>, TrafficDifference> {
        let seen = SeenTraffic { exchanges: seen, now, work: &WorkBudget::default() };
        let is_meant = |it: &&Arc<Exchange>| seen.is_meant(&self.r#match, it);
        let meant: Vec<_> = seen.exchanges.iter().filter(is_meant).cloned().collect();
        seen.work.refuse_if_spent()?;
        if let Some(count) = self.counted() {
            if count.is_exceeded_by(meant.len()) {
                return Err(TrafficDifference::TooMany(meant));
            }
            if meant.len() < count.at_least {
                return Err(TrafficDifference::TooFew(meant.len()));
            }
        }
        self.check_order(seen)?;
        if self.no_others {
            self.check_others(seen)?;
        }
        Ok(meant)
    }

    /// Looks for `order` as a subsequence.
    fn check_order(&self, seen: SeenTraffic<'_>) -> Result<(), TrafficDifference> {
        let mut passed = 0;
        for (place, filter) in self.order.iter().enumerate() {
            let found = seen.exchanges[passed..].iter().position(|it| seen.is_meant(filter, it));
            seen.work.refuse_if_spent()?;
            passed += found.ok_or(TrafficDifference::OutOfOrder(place, passed))? + 1;
        }
        Ok(())
    }

    /// Looks for exchanges that neither `match` nor a filter of the order matches. Every filter of the
    /// order uses up one exchange, and the assignment that leaves the fewest exchanges over counts.
    fn check_others(&self, seen: SeenTraffic<'_>) -> Result<(), TrafficDifference> {
        let is_meant =
            |it: &Arc<Exchange>| !self.r#match.is_empty() && seen.is_meant(&self.r#match, it);
        let places = self.order.len();
        // For each number of filters, whether the exchanges so far can use up exactly the first so many
        // filters, with no exchange left over.
        let mut filled = vec![false; places + 1];
        filled[0] = true;
        for exchange in seen.exchanges {
            let is_free = is_meant(exchange);
            for place in (0..=places).rev() {
                let fills = place > 0
                    && filled[place - 1]
                    && seen.is_meant(&self.order[place - 1], exchange);
                filled[place] = fills || (is_free && filled[place]);
            }
            seen.work.refuse_if_spent()?;
        }
        if filled[places] {
            return Ok(());
        }
        let mut order = self.order.iter().peekable();
        let others: Vec<_> = seen
            .exchanges
            .iter()
            .filter(|it| {
                let is_next = order.next_if(|filter| seen.is_meant(filter, it)).is_some();
                !is_next && !is_meant(it)
            })
            .cloned()
            .collect();
        let unnamed = seen.exchanges.iter().filter(|it| !is_meant(it)).count();
        seen.work.refuse_if_spent()?;
        Err(TrafficDifference::Others(others, unnamed > places))
    }

    /// The description of a difference for a person.
    fn describe(
        &self,
        difference: TrafficDifference,
        seen: &[Arc<Exchange>],
        now: Timestamp,
    ) -> Mismatch {
        let is_final = difference.is_final();
        let of_all = |count: usize| match count {
            0 => format!("none of {}", seen.len()),
            _ => format!("{count} of {}", seen.len()),
        };
        let count = self.counted().unwrap_or_default();
        let counted = || format!("{count}{}", which(&self.r#match));
        let (expected, actual, nearest, unexpected) = match difference {
            TrafficDifference::TooFew(there) => (
                counted(),
                of_all(there),
                nearest(&self.r#match, seen, now, &WorkBudget::of(NEAREST_WORK)),
                Vec::new(),
            ),
            TrafficDifference::TooMany(meant) => {
                let beyond = count.at_most.unwrap_or(usize::MAX).min(meant.len());
                (counted(), of_all(meant.len()), Vec::new(), named(&meant[beyond..]))
            }
            TrafficDifference::OutOfOrder(at, passed) => {
                let (filter, place) = (&self.order[at], at + 1);
                let expected =
                    format!("an exchange in place {place} of the order{}", which(filter));
                let actual = match passed {
                    0 => of_all(0),
                    _ => format!("none of the {} behind place {at}", seen.len() - passed),
                };
                (
                    expected,
                    actual,
                    nearest(filter, &seen[passed..], now, &WorkBudget::of(NEAREST_WORK)),
                    Vec::new(),
                )
            }
            TrafficDifference::Others(others, _) => {
                ("no other exchanges".into(), of_all(others.len()), Vec::new(), named(&others))
            }
            TrafficDifference::Costly(excess) => {
                (counted(), excess.to_string(), Vec::new(), Vec::new())
            }
        };
        Mismatch { expected, actual, nearest, unexpected, is_final }
    }
}

impl TrafficDifference {
    /// Whether no later exchange can remove the difference.
    fn is_final(&self) -> bool {
        match self {
            Self::TooFew(_) | Self::OutOfOrder(..) => false,
            Self::TooMany(_) | Self::Costly(_) => true,
            Self::Others(_, is_final) => *is_final,
        }
    }
}

#[cfg(test)]
mod tests;
