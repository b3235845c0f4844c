//! Completions for shells.

use std::io::{self, Write as _};

use clap::Command;
use clap_complete::{Shell, generate};

use super::{Exit, fail};

/// Where shells look for completions.
pub(super) const HELP: &str = "\
bash: mediusflow-mock completions bash > ~/.local/share/bash-completion/completions/mediusflow-mock
zsh:  mediusflow-mock completions zsh > DIR/_mediusflow-mock, for a DIR of $fpath
fish: mediusflow-mock completions fish > ~/.config/fish/completions/mediusflow-mock.fish";

/// The name of the program, which shells complete.
const NAME: &str = "mediusflow-mock";

/// Prints the completions of a shell on stdout.
pub(super) fn run(shell: Shell, arguments: Command) -> Exit {
    let script = script(shell, arguments);
    match io::stdout().write_all(script.as_bytes()) {
        Ok(()) => Exit::Done,
        // A reader that has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
        Err(error) => fail(Exit::Failed, format_args!("can't print the completions: {error}")),
    }
}

fn script(shell: Shell, mut arguments: Command) -> String {
    let mut script = Vec::new();
    generate(shell, &mut arguments, NAME, &mut script);
    let script = String::from_utf8(script).expect("names and help are texts");
    if shell == Shell::Bash { with_subcommands(&script) } else { script }
}

/// A script for bash that completes after a subcommand, too. In that of `clap_complete`, the loop over
/// the words and the cases write the hyphen of the program's name in different ways, so no case is
/// found (clap-rs/clap#6421). Once they agree, nothing is replaced.
fn with_subcommands(script: &str) -> String {
    script.replace(&NAME.replace('-', "__subcmd__"), &NAME.replace('-', "__"))
}
