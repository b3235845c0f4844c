//! The URL that the server gives as its own.

use rstest::rstest;
use serde_json::json;

use crate::support::{Client, Wire, server, small, user};

/// The URL of the SCIM service in the answer to a request with these headers.
fn told(headers: &[(&str, &str)]) -> String {
    let server = server();
    let login = json!({"tenantName": "NordlysQA"});
    let token = Client::at(server.url()).post("/admin/v1/authenticate", &login);
    let mut wire = Wire::to(&server);
    wire.send(format!(
        "GET /NordlysQA/admin/v1/scim-link HTTP/1.{}\r\nAuthorization: Bearer {}\r\n",
        i32::from(!headers.is_empty()), // HTTP/1.1 wants a host
        token.at("/accessToken")
    ));
    for (name, value) in headers {
        wire.send(format!("{name}: {value}\r\n"));
    }
    let answer = wire.send("\r\n").answer();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.at("/tenantUrl").replace(&server.address().to_string(), "LISTENING")
}

#[rstest]
#[case::host(&[("Host", "mock.localhost:8080")], "http://mock.localhost:8080")]
#[case::address(&[("Host", "[::1]:8080")], "http://[::1]:8080")]
#[case::tunnel(
    &[("Host", "127.0.0.1:1"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "t.example")],
    "https://t.example"
)]
#[case::two_proxies(
    &[("Host", "127.0.0.1:1"), ("X-Forwarded-Proto", "https, http"), ("X-Forwarded-Host", "t.example, inner")],
    "https://t.example"
)]
#[case::forwarded(
    &[("Host", "127.0.0.1:1"), ("Forwarded", "for=1.2.3.4;host=t.example;proto=https")],
    "https://t.example"
)]
#[case::no_host(&[], "http://LISTENING")]
fn links_have_the_host_and_scheme_of_the_request(
    #[case] headers: &[(&str, &str)],
    #[case] expected: &str,
) {
    assert_eq!(told(headers), format!("{expected}/NordlysQA/scim/v2"));
}

#[rstest]
#[case("X-Forwarded-Host", "javascript:alert(1)//")]
#[case("X-Forwarded-Host", "user@evil.example")]
#[case("X-Forwarded-Host", "evil.example/path")]
#[case("X-Forwarded-Host", "a<script>")]
#[case("X-Forwarded-Host", "a?b#c")]
#[case("Forwarded", "host=\"a\\\"b\"")]
fn a_hostile_host_does_not_get_into_links(#[case] name: &str, #[case] value: &str) {
    let told = told(&[("Host", "127.0.0.1"), (name, value)]);

    assert_eq!(told, "http://LISTENING/NordlysQA/scim/v2");
}

#[test]
fn a_long_host_does_not_get_into_links() {
    let told = told(&[("Host", "127.0.0.1"), ("X-Forwarded-Host", &"a".repeat(3_000))]);

    assert_eq!(told, "http://LISTENING/NordlysQA/scim/v2");
}

#[test]
fn a_hostile_scheme_is_http() {
    let told = told(&[("Host", "t.localhost"), ("X-Forwarded-Proto", "javascript")]);

    assert_eq!(told, "http://t.localhost/NordlysQA/scim/v2");
}

#[test]
fn a_public_url_takes_precedence_over_headers() {
    let server = small().public_url("https://scim.example/mock/").start().unwrap();
    let scim = Client::at(format!("http://{}/NordlysQA/scim/v2", server.address()))
        .with_token(&server.secret_key().unwrap());

    let call = scim.call("POST", "/Users").header("X-Forwarded-Host", "other.example");
    let made = call.json(&user("ada@nordlys.example", json!({}))).send();

    assert_eq!(server.scim_url(), "https://scim.example/mock/NordlysQA/scim/v2");
    let location = format!("{}/Users/{}", server.scim_url(), made.at("/id"));
    assert_eq!(made.header("location"), location);
    assert_eq!(made.at("/meta/location"), location);
}

#[test]
fn the_url_of_a_server_on_all_addresses_has_the_loopback_address() {
    let server = small().listen(([0, 0, 0, 0], 0).into()).start().unwrap();

    assert_eq!(server.url(), format!("http://127.0.0.1:{}", server.address().port()));
    let anyone = Client::at(server.url());
    assert_eq!(anyone.get("/livez").status, 200);
}
