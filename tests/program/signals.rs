//! How the program stops.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
};

use rstest::rstest;

use crate::running::Running;

const BODY: &str = r#"{"tenantName":"NordlysQA"}"#;

#[rstest]
#[case("TERM")]
#[case("INT")]
fn a_signal_stops_the_server_cleanly(#[case] signal: &str) {
    let mut server = Running::serve(&[]);
    server.ready();

    server.signal(signal);

    assert_eq!(server.end().0.code(), Some(0));
}

#[test]
fn requests_that_run_at_a_signal_are_finished() {
    let mut server = Running::serve(&["--grace", "3600s"]);
    let mut request = BegunRequest::to(&server.ready()["url"]);

    server.signal("TERM");
    server.logged("stopping");
    let answer = request.finish();

    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(server.end().0.code(), Some(0));
}

#[test]
fn a_second_signal_does_not_wait_for_running_requests() {
    let mut server = Running::serve(&["--grace", "3600s"]);
    let _request = BegunRequest::to(&server.ready()["url"]);
    server.signal("TERM");
    server.logged("stopping");

    server.signal("TERM");

    assert_eq!(server.end().0.code(), Some(0));
}

/// A request whose head the server has read, and whose body it waits for.
struct BegunRequest(BufReader<TcpStream>);

impl BegunRequest {
    fn to(url: &serde_json::Value) -> Self {
        let address = url.as_str().unwrap().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let length = BODY.len();
        write!(
            stream,
            "POST /admin/v1/authenticate HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\
             Expect: 100-continue\r\n\r\n"
        )
        .unwrap();
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
        reader.read_line(&mut line).unwrap();
        Self(reader)
    }

    fn finish(&mut self) -> String {
        self.0.get_mut().write_all(BODY.as_bytes()).unwrap();
        let mut answer = String::new();
        self.0.read_to_string(&mut answer).unwrap();
        answer
    }
}
