//! Files that `entra` writes: what is not its own stays.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{fs, os::unix::fs::symlink, path::Path};

use rstest::rstest;

use crate::running::{fifo, folder, program, text};

const GENERATE: [&str; 4] = ["directory", "generate", "--users", "2"];
const NOTES: &str = "somebody's notes";

#[rstest]
#[case::state("entra-state.json", "entra-state.json:1:1: ")]
#[case::before_the_rename("entra-state.json.tmp", "entra-state.json.tmp is in the way")]
#[case::lock("entra-state.json.lock", "entra-state.json.lock is not a lock")]
fn a_file_of_another_program_is_not_overwritten(#[case] name: &str, #[case] expected: &str) {
    let folder = folder(&format!("owned-file-{name}"));
    let file = folder.join(name);
    fs::write(&file, NOTES).unwrap();

    refused(&folder, &GENERATE, expected);

    assert_eq!(fs::read_to_string(&file).unwrap(), NOTES);
}

#[rstest]
#[case::state("entra-state.json", "--state entra-state.json is a link")]
#[case::before_the_rename("entra-state.json.tmp", "entra-state.json.tmp is in the way")]
#[case::lock("entra-state.json.lock", "entra-state.json.lock is a link")]
fn a_link_is_neither_followed_nor_replaced(#[case] name: &str, #[case] expected: &str) {
    let folder = folder(&format!("owned-link-{name}"));
    let notes = folder.join("notes");
    fs::write(&notes, "").unwrap();
    symlink(&notes, folder.join(name)).unwrap();

    refused(&folder, &GENERATE, expected);

    assert_eq!(fs::read_link(folder.join(name)).unwrap(), notes);
    assert_eq!(fs::read_to_string(&notes).unwrap(), "");
}

#[rstest]
#[case::state("entra-state.json", "--state entra-state.json is a pipe")]
#[case::before_the_rename("entra-state.json.tmp", "entra-state.json.tmp is in the way")]
#[case::lock("entra-state.json.lock", "entra-state.json.lock is a pipe")]
fn a_pipe_is_refused_without_waiting_for_its_other_end(#[case] name: &str, #[case] expected: &str) {
    let folder = folder(&format!("owned-pipe-{name}"));
    let pipe = fifo(&folder, name);

    refused(&folder, &GENERATE, expected);

    assert!(pipe.exists());
}

#[test]
fn a_file_of_a_killed_command_is_overwritten() {
    let folder = folder("owned-left");
    let left = r#"{"format":"mediusflow-mock/entra-cli/1","aheadSec"#;
    fs::write(folder.join("entra-state.json.tmp"), left).unwrap();
    fs::write(folder.join("entra-state.json.lock"), "4711\n").unwrap();

    done(&folder, &GENERATE);

    assert!(folder.join("entra-state.json").exists());
    assert!(!folder.join("entra-state.json.tmp").exists());
}

#[test]
fn exported_logs_replace_those_of_an_earlier_export_only() {
    let folder = folder("owned-logs");
    let export = ["logs", "--format", "csv", "--into", "logs"];
    done(&folder, &GENERATE);
    done(&folder, &export);
    let file = folder.join("logs/ProvisioningLogs.csv");
    let header = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{}\nan older line\n", header.trim_end())).unwrap();

    done(&folder, &export);
    assert_eq!(fs::read_to_string(&file).unwrap(), header);

    fs::write(&file, NOTES).unwrap();
    refused(&folder, &export, "logs/ProvisioningLogs.csv: it is not one of this program's");
    assert_eq!(fs::read_to_string(&file).unwrap(), NOTES);

    fs::remove_file(&file).unwrap();
    symlink(folder.join("notes"), &file).unwrap();
    refused(&folder, &export, "logs/ProvisioningLogs.csv: it is not one of this program's");
    assert!(!folder.join("notes").exists());
}

fn run(folder: &Path, words: &[&str]) -> std::process::Output {
    program(&["entra"]).args(words).current_dir(folder).output().unwrap()
}

fn done(folder: &Path, words: &[&str]) {
    let run = run(folder, words);
    assert_eq!((run.status.code(), text(&run.stderr)), (Some(0), ""), "{words:?}");
}

fn refused(folder: &Path, words: &[&str], expected: &str) {
    let run = run(folder, words);
    assert!(matches!(run.status.code(), Some(1..=3)), "{:?}", run.status);
    assert!(text(&run.stderr).contains(expected), "{}", text(&run.stderr));
}
