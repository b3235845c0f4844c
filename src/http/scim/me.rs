//! `/Me`, the alias of the user whom the secret key stands for
//! ([RFC 7644 §3.11](https://www.rfc-editor.org/rfc/rfc7644#section-3.11)).
//!
//! A secret key belongs to a client and to no user, so the tenant says for whom `/Me` stands, or it
//! answers 501.

use actix_web::http::Method;

use super::Call;
use crate::{
    scim::{Resource, ScimError, quoted},
    tenant::State,
};

/// The user for whom a path stands that is the alias; nobody for a POST, which would make one.
pub(super) fn user<'a>(
    call: &Call<'_>,
    state: &'a State,
    segments: &[&str],
) -> Option<&'a Resource> {
    let me = &state.profile().dialect.me;
    if *segments != ["Me"] || me.is_empty() || call.method == Method::POST {
        return None;
    }
    state.directory().named("User", "userName", me).first().map(|it| &***it)
}

/// Why the alias stands for nobody.
pub(super) fn refusal(call: &Call<'_>, state: &State) -> ScimError {
    let me = &state.profile().dialect.me;
    if me.is_empty() {
        // "A service provider that does NOT support this feature SHOULD respond with HTTP status
        // code 501".
        let detail = "/Me stands for the user who is authenticated, and a secret key belongs to a \
                      client and to no user; address the user at /Users, or name one in the \
                      setting me of the console's scim-settings";
        return ScimError::status(501, detail).by("RFC 7644 §3.11");
    }
    if call.method == Method::POST {
        let detail = "nobody registers through /Me here: create the user at /Users";
        return ScimError::status(501, detail).by("RFC 7644 §3.11");
    }
    let detail =
        format!("/Me stands for the user {} (the setting me), who is not there", quoted(me));
    ScimError::status(404, detail).by("RFC 7644 §3.11")
}
