//! Login options: the ways in which users log in.

use serde::{Deserialize, Serialize};

use super::is_same;

/// A way to log in, with the fields of its page in the product (documented by Medius).
///
/// A user's `identityProvider` names one by display name or issuer (assumed).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LoginOption {
    /// What the login screen calls it; unique in the tenant.
    pub display_name: String,
    /// Whether the login screen shows it.
    #[serde(default)]
    pub is_visible: bool,
    /// The realm that MediusFlow presents itself as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realm: Option<String>,
    /// Who issues the tokens; the local login has `../LocalAccount/`. Unique in the tenant.
    pub issuer: String,
    /// The realm of the users, where the issuer serves several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_realm: Option<String>,
    /// The thumbprint of the certificate that tokens are signed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbprint: Option<String>,
    /// The protocol, such as `WsTrust` (the only documented one, so this is free text).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol_type: Option<String>,
    /// Where the issuer publishes its metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata_url: Option<String>,
}

impl LoginOption {
    /// Whether `key` is its display name or its issuer.
    pub fn is_called(&self, key: &str) -> bool {
        is_same(&self.display_name, key) || is_same(&self.issuer, key)
    }
}
