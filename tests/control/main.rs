//! The control API over HTTP: the server, tenants, their state, what a test edits, and who is let in.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod beside;
mod edits;
mod guard;
mod imports;
mod journals;
mod overtaken;
mod parallel;
mod renames;
mod reset;
mod seeding;
mod server;
mod state;
#[expect(dead_code, reason = "these tests need a part of what those of the APIs need")]
#[path = "../api/support.rs"]
mod support;
mod tenants;
mod times;

use mediusflow_mock::MockServer;
use serde_json::{Value, json};
use support::{Answer, Call, Client};

/// One who calls the control API.
struct Control(Client);

impl Control {
    fn of(server: &MockServer) -> Self {
        Self(Client::at(format!("http://{}/_mock/v1", server.address())))
    }

    fn call<'a>(&'a self, method: &'a str, path: &str) -> Call<'a> {
        self.0.call(method, path).header("content-type", "application/json")
    }

    fn get(&self, path: &str) -> Answer {
        self.0.get(path)
    }

    fn delete(&self, path: &str) -> Answer {
        self.0.delete(path)
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.call(method, path).json(body).send()
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body)
    }

    /// Makes a tenant; answers what the control API says of it.
    fn tenant(&self, body: &Value) -> Value {
        let answer = self.post("/tenants", body);
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json
    }
}

/// Who calls the SCIM service of a tenant that the control API made.
fn scim(server: &MockServer, tenant: &Value) -> Client {
    let base =
        format!("http://{}/{}/scim/v2", server.address(), tenant["tenant"].as_str().unwrap());
    Client::at(base).with_token(tenant["secretKey"].as_str().unwrap())
}

/// The path of the default tenant.
const DEFAULT: &str = "/tenants/NordlysQA";

fn empty() -> Value {
    json!({})
}
