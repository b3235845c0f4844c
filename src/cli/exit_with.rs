//! Ends the server with another process, so that no server outlives the test that started it.

use std::{io, str::FromStr, thread};

use tokio::sync::oneshot::{self, Receiver};

/// What ends the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExitWith {
    /// The end of file on stdin: the other end of the pipe was closed, or its process ended.
    Stdin,
    /// The end of the process with this id.
    Process(u32),
}

impl FromStr for ExitWith {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "stdin" {
            return Ok(Self::Stdin);
        }
        let number = text.strip_prefix("pid:").and_then(|it| it.parse().ok());
        let number = number.filter(|it| i32::try_from(*it).is_ok_and(|it| it > 0));
        number.map(Self::Process).ok_or("expected stdin or pid:N")
    }
}

impl ExitWith {
    /// Starts to watch. The receiver gets the reason when it ends.
    ///
    /// # Errors
    ///
    /// When there is no such process, or no way to watch it.
    pub(super) fn watch(self) -> io::Result<Receiver<String>> {
        let (told, end) = oneshot::channel();
        match self {
            Self::Stdin => {
                thread::spawn(move || {
                    // A stdin that cannot be read has ended as well.
                    let why = match io::copy(&mut io::stdin().lock(), &mut io::sink()) {
                        Ok(_) => "stdin has ended (--exit-with stdin)".to_owned(),
                        Err(error) => format!("can't read stdin: {error} (--exit-with stdin)"),
                    };
                    let _unheard = told.send(why);
                });
            }
            Self::Process(number) => {
                let process = WatchedProcess::find(number)?;
                thread::spawn(move || {
                    process.wait();
                    let why = format!("process {number} has ended (--exit-with pid:{number})");
                    let _unheard = told.send(why);
                });
            }
        }
        Ok(end)
    }
}

/// A process whose end is waited for.
struct WatchedProcess {
    /// A handle stays the handle of this process when the system gives its number to another one.
    #[cfg(target_os = "linux")]
    handle: std::os::fd::OwnedFd,
    #[cfg(all(unix, not(target_os = "linux")))]
    pid: rustix::process::Pid,
    #[cfg(all(unix, not(target_os = "linux")))]
    is_parent: bool,
}

#[cfg(target_os = "linux")]
mod system {
    use std::io;

    use rustix::{
        event::{PollFd, PollFlags, poll},
        io::Errno,
        process::{Pid, PidfdFlags, pidfd_open},
    };

    use super::WatchedProcess;

    impl WatchedProcess {
        pub(super) fn find(number: u32) -> io::Result<Self> {
            let pid = i32::try_from(number).ok().and_then(Pid::from_raw).ok_or(Errno::SRCH)?;
            Ok(Self { handle: pidfd_open(pid, PidfdFlags::empty())? })
        }

        /// Returns when the process has ended, whether its parent has noticed or not.
        pub(super) fn wait(&self) {
            let mut watched = [PollFd::new(&self.handle, PollFlags::IN)];
            while poll(&mut watched, None) == Err(Errno::INTR) {}
        }
    }
}

/// Asks again and again whether a process is there. The system may give its number to another one
/// between two looks. For the own parent that does no harm, because its children get a new parent.
#[cfg(all(unix, not(target_os = "linux")))]
mod system {
    use std::{io, thread, time::Duration};

    use rustix::{
        io::Errno,
        process::{Pid, getppid, test_kill_process},
    };

    use super::WatchedProcess;

    /// How long a server may outlive the process.
    const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

    impl WatchedProcess {
        pub(super) fn find(number: u32) -> io::Result<Self> {
            let pid = i32::try_from(number).ok().and_then(Pid::from_raw).ok_or(Errno::SRCH)?;
            let process = Self { pid, is_parent: getppid() == Some(pid) };
            if process.is_there() { Ok(process) } else { Err(Errno::SRCH.into()) }
        }

        pub(super) fn wait(&self) {
            while self.is_there() {
                thread::park_timeout(BETWEEN_LOOKS);
            }
        }

        fn is_there(&self) -> bool {
            if self.is_parent {
                return getppid() == Some(self.pid);
            }
            // A process of another user is there, too.
            matches!(test_kill_process(self.pid), Ok(()) | Err(Errno::PERM))
        }
    }
}

/// Without system calls of its own the program cannot watch a process here; stdin works everywhere.
#[cfg(not(unix))]
mod system {
    use std::io;

    use super::WatchedProcess;

    impl WatchedProcess {
        pub(super) fn find(_number: u32) -> io::Result<Self> {
            let why = "processes cannot be watched on this system; use --exit-with stdin";
            Err(io::Error::new(io::ErrorKind::Unsupported, why))
        }

        pub(super) fn wait(&self) {}
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("stdin", Some(ExitWith::Stdin))]
    #[case("pid:4711", Some(ExitWith::Process(4711)))]
    #[case("pid:0", None)]
    #[case("pid:-1", None)]
    #[case("pid:4294967295", None)]
    #[case("4711", None)]
    #[case("", None)]
    fn it_is_stdin_or_a_process(#[case] text: &str, #[case] expected: Option<ExitWith>) {
        assert_eq!(text.parse().ok(), expected);
    }
}
