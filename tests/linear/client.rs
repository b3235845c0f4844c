//! A client that knows the operations of the model.

use std::time::Duration;

use mediusflow_mock::{MockServer, scim::urn};
use serde_json::{Value as Json, json};
use ureq::{Agent, http::Request};

use crate::model::{Answer, Operation};

/// How many operations of a PATCH only take time.
const IDLE: usize = 50;

/// A connection of its own to a server.
pub(crate) struct Client {
    agent: Agent,
    base: String,
    authorization: String,
}

impl Client {
    pub(crate) fn new(server: &MockServer) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(1)))
            .build();
        Self {
            agent: config.into(),
            base: server.scim_url(),
            authorization: format!("Bearer {}", server.secret_key().unwrap()),
        }
    }

    /// Makes a group without members; returns its id.
    pub(crate) fn create_group(&self, name: &str) -> String {
        let body = json!({"schemas": [urn::GROUP], "displayName": name});
        let (status, answer) = self.send("POST", "/Groups", Some(&body));
        assert_eq!(status, 201, "{answer}");
        text(&answer["id"])
    }

    /// Does an operation; those on the group do it to this one.
    pub(crate) fn perform(&self, group: &str, operation: &Operation) -> Answer {
        let group = format!("/Groups/{group}");
        let user = |id: &str| format!("/Users/{id}");
        let (method, path, body) = match operation {
            Operation::Create(name) => {
                let body = json!({"schemas": [urn::USER], "userName": name});
                ("POST", "/Users".to_owned(), Some(body))
            }
            Operation::Rename(id, name) => {
                let operation = json!({"op": "replace", "path": "userName", "value": name});
                ("PATCH", user(id), Some(patch(&operation)))
            }
            Operation::Delete(id) => ("DELETE", user(id), None),
            Operation::Add(id) => {
                let value = json!([{"value": id}]);
                let operation = json!({"op": "add", "path": "members", "value": value});
                ("PATCH", group, Some(patch(&operation)))
            }
            Operation::Remove(id) => {
                let path = format!("members[value eq \"{id}\"]");
                ("PATCH", group, Some(patch(&json!({"op": "remove", "path": path}))))
            }
            Operation::Members => ("GET", group, None),
            Operation::Find(name) => {
                ("GET", format!("/Users?filter=userName%20eq%20%22{name}%22"), None)
            }
        };
        let (status, answer) = self.send(method, &path, body.as_ref());
        understood(operation, status, &answer)
    }

    fn send(&self, method: &str, path: &str, body: Option<&Json>) -> (u16, Json) {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("Authorization", &self.authorization)
            .header("Content-Type", "application/scim+json");
        let response = match body {
            Some(body) => self.agent.run(request.body(body.to_string()).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut response = response.unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), serde_json::from_str(&text).unwrap_or_default())
    }
}

/// A PATCH that does this, after much that changes nothing: while it is at it, others come.
fn patch(operation: &Json) -> Json {
    let idle = json!({"op": "replace", "path": "externalId", "value": "the same in every request"});
    let operations: Vec<&Json> = std::iter::repeat_n(&idle, IDLE).chain([operation]).collect();
    json!({"schemas": [urn::PATCH_OP], "Operations": operations})
}

fn understood(operation: &Operation, status: u16, answer: &Json) -> Answer {
    let ids = |list: &Json, name: &str| {
        let list = list.as_array().into_iter().flatten();
        Answer::Ids(list.map(|it| text(&it[name])).collect())
    };
    match (operation, status) {
        (Operation::Create(_), 201) => Answer::Created(text(&answer["id"])),
        (Operation::Members, 200) => ids(&answer["members"], "value"),
        (Operation::Find(_), 200) => ids(&answer["Resources"], "id"),
        (_, 200 | 204) => Answer::Done,
        (_, 404) => Answer::NotFound,
        (_, 409) => Answer::Conflict,
        _ => panic!("{operation:?} was answered {status}: {answer}"),
    }
}

fn text(value: &Json) -> String {
    value.as_str().unwrap().to_owned()
}
