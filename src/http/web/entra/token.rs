//! The token endpoint: an ID token and an access token for a code; and what an access token shows.

use actix_web::http::header::HeaderMap;
use jiff::Timestamp;
use ring::rand::SystemRandom;
use serde_json::json;

use super::{refusal::RefusedRequest, refusal::unknown_tenant, tenant_of};
use crate::{
    http::{
        answer::Answer,
        web::sign_in_step::{SignInRequest, issuer, random},
    },
    journal::{Auth, ExchangeSubject, Operation, Problem},
    oidc::{
        AadstsCode, ClientSecret, Parameters, ProtocolError, TokenGrant, TokenRequest, TokenStamp,
        id_token_claims, user_info as user_info_of,
    },
    tenant::{IssuedCode, NewAccessToken, SignInSecret, Tenant},
};

/// A token request, from a client or from MediusFlow itself.
pub(in crate::http) struct TokenCall<'a> {
    pub(in crate::http) tenant: &'a Tenant,
    /// The Microsoft Entra tenant ID.
    pub(in crate::http) tenant_id: &'a str,
    /// The URL that stands for Entra's.
    pub(in crate::http) authority: &'a str,
    pub(in crate::http) form: &'a Parameters,
    /// The header `Authorization`.
    pub(in crate::http) authorization: Option<&'a str>,
    pub(in crate::http) now: Timestamp,
}

/// `POST .../oauth2/v2.0/token`.
pub(super) fn token(asked: &SignInRequest) -> Answer {
    let tenant_id = match tenant_of(asked) {
        Ok(it) => it,
        Err(named) => return unknown_tenant(named).as_json("token", asked.page.now),
    };
    answer(&TokenCall {
        tenant: asked.page.tenant(),
        tenant_id: &tenant_id,
        authority: &asked.authority(),
        form: &asked.parameters,
        authorization: authorization(&asked.page.headers),
        now: asked.page.now,
    })
}

/// What the token endpoint answers.
pub(in crate::http) fn answer(call: &TokenCall<'_>) -> Answer {
    match tokens(call) {
        Ok(answer) => answer,
        Err(error) => {
            let answer = RefusedRequest::from(error).as_json("token", call.now);
            // "MUST include the WWW-Authenticate response header field" for who used it (RFC 6749 §5.2).
            if answer.record.status == 401 {
                answer.header("www-authenticate", "Basic")
            } else {
                answer
            }
        }
    }
}

fn tokens(call: &TokenCall<'_>) -> Result<Answer, ProtocolError> {
    let request = TokenRequest::read(call.form, call.authorization)?;
    let text = SignInSecret::AccessToken.of(call.tenant.name(), random());
    let state = call.tenant.snapshot();
    authenticate(&request, &state.entra_client_id())?;
    let token = NewAccessToken { text: &text, life: state.master().sign_in.token_life };
    let code = call.tenant.sign_ins().redeem(&request, call.tenant_id, token, call.now)?;
    Ok(issued(call, &code, token))
}

/// Refuses a secret of MediusFlow, which has none. Of other clients none is known, as there are no
/// registrations, so any is taken.
fn authenticate(request: &TokenRequest, own_id: &str) -> Result<(), ProtocolError> {
    match &request.secret {
        Some(ClientSecret(_)) if request.client_id.eq_ignore_ascii_case(own_id) => {
            let detail = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
            Err(ProtocolError::new(AadstsCode::SecretOfPublicClient, detail))
        }
        _ => Ok(()),
    }
}

/// The tokens that a code got.
fn issued(call: &TokenCall<'_>, code: &IssuedCode, token: NewAccessToken<'_>) -> Answer {
    let IssuedCode { request, signed_in, .. } = code;
    let grant = TokenGrant {
        issuer: issuer(call.authority, call.tenant_id),
        client_id: &request.client.id,
        scopes: &request.scopes,
        nonce: request.nonce.as_deref(),
        signed_in: request.max_age.map(|_| signed_in.at),
        session_id: &signed_in.session_id,
    };
    let stamp = TokenStamp { at: call.now, life: token.life.get(), unique: random() };
    let claims = id_token_claims(&signed_in.account, &grant, stamp);
    let (key, _) = call.tenant.sign_ins().keys(call.now);
    let body = json!({
        "token_type": "Bearer",
        "scope": request.scopes.text,
        // One less than the life, as Entra's own samples have it.
        "expires_in": token.life.get().as_secs() - 1,
        "access_token": token.text,
        "id_token": key.token(&SystemRandom::new(), &claims),
    });
    // "MUST include the HTTP Cache-Control response header field with a value of no-store" (§5.1).
    let mut answer = Answer::json(200, &body).header("cache-control", "no-store");
    let name = &signed_in.account.user_principal_name;
    answer.record.operation = Operation::Entra;
    answer.record.subject = Some(ExchangeSubject::new("User", &signed_in.account.oid, name));
    answer.remark(format!("token {name} → ID token, key {}", key.id()))
}

/// `GET` and `POST .../entra/oidc/userinfo`.
pub(super) fn user_info(asked: &SignInRequest) -> Answer {
    let header = authorization(&asked.page.headers);
    let token = header.and_then(|it| it.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let grant = token.and_then(|(_, it)| asked.book().access(it.trim(), asked.page.now));
    let Some(grant) = grant else { return no_access(header) };
    let authority = asked.authority();
    let told = TokenGrant {
        issuer: issuer(&authority, &grant.tenant_id),
        client_id: &grant.client_id,
        scopes: &grant.scopes,
        nonce: None,
        signed_in: None,
        session_id: "",
    };
    let mut answer = Answer::json(200, &user_info_of(&grant.account, &told));
    answer = answer.header("cache-control", "no-store");
    answer.record.operation = Operation::Entra;
    answer.record.auth = Auth::Accepted;
    answer.remark(format!("userinfo {}", grant.account.user_principal_name))
}

/// The refusal of a request without a good access token (RFC 6750 §3).
fn no_access(authorization: Option<&str>) -> Answer {
    let (challenge, words) = if authorization.is_some() {
        let error = "Bearer error=\"invalid_token\", error_description=\"the access token is wrong or expired\"";
        (error, "the access token is wrong or expired")
    } else {
        ("Bearer", "there is no access token")
    };
    let body = json!({"error": "invalid_token", "error_description": words});
    let mut answer = Answer::json(401, &body).header("www-authenticate", challenge);
    answer = answer.header("cache-control", "no-store");
    answer.record.problem =
        Some(Problem { code: Some("invalid_token".into()), detail: words.to_owned() });
    answer.record.operation = Operation::Entra;
    answer.remark(format!("userinfo refused: {words}"))
}

fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers.get("authorization")?.to_str().ok()
}
