//! Who is let in to the control API.

use std::net::Ipv4Addr;

use crate::support::{Client, small};

#[test]
fn a_configured_token_is_required_by_the_control_api_only() {
    let server = small().control_token("open-sesame").start().unwrap();
    let base = format!("http://{}/_mock/v1", server.address());

    let none = Client::at(&base).get("/tenants");
    let wrong = Client::at(&base).with_token("open-sesamE").get("/tenants");
    let right = Client::at(&base).with_token("open-sesame").get("/tenants");

    none.is_problem(401, "unauthorized", &["Authorization"]);
    assert!(none.header("www-authenticate").starts_with("Bearer"));
    wrong.is_problem(401, "unauthorized", &["wrong"]);
    assert!(!wrong.text.contains("sesam"));
    assert_eq!(right.status, 200);
    assert_eq!(Client::scim(&server).get("/Users").status, 200);
}

#[test]
fn a_server_on_other_addresses_requires_a_token() {
    let everywhere = || small().listen((Ipv4Addr::UNSPECIFIED, 0).into());
    let without = everywhere().start().unwrap();
    let with = everywhere().control_token("open-sesame").start().unwrap();

    let at = |server: &mediusflow_mock::MockServer| {
        Client::at(format!("http://127.0.0.1:{}/_mock/v1", server.address().port()))
    };

    at(&without).get("/tenants").is_problem(403, "no-control-token", &["token"]);
    at(&with).get("/tenants").is_problem(401, "unauthorized", &[]);
    assert_eq!(at(&with).with_token("open-sesame").get("/tenants").status, 200);
}

#[test]
fn a_server_on_other_addresses_does_not_reveal_the_seed_of_its_keys() {
    let server = small().listen((Ipv4Addr::UNSPECIFIED, 0).into()).start().unwrap();
    let other = small().listen((Ipv4Addr::UNSPECIFIED, 0).into()).start().unwrap();

    let index = Client::at(server.url()).get("/");

    assert!(
        index.json["seed"].is_null() && index.at("/hint").contains("secretKey"),
        "{}",
        index.text
    );
    assert_ne!(server.secret_key(), other.secret_key());
    assert_eq!(Client::at(small().start().unwrap().url()).get("/").json["seed"], 1);
}
