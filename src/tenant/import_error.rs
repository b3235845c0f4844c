//! Why a state that was written cannot be read.

/// Where a document does not fit, and how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct ImportError {
    /// The member, such as `resources.User[3]`.
    pub place: String,
    /// What was expected.
    pub reason: String,
}

impl ImportError {
    pub(super) fn new(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { place: place.into(), reason: reason.into() }
    }

    /// The same of a part of this place.
    pub(super) fn within(self, place: impl std::fmt::Display) -> Self {
        let place = match &*self.place {
            "" => place.to_string(),
            inner => format!("{place}.{inner}"),
        };
        Self { place, ..self }
    }
}
