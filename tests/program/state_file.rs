//! `--state FILE`: tenants that outlast their server.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::running::{Running, fifo, folder, outcome, program, text};

const TENANT: &str = "/_mock/v1/tenants/NordlysQA";

/// A server with a state file, and what its ready line says.
pub(crate) struct Kept {
    pub(crate) running: Running,
    pub(crate) ready: Json,
}

impl Kept {
    pub(crate) fn start(file: &Path, arguments: &[&str]) -> Self {
        let all = [&["--state", file.to_str().unwrap()][..], arguments].concat();
        let mut running = Running::serve(&all);
        let ready = running.ready();
        Self { running, ready }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.ready["url"].as_str().unwrap())
    }

    pub(crate) fn get(&self, path: &str) -> Json {
        ureq::get(self.url(path)).call().unwrap().into_body().read_json().unwrap()
    }

    fn post(&self, path: &str, body: &Json) -> Json {
        ureq::post(self.url(path)).send_json(body).unwrap().into_body().read_json().unwrap()
    }

    fn put(&self, path: &str, body: &Json) {
        ureq::put(self.url(path)).send_json(body).unwrap();
    }

    fn whole_state(&self) -> String {
        let state = self.url(&format!("{TENANT}/state?secrets=true"));
        ureq::get(state).call().unwrap().into_body().read_to_string().unwrap()
    }

    fn add_user(&self, name: &str) -> Json {
        self.post(&format!("{TENANT}/users"), &json!({"userName": name}))
    }

    /// Stops it as a service manager does.
    fn stop(self) {
        self.running.signal("TERM");
        assert_eq!(self.running.end().0.code(), Some(0));
    }
}

fn state_file(test: &str) -> PathBuf {
    folder(&format!("state-{test}")).join("state.json")
}

#[test]
fn tenants_are_what_they_were_after_a_stop_and_a_start() {
    let file = state_file("stop");
    let first = Kept::start(&file, &["--users", "3", "--profile", "rfc"]);
    assert_eq!(first.ready["state"], json!({"file": file, "loaded": null}));
    first.add_user("anna@contoso.com");
    first.post("/_mock/v1/tenants", &json!({"name": "ShopQA", "users": 2, "fresh": true}));
    first.put(&format!("{TENANT}/clock"), &json!({"mode": "frozen", "at": "2027-01-01T00:00:00Z"}));
    let (state, key) = (first.whole_state(), first.ready["secretKey"].clone());
    let tenants = first.get("/_mock/v1/tenants")["total"].clone();
    first.stop();

    // Flags describe what is made new, and not what is in the file.
    let second = Kept::start(&file, &["--users", "7", "--seed", "5"]);

    let loaded = &second.ready["state"]["loaded"];
    assert_eq!((&loaded["tenants"], &loaded["users"]), (&tenants, &json!(4 + 25 + 2)));
    assert_eq!(second.ready["secretKey"], key);
    assert_eq!(second.whole_state(), state);
    assert_eq!(second.get(&format!("{TENANT}/clock"))["at"], "2027-01-01T00:00:00Z");
    second.stop();
}

#[test]
fn schemas_of_a_tenant_and_their_values_are_kept() {
    let file = state_file("schemas");
    let schemas = "fixtures/examples/cost-centers.json";
    let first = Kept::start(&file, &["--users", "0", "--schemas", schemas]);
    let urn = "urn:example:params:scim:schemas:extension:costcenter:2.0:User";
    let state = first.whole_state();
    first.stop();

    let second = Kept::start(&file, &[]);

    let state: Json = serde_json::from_str(&state).unwrap();
    assert!(state["schemas"].as_array().unwrap().contains(&json!(urn)), "{urn}");
    let again: Json = serde_json::from_str(&second.whole_state()).unwrap();
    assert_eq!(again, state);
    second.stop();
}

#[test]
fn the_file_is_its_owners_alone_and_nothing_else_is_left() {
    let file = state_file("mode");
    let server = Kept::start(&file, &[]);
    server.add_user("anna@contoso.com");
    server.stop();

    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let mut names: Vec<_> = fs::read_dir(file.parent().unwrap())
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["state.json", "state.json.lock"]);
}

#[test]
fn a_state_that_did_not_change_is_not_written_again() {
    let file = state_file("unchanged");
    Kept::start(&file, &[]).stop();
    let before = fs::metadata(&file).unwrap().ino();

    Kept::start(&file, &[]).stop();
    assert_eq!(fs::metadata(&file).unwrap().ino(), before);

    let server = Kept::start(&file, &[]);
    server.add_user("anna@contoso.com");
    server.stop();
    assert_ne!(fs::metadata(&file).unwrap().ino(), before);
}

#[test]
fn a_running_server_saves_what_changed() {
    let file = state_file("running");
    let mut server = Kept::start(&file, &["--save-every", "10ms", "--log-level", "debug"]);
    server.running.logged("state saved"); // the new file
    server.add_user("anna@contoso.com");

    let saved = server.running.logged("state saved");
    server.running.kill();

    assert_eq!((&saved["tenants"], &saved["users"]), (&json!(2), &json!(51)));
    let next = Kept::start(&file, &[]);
    assert_eq!(next.ready["state"]["loaded"]["users"], 51);
    next.stop();
}

#[test]
fn a_shutdown_by_the_control_api_saves() {
    let file = state_file("shutdown");
    let server = Kept::start(&file, &[]);
    server.add_user("anna@contoso.com");
    ureq::post(server.url("/_mock/v1/shutdown")).send_empty().unwrap();
    assert_eq!(server.running.end().0.code(), Some(0));

    let next = Kept::start(&file, &[]);

    assert_eq!(next.ready["state"]["loaded"]["users"], 51);
    next.stop();
}

#[test]
fn a_tenant_with_a_time_to_live_is_not_kept() {
    let file = state_file("time-to-live");
    let server = Kept::start(&file, &[]);
    server.post("/_mock/v1/tenants", &json!({"name": "Test1", "timeToLive": "1h"}));
    server.stop();

    let next = Kept::start(&file, &[]);

    assert_eq!(next.get("/_mock/v1/tenants")["total"], 2);
    next.stop();
}

#[test]
fn a_deleted_tenant_stays_away_but_the_one_that_is_named() {
    let file = state_file("deleted");
    let server = Kept::start(&file, &[]);
    for name in ["Nordlys", "NordlysQA"] {
        ureq::delete(server.url(&format!("/_mock/v1/tenants/{name}"))).call().unwrap();
    }
    server.stop();

    let next = Kept::start(&file, &["--tenant", "Acme", "--users", "1"]);

    assert_eq!(next.ready["state"]["loaded"]["tenants"], 0);
    let tenants = next.get("/_mock/v1/tenants");
    assert_eq!((&tenants["total"], &tenants["items"][0]["tenant"]), (&json!(1), &json!("Acme")));
    next.stop();
}

#[test]
fn a_reset_goes_back_to_what_was_loaded_and_versions_name_nothing_twice() {
    let file = state_file("reset");
    let server = Kept::start(&file, &[]);
    let anna = server.add_user("anna@contoso.com");
    server.stop();

    let next = Kept::start(&file, &[]);
    let bo = next.add_user("bo@contoso.com");
    ureq::post(next.url(&format!("{TENANT}/reset"))).send_json(json!({})).unwrap();

    let user = |it: &Json| format!("{TENANT}/users/{}", it["id"].as_str().unwrap());
    let kept = next.get(&user(&anna));
    assert_eq!(kept["meta"]["lastModified"], anna["meta"]["lastModified"]);
    assert_ne!(kept["meta"]["version"], anna["meta"]["version"]);
    let gone = ureq::get(next.url(&user(&bo))).call().unwrap_err();
    assert!(matches!(gone, ureq::Error::StatusCode(404)), "{gone}");
    next.stop();
}

/// A state file that a server wrote, changed by a test.
fn changed(test: &str, change: impl FnOnce(&str) -> String) -> PathBuf {
    let file = state_file(test);
    Kept::start(&file, &["--users", "2"]).stop();
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, change(&text)).unwrap();
    file
}

/// A start with a state file that fails.
fn failing(file: &Path) -> Output {
    outcome(&["serve", "--port=0", "--log-level=off", "--state", file.to_str().unwrap()])
}

fn without_end(text: &str) -> String {
    text.chars().take(text.len() / 2).collect()
}

#[rstest]
#[case::cut(without_end, ": the file is cut short: EOF while parsing")]
#[case::one_byte_short(|it: &str| it[..it.len() - 2].into(), ": the file is cut short: EOF while")]
#[case::empty(|_: &str| String::new(), ":1:1: the file is empty")]
#[case::notes(|_: &str| "my notes".into(), ":1:1: expected ")]
#[case::other_json(|_: &str| "{}".into(), ":1:1: expected a state file with the format mediusflow")]
#[case::newer(|it: &str| it.replacen("server/1\",\"program\":\"0.1.0", "server/2\",\"program\":\"9.0", 1),
    ":1:1: the file is of a newer program: mediusflow-mock 9.0 wrote it as mediusflow-mock/server/2")]
#[case::older(|it: &str| it.replacen("server/1", "server/0", 1), ":1:1: format: expected mediusflow-")]
#[case::one_state(|_: &str| r#"{"format":"mediusflow-mock/state/1"}"#.into(), "found \"mediusflow-mock/state/1")]
#[case::newer_state(|it: &str| it.replacen("state/1", "state/2", 1), ":1:1: tenants[0].state.format: ")]
#[case::unknown_member(|it: &str| it.replacen("\"clock\"", "\"clokc\"", 1), "tenants[0].clokc: unknown field `clokc`")]
#[case::no_tenant(|it: &str| it.replacen("\"tenant\":\"Nordlys\"", "\"tenant\":\"docs\"", 1), "tenants[0].state.tenant: ")]
#[case::twice(|it: &str| it.replacen("\"tenant\":\"Nordlys\"", "\"tenant\":\"nordlysQA\"", 1), "tenants[1]: the tenant ")]
#[case::wrong_user(|it: &str| it.replace("\"preferredLanguage\"", "\"language\""), "tenants[0].state.resources.User[0]")]
fn a_file_that_is_no_whole_state_is_refused_and_stays(
    #[case] change: fn(&str) -> String,
    #[case] words: &str,
) {
    let name = words.bytes().map(u64::from).fold(7, |sum, it| sum * 31 % 1_000_003 + it);
    let file = changed(&format!("wrong-{name}"), change);
    let before = fs::read(&file).unwrap();

    let refused = failing(&file);

    let said = text(&refused.stderr);
    assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(3), ""), "{said}");
    assert!(said.contains("state.json") && said.contains(words), "{said}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn what_is_no_file_is_refused_and_stays() {
    let folder = folder("state-others");
    let refused_at = |path: &Path, what: &str| {
        let refused = failing(path);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("--state {} is {what}: ", path.display())), "{said}");
    };
    let link = folder.join("link");
    symlink(folder.join("nothing"), &link).unwrap();
    let read_only = changed("read-only", str::to_owned);
    fs::set_permissions(&read_only, fs::Permissions::from_mode(0o400)).unwrap();

    refused_at(&folder, "a folder");
    refused_at(&link, "a link");
    refused_at(&fifo(&folder, "pipe"), "a pipe");
    refused_at(&read_only, "read-only");
    refused_at(Path::new("/dev/null"), "a device");

    assert!(!folder.join("nothing").exists());
}

#[test]
fn a_folder_that_cannot_be_written_ends_the_start() {
    let nowhere = failing(&folder("state-nowhere").join("missing/state.json"));

    assert_eq!((nowhere.status.code(), text(&nowhere.stdout)), (Some(1), ""));
    let said = text(&nowhere.stderr);
    assert!(said.contains("can't write ") && said.contains("missing/state.json"), "{said}");
}

#[test]
fn a_second_server_with_the_file_is_refused_until_the_first_has_ended() {
    let file = state_file("second");
    let first = Kept::start(&file, &[]);

    let refused = failing(&file);

    let said = text(&refused.stderr);
    assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(2), ""), "{said}");
    let expected = format!("process {} has this file", first.running.pid());
    assert!(said.contains(&expected), "{said}");
    first.stop();
    Kept::start(&file, &[]).stop();
}

#[test]
fn a_save_that_fails_is_told_and_tried_again() {
    let file = state_file("retry");
    let mut server = Kept::start(&file, &["--save-every", "20ms", "--log-level", "debug"]);
    server.running.logged("state saved"); // the new file
    let blocked = file.with_file_name("state.json.tmp");
    fs::create_dir(&blocked).unwrap();
    server.add_user("anna@contoso.com");

    let failed = server.running.logged("can't save the state, and will try again");
    fs::remove_dir(&blocked).unwrap();
    let saved = server.running.logged("state saved");

    assert_eq!((&failed["level"], &failed["next_ms"]), (&json!("WARN"), &json!(20)));
    assert!(failed["error"].as_str().unwrap().contains("state.json.tmp is in the way"));
    assert_eq!(saved["users"], 51);
    server.stop();
}

#[test]
fn a_last_save_that_fails_ends_the_program_with_an_error() {
    let file = state_file("last");
    let server = Kept::start(&file, &["--save-every", "1h"]);
    server.add_user("anna@contoso.com");
    fs::create_dir(file.with_file_name("state.json.tmp")).unwrap();

    server.running.signal("TERM");
    let log = server.running.log();

    let told = log.iter().find(|it| it.starts_with("mediusflow-mock: can't write the state file "));
    assert!(told.is_some_and(|it| it.contains("state.json.tmp is in the way")), "{log:?}");
    fs::remove_dir(file.with_file_name("state.json.tmp")).unwrap();
    let next = Kept::start(&file, &[]);
    assert_eq!(next.ready["state"]["loaded"]["users"], 50, "the file is that of the start");
    next.stop();
}

#[test]
fn a_server_whose_last_save_fails_ends_with_1() {
    let file = state_file("last-code");
    let server = Kept::start(&file, &["--save-every", "1h"]);
    server.add_user("anna@contoso.com");
    fs::create_dir(file.with_file_name("state.json.tmp")).unwrap();

    server.running.signal("TERM");

    assert_eq!(server.running.end().0.code(), Some(1));
}

#[test]
fn a_disk_without_room_ends_the_start_and_leaves_nothing() {
    let file = state_file("full");
    // A file of 8 blocks is as large as one may be; the signal that says so is ignored.
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"";
    let mut limited = Command::new("sh");
    let words = ["serve", "--port=0", "--log-level=off", "--state"];
    limited.args(["-c", script]).arg(program(&[]).get_program()).args(words).arg(&file);

    let refused = limited.output().unwrap();

    let said = text(&refused.stderr);
    assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(1), ""), "{said}");
    assert!(said.contains("can't write the state file ") && said.contains("too large"), "{said}");
    let left = fs::read_dir(file.parent().unwrap()).unwrap();
    let left: Vec<_> = left.map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left, ["state.json.lock"]);
}

#[test]
fn exec_takes_a_state_file_from_its_command_line_only() {
    let file = state_file("exec");
    let count = "wc -l < \"$FILE\" 2>/dev/null || echo none";
    let run = |words: &[&str]| {
        let all = [&["exec"], words, &["--", "sh", "-c", count]].concat();
        let mut command = program(&all);
        command.env("MEDIUSFLOW_MOCK_STATE", &file).env("FILE", &file).output().unwrap()
    };

    assert_eq!(text(&run(&[]).stdout).trim(), "none");
    assert_eq!(text(&run(&["--state", file.to_str().unwrap()]).stdout).trim(), "1");
}

#[test]
fn the_line_for_people_says_what_was_loaded() {
    let file = state_file("line");
    let line = || {
        let mut server =
            Running::start(program(&["serve", "--port=0", "--state", file.to_str().unwrap()]));
        let line = server.line();
        server.signal("TERM");
        assert_eq!(server.end().0.code(), Some(0));
        line
    };
    let name = file.display();

    assert!(line().ends_with(&format!("; state: new, in {name}")));
    let expected = format!("; state: loaded from {name} (tenants: 2, users: 50), saved at 20");
    let second = line();
    assert!(second.contains(&expected), "{second}");
}
