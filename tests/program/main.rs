//! The program as scripts meet it: arguments, the ready line, signals, exit codes.
#![cfg(unix)]

mod arguments;
mod completions;
mod configuration;
mod demo;
mod entra;
mod exec;
mod exit_with;
mod given_files;
mod limits;
mod logs;
mod owned;
mod pipes;
mod ready;
mod ready_file;
mod running;
mod signals;
mod state_file;
mod state_kills;
mod waiting;
