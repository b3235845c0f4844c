//! Who may sign in, asked through the control API and in Rust: the decision, what it turned to, and what
//! becomes of that when the tenant gets another state.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bad_input;
mod decision;
mod lifecycle;
mod lives;
mod rust;
mod scale;
#[expect(dead_code, reason = "these tests need a part of what those of the APIs need")]
#[path = "../api/support.rs"]
mod support;
mod waits;

use mediusflow_mock::MockServer;
use serde_json::{Value, json};
use support::{Answer, Client, operations, server, user};

/// A server with who provisions its default tenant and who tests.
struct World {
    server: MockServer,
    scim: Client,
    control: Client,
}

const ANNA: &str = "anna@contoso.com";

impl World {
    fn new() -> Self {
        Self::of(server())
    }

    fn of(server: MockServer) -> Self {
        let control = format!("http://{}/_mock/v1/tenants/NordlysQA", server.address());
        Self { scim: Client::scim(&server), control: Client::at(control), server }
    }

    /// Makes a user; answers the id.
    fn provision(&self, name: &str, rest: Value) -> String {
        let made = self.scim.post("/Users", &user(name, rest));
        assert_eq!(made.status, 201, "{made:?}");
        made.at("/id").to_owned()
    }

    /// Gives an attribute of a user a value.
    fn set(&self, id: &str, path: &str, value: impl Into<Value>) {
        let value: Value = value.into();
        let operation = json!([{"op": "replace", "path": path, "value": value}]);
        let changed = self.scim.patch(&format!("/Users/{id}"), &operations(operation));
        assert!(changed.status < 300, "{changed:?}");
    }

    /// Gives an attribute of the Medius extension a value.
    fn set_medius(&self, id: &str, name: &str, value: &str) {
        let urn = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";
        self.set(id, &format!("{urn}:{name}"), value);
    }

    fn decision(&self, key: &str) -> Answer {
        self.control.get(&format!("/users/{key}/sign-in"))
    }

    fn result(&self, key: &str) -> String {
        self.decision(key).at("/result").to_owned()
    }

    /// Asserts that a sign-in of a user turned to this.
    fn turned(&self, user: &str, sequence: &[&str]) {
        let met = self.verify(&json!({"user": user, "sequence": sequence}));
        assert_eq!(met.status, 200, "{met:?}");
    }

    fn verify(&self, expected: &Value) -> Answer {
        self.control.post("/sign-in/verify", expected)
    }

    fn history(&self, key: &str) -> Value {
        self.control.get(&format!("/users/{key}/sign-in/history")).json
    }

    /// Takes the configuration away that applies to everybody whom no other one is for.
    fn without_default(&self) {
        let all = self.control.get("/configurations").json;
        let default = all["items"].as_array().unwrap().iter().find(|it| it["filter"] == "");
        let id = default.unwrap()["id"].as_str().unwrap();
        assert_eq!(self.control.delete(&format!("/configurations/{id}")).status, 204);
    }
}
