//! Files that are given to the program: pipes can be interrupted, devices are refused.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
};

use rstest::rstest;

use crate::running::{Running, fifo, folder, outcome, program, text};

const TENANT: &str = include_str!("../../fixtures/tenants/nordlysqa.json");

#[rstest]
#[case("--tenant-file")]
#[case("--schemas")]
#[case("--control-token-file")]
fn a_pipe_without_a_writer_does_not_block_the_end_of_the_program(#[case] flag: &str) {
    let pipe = fifo(&folder(&format!("given-pipe{flag}")), "pipe.json");
    let server = Running::serve(&[flag, pipe.to_str().unwrap()]);
    // Opened for writing as soon as the program reads it.
    let _writer = OpenOptions::new().write(true).open(&pipe).unwrap();

    server.signal("TERM");

    assert_eq!(server.end().0.code(), Some(0));
}

#[test]
fn a_folder_of_schemas_with_a_pipe_can_be_interrupted_too() {
    let folder = folder("given-folder");
    let pipe = fifo(&folder, "pipe.json");
    let server = Running::serve(&["--schemas", folder.to_str().unwrap()]);
    let _writer = OpenOptions::new().write(true).open(&pipe).unwrap();

    server.signal("INT");

    assert_eq!(server.end().0.code(), Some(0));
}

#[test]
fn a_pipe_is_read_to_its_end() {
    let pipe = fifo(&folder("given-read"), "tenant.json");
    let mut server = Running::serve(&["--tenant-file", pipe.to_str().unwrap()]);
    let mut writer = OpenOptions::new().write(true).open(&pipe).unwrap();
    writer.write_all(TENANT.as_bytes()).unwrap();
    drop(writer);

    assert_eq!(server.ready()["tenant"], "NordlysQA");
}

#[rstest]
#[case("--tenant-file")]
#[case("--schemas")]
#[case("--control-token-file")]
#[case("--config")]
fn a_device_without_an_end_is_refused(#[case] flag: &str) {
    let refused = outcome(&["serve", "--port=0", flag, "/dev/zero"]);

    assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(3), ""));
    let said = text(&refused.stderr);
    assert!(said.contains("can't read /dev/zero: expected a file; it is a device"), "{said}");
}

#[rstest]
#[case(&["--job", "pipe.json", "status"])]
#[case(&["--ca-certificate", "pipe.json", "status"])]
#[case(&["directory", "import", "pipe.json"])]
fn entra_refuses_a_pipe_without_waiting_for_its_other_end(#[case] words: &[&str]) {
    let folder = folder(&format!("given-entra-{}", words[0]));
    fifo(&folder, "pipe.json");

    let refused = program(&["entra"]).args(words).current_dir(&folder).output().unwrap();

    assert_eq!(refused.status.code(), Some(3));
    let said = text(&refused.stderr);
    assert!(said.contains("expected a file; it is a pipe"), "{said}");
}

#[test]
fn the_control_token_is_read_from_a_file() {
    let file = folder("given-token").join("token");
    fs::write(&file, "open-sesame\n").unwrap();

    let ready = Running::serve(&["--control-token-file", file.to_str().unwrap()]).ready();

    assert_eq!(ready["controlToken"], "open-sesame");
}

#[rstest]
#[case::empty("")]
#[case::line_end("\n")]
#[case::blank("open sesame")]
#[case::two_lines("open-sesame\nclose-sesame\n")]
#[case::other_letters("s\u{e9}same")]
#[case::control("sesame\u{1b}[2J")]
fn a_file_without_a_token_is_refused_and_not_repeated(#[case] content: &str) {
    let file = folder(&format!("given-no-token-{}", content.len())).join("token");
    fs::write(&file, content).unwrap();
    let name = file.to_str().unwrap();

    let refused = outcome(&["serve", "--port=0", "--control-token-file", name]);
    let of_entra = outcome(&["entra", "--secret-token-file", name, "test-connection"]);

    for refused in [refused, of_entra] {
        assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(3), ""));
        let said = text(&refused.stderr);
        assert!(said.contains(&format!("{name}: expected a token: 1 to 4096 ASCII")), "{said}");
        assert!(!said.contains("sesam"), "{said}");
    }
}

#[rstest]
#[case("")]
#[case("open sesame")]
fn an_invalid_token_argument_is_refused(#[case] token: &str) {
    let refused = outcome(&["serve", "--port=0", "--control-token", token]);

    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("expected a token"));
}

#[test]
fn the_secret_token_of_entra_is_read_from_a_file() {
    let folder = folder("given-secret");
    let mut server = Running::serve(&["--users", "0"]);
    let ready = server.ready();
    fs::write(folder.join("key"), ready["secretKey"].as_str().unwrap()).unwrap();
    let mut command = program(&["entra", "test-connection", "--secret-token-file", "key"]);
    command.args(["--tenant-url", ready["scimUrl"].as_str().unwrap()]);

    let tested = command.current_dir(&folder).output().unwrap();

    assert_eq!((tested.status.code(), text(&tested.stderr)), (Some(0), ""));
}
