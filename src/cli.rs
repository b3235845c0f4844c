//! The program: its arguments, what they start, and how it ends.

use std::{
    env,
    fmt::Display,
    io::{self, Write as _},
    process::ExitCode,
    sync::mpsc,
    thread,
    time::Duration,
};

mod arguments;
mod completions;
mod config;
mod demo;
mod entra;
mod exec;
mod exit;
mod exit_with;
mod file_lock;
mod files;
mod log;
mod owned_file;
mod ready;
mod screen;
mod serve;
mod signals;
mod started_server;
mod state_file;
mod values;
mod wait;

pub(crate) use exit::Exit;

use arguments::Command;

/// Runs the program with the arguments of this process and returns its exit code: one of the codes
/// that `--help` and the README list, or that of the command that `exec` ran.
///
/// Wrong arguments, `--help` and `--version` end the process here, as in clap: with 2, 0 and 0.
pub fn run() -> ExitCode {
    let arguments = match config::arguments(env::args_os().collect()) {
        Ok(arguments) => arguments,
        Err(error) => return fail(Exit::Invalid, error).into(),
    };
    match arguments.command {
        None => serve::run(&arguments.serve, serve::Interface::Dashboard).into(),
        Some(Command::Serve(options)) => serve::run(&options, serve::Interface::Line).into(),
        Some(Command::Exec(options)) => exec::run(&options),
        Some(Command::Become(options)) => exec::become_command(&options),
        Some(Command::Ready(options)) => wait::run(&options).into(),
        Some(Command::Completions(options)) => {
            completions::run(options.shell, arguments::command()).into()
        }
        Some(Command::Demo(options)) => demo::run(&options).into(),
        Some(Command::Entra(options)) => entra::run(&options).into(),
    }
}

/// The longest time that the end of the program waits for stderr to take its last line.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Writes to stderr in one line why the program ends, and returns the exit code.
fn fail(exit: Exit, why: impl Display) -> Exit {
    let line = format!("mediusflow-mock: {why}\n");
    let (done, wait) = mpsc::sync_channel(1);
    // On a thread of its own, because a full pipe that nobody reads blocks for ever. If stderr is
    // closed, the error cannot be reported.
    thread::spawn(move || drop(done.try_send(io::stderr().write_all(line.as_bytes()))));
    let _written_or_late = wait.recv_timeout(LAST_WORDS);
    exit
}
