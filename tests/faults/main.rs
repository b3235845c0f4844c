//! Faults, limits and the clock of a tenant, over real sockets.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod actions;
mod bad_input;
mod clock;
mod connections;
mod limits;
mod matching;
mod parallel;
mod prefer;
mod sleepers;
#[expect(dead_code, reason = "these tests need a part of what those of the APIs need")]
#[path = "../api/support.rs"]
mod support;

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    sync::Arc,
    time::Duration,
};

use mediusflow_mock::{MockServer, traffic::Exchange};
use serde_json::{Value, json};
use support::Client;

/// One who calls the control API of the default tenant, below `tenants/NordlysQA`.
fn control(server: &MockServer) -> Client {
    Client::at(format!("http://{}/_mock/v1/tenants/NordlysQA", server.address()))
}

/// A server with this fault rule.
fn faulty(rule: Value) -> MockServer {
    let server = support::server();
    add(&server, rule);
    server
}

/// Adds a fault rule; returns it as it is shown.
#[track_caller]
fn add(server: &MockServer, rule: Value) -> Value {
    let control = control(server);
    let added = control.call("POST", "/faults").header("content-type", "application/json");
    let added = added.json(&rule).send();
    assert_eq!(added.status, 201, "{}", added.text);
    added.json
}

/// How often the first rule matched and fired.
fn counts(server: &MockServer) -> (u64, u64) {
    let rule = &control(server).get("/faults").json["items"][0];
    (rule["matched"].as_u64().unwrap(), rule["fired"].as_u64().unwrap())
}

/// The last exchange in the journal.
fn last(server: &MockServer) -> Arc<Exchange> {
    server.requests().pop().unwrap()
}

/// A connection that has sent one request to the SCIM service, with the key.
fn sent(server: &MockServer, method: &str, path: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let (host, key) = (server.address(), server.secret_key().unwrap());
    let length = body.len();
    let request = format!(
        "{method} /NordlysQA/scim/v2{path} HTTP/1.1\r\nHost: {host}\r\n\
         Authorization: Bearer {key}\r\nContent-Type: application/scim+json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// What comes until the connection ends, and how it ends if not in order.
fn rest(mut stream: TcpStream) -> (Vec<u8>, Option<ErrorKind>) {
    let (mut all, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return (all, None),
            Ok(count) => all.extend_from_slice(&buffer[..count]),
            Err(error) => return (all, Some(error.kind())),
        }
    }
}

/// A body for `POST /Users`.
fn ada() -> Value {
    support::user("ada@nordlys.example", json!({"displayName": "Ada Berg", "externalId": "A-1"}))
}
