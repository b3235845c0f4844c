//! How an ID token is made wrong.

use jiff::SignedDuration;
use serde_json::{Map, Value as Json};

use super::read::{FieldError, FieldValue};

/// What is wrong with an ID token.
#[derive(Clone, Debug, PartialEq)]
pub enum IdTokenFault {
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It is for another application.
    WrongAudience,
    /// It is of another issuer.
    WrongIssuer,
    /// It is of another Microsoft Entra tenant.
    WrongTenant,
    /// It answers another sign-in.
    WrongNonce,
    /// It has no nonce.
    NoNonce,
    /// The key that it names did not sign it.
    BadSignature,
    /// It is not signed.
    AlgNone,
    /// It is signed by a key that is never published.
    UnknownKey,
    /// Its times are those of an issuer whose clock runs ahead by so much, or behind.
    Skew(SignedDuration),
    /// It has not these claims.
    Without(Vec<String>),
    /// It has these claims, with these values; none with `null`.
    With(Map<String, Json>),
}

/// The faults without further words.
const PLAIN: [(&str, IdTokenFault); 10] = [
    ("expired", IdTokenFault::Expired),
    ("notYetValid", IdTokenFault::NotYetValid),
    ("wrongAudience", IdTokenFault::WrongAudience),
    ("wrongIssuer", IdTokenFault::WrongIssuer),
    ("wrongTenant", IdTokenFault::WrongTenant),
    ("wrongNonce", IdTokenFault::WrongNonce),
    ("noNonce", IdTokenFault::NoNonce),
    ("badSignature", IdTokenFault::BadSignature),
    ("algNone", IdTokenFault::AlgNone),
    ("unknownKey", IdTokenFault::UnknownKey),
];

impl IdTokenFault {
    /// Reads the member `idToken` of an action: a word, or an object with `skew`, `without` or `with`.
    ///
    /// # Errors
    ///
    /// It is neither.
    pub(super) fn read(place: &FieldValue<'_>) -> Result<Self, FieldError> {
        if place.json().is_string() {
            let at = place.one_of(&PLAIN.map(|(word, _)| word))?;
            return Ok(PLAIN[at].1.clone());
        }
        let mut fields = place.fields()?;
        let [skew, without, with] = ["skew", "without", "with"].map(|it| fields.take(it));
        fields.finish()?;
        match (skew, without, with) {
            (Some(skew), None, None) => Ok(Self::Skew(skew.signed_duration()?)),
            (None, Some(without), None) => {
                let claims = without.each().into_iter();
                let claims = claims.map(|it| it.text().map(str::to_owned));
                Ok(Self::Without(claims.collect::<Result<_, _>>()?))
            }
            (None, None, Some(with)) => {
                let claims = with.fields()?.all();
                let claims = claims.map(|(name, it)| (name.to_owned(), it.json().clone()));
                Ok(Self::With(claims.collect()))
            }
            _ => Err(place.wrong("a word, or an object with one of skew, without, with")),
        }
    }

    /// In few words: `expired`, `skew 10m`.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Skew(by) => format!("skew {by:#}"),
            Self::Without(claims) => format!("without {}", claims.join(" ")),
            Self::With(claims) => {
                let names: Vec<&str> = claims.keys().map(String::as_str).collect();
                format!("with {}", names.join(" "))
            }
            plain => {
                let found = PLAIN.iter().find(|(_, it)| it == plain);
                found.map_or("", |(word, _)| word).to_owned()
            }
        }
    }
}
