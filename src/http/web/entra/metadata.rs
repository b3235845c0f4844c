//! Where mock Entra's endpoints are, and its public keys.

use jiff::Timestamp;

use super::{refusal, tenant_of};
use crate::{
    http::{
        answer::Answer,
        web::sign_in_step::{SignInRequest, issuer},
    },
    journal::Operation,
    tenant::SignIns,
};

/// `GET .../v2.0/.well-known/openid-configuration`.
pub(super) fn metadata(asked: &SignInRequest) -> Answer {
    let tenant_id = match tenant_of(asked) {
        Ok(it) => it,
        Err(named) => return refusal::unknown_tenant(named).as_json("metadata", asked.page.now),
    };
    let named = asked.page.path_parameters.get(1).map(String::as_str).unwrap_or_default();
    let authority = asked.authority();
    let body = issuer(&authority, &tenant_id).metadata(named);
    told(Answer::json(200, &body), "metadata".into())
}

/// `GET .../discovery/v2.0/keys`.
pub(super) fn keys(asked: &SignInRequest) -> Answer {
    if let Err(named) = tenant_of(asked) {
        return refusal::unknown_tenant(named).as_json("keys", asked.page.now);
    }
    answer(asked.book(), asked.page.now)
}

/// What the address of the keys answers.
pub(in crate::http) fn answer(book: &SignIns, now: Timestamp) -> Answer {
    let (_, keys) = book.keys(now);
    let words = format!("keys ({})", keys.0.len());
    told(Answer::json(200, &keys.to_json()), words)
}

/// The answer as it is recorded.
fn told(mut answer: Answer, words: String) -> Answer {
    answer.record.operation = Operation::Entra;
    answer.remark(words)
}
