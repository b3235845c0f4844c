//! The decision whether a user may sign in. All of it is assumed.
//!
//! A name identifier finds the user: the claim of the ID token that the login option names
//! ([`NameClaim`](super::NameClaim)) equals the user's `nameIdentifier`, or `userName` if there is none.

use smol_str::SmolStr;

use super::{
    Attention, ConfigurationChoice, LoginOption, MasterData, Reason, StandsFor, login_option_of,
};

mod result;
mod sequence;

pub use result::{SignInResult, UnknownSignInResult};
pub use sequence::{SignInSequence, SignInSequenceError};

/// The users of a tenant with one name identifier.
#[derive(Clone, Copy, Debug)]
pub enum Identified<'a> {
    /// No user.
    Nobody,
    /// One user.
    User(SignInFacts<'a>),
    /// This many users.
    Several(usize),
}

/// The facts about a user that the decision needs.
#[derive(Clone, Copy, Debug)]
pub struct SignInFacts<'a> {
    /// `active`; true if it is unassigned.
    pub is_active: bool,
    /// `identityProvider`.
    pub identity_provider: Option<&'a str>,
    /// The configuration that was applied to the user.
    pub choice: &'a ConfigurationChoice,
}

/// Whether a user may sign in.
#[derive(Clone, Copy, Debug)]
pub enum SignInDecision<'a> {
    /// Yes, with this login option; with any one if the tenant has none for the user.
    Allowed(Option<&'a LoginOption>),
    /// No.
    Refused(SignInRefusal<'a>),
}

/// Why a user may not sign in.
#[derive(Clone, Copy, Debug)]
pub enum SignInRefusal<'a> {
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
pub fn decide<'a>(
    identified: Identified<'a>,
    came_with: Option<&'a LoginOption>,
    data: &'a MasterData,
) -> SignInDecision<'a> {
    use SignInDecision::Refused;

    let SignInFacts { is_active, identity_provider, choice } = match identified {
        Identified::Nobody => return Refused(SignInRefusal::not_provisioned(came_with)),
        Identified::Several(users) => return Refused(SignInRefusal::Ambiguous { users }),
        Identified::User(facts) => facts,
    };
    if !is_active {
        return Refused(SignInRefusal::Disabled);
    }
    let own = login_option_of(choice, identity_provider, data);
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
            Self::NotProvisioned { .. } => SignInResult::NotProvisioned,
            Self::Ambiguous { .. } => SignInResult::Ambiguous,
            Self::Disabled => SignInResult::Disabled,
            Self::WrongIdentityProvider { .. } => SignInResult::WrongIdentityProvider,
            Self::NoConfiguration { .. } => SignInResult::NoConfiguration,
        }
    }

    /// What is wrong with the user of this name, in one sentence.
    pub fn what(&self, name: &str) -> String {
        match self {
            Self::NotProvisioned { .. } => format!("{name} is not provisioned."),
            Self::Ambiguous { users: 2 } => "Two users have this name identifier.".into(),
            Self::Ambiguous { users } => format!("{users} users have this name identifier."),
            Self::Disabled => format!("{name} is disabled."),
            Self::WrongIdentityProvider { own, .. } => {
                format!("{name} logs in with {}.", own.display_name)
            }
            Self::NoConfiguration { .. } => format!("No configuration applies to {name}."),
        }
    }

    /// The reason, in one or two sentences. `since` is the exchange that caused it, if it is known.
    pub fn why(&self, since: Option<u64>) -> String {
        match self {
            Self::NotProvisioned { came_with: Some(option) } => format!(
                "{} says who it is, and this tenant has no user with that name identifier.",
                option.display_name
            ),
            Self::NotProvisioned { came_with: None } => {
                "This tenant has no user with that name identifier.".into()
            }
            Self::Ambiguous { .. } => "So the tenant cannot tell which of them it is.".into(),
            Self::Disabled => match since {
                Some(seq) => format!("`active` is false since exchange {seq}."),
                None => "`active` is false.".into(),
            },
            Self::WrongIdentityProvider { came_with, .. } => format!(
                "They came with {}; the user's identityProvider, or the configuration, says \
                 otherwise.",
                came_with.display_name
            ),
            Self::NoConfiguration { reason } => {
                format!("Without one there are no companies and no roles ({reason}).")
            }
        }
    }

    /// The refusal in a few words, for a summary of the journal.
    pub fn brief(&self, since: Option<u64>) -> String {
        match self {
            Self::NotProvisioned { came_with: Some(option) } => {
                format!("not provisioned · {}", option.display_name)
            }
            Self::NotProvisioned { came_with: None } => "not provisioned".into(),
            Self::Ambiguous { users } => format!("{users} users have this name identifier"),
            Self::Disabled => match since {
                Some(seq) => format!("disabled, active is false since {seq}"),
                None => "disabled, active is false".into(),
            },
            Self::WrongIdentityProvider { own, came_with } => {
                format!("logs in with {}, came with {}", own.display_name, came_with.display_name)
            }
            Self::NoConfiguration { reason } => {
                let filter = reason.filter().map(SmolStr::new);
                Attention::NoConfiguration { filter }.to_string()
            }
        }
    }
}

#[cfg(test)]
mod tests;
