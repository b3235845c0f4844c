//! The result of a sign-in, as a word for programs.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use crate::scim::{nearest, quoted};

/// Makes the results and their names from one row each.
macro_rules! results {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$doc:meta])+ $result:ident = $code:literal,)+ }) => {
        $(#[$about])*
        pub enum $name {
            $($(#[$doc])+ $result,)+
        }

        impl $name {
            /// All of them, in the order of their declaration.
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$result),+];

            /// Its name for programs, such as `notProvisioned`.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$result => $code,)+
                }
            }
        }
    };
}

results! {
    /// The result of a sign-in: it works, or the reason why it is refused. All of it is assumed.
    ///
    /// The first seven depend on the user and the tenant. The others are errors during a sign-in.
    ///
    /// ```
    /// use mediusflow_mock::traffic::SignInResult;
    ///
    /// let result: SignInResult = "disabled".parse()?;
    /// assert_eq!((result, result.code()), (SignInResult::Disabled, "disabled"));
    /// # Ok::<(), mediusflow_mock::traffic::UnknownSignInResult>(())
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum SignInResult {
        /// The user signs in.
        Works = "works",
        /// The tenant has no user of this name, or what a token says of the user does not find them.
        NotProvisioned = "notProvisioned",
        /// The user's `active` is false.
        Disabled = "disabled",
        /// The user logs in with another login option.
        WrongIdentityProvider = "wrongIdentityProvider",
        /// No user configuration applies to the user.
        NoConfiguration = "noConfiguration",
        /// Several users have this name identifier.
        Ambiguous = "ambiguous",
        /// The user's login option stands for nothing that this mock can show.
        UnsupportedOption = "unsupportedOption",
        /// The Microsoft Entra tenant ID is not saved.
        NoEntraTenant = "noEntraTenant",
        /// The ID token's time is over.
        TokenExpired = "tokenExpired",
        /// The ID token's time has not come.
        TokenNotYetValid = "tokenNotYetValid",
        /// The ID token is for another application.
        WrongAudience = "wrongAudience",
        /// Another issuer issued the ID token.
        WrongIssuer = "wrongIssuer",
        /// The ID token is of another Microsoft Entra tenant.
        WrongTenant = "wrongTenant",
        /// The ID token answers another sign-in.
        WrongNonce = "wrongNonce",
        /// The ID token is signed with a key that the issuer does not publish.
        UnknownKey = "unknownKey",
        /// The signature of the ID token is wrong.
        BadSignature = "badSignature",
        /// The ID token is signed in another way than with RS256.
        WrongAlgorithm = "wrongAlgorithm",
        /// What came is no ID token.
        MalformedToken = "malformedToken",
        /// The sign-in did not begin here.
        FlowUnknown = "flowUnknown",
        /// The sign-in began too long ago.
        FlowExpired = "flowExpired",
        /// The issuer does not answer.
        IssuerUnreachable = "issuerUnreachable",
        /// The issuer refused.
        RefusedByIssuer = "refusedByIssuer",
    }
}

impl SignInResult {
    /// The results that a user can have who comes with their own login option.
    pub const OF_USERS: [Self; 6] = [
        Self::Works,
        Self::NotProvisioned,
        Self::Disabled,
        Self::NoConfiguration,
        Self::Ambiguous,
        Self::UnsupportedOption,
    ];

    /// Whether the user signs in.
    pub fn works(self) -> bool {
        self == Self::Works
    }
}

/// A word that is no [`SignInResult`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no result of a sign-in {}, expected one of {}", quoted(word), known())]
#[non_exhaustive]
pub struct UnknownSignInResult {
    /// The word.
    pub word: String,
    /// The result that was probably meant.
    pub meant: Option<&'static str>,
}

/// The codes that a user's state can have.
fn known() -> String {
    SignInResult::OF_USERS.map(SignInResult::code).join(", ")
}

impl FromStr for SignInResult {
    type Err = UnknownSignInResult;

    fn from_str(word: &str) -> Result<Self, UnknownSignInResult> {
        let found = Self::ALL.into_iter().find(|it| it.code().eq_ignore_ascii_case(word.trim()));
        found.ok_or_else(|| UnknownSignInResult {
            word: word.into(),
            meant: nearest(word, Self::ALL.map(Self::code)),
        })
    }
}

impl fmt::Display for SignInResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for SignInResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_result_is_read_from_its_code() {
        for (at, result) in SignInResult::ALL.into_iter().enumerate() {
            assert_eq!((result as usize, result.code().parse()), (at, Ok(result)));
        }
    }

    #[test]
    fn a_misspelt_result_is_told_what_was_meant() {
        let error = "disbled".parse::<SignInResult>().unwrap_err();

        assert_eq!(error.meant, Some("disabled"));
        assert_eq!(
            error.to_string(),
            "there is no result of a sign-in \"disbled\", expected one of works, notProvisioned, \
             disabled, noConfiguration, ambiguous, unsupportedOption"
        );
    }
}
