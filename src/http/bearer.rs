//! Bearer tokens, and what a caller who is not let in is told.

use actix_web::http::header::HeaderMap;

use crate::{
    journal::{Auth, mask},
    tenant::Refusal,
};

/// What a caller who is not let in is told.
pub(super) struct Unauthorized {
    /// The same for the journal.
    pub(super) auth: Auth,
    /// Why, with what may be shown of the token that came, and what is expected.
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

impl Unauthorized {
    /// What the bearer of `presented` is told in `realm`; `expected` says what would be right.
    pub(super) fn new(
        refusal: Refusal,
        presented: Option<&str>,
        realm: &str,
        expected: &str,
    ) -> Self {
        let shown = presented.map(|it| format!(" ({})", mask(it))).unwrap_or_default();
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
