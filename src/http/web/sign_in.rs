//! MediusFlow's own login. Documented are "How do you want to log in?", "Always log in this way" and the
//! address of the local login; that MediusFlow speaks OpenID Connect is assumed: it stands in for what the
//! real one speaks (its login options name `WsTrust`).

mod as_test;
mod callback;
mod chooser;
mod local;
mod refused;
mod relying_party;
mod start;

pub(in crate::http) use as_test::{TestSignIn, sign_in};
pub(super) use callback::serve as serve_callback;

use super::{
    request::PageHandler,
    sign_in_step::{SignInRequest, SignInStep},
};
use crate::{
    http::routes::Route,
    medius::{Identified, LoginOption, NameClaim, SignInDecision, SignInRefusal, decide},
    oidc::Account,
    scim::Resource,
    tenant::{State, name_identifier},
};

const START: PageHandler = PageHandler::Step(SignInStep::browser("start", start::start).if_told());
const LOGIN: PageHandler =
    PageHandler::Step(SignInStep::browser("login", chooser::login).if_told());
const SHOW_LOCAL: PageHandler =
    PageHandler::Step(SignInStep::browser("local", local::show).if_told());
const LOCAL: PageHandler = PageHandler::Step(SignInStep::browser("local", local::log_in));
const LOG_OUT: PageHandler = PageHandler::Step(SignInStep::browser("logout", start::log_out));

pub(super) const ROUTES: &[Route<PageHandler>] = &[
    Route::get("{tenant}", "The start page, or how to log in", START),
    Route::get("{tenant}/login", "Begins a login with an option", LOGIN),
    Route::get("{tenant}/LocalAccount", "The local login", SHOW_LOCAL),
    Route::post("{tenant}/LocalAccount", "Logs a local account in", LOCAL),
    Route::get("{tenant}/signin-oidc", "What Microsoft Entra ID answers", PageHandler::Callback),
    Route::post("{tenant}/logout", "Logs out", LOG_OUT),
];

/// Whom a claim of an ID token stands for, and whether they may log in with an option.
fn decision<'a>(
    state: &'a State,
    identifier: &'a str,
    option: &'a LoginOption,
) -> (Option<&'a Resource>, SignInDecision<'a>) {
    let is_exact = option.name_claim().is_case_exact();
    let is_it = |user: &Resource| !is_exact || name_identifier(user) == identifier;
    let found = state.identified(identifier).find(|it| is_it(it));
    match found {
        Some(user) => (Some(user), state.sign_in(user, Some(option))),
        None => (None, decide(Identified::Nobody, Some(option), &state.master().data)),
    }
}

/// What a claim says of an account.
fn claim_of(account: &Account, claim: NameClaim) -> Option<&str> {
    match claim {
        NameClaim::PreferredUsername | NameClaim::Upn => Some(&account.user_principal_name),
        NameClaim::Email => account.mail.as_deref(),
        NameClaim::Oid => Some(&account.oid),
        // It differs from client to client, so the picker does not know it.
        NameClaim::Sub => None,
    }
}

/// What keeps an account from logging in to MediusFlow, in a word or two, and how bad that looks.
pub(super) fn trouble_of(
    asked: &SignInRequest,
    account: &Account,
) -> Option<(&'static str, &'static str)> {
    let state = &asked.state;
    let options = state.master().data.login_options();
    let option = options.iter().find(|it| chooser::is_mock_entra(it))?;
    let identifier = claim_of(account, option.name_claim())?;
    let (_, SignInDecision::Refused(refusal)) = decision(state, identifier, option) else {
        return None;
    };
    Some(match refusal {
        SignInRefusal::NotProvisioned { .. } => ("Not provisioned", "warn"),
        SignInRefusal::Disabled => ("Disabled", "bad"),
        SignInRefusal::WrongIdentityProvider { .. } => ("Other login option", "warn"),
        SignInRefusal::NoConfiguration { .. } => ("No configuration", "warn"),
        SignInRefusal::Ambiguous { .. } => ("Name not unique", "warn"),
    })
}
