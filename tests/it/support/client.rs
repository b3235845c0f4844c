//! The client of the recordings: like Entra it sends no `User-Agent`, and nothing else unasked.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

pub(crate) struct Client {
    agent: Agent,
    scim_url: String,
    authorization: String,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
}

impl Client {
    pub(crate) fn new(scim_url: &str, secret_key: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent("")
            .accept("")
            .accept_encoding("")
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Self {
            agent: config.into(),
            scim_url: scim_url.trim_end_matches('/').into(),
            authorization: format!("Bearer {secret_key}"),
        }
    }

    /// Sends one request; `headers` go before those that every request carries, and `None` leaves
    /// one of these out.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &BTreeMap<String, Option<String>>,
        body: Option<String>,
    ) -> Result<Answer, ureq::Error> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.scim_url));
        let usual = [
            ("Authorization", Some(self.authorization.as_str())),
            ("Content-Type", body.as_ref().map(|_| "application/scim+json")),
        ];
        for (name, value) in usual {
            let said = headers.keys().any(|other| other.eq_ignore_ascii_case(name));
            if let (false, Some(value)) = (said, value) {
                request = request.header(name, value);
            }
        }
        for (name, value) in headers {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let mut response = match body {
            Some(body) => self.agent.run(request.body(body)?)?,
            None => self.agent.run(request.body(())?)?,
        };
        let headers = response.headers().iter().map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        Ok(Answer {
            status: response.status().as_u16(),
            headers: headers.collect(),
            text: response.body_mut().read_to_string()?,
        })
    }
}

impl Answer {
    /// The body as JSON, if it is any.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.text).ok()
    }
}
