//! Bearer tokens, and the answer to a caller without a valid one.

use actix_web::http::header::HeaderMap;

use crate::{
    journal::{Auth, mask},
    tenant::Refusal,
};

/// The refusal of a caller without a valid token.
pub(super) struct Unauthorized {
    /// The reason, for the journal.
    pub(super) auth: Auth,
    /// The reason in words, with the masked token that was sent, and what is expected.
    pub(super) detail: String,
    /// The value of `WWW-Authenticate`
    /// ([RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
    pub(super) challenge: String,
}

/// The bearer token of a request
/// ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get("authorization")?.to_str().ok()?;
    let (scheme, token) = text.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|it| !it.is_empty())
}

/// Why an `Authorization` header contains no bearer token; `None` if there is no such header. The text
/// repeats nothing that may be a secret.
pub(super) fn no_bearer(headers: &HeaderMap) -> Option<String> {
    const SCHEMES: [&str; 8] =
        ["Basic", "Digest", "Negotiate", "NTLM", "DPoP", "Token", "ApiKey", "OAuth"];
    let value = headers.get("authorization")?;
    if bearer(headers).is_some() {
        return None;
    }
    let text = value.to_str().unwrap_or_default().trim();
    let (first, rest) = text.split_once([' ', '\t', ':', '=']).unwrap_or((text, ""));
    let scheme = SCHEMES.iter().find(|it| it.eq_ignore_ascii_case(first));
    Some(match scheme {
        _ if text.is_empty() => "Authorization is empty".into(),
        _ if first.eq_ignore_ascii_case("bearer") && rest.trim().is_empty() => {
            "Authorization has a scheme and no token behind it".into()
        }
        _ if first.eq_ignore_ascii_case("bearer") => {
            "Authorization has no blank between its scheme and the token".into()
        }
        Some(scheme) => format!("Authorization has the scheme {scheme}, not Bearer"),
        None if rest.is_empty() => {
            "Authorization has no scheme: Bearer and a blank are missing before the token".into()
        }
        None => "Authorization has another scheme than Bearer".into(),
    })
}

impl Unauthorized {
    /// The refusal of a request with these headers in `realm`. `expected` says what to send.
    pub(super) fn new(refusal: Refusal, headers: &HeaderMap, realm: &str, expected: &str) -> Self {
        let shown = match (bearer(headers), no_bearer(headers)) {
            (Some(token), _) => format!(" ({})", mask(token)),
            (None, Some(why)) => format!(": {why}"),
            (None, None) => String::new(),
        };
        // "If the request lacks any authentication information …, the resource server SHOULD NOT
        // include an error code" (RFC 6750 §3.1).
        let code = if refusal == Refusal::Missing { "" } else { ", error=\"invalid_token\"" };
        Self {
            auth: match refusal {
                Refusal::Missing => Auth::Missing,
                Refusal::Wrong => Auth::Wrong,
                Refusal::Expired => Auth::Expired,
                Refusal::Replaced => Auth::Replaced,
                Refusal::Ended => Auth::Ended,
            },
            detail: format!("{refusal}{shown}; {expected}"),
            challenge: format!("Bearer realm=\"{realm}\"{code}"),
        }
    }
}
