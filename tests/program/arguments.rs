//! Arguments that help, and arguments that are refused.

use std::net::TcpListener;

use rstest::rstest;

use crate::running::{Running, outcome, program, text};

#[rstest]
#[case(&["--help"])]
#[case(&["serve", "--help"])]
#[case(&["demo", "--help"])]
#[case(&["exec", "--help"])]
#[case(&["ready", "--help"])]
fn help_ends_with_the_exit_codes(#[case] arguments: &[&str]) {
    let help = outcome(arguments);

    assert_eq!(help.status.code(), Some(0));
    let (_, codes) = text(&help.stdout).split_once("Exit codes:").unwrap();
    let codes: Vec<&str> = codes.lines().filter_map(|it| it.split_whitespace().next()).collect();
    assert_eq!(codes, ["0", "1", "2", "3", "4", "5", "6", "10", "129"]);
}

#[rstest]
#[case(&["--prot", "0"], "--port")]
#[case(&["serve", "--port", "99999"], "99999")]
#[case(&["serve", "--profile", "scim"], "[possible values: mediusflow, rfc]")]
#[case(&["serve", "--tenant", "Nordlys QA"], "--tenant")]
#[case(&["serve", "--public-url", "mock.example"], "https://mock.example")]
#[case(&["serve", "--public-url", "http://user:secret@mock.example"], "no user")]
#[case(&["serve", "--public-url", "http://mock.example/<script>"], "letters, digits")]
#[case(&["serve", "--allow-host", "mock.example:8420"], "without a port")]
#[case(&["serve", "--allow-host", "<b>"], "without a port")]
#[case(&["serve", "--control-token", "a", "--control-token-file", "b"], "cannot be used with")]
#[case(&["serve", "--grace", "soon"], "250ms")]
#[case(&["demo", "--pace", "0"], "0.01")]
#[case(&["demo", "--check", "--pace", "2"], "--check")]
fn an_invalid_argument_is_named_with_the_valid_ones(
    #[case] arguments: &[&str],
    #[case] expected: &str,
) {
    let refused = outcome(arguments);

    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(text(&refused.stdout), "");
    assert!(text(&refused.stderr).contains(expected), "{}", text(&refused.stderr));
}

#[test]
fn more_users_than_memory_are_refused_before_anything_starts() {
    let users = usize::MAX.to_string();

    let refused = outcome(&["serve", "--port", "0", "--users", &users]);

    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(text(&refused.stdout), "");
    let line = text(&refused.stderr);
    assert!(line.starts_with(&format!("mediusflow-mock: {users} users need about")), "{line}");
    assert_eq!(line.lines().count(), 1);
}

#[test]
fn the_error_of_an_address_in_use_by_another_mock_says_so() {
    let mut server = Running::serve(&[]);
    let url = server.ready()["url"].as_str().unwrap().to_owned();
    let address = url.strip_prefix("http://").unwrap();
    let (_, port) = address.split_once(':').unwrap();

    let refused = outcome(&["serve", "--port", port]);

    assert_eq!(refused.status.code(), Some(10));
    assert_eq!(
        text(&refused.stderr),
        format!(
            "mediusflow-mock: can't listen on {address}: another program has it \
             (mediusflow-mock, pid {})\n",
            server.pid()
        )
    );
}

#[test]
fn the_error_of_an_address_in_use_by_another_program_only_says_that() {
    let stranger = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = stranger.local_addr().unwrap();

    let refused = outcome(&["serve", "--port", &address.port().to_string()]);

    assert_eq!(refused.status.code(), Some(10));
    assert_eq!(
        text(&refused.stderr),
        format!("mediusflow-mock: can't listen on {address}: another program has it\n")
    );
}

#[test]
fn a_wrong_tenant_file_stops_the_start_with_file_line_and_column() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let good = include_str!("../../fixtures/tenants/nordlysqa.json");
    let file = format!("{folder}/wrong-tenant.json");
    std::fs::write(&file, good.replacen("\"companies\"", "\"companys\"", 1)).unwrap();

    let refused = outcome(&["serve", "--port", "0", "--tenant-file", &file]);

    assert_eq!(refused.status.code(), Some(3));
    let said = text(&refused.stderr);
    let place = said.split_once("wrong-tenant.json:").unwrap().1;
    let numbers: Vec<&str> = place.splitn(3, ':').collect();
    assert!(numbers[0].parse::<u32>().is_ok() && numbers[1].parse::<u32>().is_ok(), "{said}");
    assert!(said.contains("companys") && said.contains("expected"), "{said}");
}

#[test]
fn a_missing_tenant_file_is_named() {
    let refused = outcome(&["serve", "--port", "0", "--tenant-file", "no-such-tenant.json"]);

    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).contains("can't read no-such-tenant.json"));
}

#[test]
fn a_wrong_schema_file_stops_the_start_with_file_line_and_column() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let good = include_str!("../../fixtures/examples/devices.json");
    let file = format!("{folder}/wrong-devices.json");
    std::fs::write(&file, good.replacen("\"/Devices\"", "\"/Me\"", 1)).unwrap();

    let refused = outcome(&["serve", "--port", "0", "--schemas", &file]);

    assert_eq!(refused.status.code(), Some(3));
    assert_eq!(
        text(&refused.stderr),
        format!(
            "mediusflow-mock: {file}:85:19: expected another endpoint: /Me is reserved by the \
             protocol (RFC 7644 §3.2)\n"
        )
    );
}

#[rstest]
#[case("no-such-schemas.json", "can't read no-such-schemas.json: ")]
#[case("src", "can't read src: the folder has no .json files")]
fn a_missing_schema_file_is_named(#[case] path: &str, #[case] expected: &str) {
    let refused = outcome(&["serve", "--port", "0", "--schemas", path]);

    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).contains(expected), "{}", text(&refused.stderr));
}

#[rstest]
#[case::files(&["--schemas", "fixtures/examples/devices.json",
    "--schemas", "fixtures/examples/cost-centers.json"], None)]
#[case::folder(&["--schemas", "fixtures/examples"], None)]
#[case::environment(&[], Some("fixtures/examples/devices.json,fixtures/examples/cost-centers.json"))]
fn schemas_come_from_files_folders_and_the_environment(
    #[case] arguments: &[&str],
    #[case] environment: Option<&str>,
) {
    let all = [&["serve", "--port", "0", "--log-format", "json"], arguments].concat();
    let mut command = program(&all);
    if let Some(files) = environment {
        command.env("MEDIUSFLOW_MOCK_SCHEMAS", files);
    }
    let mut server = Running::start(command);
    let url = server.ready()["url"].as_str().unwrap().to_owned();

    let served = ureq::get(format!("{url}/NordlysQA/scim/v2/Schemas")).call().unwrap();

    let text = served.into_body().read_to_string().unwrap();
    assert!(text.contains("core:2.0:Device\"") && text.contains("costcenter:2.0:User\""), "{text}");
}
