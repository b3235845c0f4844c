//! What is printed, and where it goes.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    thread,
};

use super::desk::{Desk, at};
use crate::running::text;

#[cfg(target_os = "linux")]
#[test]
fn a_line_that_cannot_be_written_is_a_failure() {
    let desk = Desk::with_company("entra-output-full");

    for words in [&["cycle"] as &[&str], &["logs"], &["status"], &["job"], &["directory", "show"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let run = desk.command(words).stdout(full).output().unwrap();
        assert_eq!(run.status.code(), Some(1), "{words:?}");
        assert!(text(&run.stderr).contains("can't write to stdout: "), "{words:?}");
    }
    // The cycle is over and remembered all the same.
    assert_eq!(desk.cycle(&[])["counts"]["created"], 0);
}

#[test]
fn a_closed_stdout_ends_the_output_without_an_error() {
    let desk = Desk::with_company("entra-output-closed");
    desk.cycle(&[]);

    for words in [&["logs"] as &[&str], &["directory", "show"]] {
        let run = desk.command(words).stdout(crate::running::closed()).output().unwrap();
        assert_eq!((run.status.code(), text(&run.stderr)), (Some(0), ""), "{words:?}");
    }
}

#[test]
fn answers_of_the_target_are_printed_without_control_characters() {
    let desk = Desk::with_company("entra-output-hostile");
    let detail = r"\u001b[31mred\u001b]0;pwned\u0007 \r\nFAKE \u202e\u009b";
    let body = format!(r#"{{"status":"403","detail":"{detail}"}}"#);
    let url = answering("403 Forbidden\r\nContent-Type: application/scim+json", body.into());

    let run = at(&desk.folder, &url, &desk.key, &["test-connection", "--format", "text"]);

    let printed = text(&run.stdout);
    assert_eq!(run.status.code(), Some(1), "{printed}");
    assert!(printed.contains(r"\u{1b}[31mred"), "{printed}");
    assert!(!printed.trim_end().contains(|it: char| it.is_control() || it == '\u{202e}'));
}

#[test]
fn a_body_in_an_unrequested_encoding_is_named() {
    let desk = Desk::with_company("entra-output-gzip");
    let url = answering("200 OK\r\nContent-Encoding: gzip", vec![0x1f, 0x8b, 8, 0, 0xff]);

    let run = at(&desk.folder, &url, &desk.key, &["test-connection"]);

    assert_eq!(run.status.code(), Some(1));
    let printed = text(&run.stdout);
    assert!(printed.contains("a body with Content-Encoding: gzip"), "{printed}");
}

#[test]
fn every_failure_is_printed_with_its_reason() {
    let desk = Desk::with_company("entra-output-failures");
    for nth in 0..12 {
        desk.done(&["directory", "create", &format!("ada{nth}@contoso.example")]);
    }
    desk.write(
        "refusing.toml",
        "[settings]\nrequests-per-second = 0\n[users]\nattribute-mappings = [\n\
         { target = \"userName\", direct = \"userPrincipalName\", matching-precedence = 1 },\n\
         { target = \"nonsense\", constant = \"perhaps\" },\n]\n\
         target-attributes = [\"nonsense\"]\n",
    );

    let told = desk.run(&["cycle", "--job", "refusing.toml", "--format", "text"]);
    desk.done(&["restart"]);
    let json = desk.run(&["cycle", "--format", "json"]);

    let printed = text(&told.stdout);
    assert!(printed.contains(" deleted, 0 staged, "), "{printed}");
    let failed: usize = between(printed, " skipped, ", " failed").parse().unwrap();
    let reasons: Vec<&str> = printed.lines().filter(|it| it.starts_with("  ")).collect();
    // References that are out of scope are told as well, and are no failures.
    assert!(failed > 12 && reasons.len() >= failed, "{printed}");
    assert!(reasons.iter().filter(|it| it.contains("StatusCode: 400")).count() > 12, "{printed}");
    let lines: Vec<serde_json::Value> =
        text(&json.stdout).lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let failures: Vec<_> = lines.iter().filter(|it| it["event"] == "failure").collect();
    assert_eq!(failures.len(), reasons.len());
    let refused = failures.iter().filter(|it| it["httpStatus"] == 400).count();
    assert!(refused > 12, "{failures:?}");
    assert_eq!(lines.last().unwrap()["event"], "cycle");
}

fn between<'t>(text: &'t str, before: &str, behind: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(behind).unwrap().0
}

/// A server that answers its first request so.
fn answering(head: &'static str, body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/scim", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(connection.try_clone().unwrap()).lines();
        while lines.next().is_some_and(|it| !it.unwrap().is_empty()) {}
        let length = body.len();
        write!(connection, "HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n").unwrap();
        connection.write_all(&body).unwrap();
    });
    url
}
