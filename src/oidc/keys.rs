//! RSA keys that sign ID tokens, and the public keys that an issuer publishes
//! ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)).

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    rand::SecureRandom,
    rsa::{KeyPair, PublicKeyComponents},
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256},
};
use serde_json::{Value as Json, json};

/// A private key with its key id.
pub struct SigningKey {
    id: String,
    pair: KeyPair,
}

/// A public key, as a member of a key set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// The key id (`kid`), if it has one.
    pub id: Option<String>,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

/// The keys that an issuer publishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicKeys(pub Vec<PublicKey>);

/// A private key that cannot be read: it is no RSA key of 2048 bits and more in PKCS#8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no RSA key of 2048 bits and more in PKCS#8")]
pub struct KeyError;

impl SigningKey {
    /// Reads a private key in PKCS#8.
    ///
    /// # Errors
    ///
    /// [`KeyError`].
    pub fn read(id: &str, pkcs8: &[u8]) -> Result<Self, KeyError> {
        // Why ring refuses a key helps an attacker and nobody here: the keys are fixtures.
        let pair = KeyPair::from_pkcs8(pkcs8).map_err(|_why| KeyError)?;
        Ok(Self { id: id.to_owned(), pair })
    }

    /// Its key id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public key that belongs to it.
    pub fn public(&self) -> PublicKey {
        let PublicKeyComponents { n, e } = PublicKeyComponents::from(self.pair.public());
        PublicKey { id: Some(self.id.clone()), modulus: n, exponent: e }
    }

    /// A signature by RS256 (RFC 7518 §3.3), the same for the same message. The random numbers protect the
    /// key from those who measure the time.
    pub(super) fn sign(&self, random: &dyn SecureRandom, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        let signed = self.pair.sign(&RSA_PKCS1_SHA256, random, message, &mut signature);
        signed.expect("the buffer has the length of the modulus, and the system has randomness");
        signature
    }
}

impl PublicKey {
    /// Reads a member of a key set; nothing if it is no RSA key for signatures.
    fn read(json: &Json) -> Option<Self> {
        let text = |name: &str| json.get(name).and_then(Json::as_str);
        let bytes = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(text(name)?).ok();
        let is_other = text("use").is_some_and(|it| it != "sig")
            || text("alg").is_some_and(|it| it != "RS256");
        if text("kty") != Some("RSA") || is_other {
            return None;
        }
        let id = text("kid").map(str::to_owned);
        Some(Self { id, modulus: bytes("n")?, exponent: bytes("e")? })
    }

    /// The key as a member of a key set.
    pub fn to_json(&self) -> Json {
        let mut json = json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "n": BASE64_URL_SAFE_NO_PAD.encode(&self.modulus),
            "e": BASE64_URL_SAFE_NO_PAD.encode(&self.exponent),
        });
        if let Some(id) = &self.id {
            json["kid"] = json!(id);
        }
        json
    }

    /// Whether this key's owner signed the message by RS256.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = PublicKeyComponents { n: &self.modulus, e: &self.exponent };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
    }
}

impl PublicKeys {
    /// Reads a key set; what is no RSA key for signatures is left out (RFC 7517 §5).
    pub fn read(json: &Json) -> Self {
        let keys = json.get("keys").and_then(Json::as_array);
        Self(keys.into_iter().flatten().filter_map(PublicKey::read).collect())
    }

    /// The key set as it is published.
    pub fn to_json(&self) -> Json {
        json!({"keys": self.0.iter().map(PublicKey::to_json).collect::<Vec<_>>()})
    }

    /// The key with this id. A sole key without an id fits every id, and a token without an id fits a
    /// sole key (OpenID Connect Core §10.1).
    pub(super) fn find(&self, id: Option<&str>) -> Option<&PublicKey> {
        let named = self.0.iter().find(|it| it.id.is_some() && it.id.as_deref() == id);
        named.or_else(|| match self.0.as_slice() {
            [sole] if sole.id.is_none() || id.is_none() => Some(sole),
            _ => None,
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use ring::{rand::SystemRandom, rsa::KeyPairComponents};

    use super::*;

    const A1: &[u8] = include_bytes!("../../fixtures/sign-in/keys/a1.pk8");

    #[test]
    fn the_example_of_the_rfc_is_signed() {
        let example = include_str!("../../fixtures/sign-in/rfc7515-a2.json");
        let example: Json = serde_json::from_str(example).unwrap();
        let (message, signature) = example["token"].as_str().unwrap().rsplit_once('.').unwrap();
        let number = |name: &str| {
            let text = example["key"][name].as_str().unwrap();
            BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
        };
        let parts = KeyPairComponents {
            public_key: PublicKeyComponents { n: number("n"), e: number("e") },
            d: number("d"),
            p: number("p"),
            q: number("q"),
            dP: number("dp"),
            dQ: number("dq"),
            qInv: number("qi"),
        };
        let pair = KeyPair::from_components(&parts).unwrap();
        let key = SigningKey { id: "rfc".into(), pair };

        let signed = key.sign(&SystemRandom::new(), message.as_bytes());

        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(signed), signature);
    }

    #[test]
    fn a_key_set_reads_back_as_it_was_published() {
        let keys = PublicKeys(vec![SigningKey::read("a1", A1).unwrap().public()]);

        assert_eq!(PublicKeys::read(&keys.to_json()), keys);
    }

    #[test]
    fn keys_for_other_uses_are_left_out() {
        let mut key = SigningKey::read("a1", A1).unwrap().public().to_json();
        key["use"] = json!("enc");
        let others = json!({"keys": [key, {"kty": "EC", "crv": "P-256"}, {"kty": "RSA"}, 7]});

        assert_eq!(PublicKeys::read(&others), PublicKeys::default());
        assert_eq!(PublicKeys::read(&json!([])), PublicKeys::default());
    }

    #[test]
    fn a_sole_key_needs_no_id() {
        let named = SigningKey::read("a1", A1).unwrap().public();
        let unnamed = PublicKey { id: None, ..named.clone() };

        assert!(PublicKeys(vec![named.clone()]).find(Some("a1")).is_some());
        assert!(PublicKeys(vec![named.clone()]).find(Some("a2")).is_none());
        assert!(PublicKeys(vec![named.clone()]).find(None).is_some());
        assert!(PublicKeys(vec![unnamed.clone()]).find(Some("a2")).is_some());
        assert!(PublicKeys(vec![named, unnamed]).find(None).is_none());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert_eq!(SigningKey::read("a1", b"key").unwrap_err(), KeyError);
    }
}
