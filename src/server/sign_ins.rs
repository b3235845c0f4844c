//! Questions of a test about sign-ins.

use super::TestTenant;
use crate::{
    medius::{SignInResult, SignInSequence, SignInSequenceError, UnknownSignInResult},
    scim::quoted,
    tenant::{PastTurn, TurnCause},
};

/// Why the sign-ins of a user are not as expected.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExpectSignInsError {
    /// A word is no result of a sign-in.
    #[error(transparent)]
    UnknownResult(#[from] UnknownSignInResult),
    /// The results are not a sequence.
    #[error(transparent)]
    Sequence(#[from] SignInSequenceError),
    /// Exchanges or states are not kept any more that may have changed the result.
    #[error(
        "sign-in of {}: not everything is known that happened since the last reset",
        quoted(user)
    )]
    #[non_exhaustive]
    Incomplete {
        /// The user, as given.
        user: String,
    },
    /// The results differ.
    #[error("sign-in of {}: {}{}", quoted(user), expected.told(found), turns.concat())]
    #[non_exhaustive]
    Differs {
        /// The user, as given.
        user: String,
        /// The expected results.
        expected: SignInSequence,
        /// The found results.
        found: Vec<SignInResult>,
        /// Each turn with its cause, on a line of its own.
        turns: Vec<String>,
    },
}

impl TestTenant {
    /// Whether a user, by user name or id, may sign in with their own login option: what
    /// `GET users/{id}/sign-in` of the control API answers as `allowed`.
    ///
    /// ```
    /// use mediusflow_mock::MockServer;
    ///
    /// let server = MockServer::start()?;
    /// let user = &server.users()[0];
    ///
    /// assert!(server.can_sign_in(user["userName"].as_str().unwrap()));
    /// assert!(!server.can_sign_in("nobody@contoso.com"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn can_sign_in(&self, user: &str) -> bool {
        self.tenant().snapshot().sign_in_result(user).works()
    }

    /// Checks the results that a sign-in of a user, by user name or id, had since the last reset: the
    /// result then, and each other result after that. A deleted user is `notProvisioned` again.
    ///
    /// ```
    /// use mediusflow_mock::MockServer;
    ///
    /// let server = MockServer::start()?;
    /// // … your client provisions Zoë, disables her, and enables her again …
    /// server.expect_sign_ins("zoe@contoso.com", &["notProvisioned"])?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The results differ; the error has the exchange of each change.
    pub fn expect_sign_ins(&self, user: &str, sequence: &[&str]) -> Result<(), ExpectSignInsError> {
        let results = sequence.iter().map(|it| it.parse()).collect::<Result<Vec<_>, _>>()?;
        let expected = SignInSequence::new(results)?;
        let history = self.tenant().sign_in_history(user);
        let user = user.to_owned();
        if !history.is_complete_since(0) {
            return Err(ExpectSignInsError::Incomplete { user });
        }
        let found = history.sequence_since(0);
        if *expected == *found {
            return Ok(());
        }
        let turns = history.turns.iter().map(line).collect();
        Err(ExpectSignInsError::Differs { user, expected, found, turns })
    }
}

/// A turn and its cause.
fn line(turn: &PastTurn) -> String {
    let by = match &turn.cause {
        TurnCause::Exchange(exchange) => format!("#{} {}", exchange.seq, exchange.summary),
        cause => cause.to_string(),
    };
    format!("\n  {} → {}: {by}", turn.from, turn.to)
}
