//! Whom a name identifier stands for, and whether they may log in with an option.

use std::sync::Arc;

use super::sign_in_step::SignInRequest;
use crate::{
    http::App,
    medius::{
        Identified, LoginOption, NameClaim, SignInDecision, SignInRefusal, StandsFor, decide,
    },
    oidc::Account,
    scim::{Resource, fold},
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
        Some(user) => (Some(user), state.sign_in(user, Some(option))),
        None => (None, decide(Identified::Nobody, Some(option), &state.master().data)),
    }
}

/// The account of mock Entra with which a user comes who has this name identifier; the one of nobody's is that
/// of a stranger. `None` if Entra has none, or is not there.
pub(in crate::http) fn entra_account(
    app: &App,
    tenant: &Arc<Tenant>,
    state: &State,
    identifier: &str,
) -> Option<EntraAccount> {
    state.console().setup().entra_tenant()?;
    let options = state.master().data.login_options();
    let option = options.iter().find(|it| it.stands_for() == StandsFor::MockEntra)?;
    let claim = option.name_claim();
    let is_it = |it: &EntraAccount| {
        let said = claim_of(&it.account, claim);
        let is_same = |it: &str| !claim.is_case_exact() && fold(it) == fold(identifier);
        said.is_some_and(|it| it == identifier || is_same(it))
    };
    let directory = app.provisioning.as_ref().and_then(|it| it.accounts(tenant));
    match directory {
        Some(all) => all.iter().find(|it| is_it(it)).cloned(),
        None => AccountSource::Users(state).find(identifier).filter(|it| is_it(it)),
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
    let option = options.iter().find(|it| it.stands_for() == StandsFor::MockEntra)?;
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
