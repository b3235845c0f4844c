//! The results that a test expects of a sign-in over time.

use std::{fmt, ops::Deref};

use super::SignInResult;

/// The result at the beginning, then the result of each turn. Two results in succession always differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInSequence(Vec<SignInResult>);

/// Why results are not a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignInSequenceError {
    /// There are none.
    #[error("the sequence says nothing: give the result at first, then each turn")]
    Empty,
    /// There are too many.
    #[error("a sequence has {} results at most", SignInSequence::LONGEST)]
    TooLong,
    /// A result stands there twice in succession.
    #[error("sequence[{at}] is {result} again, and a turn leads to another result")]
    #[non_exhaustive]
    Repeated {
        /// Its second place.
        at: usize,
        /// The result.
        result: SignInResult,
    },
    /// A result that a user with their own login option never has.
    #[error("sequence[{at}] is {result}, which a user with their own login option never has")]
    #[non_exhaustive]
    Never {
        /// Its place.
        at: usize,
        /// The result.
        result: SignInResult,
    },
}

impl SignInSequence {
    /// The largest number of results.
    pub const LONGEST: usize = 1_000;

    /// These results.
    ///
    /// # Errors
    ///
    /// [`SignInSequenceError`] at the first result that is wrong.
    pub fn new(results: Vec<SignInResult>) -> Result<Self, SignInSequenceError> {
        if results.is_empty() {
            return Err(SignInSequenceError::Empty);
        }
        if results.len() > Self::LONGEST {
            return Err(SignInSequenceError::TooLong);
        }
        for (at, result) in results.iter().copied().enumerate() {
            if !SignInResult::OF_USERS.contains(&result) {
                return Err(SignInSequenceError::Never { at, result });
            }
            if at > 0 && results[at - 1] == result {
                return Err(SignInSequenceError::Repeated { at, result });
            }
        }
        Ok(Self(results))
    }

    /// Whether these are its first results, but not all of them.
    pub fn goes_on_behind(&self, found: &[SignInResult]) -> bool {
        self.0.len() > found.len() && self.0.starts_with(found)
    }

    /// The expected and the found results, as part of an error message.
    pub fn told(&self, found: &[SignInResult]) -> String {
        format!("expected {self}, found {}", listed(found))
    }
}

impl Deref for SignInSequence {
    type Target = [SignInResult];

    fn deref(&self) -> &[SignInResult] {
        &self.0
    }
}

impl fmt::Display for SignInSequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&listed(&self.0))
    }
}

fn listed(results: &[SignInResult]) -> String {
    results.iter().map(|it| it.code()).collect::<Vec<_>>().join(", ")
}
