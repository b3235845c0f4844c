//! What a new tenant is to be like, and the door to who makes it.

use std::{fmt, sync::Arc};

use serde::de::IntoDeserializer;

use super::{SettingsChange, SettingsError, State, Tenant};
use crate::medius::TenantName;

/// Makes what tenants start with. This room knows neither fixtures nor seeds: whoever starts the
/// server does.
pub trait TenantFactory: fmt::Debug + Send + Sync {
    /// The state that a tenant of this name starts with. The same name and options give the same state.
    ///
    /// # Errors
    ///
    /// [`TenantOptionsError`].
    fn state(
        &self,
        name: &TenantName,
        options: &TenantOptions,
    ) -> Result<Arc<State>, TenantOptionsError>;

    /// A tenant's state with other people, and as many companies as the options say; the set-up, the key and
    /// the configurations stay, and so does how it speaks SCIM.
    ///
    /// # Errors
    ///
    /// [`TenantOptionsError`].
    fn with_others(
        &self,
        name: &TenantName,
        present: &State,
        options: &TenantOptions,
    ) -> Result<Arc<State>, TenantOptionsError>;

    /// A tenant of this name that starts with such a state.
    ///
    /// # Errors
    ///
    /// [`TenantOptionsError`].
    fn tenant(
        &self,
        name: &TenantName,
        options: &TenantOptions,
    ) -> Result<Tenant, TenantOptionsError> {
        Ok(Tenant::of(name.clone(), self.state(name, options)?))
    }
}

/// What a tenant is to be like; what is left out is as the server's own tenants are.
///
/// ```
/// use mediusflow_mock::TenantOptions;
///
/// let options = TenantOptions::new().users(40).fresh().setting("strict", true);
/// # assert_eq!(options.users, Some(40));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TenantOptions {
    /// What its ids, names and secrets follow from.
    pub seed: Option<u64>,
    /// How many users it has.
    pub users: Option<usize>,
    /// How many groups it has.
    pub groups: Option<usize>,
    /// How many companies it has below its root company.
    pub companies: Option<usize>,
    /// The language that all its users speak, such as `sv-SE`.
    pub locale: Option<String>,
    /// Whether the tutorial's eleven steps are open.
    pub fresh: Option<bool>,
    /// SCIM settings that differ, or why one of them cannot be as it was given.
    pub(crate) settings: Result<SettingsChange, SettingsError>,
}

impl Default for TenantOptions {
    fn default() -> Self {
        Self {
            seed: None,
            users: None,
            groups: None,
            companies: None,
            locale: None,
            fresh: None,
            settings: Ok(SettingsChange::default()),
        }
    }
}

impl TenantOptions {
    /// As the server's own tenants are.
    pub fn new() -> Self {
        Self::default()
    }

    /// With this [`seed`](Self#structfield.seed).
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// With so many users.
    #[must_use]
    pub fn users(self, users: usize) -> Self {
        Self { users: Some(users), ..self }
    }

    /// With so many groups.
    #[must_use]
    pub fn groups(self, groups: usize) -> Self {
        Self { groups: Some(groups), ..self }
    }

    /// With so many companies below its root company.
    #[must_use]
    pub fn companies(self, companies: usize) -> Self {
        Self { companies: Some(companies), ..self }
    }

    /// With users who all speak this language, such as `sv-SE`.
    #[must_use]
    pub fn locale(self, locale: impl Into<String>) -> Self {
        Self { locale: Some(locale.into()), ..self }
    }

    /// With the tutorial's eleven steps open.
    #[must_use]
    pub fn fresh(self) -> Self {
        Self { fresh: Some(true), ..self }
    }

    /// With the tutorial's eleven steps done.
    #[must_use]
    pub fn set_up(self) -> Self {
        Self { fresh: Some(false), ..self }
    }

    /// With a SCIM setting that differs, by its name in `docs/settings.md`: a truth value, a number, a
    /// text, or for `quirks` a map. A name or value that is none is refused where the tenant is made.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use mediusflow_mock::TenantOptions;
    ///
    /// let options = TenantOptions::new()
    ///     .setting("mostResults", 50)
    ///     .setting("deletedUsers", "deactivate")
    ///     .setting("quirks", BTreeMap::from([("opCase", false)]));
    /// # assert_eq!(options, options.clone());
    /// ```
    #[must_use]
    pub fn setting<'de>(self, name: &str, value: impl IntoDeserializer<'de>) -> Self {
        let set = |mut change: SettingsChange| {
            change.set(name, value.into_deserializer())?;
            Ok(change)
        };
        Self { settings: self.settings.and_then(set), ..self }
    }
}

/// Why a tenant cannot be as its options say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TenantOptionsError {
    /// An option cannot have its value.
    #[error("{field}: {reason}")]
    Refused {
        /// The member.
        field: &'static str,
        /// What was expected.
        reason: String,
    },
    /// A SCIM setting is wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

impl TenantOptionsError {
    /// The member that is wrong.
    pub fn field(&self) -> String {
        match self {
            Self::Refused { field, .. } => (*field).to_owned(),
            Self::Settings(error) => format!("settings.{}", error.name()),
        }
    }
}
