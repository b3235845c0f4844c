//! What answers are like that take the true one's place.

use expect_test::expect;
use mediusflow_mock::traffic::Auth;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    ada, add, control, counts, faulty, last,
    support::{Client, Wire, operations, server, timed_server},
};

#[test]
fn a_status_comes_with_a_scim_error_and_its_headers() {
    let server = faulty(json!({
        "id": "busy",
        "match": {"operation": "user.create"},
        "action": {
            "status": 503, "scimType": "tooBusy", "detail": "come again", "retryAfter": 2,
            "headers": {"X-Reason": "load"},
        },
    }));

    let refused = Client::scim(&server).post("/Users", &ada());

    refused.is_scim_error(503, "tooBusy", &["come again"]);
    assert_eq!((refused.header("retry-after"), refused.header("x-reason")), ("2", "load"));
    let exchange = last(&server);
    assert_eq!(exchange.summary, "CREATE user Ada Berg 503 by fault \"busy\"");
    let fault = exchange.fault.as_ref().unwrap();
    assert_eq!((fault.n, fault.phase.as_str(), fault.action.as_str()), (1, "before", "status 503"));
    assert!((0.0..1.0).contains(&fault.roll));
}

#[test]
fn a_success_answered_by_a_fault_is_not_recorded_as_a_change() {
    let server = faulty(json!({
        "id": "lie", "match": {"operation": "user.create"}, "action": {"status": 201},
    }));

    let made = Client::scim(&server).post("/Users", &ada());

    assert_eq!(made.status, 201);
    assert_eq!(last(&server).summary, "CREATE user Ada Berg not done · by fault \"lie\"");
}

#[test]
fn an_error_after_the_operation_leaves_it_done() {
    let server = faulty(json!({
        "match": {"operation": "user.create"}, "action": {"status": 500}, "phase": "after",
    }));

    let refused = Client::scim(&server).post("/Users", &ada());
    control(&server).delete("/faults");
    let found = Client::scim(&server).get("/Users?filter=userName+eq+%22ada@nordlys.example%22");

    assert_eq!((refused.status, &found.json["totalResults"]), (500, &json!(1)));
}

#[rstest]
#[case(json!({"html": "<h1>Bad Gateway</h1>"}), 502, "text/html; charset=utf-8", "<h1>Bad Gateway</h1>")]
#[case(json!({"status": 200, "html": "<h1>Sign in</h1>"}), 200, "text/html; charset=utf-8", "<h1>Sign in</h1>")]
#[case(json!({"status": 204}), 204, "application/scim+json", "")]
fn a_gateway_answers_with_a_page(
    #[case] action: Value,
    #[case] status: u16,
    #[case] content_type: &str,
    #[case] body: &str,
) {
    let server = faulty(json!({"action": action}));

    let answer = Client::scim(&server).get("/Users");

    assert_eq!((answer.status, answer.text.as_str()), (status, body));
    assert_eq!(answer.header("content-type"), content_type);
}

#[test]
fn the_real_answer_can_have_a_wrong_content_type() {
    let server = server();
    let true_one = Client::scim(&server).get("/Users");
    add(&server, json!({"action": {"contentType": "text/plain"}}));

    let answer = Client::scim(&server).get("/Users");

    assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain"));
    assert_eq!(answer.text, true_one.text);
}

#[test]
fn a_stale_read_answers_from_before_the_last_changes() {
    let server = server();
    let scim = Client::scim(&server);
    let id = scim.post("/Users", &ada()).json["id"].as_str().unwrap().to_owned();
    let rename = |name: &str| {
        let patch = operations(json!([{"op": "replace", "path": "title", "value": name}]));
        scim.patch(&format!("/Users/{id}"), &patch)
    };
    let title = || scim.get(&format!("/Users/{id}")).json["title"].clone();
    rename("one");
    add(&server, json!({"id": "stale", "action": {"staleBy": 2}}));

    let seen: Vec<_> = ["two", "three", "four"].map(|it| (rename(it), title()).1).into();

    assert_eq!(seen, ["one", "one", "two"]);
    assert_eq!(counts(&server), (3, 3), "writes are no match of a stale read");
    control(&server).delete("/faults");
    assert_eq!(title(), "four");
}

#[test]
fn the_fault_expired_key_answers_like_real_expiry() {
    let (server, clock) = timed_server();
    let scim = Client::scim(&server);
    add(&server, json!({"action": {"expiredKey": true}}));
    let faked = scim.get("/Users");
    let exchange = last(&server);
    control(&server).delete("/faults");
    let console = Client::console(&server);
    let key =
        console.post("/secret-key", &json!({"confirm": true, "expiresAt": "2026-03-04T12:00:00Z"}));
    let key = key.at("/secretKey").to_owned();
    assert!(!key.is_empty());
    clock.advance(jiff::SignedDuration::from_hours(48));

    let real = Client::scim(&server).with_token(&key).get("/Users");

    let without_key = |text: &str| text.split(" (").next().map(str::to_owned);
    assert_eq!(without_key(faked.detail()), without_key(real.detail()));
    assert_eq!(faked.header("www-authenticate"), real.header("www-authenticate"));
    assert_eq!((faked.status, real.status), (401, 401));
    assert!(exchange.summary.starts_with("401 bearer token expired"), "{}", exchange.summary);
}

#[test]
fn the_fault_wrong_base_path_answers_like_a_wrong_path() {
    let server = server();
    let anyone = Client::at(format!("http://{}", server.address()));
    let real = anyone.get("/NordlysQA/scim/v3/Users");
    add(&server, json!({"action": {"wrongBasePath": true}}));

    let faked = Client::scim(&server).get("/Users");

    assert_eq!((faked.status, faked.at("/code")), (real.status, real.at("/code")));
    assert_eq!(faked.header("content-type"), real.header("content-type"));
}

#[test]
fn the_console_is_answered_with_problem_documents() {
    let server = server();
    let console = Client::console(&server);
    add(&server, json!({"match": {"operation": "admin.setup"}, "action": {"status": 500}}));

    console.get("/setup").is_problem(500, "fault", &["asked for"]);
    assert_eq!(console.get("/roles").status, 200);
}

#[test]
fn requests_outside_the_tenants_services_never_get_a_fault() {
    let server = faulty(json!({"action": {"status": 500}}));
    let anyone = Client::at(format!("http://{}", server.address()));

    for path in ["/", "/livez", "/readyz", "/_mock/v1", "/_mock/v1/tenants/NordlysQA/faults"] {
        assert_eq!(anyone.get(path).status, 200, "{path}");
    }
    assert_eq!(counts(&server), (0, 0));
}

#[test]
fn an_exchange_shows_its_fault_in_json() {
    let server = faulty(json!({"id": "busy", "action": {"status": 503}}));
    Client::scim(&server).get("/Users");

    let mut fault = control(&server).get("/requests").json["items"][0]["fault"].clone();

    fault["roll"] = json!("(0 to 1)");
    expect![[r#"{"action":"status 503","n":1,"phase":"before","roll":"(0 to 1)","rule":"busy"}"#]]
        .assert_eq(&fault.to_string());
}

#[test]
fn a_rust_test_fails_the_next_request() {
    let server = server();
    server.fail_next("user.create", 503).unwrap();
    let scim = Client::scim(&server);

    let answers = [scim.get("/Users"), scim.post("/Users", &ada()), scim.post("/Users", &ada())];

    assert_eq!(answers.map(|it| it.status), [200, 503, 201]);
    let refused = server.fail_next("user.crate", 503).unwrap_err();
    assert!(refused.to_string().starts_with("match.operation: unknown operation `user.crate`"));
}

#[test]
fn faults_can_be_asked_for_in_the_journal() {
    let server = faulty(json!({"id": "gone", "action": {"connection": "close"}}));
    crate::rest(crate::sent(&server, "GET", "/Users", ""));
    let found = |q: &str| {
        let answer = control(&server).get(&format!("/requests?q={q}"));
        answer.json["items"].as_array().map(Vec::len)
    };

    assert_eq!(
        ["fault:gone", "fault:any+is:error", "fault:other"].map(found),
        [Some(1), Some(1), Some(0)]
    );
}

#[rstest]
#[case(204)]
#[case(205)]
#[case(304)]
fn an_answer_that_may_have_no_body_has_none_on_the_wire(#[case] status: u16) {
    let server = faulty(json!({"action": {"status": status}, "when": {"times": 1}}));
    let mut wire = Wire::to(&server);
    let key = server.secret_key().unwrap();
    let request = format!(
        "GET /NordlysQA/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n"
    );

    let bare = wire.send(&request).head();
    let next = wire.send(&request).answer();

    assert_eq!((bare.status, next.status), (status, 200), "{}", next.text);
}

#[test]
fn the_key_of_a_request_that_a_fault_or_limit_answered_is_recorded_as_unchecked() {
    let server = faulty(json!({"match": {"operation": "user.list"}, "action": {"status": 503}}));
    let listed = Client::scim(&server).get("/Users");
    assert_eq!(listed.status, 503);
    assert_eq!(last(&server).auth, Auth::Unchecked);
    let limit = json!({"key": {"rate": 1, "per": "1h", "burst": 1}});
    assert_eq!(control(&server).put("/limits", &limit).status, 200);
    Client::scim(&server).get("/Groups");

    assert_eq!(Client::scim(&server).get("/Groups").status, 429);

    assert_eq!(last(&server).auth, Auth::Unchecked);
    let found = control(&server).get("/requests?q=auth:unchecked").json;
    assert_eq!(found["items"].as_array().unwrap().len(), 2, "{found}");
}
