//! A server and two callers: a SCIM client, and an administrator who turns the switches.

use std::{collections::BTreeMap, time::Duration};

use mediusflow_mock::{
    MockServer,
    scim::{Dialect, Profile},
};
use serde_json::{Value, json};
use ureq::{Agent, http::Request};

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(crate) const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
pub(crate) const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
pub(crate) const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// An empty tenant, called with its secret key and administered by its seeded admin.
pub(crate) struct Tenant {
    server: MockServer,
    agent: Agent,
    admin_token: String,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// Null if there is none.
    pub(crate) json: Value,
}

impl Tenant {
    /// In the profile `mediusflow`.
    pub(crate) fn new() -> Self {
        Self::with(Dialect::of(Profile::Mediusflow))
    }

    /// In the profile `rfc`, tolerating nothing.
    pub(crate) fn strict() -> Self {
        Self::with(Dialect::of(Profile::Rfc).strict())
    }

    pub(crate) fn with(dialect: Dialect) -> Self {
        let builder = MockServer::builder().users(0).groups(0).dialect(dialect);
        let server = builder.start().unwrap();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build();
        let mut tenant = Self { server, agent: config.into(), admin_token: String::new() };
        let login = tenant.console("POST", "/authenticate", &json!({"tenantName": "NordlysQA"}));
        tenant.admin_token = login.json["accessToken"].as_str().unwrap().into();
        tenant
    }

    /// The same, with settings changed while it runs.
    pub(crate) fn set(changes: Value) -> Self {
        let tenant = Self::new();
        let answer = tenant.change(changes);
        assert_eq!(answer.status, 200, "{answer:?}");
        tenant
    }

    /// Changes settings.
    pub(crate) fn change(&self, changes: Value) -> Answer {
        self.console("PATCH", "/scim-settings", &changes)
    }

    pub(crate) fn settings(&self) -> Value {
        self.console("GET", "/scim-settings", &Value::Null).json
    }

    /// A call of the admin console; null sends no body.
    pub(crate) fn console(&self, method: &str, path: &str, body: &Value) -> Answer {
        let tenant = if path == "/authenticate" { "" } else { "/NordlysQA" };
        let url = format!("{}{tenant}/admin/v1{path}", self.server.url());
        let token = format!("Bearer {}", self.admin_token);
        let headers = [("authorization", &*token), ("content-type", "application/json")];
        self.send((method, &url), &headers, text(body))
    }

    /// A call of the SCIM service with the secret key; null sends no body.
    pub(crate) fn scim(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.typed("application/scim+json", (method, path), text(body))
    }

    /// The same with a content type and a body of any kind.
    pub(crate) fn typed(
        &self,
        content_type: &str,
        (method, path): (&str, &str),
        body: Option<String>,
    ) -> Answer {
        self.with_headers((method, path), &[("content-type", content_type)], body)
    }

    /// The same with headers, those of every call included where they differ.
    pub(crate) fn with_headers(
        &self,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        let token = format!("Bearer {}", self.server.secret_key().unwrap());
        let usual = [("authorization", &*token), ("content-type", "application/scim+json")];
        let is_named = |name: &str| headers.iter().any(|it| it.0 == name);
        let mut all: Vec<(&str, &str)> = headers.to_vec();
        all.extend(usual.into_iter().filter(|it| !is_named(it.0)));
        self.send((method, &format!("{}{path}", self.server.scim_url())), &all, body)
    }

    /// A call of the SCIM service without a key.
    pub(crate) fn anyone(&self, path: &str) -> Answer {
        self.send(("GET", &format!("{}{path}", self.server.scim_url())), &[], None)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.scim("GET", path, &Value::Null)
    }

    /// Makes a user of this name; returns the id.
    pub(crate) fn user(&self, name: &str) -> String {
        let body = json!({"schemas": [USER], "userName": name, "active": true});
        id(&self.scim("POST", "/Users", &body))
    }

    /// Makes a group of this name; returns the id.
    pub(crate) fn group(&self, name: &str) -> String {
        id(&self.scim("POST", "/Groups", &json!({"schemas": [GROUP], "displayName": name})))
    }

    pub(crate) fn patch(&self, path: &str, operation: &Value) -> Answer {
        let body = json!({"schemas": [PATCH_OP], "Operations": [operation]});
        self.scim("PATCH", path, &body)
    }

    /// The names of the deviations that the newest exchange showed.
    pub(crate) fn findings(&self) -> Vec<String> {
        let newest = self.server.requests().pop().unwrap();
        newest.findings.iter().map(|it| it.quirk.to_string()).collect()
    }

    /// What the journal says of the newest exchange.
    pub(crate) fn summary(&self) -> String {
        self.server.requests().pop().unwrap().summary.clone()
    }

    fn send(
        &self,
        (method, url): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers.iter().filter(|it| body.is_some() || it.0 != "content-type") {
            request = request.header(*name, *value);
        }
        let response = match body {
            Some(body) => self.agent.run(request.body(body).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut response = response.unwrap();
        let headers = response.headers().iter().map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let headers = headers.collect();
        let text = response.body_mut().read_to_string().unwrap();
        let json = serde_json::from_str(&text).unwrap_or_default();
        Answer { status: response.status().as_u16(), headers, json }
    }
}

impl Answer {
    pub(crate) fn detail(&self) -> &str {
        self.json["detail"].as_str().unwrap_or_default()
    }

    /// Status and `scimType`.
    pub(crate) fn kind(&self) -> (u16, &str) {
        (self.status, self.json["scimType"].as_str().unwrap_or_default())
    }
}

fn id(made: &Answer) -> String {
    assert_eq!(made.status, 201, "{made:?}");
    made.json["id"].as_str().unwrap().into()
}

fn text(body: &Value) -> Option<String> {
    (!body.is_null()).then(|| body.to_string())
}
