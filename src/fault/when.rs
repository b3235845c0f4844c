//! The selection among the requests that match a rule.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{
    matching::TimeRange,
    read::{FieldError, FieldValue},
};

/// The selection among the matches of a rule. All given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct When {
    /// The share of matches that are selected, by random numbers; 0 selects none.
    probability: Option<f64>,
    nth: Option<u64>,
    every: Option<u64>,
    times: Option<u64>,
    after: u64,
    first_per_subject: bool,
    per_subject: bool,
    /// Whether each match in turn is selected. Later matches are not.
    sequence: Option<Vec<bool>>,
    between: TimeRange,
}

/// The counts of a rule.
#[derive(Clone, Debug, Default)]
pub(super) struct MatchCounts {
    all: MatchCount,
    /// The counts by subject. The key is a hash, since names would need much more memory.
    subjects: HashMap<u64, MatchCount>,
}

/// How often requests matched, and how often the rule was applied.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MatchCount {
    pub(super) matched: u64,
    pub(super) fired: u64,
}

/// The words of a sequence.
const OUTCOMES: [&str; 2] = ["pass", "fail"];

impl When {
    /// Reads the member `when` of a rule.
    ///
    /// # Errors
    ///
    /// A member is invalid.
    pub(super) fn read(place: &FieldValue<'_>) -> Result<Self, FieldError> {
        let mut fields = place.fields()?;
        let read = Self {
            probability: fields.take("probability").map(|it| it.number(0.0, 1.0)).transpose()?,
            nth: fields.take("nth").map(|it| it.count(1)).transpose()?,
            every: fields.take("everyN").map(|it| it.count(1)).transpose()?,
            times: fields.take("times").map(|it| it.count(0)).transpose()?,
            after: fields.take("after").map_or(Ok(0), |it| it.count(0))?,
            first_per_subject: fields.take("firstPerSubject").map_or(Ok(false), |it| it.flag())?,
            per_subject: fields.take("perSubject").map_or(Ok(false), |it| it.flag())?,
            sequence: fields.take("sequence").map(|it| sequence(&it)).transpose()?,
            between: fields
                .take("between")
                .map(|it| TimeRange::read(&it))
                .transpose()?
                .unwrap_or_default(),
        };
        fields.finish()?;
        Ok(read)
    }

    /// Whether requests at this time can match.
    pub(super) fn holds(&self, now: Timestamp) -> bool {
        self.between.holds(now)
    }

    fn meets(&self, of_all: MatchCount, of_subject: MatchCount, roll: f64) -> bool {
        let count = if self.per_subject { of_subject } else { of_all };
        let Some(n) = count.matched.checked_sub(self.after).filter(|it| *it > 0) else {
            return false;
        };
        let told = |list: &Vec<bool>| {
            usize::try_from(n - 1).ok().and_then(|at| list.get(at)).copied().unwrap_or(false)
        };
        self.nth.is_none_or(|it| n == it)
            && self.every.is_none_or(|it| n.is_multiple_of(it))
            && self.sequence.as_ref().is_none_or(told)
            && self.times.is_none_or(|it| count.fired < it)
            && (!self.first_per_subject || of_subject.matched == 1)
            && self.probability.is_none_or(|it| roll < it)
    }
}

impl MatchCounts {
    /// The counts over all subjects.
    pub(super) fn all(&self) -> MatchCount {
        self.all
    }

    /// Counts a match of this subject. Returns its number among the matches of the subject, and whether the
    /// rule is applied. `roll` makes the random number of the n-th match of the subject.
    pub(super) fn count(
        &mut self,
        subject: u64,
        when: &When,
        roll: impl FnOnce(u64) -> f64,
    ) -> (u64, bool) {
        let one = self.subjects.entry(subject).or_default();
        self.all.matched += 1;
        one.matched += 1;
        let is_met = when.meets(self.all, *one, roll(one.matched));
        self.all.fired += u64::from(is_met);
        one.fired += u64::from(is_met);
        (one.matched, is_met)
    }
}

fn sequence(place: &FieldValue<'_>) -> Result<Vec<bool>, FieldError> {
    if !place.json().is_array() {
        return Err(place.wrong("a list of \"fail\" and \"pass\""));
    }
    place.each().iter().map(|it| Ok(it.one_of(&OUTCOMES)? == 1)).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::fault::Fields;

    fn read(when: Json) -> When {
        let body = json!({"when": when});
        When::read(&Fields::of(&body).unwrap().take("when").unwrap()).unwrap()
    }

    /// Which of these subjects' requests, one after the other, are met: `x`; the others: `.`.
    fn met(when: Json, subjects: &str, roll: f64) -> String {
        let (when, mut tally) = (read(when), MatchCounts::default());
        let mut met = |it: char| tally.count(u64::from(it), &when, |_| roll).1;
        subjects.chars().map(|it| if met(it) { 'x' } else { '.' }).collect()
    }

    #[rstest]
    #[case(json!({}), "aabb", "xxxx")]
    #[case(json!({"nth": 3}), "abcab", "..x..")]
    #[case(json!({"everyN": 2}), "abcab", ".x.x.")]
    #[case(json!({"times": 2}), "abcab", "xx...")]
    #[case(json!({"times": 0}), "ab", "..")]
    #[case(json!({"after": 2, "times": 1}), "abcab", "..x..")]
    #[case(json!({"firstPerSubject": true}), "abcab", "xxx..")]
    #[case(json!({"sequence": ["fail", "fail", "pass", "fail"]}), "aaaaaa", "xx.x..")]
    #[case(json!({"sequence": ["fail", "pass"], "perSubject": true}), "abab", "xx..")]
    #[case(json!({"nth": 2, "perSubject": true}), "abba", "..xx")]
    #[case(json!({"probability": 0.5}), "ab", "xx")]
    #[case(json!({"probability": 0.2}), "ab", "..")]
    fn matches_get_the_fault_by_the_conditions(
        #[case] when: Json,
        #[case] subjects: &str,
        #[case] expected: &str,
    ) {
        assert_eq!(met(when, subjects, 0.3), expected);
    }

    #[test]
    fn probability_0_never_meets_and_1_always() {
        assert_eq!(met(json!({"probability": 0}), "ab", 0.0), "..");
        assert_eq!(met(json!({"probability": 1}), "ab", 0.999_999), "xx");
    }
}
