//! The program; all of it is behind [`mediusflow_mock::run`].

use std::process::ExitCode;

fn main() -> ExitCode {
    mediusflow_mock::run()
}
