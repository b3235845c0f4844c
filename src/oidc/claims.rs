//! What an ID token says of an account.
//!
//! Names, forms and scopes are those of Microsoft's "ID token claims reference" (version of 30 May 2023) for tokens of
//! version 2.0. `upn`, `login_hint` and `sid` are optional claims there, which an application asks for in its
//! registration; here they come with the scope `profile`, as there are no registrations. How `sub`, `aio`, `rh` and
//! `uti` are made is this project's own: they are opaque.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::{authorize::Scopes, metadata::Issuer};

/// The claims of a token by their names.
pub type Claims = Map<String, Json>;

/// An account of the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The object id, a GUID.
    pub oid: String,
    /// The user principal name.
    pub user_principal_name: String,
    /// The display name.
    pub display_name: Option<String>,
    /// The given name.
    pub given_name: Option<String>,
    /// The family name.
    pub family_name: Option<String>,
    /// The email address.
    pub mail: Option<String>,
    /// The application's roles that are assigned to it.
    pub roles: Vec<String>,
}

/// Who gets to know something of an account, and in answer to what.
#[derive(Clone, Debug)]
pub struct TokenGrant<'a> {
    /// Who issues the token.
    pub issuer: Issuer<'a>,
    /// The application.
    pub client_id: &'a str,
    /// What it asked for.
    pub scopes: &'a Scopes,
    /// What the token is to repeat.
    pub nonce: Option<&'a str>,
    /// When the person signed in, if the application asked for it (`max_age`).
    pub signed_in: Option<Timestamp>,
    /// The id of the session, a GUID.
    pub session_id: &'a str,
}

/// How long an ID token is valid, and what tells it from others.
#[derive(Clone, Copy, Debug)]
pub struct TokenStamp {
    /// When it is issued.
    pub at: Timestamp,
    /// How long it is valid.
    pub life: Duration,
    /// Random bytes.
    pub unique: [u8; 16],
}

/// The claims of an ID token.
pub fn id_token_claims(
    account: &Account,
    grant: &TokenGrant<'_>,
    stamp: TokenStamp,
) -> Map<String, Json> {
    let TokenGrant { issuer, client_id, .. } = *grant;
    let issued = stamp.at.as_second();
    let life = i64::try_from(stamp.life.as_secs()).unwrap_or(i64::MAX);
    let unique = BASE64_URL_SAFE_NO_PAD.encode(stamp.unique);
    let mut claims = object(json!({
        "ver": "2.0",
        "iss": issuer.url(),
        "aud": client_id,
        "tid": issuer.tenant_id,
        "sub": subject(client_id, issuer.tenant_id, &account.oid),
        "iat": issued,
        "nbf": issued,
        "exp": issued.saturating_add(life),
        "uti": unique,
        "aio": digest(&["aio", &unique]),
        "rh": format!("1.{}.", digest(&["rh", &unique])),
    }));
    let mut add = |name: &str, value: Option<Json>| {
        claims.extend(value.map(|it| (name.to_owned(), it)));
    };
    add("nonce", grant.nonce.map(Into::into));
    add("auth_time", grant.signed_in.map(|it| it.as_second().into()));
    add("roles", (!account.roles.is_empty()).then(|| json!(account.roles)));
    if grant.scopes.has_profile {
        let upn = &account.user_principal_name;
        add("oid", Some(json!(account.oid)));
        add("name", account.display_name.as_deref().map(Into::into));
        for name in ["preferred_username", "upn"] {
            add(name, Some(json!(upn)));
        }
        add("login_hint", Some(json!(digest(&["login_hint", upn]))));
        add("sid", Some(json!(grant.session_id)));
    }
    if grant.scopes.has_email {
        add("email", account.mail.as_deref().map(Into::into));
    }
    claims
}

/// What the userinfo endpoint says: "the name claims, subject claim, and email when available and consented
/// to" (Microsoft's page "Microsoft identity platform `UserInfo` endpoint"). There are no pictures.
pub fn user_info(account: &Account, grant: &TokenGrant<'_>) -> Json {
    let subject = subject(grant.client_id, grant.issuer.tenant_id, &account.oid);
    let mut info = object(json!({"sub": subject}));
    let names = [
        ("name", &account.display_name),
        ("family_name", &account.family_name),
        ("given_name", &account.given_name),
    ];
    let names = names.into_iter().filter(|_| grant.scopes.has_profile);
    let email = grant.scopes.has_email.then_some(("email", &account.mail));
    for (name, value) in names.chain(email) {
        info.extend(value.as_deref().map(|it| (name.to_owned(), it.into())));
    }
    Json::Object(info)
}

/// The subject: "a pair-wise value that's unique" for an application, a tenant and a user.
pub fn subject(client_id: &str, tenant_id: &str, oid: &str) -> String {
    digest(&["sub", client_id, tenant_id, oid])
}

/// A text of 43 characters that follows from these texts.
fn digest(texts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update(text.len().to_le_bytes());
        hasher.update(text);
    }
    BASE64_URL_SAFE_NO_PAD.encode(hasher.finalize())
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(members) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: Issuer<'_> =
        Issuer { authority: "http://localhost:1/T/entra", tenant_id: "c41f" };

    fn account() -> Account {
        Account {
            oid: "4b06".into(),
            user_principal_name: "elin@nordlys.example".into(),
            display_name: Some("Elin Ångström".into()),
            family_name: Some("Ångström".into()),
            mail: Some("elin.angstrom@nordlys.example".into()),
            ..Account::default()
        }
    }

    fn claims_for(client_id: &str, has_profile: bool, has_email: bool) -> Map<String, Json> {
        let scopes = Scopes { text: "openid".into(), has_profile, has_email };
        id_token_claims(&account(), &grant(client_id, &scopes), stamp())
    }

    fn grant<'a>(client_id: &'a str, scopes: &'a Scopes) -> TokenGrant<'a> {
        let (nonce, signed_in, session_id) = (Some("n"), None, "5d71");
        TokenGrant { issuer: ISSUER, client_id, scopes, nonce, signed_in, session_id }
    }

    fn stamp() -> TokenStamp {
        let at = "2024-03-18T08:00:00.9Z".parse().unwrap();
        TokenStamp { at, life: Duration::from_hours(1), unique: [7; 16] }
    }

    #[test]
    fn a_token_has_the_claims_of_microsofts_reference() {
        let claims = claims_for("0a1b", true, true);

        let names: Vec<&str> = claims.keys().map(String::as_str).collect();
        for name in [
            "aud",
            "iss",
            "iat",
            "nbf",
            "exp",
            "aio",
            "preferred_username",
            "email",
            "name",
            "nonce",
            "oid",
            "rh",
            "sub",
            "tid",
            "sid",
            "uti",
            "ver",
        ] {
            assert!(names.contains(&name), "{name} is not in {names:?}");
        }
        assert_eq!(claims["iss"], "http://localhost:1/T/entra/c41f/v2.0");
        assert_eq!(claims["iat"], 1_710_748_800);
        assert_eq!(claims["nbf"], claims["iat"]);
        assert_eq!(claims["exp"], 1_710_752_400);
        assert_eq!(claims["sub"].as_str().unwrap().len(), 43);
    }

    #[test]
    fn scopes_decide_what_is_said() {
        let claims = claims_for("0a1b", false, false);

        for name in ["name", "preferred_username", "upn", "oid", "email"] {
            assert!(!claims.contains_key(name), "{name}");
        }
        assert!(!claims_for("0a1b", true, false).contains_key("email"));
        assert!(!claims_for("0a1b", false, true).contains_key("oid"));
    }

    #[test]
    fn each_application_knows_a_person_by_another_subject() {
        let [one, other] = ["0a1b", "2c3d"].map(|it| claims_for(it, true, false));

        assert_ne!(one["sub"], other["sub"]);
        assert_eq!(one["oid"], other["oid"]);
        assert_eq!(one["sub"], claims_for("0a1b", false, false)["sub"]);
    }

    #[test]
    fn userinfo_says_what_the_token_says() {
        let scopes = Scopes { text: "openid".into(), has_profile: true, has_email: true };
        let info = user_info(&account(), &grant("0a1b", &scopes));

        let expected = json!({
            "sub": claims_for("0a1b", true, true)["sub"],
            "name": "Elin Ångström",
            "family_name": "Ångström",
            "email": "elin.angstrom@nordlys.example",
        });
        assert_eq!(info, expected);
    }
}
