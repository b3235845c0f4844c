//! `/Me`, the alias of the authenticated user ([RFC 7644
//! §3.11](https://www.rfc-editor.org/rfc/rfc7644#section-3.11)).
//!
//! A secret key belongs to a client and not to a user. So the tenant's setting `me` names the user; without
//! it, the answer is 501.

use actix_web::http::Method;

use super::Call;
use crate::{
    scim::{Resource, ScimError, quoted},
    tenant::State,
};

/// The user of the path `/Me`; `None` for any other path, and for a POST, which would create a user.
pub(super) fn user<'a>(
    call: &Call<'_>,
    state: &'a State,
    segments: &[&str],
) -> Option<&'a Resource> {
    let me = &state.profile().dialect.me;
    if *segments != ["Me"] || me.is_empty() || call.method == Method::POST {
        return None;
    }
    state.resources().named("User", "userName", me).first().map(|it| &***it)
}

/// The refusal if `/Me` stands for no user.
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
