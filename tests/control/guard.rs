//! Who is let in to the control API.

use std::net::Ipv4Addr;

use rstest::rstest;

use crate::{
    Control, empty,
    support::{Client, Wire, server, small},
};

/// What the index answers to a request with these header lines.
fn status(server: &mediusflow_mock::server::MockServer, lines: &str) -> (u16, String) {
    let mut wire = Wire::to(server);
    let answer = wire.send(format!("GET /_mock/v1/ HTTP/1.1\r\n{lines}\r\n")).answer();
    (answer.status, answer.at("/code").to_owned())
}

#[rstest]
#[case("Host: localhost:1\r\n", 200, "")]
#[case("Host: 127.0.0.1\r\n", 200, "")]
#[case("Host: host.docker.internal:8420\r\n", 200, "")]
#[case("Host: MOCK:8420\r\n", 200, "")]
#[case("Host: public.example\r\n", 200, "")]
#[case("Host: rebound.example:8420\r\n", 403, "unknown-host")]
#[case("Host: 192.0.2.1\r\n", 403, "unknown-host")]
#[case("Host: localhost:1\r\nOrigin: http://localhost:1\r\n", 200, "")]
#[case("Host: localhost:1\r\nOrigin: https://public.example\r\n", 200, "")]
#[case("Host: localhost:1\r\nOrigin: http://localhost:2\r\n", 403, "foreign-origin")]
#[case("Host: localhost:1\r\nOrigin: https://evil.example\r\n", 403, "foreign-origin")]
#[case("Host: localhost:1\r\nOrigin: null\r\n", 403, "foreign-origin")]
fn pages_of_others_and_names_of_others_are_refused(
    #[case] lines: &str,
    #[case] expected: u16,
    #[case] code: &str,
) {
    let server = small().allow_host("mock").public_url("https://public.example").start().unwrap();

    assert_eq!(status(&server, lines), (expected, code.to_owned()));
}

#[test]
fn a_refusal_says_what_would_help() {
    let server = server();

    let answer =
        Control::of(&server).call("GET", "/").header("origin", "http://evil.example").send();

    answer.is_problem(403, "foreign-origin", &["http://evil.example"]);
    assert!(answer.at("/hint").contains("test"));
}

#[test]
fn a_token_that_was_set_is_wanted_and_the_other_services_do_without() {
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
fn a_server_beyond_this_machine_lets_nobody_in_without_a_token() {
    let everywhere = || small().listen((Ipv4Addr::UNSPECIFIED, 0).into());
    let without = everywhere().start().unwrap();
    let with = everywhere().control_token("open-sesame").start().unwrap();

    let at = |server: &mediusflow_mock::server::MockServer| {
        Client::at(format!("http://127.0.0.1:{}/_mock/v1", server.address().port()))
    };

    at(&without).get("/tenants").is_problem(403, "no-control-token", &["token"]);
    at(&with).get("/tenants").is_problem(401, "unauthorized", &[]);
    assert_eq!(at(&with).with_token("open-sesame").get("/tenants").status, 200);
}

#[test]
fn what_is_refused_is_not_done() {
    let server = server();
    let control = Control::of(&server);
    let forged = control.call("POST", "/tenants").header("origin", "http://evil.example");

    forged.json(&empty()).send().is_problem(403, "foreign-origin", &[]);

    assert_eq!(server.tenants().all().len(), 2);
}
