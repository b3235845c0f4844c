//! How far a cycle is (PROG).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

/// Which kind of cycle it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CycleKind {
    /// Everybody is looked at.
    Initial,
    /// Those who changed.
    Incremental,
}

/// How far a cycle is, in pages of the source as the portal's bar counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Which kind of cycle.
    pub kind: CycleKind,
    /// Pages that are done.
    pub pages_done: usize,
    /// All pages.
    pub pages: usize,
    /// Users that are linked to one of the target.
    pub users: usize,
    /// Groups that are linked to one of the target.
    pub groups: usize,
    /// When the cycle began.
    pub began: Timestamp,
    /// What time it is.
    pub now: Timestamp,
}

/// How many objects a page of the source holds (assumed).
pub(in crate::entra) const PAGE: usize = 100;

impl Progress {
    /// How much is done, from 0 to 100.
    pub fn percent(&self) -> usize {
        (self.pages_done * 100).checked_div(self.pages).unwrap_or(100)
    }

    /// As an element of Graph's `synchronizationStatus.progress`.
    pub fn to_graph(&self) -> Json {
        json!({
            "units": "pages",
            "completedUnits": self.pages_done,
            "totalUnits": self.pages,
            "progressObservationDateTime": self.now.to_string(),
        })
    }

    /// How long the rest takes if it goes on like this; `None` before there is a page to tell by.
    pub fn time_left(&self) -> Option<SignedDuration> {
        let done = i32::try_from(self.pages_done).ok().filter(|it| *it > 0)?;
        let left = i32::try_from(self.pages - self.pages_done).ok()?;
        self.now.duration_since(self.began).checked_mul(left)?.checked_div(done)
    }
}
