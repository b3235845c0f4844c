//! The provisioning pages of mock Entra: Step 5 and 6 of the tutorial.

use mediusflow_mock::{MockServer, ServerClock};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, exchanges},
    support::{Answer, Client, NOW},
};

mod clicks;
mod credentials;
mod guard;
mod lists;
mod monitor;

/// The provisioning of the default tenant.
pub(crate) const PROVISIONING: &str =
    "/NordlysQA/entra/c41f6a0e-7d52-4b9e-8f0d-2a6b9c3e5d71/provisioning";

/// A page of it.
fn at(path: &str) -> String {
    format!("{PROVISIONING}{path}")
}

/// A tenant without users, and without a job.
fn empty_server() -> MockServer {
    let clock = ServerClock::Fixed(NOW);
    MockServer::builder().users(0).groups(0).clock(clock).start().unwrap()
}

/// The control API of the default tenant.
fn control(server: &MockServer) -> Client {
    Client::at(format!("http://{}/_mock/v1/tenants/NordlysQA", server.address()))
}

/// The SCIM link of the default tenant.
fn scim_link(server: &MockServer) -> String {
    format!("http://{}/NordlysQA/scim/v2", server.address())
}

/// A tenant with a job, whose directory has so many users and two groups, all of them assigned.
fn with_job(users: usize) -> MockServer {
    let server = empty_server();
    let directory = json!({"generate": {"users": users, "groups": 2}});
    let made =
        control(&server).put("/entra", &json!({"scope": "assigned", "directory": directory}));
    assert_eq!(made.status, 200, "{made:?}");
    server
}

/// Fills in the form of the first page and presses a button of it.
fn press(browser: &mut Browser, button: &str, fields: &[(&str, &str)]) -> Answer {
    let all: Vec<_> = [("do", button)].into_iter().chain(fields.iter().copied()).collect();
    browser.press(PROVISIONING, &all)
}

/// What the pages called, in the order in which it was recorded: method, address, status and body.
fn calls(server: &MockServer) -> Vec<Value> {
    let base = "/_mock/v1/tenants/NordlysQA/entra";
    let all = exchanges(server).into_iter().filter(|it| it["from"] == "entra-portal");
    all.map(|it| {
        let target = it["target"].as_str().unwrap().strip_prefix(base).unwrap().to_owned();
        let shown = control(server).get(&format!("/requests/{}", it["seq"])).json;
        let body = shown["request"]["body"].as_str().unwrap_or_default();
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        json!([it["method"], target, it["status"], body])
    })
    .collect()
}
