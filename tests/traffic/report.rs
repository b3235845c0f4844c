//! What a strict server would refuse of a client.

use mediusflow_mock::internals::TenantInternals as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mediusflow_mock::MockServer;
use serde_json::{Value, json};

use crate::{
    control,
    support::{Client, operations, server, user},
};

/// A client that writes operations in upper case, and a boolean as a string.
fn deviate(server: &MockServer, agent: &str) {
    let scim = Client::scim(server);
    let id = scim.first_user()["id"].as_str().unwrap().to_owned();
    let patch = operations(json!([
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Replace", "path": "title", "value": "Chief"},
    ]));
    let answer =
        scim.call("PATCH", &format!("/Users/{id}")).header("user-agent", agent).json(&patch);
    assert_eq!(answer.send().status, 200);
}

fn rules(report: &Value) -> Vec<(&str, u64)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|it| (it["rule"].as_str().unwrap(), it["count"].as_u64().unwrap())).collect()
}

#[test]
fn findings_are_grouped_by_rule_with_what_every_server_takes() {
    let server = server();
    deviate(&server, "clerk/1.0");
    deviate(&server, "clerk/1.0");

    let report = control(&server).get("/report");

    assert_eq!(report.status, 200, "{report:?}");
    assert_eq!(rules(&report.json), [("opCase", 2), ("stringBoolean", 2)]);
    let first = &report.json["findings"][0];
    assert_eq!(first["section"], "RFC 7644 §3.5.2");
    assert_eq!(first["form"], "{\"op\": \"replace\"}");
    assert_eq!(first["instead"], "write the operation in lower case");
    assert!(!first["at"].as_array().unwrap().is_empty());
    assert_eq!((&first["first"]["seq"], &first["first"]["from"]), (&json!(2), &json!("clerk")));
    assert!(report.at("/findings/0/first/curl").contains("--data-raw '{"), "{report:?}");
    assert!(!report.text.contains(&server.secret_key().unwrap()));
    assert_eq!((&report.json["read"], &report.json["missed"]), (&json!(4), &json!(0)));
}

#[test]
fn a_report_is_about_a_sender_and_a_time() {
    let server = server();
    deviate(&server, "clerk/1.0");
    deviate(&server, "My Other Client/2.0");
    let control = control(&server);

    let clerk = control.get("/report?from=clerk");
    let other = control.get("/report?from=My%20Other%20Client");
    let since = control.get("/report?since=2");
    let nobody = control.get("/report?from=~%5Enobody$");

    assert_eq!(
        (rules(&clerk.json)[0], clerk.at("/findings/0/first/from")),
        (("opCase", 1), "clerk")
    );
    assert_eq!(other.json["findings"][0]["first"]["seq"], 4);
    assert_eq!(since.json["findings"][0]["first"]["seq"], 4);
    assert_eq!((rules(&nobody.json), &nobody.json["read"]), (vec![], &json!(0)));
}

#[test]
fn a_wrong_question_is_refused() {
    let server = server();
    let control = control(&server);

    control.get("/report?form=clerk").is_problem(400, "invalid-query", &["form"]);
    control.get("/report?from=").is_problem(400, "invalid-query", &["from", "value"]);
    control.get("/report?from=~%5B").is_problem(400, "invalid-query", &["regular expression"]);
    control.get("/report?since=7").is_problem(409, "stale-cursor", &["since=7"]);
    control.get("/report?q=op:get").is_problem(400, "invalid-query", &["q"]);
}

#[test]
fn what_was_not_read_and_what_is_gone_is_told() {
    let server = server();
    deviate(&server, "clerk/1.0");
    Client::scim(&server).with_token("mfk_wrong").get("/Users");
    let control = control(&server);

    let unread = control.get("/report");
    control.delete("/requests");
    let gone = control.get("/report");

    assert_eq!((&unread.json["read"], &unread.json["unread"]), (&json!(2), &json!(1)));
    assert_eq!((rules(&gone.json), &gone.json["missed"]), (vec![], &json!(3)));
    assert_eq!(gone.json["missedReasons"]["deleted"], 3);
}

#[test]
fn what_the_tenant_refuses_is_no_finding_and_named() {
    let server = server();
    let console = Client::console(&server);
    let strict = console.patch("/scim-settings", &json!({"quirks": {"opCase": false}}));
    assert_eq!(strict.status, 200, "{strict:?}");
    let id = Client::scim(&server).first_user()["id"].as_str().unwrap().to_owned();
    let patch = operations(json!([{"op": "Replace", "path": "title", "value": "Chief"}]));
    Client::scim(&server).patch(&format!("/Users/{id}"), &patch);

    let report = control(&server).get("/report");

    assert_eq!(rules(&report.json), []);
    assert!(report.json["refused"].as_array().unwrap().contains(&json!("opCase")));
}

#[test]
fn what_a_test_does_itself_is_not_reported() {
    let server = server();
    let control = control(&server);
    let id = Client::scim(&server).first_user()["id"].as_str().unwrap().to_owned();
    let patch = operations(json!([{"op": "Replace", "path": "active", "value": "False"}]));
    assert_eq!(control.patch(&format!("/users/{id}"), &patch).status, 200);

    assert_eq!(rules(&control.get("/report").json), []);
    server.expect_no_findings();
}

#[test]
fn a_test_in_rust_expects_no_findings() {
    let server = server();
    Client::scim(&server).post("/Users", &user("anna@contoso.com", json!({"active": true})));
    server.expect_no_findings();
    deviate(&server, "clerk/1.0");

    let findings = server.findings();
    let panic = catch_unwind(AssertUnwindSafe(|| server.expect_no_findings())).unwrap_err();

    assert_eq!(findings.rules()[0].finding.quirk, "opCase");
    let said = panic.downcast_ref::<String>().unwrap();
    for part in ["2 things", "RFC 7643 §2.3.2", "{\"active\": false}", "curl -sS"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[test]
fn exchanges_that_have_left_are_not_expected_to_be_right() {
    let server = server();
    Client::scim(&server).get("/Users");
    server.tenant().journal().clear();

    let panic = catch_unwind(AssertUnwindSafe(|| server.expect_no_findings())).unwrap_err();

    let said = panic.downcast_ref::<String>().unwrap();
    assert!(said.contains("1 had left the journal"), "{said}");
}
