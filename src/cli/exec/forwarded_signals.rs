//! Signals that are passed on to a command.

/// The signals that are passed on, listened to from the moment that this is made.
pub(super) struct ForwardedSignals {
    #[cfg(unix)]
    listeners: Vec<(rustix::process::Signal, tokio::signal::unix::Signal)>,
    #[cfg(not(unix))]
    ctrl_c: tokio::signal::windows::CtrlC,
}

/// A signal that came.
#[derive(Clone, Copy)]
pub(super) struct ForwardedSignal {
    #[cfg(unix)]
    signal: rustix::process::Signal,
}

#[cfg(unix)]
mod system {
    use std::{fs::File, future::poll_fn, io, task::Poll};

    use rustix::{
        process::{Pid, Signal, getpgrp, kill_process},
        termios::tcgetpgrp,
    };
    use tokio::{
        process::Child,
        signal::unix::{SignalKind, signal},
    };

    use super::{ForwardedSignal, ForwardedSignals};

    /// The signals that mean something to programs and that this program can catch.
    const FORWARDED: [Signal; 6] =
        [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT, Signal::USR1, Signal::USR2];

    impl ForwardedSignals {
        pub(in super::super) fn listen() -> io::Result<Self> {
            let listen = |it: Signal| Ok((it, signal(SignalKind::from_raw(it.as_raw()))?));
            let listeners = FORWARDED.into_iter().map(listen).collect::<io::Result<_>>()?;
            Ok(Self { listeners })
        }

        pub(in super::super) async fn next(&mut self) -> ForwardedSignal {
            poll_fn(|context| {
                for (signal, listener) in &mut self.listeners {
                    if listener.poll_recv(context).is_ready() {
                        return Poll::Ready(ForwardedSignal { signal: *signal });
                    }
                }
                Poll::Pending
            })
            .await
        }
    }

    impl ForwardedSignal {
        /// The signal that stands for the end of the process that this one ends with.
        pub(in super::super) fn of_the_end() -> Self {
            Self { signal: Signal::TERM }
        }

        /// The exit code of a program that this signal ended.
        pub(in super::super) fn code(self) -> u8 {
            u8::try_from(128 + self.signal.as_raw()).expect("signals have small numbers")
        }

        /// Sends it to a command, unless the terminal has done so.
        pub(in super::super) fn pass(self, child: &Child) {
            let is_key = matches!(self.signal, Signal::INT | Signal::QUIT);
            if is_key && is_in_the_foreground() {
                return;
            }
            // A child that has been waited for has no id any more, so no other process is hit.
            let id = child.id().and_then(|it| i32::try_from(it).ok());
            if let Some(pid) = id.and_then(Pid::from_raw) {
                let _ended_meanwhile = kill_process(pid, self.signal);
            }
        }
    }

    /// Whether Ctrl-C in the terminal reaches this program. Then it reaches the command as well,
    /// and a second signal would look like a second Ctrl-C.
    fn is_in_the_foreground() -> bool {
        let Ok(terminal) = File::open("/dev/tty") else { return false };
        tcgetpgrp(&terminal).is_ok_and(|it| it == getpgrp())
    }
}

/// Here Ctrl-C reaches all programs of a console, and there is nothing to pass on.
#[cfg(not(unix))]
mod system {
    use std::io;

    use tokio::{process::Child, signal::windows::ctrl_c};

    use super::{ForwardedSignal, ForwardedSignals};

    impl ForwardedSignals {
        pub(in super::super) fn listen() -> io::Result<Self> {
            ctrl_c().map(|ctrl_c| Self { ctrl_c })
        }

        pub(in super::super) async fn next(&mut self) -> ForwardedSignal {
            let _pressed = self.ctrl_c.recv().await;
            ForwardedSignal {}
        }
    }

    impl ForwardedSignal {
        pub(in super::super) fn of_the_end() -> Self {
            Self {}
        }

        pub(in super::super) fn code(self) -> u8 {
            1
        }

        pub(in super::super) fn pass(self, _child: &Child) {}
    }
}
