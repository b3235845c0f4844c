//! Arguments and files that are wrong.

use std::fs;

use rstest::rstest;

use super::desk::Desk;
use crate::running::{folder, program, text};

#[rstest]
#[case(&["--tenant-url", "http://127.0.0.1/scim", "cycle"], "Tenant URL and Secret Token are needed")]
#[case(&["--secret-token", "", "cycle"], "the Secret Token is empty")]
#[case(&["--secret-token", "se cret", "cycle"], "holds a blank")]
#[case(&["--tenant-url", "ftp://there", "cycle"], "begins with https:// or http://")]
#[case(&["--tenant-url", "http://h:99999/x", "cycle"], "no number from 1 to 65535")]
#[case(&["--tenant-url", "http://[::1/x", "cycle"], "`[::1` is no IPv6 address")]
#[case(&["directory", "import", "people.txt"], "can't read")]
#[case(&["cycle", "--advance", "soon"], "a span such as")]
#[case(&["run", "--speed", "0"], "a number from 0.01")]
#[case(&["directory", "generate", "--users", "100001"], "not in 0..=100000")]
#[case(&["directory", "generate", "--groups", "4294967295"], "is not in 0..=10000")]
#[case(&["directory", "update", "ada", "department"], "department=Sales")]
#[case(&["logs", "--status", "bad"], "success, failure, skipped, warning")]
fn wrong_arguments_are_refused(#[case] words: &[&str], #[case] expected: &str) {
    let folder = folder(&format!("entra-arguments {}", words.join(" ").replace('/', "-")));

    let run = program(&["entra"]).args(words).current_dir(folder).output().unwrap();

    assert!(matches!(run.status.code(), Some(2 | 3)), "{:?}", run.status);
    assert!(text(&run.stderr).contains(expected), "{}", text(&run.stderr));
    assert!(!text(&run.stderr).contains("se cret"));
}

#[test]
fn an_empty_directory_is_nothing_to_provision() {
    let desk = Desk::new("entra-empty");

    let run = desk.run(&["cycle"]);

    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("entra directory generate"), "{}", text(&run.stderr));
}

#[rstest]
#[case(
    "unknown attribute",
    "[users]\nattribute-mappings = [\n\
     { target = \"userName\", direct = \"userPrincipalNme\", matching-precedence = 1 }]\n",
    "job.toml:3:33: users.attribute-mappings[0].direct: users have no attribute `userPrincipalNme`"
)]
#[case(
    "expression",
    "[users]\nattribute-mappings = [\n\
     { target = \"userName\", expression = 'Join(\" \"', matching-precedence = 1 }]\n",
    "job.toml:3:"
)]
#[case(
    "filter",
    "[[users.scoping-filters]]\ntitle = \"Some\"\n\
     clauses = [{ attribute = \"otherMails\", operator = \"EQUALS\", value = \"a\" }]\n",
    "job.toml:3:26: users.scoping-filters[0].clauses[0].attribute: "
)]
#[case("token", "[admin-credentials]\nsecret-token = \"\"\n", "the Secret Token is empty")]
fn a_broken_job_file_is_named_before_anything_is_sent(
    #[case] name: &str,
    #[case] job: &str,
    #[case] expected: &str,
) {
    let desk = Desk::with_company(&format!("entra-job-{name}"));
    desk.write("job.toml", job);

    let run = desk.run(&["cycle", "--job", "job.toml"]);

    assert_eq!((run.status.code(), text(&run.stdout)), (Some(3), ""));
    assert!(text(&run.stderr).contains(expected), "{}", text(&run.stderr));
    assert_eq!(desk.users(), 0);
}

#[test]
fn a_broken_directory_file_is_named_with_line_and_field() {
    let desk = Desk::new("entra-import");
    desk.write(
        "good.csv",
        "userPrincipalName,displayName,assigned\nada@contoso.example,Ada,true\n",
    );
    desk.write("bad.csv", "userPrincipalName,accountEnabled\nada@contoso.example,perhaps\n");
    desk.write("bad.json", "{ \"users\": [\n  { \"displayName\": \"Ada\" }\n] }");

    desk.done(&["directory", "import", "good.csv"]);
    for (file, expected) in [
        ("bad.csv", "bad.csv:2: accountEnabled: expected true or false"),
        ("bad.json", "bad.json:2: userPrincipalName: is missing"),
    ] {
        let run = desk.run(&["directory", "import", file]);
        assert_eq!(run.status.code(), Some(3));
        assert!(text(&run.stderr).contains(expected), "{}", text(&run.stderr));
    }
    assert_eq!(desk.cycle(&[])["counts"]["created"], 1);
}

#[rstest]
#[case("{", "entra-state.json:1:1: ")]
#[case("{\n  \"format\": 1\n}", "entra-state.json:2:13: ")]
#[case(
    "{\"format\":\"mediusflow-mock/entra-cli/1\",\"aheadSeconds\":0,\"job\":null,\
     \"target\":null,\n\"simulation\":\n{\"format\":7}}",
    "entra-state.json:3:11: "
)]
fn a_broken_state_file_is_named_with_its_line(#[case] state: &str, #[case] expected: &str) {
    let folder = folder(&format!("entra-state-{}", state.len()));
    fs::write(folder.join("entra-state.json"), state).unwrap();

    let run = program(&["entra", "status"]).current_dir(&folder).output().unwrap();

    assert_eq!(run.status.code(), Some(3));
    assert!(text(&run.stderr).contains(expected), "{}", text(&run.stderr));
}
