//! ID tokens that are made wrong, as a fault has it.

use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use serde_json::Value as Json;

use crate::{
    fault::IdTokenFault,
    http::answer::Answer,
    oidc::{Claims, SignedToken, SigningKey, unsigned},
    tenant::{Tenant, unpublished_key},
};

/// What stands in the place of an application, an issuer, a tenant and a nonce.
const ANOTHER: &str = "00000000-0000-4000-8000-000000000000";

/// The answer of the token endpoint with an ID token that is wrong like this; one without an ID token stays
/// as it is.
pub(super) fn spoil(
    mut answer: Answer,
    fault: &IdTokenFault,
    tenant: &Tenant,
    now: Timestamp,
) -> Answer {
    let Ok(mut body) = serde_json::from_slice::<Json>(&answer.body) else { return answer };
    let token = body.get("id_token").and_then(Json::as_str).map(str::to_owned);
    let claims = token.as_deref().and_then(|it| SignedToken::read(it).ok()).map(|it| it.claims);
    let Some(claims) = claims else { return answer };
    let (key, _) = tenant.sign_ins().keys(now);
    body["id_token"] = signed(key, fault, spoiled(claims, fault)).into();
    answer.body = body.to_string().into();
    answer
}

fn signed(key: &SigningKey, fault: &IdTokenFault, claims: Claims) -> String {
    let random = SystemRandom::new();
    match fault {
        IdTokenFault::AlgNone => unsigned(&claims),
        IdTokenFault::BadSignature => unpublished_key().token_as(key.id(), &random, &claims),
        IdTokenFault::UnknownKey => unpublished_key().token(&random, &claims),
        _ => key.token(&random, &claims),
    }
}

/// The claims with what the fault changes of them.
fn spoiled(mut claims: Claims, fault: &IdTokenFault) -> Claims {
    let mut set = |name: &str, value: &str| claims.insert(name.to_owned(), value.into());
    match fault {
        IdTokenFault::WrongAudience => drop(set("aud", ANOTHER)),
        IdTokenFault::WrongIssuer => {
            drop(set("iss", &format!("https://login.microsoftonline.com/{ANOTHER}/v2.0")));
        }
        IdTokenFault::WrongTenant => drop(set("tid", ANOTHER)),
        IdTokenFault::WrongNonce => drop(set("nonce", ANOTHER)),
        IdTokenFault::NoNonce => drop(claims.remove("nonce")),
        // Two hours ago it was issued, so an hour ago it expired; and the other way round.
        IdTokenFault::Expired => move_times(&mut claims, SignedDuration::from_hours(-2)),
        IdTokenFault::NotYetValid => move_times(&mut claims, SignedDuration::from_hours(2)),
        IdTokenFault::Skew(by) => move_times(&mut claims, *by),
        IdTokenFault::Without(names) => claims.retain(|name, _| !names.contains(name)),
        IdTokenFault::With(others) => {
            for (name, value) in others {
                if value.is_null() {
                    claims.remove(name);
                } else {
                    claims.insert(name.clone(), value.clone());
                }
            }
        }
        IdTokenFault::BadSignature | IdTokenFault::AlgNone | IdTokenFault::UnknownKey => {}
    }
    claims
}

/// Moves the times of a token by so much.
fn move_times(claims: &mut Claims, by: SignedDuration) {
    for name in ["iat", "nbf", "exp", "auth_time"] {
        if let Some(at) = claims.get(name).and_then(Json::as_i64) {
            claims.insert(name.to_owned(), at.saturating_add(by.as_secs()).into());
        }
    }
}
