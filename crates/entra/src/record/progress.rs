//! How far a cycle is (PROG).

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use crate::named_enum::named_enum;

named_enum! {
    /// Which kind of cycle it is.
    CycleKind {
        /// Everybody is looked at.
        Initial = "initial",
        /// Those who changed.
        Incremental = "incremental",
    }
}

/// The progress of a cycle. Each object has two steps: one for its attributes, one for its
/// references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Which kind of cycle.
    pub kind: CycleKind,
    /// Steps that are done.
    pub done: usize,
    /// All steps; `None` until the target has answered the first request.
    pub steps: Option<usize>,
    /// Users that are linked to one of the target.
    pub users: usize,
    /// Groups that are linked to one of the target.
    pub groups: usize,
    /// When the cycle began.
    pub began: Timestamp,
    /// The present time.
    pub now: Timestamp,
}

/// How many objects a page of the source holds (assumed).
const PAGE: usize = 100;

/// The number of steps and the time after which the remaining time is estimated.
const TELLING: (usize, SignedDuration) = (3, SignedDuration::from_secs(2));

impl Progress {
    /// How much is done, from 0 to 100.
    pub fn percent(&self) -> usize {
        self.steps.map_or(0, |steps| (self.done * 100).checked_div(steps).unwrap_or(100))
    }

    /// As an element of Graph's `synchronizationStatus.progress`, in pages of the source as the
    /// portal's bar counts them.
    pub fn to_graph(&self) -> Json {
        let steps = self.steps.unwrap_or(0);
        let pages = if self.done < steps { self.done / PAGE } else { steps.div_ceil(PAGE) };
        json!({
            "units": "pages",
            "completedUnits": pages,
            "totalUnits": steps.div_ceil(PAGE),
            "progressObservationDateTime": self.now.to_string(),
        })
    }

    /// The estimated remaining time in whole seconds; `None` while there is too little data, and
    /// when nothing is left.
    pub fn time_left(&self) -> Option<SignedDuration> {
        let passed = self.now.duration_since(self.began);
        let left = self.steps?.saturating_sub(self.done);
        if self.done < TELLING.0 || passed < TELLING.1 || left == 0 {
            return None;
        }
        let (done, left) = (i64::try_from(self.done).ok()?, i64::try_from(left).ok()?);
        let millis = i64::try_from(passed.as_millis()).ok()?.checked_mul(left)? / done;
        Some(SignedDuration::from_secs((millis + 999) / 1_000))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing_is_known(0, None, 60, (0, None))]
    #[case::nobody_is_due(0, Some(0), 0, (100, None))]
    #[case::too_few_steps(2, Some(100), 60, (2, None))]
    #[case::too_little_time(50, Some(100), 1, (50, None))]
    #[case::half_is_done(50, Some(100), 60, (50, Some(60)))]
    #[case::rounded_up(3, Some(10), 2, (30, Some(5)))]
    #[case::all_is_done(100, Some(100), 60, (100, None))]
    fn the_rest_is_told_by_what_is_done(
        #[case] done: usize,
        #[case] steps: Option<usize>,
        #[case] seconds: i64,
        #[case] expected: (usize, Option<i64>),
    ) {
        let began = Timestamp::UNIX_EPOCH;
        let now = began + SignedDuration::from_secs(seconds);
        let kind = CycleKind::Initial;
        let progress = Progress { kind, done, steps, users: 0, groups: 0, began, now };

        let left = progress.time_left().map(|it| it.as_secs());
        assert_eq!((progress.percent(), left), expected);
    }
}
