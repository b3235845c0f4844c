//! Refusals in words.

use smol_str::SmolStr;

use super::SignInRefusal;
use crate::medius::Attention;

impl SignInRefusal<'_> {
    /// What is wrong with the user of this name, in one sentence.
    pub fn what(&self, name: &str) -> String {
        match self {
            Self::UnsupportedOption { option } => {
                format!("Nobody can log in with {} here.", option.display_name)
            }
            Self::OtherClaim { .. } => format!("The sign-in does not find {name}."),
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
            Self::UnsupportedOption { option } => {
                format!("The login option stands for {}.", option.stands_for())
            }
            Self::OtherClaim { option, name_identifier, found, .. } => {
                let claim = option.name_claim().name();
                let found = found.as_ref().map_or_else(
                    || format!("a token of this account has no {claim}"),
                    |it| format!("the {claim} of the token is {it}"),
                );
                format!("The user has the name identifier {name_identifier}, and {found}.")
            }
            Self::NotProvisioned { came_with: Some(option) } => format!(
                "{} says who it is, and this tenant has no user with that name identifier.",
                option.display_name
            ),
            Self::NotProvisioned { came_with: None } => {
                "This tenant has no user with that name identifier.".into()
            }
            Self::Ambiguous { .. } => "So the tenant cannot tell which of them it is.".into(),
            Self::Disabled => match since {
                Some(seq) => format!("active is false since exchange {seq}."),
                None => "active is false.".into(),
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
            Self::UnsupportedOption { option } => {
                format!("{} stands for nothing here", option.display_name)
            }
            Self::OtherClaim { option, name_identifier, .. } => format!(
                "not found by {}: the name identifier is {name_identifier}",
                option.name_claim().name()
            ),
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

    /// What is wrong with the user of this name, why, and what helps if the refusal itself tells.
    pub fn told(&self, name: &str, since: Option<u64>) -> String {
        let told = format!("{} {}", self.what(name), self.why(since));
        self.remedy().map_or_else(|| told.clone(), |it| format!("{told} {it}"))
    }

    /// What helps, in a sentence, where the refusal itself tells.
    pub fn remedy(&self) -> Option<String> {
        let Self::OtherClaim { fitting, found, .. } = self else { return None };
        Some(match (fitting, found) {
            (Some(claim), _) => format!("Set the login option's Name claim to {}.", claim.name()),
            (None, Some(found)) => format!("Give the user the nameIdentifier {found}."),
            (None, None) => "Set the login option's Name claim to one that tokens have.".into(),
        })
    }
}
