//! A command that ends when this program ends, even if it is killed.
//!
//! On Linux a process can ask for a signal at the end of its parent, and the request stays when it
//! executes another program. So `exec` starts this program once more, which asks for the signal and
//! then executes the command. On other systems the command is started directly, and continues when
//! `exec` is killed.

use std::{ffi::OsString, process::Command};

pub(in super::super) use system::become_command;
pub(super) use system::ending_with_this;

fn plain(words: &[OsString]) -> Command {
    let mut command = Command::new(&words[0]); // clap requires at least one word
    command.args(&words[1..]);
    command
}

#[cfg(target_os = "linux")]
mod system {
    use std::{
        ffi::OsString,
        os::unix::process::CommandExt as _,
        path::Path,
        process::{Command, ExitCode, id},
    };

    use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};

    use super::plain;
    use crate::cli::{Exit, arguments::BecomeArguments, exec::unspawned, fail};

    /// This program, even if its file was replaced or deleted meanwhile.
    const SELF: &str = "/proc/self/exe";

    /// What becomes the command.
    pub(in super::super) fn ending_with_this(words: &[OsString]) -> Command {
        if !Path::new(SELF).exists() {
            return plain(words);
        }
        let mut command = Command::new(SELF);
        command.args(["become", "--parent", &id().to_string(), "--"]).args(words);
        command
    }

    /// Executes the command, which is killed when the parent ends. Returns only if it cannot.
    pub(in super::super::super) fn become_command(options: &BecomeArguments) -> ExitCode {
        if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
            return fail(Exit::Failed, format_args!("can't end with exec: {error}")).into();
        }
        // A parent that ended before the request gives no signal.
        let parent = i32::try_from(options.parent).ok().and_then(Pid::from_raw);
        if parent.is_none() || getppid() != parent {
            return fail(Exit::Failed, "exec has ended, so its command is not run").into();
        }
        ExitCode::from(unspawned(&options.command, &plain(&options.command).exec()))
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub(in super::super) use super::plain as ending_with_this;
    use crate::cli::{Exit, arguments::BecomeArguments, fail};

    /// Nothing starts this here.
    pub(in super::super::super) fn become_command(_: &BecomeArguments) -> std::process::ExitCode {
        fail(Exit::Usage, "this is a part of exec, on Linux only").into()
    }
}
