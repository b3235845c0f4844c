//! The errors of the admin console's API: problem details
//! ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).

use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::answer::Answer;
use crate::{
    journal,
    medius::{ConfigurationError, SetupError},
    scim::ScimError,
    tenant::ConsoleError,
};

/// A refused call of the admin console's API.
#[derive(Debug)]
pub(super) struct Problem {
    status: u16,
    /// What kind of problem it is, for programs.
    code: &'static str,
    detail: String,
    field: Option<String>,
    /// Further members, such as what came nearest to an expectation.
    more: Map<String, Json>,
    headers: Vec<(&'static str, String)>,
}

/// A problem as it is sent.
#[derive(Serialize)]
struct Document<'a> {
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

impl Problem {
    pub(super) fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            field: None,
            more: Map::new(),
            headers: Vec::new(),
        }
    }

    /// What is wrong, in words.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// The same problem, naming the member of the body that is wrong.
    pub(super) fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
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

    /// The same in SCIM's words.
    pub(super) fn into_scim_error(self) -> ScimError {
        ScimError::status(self.status, self.detail)
    }

    pub(super) fn into_answer(self) -> Answer {
        let title = StatusCode::from_u16(self.status).ok().and_then(|it| it.canonical_reason());
        let document = Document {
            r#type: format!("urn:mediusflow-mock:problem:{}", self.code),
            title: title.unwrap_or("Error"),
            status: self.status,
            detail: &self.detail,
            code: self.code,
            field: self.field.as_deref(),
            more: self.more,
        };
        let mut answer = Answer::of(self.status, "application/problem+json", &document);
        answer.headers.extend(self.headers);
        answer.problem =
            Some(journal::Problem { code: Some(self.code.into()), detail: self.detail });
        answer
    }
}

impl From<ConsoleError> for Problem {
    fn from(error: ConsoleError) -> Self {
        let detail = error.to_string();
        match error {
            ConsoleError::UnknownUser { .. } => {
                Self::new(403, "unknown-user", detail).field("userName")
            }
            ConsoleError::NotAdmin { .. } => Self::new(403, "not-admin", detail),
            ConsoleError::Setup(SetupError::MissingStep { .. }) => {
                Self::new(409, "missing-step", detail)
            }
            ConsoleError::Setup(SetupError::KeyExists) => {
                Self::new(409, "key-exists", detail).field("confirm")
            }
            ConsoleError::Configuration(error) => Self::from(error),
            ConsoleError::UnknownConfiguration { .. } => {
                Self::new(404, "unknown-configuration", detail)
            }
            ConsoleError::UnknownUserId { .. } => Self::new(404, "unknown-user", detail),
        }
    }
}

impl From<ConfigurationError> for Problem {
    fn from(error: ConfigurationError) -> Self {
        Self::new(400, "invalid-configuration", error.to_string()).field(error.field())
    }
}
