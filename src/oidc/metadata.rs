//! Where an issuer's endpoints are, in the shape of Entra's addresses
//! ([OpenID Connect Discovery §3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata)).

use serde_json::{Value as Json, json};

/// The mock Entra of one Microsoft Entra tenant.
///
/// Its addresses are Entra's, with `authority` in the place of `https://login.microsoftonline.com`
/// (Microsoft's page "OpenID Connect on the Microsoft identity platform"). The userinfo endpoint, which Entra has at
/// Microsoft Graph, is below the same authority.
#[derive(Clone, Copy, Debug)]
pub struct Issuer<'a> {
    /// The URL that stands for Entra's, without a slash at its end.
    pub authority: &'a str,
    /// The Microsoft Entra tenant ID.
    pub tenant_id: &'a str,
}

impl Issuer<'_> {
    /// The `iss` of its tokens.
    pub fn url(self) -> String {
        issuer_url(self.authority, self.tenant_id)
    }

    /// Its metadata for who asks under this name of the tenant: the ID itself, `organizations` or `common`.
    /// For the last two Entra has the placeholder `{tenantid}` in its issuer, as any tenant may sign in; here it
    /// is the one tenant that there is, so that a client need not fill anything in.
    pub fn metadata(self, asked: &str) -> Json {
        let Self { authority, .. } = self;
        let at = |path: &str| format!("{authority}/{asked}/{path}");
        json!({
            "issuer": self.url(),
            "authorization_endpoint": at("oauth2/v2.0/authorize"),
            "token_endpoint": at("oauth2/v2.0/token"),
            "jwks_uri": at("discovery/v2.0/keys"),
            "userinfo_endpoint": format!("{authority}/oidc/userinfo"),
            "end_session_endpoint": at("oauth2/v2.0/logout"),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
            "code_challenge_methods_supported": ["S256", "plain"],
            "claims_supported": CLAIMS,
            "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
        })
    }
}

/// What an ID token can say.
const CLAIMS: [&str; 18] = [
    "aud",
    "iss",
    "iat",
    "nbf",
    "exp",
    "auth_time",
    "nonce",
    "sub",
    "name",
    "preferred_username",
    "oid",
    "tid",
    "upn",
    "email",
    "roles",
    "sid",
    "uti",
    "ver",
];

/// The `iss` of the tokens of a Microsoft Entra tenant.
pub fn issuer_url(authority: &str, tenant_id: &str) -> String {
    format!("{authority}/{tenant_id}/v2.0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_have_the_shape_of_entras() {
        let issuer = Issuer { authority: "http://localhost:1/T/entra", tenant_id: "c41f" };

        let metadata = issuer.metadata("organizations");

        assert_eq!(metadata["issuer"], "http://localhost:1/T/entra/c41f/v2.0");
        let keys = "http://localhost:1/T/entra/organizations/discovery/v2.0/keys";
        assert_eq!(metadata["jwks_uri"], keys);
        assert_eq!(metadata["userinfo_endpoint"], "http://localhost:1/T/entra/oidc/userinfo");
    }

    #[test]
    fn the_metadata_has_what_discovery_requires() {
        let issuer = Issuer { authority: "http://localhost:1/T/entra", tenant_id: "c41f" };

        let metadata = issuer.metadata("c41f");

        // Discovery §3, REQUIRED; of the token endpoint as the implicit flow alone is not all there is.
        for member in [
            "issuer",
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "response_types_supported",
            "subject_types_supported",
            "id_token_signing_alg_values_supported",
        ] {
            assert!(metadata.get(member).is_some(), "{member}");
        }
    }
}
