//! A cursor belongs to one life of a tenant: between two resets, under one making of its name.

use mediusflow_mock::MockServer;
use serde_json::json;

use crate::{
    control,
    support::{Answer, Client, server},
};

/// Asks for what came after a cursor, in every way that there is.
fn ask(server: &MockServer, since: u64) -> Vec<Answer> {
    let control = control(server);
    let lists = ["/requests?", "/requests/export?", "/requests/wait?timeout=20s&", "/events?"];
    let mut answers: Vec<_> =
        lists.iter().map(|it| control.get(&format!("{it}since={since}"))).collect();
    let verified = json!({"match": "op:list", "since": since});
    answers.push(control.post("/requests/verify", &verified));
    let header = control.call("GET", "/events").header("Last-Event-ID", &since.to_string());
    answers.push(header.send());
    answers
}

fn list(server: &MockServer, times: usize) {
    let scim = Client::scim(server);
    for _ in 0..times {
        assert_eq!(scim.get("/Users?count=1").status, 200);
    }
}

#[test]
fn a_cursor_from_before_a_reset_is_refused_everywhere() {
    let server = server();
    list(&server, 3);
    server.reset();
    list(&server, 1);

    for refused in ask(&server, 2) {
        refused.is_problem(409, "stale-cursor", &["since=2", "counts from 3 on"]);
        assert_eq!((&refused.json["field"], &refused.json["seq"]), (&json!("since"), &json!(4)));
    }
}

#[test]
fn the_cursor_in_the_answer_to_a_reset_is_the_beginning_of_the_next_life() {
    let server = server();
    list(&server, 3);
    let reset = control(&server).call("POST", "/reset").send();
    list(&server, 1);

    assert_eq!(reset.json["seq"], 3, "{reset:?}");
    let came = control(&server).get("/requests?since=3");
    assert_eq!((came.status, &came.json["missed"]), (200, &json!(0)), "{came:?}");
    assert_eq!(came.json["items"].as_array().unwrap().len(), 1);
    assert_eq!(came.json["items"][0]["seq"], 4);
}

#[test]
fn a_cursor_that_the_server_did_not_make_is_refused_everywhere() {
    let server = server();
    list(&server, 1);

    for refused in ask(&server, 2) {
        refused.is_problem(409, "stale-cursor", &["since=2", "the latest exchange", "is 1"]);
    }
}

#[test]
fn a_cursor_of_a_deleted_tenant_is_refused_by_the_next_one_of_its_name() {
    let server = server();
    list(&server, 2);
    let control = control(&server);
    assert_eq!(control.call("DELETE", "").send().status, 204);
    let tenants = Client::at(format!("http://{}/_mock/v1", server.address()));
    let made = tenants.post("/tenants", &json!({"name": "NordlysQA"}));
    assert_eq!(made.status, 201, "{made:?}");
    let key = made.json["secretKey"].as_str().unwrap();
    let scim = Client::at(server.scim_url()).with_token(key);
    for _ in 0..3 {
        assert_eq!(scim.get("/Users?count=1").status, 200);
    }

    for refused in ask(&server, 1) {
        refused.is_problem(409, "stale-cursor", &["counts from 2 on"]);
    }
    assert_eq!(control.get("/requests?since=2").json["items"].as_array().unwrap().len(), 3);
}

#[test]
fn a_reset_is_missed_by_nobody_and_a_deletion_is() {
    let server = server();
    let control = control(&server);
    list(&server, 2);
    server.reset();
    list(&server, 3);
    assert_eq!(control.delete("/requests").status, 204);
    list(&server, 1);

    let all = control.get("/requests");

    assert_eq!(all.json["missed"], 3);
    assert_eq!(all.json["missedReasons"]["deleted"], 3);
    assert_eq!(all.json["missedReasons"]["evictedByCount"], 0);
}
