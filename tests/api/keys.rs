//! Secret keys: shown once, replaced at once, expiring on time.

use jiff::SignedDuration;
use mediusflow_mock::internals::journal::TrafficFilter;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Client, fresh_server, server, timed_server};

#[test]
fn a_key_is_shown_once() {
    let server = server();
    let console = Client::console(&server);

    let made = console.post("/secret-key", &json!({"confirm": true}));
    let later = console.get("/secret-key");

    let key = made.at("/secretKey");
    assert!(key.starts_with("mfk_mock_nordlysqa_"), "{key}");
    assert_eq!(later.json["exists"], true);
    assert_eq!(later.at("/masked"), format!("••••{}", &key[key.len() - 4..]));
    assert!(!later.text.contains(key));
    assert!(!console.get("/setup").text.contains(key));
}

#[test]
fn a_key_is_replaced_only_with_a_confirmation() {
    let server = server();
    let console = Client::console(&server);
    let scim = Client::scim(&server);

    let empty = console.call("POST", "/secret-key").send();
    let unconfirmed = console.post("/secret-key", &json!({"confirm": false}));

    empty.is_problem(409, "key-exists", &["already", "confirm"]);
    unconfirmed.is_problem(409, "key-exists", &["already", "confirm"]);
    assert_eq!(unconfirmed.at("/field"), "confirm");
    assert_eq!(unconfirmed.at("/hint"), "send {\"confirm\": true} to replace the key");
    assert_eq!(scim.get("/Users").status, 200, "the old key is still good");
}

#[rstest]
#[case::no_body(None)]
#[case::empty(Some(json!({})))]
#[case::not_confirmed(Some(json!({"confirm": false})))]
#[case::with_an_end(Some(json!({"expiresAt": "2026-12-31T23:59:59Z"})))]
fn the_first_key_needs_a_confirmation_too(#[case] body: Option<Value>) {
    let server = fresh_server();
    let console = Client::console(&server);
    console.get("/connection");
    let entra = json!({"entraTenantId": "9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a2910"});
    console.put("/integration", &entra);
    console.put("/provisioning", &json!({"mode": "userProvisioning"}));
    let none = json!({"exists": false, "masked": null, "expiresAt": null, "expired": false});

    let click = console.call("POST", "/secret-key");
    let clicked = if let Some(body) = &body { click.json(body).send() } else { click.send() };
    let before = console.get("/secret-key");
    let setup = console.get("/setup");
    let made = console.post("/secret-key", &json!({"confirm": true}));

    clicked.is_problem(409, "not-confirmed", &["step 7 (OK)", "step 6 (Generate Secret Key)"]);
    assert_eq!(clicked.at("/field"), "confirm");
    assert_eq!(clicked.at("/hint"), "send {\"confirm\": true} to make the key");
    assert_eq!(before.json, none);
    assert_eq!((setup.at("/items/5/state"), setup.at("/items/6/state")), ("current", "open"));
    assert_eq!((made.status, &made.json["replaced"]), (201, &json!(null)));
}

#[test]
fn a_replaced_key_is_refused_at_once_with_the_reason() {
    let server = server();
    let console = Client::console(&server);
    let old = Client::scim(&server);
    assert_eq!(old.get("/Users").status, 200);

    let made = console.post("/secret-key", &json!({"confirm": true}));
    let refused = old.get("/Users");
    let new = Client::at(server.scim_url()).with_token(made.at("/secretKey"));

    refused.is_scim_error(401, "", &["bearer token replaced by a newer one", "NordlysQA"]);
    let told = server.requests().into_iter().find(|it| it.status == 401).unwrap();
    let replaced: TrafficFilter = "auth:replaced -auth:expired".parse().unwrap();
    assert!(told.summary.starts_with("401 bearer token replaced by a newer one (…"), "{told:?}");
    assert!(replaced.matches(&told, jiff::Timestamp::UNIX_EPOCH));
    let challenge = "Bearer realm=\"NordlysQA\", error=\"invalid_token\"";
    assert_eq!(refused.header("www-authenticate"), challenge);
    assert_eq!(new.get("/Users").status, 200);
}

#[test]
fn an_expired_key_is_refused() {
    let (server, clock) = timed_server();
    let console = Client::console(&server);

    let body = json!({"confirm": true, "expiresAt": "2026-03-03T12:30:00Z"});
    let made = console.post("/secret-key", &body);
    let scim = Client::at(server.scim_url()).with_token(made.at("/secretKey"));

    assert_eq!(made.at("/expiresAt"), "2026-03-03T12:30:00Z");
    assert_eq!(console.get("/secret-key").at("/expiresAt"), "2026-03-03T12:30:00Z");
    clock.advance(SignedDuration::from_secs(30 * 60 - 1));
    assert_eq!(scim.get("/Users").status, 200);
    let setup = |console: &Client| {
        let setup = console.get("/setup").json;
        let step = setup["items"][5].clone();
        (
            step["state"].clone(),
            step["value"].as_str().unwrap().to_owned(),
            setup["openSteps"].clone(),
        )
    };
    let before = setup(&console);
    assert_eq!((&before.0, &before.2), (&json!("done"), &json!([])));
    assert_eq!(console.get("/secret-key").json["expired"], false);

    clock.advance(SignedDuration::from_secs(1));

    scim.get("/Users").is_scim_error(401, "", &["expired"]);
    assert_eq!(console.get("/secret-key").json["expired"], true);
    let after = setup(&console);
    assert_eq!(after.0, "current");
    assert_eq!(after.1, format!("{}, expired 2026-03-03T12:30:00Z", before.1));
    assert_eq!(after.2, json!(["generateSecretKey", "confirmSecretKey"]));
    let control = Client::at(server.control_url());
    assert_eq!(control.get("").json["openSteps"], after.2);
    console.post("/secret-key", &json!({"confirm": true}));
    assert_eq!(setup(&console).2, json!([]));
}

#[test]
fn the_refusal_of_a_key_or_token_from_before_a_reset_says_so() {
    let server = server();
    let control = Client::at(server.control_url());
    let console = Client::console(&server);
    let made = console.post("/secret-key", &json!({"confirm": true}));
    let scim = Client::at(server.scim_url()).with_token(made.at("/secretKey"));
    control.post("/snapshots", &json!({"name": "later"}));

    control.post("/reset", &json!({}));

    console.get("/setup").is_problem(401, "unauthorized", &["ended by a reset", "authenticate"]);
    scim.get("/Users").is_scim_error(401, "", &["ended by a reset", "secret key"]);
    let wrong = Client::at(server.scim_url()).with_token("nonsense");
    wrong.get("/Users").is_scim_error(401, "", &["bearer token wrong"]);
    let ended: TrafficFilter = "auth:ended -auth:bad".parse().unwrap();
    assert_eq!(server.requests().iter().filter(|it| ended.matches(it, server.now())).count(), 2);
    control.post("/reset", &json!({"to": "later"}));
    assert_eq!(scim.get("/Users").status, 200, "it is known again");
}

#[test]
fn a_key_cannot_expire_in_the_past() {
    let server = server();
    let console = Client::console(&server);
    let post = |at: &str| console.post("/secret-key", &json!({"confirm": true, "expiresAt": at}));

    let over = post("2026-03-03T12:00:00Z");
    let garbled = post("tomorrow");

    over.is_problem(400, "invalid-expiry", &["expiresAt", "2026-03-03T12:00:00Z"]);
    assert_eq!(over.at("/field"), "expiresAt");
    garbled.is_problem(400, "invalid-expiry", &["expiresAt", "tomorrow", "2026-12-31"]);
    assert_eq!(Client::scim(&server).get("/Users").status, 200, "the old key is still good");
}

#[test]
fn a_key_of_another_tenant_is_wrong() {
    let server = server();
    let key = server.secret_key().unwrap();

    let refused =
        Client::at(format!("{}/Nordlys/scim/v2", server.url())).with_token(&key).get("/Users");

    let last = &key[key.len() - 4..];
    refused.is_scim_error(401, "", &["wrong", last, "secret key of tenant Nordlys"]);
    assert!(!refused.text.contains(&key));
}

#[test]
fn access_tokens_and_secret_keys_cannot_replace_each_other() {
    let server = server();
    let key = server.secret_key().unwrap();
    let login = json!({"tenantName": "NordlysQA"});
    let token = Client::at(server.url()).post("/admin/v1/authenticate", &login);

    let scim = Client::at(server.scim_url()).with_token(token.at("/accessToken"));
    let console = Client::at(format!("{}/NordlysQA/admin/v1", server.url())).with_token(&key);

    scim.get("/Users").is_scim_error(401, "", &["wrong"]);
    console.get("/setup").is_problem(401, "unauthorized", &["wrong"]);
}

#[test]
fn the_refusal_of_a_token_that_later_logins_ended_says_so() {
    let server = server();
    let first = Client::console(&server);
    for _ in 0..100 {
        Client::console(&server);
    }

    first.get("/setup").is_problem(401, "unauthorized", &["by later logins", "authenticate"]);
    for _ in 0..3 {
        Client::at(server.control_url()).post("/reset", &json!({}));
    }
    first.get("/setup").is_problem(401, "unauthorized", &["ended by a reset"]);
}
