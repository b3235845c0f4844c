//! A client for which no answer is an answer.

use std::time::Duration;

use serde_json::Value;
use ureq::{Agent, http::Request};

/// Who calls: a base URL and a token.
pub(crate) struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
}

/// The status, 0 if nothing was answered, and the body, null if it is no JSON.
pub(crate) type Answer = (u16, Value);

impl Client {
    pub(crate) fn at(base: impl Into<String>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Self { agent: config.into(), base: base.into(), token: None }
    }

    pub(crate) fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.into()), ..self }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &body.to_string())
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, "")
    }

    fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let answer = if body.is_empty() {
            self.agent.run(request.body(()).unwrap())
        } else {
            let request = request.header("Content-Type", "application/json");
            self.agent.run(request.body(body.to_owned()).unwrap())
        };
        let Ok(mut answer) = answer else { return (0, Value::Null) };
        let text = answer.body_mut().read_to_string().unwrap_or_default();
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or_default())
    }
}
