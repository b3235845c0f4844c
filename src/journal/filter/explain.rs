//! Explains why an exchange does not match a filter: which tests hold, and the actual values.

use std::cell::RefCell;

use jiff::Timestamp;
use serde::Serialize;

use super::{
    FilterNode, TrafficFilter,
    cost::{Evaluation, counted},
    key::{FilterKey, Reads},
};
use crate::{
    journal::{Exchange, text::shorten},
    scim::WorkBudget,
};

/// The largest width of an actual value, in columns.
const WIDTH: usize = 100;

/// One part of a filter, and whether it holds for an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FilterTestResult {
    /// The part, such as `status:201`.
    pub test: String,
    /// Whether it holds for the exchange.
    pub holds: bool,
    /// The actual value in the exchange; `None` if the part tests several things.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
}

impl TrafficFilter {
    /// The parts of the filter that must all hold, each with the actual value of the exchange. It explains
    /// why the exchange does not match.
    ///
    /// ```
    /// use mediusflow_mock::{internals::journal::{Journal, Limits}, traffic::{Record, TrafficFilter}};
    ///
    /// let journal = Journal::new(Limits::default());
    /// let now = jiff::Timestamp::UNIX_EPOCH;
    /// let exchange = journal.record(Record::new(now, "GET", "/x"));
    /// let filter: TrafficFilter = "method:GET status:404".parse()?;
    /// let parts = filter.explain(&exchange, now);
    ///
    /// assert!(parts[0].holds);
    /// assert_eq!((&*parts[1].test, parts[1].actual.as_deref()), ("status:404", Some("200")));
    /// # Ok::<(), mediusflow_mock::traffic::FilterError>(())
    /// ```
    pub fn explain(&self, exchange: &Exchange, now: Timestamp) -> Vec<FilterTestResult> {
        let held = |part: &FilterNode| FilterTestResult {
            test: part.to_string(),
            holds: part.matches(Evaluation { exchange, now, left: None }),
            actual: part.key().map(|it| it.shown(exchange)),
        };
        self.parts().iter().map(held).collect()
    }

    /// The number of parts that do not hold for an exchange.
    pub(in crate::journal) fn failing(
        &self,
        exchange: &Exchange,
        now: Timestamp,
        work: &WorkBudget,
    ) -> usize {
        counted(exchange, now, work, |look| {
            self.parts().iter().filter(|it| !it.matches(look)).count()
        })
    }
}

impl FilterNode {
    /// The key of a single test, negated or not.
    fn key(&self) -> Option<&'static FilterKey> {
        match self {
            Self::Any(_) | Self::All(_) => None,
            Self::Not(node) => node.key(),
            Self::Test(key, _) => Some(key),
        }
    }
}

impl FilterKey {
    /// The values that this key reads from an exchange, shortened.
    fn shown(&self, exchange: &Exchange) -> String {
        let mut text = match &self.reads {
            Reads::Words(meanings) => {
                let all = meanings.iter().zip(self.values);
                let held = all.filter(|(means, _)| means(exchange)).map(|(_, word)| *word);
                held.collect::<Vec<_>>().join(", ")
            }
            Reads::Texts(read) | Reads::Names(read) => {
                let seen: RefCell<Vec<String>> = RefCell::default();
                // A test that always fails is called with every text.
                read(exchange, &|text| {
                    let mut seen = seen.borrow_mut();
                    if !text.is_empty() && !seen.iter().any(|it| it == text) {
                        seen.push(text.to_owned());
                    }
                    false
                });
                seen.into_inner().join(", ")
            }
            Reads::Number(read, units) => format!("{}{}", read(exchange), finest(units)),
            Reads::Age(_) => exchange.at.to_string(),
        };
        if text.is_empty() {
            text.push_str("nothing");
        }
        shorten(&text, WIDTH).into_owned()
    }
}

/// The unit of the number as it is read: the one of size 1.
fn finest(units: &[(&'static str, u64)]) -> &'static str {
    units.iter().find(|(_, size)| *size == 1).map_or("", |(name, _)| name)
}
