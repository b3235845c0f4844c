//! Signed tokens in the compact form: three parts in base64url with points between them
//! ([RFC 7515](https://www.rfc-editor.org/rfc/rfc7515)).

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::rand::SecureRandom;
use serde_json::{Map, Value as Json, json};

use super::keys::{PublicKey, SigningKey};

/// A token taken apart. Nothing of it is proven before [`is_signed_by`](SignedToken::is_signed_by).
#[derive(Clone, Debug, PartialEq)]
pub struct SignedToken<'a> {
    /// The header.
    pub header: Map<String, Json>,
    /// The claims.
    pub claims: Map<String, Json>,
    signed: &'a str,
    signature: Vec<u8>,
}

/// Why a text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedToken {
    /// It has not three parts.
    #[error("it has not three parts with points between them")]
    Parts,
    /// A part is not base64url.
    #[error("its {0} is not base64url without padding")]
    Base64(&'static str),
    /// A part is no JSON object.
    #[error("its {0} is no JSON object")]
    Json(&'static str),
}

impl SigningKey {
    /// A token with these claims, signed by RS256 under this key's id.
    pub fn token(&self, random: &dyn SecureRandom, claims: &Map<String, Json>) -> String {
        self.token_as(self.id(), random, claims)
    }

    /// The same under another key id: such a token's signature is wrong.
    pub fn token_as(
        &self,
        id: &str,
        random: &dyn SecureRandom,
        claims: &Map<String, Json>,
    ) -> String {
        let header = json!({"typ": "JWT", "alg": "RS256", "kid": id});
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = self.sign(random, signed.as_bytes());
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A token with these claims and no signature (`"alg": "none"`), which nobody should trust.
pub fn unsigned(claims: &Map<String, Json>) -> String {
    format!("{}.{}.", part(&json!({"typ": "JWT", "alg": "none"})), part(claims))
}

impl<'a> SignedToken<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    ///
    /// [`MalformedToken`].
    pub fn read(token: &'a str) -> Result<Self, MalformedToken> {
        let (signed, signature) = token.rsplit_once('.').ok_or(MalformedToken::Parts)?;
        let (header, claims) = signed.split_once('.').ok_or(MalformedToken::Parts)?;
        if claims.contains('.') {
            return Err(MalformedToken::Parts);
        }
        Ok(Self {
            header: object("header", header)?,
            claims: object("payload", claims)?,
            signed,
            signature: bytes("signature", signature)?,
        })
    }

    /// A member of the header that is a text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    /// Whether this key's owner signed it by RS256.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.verifies(self.signed.as_bytes(), &self.signature)
    }
}

fn part(json: &impl serde::Serialize) -> String {
    let json = serde_json::to_vec(json).expect("claims have text keys only");
    BASE64_URL_SAFE_NO_PAD.encode(json)
}

fn object(name: &'static str, part: &str) -> Result<Map<String, Json>, MalformedToken> {
    let json = serde_json::from_slice(&bytes(name, part)?).unwrap_or_default();
    let Json::Object(members) = json else { return Err(MalformedToken::Json(name)) };
    Ok(members)
}

fn bytes(name: &'static str, part: &str) -> Result<Vec<u8>, MalformedToken> {
    // How a part is not base64url says nothing to who reads the refusal.
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_where| MalformedToken::Base64(name))
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use rstest::rstest;

    use super::{super::keys::PublicKeys, *};

    const A1: &[u8] = include_bytes!("../../fixtures/sign-in/keys/a1.pk8");
    const A2: &[u8] = include_bytes!("../../fixtures/sign-in/keys/a2.pk8");

    /// RFC 7515 Appendix A.2.
    const EXAMPLE: &str = include_str!("../../fixtures/sign-in/rfc7515-a2.json");

    fn claims() -> Map<String, Json> {
        Map::from_iter([("sub".to_owned(), json!("朱 杰"))])
    }

    #[test]
    fn the_example_of_the_rfc_is_verified() {
        let example: Json = serde_json::from_str(EXAMPLE).unwrap();
        let keys = PublicKeys::read(&json!({"keys": [example["key"]]}));

        let token = SignedToken::read(example["token"].as_str().unwrap()).unwrap();

        assert_eq!(token.claims["iss"], "joe");
        assert_eq!(token.header("alg"), Some("RS256"));
        assert!(token.is_signed_by(keys.find(None).unwrap()));
    }

    #[test]
    fn a_token_is_signed_by_its_key_and_by_no_other() {
        let [a1, a2] = [("a1", A1), ("a2", A2)].map(|(id, key)| SigningKey::read(id, key).unwrap());
        let random = SystemRandom::new();

        let text = a1.token(&random, &claims());
        let token = SignedToken::read(&text).unwrap();

        assert_eq!(token.claims, claims());
        assert_eq!(
            Json::Object(token.header.clone()),
            json!({"typ": "JWT", "alg": "RS256", "kid": "a1"})
        );
        assert!(token.is_signed_by(&a1.public()));
        assert!(!token.is_signed_by(&a2.public()));
        assert_eq!(a1.token(&random, &claims()), text, "a signature repeats");
        let (rest, signature) = text.rsplit_once('.').unwrap();
        let changed = format!("{}.{signature}", rest.replace("eyJzdWIi", "eyJzdWJi"));
        assert!(!SignedToken::read(&changed).is_ok_and(|it| it.is_signed_by(&a1.public())));
    }

    #[test]
    fn an_unsigned_token_is_signed_by_nobody() {
        let text = unsigned(&claims());
        let token = SignedToken::read(&text).unwrap();

        assert_eq!(token.header("alg"), Some("none"));
        assert!(!token.is_signed_by(&SigningKey::read("a1", A1).unwrap().public()));
    }

    #[rstest]
    #[case("", MalformedToken::Parts)]
    #[case("e30.e30", MalformedToken::Parts)]
    #[case("e30.e30.e30.e30", MalformedToken::Parts)]
    #[case("e30=.e30.", MalformedToken::Base64("header"))]
    #[case("e30.e3+.", MalformedToken::Base64("payload"))]
    #[case("e30.e30.!", MalformedToken::Base64("signature"))]
    #[case("W10.e30.", MalformedToken::Json("header"))]
    #[case("e30.bnVsbA.", MalformedToken::Json("payload"))]
    #[case("e30.e3.", MalformedToken::Base64("payload"))]
    fn what_is_no_token_is_refused(#[case] text: &str, #[case] why: MalformedToken) {
        assert_eq!(SignedToken::read(text), Err(why));
    }
}
