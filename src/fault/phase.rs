//! When a fault happens: before the operation or after it.

use super::read::{FieldError, FieldValue};

/// Whether a fault happens before or after the operation is performed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The fault happens instead of the operation: nothing changes.
    Before,
    /// The operation is performed, and then its answer is delayed, lost or replaced.
    After,
}

const PHASES: [Phase; 2] = [Phase::Before, Phase::After];

impl Phase {
    /// Its name in a rule.
    pub fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }

    /// The given phase, or the only possible phase of an outcome.
    pub(super) fn read(
        place: Option<&FieldValue<'_>>,
        own: Option<Self>,
    ) -> Result<Self, FieldError> {
        let Some(place) = place else { return Ok(own.unwrap_or(Self::Before)) };
        let phase = PHASES[place.one_of(&PHASES.map(Self::word))?];
        match own.filter(|it| *it != phase) {
            Some(own) => Err(place.wrong(&format!("\"{}\" for this action", own.word()))),
            None => Ok(phase),
        }
    }
}
