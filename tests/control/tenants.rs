//! Tenants that a test makes for itself.

use jiff::SignedDuration;
use mediusflow_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    Control, DEFAULT, empty, scim,
    support::{Wire, server, small, timed_server, user},
};

#[test]
fn a_tenant_is_created_from_an_empty_object_and_serves_at_once() {
    let server = server();
    let control = Control::of(&server);

    let made = control.post("/tenants", &empty());

    assert_eq!((made.status, made.at("/tenant")), (201, "T1QA"));
    let authority = server.url();
    assert_eq!(made.header("location"), format!("{authority}/_mock/v1/tenants/T1QA"));
    assert_eq!(made.at("/scimUrl"), format!("{authority}/T1QA/scim/v2"));
    assert_eq!(made.at("/adminUrl"), format!("{authority}/T1QA/admin/v1"));
    assert_eq!(made.at("/controlUrl"), format!("{authority}/_mock/v1/tenants/T1QA"));
    assert_eq!((&made.json["users"], &made.json["seq"]), (&json!(5), &json!(0)));
    let users = scim(&server, &made.json).all("/Users");
    assert_eq!(users.len(), 5);
    assert_eq!(control.post("/tenants", &empty()).at("/tenant"), "T2QA");
}

#[test]
fn a_post_without_a_body_creates_a_tenant_too() {
    let server = server();

    let made = Control::of(&server).0.call("POST", "/tenants").send();

    assert_eq!(made.status, 201);
}

#[test]
fn a_tenant_has_the_requested_options() {
    let server = server();
    let control = Control::of(&server);

    let made = control.tenant(&json!({
        "name": "Mine", "seed": 9, "profile": "rfc", "users": 3, "groups": 1, "companies": 20,
        "locale": "sv-SE", "settings": {"deletedUsers": "deactivate"},
    }));

    assert_eq!((&made["seed"], &made["profile"]), (&json!(9), &json!("rfc")));
    let users = scim(&server, &made).all("/Users");
    assert_eq!(users.len(), 3);
    assert!(users.iter().all(|it| it["preferredLanguage"] == "sv-SE"));
    assert_eq!(control.get("/tenants/Mine/companies").json["total"], 21);
    assert_eq!(control.get("/tenants/Mine/state").at("/settings/deletedUsers"), "deactivate");
}

#[test]
fn a_fresh_tenant_has_its_steps_open_and_no_key() {
    let server = server();

    let control = Control::of(&server);
    let made = control.tenant(&json!({"fresh": true}));

    assert_eq!((&made["secretKey"], &made["users"]), (&Value::Null, &json!(0)));
    let open = made["openSteps"].as_array().unwrap();
    assert_eq!(
        (open.len(), &open[0], &open[10]),
        (11, &"authenticate".into(), &"copyScimLink".into())
    );
    assert_eq!(control.tenant(&empty())["openSteps"], json!([]));
}

#[test]
fn a_new_tenant_of_a_fresh_server_has_its_steps_open_by_default() {
    let server = small().fresh().start().unwrap();
    let control = Control::of(&server);

    let usual = control.tenant(&empty());
    let set_up = control.tenant(&json!({"fresh": false}));

    assert_eq!(usual["openSteps"].as_array().unwrap().len(), 11);
    assert_eq!((&set_up["openSteps"], set_up["secretKey"].is_string()), (&json!([]), true));
}

#[test]
fn a_tenant_may_start_with_the_state_of_another() {
    let server = server();
    let control = Control::of(&server);
    control.post(&format!("{DEFAULT}/users"), &json!({"userName": "anna@contoso.com"}));
    control.post(&format!("{DEFAULT}/snapshots"), &json!({"name": "with-anna"}));
    control.post(&format!("{DEFAULT}/users"), &json!({"userName": "berit@contoso.com"}));

    let then = control.tenant(&json!({"from": {"tenant": "NordlysQA", "snapshot": "with-anna"}}));
    let now = control.tenant(&json!({"from": {"tenant": "nordlysqa"}}));

    assert_eq!((&then["users"], &now["users"]), (&json!(6), &json!(7)));
    assert_ne!(then["secretKey"], json!(server.secret_key()));
    assert_ne!(then["secretKey"], now["secretKey"]);
    let one = scim(&server, &then);
    one.post("/Users", &user("carl@contoso.com", empty()));
    assert_eq!((one.all("/Users").len(), server.users().len()), (7, 7));
}

#[test]
fn tenants_are_listed_and_described() {
    let server = server();
    let control = Control::of(&server);
    control.tenant(&json!({"name": "Mine"}));

    let list = control.get("/tenants");

    let names: Vec<_> =
        list.json["items"].as_array().unwrap().iter().map(|it| it["tenant"].clone()).collect();
    assert_eq!(names, ["Mine", "Nordlys", "NordlysQA"]);
    let one = control.get("/tenants/mine");
    assert_eq!((one.status, one.at("/tenant")), (200, "Mine"));
    assert_eq!(one.header("mock-rev"), "0");
}

#[test]
fn a_deleted_tenant_is_not_found() {
    let server = server();
    let control = Control::of(&server);
    let made = control.tenant(&json!({"name": "Mine"}));

    assert_eq!(control.delete("/tenants/Mine").status, 204);

    assert_eq!(scim(&server, &made).get("/Users").status, 404);
    control.get("/tenants/Mine").is_problem(404, "unknown-tenant", &["\"Mine\"", "NordlysQA"]);
    control.delete("/tenants/Mine").is_problem(404, "unknown-tenant", &[]);
    assert_eq!(control.tenant(&json!({"name": "Mine"})), made);
}

#[test]
fn an_expired_tenant_is_not_found() {
    let (server, clock) = timed_server();
    let control = Control::of(&server);
    let made = control.tenant(&json!({"name": "Mine", "timeToLive": "10m"}));
    assert_eq!(made["expiresAt"], "2026-03-03T12:10:00Z");
    let client = scim(&server, &made);

    clock.advance(SignedDuration::from_secs(599));
    assert_eq!(client.get("/Users").status, 200);
    clock.advance(SignedDuration::from_secs(1));

    assert_eq!(client.get("/Users").status, 404);
    control.get("/tenants/Mine").is_problem(404, "unknown-tenant", &[]);
    assert_eq!(control.get("/tenants").json["total"], 2);
}

#[test]
fn a_wait_ends_when_its_tenant_expires_without_another_request() {
    let server = MockServer::builder().users(1).start().unwrap();
    let control = Control::of(&server);
    control.tenant(&json!({"name": "Mine", "timeToLive": "100ms"}));
    let mut events = Wire::to(&server);
    events.send("GET /_mock/v1/tenants/Mine/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    let waited = control.get("/tenants/Mine/requests/wait?timeout=15s");

    waited.is_problem(404, "unknown-tenant", &["\"Mine\""]);
    events.rest(); // the stream ends, too
}

#[test]
fn the_number_of_tenants_is_limited() {
    let server = small().most_tenants(3).start().unwrap();
    let control = Control::of(&server);
    control.tenant(&json!({"name": "One"}));

    let refused = control.post("/tenants", &empty());

    refused.is_problem(409, "too-many-tenants", &["3 tenants"]);
    assert!(refused.at("/hint").contains("timeToLive"));
    control.delete("/tenants/One");
    control.tenant(&empty());
}

#[rstest]
#[case(json!({"name": "nordlys"}), 409, "tenant-exists", "nordlys")]
#[case(json!({"name": "no blanks"}), 400, "invalid-body", "letters")]
#[case(json!({"nmae": "Mine"}), 400, "invalid-body", "unknown field `nmae`")]
#[case(json!({"users": -1}), 400, "invalid-body", "-1")]
#[case(json!({"users": 1_000_000_000_000_u64}), 400, "invalid-body", "users")]
#[case(json!({"groups": 1_000_000}), 400, "invalid-body", "groups")]
#[case(json!({"companies": 1}), 400, "invalid-body", "already")]
#[case(json!({"companies": 1_000_000}), 400, "invalid-body", "companies")]
#[case(json!({"locale": "xx"}), 400, "invalid-body", "sv-SE")]
#[case(json!({"profile": "own"}), 400, "invalid-body", "mediusflow")]
#[case(json!({"settings": {"strickt": true}}), 400, "invalid-body", "\"strict\"")]
#[case(json!({"timeToLive": "soon"}), 400, "invalid-body", "duration")]
#[case(json!({"timeToLive": "0s"}), 400, "invalid-body", "timeToLive: expected a duration above 0")]
#[case(json!({"timeToLive": u64::MAX}), 400, "invalid-body", "timeToLive")]
#[case(json!({"from": {"tenant": "Nobody"}}), 404, "unknown-tenant", "Nobody")]
#[case(json!({"from": {"tenant": "Nordlys", "snapshot": "x"}}), 404, "unknown-snapshot", "\"x\"")]
#[case(json!({"from": {"tenant": "Nordlys"}, "users": 1}), 400, "invalid-body", "users")]
fn a_tenant_that_cannot_be_created_is_refused_with_the_reason(
    #[case] body: Value,
    #[case] status: u16,
    #[case] code: &str,
    #[case] words: &str,
) {
    let server = server();
    let control = Control::of(&server);

    control.post("/tenants", &body).is_problem(status, code, &[words]);

    assert_eq!(control.get("/tenants").json["total"], 2);
}
