//! `ready`: waiting until a server answers.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    process::Stdio,
    thread,
};

use rstest::rstest;

use crate::running::{Running, outcome, program, text};

#[rstest]
#[case("")]
#[case("/")]
fn a_server_that_answers_ends_the_wait_at_once(#[case] end: &str) {
    let mut server = Running::serve(&[]);
    let url = format!("{}{end}", server.ready()["url"].as_str().unwrap());

    let waited = outcome(&["ready", "--url", &url]);

    assert_eq!((waited.status.code(), text(&waited.stderr)), (Some(0), ""));
}

#[test]
fn the_port_and_the_address_of_the_environment_are_those_of_the_server() {
    let mut server = Running::serve(&["--listen", "0.0.0.0"]);
    let url = server.ready()["url"].as_str().unwrap().to_owned();
    let (_, port) = url.rsplit_once(':').unwrap();
    let ready = |port: &str| {
        let mut command = program(&["ready", "--timeout", "5s"]);
        command.env("MEDIUSFLOW_MOCK_PORT", port).env("MEDIUSFLOW_MOCK_LISTEN", "0.0.0.0");
        command.output().unwrap()
    };

    assert_eq!(ready(port).status.code(), Some(0));
    let refused = ready("many");
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("invalid value 'http://0.0.0.0:many' for '--url"));
}

#[test]
fn the_wait_continues_after_refusals_lost_answers_and_other_programs() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let mut waiting = program(&["ready", "--url", &url, "--timeout", "3600s"])
        .env("HTTP_PROXY", "http://127.0.0.1:1")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();

    answer(&server, "/readyz", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    answer(&server, "/readyz", "");
    for other in ["", "ok", "<title>Hi</title>", r#"{"name":"other"}"#, r#"["mediusflow-mock"]"#] {
        answer(&server, "/readyz", OK);
        answer(&server, "/", &ok(other));
    }
    answer(&server, "/readyz", OK);
    answer(&server, "/", &ok(r#"{"name":"mediusflow-mock"}"#));

    assert_eq!(waiting.wait().unwrap().code(), Some(0));
}

#[test]
fn the_wait_for_a_server_that_never_answers_fails() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());

    let waited = outcome(&["ready", "--url", &url, "--timeout", "20ms"]);

    assert_eq!(waited.status.code(), Some(5));
    let said = text(&waited.stderr);
    assert!(said.contains(&format!("{url}/readyz did not answer within 20 ms")), "{said}");
}

#[test]
fn the_error_says_why_a_server_did_not_answer() {
    let refused = outcome(&["ready", "--url", "http://127.0.0.1:1", "--timeout", "0"]);

    assert_eq!(refused.status.code(), Some(5));
    let said = text(&refused.stderr);
    assert!(said.contains("http://127.0.0.1:1/readyz did not answer within 0"), "{said}");
}

#[test]
fn another_program_that_answers_does_not_end_the_wait() {
    let stranger = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", stranger.local_addr().unwrap());
    thread::spawn(move || {
        loop {
            answer(&stranger, "/readyz", OK);
            answer(&stranger, "/", &ok("<title>Welcome</title>"));
        }
    });

    let waited = outcome(&["ready", "--url", &url, "--timeout", "3s"]);

    assert_eq!(waited.status.code(), Some(5));
    let said = text(&waited.stderr);
    assert!(said.contains(&format!("{url} answered within 3 s, but it is no medius")), "{said}");
}

#[test]
fn a_server_that_refuses_the_host_name_counts_as_ready() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let refusal = r#"{"type":"urn:mediusflow-mock:problem:unknown-host","status":403}"#;
    let answers = thread::spawn(move || {
        answer(&server, "/readyz", OK);
        answer(&server, "/", &ok(refusal).replace("200 OK", "403 Forbidden"));
    });

    let waited = outcome(&["ready", "--url", &url, "--timeout", "30s"]);

    answers.join().unwrap();
    assert_eq!(waited.status.code(), Some(0), "{}", text(&waited.stderr));
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

fn ok(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

/// Takes the next connection, reads its request and answers it.
fn answer(server: &TcpListener, path: &str, answer: &str) {
    let (stream, _) = server.accept().unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, format!("GET {path} HTTP/1.1\r\n"));
    while reader.read_line(&mut line).unwrap() > 2 {}
    let stream: &mut TcpStream = reader.get_mut();
    stream.write_all(answer.as_bytes()).unwrap();
}
