//! Problems of a user that an administrator should look at. All of them are assumed.
//!
//! The configuration that was applied to a user is a snapshot. It stays as it is until the user's
//! `configurationFilter` changes or the configurations are applied again. The tenant may change in
//! the meantime, so the snapshot is compared with the current data, and the differences are
//! reported.

use std::{fmt, sync::Arc};

use serde::ser::{Serialize, Serializer};
use smol_str::SmolStr;

use super::{
    Company, ConfigurationChoice, MasterData, MasterKind, Reason, UserConfiguration, UserFacts,
    choice::coded, select,
};
use crate::scim::quoted;

/// The current data of a tenant, which may differ from what was applied to a user.
#[derive(Clone, Copy, Debug)]
pub struct Present<'a> {
    /// The master data.
    pub data: &'a MasterData,
    /// The user configurations.
    pub configurations: &'a [Arc<UserConfiguration>],
}

/// What an administrator should look at, the most important first; empty for most users.
pub fn attention(
    facts: &UserFacts<'_>,
    choice: &ConfigurationChoice,
    present: Present<'_>,
) -> Vec<Attention> {
    let mut flags = not_applied(facts, choice, present);
    if let Some(applied) = &choice.configuration {
        flags.extend(gone_stale(applied, present));
    }
    let provider = facts.identity_provider.map(str::trim).filter(|it| !it.is_empty());
    if let Some(value) = provider.filter(|it| present.data.login_option(it).is_none()) {
        flags.push(Attention::UnknownIdentityProvider { value: value.into() });
    }
    match facts.manager {
        Some((id, _)) if id == facts.id => flags.push(Attention::OwnManager),
        Some((id, None)) => flags.push(Attention::UnknownManager { id: id.into() }),
        Some((_, Some(_))) | None => {}
    }
    flags
}

/// Reports that no configuration was applied, or not the one that the user asks for or would get
/// now.
fn not_applied(
    facts: &UserFacts<'_>,
    choice: &ConfigurationChoice,
    present: Present<'_>,
) -> Vec<Attention> {
    let mut flags = Vec::new();
    let now = select(present.configurations, facts.configuration_filter);
    if let Reason::None { filter } = &choice.reason {
        flags.push(Attention::NoConfiguration { filter: filter.clone() });
    }
    let before = choice.configuration.as_deref();
    match &now.configuration {
        Some(next) if before.is_none_or(|it| it.id != next.id) => {
            flags.push(Attention::OtherConfiguration { name: next.name.clone() });
        }
        _ => {
            if let Reason::NoMatch { filter } = &choice.reason {
                flags.push(Attention::NoMatchForFilter { filter: filter.clone() });
            }
        }
    }
    flags
}

/// Reports how the applied configuration differs from the current data.
fn gone_stale(applied: &Arc<UserConfiguration>, present: Present<'_>) -> Vec<Attention> {
    let name = || applied.name.clone();
    let now = present.configurations.iter().find(|it| it.id == applied.id);
    let mut flags = match now {
        // Entries that a saved configuration names exist, since they cannot be deleted.
        Some(now) if Arc::ptr_eq(now, applied) || now == applied => return Vec::new(),
        Some(_) => vec![Attention::ConfigurationEdited { name: name() }],
        None => vec![Attention::ConfigurationGone { name: name() }],
    };
    for kind in MasterKind::ALL {
        for id in applied.ids(kind) {
            let name = || present.data.name(kind, *id).to_owned();
            if !present.data.has(kind, *id) {
                flags.push(Attention::Gone { kind, name: name() });
            } else if present.data.entry(*id).is_some_and(|it: &Company| !it.holds_invoices()) {
                flags.push(Attention::UnusableCompany { name: name() });
            }
        }
    }
    flags
}

/// A problem of a user that an administrator should look at. It prints as a text, and serialises as
/// `code` and `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attention {
    /// No configuration applies: the user has no companies and no roles.
    NoConfiguration {
        /// The user's filter, if it has one.
        filter: Option<SmolStr>,
    },
    /// The default configuration applies, although the user asks for another one.
    NoMatchForFilter {
        /// The user's filter.
        filter: SmolStr,
    },
    /// Another configuration would apply now.
    OtherConfiguration {
        /// Its name.
        name: String,
    },
    /// The applied configuration has been deleted.
    ConfigurationGone {
        /// Its name.
        name: String,
    },
    /// The applied configuration has been changed.
    ConfigurationEdited {
        /// Its name when it was applied.
        name: String,
    },
    /// An entry that the applied configuration names has been deleted.
    Gone {
        /// The kind of entry.
        kind: MasterKind,
        /// Its last name.
        name: String,
    },
    /// A company of the applied configuration is inactive or virtual now.
    UnusableCompany {
        /// Its name.
        name: String,
    },
    /// The user's `identityProvider` names no login option, so that of the configuration is used.
    UnknownIdentityProvider {
        /// The user's `identityProvider`.
        value: SmolStr,
    },
    /// The user's `manager` is not a user of the tenant.
    UnknownManager {
        /// The value of `manager`.
        id: SmolStr,
    },
    /// The user's `manager` is the user itself.
    OwnManager,
}

impl Attention {
    /// Whether it says why this configuration applied, or none.
    pub(crate) fn is_about_choice(&self) -> bool {
        matches!(self, Self::NoConfiguration { .. } | Self::NoMatchForFilter { .. })
    }

    /// The name of the case, stable for programs, such as `noConfiguration`, `configurationEdited` or
    /// `companyGone`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoConfiguration { .. } => "noConfiguration",
            Self::NoMatchForFilter { .. } => "noMatchForFilter",
            Self::OtherConfiguration { .. } => "otherConfiguration",
            Self::ConfigurationGone { .. } => "configurationGone",
            Self::ConfigurationEdited { .. } => "configurationEdited",
            Self::Gone { kind: MasterKind::Company, .. } => "companyGone",
            Self::Gone { kind: MasterKind::Role, .. } => "roleGone",
            Self::Gone { kind: MasterKind::AuthorizationGroup, .. } => "authorizationGroupGone",
            Self::Gone { kind: MasterKind::LoginOption, .. } => "loginOptionGone",
            Self::UnusableCompany { .. } => "companyNotUsable",
            Self::UnknownIdentityProvider { .. } => "unknownIdentityProvider",
            Self::UnknownManager { .. } => "unknownManager",
            Self::OwnManager => "ownManager",
        }
    }
}

impl fmt::Display for Attention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoConfiguration { filter: Some(filter) } => {
                write!(
                    f,
                    "no configuration applies: none has the filter {} or an empty one",
                    quoted(filter)
                )
            }
            Self::NoConfiguration { filter: None } => {
                f.write_str("no configuration applies: none has an empty filter")
            }
            Self::NoMatchForFilter { filter } => {
                write!(
                    f,
                    "no configuration has the filter {}: the default one applied",
                    quoted(filter)
                )
            }
            Self::OtherConfiguration { name } => {
                write!(f, "the configuration {} would apply now: apply them again", quoted(name))
            }
            Self::ConfigurationGone { name } => {
                write!(f, "the configuration {} was deleted since it applied", quoted(name))
            }
            Self::ConfigurationEdited { name } => {
                write!(
                    f,
                    "the configuration {} was edited since it applied: apply it again",
                    quoted(name)
                )
            }
            Self::Gone { kind, name } => {
                write!(
                    f,
                    "the {} {name} was deleted since it was applied",
                    kind.noun(),
                    name = quoted(name)
                )
            }
            Self::UnusableCompany { name } => {
                write!(f, "the company {} is not active any more, or virtual", quoted(name))
            }
            Self::UnknownIdentityProvider { value } => {
                write!(
                    f,
                    "no login option is called {}: that of the configuration is used",
                    quoted(value)
                )
            }
            Self::UnknownManager { id } => {
                write!(f, "the manager {} is no user of the tenant", quoted(id))
            }
            Self::OwnManager => f.write_str("the user is their own manager"),
        }
    }
}

impl Serialize for Attention {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        coded(serializer, self.code(), self)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{ConfigurationDraft, Deleted, MasterDataIds, Recall, sample},
        *,
    };

    type Configurations = Vec<Arc<UserConfiguration>>;

    fn with_default() -> Configurations {
        vec![sample::configuration("Default", ""), sample::configuration("Sweden", "SE-AP")]
    }

    fn without_default() -> Configurations {
        vec![sample::configuration("Sweden", "SE-AP")]
    }

    fn facts<'a>(filter: Option<&'a str>, provider: Option<&'a str>) -> UserFacts<'a> {
        UserFacts {
            id: "u1",
            configuration_filter: filter,
            identity_provider: provider,
            ..UserFacts::default()
        }
    }

    /// The problems of a user to whom some configurations were applied, when the tenant has others
    /// now.
    fn flags(
        facts: &UserFacts<'_>,
        before: &[Arc<UserConfiguration>],
        now: &[Arc<UserConfiguration>],
    ) -> Vec<&'static str> {
        let (choice, data) = (select(before, facts.configuration_filter), sample::data());
        let present = Present { data: &data, configurations: now };
        attention(facts, &choice, present).iter().map(Attention::code).collect()
    }

    #[test]
    fn only_problems_are_listed() {
        let (with, without) = (with_default(), without_default());

        assert_eq!(flags(&facts(Some("SE-AP"), Some("Medius.Security")), &with, &with), [""; 0]);
        assert_eq!(flags(&facts(Some("XX"), None), &with, &with), ["noMatchForFilter"]);
        assert_eq!(
            flags(&facts(None, Some("ADFS")), &without, &without),
            ["noConfiguration", "unknownIdentityProvider"]
        );
    }

    #[test]
    fn the_applied_configuration_is_compared_with_the_current_data() {
        let mut edited = UserConfiguration::clone(&sample::configuration("Sweden", "SE-AP"));
        edited.roles = MasterDataIds::default();
        let edited = vec![sample::configuration("Default", ""), Arc::new(edited)];
        let asks = facts(Some("SE-AP"), None);

        assert_eq!(flags(&asks, &with_default(), &edited), ["configurationEdited"]);
        assert_eq!(
            flags(&asks, &with_default(), &with_default()[..1]),
            ["otherConfiguration", "configurationGone"]
        );
        assert_eq!(flags(&asks, &without_default(), &[]), ["configurationGone"]);
        let late = [sample::configuration("Default", ""), sample::configuration("XX", "xx")];
        assert_eq!(flags(&facts(Some("XX"), None), &with_default(), &late), ["otherConfiguration"]);
        assert_eq!(
            flags(&facts(None, None), &without_default(), &with_default()),
            ["noConfiguration", "otherConfiguration"]
        );
    }

    #[test]
    fn deleted_entries_of_the_applied_configuration_are_reported() {
        let mut data = sample::data();
        let old = ConfigurationDraft {
            companies: vec!["Gone AB".into(), "Nordlys Polska".into()],
            roles: Some(vec!["Gone".into()]),
            authorization_groups: Some(vec!["Gone, too".into()]),
            login_option: Some("Gone as well".into()),
            ..sample::configuration("Old", "").document(&data)
        };
        let old = Recall::new(&mut data).read(old, Deleted::new()).unwrap();
        let choice = select(&[Arc::new(old)], None);

        let flags =
            attention(&facts(None, None), &choice, Present { data: &data, configurations: &[] });

        assert_eq!(
            flags.iter().map(Attention::code).collect::<Vec<_>>(),
            [
                "configurationGone",
                "companyGone",
                "companyNotUsable",
                "roleGone",
                "authorizationGroupGone",
                "loginOptionGone"
            ]
        );
    }

    #[test]
    fn a_manager_must_be_another_existing_user() {
        let with = with_default();
        let managed = |manager| UserFacts { manager: Some(manager), ..facts(None, None) };

        assert_eq!(flags(&managed(("u0", Some("Bo Ek"))), &with, &with), [""; 0]);
        assert_eq!(flags(&managed(("u0", None)), &with, &with), ["unknownManager"]);
        assert_eq!(flags(&managed(("u1", Some("Me"))), &with, &with), ["ownManager"]);
    }
}
