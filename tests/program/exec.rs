//! `exec`: a command with a server of its own.

use std::{
    fs,
    net::TcpListener,
    os::unix::process::CommandExt as _,
    process::{Command, Stdio},
};

use rstest::rstest;

use crate::running::{Running, folder, outcome, program, text};

const PROGRAM: &str = env!("CARGO_BIN_EXE_mediusflow-mock");

#[test]
fn the_command_finds_the_server_by_the_environment() {
    let told = r#"printf '%s\n' "$MEDIUSFLOW_MOCK_URL" "$MEDIUSFLOW_MOCK_SCIM_URL" \
        "$MEDIUSFLOW_MOCK_CONTROL_URL" "$MEDIUSFLOW_MOCK_TENANT" "$MEDIUSFLOW_MOCK_SECRET_KEY""#;

    let run = outcome(&["exec", "--tenant", "Acme", "--", "sh", "-c", told]);

    assert_eq!((run.status.code(), text(&run.stderr)), (Some(0), ""));
    let [url, scim, control, tenant, key] =
        text(&run.stdout).lines().collect::<Vec<_>>().try_into().unwrap();
    assert!(url.starts_with("http://127.0.0.1:") && !url.ends_with(":0"), "{url}");
    assert_eq!(scim, format!("{url}/Acme/scim/v2"));
    assert_eq!(control, format!("{url}/_mock/v1"));
    assert_eq!(tenant, "Acme");
    assert!(key.starts_with("mfk_"), "{key}");
}

#[test]
fn the_server_answers_when_the_command_begins() {
    let run = outcome(&["exec", "--", PROGRAM, "ready"]);

    assert_eq!((run.status.code(), text(&run.stderr)), (Some(0), ""));
}

#[test]
fn a_fresh_tenant_has_no_key_in_the_environment() {
    let mut command = program(&["exec", "--fresh", "--", "sh", "-c"]);
    command.arg(r#"echo "${MEDIUSFLOW_MOCK_SECRET_KEY-none}""#);

    let run = command.env("MEDIUSFLOW_MOCK_SECRET_KEY", "of another server").output().unwrap();

    assert_eq!(text(&run.stdout), "none\n");
}

#[rstest]
#[case("exit 0", 0)]
#[case("exit 7", 7)]
#[case("exit 255", 255)]
#[case("kill -s KILL $$", 137)]
fn it_ends_with_the_code_of_the_command(#[case] script: &str, #[case] expected: i32) {
    let run = outcome(&["exec", "--", "sh", "-c", script]);

    assert_eq!(run.status.code(), Some(expected));
}

#[test]
fn a_missing_command_is_named() {
    let run = outcome(&["exec", "--", "no-such-command", "--help"]);

    assert_eq!(run.status.code(), Some(127));
    assert_eq!(
        text(&run.stderr),
        "mediusflow-mock: can't run no-such-command: there is no such command\n"
    );
}

#[test]
fn a_file_that_is_not_executable_is_named() {
    let file = folder("exec").join("notes.txt");
    fs::write(&file, "no program").unwrap();

    let run = outcome(&["exec", "--", file.to_str().unwrap()]);

    assert_eq!(run.status.code(), Some(126));
    assert!(text(&run.stderr).contains("notes.txt"));
}

#[test]
fn without_a_server_the_command_is_not_run() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();

    let run = outcome(&["exec", "--port", &port, "--", "echo", "run"]);

    assert_eq!((run.status.code(), text(&run.stdout)), (Some(10), ""));
}

#[test]
fn the_port_of_another_server_in_file_or_environment_is_not_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let folder = folder("exec-port");
    fs::write(folder.join("mediusflow-mock.toml"), format!("port = {port}\nseed = 9\n")).unwrap();
    let mut command = program(&["exec", "--", "true"]);

    let run = command.current_dir(folder).env("MEDIUSFLOW_MOCK_PORT", port.to_string()).status();

    assert_eq!(run.unwrap().code(), Some(0));
}

#[rstest]
#[case("TERM", 143)]
#[case("INT", 130)]
#[case("USR1", 138)]
fn signals_are_passed_on(#[case] signal: &str, #[case] expected: i32) {
    let run = waiting_command(&[]);

    run.signal(signal);

    assert_eq!(run.end().0.code(), Some(expected));
}

#[test]
fn a_command_decides_what_a_signal_means() {
    let mut command = program(&["exec", "--", PROGRAM, "serve", "--port=0", "--log-format=json"]);
    command.process_group(0);
    let mut run = Running::start(command);
    run.ready();

    run.signal("TERM");

    assert_eq!(run.end().0.code(), Some(0));
}

#[test]
fn the_configuration_of_the_server_does_not_configure_one_that_the_command_starts() {
    let nested = ["exec", "--seed=3", "--", PROGRAM, "serve", "--port=0", "--log-format=json"];
    let mut command = program(&nested);
    command.env("MEDIUSFLOW_MOCK_TENANT", "Acme").env("MEDIUSFLOW_MOCK_PUBLIC_URL", "http://acme");
    let mut run = Running::start(command);

    let ready = run.ready();

    assert_eq!(ready["tenant"], "NordlysQA");
    assert_ne!(ready["url"], "http://acme");
    assert_eq!(ready["seed"], 1);
    run.signal("TERM");
    run.end();
}

#[test]
fn the_end_of_a_watched_process_ends_the_command() {
    let mut other = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    let run = waiting_command(&["--exit-with", &format!("pid:{}", other.id())]);

    other.kill().unwrap();
    other.wait().unwrap();

    assert_eq!(run.end().0.code(), Some(143));
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_is_not_left_behind_by_a_kill() {
    let mut run = waiting_command(&[]);
    let _open = run.stdin();

    run.kill();

    // The command has the same stdout, which ends with the last process that has it.
    assert_eq!(run.rest(), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_whose_exec_has_ended_before_it_begins_is_not_run() {
    let late = outcome(&["become", "--parent", "1", "--", "echo", "run"]);

    assert_eq!((late.status.code(), text(&late.stdout)), (Some(1), ""));
    assert!(text(&late.stderr).contains("exec has ended"), "{}", text(&late.stderr));
}

#[test]
fn stdin_is_passed_to_the_command() {
    let refused = outcome(&["exec", "--exit-with", "stdin", "--", "cat"]);

    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("pid:N"));
}

/// A command that is there and waits for ever, until a signal ends it.
fn waiting_command(arguments: &[&str]) -> Running {
    let mut command = program(&["exec"]);
    command.args(arguments).args(["--", "sh", "-c", "echo up; exec cat"]).stdin(Stdio::piped());
    // In the foreground of a terminal a SIGINT would be the terminal's, and not passed on.
    command.process_group(0);
    let mut run = Running::start(command);
    assert_eq!(run.line(), "up");
    run
}

/// Has curl add a user, with this value of `active`.
fn adds_a_user(active: &str) -> String {
    format!(
        r#"curl -sSf -o /dev/null -H "Authorization: Bearer $MEDIUSFLOW_MOCK_SECRET_KEY" \
        -H 'Content-Type: application/scim+json' "$MEDIUSFLOW_MOCK_SCIM_URL/Users" -d \
        '{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ann","active":{active}}}'"#
    )
}

#[test]
fn requests_that_a_strict_server_would_refuse_give_a_special_exit_code() {
    let run = outcome(&["exec", "--strict-client", "--", "sh", "-c", &adds_a_user("\"True\"")]);

    let report = text(&run.stderr);
    assert_eq!(run.status.code(), Some(6), "{report}");
    assert_eq!(text(&run.stdout), "");
    for part in ["would refuse 1 thing, in 1 request", "stringBoolean", "RFC 7643 §2.3.2", "curl"]
    {
        assert!(report.contains(part), "{part} is not in {report}");
    }
}

#[test]
fn a_reset_does_not_hide_requests_of_the_command() {
    let reset = r#"curl -sSf -o /dev/null -X POST \
        "$MEDIUSFLOW_MOCK_CONTROL_URL/tenants/$MEDIUSFLOW_MOCK_TENANT/reset""#;
    let script = format!("{} && {reset}", adds_a_user("\"True\""));

    let run = outcome(&["exec", "--strict-client", "--", "sh", "-c", &script]);

    assert_eq!(run.status.code(), Some(6), "{}", text(&run.stderr));
}

#[test]
fn a_command_with_valid_requests_succeeds() {
    let run = outcome(&["exec", "--strict-client", "--", "sh", "-c", &adds_a_user("true")]);

    let report = text(&run.stderr);
    assert_eq!(run.status.code(), Some(0), "{report}");
    assert!(report.contains("would refuse nothing of 1 request"), "{report}");
}

#[rstest]
#[case(&["--strict-client"], "exit 0", 0, "no request of a client was read")]
#[case(&["--strict-client"], "exit 7", 7, "no request of a client was read")]
#[case(&[], "exit 0", 0, "")]
fn a_report_is_printed_only_on_request(
    #[case] flags: &[&str],
    #[case] script: &str,
    #[case] code: i32,
    #[case] report: &str,
) {
    let run = outcome(&[&["exec"], flags, &["--", "sh", "-c", script]].concat());

    assert_eq!(run.status.code(), Some(code));
    assert!(
        text(&run.stderr).contains(report) && text(&run.stderr).is_empty() == report.is_empty()
    );
}

#[test]
fn requests_to_a_missing_resource_count() {
    let script = r#"curl -sS -o /dev/null -X PATCH \
        -H "Authorization: Bearer $MEDIUSFLOW_MOCK_SECRET_KEY" \
        -H 'Content-Type: application/scim+json' "$MEDIUSFLOW_MOCK_SCIM_URL/Users/none" -d \
        '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          "Operations":[{"op":"Replace","path":"title","value":"Chief"}]}'"#;

    let run = outcome(&["exec", "--strict-client", "--", "sh", "-c", script]);

    let report = text(&run.stderr);
    assert_eq!(run.status.code(), Some(6), "{report}");
    assert!(report.contains("opCase"), "{report}");
}

#[test]
fn operations_beside_a_refused_one_count() {
    let script = r#"curl -sSf -o /dev/null -X POST -H "Authorization: Bearer $MEDIUSFLOW_MOCK_SECRET_KEY" \
        -H 'Content-Type: application/scim+json' "$MEDIUSFLOW_MOCK_SCIM_URL/Users" -d \
        '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ann","title":1,
          "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":"nobody"}}'"#;

    let run = outcome(&["exec", "--strict-client", "--", "sh", "-c", &format!("{script} || true")]);

    let report = text(&run.stderr);
    assert_eq!(run.status.code(), Some(6), "{report}");
    assert!(report.contains("bareManager") && report.contains("unlistedExtension"), "{report}");
}
