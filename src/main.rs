//! The program; all of it is in [`mediusflow_mock::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    mediusflow_mock::cli::run()
}
