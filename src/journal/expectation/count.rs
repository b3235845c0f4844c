//! The expected number of exchanges.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// An expected number. In JSON it is a number, which is exact, or `{"atLeast": 1, "atMost": 3}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The lower bound.
    pub at_least: usize,
    /// The upper bound, if there is one.
    pub at_most: Option<usize>,
}

impl Default for Count {
    fn default() -> Self {
        Self { at_least: 1, at_most: None }
    }
}

impl Count {
    /// Exactly this number.
    pub fn exactly(count: usize) -> Self {
        Self { at_least: count, at_most: Some(count) }
    }

    /// This number or more.
    pub fn at_least(count: usize) -> Self {
        Self { at_least: count, at_most: None }
    }

    /// This number or fewer.
    pub fn at_most(count: usize) -> Self {
        Self { at_least: 0, at_most: Some(count) }
    }

    /// Whether this number is as expected.
    pub fn admits(self, count: usize) -> bool {
        count >= self.at_least && !self.is_exceeded_by(count)
    }

    /// Whether this number is above the upper bound.
    pub fn is_exceeded_by(self, count: usize) -> bool {
        self.at_most.is_some_and(|most| count > most)
    }

    /// The distance of this number to the nearest expected one.
    pub fn distance(self, count: usize) -> usize {
        let missing = self.at_least.saturating_sub(count);
        missing.max(self.at_most.map_or(0, |most| count.saturating_sub(most)))
    }

    /// Whether every number is as expected.
    pub fn admits_all(self) -> bool {
        self.at_least == 0 && self.at_most.is_none_or(|it| it == usize::MAX)
    }

    /// The expected number in words, with a noun: `at least 2 exchanges`.
    pub fn in_words(self, noun: &str) -> String {
        let Self { at_least, at_most } = self;
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        match at_most {
            Some(0) => format!("no {noun}"),
            Some(most) if most == at_least => format!("{most} {noun}{}", plural(most)),
            Some(most) if at_least == 0 => format!("at most {most} {noun}{}", plural(most)),
            Some(most) => format!("{at_least} to {most} {noun}s"),
            None => format!("at least {at_least} {noun}{}", plural(at_least)),
        }
    }
}

impl From<usize> for Count {
    /// Exactly this number.
    fn from(count: usize) -> Self {
        Self::exactly(count)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.in_words("exchange"))
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "count must be a number, or {\"atLeast\": n, \"atMost\": n}")]
        enum CountInput {
            Exactly(usize),
            Between(CountRange),
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct CountRange {
            #[serde(default)]
            at_least: usize,
            at_most: Option<usize>,
        }
        match CountInput::deserialize(deserializer)? {
            CountInput::Exactly(count) => Ok(Self::exactly(count)),
            CountInput::Between(CountRange { at_least, at_most }) => {
                if at_most.is_some_and(|most| most < at_least) {
                    return Err(de::Error::custom("count.atMost must not be less than atLeast"));
                }
                Ok(Self { at_least, at_most })
            }
        }
    }
}
