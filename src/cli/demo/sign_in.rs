//! People of the company who sign in to MediusFlow, by mock Entra, as the control API has a test do it.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::http_client::{DemoError, HttpClient, HttpRequest};

/// A sign-in of the script.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoSignIn {
    /// What is printed of it; no two sign-ins have the same title.
    pub(super) title: String,
    /// The user name.
    pub(super) user: String,
    /// What is to come of it: `works`, or the code of a refusal.
    pub(super) result: String,
}

/// What came of the sign-ins, and what was to come of them, by their titles.
#[derive(Debug)]
pub(super) struct SignInResults {
    /// The address of the tenant in the control API.
    control_url: String,
    pub(super) expected: Map<String, Json>,
    pub(super) found: Map<String, Json>,
}

const WORKS: &str = "works";

impl SignInResults {
    /// No sign-in yet, in the tenant of a server.
    pub(super) fn new(server: &str, tenant: &str) -> Self {
        let control_url = format!("{server}/_mock/v1/tenants/{tenant}");
        Self { control_url, expected: Map::new(), found: Map::new() }
    }

    /// Signs somebody in. Returns a remark about the result.
    ///
    /// # Errors
    ///
    /// When it works and was to be refused, or the other way round.
    pub(super) fn sign_in(
        &mut self,
        client: &mut HttpClient,
        wanted: &DemoSignIn,
    ) -> Result<String, DemoError> {
        let url = format!("{}/sign-in", self.control_url);
        let body = json!({ "user": wanted.user });
        let status = if wanted.result == WORKS { 200 } else { 422 };
        let answer = client.send(request("POST", &url, Some(&body)), status)?;
        let result = answer["reason"]["code"].as_str().unwrap_or(WORKS);
        self.expected.insert(wanted.title.clone(), wanted.result.clone().into());
        self.found.insert(wanted.title.clone(), result.into());
        let configuration = answer["view"]["configuration"]["name"].as_str().unwrap_or_default();
        Ok(match answer["reason"]["text"].as_str() {
            Some(why) => format!("refused: {why}"),
            None => format!("logged in: {configuration}"),
        })
    }

    /// The results that a sign-in of each of these users had in the course of the demo.
    ///
    /// # Errors
    ///
    /// When the history cannot be read.
    pub(super) fn lives(
        &self,
        client: &mut HttpClient,
        users: impl Iterator<Item = String>,
    ) -> Result<Json, DemoError> {
        let mut lives = Map::new();
        for user in users {
            let url = format!("{}/users/{user}/sign-in/history", self.control_url);
            let history = client.send(request("GET", &url, None), 200)?;
            lives.insert(user, history["sequence"].clone());
        }
        Ok(lives.into())
    }
}

fn request<'a>(method: &'static str, url: &'a str, body: Option<&'a Json>) -> HttpRequest<'a> {
    let sender = ("user-agent", "demo");
    HttpRequest { method, url, token: None, content_type: "application/json", sender, body }
}
