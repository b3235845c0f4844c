//! The file that tells where the server is.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    os::unix::{
        fs::{FileTypeExt as _, PermissionsExt as _, symlink},
        net::UnixListener,
    },
    path::Path,
    process::Output,
};

use rstest::rstest;
use serde_json::Value as Json;

use crate::running::{Running, fifo, folder, outcome, text};

#[test]
fn it_has_the_ready_line_and_only_its_owner_may_read_it() {
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
fn it_is_deleted_when_the_server_stops() {
    let file = folder("ready-file-stop").join("ready.json");
    let mut server = Running::serve(&["--ready-file", file.to_str().unwrap()]);
    server.ready();

    server.signal("TERM");

    assert_eq!(server.end().0.code(), Some(0));
    assert!(!file.exists());
}

#[test]
fn the_file_of_another_server_is_kept() {
    let file = folder("ready-file-other").join("ready.json");
    let mut server = Running::serve(&["--ready-file", file.to_str().unwrap()]);
    server.ready();
    fs::write(&file, "another server's").unwrap();

    server.signal("TERM");
    server.end();

    assert_eq!(fs::read_to_string(&file).unwrap(), "another server's");
}

#[test]
fn the_file_of_a_killed_server_is_deleted_at_the_start() {
    let folder = folder("ready-file-stale");
    let file = folder.join("ready.json");
    let mut killed = Running::serve(&["--ready-file", file.to_str().unwrap()]);
    killed.ready();
    killed.kill();
    assert!(file.exists());

    let refused = failing(&file);

    assert_eq!(refused.status.code(), Some(3));
    assert!(!file.exists());
}

#[test]
fn a_start_that_fails_leaves_the_file_of_a_server_that_runs() {
    let file = folder("ready-file-running").join("ready.json");
    let mut server = Running::serve(&["--ready-file", file.to_str().unwrap()]);
    server.ready();
    let before = fs::read_to_string(&file).unwrap();

    let refused = failing(&file);

    assert_eq!(refused.status.code(), Some(3));
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
}

#[test]
fn a_second_server_that_starts_has_the_file_and_the_first_leaves_it_alone() {
    let file = folder("ready-file-second").join("ready.json");
    let mut first = Running::serve(&["--ready-file", file.to_str().unwrap()]);
    first.ready();
    let mut second = Running::serve(&["--ready-file", file.to_str().unwrap()]);
    let ready = second.ready();

    first.signal("TERM");
    first.end();

    let stored: Json = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(stored, ready);
}

#[rstest]
#[case::empty("")]
#[case::text("somebody's notes")]
#[case::json(r#"{"url":"http://127.0.0.1:1"}"#)]
#[case::two_lines("{}\n{}\n")]
fn a_file_of_another_kind_is_refused_and_stays(#[case] content: &str) {
    let folder = folder(&format!("ready-file-other-{}", content.len()));
    let file = folder.join("ready.json");
    fs::write(&file, content).unwrap();

    refused_at(&file, "a file of another kind");

    assert_eq!(fs::read_to_string(&file).unwrap(), content);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[rstest]
#[case::to_a_file(true)]
#[case::to_nothing(false)]
fn a_link_is_refused_and_stays(#[case] leads_to_a_file: bool) {
    let folder = folder(&format!("ready-file-link-{leads_to_a_file}"));
    let (file, other) = (folder.join("ready.json"), folder.join("other.json"));
    if leads_to_a_file {
        let mut killed = Running::serve(&["--ready-file", other.to_str().unwrap()]);
        killed.ready();
        killed.kill();
    }
    symlink(&other, &file).unwrap();

    refused_at(&file, "a link");

    assert_eq!(fs::read_link(&file).unwrap(), other);
    assert_eq!(other.exists(), leads_to_a_file);
}

#[test]
fn a_folder_and_a_socket_are_refused_and_stay() {
    let folder = folder("ready-file-others");
    let socket = folder.join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();

    refused_at(&folder, "a folder");
    refused_at(&socket, "a socket");

    assert!(socket.exists());
}

#[test]
fn a_pipe_gets_the_ready_line_whenever_somebody_reads_it_and_stays() {
    let folder = folder("ready-file-pipe");
    let pipe = fifo(&folder, "ready.json");
    let mut server = Running::serve(&["--ready-file", pipe.to_str().unwrap()]);
    let ready = server.ready();

    let told: Json = serde_json::from_str(&fs::read_to_string(&pipe).unwrap()).unwrap();

    assert_eq!(told, ready);
    server.signal("TERM");
    assert_eq!(server.end().0.code(), Some(0));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_pipe_without_a_reader_does_not_block_the_server() {
    let pipe = fifo(&folder("ready-file-unread"), "ready.json");
    let mut server = Running::serve(&["--ready-file", pipe.to_str().unwrap()]);
    server.ready();

    server.signal("TERM");

    assert_eq!(server.end().0.code(), Some(0));
}

#[test]
fn a_device_is_written_to_and_stays() {
    let mut server = Running::serve(&["--ready-file", "/dev/null"]);
    server.ready();
    server.signal("TERM");
    assert_eq!(server.end().0.code(), Some(0));

    #[cfg(target_os = "linux")]
    {
        let refused = outcome(&["serve", "--port=0", "--ready-file", "/dev/full"]);
        assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(1), ""));
        assert!(text(&refused.stderr).contains("can't write the ready file /dev/full: "));
        assert!(fs::metadata("/dev/full").unwrap().file_type().is_char_device());
    }
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
}

#[test]
fn a_file_that_cannot_be_written_ends_the_program() {
    let file = folder("ready-file-nowhere").join("missing/ready.json");

    let refused = outcome(&["serve", "--port=0", "--ready-file", file.to_str().unwrap()]);

    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(text(&refused.stdout), "");
    let said = text(&refused.stderr);
    assert!(said.contains("can't write the ready file") && said.contains("missing"), "{said}");
}

/// A start with this ready file that fails for another reason.
fn failing(file: &Path) -> Output {
    let file = file.to_str().unwrap();
    outcome(&["serve", "--port=0", "--ready-file", file, "--tenant-file", "no-such-tenant.json"])
}

/// Whatever starts a server refuses this ready file, in words.
fn refused_at(file: &Path, what: &str) {
    let name = file.to_str().unwrap();
    let expected = format!("mediusflow-mock: --ready-file {name} is {what}: expected a new name");
    for words in [&["serve"][..], &["exec"], &[]] {
        let all = [words, &["--port=0", "--ready-file", name]].concat();
        let all = if words == ["exec"] { [&all[..], &["--", "true"]].concat() } else { all };
        let refused = outcome(&all);
        assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(2), ""), "{words:?}");
        assert!(text(&refused.stderr).contains(&expected), "{}", text(&refused.stderr));
    }
}
