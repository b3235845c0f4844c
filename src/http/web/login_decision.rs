//! Whom a name identifier stands for, and whether they may log in with an option.

use super::sign_in_step::SignInRequest;
use crate::{
    medius::{
        Identified, LoginOption, NameClaim, SignInDecision, SignInRefusal, StandsFor, decide,
    },
    oidc::Account,
    scim::Resource,
    tenant::{State, name_identifier},
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
