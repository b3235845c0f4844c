//! The program: its arguments, what they start, and how it ends.

use std::{
    fmt::Display,
    io::{self, Write as _},
};

use clap::Parser as _;

mod arguments;
mod demo;
mod exit;
mod files;
mod log;
mod ready;
mod screen;
mod serve;

pub use exit::Exit;

use arguments::{Arguments, Command};

/// Runs the program with the arguments of this process, and says how it ended.
///
/// Wrong arguments, `--help` and `--version` end the process here, as clap does it: with 2, 0 and 0.
pub fn run() -> Exit {
    let arguments = Arguments::parse();
    match arguments.command {
        None => serve::run(&arguments.serve, serve::Face::Dashboard),
        Some(Command::Serve(options)) => serve::run(&options, serve::Face::Line),
        Some(Command::Demo(options)) => demo::run(&options),
    }
}

/// Says in one line on stderr why the program ends, and passes the code on.
fn fail(exit: Exit, why: impl Display) -> Exit {
    // There is nobody left to tell if stderr is closed.
    drop(writeln!(io::stderr(), "mediusflow-mock: {why}"));
    exit
}
