//! Signals that are passed on to a command.

pub(super) use system::{Passed, Received};

#[cfg(unix)]
mod system {
    use std::{fs::File, future::poll_fn, io, task::Poll};

    use rustix::{
        process::{Pid, Signal, getpgrp, kill_process},
        termios::tcgetpgrp,
    };
    use tokio::{
        process::Child,
        signal::unix::{Signal as Listener, SignalKind, signal},
    };

    /// Those that mean something to programs, and of which this one hears.
    const PASSED: [Signal; 6] =
        [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT, Signal::USR1, Signal::USR2];

    /// The signals that are passed on, listened to from the moment that this is made.
    pub(in super::super) struct Passed(Vec<(Signal, Listener)>);

    /// A signal that came.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Received(Signal);

    impl Passed {
        pub(in super::super) fn listen() -> io::Result<Self> {
            let listen = |it: Signal| Ok((it, signal(SignalKind::from_raw(it.as_raw()))?));
            PASSED.into_iter().map(listen).collect::<io::Result<_>>().map(Self)
        }

        pub(in super::super) async fn next(&mut self) -> Received {
            poll_fn(|context| {
                for (signal, listener) in &mut self.0 {
                    if listener.poll_recv(context).is_ready() {
                        return Poll::Ready(Received(*signal));
                    }
                }
                Poll::Pending
            })
            .await
        }
    }

    impl Received {
        /// What stands for the end of the process that this one ends with.
        pub(in super::super) fn of_the_end() -> Self {
            Self(Signal::TERM)
        }

        /// The code of a program that ended of it.
        pub(in super::super) fn code(self) -> u8 {
            u8::try_from(128 + self.0.as_raw()).expect("signals have small numbers")
        }

        /// Sends it to a command, unless the terminal has done so.
        pub(in super::super) fn pass(self, child: &Child) {
            let is_key = matches!(self.0, Signal::INT | Signal::QUIT);
            if is_key && is_in_the_foreground() {
                return;
            }
            // A child that has been waited for has no id any more, so nobody else is hit.
            let id = child.id().and_then(|it| i32::try_from(it).ok());
            if let Some(pid) = id.and_then(Pid::from_raw) {
                let _ended_meanwhile = kill_process(pid, self.0);
            }
        }
    }

    /// Whether Ctrl-C in the terminal reaches this program: then it reaches the command as well,
    /// which would take a second one for impatience.
    fn is_in_the_foreground() -> bool {
        let Ok(terminal) = File::open("/dev/tty") else { return false };
        tcgetpgrp(&terminal).is_ok_and(|it| it == getpgrp())
    }
}

/// Here Ctrl-C reaches all programs of a console, and there is nothing to pass on.
#[cfg(not(unix))]
mod system {
    use std::io;

    use tokio::{
        process::Child,
        signal::windows::{CtrlC, ctrl_c},
    };

    pub(in super::super) struct Passed(CtrlC);

    #[derive(Clone, Copy)]
    pub(in super::super) struct Received;

    impl Passed {
        pub(in super::super) fn listen() -> io::Result<Self> {
            ctrl_c().map(Self)
        }

        pub(in super::super) async fn next(&mut self) -> Received {
            let _pressed = self.0.recv().await;
            Received
        }
    }

    impl Received {
        pub(in super::super) fn of_the_end() -> Self {
            Self
        }

        pub(in super::super) fn code(self) -> u8 {
            1
        }

        pub(in super::super) fn pass(self, _child: &Child) {}
    }
}
