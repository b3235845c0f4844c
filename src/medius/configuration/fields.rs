//! The fields of a user configuration: all that there is to say of one stands here.
//!
//! A field has a form in which it is stored, one in which it is written (in requests, answers and
//! files) and, where it may be left out, a default.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::medius::master_data::Lists;
use crate::medius::{
    AuthorizationGroup, Company, ConfigurationError, LocaleSettings, LoginOption, MasterData,
    MasterDataId, MasterDataIds, MasterEntry, MasterKind, Role, is_same,
};

/// A saved user configuration. Two are equal if they differ only in the case of the filter.
#[derive(Clone, Debug, Default, Eq)]
pub struct UserConfiguration {
    /// What it is addressed by; never changes.
    pub id: SmolStr,
    /// What people call it; unique in the tenant.
    pub name: String,
    /// The `configurationFilter` of the users that it applies to; unique in the tenant, and empty
    /// for the default configuration.
    pub filter: String,
    /// The companies that its users work for: at least one, none of them virtual.
    pub companies: MasterDataIds,
    /// Its users' roles.
    pub roles: MasterDataIds,
    /// Its users' authorization groups.
    pub authorization_groups: MasterDataIds,
    /// Its users' locale settings.
    pub locale: LocaleSettings,
    /// The login option of users whose `identityProvider` names none.
    pub login_option: Option<MasterDataId>,
}

/// A user configuration as it is written: `{"companies": ["Nordlys Energi AB"]}` is enough
/// (documented, tutorial step 9: "it is enough to provide just a valid company name").
///
/// A [`UserConfiguration`] is shown in this form, too, so what was read can be changed and sent back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ConfigurationDraft {
    /// The id, if the draft was a saved configuration; it cannot be changed.
    pub id: Option<String>,
    /// What to call it; when left out, the name of its first company and the filter, if that is
    /// given, with a number if another configuration is called so.
    pub name: Option<String>,
    /// The filter. When left out it is empty, which makes it the default configuration; where there
    /// is one already, a configuration without a name has its name as filter, too.
    pub filter: Option<String>,
    /// Companies by name, company id or external system id.
    pub companies: Vec<String>,
    /// Roles by name; the tenant's default ones when left out.
    pub roles: Option<Vec<String>>,
    /// Authorization groups by name; the tenant's default ones when left out.
    pub authorization_groups: Option<Vec<String>>,
    /// Locale settings; what is left out is the tenant's default.
    pub locale: LocaleDraft,
    /// A login option by display name or issuer; the tenant's default one when left out.
    pub login_option: Option<String>,
}

/// What a configuration has where its draft is silent (documented, tutorial step 9: "if the
/// standard settings are ok, it is enough to provide just a valid company name"; assumed: that
/// they are the tenant's, and which).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Roles.
    pub roles: MasterDataIds,
    /// Authorization groups.
    pub authorization_groups: MasterDataIds,
    /// The locale settings.
    pub locale: LocaleSettings,
    /// A login option.
    pub login_option: Option<MasterDataId>,
}

/// The [`Defaults`] as they are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DefaultsDraft {
    /// The names of roles.
    pub roles: Vec<String>,
    /// The names of authorization groups.
    pub authorization_groups: Vec<String>,
    /// The locale settings.
    pub locale: LocaleSettings,
    /// The display name of a login option.
    pub login_option: String,
}

/// Finds what the fields of a draft name.
pub(in crate::medius) trait Lookup {
    /// The entries that these names mean.
    fn each<E: MasterEntry>(
        &mut self,
        pointer: &str,
        names: &[String],
    ) -> Result<MasterDataIds, ConfigurationError>;

    /// Locale settings in the spelling of the lists.
    fn locale(
        &self,
        pointer: &str,
        settings: LocaleSettings,
    ) -> Result<LocaleSettings, ConfigurationError>;
}

impl Lookup for Lists<'_> {
    fn each<E: MasterEntry>(
        &mut self,
        pointer: &str,
        names: &[String],
    ) -> Result<MasterDataIds, ConfigurationError> {
        self.require_each::<E>(pointer, names)
    }

    fn locale(
        &self,
        pointer: &str,
        settings: LocaleSettings,
    ) -> Result<LocaleSettings, ConfigurationError> {
        self.locales().resolve(pointer, &settings)
    }
}

impl PartialEq for UserConfiguration {
    fn eq(&self, other: &Self) -> bool {
        let Self { id, name, filter, companies, roles, authorization_groups, locale, login_option } =
            self;
        (id, name) == (&other.id, &other.name)
            && is_same(filter, &other.filter)
            && *companies == other.companies
            && *roles == other.roles
            && *authorization_groups == other.authorization_groups
            && (locale, login_option) == (&other.locale, &other.login_option)
    }
}

impl UserConfiguration {
    /// The entries of this kind that its users get.
    pub fn ids(&self, kind: MasterKind) -> &[MasterDataId] {
        match kind {
            MasterKind::Company => &self.companies,
            MasterKind::Role => &self.roles,
            MasterKind::AuthorizationGroup => &self.authorization_groups,
            MasterKind::LoginOption => self.login_option.as_slice(),
        }
    }

    /// As it is shown: with the names that its entries have now. What was deleted is left out.
    pub fn document(&self, data: &MasterData) -> ConfigurationDraft {
        let names = |kind| data.names(kind, self.ids(kind));
        ConfigurationDraft {
            id: Some(self.id.to_string()),
            name: Some(self.name.clone()),
            filter: Some(self.filter.clone()),
            companies: names(MasterKind::Company),
            roles: Some(names(MasterKind::Role)),
            authorization_groups: Some(names(MasterKind::AuthorizationGroup)),
            locale: LocaleDraft::from(&self.locale),
            login_option: names(MasterKind::LoginOption).pop(),
        }
    }
}

impl ConfigurationDraft {
    /// The configuration that is meant, without what sets it apart from others: id, name and filter.
    pub(super) fn fields(
        &self,
        defaults: &Defaults,
        lookup: &mut impl Lookup,
    ) -> Result<UserConfiguration, ConfigurationError> {
        let login = lookup.each::<LoginOption>("/loginOption", self.login_option.as_slice());
        let login = login.map_err(|it| it.at("/loginOption"))?;
        Ok(UserConfiguration {
            companies: lookup.each::<Company>("/companies", &self.companies)?,
            roles: match &self.roles {
                Some(names) => lookup.each::<Role>("/roles", names)?,
                None => defaults.roles.clone(),
            },
            authorization_groups: match &self.authorization_groups {
                Some(it) => lookup.each::<AuthorizationGroup>("/authorizationGroups", it)?,
                None => defaults.authorization_groups.clone(),
            },
            locale: lookup.locale("/locale", self.locale.clone().or(&defaults.locale))?,
            login_option: login.first().copied().or(defaults.login_option),
            ..UserConfiguration::default()
        })
    }
}

impl ConfigurationDraft {
    /// The lists of names, whose order has no meaning.
    pub fn lists_mut(&mut self) -> impl Iterator<Item = &mut Vec<String>> {
        let optional = [&mut self.roles, &mut self.authorization_groups];
        [&mut self.companies].into_iter().chain(optional.into_iter().flatten())
    }
}

impl DefaultsDraft {
    /// The lists of names, whose order has no meaning.
    pub fn lists_mut(&mut self) -> impl Iterator<Item = &mut Vec<String>> {
        [&mut self.roles, &mut self.authorization_groups].into_iter()
    }
}

impl Defaults {
    /// As they are shown, with these names.
    pub(in crate::medius) fn document(
        &self,
        name: impl Fn(MasterKind, MasterDataId) -> String,
    ) -> DefaultsDraft {
        let names = |kind, ids: &[MasterDataId]| ids.iter().map(|it| name(kind, *it)).collect();
        let login = self.login_option.map(|it| name(MasterKind::LoginOption, it));
        DefaultsDraft {
            roles: names(MasterKind::Role, &self.roles),
            authorization_groups: names(MasterKind::AuthorizationGroup, &self.authorization_groups),
            locale: self.locale.clone(),
            login_option: login.unwrap_or_default(),
        }
    }

    /// The defaults that are entries of this kind.
    pub fn ids(&self, kind: MasterKind) -> &[MasterDataId] {
        match kind {
            MasterKind::Company => &[],
            MasterKind::Role => &self.roles,
            MasterKind::AuthorizationGroup => &self.authorization_groups,
            MasterKind::LoginOption => self.login_option.as_slice(),
        }
    }
}

impl DefaultsDraft {
    /// The defaults that are meant.
    pub(in crate::medius) fn resolve(
        &self,
        lists: Lists<'_>,
    ) -> Result<Defaults, ConfigurationError> {
        let (groups, login) = ("/defaults/authorizationGroups", "/defaults/loginOption");
        Ok(Defaults {
            roles: lists.require_each::<Role>("/defaults/roles", &self.roles)?,
            authorization_groups: lists
                .require_each::<AuthorizationGroup>(groups, &self.authorization_groups)?,
            locale: lists.locales().resolve("/defaults/locale", &self.locale)?,
            login_option: Some(lists.require::<LoginOption>(login, &self.login_option)?),
        })
    }
}

/// Locale settings as somebody wrote them, each by code or name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LocaleDraft {
    /// The language of the user interface.
    pub language: Option<String>,
    /// How numbers and dates are written.
    pub format: Option<String>,
    /// The time zone.
    pub time_zone: Option<String>,
    /// The currency.
    pub currency: Option<String>,
}

impl LocaleDraft {
    fn or(self, defaults: &LocaleSettings) -> LocaleSettings {
        let or = |own: Option<String>, default: &String| own.unwrap_or_else(|| default.clone());
        LocaleSettings {
            language: or(self.language, &defaults.language),
            format: or(self.format, &defaults.format),
            time_zone: or(self.time_zone, &defaults.time_zone),
            currency: or(self.currency, &defaults.currency),
        }
    }
}

impl From<&LocaleSettings> for LocaleDraft {
    fn from(it: &LocaleSettings) -> Self {
        Self {
            language: Some(it.language.clone()),
            format: Some(it.format.clone()),
            time_zone: Some(it.time_zone.clone()),
            currency: Some(it.currency.clone()),
        }
    }
}
