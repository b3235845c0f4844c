//! Faults that a request asks for itself.

use serde_json::json;

use crate::{
    control, faulty, last,
    support::{Answer, Client, server},
};

fn preferring(server: &mediusflow_mock::MockServer, value: &str) -> Answer {
    Client::scim(server).call("GET", "/Users").header("Prefer", value).send()
}

#[test]
fn a_request_may_ask_for_its_own_fault() {
    let server = server();

    let answer = preferring(&server, "return=minimal, mock-fault=\"status=503; retry-after=2\"");

    assert_eq!((answer.status, answer.header("retry-after")), (503, "2"));
    assert_eq!(last(&server).fault.as_ref().unwrap().rule, "prefer");
    assert_eq!(preferring(&server, "return=minimal").status, 200);
}

#[test]
fn a_request_may_ask_for_no_fault() {
    let server = faulty(json!({"action": {"status": 500}}));

    assert_eq!(preferring(&server, "mock-no-faults").status, 200);
    assert_eq!(preferring(&server, "wait=5").status, 500);
}

#[test]
fn an_invalid_preference_is_refused() {
    let answer = preferring(&server(), "mock-fault=\"stattus=503\"");

    answer.is_scim_error(400, "", &["Prefer: mock-fault is wrong", "unknown field `stattus`"]);
}

#[test]
fn the_header_can_be_switched_off() {
    let server = server();
    let switch = control(&server)
        .call("PATCH", "/faults")
        .header("content-type", "application/json")
        .json(&json!({"preferHeader": false}))
        .send();

    assert_eq!(switch.json["preferHeader"], false);
    assert_eq!(preferring(&server, "mock-fault=\"status=503\"").status, 200);
}
