//! Who has logged in to the console: the access token of step 1, in a cookie.

use smol_str::SmolStr;

use super::super::{
    cookies::CookieKind,
    request::{PageRequest, see_other},
};
use crate::{http::answer::Answer, scim::encode, tenant::Refusal};

/// Who has logged in.
pub(super) struct Session {
    pub(super) token: String,
    pub(super) user_name: SmolStr,
}

/// Why nobody has.
pub(super) enum NoSession {
    /// There is no cookie.
    Missing,
    /// Its token is not good any more.
    Expired(String),
}

/// Who has logged in.
pub(super) fn of(page: &PageRequest) -> Result<Session, NoSession> {
    let token = CookieKind::Console.read(&page.site, &page.headers).ok_or(NoSession::Missing)?;
    let state = page.tenant().snapshot();
    let admitted: Result<SmolStr, Refusal> =
        state.console().admit_admin(Some(&token), page.now).cloned();
    match admitted {
        Ok(user_name) => Ok(Session { token, user_name }),
        Err(_refusal) => Err(NoSession::Expired(token)),
    }
}

/// Leads to step 1, and from there back to this page.
pub(super) fn log_in_first(page: &PageRequest, ended: NoSession) -> Answer {
    let (name, back) = (page.tenant().name(), encode(&page.path));
    let ended = if matches!(ended, NoSession::Expired(_)) { "&ended=yes" } else { "" };
    see_other(page.site.link(&format!("/admin/?tenant={name}&next={back}{ended}")))
}
