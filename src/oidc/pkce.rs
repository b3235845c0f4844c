//! Proof key for code exchange ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)).

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::error::{AadstsCode, ProtocolError};

/// What a client sends with its authorize request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// The digest of the verifier.
    S256(String),
    /// The verifier itself.
    Plain(String),
}

/// What a client sends with the code, to prove that it began the flow.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier(String);

impl Challenge {
    /// Reads `code_challenge` and `code_challenge_method`; without a method it is `plain` (§4.3).
    ///
    /// # Errors
    ///
    /// `invalid_request` for another method, a method without a challenge, or a challenge that is not 43 to 128
    /// unreserved characters.
    pub fn read(
        challenge: Option<&str>,
        method: Option<&str>,
    ) -> Result<Option<Self>, ProtocolError> {
        let Some(challenge) = challenge else {
            let missing = |_| Err(ProtocolError::missing("code_challenge"));
            return method.map_or(Ok(None), missing);
        };
        if !is_proof(challenge) {
            let detail =
                "The code challenge must have 43 to 128 characters of A-Z a-z 0-9 - . _ ~.";
            return Err(ProtocolError::new(AadstsCode::ChallengeSize, detail));
        }
        let challenge = challenge.to_owned();
        match method {
            Some("S256") => Ok(Some(Self::S256(challenge))),
            Some("plain") | None => Ok(Some(Self::Plain(challenge))),
            Some(_) => {
                let detail = "The code challenge method must be S256 or plain.";
                Err(ProtocolError::new(AadstsCode::InvalidRequestParameter, detail))
            }
        }
    }

    /// Whether a verifier is that of this challenge (§4.6).
    pub fn is_met_by(&self, verifier: &str) -> bool {
        is_proof(verifier)
            && match self {
                Self::S256(challenge) => *challenge == digest(verifier),
                Self::Plain(challenge) => challenge == verifier,
            }
    }
}

impl Verifier {
    /// A verifier of 43 characters from 32 random bytes (§4.1).
    pub fn new(random: [u8; 32]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(random))
    }

    /// The verifier as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its challenge by the method S256.
    pub fn challenge(&self) -> String {
        digest(&self.0)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier(…)")
    }
}

/// `BASE64URL(SHA256(ASCII(verifier)))` (§4.2).
fn digest(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// Whether a text has 43 to 128 unreserved characters (§4.1, §4.2).
fn is_proof(text: &str) -> bool {
    let is_unreserved = |it: u8| it.is_ascii_alphanumeric() || b"-._~".contains(&it);
    (43..=128).contains(&text.len()) && text.bytes().all(is_unreserved)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// RFC 7636 Appendix B.
    const RANDOM: [u8; 32] = [
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37,
        77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
    ];
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_is_met() {
        let verifier = Verifier::new(RANDOM);
        let challenge = Challenge::read(Some(CHALLENGE), Some("S256")).unwrap().unwrap();

        assert_eq!(verifier.as_str(), VERIFIER);
        assert_eq!(verifier.challenge(), CHALLENGE);
        assert!(challenge.is_met_by(VERIFIER));
        assert!(!challenge.is_met_by(CHALLENGE));
        assert!(!challenge.is_met_by(""));
    }

    #[test]
    fn a_challenge_without_a_method_is_the_verifier_itself() {
        let challenge = Challenge::read(Some(VERIFIER), None).unwrap().unwrap();

        assert_eq!(challenge, Challenge::Plain(VERIFIER.into()));
        assert!(challenge.is_met_by(VERIFIER));
        assert!(!challenge.is_met_by(CHALLENGE));
    }

    #[rstest]
    #[case(&"a".repeat(42), Some("S256"), 501_491)]
    #[case(&"a".repeat(129), Some("S256"), 501_491)]
    #[case(&"a+".repeat(30), Some("S256"), 501_491)]
    #[case(&"é".repeat(43), None, 501_491)]
    #[case(CHALLENGE, Some("s256"), 90_100)]
    #[case(CHALLENGE, Some("S512"), 90_100)]
    fn a_wrong_challenge_is_refused(
        #[case] challenge: &str,
        #[case] method: Option<&str>,
        #[case] number: u32,
    ) {
        let error = Challenge::read(Some(challenge), method).unwrap_err();

        assert_eq!((error.oauth(), error.code.number()), ("invalid_request", number));
    }

    #[test]
    fn a_method_needs_a_challenge() {
        assert_eq!(Challenge::read(None, None), Ok(None));
        let error = Challenge::read(None, Some("S256")).unwrap_err();
        assert!(error.detail.contains("'code_challenge'"), "{}", error.detail);
    }
}
