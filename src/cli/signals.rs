//! What stops the program: signals, and the end of the process that it is to end with.

use std::{future::pending, io};

use tokio::{select, sync::oneshot::Receiver};

use super::exit_with::ExitWith;

/// What stops the program, listened to from the moment that this is made.
pub(super) struct Signals {
    system: SystemSignals,
    /// Hears of the end of another process; `None` when there is none, or when it was heard.
    other: Option<Receiver<String>>,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    ///
    /// When signals cannot be waited for.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self { system: SystemSignals::listen()?, other: None })
    }

    /// The end of another process stops the program as a signal does.
    ///
    /// # Errors
    ///
    /// When there is no such process.
    pub(super) fn end_with(&mut self, other: Option<ExitWith>) -> io::Result<()> {
        self.other = other.map(ExitWith::watch).transpose()?;
        Ok(())
    }

    /// Waits for the end of a server without a dashboard, which also ends with its terminal.
    /// Answers why, if it was no signal.
    pub(super) async fn end(&mut self) -> Option<String> {
        select! {
            () = self.system.end() => None,
            why = other_ended(&mut self.other) => Some(why),
        }
    }

    /// Waits for what stops the program; the dashboard itself watches its terminal. Answers why, if
    /// it was no signal.
    pub(super) async fn next(&mut self) -> Option<String> {
        select! {
            () = self.system.next() => None,
            why = other_ended(&mut self.other) => Some(why),
        }
    }
}

/// Waits for the end of another process, which is heard once, and answers it in words.
pub(super) async fn other_ended(other: &mut Option<Receiver<String>>) -> String {
    match other {
        Some(end) => {
            // Whoever watched and cannot tell any more counts as an end.
            let why = end.await.unwrap_or_else(|_gone| "--exit-with cannot watch any more".into());
            *other = None;
            why
        }
        None => pending().await,
    }
}

#[cfg(unix)]
struct SystemSignals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl SystemSignals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        let hangup = signal(SignalKind::hangup())?;
        Ok(Self { terminate, interrupt, hangup })
    }

    async fn end(&mut self) {
        select! {
            _received = self.terminate.recv() => {}
            _received = self.interrupt.recv() => {}
            _received = self.hangup.recv() => {}
        }
    }

    async fn next(&mut self) {
        select! {
            _received = self.terminate.recv() => {}
            _received = self.interrupt.recv() => {}
        }
    }
}

#[cfg(windows)]
struct SystemSignals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl SystemSignals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn end(&mut self) {
        self.next().await;
    }

    async fn next(&mut self) {
        let _pressed = self.0.recv().await;
    }
}
