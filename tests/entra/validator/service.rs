//! The service that is judged, and what the validator asks of every answer.

use mediusflow_mock::entra::Response;
use serde_json::{Value, json};

use crate::support::{ENTERPRISE, World};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// A service under test, with the validator's user, her manager and a group.
pub(super) struct Service {
    world: World,
    /// What was sent to create the user.
    pub(super) sent: Value,
    pub(super) user: String,
    pub(super) managers: [String; 2],
    pub(super) group: String,
}

impl Service {
    pub(super) fn new() -> Self {
        let world = World::new();
        let manager = |name: &str| {
            id_of(&world, "/Users", &json!({"schemas": [USER], "userName": name, "active": true}))
        };
        let managers = ["megan@contoso.com", "alex@contoso.com"].map(manager);
        let recording = include_str!("../../../fixtures/entra/validator-create-user.json");
        let recording: Value =
            serde_json::from_str(&recording.replace("{{megan.id}}", &managers[0])).unwrap();
        let sent = recording["steps"][0]["request"]["body"].clone();
        let user = id_of(&world, "/Users", &sent);
        let group = id_of(&world, "/Groups", &group("Val Group"));
        Self { world, sent, user, managers, group }
    }

    pub(super) fn user_path(&self) -> String {
        format!("/Users/{}", self.user)
    }

    pub(super) fn group_path(&self) -> String {
        format!("/Groups/{}", self.group)
    }

    pub(super) fn call(&self, method: &'static str, path: &str, body: Option<Value>) -> Response {
        self.world.call(method, path, body)
    }

    /// A PATCH that must succeed; answers the resource behind it.
    pub(super) fn patch(&self, path: &str, operations: Value) -> Value {
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
        let body = json!({"schemas": schemas, "Operations": operations});
        let answer = self.call("PATCH", path, Some(body));
        let expected = if path.starts_with("/Groups") { 204 } else { 200 };
        assert_eq!(answer.status, expected, "{}", answer.body);
        self.get(path)
    }

    pub(super) fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path, None);
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// What a query finds, in the form of a list.
    pub(super) fn found(&self, path: &str) -> Vec<Value> {
        let list = self.get(path);
        assert_eq!(list["schemas"], json!([LIST]));
        let found = list["Resources"].as_array().cloned().unwrap_or_default();
        assert_eq!(list["totalResults"], found.len());
        found
    }

    /// Deletes the resource; from then on it is not found.
    pub(super) fn delete(&self, path: &str) {
        assert_eq!(self.call("DELETE", path, None).status, 204);
        self.is_gone("GET", path);
    }

    pub(super) fn is_gone(&self, method: &'static str, path: &str) {
        let answer = self.call(method, path, None);
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, &body["schemas"]), (404, &json!([ERROR])));
    }

    pub(super) fn manager(&self, operation: &str, value: &str) -> Value {
        let path = format!("{ENTERPRISE}:manager");
        let operations = json!([{"op": operation, "path": path, "value": {"value": value}}]);
        self.patch(&self.user_path(), operations)[ENTERPRISE]["manager"]["value"].clone()
    }
}

pub(super) fn group(name: &str) -> Value {
    let schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"];
    json!({"schemas": schemas, "displayName": name, "externalId": name})
}

/// Creates a resource; answers its id.
fn id_of(world: &World, endpoint: &str, body: &Value) -> String {
    let answer = world.call("POST", endpoint, Some(body.clone()));
    assert_eq!(answer.status, 201, "{}", answer.body);
    let created: Value = serde_json::from_str(&answer.body).unwrap();
    created["id"].as_str().unwrap().to_owned()
}
