//! Whom a name identifier stands for, and whether they may log in with an option.

use std::sync::Arc;

use super::sign_in_step::SignInRequest;
use crate::{
    http::App,
    medius::{Identified, LoginOption, SignInDecision, SignInRefusal, StandsFor, decide},
    scim::Resource,
    tenant::{AccountSource, EntraAccount, State, Tenant, name_identifier},
};

/// Whom a claim of an ID token stands for, and whether they may log in with an option.
pub(super) fn decision<'a>(
    state: &'a State,
    identifier: &'a str,
    option: &'a LoginOption,
) -> (Option<&'a Resource>, SignInDecision<'a>) {
    let is_exact = option.name_claim().is_case_exact();
    let is_it = |user: &Resource| !is_exact || name_identifier(user) == identifier;
    let found = state.identified(identifier).find(|it| is_it(it));
    match found {
        Some(user) => (Some(user), state.sign_in_of_found(user, Some(option))),
        None => (None, {
            let data = &state.master().data;
            decide(Identified::Nobody, Some(option), data, |_| None)
        }),
    }
}

/// The account of mock Entra with which who is called so comes; the one of nobody's is that of a stranger.
/// `None` if Entra has none, or is not there.
pub(in crate::http) fn entra_account(
    app: &App,
    tenant: &Arc<Tenant>,
    state: &State,
    key: &str,
) -> Option<EntraAccount> {
    state.console().setup().entra_tenant()?;
    let options = state.master().data.login_options();
    let option = options.iter().find(|it| it.stands_for() == StandsFor::MockEntra)?;
    let directory = app.provisioning.as_ref().and_then(|it| it.accounts(tenant));
    let source = match &directory {
        Some(all) => AccountSource::Directory(all),
        None => AccountSource::Users(state),
    };
    match state.user_called(key) {
        Some(user) => source.of(user, option.name_claim()),
        None => source.find(key),
    }
}

/// What keeps an account from logging in to MediusFlow, in a word or two, and how bad that looks.
pub(super) fn trouble_of(
    asked: &SignInRequest,
    account: &EntraAccount,
) -> Option<(&'static str, &'static str)> {
    let state = &asked.state;
    let options = state.master().data.login_options();
    let option = options.iter().find(|it| it.stands_for() == StandsFor::MockEntra)?;
    let identifier = account.says(option.name_claim())?;
    let (_, SignInDecision::Refused(refusal)) = decision(state, identifier, option) else {
        return None;
    };
    Some(match refusal {
        SignInRefusal::UnsupportedOption { .. } => ("No login", "warn"),
        SignInRefusal::OtherClaim { .. } => ("Other name claim", "warn"),
        SignInRefusal::NotProvisioned { .. } => {
            // The user is there, under another name identifier.
            let named = state.user_called(&account.account.user_principal_name);
            (if named.is_some() { "Other name claim" } else { "Not provisioned" }, "warn")
        }
        SignInRefusal::Disabled => ("Disabled", "bad"),
        SignInRefusal::WrongIdentityProvider { .. } => ("Other login option", "warn"),
        SignInRefusal::NoConfiguration { .. } => ("No configuration", "warn"),
        SignInRefusal::Ambiguous { .. } => ("Name not unique", "warn"),
    })
}
