//! Login options: the ways in which users log in, and the identity provider of each.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::is_same;

/// A way to log in, with the fields of its page in the product (documented by Medius); `clientId` and
/// `nameClaim` are assumed.
///
/// A user's `identityProvider` names one by display name or issuer (assumed).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LoginOption {
    /// Its name on the login screen; unique in the tenant.
    pub display_name: String,
    /// Whether the login screen shows it.
    #[serde(default)]
    pub is_visible: bool,
    /// The realm that MediusFlow uses for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realm: Option<String>,
    /// The issuer of the tokens; `../LocalAccount/` for the local login. It is unique in the
    /// tenant.
    pub issuer: String,
    /// The realm of the users, if the issuer has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_realm: Option<String>,
    /// The thumbprint of the certificate that tokens are signed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbprint: Option<String>,
    /// The protocol, such as `WsTrust` (the only documented one, so this is free text).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol_type: Option<String>,
    /// The address of the issuer's metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata_url: Option<String>,
    /// The client id of MediusFlow at an issuer that speaks OpenID Connect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The claim that names the user; `preferred_username` if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_claim: Option<NameClaim>,
}

/// The claim of an ID token that must equal the name identifier of the user (assumed).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameClaim {
    /// What the user types to sign in, in Entra the user principal name as a rule.
    #[default]
    PreferredUsername,
    /// The user principal name.
    Upn,
    /// The mail address.
    Email,
    /// The id of the user in the directory.
    Oid,
    /// The id of the user for one client application.
    Sub,
}

impl NameClaim {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::PreferredUsername, Self::Upn, Self::Email, Self::Oid, Self::Sub];

    /// Its name in a token.
    pub fn name(self) -> &'static str {
        match self {
            Self::PreferredUsername => "preferred_username",
            Self::Upn => "upn",
            Self::Email => "email",
            Self::Oid => "oid",
            Self::Sub => "sub",
        }
    }

    /// Whether case matters in its values: in ids it does, in names and addresses it does not.
    pub fn is_case_exact(self) -> bool {
        matches!(self, Self::Oid | Self::Sub)
    }
}

/// The identity provider of a login option (assumed). Displays as text for a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandsFor<'a> {
    /// The local accounts of the tenant.
    LocalAccount,
    /// The tenant's mock Microsoft Entra ID.
    MockEntra,
    /// Another issuer that speaks OpenID Connect.
    Issuer {
        /// The client id of MediusFlow there.
        client_id: &'a str,
        /// The address of its metadata.
        metadata_url: &'a str,
    },
    /// An issuer whose protocol this mock does not speak.
    Nothing {
        /// The protocol.
        protocol: &'a str,
        /// The issuer.
        issuer: &'a str,
    },
}

/// The issuer of the local login, documented as part of its address.
const LOCAL_ACCOUNT: &str = "../LocalAccount";

/// The hosts of Microsoft Entra ID's issuers.
const ENTRA: [&str; 2] = ["sts.windows.net", "login.microsoftonline.com"];

impl LoginOption {
    /// The claim that names the user.
    pub fn name_claim(&self) -> NameClaim {
        self.name_claim.unwrap_or_default()
    }

    /// Its identity provider. An issuer of Microsoft Entra ID means the mock's own Entra, whatever the
    /// protocol type is, unless there is a client id, which only a real issuer needs.
    pub fn stands_for(&self) -> StandsFor<'_> {
        let issuer = self.issuer.trim();
        if is_same(issuer.trim_end_matches('/'), LOCAL_ACCOUNT) {
            return StandsFor::LocalAccount;
        }
        let client_id = said(self.client_id.as_ref());
        let host = host(issuer);
        if client_id.is_none() && ENTRA.iter().any(|it| it.eq_ignore_ascii_case(host)) {
            return StandsFor::MockEntra;
        }
        let protocol = said(self.protocol_type.as_ref()).unwrap_or("WsTrust");
        match (client_id, said(self.metadata_url.as_ref())) {
            (Some(client_id), Some(metadata_url)) if is_same(protocol, "OpenIdConnect") => {
                StandsFor::Issuer { client_id, metadata_url }
            }
            _ => StandsFor::Nothing { protocol, issuer },
        }
    }
}

impl StandsFor<'_> {
    /// Whether this mock can show a login with it.
    pub fn is_served(self) -> bool {
        matches!(self, Self::LocalAccount | Self::MockEntra)
    }
}

/// A text that says something.
fn said(text: Option<&String>) -> Option<&str> {
    text.map(|it| it.trim()).filter(|it| !it.is_empty())
}

/// The host of an address.
fn host(address: &str) -> &str {
    let behind = address.split_once("://").map_or("", |(_, behind)| behind);
    let end = behind.find(['/', ':', '?', '#']).unwrap_or(behind.len());
    &behind[..end]
}

impl fmt::Display for StandsFor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LocalAccount => f.write_str("the local accounts of this tenant"),
            Self::MockEntra => f.write_str("the mock Microsoft Entra ID of this tenant"),
            Self::Issuer { metadata_url, .. } => {
                write!(f, "the OpenID Connect issuer whose metadata is at {metadata_url}")
            }
            Self::Nothing { protocol, issuer } => {
                write!(f, "nothing: this mock does not speak {protocol} to {issuer}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!({"issuer": "../LocalAccount/"}), "the local accounts of this tenant")]
    #[case(json!({"issuer": "https://sts.windows.net/c41f/"}), "the mock Microsoft Entra ID of this tenant")]
    #[case(
        json!({"issuer": "https://LOGIN.microsoftonline.com/c41f/v2.0", "protocolType": "OpenIdConnect"}),
        "the mock Microsoft Entra ID of this tenant"
    )]
    #[case(
        json!({"issuer": "https://login.microsoftonline.com/c41f/v2.0", "clientId": "a1",
            "protocolType": "openidconnect", "metadataUrl": "https://login.example/metadata"}),
        "the OpenID Connect issuer whose metadata is at https://login.example/metadata"
    )]
    #[case(
        json!({"issuer": "https://sts.windows.net/c41f/", "clientId": "a1", "protocolType": "WsTrust"}),
        "nothing: this mock does not speak WsTrust to https://sts.windows.net/c41f/"
    )]
    #[case(
        json!({"issuer": "http://adfs.nordlys.example/adfs/services/trust", "protocolType": "WsTrust"}),
        "nothing: this mock does not speak WsTrust to http://adfs.nordlys.example/adfs/services/trust"
    )]
    #[case(
        json!({"issuer": "https://sts.windows.net.evil.example/", "clientId": " "}),
        "nothing: this mock does not speak WsTrust to https://sts.windows.net.evil.example/"
    )]
    fn the_issuer_and_the_client_id_say_what_stands_behind(
        #[case] mut option: serde_json::Value,
        #[case] told: &str,
    ) {
        option["displayName"] = json!("An option");

        let option: LoginOption = serde_json::from_value(option).unwrap();

        assert_eq!(option.stands_for().to_string(), told);
    }

    #[test]
    fn a_claim_is_written_as_tokens_call_it() {
        for claim in NameClaim::ALL {
            assert_eq!(json!(claim), json!(claim.name()));
        }
        let old = json!({"displayName": "Medius.Security", "isVisible": false, "issuer": "../LocalAccount/"});
        let read: LoginOption = serde_json::from_value(old.clone()).unwrap();
        assert_eq!((read.name_claim(), json!(read)), (NameClaim::PreferredUsername, old));
    }
}
