//! Pipes that nobody reads, and pipes that nobody can read any more.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;

use crate::running::{Running, closed, full, program};

/// More than the queue of log lines and the buffer of a pipe hold together.
const MANY: usize = 2_000;

#[test]
fn a_closed_stdout_does_not_stop_the_server() {
    let mut server = Running::start_unread(serve(), closed());

    let url = server.logged("serving")["url"].as_str().unwrap().to_owned();

    answers(&url, 1);
    stops(server);
}

#[test]
fn a_full_stdout_does_not_hold_the_server_up() {
    let (stdout, _reader) = full();
    let mut server = Running::start_unread(serve(), stdout);

    let url = server.logged("serving")["url"].as_str().unwrap().to_owned();

    answers(&url, 1);
    stops(server);
}

#[test]
fn a_closed_stderr_does_not_stop_a_server_that_logs_everything() {
    let mut server = Running::start_unheard(talkative(), closed());

    let url = server.ready()["url"].as_str().unwrap().to_owned();

    answers(&url, 100);
    stops(server);
}

#[test]
fn a_full_stderr_does_not_hold_up_a_server_that_logs_everything() {
    let (stderr, _reader) = full();
    let mut server = Running::start_unheard(talkative(), stderr);

    let url = server.ready()["url"].as_str().unwrap().to_owned();

    answers(&url, MANY);
    stops(server);
}

#[test]
fn a_full_stderr_does_not_hold_up_a_program_that_cannot_start() {
    let (stderr, _reader) = full();

    let refused = program(&["serve", "--tenant-file", "no-such-file.json"]).stderr(stderr).status();

    assert_eq!(refused.unwrap().code(), Some(3));
}

fn serve() -> Command {
    program(&["serve", "--port", "0", "--log-format", "json"])
}

fn talkative() -> Command {
    let mut command = serve();
    command.args(["--log-level", "trace"]);
    command
}

/// Sends requests that are logged, and has each answered.
fn answers(url: &str, count: usize) {
    let agent = ureq::agent();
    let address = format!("{url}/NordlysQA/scim/v2/ServiceProviderConfig");
    for _ in 0..count {
        assert_eq!(agent.get(&address).call().unwrap().status().as_u16(), 200);
    }
}

fn stops(server: Running) {
    server.signal("TERM");
    assert_eq!(server.end().0.code(), Some(0));
}
