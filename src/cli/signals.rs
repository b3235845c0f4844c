//! What stops the program: signals, and the end of the process that it is to end with.

use std::{future::pending, io};

use tokio::{runtime::Builder as RuntimeBuilder, select, sync::oneshot::Receiver};

use super::{Exit, exit_with::ExitWith, fail};
use crate::server::StartError;

/// What stops the program, listened to from the moment that this is made.
pub(super) struct StopSignals {
    system: SystemSignals,
    /// Hears of the end of another process; `None` when there is none, or when it was heard.
    other: Option<Receiver<String>>,
}

impl StopSignals {
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

/// Ends the program that is to end with a process that is not there.
pub(super) fn cannot_watch(other: Option<ExitWith>, error: &io::Error) -> Exit {
    match other {
        Some(ExitWith::Process(pid)) => {
            fail(Exit::Usage, format_args!("can't exit with process {pid}: {error}"))
        }
        _ => fail(Exit::Failed, format_args!("can't wait for the end of stdin: {error}")),
    }
}

/// Runs something with the signals that stop the program listened to from its start: whoever reads
/// the ready line may send one at once.
pub(super) fn with_signals(work: impl AsyncFnOnce(&mut StopSignals) -> Exit) -> Exit {
    on_this_thread(async {
        match StopSignals::listen() {
            Ok(mut signals) => work(&mut signals).await,
            Err(error) => cannot_listen(&error),
        }
    })
}

/// Runs something that waits for signals.
pub(super) fn on_this_thread<T: From<Exit>>(work: impl Future<Output = T>) -> T {
    if let Err(error) = StartError::look() {
        return fail(Exit::from(&error), error).into();
    }
    match RuntimeBuilder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => cannot_listen(&error).into(),
    }
}

/// Ends the program that cannot be stopped by signals.
pub(super) fn cannot_listen(error: &io::Error) -> Exit {
    fail(Exit::Failed, format_args!("can't wait for signals: {error}"))
}

/// The signals of the system that stop the program.
struct SystemSignals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hangup: tokio::signal::unix::Signal,
    #[cfg(windows)]
    ctrl_c: tokio::signal::windows::CtrlC,
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
impl SystemSignals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(|ctrl_c| Self { ctrl_c })
    }

    async fn end(&mut self) {
        self.next().await;
    }

    async fn next(&mut self) {
        let _pressed = self.ctrl_c.recv().await;
    }
}
