//! How Entra refuses: OAuth's error codes, and the numbers of Microsoft's own list.
//!
//! Numbers and names are those of "Microsoft Entra authentication & authorization error codes"
//! (`docs/identity-platform/reference-error-codes.md` in MicrosoftDocs/entra-docs), read in its version of
//! 24 April 2024. That page gives no OAuth code to a number, so which one goes with which is assumed
//! where the page on the code flow does not say it. The words behind a number are Microsoft's where the page
//! has a sentence for clients, else this project's.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value as Json, json};

use super::parameters::ParameterError;

/// A row of Microsoft's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AadstsCode {
    /// The account is not in the directory.
    UserAccountNotFound,
    /// The account is disabled in the directory.
    UserDisabled,
    /// `prompt=none`, and nobody is signed in.
    UserInformationNotProvided,
    /// The account is not assigned to the application.
    EntitlementGrantsNotFound,
    /// No such tenant.
    InvalidTenantName,
    /// No such application.
    UnauthorizedClient,
    /// The reply address is none of the application's.
    InvalidReplyTo,
    /// A parameter that has to be there is not.
    MissingParameter,
    /// A parameter is not as it should be.
    InvalidRequestParameter,
    /// Parameters exclude each other.
    MultipleRequirements,
    /// The request as a whole is not as it should be.
    InvalidRequest,
    /// Another response type than `code`.
    UnsupportedResponseType,
    /// Another response mode than `query`, `fragment` and `form_post`.
    UnsupportedResponseMode,
    /// A scope is not as it should be.
    InvalidScope,
    /// Another grant type than `authorization_code`.
    UnsupportedGrantType,
    /// The code was never issued, or for somebody else.
    InvalidGrant,
    /// The code is too old.
    ExpiredGrant,
    /// The code was issued by another tenant.
    GrantOfAnotherTenant,
    /// The code was redeemed before.
    CodeRedeemed,
    /// The code verifier is not that of the challenge.
    WrongVerifier,
    /// The code challenge has a wrong size.
    ChallengeSize,
    /// The client secret is wrong.
    InvalidClientSecret,
    /// A client that has no secret sent one.
    SecretOfPublicClient,
    /// A client sent neither a secret nor a code challenge.
    MissingClientSecret,
    /// There are too many requests.
    TenantThrottling,
    /// Entra cannot answer now.
    ServiceUnavailable,
}

/// A refusal of mock Entra.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolError {
    /// The row of Microsoft's list.
    pub code: AadstsCode,
    /// What is wrong, as a sentence without the number.
    pub detail: String,
    /// OAuth's code, if it is not the usual one of the row.
    oauth: Option<&'static str>,
}

/// What makes one refusal different from the next: ids that help in diagnostics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorIds {
    /// The id of the request.
    pub trace: String,
    /// The id of the request across components.
    pub correlation: String,
    /// When it happened.
    pub at: Timestamp,
}

impl AadstsCode {
    /// Its number, and the code of OAuth that goes with it.
    const fn row(self) -> (u32, &'static str) {
        match self {
            Self::UserAccountNotFound => (50_034, "access_denied"),
            Self::UserDisabled => (50_057, "access_denied"),
            Self::UserInformationNotProvided => (50_058, "login_required"),
            Self::EntitlementGrantsNotFound => (50_105, "access_denied"),
            Self::InvalidTenantName => (90_002, "invalid_request"),
            Self::UnauthorizedClient => (700_016, "unauthorized_client"),
            Self::InvalidReplyTo => (50_011, "invalid_request"),
            Self::MissingParameter => (900_144, "invalid_request"),
            Self::InvalidRequestParameter => (90_100, "invalid_request"),
            Self::MultipleRequirements => (90_005, "invalid_request"),
            Self::InvalidRequest => (90_023, "invalid_request"),
            Self::UnsupportedResponseType => (70_005, "unsupported_response_type"),
            Self::UnsupportedResponseMode => (70_007, "invalid_request"),
            Self::InvalidScope => (70_011, "invalid_scope"),
            Self::UnsupportedGrantType => (70_003, "unsupported_grant_type"),
            Self::InvalidGrant => (70_000, "invalid_grant"),
            Self::ExpiredGrant => (70_008, "invalid_grant"),
            Self::GrantOfAnotherTenant => (700_005, "invalid_grant"),
            Self::CodeRedeemed => (54_005, "invalid_grant"),
            Self::WrongVerifier => (501_481, "invalid_grant"),
            Self::ChallengeSize => (501_491, "invalid_request"),
            Self::InvalidClientSecret => (7_000_215, "invalid_client"),
            Self::SecretOfPublicClient => (700_025, "invalid_client"),
            Self::MissingClientSecret => (7_000_218, "invalid_client"),
            // "The server is temporarily too busy to handle the request" (Microsoft's page on the code flow).
            Self::TenantThrottling => (90_055, "temporarily_unavailable"),
            Self::ServiceUnavailable => (90_033, "temporarily_unavailable"),
        }
    }

    /// Its number in Microsoft's list.
    pub const fn number(self) -> u32 {
        self.row().0
    }
}

impl ProtocolError {
    /// A refusal with this row's usual code of OAuth.
    pub fn new(code: AadstsCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), oauth: None }
    }

    /// A refusal whose code of OAuth another specification has: `request_not_supported`.
    pub(super) fn named(oauth: &'static str, detail: impl Into<String>) -> Self {
        Self { oauth: Some(oauth), ..Self::new(AadstsCode::InvalidRequest, detail) }
    }

    /// The refusal of a request that its endpoint does not see, because of what this status says
    /// ([RFC 9110 §15](https://www.rfc-editor.org/rfc/rfc9110#section-15)).
    pub fn of_status(status: u16, detail: impl Into<String>) -> Self {
        let code = match status {
            // No other address that refuses so has an unknown part.
            404 => AadstsCode::InvalidTenantName,
            429 => AadstsCode::TenantThrottling,
            500.. => AadstsCode::ServiceUnavailable,
            _ => AadstsCode::InvalidRequest,
        };
        Self::new(code, detail)
    }

    /// The refusal of a parameter that has to be there.
    pub(super) fn missing(name: &str) -> Self {
        let detail = format!("The request body must contain the following parameter: '{name}'.");
        Self::new(AadstsCode::MissingParameter, detail)
    }

    /// The code of OAuth: `invalid_grant`.
    pub fn oauth(&self) -> &'static str {
        self.oauth.unwrap_or_else(|| self.code.row().1)
    }

    /// The number with the words: `AADSTS50034: ...`.
    pub fn numbered(&self) -> String {
        format!("AADSTS{}: {}", self.code.number(), self.detail)
    }

    /// The description as Entra sends it, with the ids behind the words.
    pub fn description(&self, ids: &ErrorIds) -> String {
        let ErrorIds { trace, correlation, .. } = ids;
        let (said, at) = (self.numbered(), ids.time());
        format!("{said}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {at}")
    }

    /// The body of Entra's token endpoint; `error_uri` leads to its list of codes.
    pub fn body(&self, ids: &ErrorIds) -> Json {
        let number = self.code.number();
        json!({
            "error": self.oauth(),
            "error_description": self.description(ids),
            "error_codes": [number],
            "timestamp": ids.time(),
            "trace_id": ids.trace,
            "correlation_id": ids.correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={number}"),
        })
    }

    /// The status of a token endpoint that answers this (RFC 6749 §5.2).
    pub fn status(&self) -> u16 {
        if self.oauth() == "invalid_client" { 401 } else { 400 }
    }
}

impl From<ParameterError> for ProtocolError {
    fn from(error: ParameterError) -> Self {
        Self::new(
            AadstsCode::InvalidRequestParameter,
            format!("The request is malformed: {error}."),
        )
    }
}

impl ErrorIds {
    /// The time as Entra writes it: `2016-01-09 02:02:12Z`.
    fn time(&self) -> String {
        self.at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%SZ").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_the_members_of_microsofts_sample() {
        let ids = ErrorIds {
            trace: "0000aaaa-11bb-cccc-dd33-eeeeee333333".into(),
            correlation: "aaaa0000-bb11-2222-33cc-444444dddddd".into(),
            at: "2016-01-09T02:02:12Z".parse().unwrap(),
        };
        let error = ProtocolError::new(AadstsCode::InvalidScope, "The scope isn't valid.");

        let body = error.body(&ids);

        assert_eq!(
            body,
            json!({
                "error": "invalid_scope",
                "error_description": "AADSTS70011: The scope isn't valid.\r\n\
                    Trace ID: 0000aaaa-11bb-cccc-dd33-eeeeee333333\r\n\
                    Correlation ID: aaaa0000-bb11-2222-33cc-444444dddddd\r\n\
                    Timestamp: 2016-01-09 02:02:12Z",
                "error_codes": [70011],
                "timestamp": "2016-01-09 02:02:12Z",
                "trace_id": "0000aaaa-11bb-cccc-dd33-eeeeee333333",
                "correlation_id": "aaaa0000-bb11-2222-33cc-444444dddddd",
                "error_uri": "https://login.microsoftonline.com/error?code=70011",
            })
        );
        assert_eq!(error.status(), 400);
    }
}
