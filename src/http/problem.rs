//! The errors of the admin console and the control API: problem details ([RFC
//! 9457](https://www.rfc-editor.org/rfc/rfc9457)).

use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{App, answer::Answer};
use crate::{
    journal,
    medius::{ConfigurationProblem, SetupError, SetupStep, Unknown, UserConfigurationError},
    scim::{ScimError, WorkExceeded, nearest, quoted},
    tenant::ConsoleError,
};

/// The member with a hint at what to do.
const HINT: &str = "hint";

/// The code of the 404 for an unknown address.
pub(super) const UNKNOWN_ADDRESS: &str = "unknown-address";

/// The code of the 404 for an unknown tenant.
const UNKNOWN_TENANT: &str = "unknown-tenant";

/// The problem details of a refused call.
#[derive(Debug)]
pub(super) struct ProblemDetails {
    status: u16,
    /// The kind of problem, for programs.
    code: &'static str,
    detail: Box<str>,
    field: Option<Box<str>>,
    /// A guess at the intended address or name.
    guess: Option<Box<str>>,
    /// Further members, such as the hint, or the near misses of an expectation.
    more: Map<String, Json>,
    headers: Vec<(&'static str, String)>,
}

/// The answer to a call, or why the call is refused.
pub(super) type HandlerResult = Result<Answer, ProblemDetails>;

/// Problem details in the format in which they are sent.
#[derive(Serialize)]
struct ProblemDocument<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(flatten)]
    more: Map<String, Json>,
}

impl ProblemDetails {
    pub(super) fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into().into(),
            field: None,
            guess: None,
            more: Map::new(),
            headers: Vec::new(),
        }
    }

    /// The 404 for an address that belongs to no service.
    pub(super) fn unknown_address(path: &str) -> Self {
        let detail = format!(
            "nothing answers at {path}; addresses are /TENANT/scim/v2, /TENANT/admin/v1, \
             /admin/v1/authenticate, /_mock/v1 (control), /openapi.json, /docs, /livez, /readyz \
             and / (an index)"
        );
        Self::new(404, UNKNOWN_ADDRESS, detail)
    }

    /// The refusal of a request during which the tenant was reset: it must not change what the next test
    /// sees.
    pub(super) fn tenant_reset() -> Self {
        let detail = "the tenant was reset or deleted while the request was on its way";
        Self::new(503, "tenant-reset", detail)
    }

    /// The description of the problem.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// The same problem with the name of the wrong member.
    pub(super) fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into().into());
        self
    }

    /// The same problem with a hint for people at what to do.
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        self.with(HINT, &hint.into())
    }

    /// Whether the address is unknown.
    pub(super) fn is_unknown_address(&self) -> bool {
        self.code == UNKNOWN_ADDRESS
    }

    /// Whether the request reached no tenant and no route.
    pub(super) fn is_unrouted(&self) -> bool {
        self.is_unknown_address() || self.is_wrong_method() || self.code == UNKNOWN_TENANT
    }

    /// Whether a page of another site sent the request.
    #[cfg(feature = "web")]
    pub(super) fn is_foreign_origin(&self) -> bool {
        self.code == "foreign-origin"
    }

    /// Whether the address is known but not with this method.
    pub(super) fn is_wrong_method(&self) -> bool {
        self.status == 405
    }

    /// A guess at the intended address or name.
    pub(super) fn guess(&self) -> Option<&str> {
        self.guess.as_deref()
    }

    /// The same problem with a guess, and a hint that asks for it.
    pub(super) fn meant(mut self, name: &str) -> Self {
        self.guess = Some(name.into());
        self.hint(format!("did you mean {}?", quoted(name)))
    }

    /// The same problem with a further member.
    pub(super) fn with(mut self, name: &str, value: &impl Serialize) -> Self {
        let value = serde_json::to_value(value).expect("what the journal tells has text keys only");
        self.more.insert(name.to_owned(), value);
        self
    }

    /// The same problem with a header line.
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same problem as a SCIM error.
    pub(super) fn into_scim_error(self) -> ScimError {
        let error = ScimError::status(self.status, self.detail);
        match self.more.get(HINT).and_then(Json::as_str) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    pub(super) fn into_answer(self) -> Answer {
        let title = StatusCode::from_u16(self.status).ok().and_then(|it| it.canonical_reason());
        let document = ProblemDocument {
            r#type: format!("urn:mediusflow-mock:problem:{}", self.code),
            title: title.unwrap_or("Error"),
            status: self.status,
            detail: &self.detail,
            code: self.code,
            field: self.field.as_deref(),
            more: self.more,
        };
        let mut answer = Answer::of(self.status, "application/problem+json", &document);
        answer.headers.extend(self.headers.into_iter().map(|(name, value)| (name.into(), value)));
        answer.record.problem =
            Some(journal::Problem { code: Some(self.code.into()), detail: self.detail.into() });
        answer.guess = self.guess.map(Into::into);
        answer
    }
}

impl App {
    /// The 404 for an unknown tenant. It lists the existing tenants, or the first of them.
    pub(super) fn unknown_tenant(&self, name: &str) -> ProblemDetails {
        const NAMED: usize = 20;
        let all = self.tenants.all();
        let names = || all.iter().map(|it| it.name().as_str());
        let known: Vec<&str> = names().take(NAMED).collect();
        let more = match all.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let detail = format!(
            "there is no tenant {name}; there are: {}{more}",
            known.join(", "),
            name = quoted(name)
        );
        let problem = ProblemDetails::new(404, UNKNOWN_TENANT, detail);
        match nearest(name, names()) {
            Some(meant) => problem.meant(meant),
            None => problem,
        }
    }
}

impl From<WorkExceeded> for ProblemDetails {
    /// The problem for a traffic filter that takes too much work.
    fn from(excess: WorkExceeded) -> Self {
        Self::new(400, "too-much-work", format!("the filter {excess}")).hint(
            "look at less: `since`, a `limit` where there is one, a cheap test such as op:patch in front, \
             text without ~",
        )
    }
}

impl From<ConsoleError> for ProblemDetails {
    fn from(error: ConsoleError) -> Self {
        let detail = error.to_string();
        match error {
            ConsoleError::UnknownUser { .. } => {
                Self::new(403, "unknown-user", detail).field("userName")
            }
            ConsoleError::NotAdmin { .. } => Self::new(403, "not-admin", detail).field("userName"),
            ConsoleError::Setup(SetupError::MissingStep { needed, .. }) => {
                Self::new(409, "missing-step", detail).hint(format!("call {}", call_of(needed)))
            }
            ConsoleError::Setup(SetupError::KeyExists) => Self::new(409, "key-exists", detail)
                .field("confirm")
                .hint("send {\"confirm\": true} to replace the key"),
            ConsoleError::Setup(SetupError::NotConfirmed) => {
                Self::new(409, "not-confirmed", detail)
                    .field("confirm")
                    .hint("send {\"confirm\": true} to make the key")
            }
            ConsoleError::Configuration(error) => Self::from(error),
            ConsoleError::UnknownConfiguration { .. } => {
                Self::new(404, "unknown-configuration", detail)
            }
            ConsoleError::Stale { etag, .. } => Self::new(412, "precondition-failed", detail)
                .field("If-Match")
                .hint(format!("read the configuration again and send If-Match: {etag}")),
            ConsoleError::Seen { .. } => Self::new(412, "precondition-failed", detail)
                .field("If-None-Match")
                .hint("leave If-None-Match out to change it"),
            ConsoleError::UnknownUserId { .. } => Self::new(404, "unknown-user", detail),
        }
    }
}

impl From<UserConfigurationError> for ProblemDetails {
    fn from(error: UserConfigurationError) -> Self {
        let problem =
            Self::new(400, "invalid-configuration", error.to_string()).field(error.field());
        match error.problem {
            ConfigurationProblem::Unknown(Unknown { suggestion: Some(name), .. }) => {
                problem.meant(&name)
            }
            _ => problem,
        }
    }
}

/// The call that performs a step.
fn call_of(step: SetupStep) -> &'static str {
    match step {
        SetupStep::Authenticate => r#"POST /admin/v1/authenticate {"tenantName": "..."}"#,
        SetupStep::VerifyConnection => "GET connection",
        SetupStep::EntraTenantId | SetupStep::SaveConfiguration => {
            r#"PUT integration {"entraTenantId": "..."}"#
        }
        SetupStep::UseUserProvisioning => r#"PUT provisioning {"mode": "userProvisioning"}"#,
        SetupStep::GenerateSecretKey | SetupStep::ConfirmSecretKey => {
            r#"POST secret-key {"confirm": true}"#
        }
        SetupStep::AddConfiguration
        | SetupStep::DefaultSettings
        | SetupStep::SaveUserConfiguration => r#"POST configurations {"companies": ["..."]}"#,
        SetupStep::CopyScimLink => "GET scim-link",
    }
}
