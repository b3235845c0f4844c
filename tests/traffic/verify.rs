//! Assertions on the traffic.

use std::thread;

use serde_json::{Value, json};

use crate::{
    control,
    support::{Answer, Client, server, user},
};

/// Two creates of one user, the second refused; then an assertion.
fn verify(expected: &Value) -> Answer {
    let server = server();
    let scim = Client::scim(&server);
    scim.post("/Users", &user("anna@contoso.com", json!({})));
    scim.post("/Users", &user("ANNA@contoso.com", json!({})));
    control(&server)
        .call("POST", "/requests/verify")
        .header("content-type", "application/json")
        .json(expected)
        .send()
}

#[test]
fn a_met_expectation_is_answered_with_its_exchanges() {
    let met = verify(&json!({"match": "op:create", "count": 2, "noOthers": true}));

    assert_eq!(met.status, 200, "{met:?}");
    assert_eq!(met.json["items"].as_array().unwrap().len(), 2);
    assert_eq!(met.json["seq"], 2);
}

#[test]
fn an_order_is_verified() {
    assert_eq!(verify(&json!({"order": ["status:201", "status:409"]})).status, 200);

    let wrong = verify(&json!({"order": ["status:409", "status:201"]}));

    wrong.is_problem(422, "verification-failed", &["place 2 of the order"]);
}

#[test]
fn an_unmet_expectation_is_answered_with_the_nearest_misses() {
    let failed = verify(&json!({"match": "op:create status:201 user:~anna", "count": 2}));

    failed.is_problem(422, "verification-failed", &["expected 2 exchanges", "found 1 of 2"]);
    let tests = failed.json["nearest"][0]["tests"].as_array().unwrap();
    let failing: Vec<_> = tests.iter().filter(|it| it["holds"] == false).collect();
    assert_eq!(failing.len(), 1);
    assert_eq!(failing[0]["test"], "status:201");
    assert_eq!(failing[0]["actual"], "409");
}

#[test]
fn only_exchanges_after_the_cursor_count() {
    let late = verify(&json!({"match": "op:create", "since": 1, "count": 1}));

    assert_eq!(late.status, 200);
    assert_eq!(late.json["items"][0]["seq"], 2);
}

#[test]
fn an_expectation_may_come_true_within_a_time() {
    let server = server();
    let (scim, control) = (Client::scim(&server), control(&server));
    let expected = json!({"match": "op:delete", "within": "20s"});
    let id = scim.first_user()["id"].as_str().unwrap().to_owned();

    let met = thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let call = control.call("POST", "/requests/verify").json(&expected);
            call.header("content-type", "application/json").send()
        });
        scim.delete(&format!("/Users/{id}"));
        asked.join().unwrap()
    });

    assert_eq!(met.status, 200, "{met:?}");
}

#[test]
fn an_expectation_that_does_not_fit_is_refused() {
    let wrong = |expected: Value, words: &[&str]| {
        verify(&expected).is_problem(400, "invalid-body", words);
    };
    wrong(json!({"match": "op:creat"}), &["op:creat", "create", "line 1"]);
    wrong(json!({"count": -1}), &["count must be a number"]);
    wrong(json!({"coutn": 1}), &["coutn", "count"]);
    wrong(json!({"within": "soon"}), &["\"soon\"", "250ms"]);
    verify(&json!({"within": "1h"})).is_problem(400, "invalid-duration", &["10 m"]);
}

#[test]
fn a_never_that_cannot_fail_is_refused() {
    let never = |filter: &str| verify(&json!({"match": filter, "count": 0}));

    never("status:20").is_problem(400, "invalid-body", &["from 100 to 599"]);
    never("op:get -status:<100,600..900").is_problem(400, "invalid-body", &["600..900"]);
    never("user:*").is_problem(400, "invalid-body", &["user:*", "a whole name"]);
    never("group:fin*,sales").is_problem(400, "invalid-body", &["fin*", "`~` finds a part"]);
    never("n:0").is_problem(400, "invalid-body", &["from 1 on"]);
    never("type:usr").is_problem(400, "never-matches", &["type:usr", "user", "Group"]);
    never("op:create | fault:flaky").is_problem(400, "never-matches", &["fault:flaky", "any"]);
    never("finding:stringBool").is_problem(400, "never-matches", &["stringBoolean"]);
    assert!(never("type:usr").at("/hint").contains("\"user\""));
}

#[test]
fn a_never_that_can_fail_is_accepted() {
    for filter in [
        "type:secretkey",
        "type:=widget",
        "type:~wid",
        "-type:usr op:delete",
        "fault:any",
        "fault:prefer",
        "finding:retryAfterIgnored",
        "user:=*",
        "user:~.*zoe",
        "status:0",
        "status:<200",
    ] {
        let met = verify(&json!({"match": filter, "count": 0}));
        assert_eq!(met.status, 200, "{filter}: {met:?}");
    }
}

#[test]
fn a_never_about_a_fault_needs_an_existing_rule() {
    let server = server();
    server.fault(&json!({"id": "flaky", "action": {"status": 503}})).unwrap();

    let met =
        control(&server).post("/requests/verify", &json!({"match": "fault:flaky", "count": 0}));
    let waits = ["completed", "received"].map(|state| {
        control(&server).get(&format!("/requests/wait?q=fault:flakey&exactly=0&state={state}"))
    });

    assert_eq!(met.status, 200, "{met:?}");
    for waited in waits {
        waited.is_problem(400, "never-matches", &["fault:flakey"]);
    }
}
