//! The administrator's HTTP, and what the demo needs to know of an answer.

use std::fmt;

use serde_json::Value as Json;
use ureq::{Agent, config::AutoHeaderValue, http};

use crate::{entra::DirectoryFileError, scim::quoted, seed::FixtureError};

/// Sends requests and remembers how they went.
#[derive(Debug)]
pub(super) struct HttpClient {
    agent: Agent,
    sent: Vec<AnsweredRequest>,
}

/// How one request went.
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
    /// The header line by which the server tells who sends it.
    pub(super) sender: (&'static str, &'static str),
    pub(super) body: Option<&'a Json>,
}

/// An answer; the body is null if there is none.
#[derive(Debug)]
pub(super) struct DemoResponse {
    pub(super) status: u16,
    pub(super) body: Json,
}

/// Why the demo does not go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum DemoError {
    /// No answer came.
    #[error("{method} {url} failed: {source}")]
    Unreachable { method: &'static str, url: String, source: Box<ureq::Error> },
    /// An answer came that is not the expected one.
    #[error("{method} {url} answered {found}, expected {expected}")]
    Unexpected { method: &'static str, url: String, found: String, expected: String },
    /// A step needs what no step before it made.
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
    /// A client that says in each request who it is.
    pub(super) fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(AutoHeaderValue::None)
            .proxy(None)
            .build();
        Self { agent: config.new_agent(), sent: Vec::new() }
    }

    /// Sends a request whose answer must have one of these statuses.
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

    /// What was sent since the last time that somebody asked.
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
    /// The error of an answer that is not the expected one.
    pub(super) fn unexpected(&self, found: String, expected: String) -> DemoError {
        DemoError::Unexpected { method: self.method, url: self.url.to_owned(), found, expected }
    }
}

impl DemoResponse {
    /// The words of an error answer, SCIM's and the console's alike.
    fn why(&self) -> &str {
        self.body["detail"].as_str().unwrap_or_default()
    }
}
