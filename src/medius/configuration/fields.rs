//! The fields of a user configuration, each with all that belongs to it.
//!
//! A field has a stored form, a written form (in requests, answers and files) and, if it may be
//! left out, a default.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::medius::master_data::Lists;
use crate::medius::{
    AuthorizationGroup, Company, LocaleSettings, LoginOption, MasterData, MasterDataId,
    MasterDataIds, MasterEntry, MasterKind, UserConfigurationError, UserRole, is_same,
};

/// A saved user configuration. Filters are compared without case.
#[derive(Clone, Debug, Default, Eq)]
pub struct UserConfiguration {
    /// Its id, which never changes.
    pub id: SmolStr,
    /// Its name; unique in the tenant.
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
    /// The login option of users whose `identityProvider` does not name one.
    pub login_option: Option<MasterDataId>,
}

/// The written form of a user configuration: `{"companies": ["Nordlys Energi AB"]}` is enough
/// (documented, tutorial step 9: "it is enough to provide just a valid company name").
///
/// A [`UserConfiguration`] is shown in this form, too, so a client can read it, change it and send
/// it back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ConfigurationDraft {
    /// The id, if the draft is that of a saved configuration. It cannot be changed.
    pub id: Option<String>,
    /// The name. If it is left out, it is that of the first company and the filter, if one is
    /// given, with a number if the name is in use.
    pub name: Option<String>,
    /// The filter. If it is left out it is empty, which makes this the default configuration. If
    /// there is a default one already, a configuration with neither name nor filter gets its name
    /// as filter.
    pub filter: Option<String>,
    /// Companies by name, company id or external system id.
    pub companies: Vec<String>,
    /// Roles by name. If they are left out, they are the tenant's default ones.
    pub roles: Option<Vec<String>>,
    /// Authorization groups by name. If they are left out, they are the tenant's default ones.
    pub authorization_groups: Option<Vec<String>>,
    /// Locale settings. Those that are left out are the tenant's default ones.
    pub locale: LocaleDraft,
    /// A login option by display name or issuer. If it is left out, it is the tenant's default one.
    pub login_option: Option<String>,
}

/// What a configuration gets for the fields that its draft leaves out (documented, tutorial step 9:
/// "if the standard settings are ok, it is enough to provide just a valid company name"; assumed:
/// that the tenant has them, and which they are).
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

/// The written form of [`Defaults`].
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

/// Looks up the names in the fields of a draft.
pub(in crate::medius) trait Lookup {
    /// The entries with these names.
    fn each<E: MasterEntry>(
        &mut self,
        pointer: &str,
        names: &[String],
    ) -> Result<MasterDataIds, UserConfigurationError>;

    /// Locale settings in the spelling of the lists.
    fn locale(
        &self,
        pointer: &str,
        settings: LocaleSettings,
    ) -> Result<LocaleSettings, UserConfigurationError>;
}

impl Lookup for Lists<'_> {
    fn each<E: MasterEntry>(
        &mut self,
        pointer: &str,
        names: &[String],
    ) -> Result<MasterDataIds, UserConfigurationError> {
        self.require_each::<E>(pointer, names)
    }

    fn locale(
        &self,
        pointer: &str,
        settings: LocaleSettings,
    ) -> Result<LocaleSettings, UserConfigurationError> {
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
    /// The entries of this kind that users get.
    pub fn ids(&self, kind: MasterKind) -> &[MasterDataId] {
        match kind {
            MasterKind::Company => &self.companies,
            MasterKind::Role => &self.roles,
            MasterKind::AuthorizationGroup => &self.authorization_groups,
            MasterKind::LoginOption => self.login_option.as_slice(),
        }
    }

    /// The form that is shown, with the current names of its entries. Deleted entries are left out.
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
    /// The same draft with the tenant's defaults in the fields that were left out.
    #[must_use]
    pub(crate) fn or_defaults(self, defaults: &DefaultsDraft) -> Self {
        Self {
            roles: self.roles.or_else(|| Some(defaults.roles.clone())),
            authorization_groups: self
                .authorization_groups
                .or_else(|| Some(defaults.authorization_groups.clone())),
            locale: LocaleDraft::from(&self.locale.or(&defaults.locale)),
            login_option: self.login_option.or_else(|| Some(defaults.login_option.clone())),
            ..self
        }
    }

    /// The configuration of a draft, without id, name and filter.
    pub(super) fn fields(
        &self,
        lookup: &mut impl Lookup,
    ) -> Result<UserConfiguration, UserConfigurationError> {
        let login = lookup.each::<LoginOption>("/loginOption", self.login_option.as_slice());
        let login = login.map_err(|it| it.at("/loginOption"))?;
        let names = |names: &Option<Vec<String>>| names.clone().unwrap_or_default();
        let groups = names(&self.authorization_groups);
        Ok(UserConfiguration {
            companies: lookup.each::<Company>("/companies", &self.companies)?,
            roles: lookup.each::<UserRole>("/roles", &names(&self.roles))?,
            authorization_groups: lookup
                .each::<AuthorizationGroup>("/authorizationGroups", &groups)?,
            locale: lookup.locale("/locale", self.locale.clone().or(&LocaleSettings::default()))?,
            login_option: login.first().copied(),
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
    /// The form that is shown, with these names.
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
    /// The defaults of a draft.
    pub(in crate::medius) fn resolve(
        &self,
        lists: Lists<'_>,
    ) -> Result<Defaults, UserConfigurationError> {
        let (groups, login) = ("/defaults/authorizationGroups", "/defaults/loginOption");
        Ok(Defaults {
            roles: lists.require_each::<UserRole>("/defaults/roles", &self.roles)?,
            authorization_groups: lists
                .require_each::<AuthorizationGroup>(groups, &self.authorization_groups)?,
            locale: lists.locales().resolve("/defaults/locale", &self.locale)?,
            login_option: Some(lists.require::<LoginOption>(login, &self.login_option)?),
        })
    }
}

/// The written form of locale settings, each by code or name.
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
