//! The guard before all surfaces: it refuses pages of other sites, and requests that call the
//! server by a name that is not its own.

use mediusflow_mock::MockServer;
use rstest::rstest;
use serde_json::json;

use crate::support::{Answer, Client, Wire, everything, server, small};

/// An address of every surface, with the header lines that it needs besides those of the test.
const SURFACES: [(&str, &str, &str); 9] = [
    ("SCIM", "GET /NordlysQA/scim/v2/Users?count=0", "Authorization: Bearer KEY\r\n"),
    ("open discovery", "GET /NordlysQA/scim/v2/ServiceProviderConfig", ""),
    ("console", "GET /NordlysQA/admin/v1/setup", "Authorization: Bearer TOKEN\r\n"),
    ("step 1", "POST /admin/v1/authenticate", "Content-Type: application/json\r\n"),
    ("control", "GET /_mock/v1/tenants", ""),
    ("a test's edits", "GET /_mock/v1/tenants/NordlysQA/users", ""),
    ("document", "GET /openapi.json", ""),
    ("page", "GET /docs", ""),
    ("index", "GET /", ""),
];

/// The key and the token of a server's default tenant.
struct Insider {
    server: MockServer,
    key: String,
    token: String,
}

impl Insider {
    fn of(server: MockServer) -> Self {
        let login = Client::at(format!("http://{}", server.address()))
            .post("/admin/v1/authenticate", &json!({"tenantName": "NordlysQA"}));
        let key = server.secret_key().unwrap();
        Self { server, key, token: login.at("/accessToken").to_owned() }
    }

    /// The answer of a surface to a request with these header lines.
    fn ask(&self, (_, line, more): (&str, &str, &str), lines: &str) -> Answer {
        let more = more.replace("KEY", &self.key).replace("TOKEN", &self.token);
        let body = if line.starts_with("POST") { r#"{"tenantName":"NordlysQA"}"# } else { "" };
        let lines = lines.replace("SERVER", &self.server.address().to_string());
        let mut wire = Wire::to(&self.server);
        let head = format!("{line} HTTP/1.1\r\n{lines}{more}Content-Length: {}\r\n", body.len());
        wire.send(format!("{head}\r\n{body}")).answer()
    }
}

/// Checks that a surface refuses with an error in its own form, and that its detail has these
/// words.
#[track_caller]
fn refuses((surface, line, _): (&str, &str, &str), answer: &Answer, code: &str, word: &str) {
    if line.contains("/scim/") {
        answer.is_scim_error(403, "", &[word]);
    } else {
        answer.is_problem(403, code, &[word]);
    }
    assert!(!answer.at("/hint").is_empty() || line.contains("/scim/"), "{surface}: {answer:?}");
}

#[rstest]
#[case::its_address("Host: SERVER\r\n")]
#[case::a_mapped_port("Host: localhost:1\r\n")]
#[case::no_port("Host: 127.0.0.1\r\n")]
#[case::another_loopback_address("Host: [::1]:8420\r\n")]
#[case::upper_case("HOST: LocalHost\r\n")]
#[case::the_dot_of_the_root("Host: localhost.:8420\r\n")]
#[case::seen_from_a_container("Host: host.docker.internal:8420\r\n")]
#[case::allowed("Host: MOCK:8420\r\n")]
#[case::public("Host: public.example\r\n")]
#[case::own_page("Host: localhost:1\r\nOrigin: http://localhost:1\r\n")]
#[case::page_behind_tls("Host: public.example\r\nOrigin: https://public.example\r\n")]
#[case::page_behind_a_proxy("Host: SERVER\r\nOrigin: https://public.example\r\n")]
fn programs_and_the_servers_own_pages_are_allowed_everywhere(#[case] lines: &str) {
    let server = small().allow_host("mock").public_url("https://public.example").start().unwrap();
    let insider = Insider::of(server);

    for surface in SURFACES {
        let answer = insider.ask(surface, lines);
        assert_eq!(answer.status, 200, "{}: {answer:?}", surface.0);
    }
}

#[rstest]
#[case("rebound.example:8420")]
#[case("192.0.2.1")]
#[case("localhost.evil.example")]
#[case("127.0.0.1.evil.example")]
#[case("public.example.evil.example")]
#[case("evil.example.")]
#[case("user@localhost")]
#[case("localhost/")]
#[case("::1")]
#[case("\u{e5}.example")]
#[case("")]
fn a_foreign_host_name_is_refused_everywhere(#[case] host: &str) {
    let server = small().allow_host("mock").public_url("https://public.example").start().unwrap();
    let insider = Insider::of(server);

    for surface in SURFACES {
        let answer = insider.ask(surface, &format!("Host: {host}\r\n"));
        refuses(surface, &answer, "unknown-host", "the server is not known as");
    }
}

#[rstest]
#[case("http://localhost:2")]
#[case("http://127.0.0.1:1")]
#[case("https://evil.example")]
#[case("http://public.example")]
#[case("http://localhost:1/")]
#[case("localhost:1")]
#[case("file://")]
#[case("null")]
#[case("\u{e5}")]
fn a_page_of_another_site_is_refused_everywhere(#[case] origin: &str) {
    let insider = Insider::of(small().public_url("https://public.example").start().unwrap());

    for surface in SURFACES {
        let lines = format!("Host: localhost:1\r\nOrigin: {origin}\r\n");
        let answer = insider.ask(surface, &lines);
        refuses(surface, &answer, "foreign-origin", "may not call the server");

        let hidden =
            format!("Host: localhost:1\r\nOrigin: http://localhost:1\r\nOrigin: {origin}\r\n");
        let answer = insider.ask(surface, &hidden);
        refuses(surface, &answer, "foreign-origin", "may not call the server");
    }
}

#[test]
fn a_refused_page_gets_no_key_and_changes_nothing() {
    let insider = Insider::of(server());
    let before = everything(&insider.server);
    let console = Client::at(format!("http://{}/NordlysQA/admin/v1", insider.server.address()))
        .with_token(&insider.token);

    for (name, value) in [("host", "evil.example"), ("origin", "http://evil.example")] {
        let forged = console.call("POST", "/secret-key").header(name, value);
        let refused = forged.json(&json!({"confirm": true})).send();
        assert_eq!((refused.status, refused.text.contains("mfk_")), (403, false));
    }

    assert_eq!(everything(&insider.server), before);
    assert_eq!(insider.server.secret_key().unwrap(), insider.key);
}

#[rstest]
#[case::target_counts("GET http://evil.example/_mock/v1/tenants", "localhost", 403)]
#[case::header_counts_too("GET http://localhost/_mock/v1/tenants", "evil.example", 403)]
#[case::both_known("GET http://LOCALHOST:8420/_mock/v1/tenants", "localhost", 200)]
#[case::credentials("GET http://user@localhost/_mock/v1/tenants", "localhost", 403)]
fn a_target_may_name_its_host(#[case] line: &str, #[case] host: &str, #[case] status: u16) {
    let server = server();
    let mut wire = Wire::to(&server);

    let answer = wire.send(format!("{line} HTTP/1.1\r\nHost: {host}\r\n\r\n")).answer();

    assert_eq!(answer.status, status, "{answer:?}");
}

#[test]
fn a_request_without_a_host_is_allowed_since_no_browser_sends_it() {
    let server = server();
    let mut wire = Wire::to(&server);

    let answer = wire.send("GET /_mock/v1/tenants HTTP/1.0\r\n\r\n").answer();

    assert_eq!(answer.status, 200);
}

#[rstest]
#[case("Host: localhost\r\nHost: evil.example\r\n")]
#[case("")]
fn a_missing_or_repeated_host_is_a_bad_request(#[case] lines: &str) {
    let server = server();
    let mut wire = Wire::to(&server);

    let answer = wire.send(format!("GET / HTTP/1.1\r\n{lines}\r\n")).head();

    assert_eq!(answer.status, 400);
}

#[test]
fn the_current_public_url_is_used() {
    let insider = Insider::of(server());
    let control = Client::at(format!("http://{}/_mock/v1", insider.server.address()));
    let statuses = || {
        ["one.example", "two.example:8443"].map(|host| {
            let lines = format!("Host: {host}\r\nOrigin: https://{host}\r\n");
            SURFACES.map(|it| insider.ask(it, &lines).status)
        })
    };
    let set = |url: serde_json::Value| {
        let call = control.call("PATCH", "/config").header("content-type", "application/json");
        assert_eq!(call.json(&json!({"publicUrl": url})).send().status, 200);
    };

    assert_eq!(statuses(), [[403; 9], [403; 9]]);
    set(json!("https://one.example/mock"));
    assert_eq!(statuses(), [[200; 9], [403; 9]]);
    set(json!("https://two.example:8443"));
    assert_eq!(statuses(), [[403; 9], [200; 9]]);
    set(json!(null));
    assert_eq!(statuses(), [[403; 9], [403; 9]]);
}

#[rstest]
fn probes_are_allowed_by_any_name(#[values("/livez", "/readyz")] path: &str) {
    let server = server();
    let mut wire = Wire::to(&server);

    let lines = "Host: 10.1.2.3:8420\r\nOrigin: http://evil.example\r\n";
    let answer = wire.send(format!("GET {path} HTTP/1.1\r\n{lines}\r\n")).answer();

    assert_eq!(answer.status, 200);
}

#[rstest]
#[case("0.0.0.0:0", "192.0.2.7:31000", 200)]
#[case("0.0.0.0:0", "evil.example:31000", 403)]
fn a_server_on_all_addresses_allows_any_address_and_no_foreign_name(
    #[case] listen: &str,
    #[case] host: &str,
    #[case] status: u16,
) {
    let server = small().listen(listen.parse().unwrap()).start().unwrap();
    let mut wire = Wire::to(&server);

    let answer = wire.send(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")).answer();

    assert_eq!(answer.status, status);
}

#[test]
fn every_answer_forbids_content_sniffing() {
    let insider = Insider::of(server());
    let nowhere = ("nowhere", "GET /nowhere", "");
    let health = ("health", "GET /livez", "");

    for surface in SURFACES.into_iter().chain([nowhere, health]) {
        for host in ["localhost", "evil.example"] {
            let answer = insider.ask(surface, &format!("Host: {host}\r\n"));
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{}", surface.0);
        }
    }
}

#[rstest]
#[case("CONNECT localhost:443")]
#[case("CONNECT /NordlysQA/scim/v2/Users")]
#[case("CONNECT /NordlysQA/admin/v1/setup")]
#[case("CONNECT /_mock/v1/tenants")]
#[case("CONNECT /admin/v1/authenticate")]
#[case("CONNECT /")]
fn connect_is_refused_at_once(
    #[case] line: &str,
    #[values("", "Content-Length: 2\r\n", "Upgrade: websocket\r\n")] more: &str,
) {
    let server = server();

    let sent = format!("{line} HTTP/1.1\r\nHost: localhost\r\n{more}\r\nGET / HTTP/1.1\r\n\r\n");
    let mut wire = Wire::to(&server);
    wire.send(sent);
    let answer = wire.rest();

    assert!(answer.starts_with("HTTP/1.1 501 "), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 501 ").count(), 1, "{answer}");
}

#[test]
fn a_page_forbids_frames_and_inline_code() {
    let server = server();
    let anyone = Client::at(format!("http://{}", server.address()));

    for path in ["/docs", "/docs/docs.js", "/docs/docs.css"] {
        let answer = anyone.get(path);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; "), "{path}: {policy}");
        assert!(policy.contains("; script-src 'self'; "), "{path}: {policy}");
        assert!(policy.contains("; frame-ancestors 'none'; "), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    let page = anyone.get("/docs").text;
    for inline in ["<style", " style=", " onclick=", "javascript:", "http://", "https://"] {
        assert!(!page.contains(inline), "{inline} is in the page");
    }
}

#[rstest]
fn a_page_of_another_site_may_not_open_or_embed_a_page(
    #[values("/docs", "/docs/docs.js", "/docs/docs.css", "/%64ocs")] path: &str,
    #[values(("cross-site", 403), ("Cross-Site", 403), ("same-origin", 200), ("none", 200))] site: (
        &str,
        u16,
    ),
) {
    let server = server();
    let anyone = Client::at(format!("http://{}", server.address()));

    let answer = anyone.call("GET", path).header("sec-fetch-site", site.0).send();

    assert_eq!(answer.status, site.1, "{answer:?}");
    if site.1 == 403 {
        answer.is_problem(403, "cross-site", &["other sites"]);
    }
}
