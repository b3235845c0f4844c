//! Faults as data: fault rules, rate limits, and their decisions about a request.
//!
//! A [`Rule`] has a condition on requests, a selection among the matching requests, an action and a phase.
//! A tenant keeps its rules in a [`FaultBook`]. For each request it returns a [`Decision`], and the HTTP
//! room carries it out. The random [roll](Decision::roll) follows from (seed, tenant, rule, subject, n-th
//! match), so that parallel runs repeat themselves. `docs/faults.md` describes every field.

mod action;
mod book;
mod delay;
mod delayed;
mod glob;
mod id_token;
mod limits;
mod matching;
mod phase;
mod prefer;
mod preset;
mod read;
mod roll;
mod rule;
mod when;

pub use action::{Ending, FaultOutcome, Reply};
pub use book::{BookError, Decision, FaultBook, RuleStatus};
pub use delayed::EndedDelays;
pub use id_token::IdTokenFault;
pub use limits::{LimitDecision, RateLimits};
pub use matching::RequestFacts;
pub use phase::Phase;
pub use prefer::{PreferHeader, Preference, preference};
pub use preset::{Preset, presets};
pub use read::{FieldError, Fields, parse_duration};
pub use rule::Rule;
