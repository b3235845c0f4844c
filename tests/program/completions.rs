//! `completions`, and the flags in the help. `.ci/completions` completes words in bash, zsh and fish.

use rstest::rstest;

use crate::running::{outcome, program, text};

/// Sources the completions, and prints what the words after them are completed to.
const COMPLETE: &str = r#"source <("$0" completions bash)
COMP_WORDS=(mediusflow-mock "$@")
COMP_CWORD=$#
[[ $(complete -p mediusflow-mock) =~ -F\ ([^ ]+) ]]
"${BASH_REMATCH[1]}" mediusflow-mock "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
echo "${COMPREPLY[*]}""#;

#[rstest]
#[case(&["serve", "--prof"], "--profile")]
#[case(&["entra", "directory", "gen"], "generate")]
#[case(&["exec", "--strict"], "--strict-client")]
#[case(&["serve", "--profile", ""], "mediusflow rfc")]
fn bash_completes_after_a_subcommand(#[case] words: &[&str], #[case] expected: &str) {
    let mut bash = std::process::Command::new("bash");
    bash.args(["--norc", "-c", COMPLETE]).arg(program(&[]).get_program()).args(words);

    let completed = bash.output().unwrap();

    assert_eq!(text(&completed.stdout).trim(), expected, "{}", text(&completed.stderr));
}

#[test]
fn a_shell_that_is_not_known_is_refused_with_those_that_are() {
    let refused = outcome(&["completions", "ksh"]);

    assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(2), ""));
    assert!(text(&refused.stderr).contains("[possible values: bash, elvish, fish"));
}

#[test]
fn the_help_has_the_flags_of_a_server_under_headings() {
    let help = outcome(&["serve", "--help"]);

    let headings = ["Options:", "Server:", "Tenant:", "Control:", "Process:", "Exit codes:"];
    let lines = text(&help.stdout).lines().filter(|it| headings.contains(it));
    let flags = text(&help.stdout).split_once("\nServer:\n").map(|(options, _)| options);
    assert_eq!(lines.collect::<Vec<_>>(), headings);
    assert!(flags.is_some_and(|it| !it.contains("--port")), "a flag has no heading");
}
