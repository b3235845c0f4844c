//! The exit codes, on which scripts rely.

use std::{fmt::Write as _, process::ExitCode};

use crate::server::StartError;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It succeeded, or was told to stop.
    Done = 0,
    /// Something failed while it ran.
    Failed = 1,
    /// An argument cannot be used. clap ends with the same code.
    Usage = 2,
    /// A fixture or configuration file is wrong.
    Invalid = 3,
    /// The final state is not the expected one: a check failed, or a cycle of `entra` ended with
    /// failures or in quarantine.
    Different = 4,
    /// What was waited for did not come in time.
    TimedOut = 5,
    /// A strict server would refuse something that the command sent.
    Findings = 6,
    /// Another program has the address.
    AddressInUse = 10,
    /// The terminal of the dashboard was closed: 128 and the number of SIGHUP, as in shells.
    HungUp = 129,
}

impl Exit {
    const ALL: [Self; 9] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Invalid,
        Self::Different,
        Self::TimedOut,
        Self::Findings,
        Self::AddressInUse,
        Self::HungUp,
    ];

    fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done, or stopped by a signal",
            Self::Failed => "an error while it ran",
            Self::Usage => "an argument cannot be used",
            Self::Invalid => "a file is wrong: the message names file, line and column",
            Self::Different => {
                "the end state is not the expected one, or a cycle left something undone"
            }
            Self::TimedOut => "what was waited for did not come in time",
            Self::Findings => "a strict server would refuse something that the command sent",
            Self::AddressInUse => "another program has the address",
            Self::HungUp => "the dashboard's terminal was closed",
        }
    }

    /// The list that ends `--help`.
    pub(super) fn list() -> String {
        let mut list = String::from("Exit codes:");
        for exit in Self::ALL {
            write!(list, "\n  {:<3} {}", exit as u8, exit.meaning())
                .expect("a String takes whatever is written");
        }
        list
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<&StartError> for Exit {
    fn from(error: &StartError) -> Self {
        match error {
            StartError::AddressInUse { .. } => Self::AddressInUse,
            StartError::TenantName(_) | StartError::Name(..) | StartError::TooManyUsers { .. } => {
                Self::Usage
            }
            StartError::Descriptors { .. } | StartError::Io { .. } => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_every_code_that_the_program_ends_with() {
        expect_test::expect![[r"
            Exit codes:
              0   done, or stopped by a signal
              1   an error while it ran
              2   an argument cannot be used
              3   a file is wrong: the message names file, line and column
              4   the end state is not the expected one, or a cycle left something undone
              5   what was waited for did not come in time
              6   a strict server would refuse something that the command sent
              10  another program has the address
              129 the dashboard's terminal was closed"]]
        .assert_eq(&Exit::list());
    }
}
