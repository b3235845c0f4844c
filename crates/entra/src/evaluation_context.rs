//! When and with which luck an object is evaluated: what would else make two runs differ.

use jiff::Timestamp;

/// The time and the chance that expressions read: `Now`, `Guid` and `RandomString`.
///
/// The same moment and object give the same values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvaluationContext {
    /// What `Now()` answers.
    pub now: Timestamp,
    /// Where `Guid()` and `RandomString(..)` start. The object's `objectId` and the mapping's
    /// target are mixed in, so that one number may serve a whole cycle.
    pub seed: u64,
}
