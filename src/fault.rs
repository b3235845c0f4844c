//! What should go wrong next, as data: fault rules, limits, and what they decide about a request.
//!
//! A [`Rule`] says which requests it is about, which of those it meets, what happens to them and
//! when. A tenant keeps its rules in a [`FaultBook`], which is asked about each request and answers
//! with a [`Decision`]; whoever answers makes it happen. Chance is a [roll](Decision::roll) that
//! follows from (seed, tenant, rule, subject, n-th match), so that parallel runs repeat themselves.
//! `docs/faults.md` has every field.

mod action;
mod book;
mod delay;
mod delayed;
mod glob;
mod limits;
mod matching;
mod prefer;
mod preset;
mod read;
mod roll;
mod rule;
mod when;

pub use action::{Ending, FaultAction, FaultOutcome, Reply};
pub use book::{Armed, BookError, Decision, FaultBook, RuleStatus};
pub use delayed::{DelayedAnswer, EndedDelays};
pub use limits::{LimitDecision, LimitExceeded, RateLimits};
pub use matching::RequestFacts;
pub use prefer::{PreferHeader, Preference, preference};
pub use preset::{Preset, presets};
pub use read::{FieldError, FieldValue, Fields, parse_duration};
pub use rule::{Phase, Rule};
