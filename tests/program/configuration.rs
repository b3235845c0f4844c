//! Where values come from: flags, the environment, a file.

use std::{fs, path::Path, process::Command};

use rstest::rstest;
use serde_json::Value as Json;

use crate::running::{Running, folder, outcome, program, text};

#[test]
fn every_flag_of_serve_is_a_key_of_the_file() {
    let help = outcome(&["serve", "--help"]);
    let flags: Vec<&str> = text(&help.stdout)
        .lines()
        .filter_map(|it| it.trim_start().strip_prefix("--")?.split([' ', '[', '=']).next())
        .filter(|it| *it != "config")
        .collect();
    assert!(flags.len() > 12 && flags.contains(&"port"), "{flags:?}");
    let file = folder("keys").join("mock.toml");

    for flag in flags {
        fs::write(&file, format!("{flag} = {{}}")).unwrap();
        let refused = outcome(&["serve", "--config", file.to_str().unwrap()]);
        let said = text(&refused.stderr);
        // The key is known; no flag takes a table.
        assert!(said.contains("expected a text, a number, true or false"), "{flag}: {said}");
    }
}

#[test]
fn the_file_in_the_working_directory_can_configure_everything() {
    let folder = folder("all");
    fs::copy("fixtures/tenants/nordlysqa.json", folder.join("own.json")).unwrap();
    let file = r#"
        # A server for the tests.
        port = 0
        listen = "127.0.0.1"
        profile = "rfc"
        seed = 18446744073709551615
        users = 2
        groups = 1
        tenant-file = "own.json"
        log-format = "json"
        log-level = "off"
        ready-file = "ready.json"
        grace = "1s"
    "#;
    fs::write(folder.join("mediusflow-mock.toml"), file).unwrap();
    let mut command = program(&["serve"]);
    command.current_dir(&folder);
    let mut server = Running::start(command);

    let ready = server.ready();

    assert_eq!(ready["seed"], u64::MAX);
    assert!(folder.join("ready.json").exists());
    // The other profile lists nobody by title.
    let users = format!("{}/Users?filter=title%20pr", ready["scimUrl"].as_str().unwrap());
    let key = format!("Bearer {}", ready["secretKey"].as_str().unwrap());
    let answer = ureq::get(&users).header("authorization", key).call();
    let list: Json = answer.unwrap().body_mut().read_json().unwrap();
    assert_eq!(list["totalResults"], 2);
    server.signal("TERM");
    assert_eq!(server.log(), Vec::<String>::new());
}

#[rstest]
#[case(None, None, 5)]
#[case(Some("6"), None, 6)]
#[case(Some(""), None, 5)]
#[case(None, Some("7"), 7)]
#[case(Some("6"), Some("7"), 7)]
fn flags_override_the_environment_which_overrides_the_file(
    #[case] variable: Option<&str>,
    #[case] flag: Option<&str>,
    #[case] expected: u64,
) {
    let folder = folder(&format!("order-{variable:?}-{flag:?}"));
    fs::write(folder.join("mediusflow-mock.toml"), "port = 0\nseed = 5").unwrap();
    let mut command = serve_in(&folder);
    if let Some(seed) = variable {
        command.env("MEDIUSFLOW_MOCK_SEED", seed);
    }
    if let Some(seed) = flag {
        command.args(["--seed", seed]);
    }

    assert_eq!(ready(command)["seed"], expected);
}

#[rstest]
#[case(&[], true)]
#[case(&["--fresh=false"], false)]
fn a_switch_that_the_file_turns_on_can_be_turned_off(
    #[case] arguments: &[&str],
    #[case] is_fresh: bool,
) {
    let folder = folder(&format!("switch-{is_fresh}"));
    fs::write(folder.join("mediusflow-mock.toml"), "port = 0\nfresh = true").unwrap();
    let mut command = serve_in(&folder);
    command.args(arguments);

    assert_eq!(ready(command)["secretKey"].is_null(), is_fresh);
}

#[test]
fn a_flag_overrides_a_contradicting_key_of_the_file() {
    let folder = folder("contradiction");
    fs::write(folder.join("mediusflow-mock.toml"), "port = 0\ntenant-file = \"none.json\"")
        .unwrap();
    let mut command = serve_in(&folder);
    command.args(["--tenant", "Acme"]);

    assert_eq!(ready(command)["tenant"], "Acme");
}

#[test]
fn an_invalid_variable_is_an_error_unless_a_flag_overrides_it() {
    let mut command = program(&["serve", "--port=0", "--log-format=json"]);
    command.env("MEDIUSFLOW_MOCK_SEED", "x").env("MEDIUSFLOW_MOCK_CONFIG", "");

    let refused = command.output().unwrap();
    command.args(["--seed", "3"]);

    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("invalid value 'x' for '--seed <N>'"));
    assert_eq!(ready(command)["seed"], 3);
}

#[test]
fn a_flag_overrides_a_contradicting_variable() {
    let mut command = program(&["serve", "--port=0", "--log-format=json"]);
    command.args(["--tenant-file", "fixtures/tenants/nordlysqa.json"]);
    command.env("MEDIUSFLOW_MOCK_TENANT", "Acme");

    assert_eq!(ready(command)["tenant"], "NordlysQA");
}

#[test]
fn the_variables_of_exec_do_not_configure_another_server() {
    let mut command = program(&["serve", "--port=0", "--log-format=json"]);
    command.env("MEDIUSFLOW_MOCK_URL", "http://127.0.0.1:1").env("MEDIUSFLOW_MOCK_TENANT", "Acme");

    assert_eq!(ready(command)["tenant"], "NordlysQA");
}

#[test]
fn a_named_file_replaces_the_default_one_and_paths_are_relative_to_it() {
    let folder = folder("named");
    let below = folder.join("below");
    fs::create_dir(&below).unwrap();
    fs::copy("fixtures/tenants/nordlysqa.json", below.join("own.json")).unwrap();
    fs::write(folder.join("mediusflow-mock.toml"), "seed = 5").unwrap();
    fs::write(below.join("mock.toml"), "port = 0\ntenant-file = \"own.json\"").unwrap();
    let mut command = serve_in(&folder);
    command.args(["--config", "below/mock.toml"]);

    let ready = ready(command);

    assert_eq!((&ready["tenant"], &ready["seed"]), (&"NordlysQA".into(), &1.into()));
}

#[rstest]
#[case("port = 0\nprt = 1", "mock.toml:2:1: there is no key \"prt\"; did you mean \"port\"?")]
#[case(
    "tenant_file = \"a\"",
    "mock.toml:1:1: there is no key \"tenant_file\"; did you mean \"tenant-file\"?"
)]
#[case("[server]\nport = 0", "mock.toml:1:2: there is no key \"server\"; ")]
#[case("config = \"a\"", "mock.toml:1:1: there is no key \"config\"; keys are the flags")]
#[case("help = true", "mock.toml:1:1: there is no key \"help\"; keys are the flags")]
#[case("port = 70000", "mock.toml:1:8: invalid value '70000' for '--port <N>'")]
#[case("# æ\n  port = 'x'", "mock.toml:2:10: invalid value 'x' for '--port <N>'")]
#[case(
    "profile = 'scim'",
    "mock.toml:1:11: invalid value 'scim' for '--profile <PROFILE>' [possible"
)]
#[case("grace = 'soon'", "expected a duration such as 250ms or 2s")]
#[case("port = [1, 2]", "mock.toml:1:8: the argument '--port <N>' cannot be used multiple times")]
#[case("port = []", "mock.toml:1:8: expected a value")]
#[case("port = 0x10", "mock.toml:1:8: expected a decimal number")]
#[case("port 0", "mock.toml:1:")]
#[case("port = 0\nport = 1", "mock.toml:2:1: duplicate key")]
#[case(
    "tenant = 'A'\ntenant-file = 'b'",
    "mock.toml:2:1: the argument '--tenant <NAME>' cannot be used with '--tenant-file <FILE>'"
)]
fn an_error_in_the_file_has_its_position(#[case] content: &str, #[case] expected: &str) {
    let unique: String = content.chars().filter(char::is_ascii_alphanumeric).collect();
    let file = folder(&format!("mistake-{unique}")).join("mock.toml");
    fs::write(&file, content).unwrap();

    let refused = outcome(&["serve", "--config", file.to_str().unwrap()]);

    assert_eq!(refused.status.code(), Some(3));
    let said = text(&refused.stderr);
    assert!(said.contains(expected), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_named_file_must_exist() {
    let refused = outcome(&["serve", "--config", "no-such-file.toml"]);

    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).contains("can't read no-such-file.toml"));
}

#[test]
fn help_and_other_commands_do_not_read_the_file() {
    let folder = folder("unread");
    fs::write(folder.join("mediusflow-mock.toml"), "nonsense").unwrap();
    let run = |arguments: &[&str]| {
        program(arguments).current_dir(&folder).output().unwrap().status.code()
    };

    assert_eq!(run(&["serve", "--help"]), Some(0));
    assert_eq!(run(&["--version"]), Some(0));
    assert_eq!(run(&["ready", "--url", "http://127.0.0.1:1", "--timeout", "0"]), Some(5));
}

/// A server in a folder, with nothing on its command line that a file could say.
fn serve_in(folder: &Path) -> Command {
    let mut command = program(&["serve", "--log-format=json"]);
    command.current_dir(folder);
    command
}

fn ready(command: Command) -> Json {
    Running::start(command).ready()
}
