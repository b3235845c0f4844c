//! Limits: how many requests are let through, and who does not wait.

use jiff::SignedDuration;
use mediusflow_mock::internals::TenantInternals as _;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    ada, control, last,
    support::{Answer, Client, timed_server},
};

fn put(server: &mediusflow_mock::MockServer, limits: Value) -> Answer {
    control(server)
        .call("PUT", "/limits")
        .header("content-type", "application/json")
        .json(&limits)
        .send()
}

#[test]
fn the_refusal_of_a_limited_key_has_a_retry_after() {
    let (server, clock) = timed_server();
    put(&server, json!({"key": {"rate": 1, "per": "10s", "burst": 2}}));
    let scim = Client::scim(&server);

    let seen: Vec<_> = (0..3).map(|_| scim.get("/Users")).collect();
    clock.advance(SignedDuration::from_secs(10));
    let later = scim.get("/Users").status;

    assert_eq!(seen.iter().map(|it| it.status).collect::<Vec<_>>(), [200, 200, 429]);
    assert_eq!(seen[2].header("retry-after"), "10");
    seen[2].is_scim_error(429, "", &["too many requests for the limit `key`", "10 s"]);
    assert_eq!(later, 200);
    assert!(last(&server).findings.is_empty(), "who waits is not reported");
}

#[test]
fn a_caller_that_does_not_wait_is_reported() {
    let (server, clock) = timed_server();
    put(&server, json!({"tenant": {"rate": 1, "per": "1m", "burst": 1}}));
    let scim = Client::scim(&server);
    scim.get("/Users");
    scim.get("/Users");
    clock.advance(SignedDuration::from_secs(20));

    let refused = scim.get("/Users");

    let findings = last(&server).findings.clone();
    assert_eq!((refused.status, refused.header("retry-after")), (429, "40"));
    assert_eq!(findings[0].quirk, "retryAfterIgnored");
    assert_eq!(
        findings[0].what,
        "the caller came back 40 s before the time it was told to wait for"
    );
    let shown = control(&server).get("/limits").json;
    assert_eq!((&shown["refused"], &shown["retriedEarly"]), (&json!(2), &json!(1)));
}

#[test]
fn an_operation_has_its_own_limit_and_a_refused_write_does_nothing() {
    let (server, _clock) = timed_server();
    put(&server, json!({"operations": {"user.create": {"rate": 1, "per": "1h"}}}));
    let scim = Client::scim(&server);
    assert_eq!(scim.post("/Users", &ada()).status, 201);
    let revision = server.tenant().revision();

    let refused = scim.post("/Users", &ada());

    refused.is_scim_error(429, "", &["`user.create`"]);
    assert_eq!((refused.header("retry-after"), server.tenant().revision()), ("3600", revision));
    assert_eq!(scim.get("/Users").status, 200);
}

#[test]
fn the_shown_limits_can_be_put_back() {
    let (server, _clock) = timed_server();
    let shown = put(&server, json!({"key": {"rate": 5, "burst": 10}}));

    let again = put(&server, shown.json.clone());

    assert_eq!((again.status, again.json), (200, shown.json));
    assert_eq!(put(&server, json!({})).json, json!({"refused": 0, "retriedEarly": 0}));
}

#[test]
fn the_control_api_is_not_limited() {
    let (server, _clock) = timed_server();
    put(&server, json!({"tenant": {"rate": 0.001, "burst": 1}}));

    assert!((0..5).all(|_| control(&server).get("/limits").status == 200));
}

#[rstest]
#[case(json!({"mode": "real"}))]
#[case(json!({"mode": "frozen"}))]
#[case(json!({"mode": "offset", "by": "-30d"}))]
#[case(json!({"mode": "scaled", "factor": 0.001}))]
#[case(json!({"mode": "scaled", "factor": 1000}))]
fn a_caller_that_waits_is_allowed_and_another_is_refused_with_any_clock(#[case] setting: Value) {
    let (server, clock) = timed_server();
    let set = control(&server)
        .call("PUT", "/clock")
        .header("content-type", "application/json")
        .json(&setting)
        .send();
    assert_eq!(set.status, 200, "{set:?}");
    put(&server, json!({"key": {"rate": 1, "per": "10s", "burst": 1}}));
    let scim = Client::scim(&server);
    let get = || {
        let status = scim.get("/Users").status;
        let findings = last(&server).findings.iter().map(|it| it.quirk.to_string()).collect();
        (status, findings)
    };
    let (through, none) = (200, Vec::<String>::new());

    assert_eq!(get(), (through, none.clone()));
    assert_eq!(get(), (429, none.clone()));
    clock.advance(SignedDuration::from_secs(9));
    assert_eq!(get(), (429, vec!["retryAfterIgnored".to_owned()]));
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(get(), (through, none));
}

#[test]
fn advancing_the_clock_counts_as_waiting() {
    let (server, _clock) = timed_server();
    put(&server, json!({"key": {"rate": 1, "per": "10s", "burst": 1}}));
    let scim = Client::scim(&server);
    let seen = [scim.get("/Users"), scim.get("/Users")].map(|it| it.status);

    let advance = json!({"by": "10s"});
    let client = control(&server);
    client
        .call("POST", "/clock/advance")
        .header("content-type", "application/json")
        .json(&advance)
        .send();

    assert_eq!((seen, scim.get("/Users").status), ([200, 429], 200));
    assert!(last(&server).findings.is_empty());
}
