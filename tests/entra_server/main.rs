//! The Entra side inside the server, through the control API: both sides of the tutorial from one
//! process, with real requests in the journal between them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod cycles;
#[cfg(feature = "dashboard")]
mod dashboard;
mod endings;
mod refusals;
#[expect(dead_code, reason = "these tests need a part of what those of the APIs need")]
#[path = "../api/support.rs"]
mod support;

use mediusflow_mock::MockServer;
use serde_json::{Value, json};
use support::{Answer, Client};

/// A server whose own tenant is empty, and one who calls the control API about it.
struct World {
    server: MockServer,
    control: Client,
}

impl World {
    fn new() -> Self {
        let server = MockServer::builder().users(0).groups(0).start().unwrap();
        let control = Client::at(server.control_url());
        Self { server, control }
    }

    /// The same with a job that provisions a generated company.
    fn with_job(users: usize, groups: usize) -> Self {
        let world = Self::new();
        let company = json!({
            "directory": {"generate": {"users": users, "groups": groups}},
            "requestsPerSecond": 100_000, // Entra's own pace would take a test's time
        });
        let made = world.put("/entra", &company);
        assert_eq!(made.status, 200, "{made:?}");
        world
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let call = self.control.call(method, path).header("content-type", "application/json");
        call.json(body).send()
    }

    fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, body)
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body)
    }

    fn get(&self, path: &str) -> Answer {
        self.control.get(path)
    }

    /// Runs a cycle to its end.
    fn cycle(&self) -> Value {
        let answer = self.post("/entra/cycle?wait=true", &json!({}));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json
    }

    /// How many of the requests so far wrote something.
    fn writes(&self) -> usize {
        let requests = self.server.requests();
        requests.iter().filter(|it| it.method != "GET").count()
    }
}
