//! A target that takes requests and never answers.

use std::{io::Read as _, net::TcpListener};

use rstest::rstest;

use super::desk::{Desk, command};
use crate::running::Running;

#[rstest]
#[case("test-connection", "INT", 1, "was told to stop")]
#[case("cycle", "TERM", 0, r#""ended":"stopped""#)]
fn one_signal_ends_the_wait_for_a_target_that_hangs(
    #[case] word: &str,
    #[case] signal: &str,
    #[case] code: i32,
    #[case] told: &str,
) {
    let desk = Desk::with_company(&format!("entra-hung-{word}"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/scim", listener.local_addr().unwrap());
    let run = Running::start(command(&desk.folder, &url, &desk.key, &[word]));
    let (mut connection, _) = listener.accept().unwrap();
    assert!(connection.read(&mut [0; 64]).unwrap() > 0);

    run.signal(signal);

    let (status, printed) = run.end();
    assert_eq!(status.code(), Some(code), "{printed}");
    assert!(printed.contains(told), "{printed}");
    // The target is not blamed for it.
    assert_ne!(desk.done(&["status"])[0]["status"]["code"], "Quarantine");
    desk.cycle(&[]);
}

#[rstest]
#[case("cycle", ["INT", "TERM"])] // two of one kind may arrive as one
#[case("run", ["TERM", "INT"])]
fn a_second_signal_ends_the_command_at_once(#[case] word: &str, #[case] signals: [&str; 2]) {
    let desk = Desk::with_company(&format!("entra-hung-twice-{word}"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/scim", listener.local_addr().unwrap());
    let run = Running::start(command(&desk.folder, &url, &desk.key, &[word]));
    let (mut connection, _) = listener.accept().unwrap();
    assert!(connection.read(&mut [0; 64]).unwrap() > 0);

    for signal in signals {
        run.signal(signal);
    }

    let (status, printed) = run.end();
    assert_eq!(status.code(), Some(130), "{printed}");
    desk.cycle(&[]);
}
