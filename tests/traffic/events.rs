//! Server-sent events.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    time::Duration,
};

use mediusflow_mock::MockServer;
use serde_json::{Value, json};

use crate::{
    control,
    support::{Client, server},
    work::encoded,
};

/// One who listens.
struct Events(BufReader<TcpStream>);

/// What it heard: the event's name, its id, its data.
type Event = (String, String, Value);

impl Events {
    fn of(server: &MockServer, query: &str, headers: &str) -> Self {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let path = format!("/_mock/v1/tenants/NordlysQA/events{query}");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", server.address())
            .unwrap();
        let mut events = Self(BufReader::new(stream));
        let mut line = events.line();
        assert_eq!(line, "HTTP/1.1 200 OK");
        // The first comment says that the server listens.
        while !line.starts_with(": mediusflow-mock") {
            line = events.line();
        }
        events
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.0.read_line(&mut line).unwrap(), 0, "the stream has ended");
        line.trim_end().to_owned()
    }

    fn next(&mut self) -> Event {
        let (mut name, mut id) = (String::new(), String::new());
        loop {
            let line = self.line();
            if let Some(it) = line.strip_prefix("event: ") {
                it.clone_into(&mut name);
            } else if let Some(it) = line.strip_prefix("id: ") {
                it.clone_into(&mut id);
            } else if let Some(it) = line.strip_prefix("data: ") {
                return (name, id, serde_json::from_str(it).unwrap());
            }
        }
    }
}

#[test]
fn exchanges_are_sent_as_events_as_they_happen() {
    let server = server();
    let mut events = Events::of(&server, "", "");

    Client::scim(&server).get("/Users?count=1");
    let (name, id, data) = events.next();

    assert_eq!((&*name, &*id), ("exchange", "1"));
    assert_eq!(data["operation"], "list");
}

#[test]
fn a_client_that_reconnects_continues_after_its_last_event() {
    let server = server();
    let scim = Client::scim(&server);
    for _ in 0..3 {
        scim.get("/Users?count=1");
    }

    let (_, id, _) = Events::of(&server, "", "Last-Event-ID: 2\r\n").next();
    let (_, since, _) = Events::of(&server, "?since=1", "").next();

    assert_eq!((&*id, &*since), ("3", "2"));
}

#[test]
fn a_gap_is_announced() {
    let server = server();
    let scim = Client::scim(&server);
    scim.get("/Users?count=1");
    scim.get("/Users?count=1");
    control(&server).delete("/requests");
    scim.get("/Groups?count=1");

    let mut events = Events::of(&server, "?since=0&q=path:/Groups", "");

    let (name, _, data) = events.next();
    assert_eq!((&*name, data["missed"].as_u64()), ("gap", Some(2)));
    assert_eq!(events.next().1, "3");
}

#[test]
fn a_reset_is_announced_and_the_stream_goes_on_in_the_next_life() {
    let server = server();
    Client::scim(&server).get("/Users?count=1");
    let mut events = Events::of(&server, "?since=0", "");
    assert_eq!(events.next().1, "1");

    server.reset();
    let (name, _, data) = events.next();
    Client::scim(&server).get("/Users?count=1");

    assert_eq!((&*name, &data), ("reset", &serde_json::json!({"seq": 1})));
    assert_eq!(events.next().1, "2");
}

#[test]
fn an_invalid_event_id_is_refused() {
    let server = server();
    let control = control(&server);

    let refused = control.call("GET", "/events").header("Last-Event-ID", "latest").send();

    refused.is_problem(400, "invalid-event-id", &["\"latest\""]);
}

#[test]
fn events_are_complete_even_if_the_filter_takes_long() {
    let server = server();
    let scim = Client::scim(&server);
    let mut events = Events::of(&server, &format!("?q={}", encoded("req:~\"x+end\"")), "");

    for name in ["other", "end", "other", "end"] {
        let body = json!({"userName": "x".repeat(50_000) + name}).to_string();
        scim.call("POST", "/Nobodies").body(body).send();
    }

    assert_eq!([events.next().1, events.next().1], ["2", "4"]);
}
