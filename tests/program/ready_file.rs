//! The file that tells where the server is.

use std::{fs, os::unix::fs::PermissionsExt as _};

use serde_json::Value as Json;

use crate::running::{Running, folder, outcome, text};

#[test]
fn it_holds_what_the_ready_line_says_for_its_owner_only() {
    let folder = folder("ready-file");
    let file = folder.join("ready.json");
    let mut server = Running::serve(&["--ready-file", file.to_str().unwrap()]);

    let ready = server.ready();

    let stored: Json = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(stored, ready);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "a temporary file is left");
}

#[test]
fn it_goes_when_the_server_stops() {
    let file = folder("ready-file-stop").join("ready.json");
    let mut server = Running::serve(&["--ready-file", file.to_str().unwrap()]);
    server.ready();

    server.signal("TERM");

    assert_eq!(server.end().0.code(), Some(0));
    assert!(!file.exists());
}

#[test]
fn that_of_another_server_stays() {
    let file = folder("ready-file-other").join("ready.json");
    let mut server = Running::serve(&["--ready-file", file.to_str().unwrap()]);
    server.ready();
    fs::write(&file, "another server's").unwrap();

    server.signal("TERM");
    server.end();

    assert_eq!(fs::read_to_string(&file).unwrap(), "another server's");
}

#[test]
fn what_an_earlier_server_left_goes_before_this_one_starts() {
    let folder = folder("ready-file-stale");
    let file = folder.join("ready.json");
    fs::write(&file, "of a server that was killed").unwrap();
    let wrong = folder.join("tenant.json");

    let refused = outcome(&[
        "serve",
        "--port=0",
        "--ready-file",
        file.to_str().unwrap(),
        "--tenant-file",
        wrong.to_str().unwrap(),
    ]);

    assert_eq!(refused.status.code(), Some(3));
    assert!(!file.exists());
}

#[test]
fn one_that_cannot_be_written_ends_the_program() {
    let file = folder("ready-file-nowhere").join("missing/ready.json");

    let refused = outcome(&["serve", "--port=0", "--ready-file", file.to_str().unwrap()]);

    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(text(&refused.stdout), "");
    let said = text(&refused.stderr);
    assert!(said.contains("can't write the ready file") && said.contains("missing"), "{said}");
}
