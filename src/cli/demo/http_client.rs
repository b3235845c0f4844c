//! The administrator's HTTP client, and the parts of an answer that the demo needs.

use std::fmt;

use serde_json::Value as Json;
use ureq::{Agent, config::AutoHeaderValue, http};

use crate::{entra::DirectoryFileError, scim::quoted, seed::FixtureError};

/// Sends requests and records their results.
#[derive(Debug)]
pub(super) struct HttpClient {
    agent: Agent,
    sent: Vec<AnsweredRequest>,
}

/// The result of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AnsweredRequest {
    pub(super) method: &'static str,
    pub(super) status: u16,
}

impl fmt::Display for AnsweredRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.status)
    }
}

/// A request.
#[derive(Clone, Copy, Debug)]
pub(super) struct HttpRequest<'a> {
    pub(super) method: &'static str,
    pub(super) url: &'a str,
    /// The bearer token.
    pub(super) token: Option<&'a str>,
    pub(super) content_type: &'static str,
    /// The header line that identifies the sender.
    pub(super) sender: (&'static str, &'static str),
    pub(super) body: Option<&'a Json>,
}

/// An answer; the body is null if there is none.
#[derive(Debug)]
pub(super) struct DemoResponse {
    pub(super) status: u16,
    pub(super) body: Json,
}

/// Why the demo fails.
#[derive(Debug, thiserror::Error)]
pub(super) enum DemoError {
    /// No answer came.
    #[error("{method} {url} failed: {source}")]
    Unreachable { method: &'static str, url: String, source: Box<ureq::Error> },
    /// The answer is not the expected one.
    #[error("{method} {url} answered {found}, expected {expected}")]
    Unexpected { method: &'static str, url: String, found: String, expected: String },
    /// A step needs the result of an earlier step that is missing.
    #[error("the demo's script names {0}, which no step before made")]
    Missing(String),
    /// Something was not provisioned.
    #[error("not provisioned: {0}")]
    Refused(String),
    /// A fixture of the demo is wrong.
    #[error(transparent)]
    Script(#[from] FixtureError),
    /// The demo's directory is wrong.
    #[error(transparent)]
    Directory(#[from] DirectoryFileError),
}

impl HttpClient {
    /// A client that identifies itself in each request.
    pub(super) fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(AutoHeaderValue::None)
            .proxy(None)
            .build();
        Self { agent: config.new_agent(), sent: Vec::new() }
    }

    /// Sends a request whose answer must have this status.
    ///
    /// # Errors
    ///
    /// [`DemoError::Unreachable`], [`DemoError::Unexpected`].
    pub(super) fn send(
        &mut self,
        request: HttpRequest<'_>,
        status: u16,
    ) -> Result<Json, DemoError> {
        let answer = self.exchange(request)?;
        self.sent.push(AnsweredRequest { method: request.method, status: answer.status });
        if answer.status != status {
            let expected = status.to_string();
            return Err(request.unexpected(format!("{} {}", answer.status, answer.why()), expected));
        }
        Ok(answer.body)
    }

    /// The requests since the last call.
    pub(super) fn take_sent(&mut self) -> Vec<AnsweredRequest> {
        std::mem::take(&mut self.sent)
    }

    fn exchange(&self, request: HttpRequest<'_>) -> Result<DemoResponse, DemoError> {
        let unreachable = |error| DemoError::Unreachable {
            method: request.method,
            url: request.url.to_owned(),
            source: Box::new(error),
        };
        let mut builder = http::Request::builder().method(request.method).uri(request.url);
        builder = builder.header(request.sender.0, request.sender.1);
        if let Some(token) = request.token {
            builder = builder.header("authorization", format!("Bearer {token}"));
        }
        let sent = match request.body {
            Some(body) => builder
                .header("content-type", request.content_type)
                .body(body.to_string())
                .map_err(ureq::Error::from)
                .and_then(|it| self.agent.run(it)),
            None => builder.body(()).map_err(ureq::Error::from).and_then(|it| self.agent.run(it)),
        };
        let mut response = sent.map_err(unreachable)?;
        let text = response.body_mut().read_to_string().map_err(unreachable)?;
        let body = if text.is_empty() { Ok(Json::Null) } else { serde_json::from_str(&text) };
        let status = response.status().as_u16();
        let no_json =
            |_error| request.unexpected(format!("{status} {}", quoted(&text)), "JSON".into());
        Ok(DemoResponse { status, body: body.map_err(no_json)? })
    }
}

impl HttpRequest<'_> {
    /// The error of an unexpected answer.
    pub(super) fn unexpected(&self, found: String, expected: String) -> DemoError {
        DemoError::Unexpected { method: self.method, url: self.url.to_owned(), found, expected }
    }
}

impl DemoResponse {
    /// The message of an error answer, of SCIM or the console.
    fn why(&self) -> &str {
        self.body["detail"].as_str().unwrap_or_default()
    }
}
