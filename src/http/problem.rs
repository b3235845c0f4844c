//! The errors of the admin console's API: problem details
//! ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).

use actix_web::http::StatusCode;
use serde::Serialize;

use super::answer::Answer;
use crate::{
    journal,
    medius::{ConfigurationError, SetupError},
    tenant::ConsoleError,
};

/// A refused call of the admin console's API.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    /// What kind of problem it is, for programs: the code as a URN.
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: String,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip)]
    headers: Vec<(&'static str, String)>,
}

impl Problem {
    pub(super) fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        let title = StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason());
        Self {
            kind: format!("urn:mediusflow-mock:problem:{code}"),
            title: title.unwrap_or("Error"),
            status,
            detail: detail.into(),
            code,
            field: None,
            headers: Vec::new(),
        }
    }

    /// The same problem, naming the member of the body that is wrong.
    pub(super) fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same problem with a header line.
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn into_answer(mut self) -> Answer {
        let headers = std::mem::take(&mut self.headers);
        let mut answer = Answer::of(self.status, "application/problem+json", &self);
        answer.headers.extend(headers);
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
