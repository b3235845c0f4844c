//! Secret keys and access tokens.

use std::fmt;

use jiff::Timestamp;
use smol_str::SmolStr;

/// The secret key of a tenant's SCIM service: what Entra's "Secret Token" field takes
/// (tutorial, Step 2.6). Its format is this project's own.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey {
    text: SmolStr,
    /// From when on it is refused, if ever.
    pub expires: Option<Timestamp>,
}

/// What proves to the admin console's API that its caller logged in.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken {
    text: SmolStr,
    /// Who logged in.
    pub user_name: SmolStr,
    /// From when on it is refused.
    pub expires: Timestamp,
}

/// Why a caller is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no bearer token.
    #[error("bearer token missing")]
    Missing,
    /// The bearer token is none of this tenant.
    #[error("bearer token wrong: this tenant does not know it (any more)")]
    Wrong,
    /// The bearer token was valid once: its time is over.
    #[error("bearer token expired")]
    Expired,
    /// The bearer token was valid once: a new one replaced it.
    #[error("bearer token replaced by a newer one")]
    Replaced,
    /// The bearer token was valid once: a reset, another state that was put in place, or later logins
    /// ended it.
    #[error(
        "bearer token ended by a reset, by another state that was put in place, or by later logins"
    )]
    Ended,
}

impl SecretKey {
    pub(super) fn new(text: SmolStr, expires: Option<Timestamp>) -> Self {
        Self { text, expires }
    }

    /// The key itself: for the one answer that shows it, the ready line and the dashboard's owner.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What may be shown: its last four characters.
    pub fn masked(&self) -> String {
        crate::journal::mask(&self.text)
    }

    /// Its last four characters, which may be shown.
    #[cfg(feature = "web")]
    pub fn last_four(&self) -> String {
        self.masked().chars().filter(char::is_ascii_alphanumeric).collect()
    }

    /// Since when it is refused, if its time is over.
    pub fn expired(&self, now: Timestamp) -> Option<Timestamp> {
        self.expires.filter(|at| *at <= now)
    }

    /// Whether this is the key.
    pub fn is(&self, presented: &str) -> bool {
        same_secret(&self.text, presented)
    }
}

impl AccessToken {
    pub(super) fn new(text: SmolStr, user_name: SmolStr, expires: Timestamp) -> Self {
        Self { text, user_name, expires }
    }

    /// The token itself, for the answer that hands it out.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// Whether this is the token.
    pub fn is(&self, presented: &str) -> bool {
        same_secret(&self.text, presented)
    }
}

/// Whether two secrets are the same, in a time that does not tell how much of them is.
pub fn same_secret(one: &str, other: &str) -> bool {
    let differing = |sum: u8, (a, b): (u8, u8)| std::hint::black_box(sum | (a ^ b));
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, differing) == 0
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.masked())
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessToken({})", crate::journal::mask(&self.text))
    }
}
