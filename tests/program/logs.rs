//! Log lines.

use crate::running::{Running, closed, program};

#[test]
fn at_the_level_debug_each_request_is_a_line_without_secrets() {
    let mut server = Running::serve(&["--log-level", "debug"]);
    let ready = server.ready();
    let key = ready["secretKey"].as_str().unwrap();
    let users = format!("{}/Users?count=1", ready["scimUrl"].as_str().unwrap());
    let request = ureq::get(&users).header("authorization", format!("Bearer {key}"));
    request.call().unwrap();

    server.signal("TERM");

    let lines = server.log();
    let answered =
        lines.iter().find(|it| it.contains("NordlysQA") && it.contains("\"status\":200"));
    assert!(answered.is_some_and(|it| it.contains("LIST")), "{lines:#?}");
    assert!(!lines.iter().any(|it| it.contains(key)), "{lines:#?}");
}

#[test]
fn usually_only_start_and_stop_are_logged() {
    let mut server = Running::serve(&[]);
    let ready = server.ready();
    ureq::get(format!("{}/Schemas", ready["scimUrl"].as_str().unwrap())).call().unwrap();

    server.signal("TERM");

    let lines = server.log();
    let messages: Vec<String> = lines
        .iter()
        .map(|it| serde_json::from_str::<serde_json::Value>(it).unwrap())
        .map(|it| it["message"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(messages, ["serving", "stopping"]);
}

#[test]
fn nothing_is_logged_at_the_level_off() {
    let mut server = Running::serve(&["--log-level", "off"]);
    server.ready();

    server.signal("TERM");

    assert_eq!(server.log(), Vec::<String>::new());
}

#[test]
fn lines_for_people_have_no_colour_in_a_pipe() {
    let command = program(&["serve", "--port", "0", "--log-level", "debug"]);
    let mut server = Running::start(command);
    server.line();

    server.signal("TERM");

    let lines = server.log();
    assert!(lines.iter().any(|it| it.contains("INFO") && it.contains("serving")), "{lines:#?}");
    assert!(!lines.iter().any(|it| it.contains('\x1b')), "{lines:#?}");
}

#[test]
fn the_bare_program_logs_why_there_is_no_dashboard() {
    let command = program(&["--port", "0", "--log-format", "json"]);

    let mut server = Running::start_unread(command, closed());

    server.logged("The output is not a terminal, so there is no dashboard.");
}
