//! The arguments, their environment variables and their help, in one description.

use std::{env, ffi::OsString, time::Duration};

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

use super::{Exit, completions, values};

pub(super) mod entra;
mod entra_values;
mod serve;

pub(super) use serve::ServeArguments;

/// A MediusFlow tenant on your own machine: its admin console and its SCIM 2.0 service, in memory.
///
/// Without a command it serves; in a terminal it opens the dashboard.
///
/// Each flag of serve is also a key of mediusflow-mock.toml in the working directory: port = 0. The
/// command line takes precedence over the environment, and the environment over the file.
#[derive(Debug, Parser)]
#[command(
    name = "mediusflow-mock",
    version,
    after_help = Exit::list(),
    args_conflicts_with_subcommands = true
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) serve: ServeArguments,
}

/// All arguments as clap knows them.
pub(super) fn command() -> clap::Command {
    // `exec` starts a server of its own, and leaves the output to its command.
    Arguments::command().mut_subcommand("exec", |it| {
        it.mut_arg("port", |it| it.default_value("0"))
            .mut_arg("log_level", |it| it.default_value("warn"))
    })
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve without a dashboard: print one line when ready, stop at SIGTERM or SIGINT.
    #[command(after_help = Exit::list())]
    Serve(ServeArguments),
    /// Run a command with a server of its own on a free port, and end with the command's code.
    #[command(after_help = exec_help())]
    Exec(ExecArguments),
    /// Executes the command for `exec`, and ends when `exec` does.
    #[command(hide = true)]
    Become(BecomeArguments),
    /// Wait until a mediusflow-mock answers.
    #[command(after_help = Exit::list())]
    Ready(ReadyArguments),
    /// Print the completions of a shell, to be put where it looks for them.
    #[command(after_help = completions::HELP)]
    Completions(CompletionsArguments),
    /// Set a fresh tenant up by the tutorial's steps and provision a small company, over HTTP.
    #[command(after_help = Exit::list())]
    Demo(DemoArguments),
    /// Microsoft Entra's provisioning service, against this tenant or any other SCIM service.
    Entra(entra::EntraArguments),
}

/// The arguments of `exec`.
#[derive(Debug, Args)]
pub(super) struct ExecArguments {
    #[command(flatten)]
    pub(super) serve: ServeArguments,
    /// Print what a strict server would refuse of the requests, and end with a code of its own if
    /// there is anything.
    #[arg(long)]
    pub(super) strict_client: bool,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "CMD")]
    pub(super) command: Vec<OsString>,
}

/// The arguments of `become`.
#[derive(Debug, Args)]
pub(super) struct BecomeArguments {
    /// The process id of the parent, with which it ends.
    #[arg(long, value_name = "N")]
    pub(super) parent: u32,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "CMD")]
    pub(super) command: Vec<OsString>,
}

/// The arguments of `ready`.
#[derive(Debug, Args)]
pub(super) struct ReadyArguments {
    /// The URL of the server; its default has the port and the address that serve would take from
    /// `MEDIUSFLOW_MOCK_PORT` and `MEDIUSFLOW_MOCK_LISTEN`.
    #[arg(
        long,
        env = "MEDIUSFLOW_MOCK_URL",
        value_parser = values::http_url,
        default_value = values::usual_url(&|it| env::var(it).ok()),
        value_name = "URL"
    )]
    pub(super) url: String,
    /// The longest time to wait.
    #[arg(long, value_parser = values::duration, default_value = "30s", value_name = "DURATION")]
    pub(super) timeout: Duration,
}

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell.
    pub(super) shell: Shell,
}

/// The arguments of the demo.
#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// Run at full speed, then compare the final state with the expected one.
    #[arg(long)]
    pub(super) check: bool,
    /// The speed: 2 is twice as fast as usual, 0.5 half as fast.
    #[arg(
        long,
        env = "MEDIUSFLOW_MOCK_PACE",
        value_parser = values::pace,
        default_value = "1.0",
        value_name = "FACTOR",
        conflicts_with = "check"
    )]
    pub(super) pace: f64,
    /// The seed of ids and secrets.
    #[arg(long, env = "MEDIUSFLOW_MOCK_SEED", default_value_t = 1, value_name = "N")]
    pub(super) seed: u64,
}

/// The end of the help of `exec`.
fn exec_help() -> String {
    format!(
        "CMD finds the server by the environment: MEDIUSFLOW_MOCK_URL, MEDIUSFLOW_MOCK_SCIM_URL, \
         MEDIUSFLOW_MOCK_CONTROL_URL, MEDIUSFLOW_MOCK_TENANT and MEDIUSFLOW_MOCK_SECRET_KEY, and by \
         MEDIUSFLOW_MOCK_CONTROL_TOKEN where --listen makes one necessary. The other variables that configure the server are not handed on. --port, --state and --exit-with count \
         from the command line only. Signals are passed on to CMD.\n\n\
         The exit code is that of CMD, or 128 and the number of the signal that ended it; 127 if \
         there is no such command, 126 if it cannot be run. With --strict-client it is {} where CMD \
         ends with 0 and a strict server would refuse anything that it sent. If there is no server to run it with:\
         \n\n{}",
        Exit::Findings as u8,
        Exit::list()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        command().debug_assert();
    }
}
