//! Several commands at once on one state file.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs::File;

use serde_json::Value as Json;

use super::desk::Desk;
use crate::running::{Running, text};

const ADA: &str = "ada@contoso.example";

#[test]
fn changes_of_another_command_arrive_with_the_next_cycle_of_a_run() {
    let desk = Desk::with_company("entra-together-run");
    desk.done(&["directory", "create", ADA]);
    // Half a second from one cycle to the next.
    let mut run = desk.start(&["run", "--speed", "4800"]);
    let cycle = |run: &mut Running| loop {
        let line: Json = serde_json::from_str(&run.line()).unwrap();
        if line["event"] == "cycle" {
            return line["execution"]["counts"].clone();
        }
    };
    assert_ne!(cycle(&mut run)["created"], 0);

    desk.done(&["directory", "disable", ADA]);

    let disabled = (0..20).any(|_| cycle(&mut run)["disabled"] == 1);
    run.signal("INT");
    assert_eq!(run.end().0.code(), Some(0));
    assert!(disabled);
    assert_eq!(desk.user(ADA)["active"], false);
    assert_eq!(desk.done(&["directory", "show", ADA])[0]["accountEnabled"], false);
}

#[test]
fn a_run_reads_a_job_file_that_was_edited() {
    let desk = Desk::with_company("entra-together-job");
    let mut run = desk.start(&["run", "--speed", "4800"]);
    assert_eq!(kind(&mut run), "initial");
    assert_eq!(kind(&mut run), "incremental");

    // Other mappings begin an initial cycle.
    desk.write("next.toml", "[settings]\nrequests-per-second = 0\n[groups]\nenabled = false\n");
    std::fs::rename(desk.folder.join("next.toml"), desk.folder.join("job.toml")).unwrap();

    let is_initial = (0..20).any(|_| kind(&mut run) == "initial");
    run.signal("INT");
    assert_eq!(run.end().0.code(), Some(0));
    assert!(is_initial);
}

fn kind(run: &mut Running) -> String {
    loop {
        let line: Json = serde_json::from_str(&run.line()).unwrap();
        if line["event"] == "cycle" {
            return line["execution"]["kind"].as_str().unwrap().to_owned();
        }
    }
}

#[test]
fn a_command_waits_until_the_state_is_free() {
    let desk = Desk::with_company("entra-together-wait");
    let lock = lock(&desk);
    let change = desk.start(&["directory", "create", ADA, "--state-wait", "600"]);
    let shown = desk.done(&["directory", "show"]);

    drop(lock);

    assert_eq!(change.end().0.code(), Some(0));
    assert_eq!(desk.done(&["directory", "show"]).len(), shown.len() + 1);
}

#[test]
fn the_error_of_a_wait_for_the_state_names_the_process_that_has_it() {
    let desk = Desk::with_company("entra-together-busy");
    desk.write("job.toml", "[settings]\nrequests-per-second = 1\n");
    let mut cycle = desk.start(&["cycle"]);
    while desk.users() == 0 {}

    for command in [&["directory", "create", ADA] as &[&str], &["cycle"], &["restart"]] {
        let refused = desk.run(&[command, &["--state-wait", "0"]].concat());
        assert_eq!(refused.status.code(), Some(5), "{command:?}");
        let told = format!("process {} has entra-state.json", cycle.pid());
        assert!(text(&refused.stderr).contains(&told), "{}", text(&refused.stderr));
    }

    // The lock ends with the process, and the next cycle goes on from what was saved.
    cycle.kill();
    desk.write("job.toml", "[settings]\nrequests-per-second = 0\n");
    desk.done(&["directory", "create", ADA]);
    desk.cycle(&[]);
    assert_eq!(desk.user(ADA)["active"], true);
    assert_eq!(desk.cycle(&[])["counts"]["created"], 0);
}

fn lock(desk: &Desk) -> File {
    let path = desk.folder.join("entra-state.json.lock");
    let file = File::options().write(true).create(true).truncate(false).open(path).unwrap();
    file.lock().unwrap();
    file
}
