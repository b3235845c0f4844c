//! The decision whether a user may sign in. All of it is assumed.
//!
//! A name identifier finds the user: the claim of the ID token that the login option names
//! ([`NameClaim`]) equals the user's `nameIdentifier`, or `userName` if there is none.

use std::borrow::Cow;

use super::{
    ConfigurationChoice, LoginOption, MasterData, NameClaim, Reason, StandsFor, is_same,
    login_option_of,
};

mod result;
mod sequence;
mod words;

pub use result::{SignInResult, UnknownSignInResult};
pub use sequence::{SignInSequence, SignInSequenceError};

/// The users of a tenant with one name identifier.
#[derive(Clone, Copy, Debug)]
pub enum Identified<'a> {
    /// No user.
    Nobody,
    /// One user.
    User(SignInFacts<'a>),
    /// This many users, of whom this one is asked about.
    Several(SignInFacts<'a>, usize),
}

/// The facts about a user that the decision needs.
#[derive(Clone, Copy, Debug)]
pub struct SignInFacts<'a> {
    /// `nameIdentifier`, or the user name if there is none.
    pub name_identifier: &'a str,
    /// `active`; true if it is unassigned.
    pub is_active: bool,
    /// `identityProvider`.
    pub identity_provider: Option<&'a str>,
    /// The configuration that was applied to the user.
    pub choice: &'a ConfigurationChoice,
}

/// Whether a user may sign in.
#[derive(Clone, Debug)]
pub enum SignInDecision<'a> {
    /// Yes, with this login option; with any one if the tenant has none for the user.
    Allowed(Option<&'a LoginOption>),
    /// No.
    Refused(SignInRefusal<'a>),
}

/// Why a user may not sign in.
#[derive(Clone, Debug)]
pub enum SignInRefusal<'a> {
    /// The login option stands for nothing that this mock can show.
    UnsupportedOption {
        /// The login option.
        option: &'a LoginOption,
    },
    /// The user is there, and a token for the user's own account does not find them.
    OtherClaim {
        /// The login option that the user comes with.
        option: &'a LoginOption,
        /// What the claim would have to be.
        name_identifier: &'a str,
        /// What it is; `None` if the token does not have it.
        found: Option<Cow<'a, str>>,
        /// The claim that would find the user.
        fitting: Option<NameClaim>,
    },
    /// The tenant has no user of the name identifier.
    NotProvisioned {
        /// The login option that the person came with.
        came_with: Option<&'a LoginOption>,
    },
    /// Several users have the name identifier.
    Ambiguous {
        /// How many.
        users: usize,
    },
    /// The user's `active` is false.
    Disabled,
    /// The user logs in with another login option.
    WrongIdentityProvider {
        /// The user's login option.
        own: &'a LoginOption,
        /// The login option that the user came with.
        came_with: &'a LoginOption,
    },
    /// No user configuration applies to the user.
    NoConfiguration {
        /// Why none does.
        reason: &'a Reason,
    },
}

/// Decides whether a user may sign in with a login option, or with their own one if none is given.
///
/// `claim_of` tells what a token says of the user's account, claim by claim.
pub fn decide<'a>(
    identified: Identified<'a>,
    came_with: Option<&'a LoginOption>,
    data: &'a MasterData,
    claim_of: impl Fn(NameClaim) -> Option<Cow<'a, str>>,
) -> SignInDecision<'a> {
    use SignInDecision::Refused;

    if let Some(option) = came_with.filter(|it| !it.stands_for().is_served()) {
        return Refused(SignInRefusal::UnsupportedOption { option });
    }
    let (facts, users) = match identified {
        Identified::Nobody => return Refused(SignInRefusal::not_provisioned(came_with)),
        Identified::Several(facts, users) => (facts, users),
        Identified::User(facts) => (facts, 1),
    };
    let SignInFacts { name_identifier, is_active, identity_provider, choice } = facts;
    let own = login_option_of(choice, identity_provider, data);
    if let Some(option) = came_with.or(own).or_else(|| data.usual_login_option()) {
        if !option.stands_for().is_served() {
            return Refused(SignInRefusal::UnsupportedOption { option });
        }
        if let Some(refusal) = other_claim(option, name_identifier, claim_of) {
            return Refused(refusal);
        }
    }
    if users > 1 {
        return Refused(SignInRefusal::Ambiguous { users });
    }
    if !is_active {
        return Refused(SignInRefusal::Disabled);
    }
    if let (Some(own), Some(came_with)) = (own, came_with)
        && own != came_with
    {
        return Refused(SignInRefusal::WrongIdentityProvider { own, came_with });
    }
    if choice.configuration.is_none() {
        return Refused(SignInRefusal::NoConfiguration { reason: &choice.reason });
    }
    SignInDecision::Allowed(came_with.or(own))
}

/// The refusal of a user whom the claim that the login option names does not find.
fn other_claim<'a>(
    option: &'a LoginOption,
    name_identifier: &'a str,
    claim_of: impl Fn(NameClaim) -> Option<Cow<'a, str>>,
) -> Option<SignInRefusal<'a>> {
    // Whoever logs in locally types a user name.
    if option.stands_for() != StandsFor::MockEntra {
        return None;
    }
    let finds = |claim: NameClaim, said: &str| {
        said == name_identifier || !claim.is_case_exact() && is_same(said, name_identifier)
    };
    let claim = option.name_claim();
    let found = claim_of(claim);
    if found.as_ref().is_some_and(|it| finds(claim, it)) {
        return None;
    }
    let is_fitting = |it: &NameClaim| claim_of(*it).is_some_and(|said| finds(*it, &said));
    let fitting = NameClaim::ALL.into_iter().find(is_fitting);
    Some(SignInRefusal::OtherClaim { option, name_identifier, found, fitting })
}

impl SignInDecision<'_> {
    /// The decision as a word for programs.
    pub fn result(&self) -> SignInResult {
        match self {
            Self::Allowed(_) => SignInResult::Works,
            Self::Refused(refusal) => refusal.result(),
        }
    }
}

impl<'a> SignInRefusal<'a> {
    /// The refusal of somebody whom the tenant does not have. Another service vouches for who they are;
    /// the local login does not.
    pub fn not_provisioned(came_with: Option<&'a LoginOption>) -> Self {
        let came_with = came_with.filter(|it| it.stands_for() != StandsFor::LocalAccount);
        Self::NotProvisioned { came_with }
    }

    /// The refusal as a word for programs.
    pub fn result(&self) -> SignInResult {
        match self {
            Self::UnsupportedOption { .. } => SignInResult::UnsupportedOption,
            Self::NotProvisioned { .. } | Self::OtherClaim { .. } => SignInResult::NotProvisioned,
            Self::Ambiguous { .. } => SignInResult::Ambiguous,
            Self::Disabled => SignInResult::Disabled,
            Self::WrongIdentityProvider { .. } => SignInResult::WrongIdentityProvider,
            Self::NoConfiguration { .. } => SignInResult::NoConfiguration,
        }
    }
}

#[cfg(test)]
mod tests;
