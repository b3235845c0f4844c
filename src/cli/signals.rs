//! The events that stop the program: signals, and the end of the process of `--exit-with`.

use std::{future::pending, io};

use tokio::{runtime::Builder as RuntimeBuilder, select, sync::oneshot::Receiver};

use super::{Exit, exit_with::ExitWith, fail};
use crate::server::StartError;

/// The events that stop the program. It listens from the moment that it is created.
pub(super) struct StopSignals {
    system: SystemSignals,
    /// Receives the end of the other process; `None` if there is none, or it was received.
    other: Option<Receiver<String>>,
}

impl StopSignals {
    /// Listens from now on.
    ///
    /// # Errors
    ///
    /// When the program cannot listen to signals.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self { system: SystemSignals::listen()?, other: None })
    }

    /// Lets the end of another process stop the program, as a signal does.
    ///
    /// # Errors
    ///
    /// When there is no such process.
    pub(super) fn end_with(&mut self, other: Option<ExitWith>) -> io::Result<()> {
        self.other = other.map(ExitWith::watch).transpose()?;
        Ok(())
    }

    /// Waits for the end of a server without a dashboard, which also ends with its terminal.
    /// Returns the reason if it was not a signal.
    pub(super) async fn end(&mut self) -> Option<String> {
        select! {
            () = self.system.end() => None,
            why = other_ended(&mut self.other) => Some(why),
        }
    }

    /// Waits for an event that stops the program; the dashboard watches its terminal itself.
    /// Returns the reason if it was not a signal.
    pub(super) async fn next(&mut self) -> Option<String> {
        select! {
            () = self.system.next() => None,
            why = other_ended(&mut self.other) => Some(why),
        }
    }
}

/// Waits for the end of another process, which comes once, and returns the reason.
pub(super) async fn other_ended(other: &mut Option<Receiver<String>>) -> String {
    match other {
        Some(end) => {
            // If the watching thread is gone, the process counts as ended.
            let why = end.await.unwrap_or_else(|_gone| "--exit-with cannot watch any more".into());
            *other = None;
            why
        }
        None => pending().await,
    }
}

/// Reports that the process of `--exit-with` does not exist or cannot be watched.
pub(super) fn cannot_watch(other: Option<ExitWith>, error: &io::Error) -> Exit {
    match other {
        Some(ExitWith::Process(pid)) => {
            fail(Exit::Usage, format_args!("can't exit with process {pid}: {error}"))
        }
        _ => fail(Exit::Failed, format_args!("can't wait for the end of stdin: {error}")),
    }
}

/// Runs work with signals listened to from its start, because the reader of the ready line may send
/// one at once.
pub(super) fn with_signals(work: impl AsyncFnOnce(&mut StopSignals) -> Exit) -> Exit {
    on_this_thread(async {
        match StopSignals::listen() {
            Ok(mut signals) => work(&mut signals).await,
            Err(error) => cannot_listen(&error),
        }
    })
}

/// Runs work that waits for signals on this thread.
pub(super) fn on_this_thread<T: From<Exit>>(work: impl Future<Output = T>) -> T {
    if let Err(error) = StartError::look() {
        return fail(Exit::from(&error), error).into();
    }
    match RuntimeBuilder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => cannot_listen(&error).into(),
    }
}

/// Reports that the program cannot listen to signals.
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
