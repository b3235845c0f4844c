//! What the system allows the program: descriptors and memory.
#![cfg(target_os = "linux")]

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    process::Command,
};

use rstest::rstest;

use crate::running::{Running, program, text};

#[rstest]
#[case(&["serve", "--port=0"])]
#[case(&["--port=0"])]
#[case(&["exec", "--port=0", "--", "echo", "run"])]
fn too_few_descriptors_end_the_start_with_an_error(#[case] words: &[&str]) {
    for descriptors in [8, 9, 10, 12, 14, 16, 20, 24, 32] {
        let refused = limited(&format!("-n {descriptors}"), words).output().unwrap();

        let said = text(&refused.stderr);
        assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(1), ""), "{said}");
        assert!(said.contains("more file descriptors: "), "{descriptors}: {said}");
        assert!(!said.contains("panicked"), "{descriptors}: {said}");
    }
}

#[test]
fn connections_beyond_the_descriptors_are_answered_after_others_close() {
    let words = ["serve", "--port=0", "--log-format=json", "--log-level=off"];
    let mut server = Running::start(limited("-n 64", &words));
    let url = server.ready()["url"].as_str().unwrap().to_owned();
    let address = url.strip_prefix("http://").unwrap();
    let resting: Vec<_> = (0..100).map(|_| TcpStream::connect(address).unwrap()).collect();
    let mut late = TcpStream::connect(address).unwrap();
    write!(late, "GET /livez HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();

    drop(resting);

    let mut answer = String::new();
    late.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.signal("TERM");
    assert_eq!(server.end().0.code(), Some(0));
}

#[test]
fn users_beyond_the_address_space_are_refused() {
    let kibibytes = 3_000_000;
    let words = ["serve", "--port=0", "--users=1000000"];

    let refused = limited(&format!("-v {kibibytes}"), &words).output().unwrap();

    assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(2), ""));
    let said = text(&refused.stderr);
    let (_, most) = said.split_once("there is memory for ").unwrap();
    let most: u64 = most.split(' ').next().unwrap().parse().unwrap();
    assert!(most < kibibytes / 4, "{said}");
}

/// The program under a limit of the shell's `ulimit`.
fn limited(limit: &str, words: &[&str]) -> Command {
    let program = program(&[]).get_program().to_owned();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit {limit}; exec \"$0\" \"$@\"")]).arg(program).args(words);
    command
}
