//! A wait ends with the connection of the client that waits.

use std::{
    io::Write,
    net::{Shutdown, TcpStream},
    time::{Duration, Instant},
};

use mediusflow_mock::MockServer;
use serde_json::{Value, json};

use crate::{
    control,
    support::{Client, server},
};

/// A bound against a test that never ends, not a wait.
const GUARD: Duration = Duration::from_secs(20);

/// Sends a call of the control API below the tenant, whose answer does not come soon.
fn ask(server: &MockServer, method: &str, path: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = format!(
        "{method} /_mock/v1/tenants/NordlysQA{path} HTTP/1.1\r\nHost: {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        server.address(),
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// Looks at the tenant until a number of it is so.
fn until(server: &MockServer, member: &str, wanted: u64) -> Value {
    let began = Instant::now();
    loop {
        let tenant = control(server).get("");
        if tenant.json[member] == json!(wanted) {
            return tenant.json;
        }
        assert!(began.elapsed() < GUARD, "{member} is {}, not {wanted}", tenant.json[member]);
    }
}

const WAITS: [(&str, &str, &str); 9] = [
    ("GET", "/requests/wait?q=op:delete&timeout=600s", ""),
    ("GET", "/requests/wait?q=op:delete&state=received&timeout=600s", ""),
    ("GET", "/requests/wait?q=op:delete&state=received&exactly=1&timeout=600s", ""),
    ("GET", "/requests/wait-idle?quiet=300s&timeout=600s", ""),
    ("GET", "/state/wait?users=&exactly=99&timeout=600s", ""),
    ("GET", "/state/wait?groups=displayName%20eq%20%22None%22&timeout=600s", ""),
    ("POST", "/requests/verify", r#"{"match": "op:delete", "within": "600s"}"#),
    ("POST", "/requests/verify", r#"{"match": "op:delete", "count": 0, "for": "600s"}"#),
    ("GET", "/events", ""),
];

#[test]
fn a_wait_ends_when_its_client_disconnects() {
    let server = server();
    let begin = || WAITS.map(|(method, path, body)| ask(&server, method, path, body));

    let open = begin();
    until(&server, "waiters", WAITS.len() as u64);
    drop(open);
    until(&server, "waiters", 0);

    let open = begin();
    until(&server, "waiters", WAITS.len() as u64);
    for it in &open {
        it.shutdown(Shutdown::Write).unwrap();
    }
    until(&server, "waiters", 0);
}

#[test]
fn the_wait_of_one_client_goes_on_when_another_disconnects() {
    let server = server();
    let stays = ask(&server, "GET", WAITS[0].1, "");
    let leaves = ask(&server, "GET", WAITS[4].1, "");
    until(&server, "waiters", 2);

    drop(leaves);

    until(&server, "waiters", 1);
    drop(stays);
}

#[test]
fn a_request_that_hangs_ends_when_its_client_disconnects() {
    let server = server();
    server.fault(&json!({"action": {"connection": "hang"}})).unwrap();
    server.fault(&json!({"action": {"delay": "600s"}, "when": {"after": 1}})).unwrap();
    let key = server.secret_key().unwrap();
    let send = || {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let head = format!(
            "GET /NordlysQA/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\n\
             Authorization: Bearer {key}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };

    let open = [send(), send()];
    until(&server, "running", 2);
    drop(open);

    until(&server, "running", 0);
}

#[test]
fn the_next_test_does_not_wait_for_a_client_that_has_left() {
    let server = server();
    let open = ask(&server, "GET", "/requests/wait?q=op:list&count=2&timeout=600s", "");
    until(&server, "waiters", 1);
    drop(open);
    until(&server, "waiters", 0);

    let came = Client::scim(&server).get("/Users?count=1");

    assert_eq!(came.status, 200);
}
