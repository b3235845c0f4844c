//! No server outlives the test that started it.

use std::{
    fs::File,
    io::Write as _,
    process::{Command, Stdio},
};

use rstest::rstest;

use crate::running::{Running, outcome, program, text};

const SERVE: [&str; 5] = ["serve", "--port", "0", "--log-format", "json"];

#[test]
fn the_end_of_stdin_stops_the_server() {
    let mut command = program(&SERVE);
    command.args(["--exit-with", "stdin"]).stdin(Stdio::piped());
    let mut server = Running::start(command);
    server.ready();
    let mut stdin = server.stdin();

    // What is written does not matter, only the end.
    stdin.write_all(b"still here\n").unwrap();
    drop(stdin);

    assert_eq!(server.end().0.code(), Some(0));
}

#[rstest]
#[case::nothing("/dev/null", "stdin has ended (--exit-with stdin)")]
#[case::folder("/", "can't read stdin: ")]
fn a_server_started_with_an_ended_stdin_says_why_it_ends(
    #[case] stdin: &str,
    #[case] expected: &str,
) {
    let mut command = program(&["serve", "--port", "0", "--exit-with", "stdin"]);

    let ended = command.stdin(File::open(stdin).unwrap()).output().unwrap();

    assert_eq!(ended.status.code(), Some(0));
    assert!(text(&ended.stderr).contains(expected), "{}", text(&ended.stderr));
}

#[test]
fn a_server_that_ends_with_a_process_names_it() {
    let mut other = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    let process = format!("pid:{}", other.id());
    let mut server = Running::serve(&["--exit-with", &process]);
    server.ready();

    other.kill().unwrap();

    let why = server.logged("stopping")["why"].clone();
    assert_eq!(why, format!("process {} has ended (--exit-with {process})", other.id()));
    other.wait().unwrap();
}

#[test]
fn a_server_that_watches_stdin_still_ends_at_a_signal() {
    let mut command = program(&SERVE);
    command.args(["--exit-with", "stdin"]).stdin(Stdio::piped());
    let mut server = Running::start(command);
    server.ready();
    let _open = server.stdin();

    server.signal("TERM");

    assert_eq!(server.end().0.code(), Some(0));
}

#[test]
fn without_the_flag_the_end_of_stdin_does_not_matter() {
    let mut server = Running::serve(&[]);
    let url = server.ready()["url"].as_str().unwrap().to_owned();

    let answer = ureq::get(format!("{url}/livez")).call().unwrap();

    assert_eq!(answer.status().as_u16(), 200);
}

#[test]
fn the_server_ends_when_its_parent_is_killed() {
    let mut shell = Command::new("sh");
    shell.args(["-c", r#""$0" "$@" --exit-with "pid:$$" & wait"#]);
    shell.arg(program(&[]).get_program()).args(SERVE).stdin(Stdio::null());
    let mut parent = Running::start(shell);
    parent.ready();

    parent.kill();

    // The server has the same stdout, which ends with the last process that has it.
    assert_eq!(parent.rest(), "");
}

#[test]
fn a_missing_process_is_an_error() {
    let mut gone = program(&["--version"]).stdout(Stdio::null()).spawn().unwrap();
    gone.wait().unwrap();
    let process = format!("pid:{}", gone.id());

    let refused = outcome(&["serve", "--port", "0", "--exit-with", &process]);

    assert_eq!(refused.status.code(), Some(2));
    let said = text(&refused.stderr);
    assert!(said.contains(&format!("can't exit with process {}", gone.id())), "{said}");
}

#[rstest]
#[case("parent")]
#[case("pid:0")]
#[case("pid:me")]
fn other_things_cannot_be_watched(#[case] other: &str) {
    let refused = outcome(&["serve", "--port", "0", "--exit-with", other]);

    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("expected stdin or pid:N"));
}
