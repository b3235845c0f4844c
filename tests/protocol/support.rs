//! A server without users and groups, and a client with its key.

use std::time::Duration;

use mediusflow_mock::{MockServer, scim::Profile};
use serde_json::{Value as Json, json};
use ureq::{Agent, http::Request};

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(crate) const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// A server, and a client that talks to its default tenant.
pub(crate) struct Stage {
    pub(crate) server: MockServer,
    agent: Agent,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The body; `null` if there was none.
    pub(crate) json: Json,
    headers: Vec<(String, String)>,
}

/// A server in the profile of the whole standard.
pub(crate) fn stage() -> Stage {
    of(Profile::Rfc)
}

/// A server in a profile.
pub(crate) fn of(profile: Profile) -> Stage {
    Stage::on(MockServer::builder().profile(profile).users(0).groups(0).start().unwrap())
}

impl Stage {
    pub(crate) fn on(server: MockServer) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Self { server, agent: config.into() }
    }

    /// Sends one request to a path below the base URL.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Json>,
    ) -> Answer {
        let key = self.server.secret_key().unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.server.scim_url()))
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/scim+json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map(Json::to_string).unwrap_or_default();
        let mut response = self.agent.run(request.body(body).unwrap()).unwrap();
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let text = response.body_mut().with_config().limit(u64::MAX).read_to_string().unwrap();
        let json = if text.is_empty() { Json::Null } else { serde_json::from_str(&text).unwrap() };
        Answer { status: response.status().as_u16(), json, headers }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    pub(crate) fn post(&self, path: &str, body: &Json) -> Answer {
        self.send("POST", path, &[], Some(body))
    }

    /// Creates a user and returns its id.
    pub(crate) fn user(&self, body: Json) -> String {
        self.make("/Users", USER, body)
    }

    /// Creates a group and returns its id.
    pub(crate) fn group(&self, body: Json) -> String {
        self.make("/Groups", GROUP, body)
    }

    fn make(&self, path: &str, schema: &str, mut body: Json) -> String {
        body["schemas"] = json!([schema]);
        let made = self.post(path, &body);
        assert_eq!(made.status, 201, "{made:?}");
        made.json["id"].as_str().unwrap().to_owned()
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// One attribute of every resource of a list.
    pub(crate) fn each(&self, attribute: &str) -> Vec<&str> {
        let resources = self.json["Resources"].as_array().unwrap_or_else(|| panic!("{self:?}"));
        resources.iter().map(|it| it[attribute].as_str().unwrap_or("-")).collect()
    }

    /// Asserts that it is an error of this status and type whose detail has these words.
    #[track_caller]
    pub(crate) fn is_refused(&self, status: u16, scim_type: &str, words: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.json["status"], status.to_string(), "{self:?}");
        assert_eq!(self.json["scimType"].as_str().unwrap_or_default(), scim_type, "{self:?}");
        let detail = self.json["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(words), "{detail:?} has no {words:?}");
    }
}
