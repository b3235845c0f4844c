//! The end of a session at mock Entra (RP-Initiated Logout §2).

use maud::html;

use super::reply;
use crate::{
    http::{
        answer::Answer,
        web::{
            cookies::{CookieKind, CookieLife},
            sign_in_step::SignInRequest,
        },
    },
    journal::Operation,
    oidc::{Client, Parameters},
};

/// `GET` and `POST .../oauth2/v2.0/logout`: ends the session and, if the client says where to, sends the
/// browser on. As there are no registrations, that may be MediusFlow's own address or any on loopback.
pub(super) fn sign_out(asked: &SignInRequest) -> Answer {
    let site = &asked.page.site;
    let browser = CookieKind::Entra.read(site, &asked.page.headers);
    let ended = browser.and_then(|it| asked.book().sign_out_of_entra(&it));
    let wanted = asked.parameters.sole("post_logout_redirect_uri");
    let mut answer = match wanted.filter(|it| may_go_to(asked, it)) {
        Some(address) => {
            let state = asked.parameters.sole("state");
            Answer::empty(303).header("location", with_state(address, state))
        }
        None => signed_out(asked),
    };
    let cookie = CookieKind::Entra.set(site, &asked.page.path_of("entra/"), "", CookieLife::Not);
    answer.record.operation = Operation::Entra;
    let who = ended.map_or_else(|| "nobody".to_owned(), |it| it.account);
    answer.header("set-cookie", cookie).remark(format!("sign-out {who}"))
}

fn signed_out(asked: &SignInRequest) -> Answer {
    let main = html! {
        (reply::brand())
        header { h1 { "You signed out of your account" } p { "It's a good idea to close all browser windows." } }
    };
    reply::page(asked, 200, "Signed out", main)
}

/// Whether a browser may be sent on to an address.
fn may_go_to(asked: &SignInRequest, address: &str) -> bool {
    let is_own = address.strip_prefix(&asked.page.link("")).is_some();
    is_own || as_client(address).is_some_and(|it| it.is_on_loopback())
}

fn with_state(address: &str, state: Option<&str>) -> String {
    match (state, as_client(address)) {
        (Some(state), Some(client)) => client.redirect(&[("state", state)]),
        _ => address.to_owned(),
    }
}

/// An address as that of a client, if it could be one.
fn as_client(address: &str) -> Option<Client> {
    let query = format!("client_id=it&redirect_uri={}", crate::scim::encode(address));
    Client::read(&Parameters::read(&query).ok()?).ok()
}
