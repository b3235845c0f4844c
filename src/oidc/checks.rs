//! What a relying party checks of an ID token
//! ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json};

use super::{
    jws::{MalformedToken, SignedToken},
    keys::PublicKeys,
};
use crate::scim::quoted;

/// What an ID token has to be.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedToken<'a> {
    /// The keys that the issuer publishes.
    pub keys: &'a PublicKeys,
    /// The issuer's own name for itself.
    pub issuer: &'a str,
    /// The client id of the one who checks.
    pub audience: &'a str,
    /// The Microsoft Entra tenant ID.
    pub tenant_id: &'a str,
    /// What was sent with the authorize request.
    pub nonce: &'a str,
    /// What time it is.
    pub now: Timestamp,
    /// How far the issuer's clock may be off.
    pub tolerance: Duration,
}

/// Why an ID token proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdTokenError {
    /// It is no token.
    Malformed(MalformedToken),
    /// A claim that every ID token has is missing or of another type.
    NoClaim(&'static str),
    /// It is signed by another algorithm than RS256.
    WrongAlgorithm(Option<String>),
    /// It names a key that the issuer does not publish.
    UnknownKey(Option<String>),
    /// The key that it names did not sign it.
    BadSignature(Option<String>),
    /// A claim has another value than the one it must have.
    Other(WrongClaim),
    /// Its time is over.
    Expired(WrongTime),
    /// Its time has not come.
    NotYetValid(WrongTime),
}

/// A claim with a wrong value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongClaim {
    /// The claim.
    pub claim: CheckedClaim,
    /// What it is; nothing if it is not there.
    pub found: Option<String>,
    /// What it has to be.
    pub expected: String,
}

/// The claims that have to have a certain value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckedClaim {
    /// `iss`.
    Issuer,
    /// `aud`.
    Audience,
    /// `tid`.
    Tenant,
    /// `nonce`.
    Nonce,
}

/// A time in a token that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongTime {
    /// The token's time.
    pub at: Timestamp,
    /// The time by which it was checked.
    pub now: Timestamp,
    /// How far clocks may differ.
    pub tolerance: Duration,
}

impl ExpectedToken<'_> {
    /// The claims of a token, if it is as it has to be. What is checked first is what the others rest on:
    /// form, algorithm, key, signature, then the claims.
    ///
    /// # Errors
    ///
    /// [`IdTokenError`]; after [`IdTokenError::UnknownKey`] the issuer's keys may be fetched again.
    pub fn check(&self, token: &str) -> Result<Map<String, Json>, IdTokenError> {
        let token = SignedToken::read(token).map_err(IdTokenError::Malformed)?;
        self.check_signature(&token)?;
        let claims = token.claims;
        check_claim(&claims, CheckedClaim::Issuer, self.issuer)?;
        self.check_audience(&claims)?;
        check_claim(&claims, CheckedClaim::Tenant, self.tenant_id)?;
        check_claim(&claims, CheckedClaim::Nonce, self.nonce)?;
        self.check_times(&claims)?;
        match text(&claims, "sub") {
            Some(_) => Ok(claims),
            None => Err(IdTokenError::NoClaim("sub")),
        }
    }

    fn check_signature(&self, token: &SignedToken<'_>) -> Result<(), IdTokenError> {
        // Exactly this one: an algorithm that the token chooses is none that proves anything.
        if token.header("alg") != Some("RS256") {
            return Err(IdTokenError::WrongAlgorithm(token.header("alg").map(str::to_owned)));
        }
        let id = token.header("kid").map(str::to_owned);
        let Some(key) = self.keys.find(id.as_deref()) else {
            return Err(IdTokenError::UnknownKey(id));
        };
        if token.is_signed_by(key) { Ok(()) } else { Err(IdTokenError::BadSignature(id)) }
    }

    /// Of several audiences the one who checks has to be one, and the one that the token was issued to.
    fn check_audience(&self, claims: &Map<String, Json>) -> Result<(), IdTokenError> {
        let all = claims.get("aud").and_then(Json::as_array);
        let Some(all) = all else {
            return check_claim(claims, CheckedClaim::Audience, self.audience);
        };
        let all: Vec<&str> = all.iter().filter_map(Json::as_str).collect();
        let is_mine = all.contains(&self.audience);
        let is_to_me = all.len() == 1 || text(claims, "azp") == Some(self.audience);
        if is_mine && is_to_me {
            return Ok(());
        }
        let (found, expected) = (Some(all.join(" ")), self.audience.to_owned());
        Err(IdTokenError::Other(WrongClaim { claim: CheckedClaim::Audience, found, expected }))
    }

    fn check_times(&self, claims: &Map<String, Json>) -> Result<(), IdTokenError> {
        let (now, tolerance) = (self.now, self.tolerance);
        let wrong = |at| WrongTime { at, now, tolerance };
        let expires = time(claims, "exp")?;
        if now.duration_since(expires) >= signed(tolerance) {
            return Err(IdTokenError::Expired(wrong(expires)));
        }
        let begins = [Some("iat"), claims.contains_key("nbf").then_some("nbf")];
        for name in begins.into_iter().flatten() {
            let begins = time(claims, name)?;
            if begins.duration_since(now) > signed(tolerance) {
                return Err(IdTokenError::NotYetValid(wrong(begins)));
            }
        }
        Ok(())
    }
}

impl CheckedClaim {
    /// The claim's name in a token.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issuer => "iss",
            Self::Audience => "aud",
            Self::Tenant => "tid",
            Self::Nonce => "nonce",
        }
    }
}

impl IdTokenError {
    /// Its code: `wrongAudience`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) | Self::NoClaim(_) => "malformedToken",
            Self::WrongAlgorithm(_) => "wrongAlgorithm",
            Self::UnknownKey(_) => "unknownKey",
            Self::BadSignature(_) => "badSignature",
            Self::Other(it) => match it.claim {
                CheckedClaim::Issuer => "wrongIssuer",
                CheckedClaim::Audience => "wrongAudience",
                CheckedClaim::Tenant => "wrongTenant",
                CheckedClaim::Nonce => "wrongNonce",
            },
            Self::Expired(_) => "tokenExpired",
            Self::NotYetValid(_) => "tokenNotYetValid",
        }
    }

    /// What is wrong, as a sentence.
    pub fn what(&self) -> String {
        let text = match self {
            Self::Malformed(_) | Self::NoClaim(_) => "The ID token cannot be read.",
            Self::WrongAlgorithm(_) => "The ID token is signed by a wrong algorithm.",
            Self::UnknownKey(_) => "The ID token is signed by an unknown key.",
            Self::BadSignature(_) => "The signature of the ID token is wrong.",
            Self::Other(it) => match it.claim {
                CheckedClaim::Issuer => "The ID token is of another issuer.",
                CheckedClaim::Audience => "The ID token is for another application.",
                CheckedClaim::Tenant => "The ID token is of another Microsoft Entra tenant.",
                CheckedClaim::Nonce => "The ID token belongs to another sign-in.",
            },
            Self::Expired(it) => {
                let ago = in_words(it.now.duration_since(it.at));
                return format!("The ID token has expired ({ago} ago).");
            }
            Self::NotYetValid(it) => {
                let ahead = in_words(it.at.duration_since(it.now));
                return format!("The ID token is not valid yet (in {ahead}).");
            }
        };
        text.to_owned()
    }

    /// What is wrong, as a line of the journal has it.
    pub fn brief(&self) -> String {
        match self {
            Self::Expired(WrongTime { at, now, tolerance }) => {
                let (ago, tolerance) = (in_words(now.duration_since(*at)), signed(*tolerance));
                format!("ID token expired {ago} ago (tolerance {})", in_words(tolerance))
            }
            Self::NotYetValid(WrongTime { at, now, tolerance }) => {
                let (ahead, tolerance) = (in_words(at.duration_since(*now)), signed(*tolerance));
                format!("ID token valid in {ahead} (tolerance {})", in_words(tolerance))
            }
            _ => self.what().trim_end_matches('.').replacen("The", "the", 1),
        }
    }

    /// Why, with what was found and what was expected, as a sentence.
    pub fn why(&self) -> String {
        match self {
            Self::Malformed(why) => format!("As a token, {why}."),
            Self::NoClaim(name) => format!("It has no claim {name} of the right type."),
            Self::WrongAlgorithm(found) => {
                format!("The algorithm is {}, expected RS256.", shown(found.as_deref()))
            }
            Self::UnknownKey(id) => {
                let id = shown(id.as_deref());
                format!("The key id is {id}, and the issuer publishes no such key.")
            }
            Self::BadSignature(id) => {
                format!("The key {} did not sign it.", shown(id.as_deref()))
            }
            Self::Other(WrongClaim { claim, found, expected }) => {
                let found = shown(found.as_deref());
                format!("{} is {found}, expected {}.", claim.name(), quoted(expected))
            }
            Self::Expired(WrongTime { at, now, tolerance }) => {
                let tolerance = in_words(signed(*tolerance));
                format!("It is {now}; the token was valid until {at} (tolerance {tolerance}).")
            }
            Self::NotYetValid(WrongTime { at, now, tolerance }) => {
                let tolerance = in_words(signed(*tolerance));
                format!("It is {now}; the token is valid from {at} (tolerance {tolerance}).")
            }
        }
    }
}

fn check_claim(
    claims: &Map<String, Json>,
    claim: CheckedClaim,
    expected: &str,
) -> Result<(), IdTokenError> {
    let found = text(claims, claim.name());
    if found == Some(expected) {
        return Ok(());
    }
    let (found, expected) = (found.map(str::to_owned), expected.to_owned());
    Err(IdTokenError::Other(WrongClaim { claim, found, expected }))
}

fn text<'a>(claims: &'a Map<String, Json>, name: &str) -> Option<&'a str> {
    claims.get(name)?.as_str()
}

/// A time of a token: seconds since 1970, perhaps with a fraction (RFC 7519 §2).
fn time(claims: &Map<String, Json>, name: &'static str) -> Result<Timestamp, IdTokenError> {
    let seconds = claims.get(name).and_then(|it| it.as_i64().or_else(|| whole(it.as_f64()?)));
    let time = seconds.and_then(|it| Timestamp::from_second(it).ok());
    time.ok_or(IdTokenError::NoClaim(name))
}

/// The whole seconds of a number; far beyond every time there is, it is none.
fn whole(seconds: f64) -> Option<i64> {
    // Cast after the bounds were looked at, so it loses the fraction alone.
    #[expect(clippy::cast_possible_truncation, reason = "within bounds, it drops the fraction")]
    (seconds.abs() < 1e12).then_some(seconds as i64)
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

/// A duration in whole seconds: `1h 5m`.
fn in_words(duration: SignedDuration) -> String {
    format!("{:#}", SignedDuration::from_secs(duration.as_secs()))
}

fn shown(text: Option<&str>) -> String {
    text.map_or_else(|| "not there".to_owned(), |it| quoted(it).to_string())
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use rstest::rstest;
    use serde_json::json;

    use super::{
        super::{jws::unsigned, keys::SigningKey},
        *,
    };

    const A1: &[u8] = include_bytes!("../../fixtures/sign-in/keys/a1.pk8");
    const OTHER: &[u8] = include_bytes!("../../fixtures/sign-in/keys/unpublished.pk8");
    const NOW: i64 = 1_710_748_800;

    fn claims() -> Map<String, Json> {
        let claims = json!({
            "iss": "http://localhost/v2.0", "aud": "0a1b", "tid": "c41f", "nonce": "n", "sub": "s",
            "iat": NOW, "nbf": NOW, "exp": NOW + 3600,
        });
        claims.as_object().unwrap().clone()
    }

    fn with(name: &str, value: Json) -> Map<String, Json> {
        let mut claims = claims();
        claims.insert(name.to_owned(), value);
        claims.retain(|_, it| !it.is_null());
        claims
    }

    fn signed_by_a1(claims: &Map<String, Json>) -> String {
        SigningKey::read("a1", A1).unwrap().token(&SystemRandom::new(), claims)
    }

    fn check_at(now: i64, token: &str) -> Result<Map<String, Json>, IdTokenError> {
        let keys = PublicKeys(vec![SigningKey::read("a1", A1).unwrap().public()]);
        let expected = ExpectedToken {
            keys: &keys,
            issuer: "http://localhost/v2.0",
            audience: "0a1b",
            tenant_id: "c41f",
            nonce: "n",
            now: Timestamp::from_second(now).unwrap(),
            tolerance: Duration::from_mins(5),
        };
        expected.check(token)
    }

    #[test]
    fn a_good_token_gives_its_claims() {
        assert_eq!(check_at(NOW, &signed_by_a1(&claims())), Ok(claims()));
    }

    #[rstest]
    #[case("iss", json!("http://localhost/v1.0"), "wrongIssuer")]
    #[case("iss", Json::Null, "wrongIssuer")]
    #[case("aud", json!("9f9f"), "wrongAudience")]
    #[case("aud", json!(["0a1b", "9f9f"]), "wrongAudience")]
    #[case("aud", json!([]), "wrongAudience")]
    #[case("tid", json!("5d71"), "wrongTenant")]
    #[case("nonce", json!("m"), "wrongNonce")]
    #[case("nonce", Json::Null, "wrongNonce")]
    #[case("exp", json!(NOW - 300), "tokenExpired")]
    #[case("nbf", json!(NOW + 301), "tokenNotYetValid")]
    #[case("iat", json!(NOW + 301), "tokenNotYetValid")]
    #[case("exp", Json::Null, "malformedToken")]
    #[case("exp", json!("soon"), "malformedToken")]
    #[case("exp", json!(1e300), "malformedToken")]
    #[case("sub", Json::Null, "malformedToken")]
    fn a_wrong_claim_is_refused(#[case] name: &str, #[case] value: Json, #[case] code: &str) {
        let refused = check_at(NOW, &signed_by_a1(&with(name, value))).unwrap_err();

        assert_eq!(refused.code(), code);
    }

    #[rstest]
    #[case("exp", json!(NOW - 299))]
    #[case("exp", json!(f64::from(1_710_748_900) + 0.5))]
    #[case("nbf", json!(NOW + 300))]
    #[case("nbf", Json::Null)]
    #[case("aud", json!(["0a1b"]))]
    fn what_is_within_bounds_is_accepted(#[case] name: &str, #[case] value: Json) {
        assert!(check_at(NOW, &signed_by_a1(&with(name, value))).is_ok());
    }

    #[test]
    fn a_token_of_another_key_is_refused() {
        let (random, other) = (SystemRandom::new(), SigningKey::read("x", OTHER).unwrap());
        let code = |token: &str| check_at(NOW, token).unwrap_err().code();

        assert_eq!(code(&other.token(&random, &claims())), "unknownKey");
        assert_eq!(code(&other.token_as("a1", &random, &claims())), "badSignature");
        assert_eq!(code(&unsigned(&claims())), "wrongAlgorithm");
        assert_eq!(code("token"), "malformedToken");
    }

    #[test]
    fn a_refusal_says_what_was_found_and_what_was_expected() {
        let said = |now: i64, claims: &Map<String, Json>| {
            let error = check_at(now, &signed_by_a1(claims)).unwrap_err();
            format!("{} {}", error.what(), error.why())
        };

        let late = check_at(NOW + 7200, &signed_by_a1(&claims())).unwrap_err();
        assert_eq!(late.brief(), "ID token expired 1h ago (tolerance 5m)");
        let early = check_at(NOW - 600, &signed_by_a1(&claims())).unwrap_err();
        assert_eq!(early.brief(), "ID token valid in 10m (tolerance 5m)");
        assert_eq!(
            said(NOW, &with("aud", json!("9f9f"))),
            "The ID token is for another application. aud is \"9f9f\", expected \"0a1b\"."
        );
        assert_eq!(
            said(NOW + 7200, &claims()),
            "The ID token has expired (1h ago). It is 2024-03-18T10:00:00Z; the token was valid until \
             2024-03-18T09:00:00Z (tolerance 5m)."
        );
        assert_eq!(
            said(NOW - 601, &claims()),
            "The ID token is not valid yet (in 10m 1s). It is 2024-03-18T07:49:59Z; the token is valid \
             from 2024-03-18T08:00:00Z (tolerance 5m)."
        );
    }
}
