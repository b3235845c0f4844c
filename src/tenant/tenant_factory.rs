//! What a new tenant is to be like, and the door to who makes it.

use std::{fmt, sync::Arc};

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{SettingsError, State, Tenant};
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
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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
    /// SCIM settings that differ, by their names in [`ScimSettings`](super::ScimSettings).
    pub settings: Map<String, Json>,
}

/// Why a tenant cannot be as its options say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
