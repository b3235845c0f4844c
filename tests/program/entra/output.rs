//! What is printed, and where it goes.

use super::desk::Desk;
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
fn a_reader_that_has_gone_is_told_no_more() {
    let desk = Desk::with_company("entra-output-closed");
    desk.cycle(&[]);

    for words in [&["logs"] as &[&str], &["directory", "show"]] {
        let run = desk.command(words).stdout(crate::running::closed()).output().unwrap();
        assert_eq!((run.status.code(), text(&run.stderr)), (Some(0), ""), "{words:?}");
    }
}
