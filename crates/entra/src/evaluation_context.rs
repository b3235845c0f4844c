//! The time and the random seed of an evaluation: the inputs besides the object.

use jiff::Timestamp;

/// The time and the seed that the functions `Now`, `Guid` and `RandomString` read.
///
/// The same context and object give the same values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvaluationContext {
    /// The result of `Now()`.
    pub now: Timestamp,
    /// The seed of `Guid()` and `RandomString(..)`. The object's `objectId` and the mapping's
    /// target are mixed in, so that one seed serves a whole cycle.
    pub seed: u64,
}
