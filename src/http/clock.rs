//! What tells the time: the only place that reads the machine's clock.

use jiff::Timestamp;

/// The clock of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// The machine's.
    #[default]
    System,
    /// One that stands still, so that a test can foretell every `meta.created`.
    Fixed(Timestamp),
}

impl Clock {
    /// What time it is.
    pub fn now(self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is where time enters")]
            Self::System => Timestamp::now(),
            Self::Fixed(at) => at,
        }
    }
}
