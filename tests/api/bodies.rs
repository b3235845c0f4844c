//! Bodies: who may send one, how large it may be, how long it may take, and how much all of them
//! may take at once.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

use mediusflow_mock::MockServer;
use rstest::rstest;
use serde_json::json;

use crate::support::{Answer, Client, Wire, small, user};

const SCIM: &str = "POST /NordlysQA/scim/v2/Users";
const CONSOLE: &str = "PUT /NordlysQA/admin/v1/scim-schemas";
const LOGIN: &str = "POST /admin/v1/authenticate";
const CONTROL: &str = "PUT /_mock/v1/tenants/NordlysQA/clock";

/// The head of a request with a body of this many bytes.
fn head(target: &str, token: &str, length: usize) -> String {
    format!(
        "{target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// The key or token that lets a call in.
fn token(server: &MockServer, target: &str) -> String {
    let login = || {
        let anyone = Client::at(format!("http://{}", server.address()));
        anyone.post("/admin/v1/authenticate", &json!({"tenantName": "NordlysQA"}))
    };
    match target {
        SCIM => server.secret_key().unwrap(),
        CONSOLE => login().at("/accessToken").to_owned(),
        _ => "control-token".to_owned(),
    }
}

fn impatient() -> MockServer {
    let builder = small().control_token("control-token");
    builder.body_patience(Duration::from_millis(200)).start().unwrap()
}

#[rstest]
#[case(SCIM)]
#[case(CONSOLE)]
#[case(LOGIN)]
#[case(CONTROL)]
fn a_stalled_body_is_aborted(#[case] target: &str) {
    let server = impatient();
    let mut wire = Wire::to(&server);

    let answer = wire.send(head(target, &token(&server, target), 1_000)).send("{").answer();

    assert_eq!(answer.status, 408, "{answer:?}");
    assert!(answer.detail().contains("did not come in time"), "{answer:?}");
    assert_eq!(wire.rest(), "", "the connection ends");
}

#[test]
fn a_body_that_arrives_very_slowly_is_aborted() {
    let server = impatient();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(head(SCIM, &token(&server, SCIM), 1_000_000).as_bytes()).unwrap();
    // Sends one byte whenever no answer has come for a moment, which is much more often than the
    // stall limit.
    stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let mut answer = [0; 12];

    for _ in 0..1_000 {
        match stream.read_exact(&mut answer) {
            Ok(()) => break,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                stream.write_all(b" ").unwrap();
            }
            Err(error) => panic!("{error}"),
        }
    }

    assert_eq!(std::str::from_utf8(&answer).unwrap(), "HTTP/1.1 408");
}

#[rstest]
#[case(SCIM)]
#[case(CONSOLE)]
#[case(CONTROL)]
fn a_request_without_a_key_is_refused_before_its_body_arrives(#[case] target: &str) {
    let server = small().control_token("control-token").start().unwrap();
    let mut wire = Wire::to(&server);

    let answer = wire.send(head(target, "wrong", 1_000)).answer();

    assert_eq!(answer.status, 401, "{answer:?}");
}

#[rstest]
#[case(SCIM)]
#[case(CONSOLE)]
#[case(CONTROL)]
fn a_connection_can_be_used_after_a_small_body_that_was_not_read(#[case] target: &str) {
    let server = small().control_token("control-token").start().unwrap();
    let mut wire = Wire::to(&server);

    let refused = wire.send(head(target, "wrong", 2) + "{}").answer();
    let next = wire.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").answer();

    assert_eq!((refused.status, next.status), (401, 200));
}

#[test]
fn only_the_body_of_an_import_may_be_larger() {
    let server = small().start().unwrap();
    let client = Client::at(format!("http://{}/_mock/v1/tenants/NordlysQA", server.address()));
    let large = format!("{{{}}}", " ".repeat(17 * 1024 * 1024));
    let put = |path: &str| -> Answer {
        let call = client.call("PUT", path).header("content-type", "application/json");
        call.body(large.clone()).send()
    };

    put("/clock").is_problem(413, "body-too-large", &["16777216 bytes"]);
    put("/state").is_problem(400, "invalid-body", &["missing field"]);
}

#[test]
fn a_body_that_is_refused_for_its_size_uses_none_of_the_shared_memory() {
    let server = small().most_body_bytes(100_000).start().unwrap();
    let console = Client::console(&server);

    let large = " ".repeat(17 * 1024 * 1024);
    let refused = console.call("PUT", "/provisioning").body(large).send();

    refused.is_problem(413, "body-too-large", &["16777216 bytes"]);
}

#[test]
fn the_memory_of_all_bodies_together_is_limited() {
    let server = small().most_body_bytes(100_000).start().unwrap();
    let key = token(&server, SCIM);
    let mut first = Wire::to(&server);
    first.send(head(SCIM, &key, 90_000)).send(" ".repeat(80_000));
    let send = || {
        let body = user("ada@contoso.com", json!({"title": "x".repeat(50_000)}));
        Client::scim(&server).put("/Users/none", &body)
    };

    // The first body may still be on its way.
    let refused = (0..10_000).map(|_| send()).find(|it| it.status != 404).unwrap();

    refused.is_scim_error(503, "", &["100000 bytes"]);
    first.send(" ".repeat(10_000)).answer();
    drop(first);
    assert_eq!(send().status, 404, "what was held is free again");
}
