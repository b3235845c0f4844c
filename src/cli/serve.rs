//! Serving until a signal, or somebody at the dashboard, says stop.

use std::{
    io::{self, IsTerminal as _},
    thread,
};

use tokio::{
    runtime::Builder as RuntimeBuilder,
    select,
    sync::oneshot::{self, Receiver},
};

use super::{
    Exit,
    arguments::{LogFormat, ServeArguments},
    fail,
    log::Log,
    ready, screen,
};
use crate::{dashboard, http::LogSwitch, server::MockServer};

/// What a server that runs shows of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    /// The ready line.
    Line,
    /// The dashboard, where there is a terminal for it.
    Dashboard,
}

/// Serves: prints the ready line or opens the dashboard, then waits for the end.
///
/// The first SIGTERM or SIGINT stops the server and lets what runs finish; a second one ends the
/// program at once.
pub(super) fn run(options: &ServeArguments, wanted: Face) -> Exit {
    let refusal = if wanted == Face::Dashboard { screen::refusal() } else { None };
    let face = if refusal.is_some() { Face::Line } else { wanted };
    // A line on the terminal would tear the dashboard; a file or pipe takes them all the same.
    let is_torn = face == Face::Dashboard && io::stderr().is_terminal();
    let log = (!is_torn).then(|| Log::start(options.log_format));
    let switch = log.as_ref().map(Log::switch);
    if let Some(why) = refusal {
        tracing::info!("{why}");
    }
    with_signals(async |signals| serve(options, (face, switch.clone()), signals).await)
}

/// Runs something with the signals that stop the program listened to from its start: whoever reads
/// the ready line may send one at once.
pub(super) fn with_signals(work: impl AsyncFnOnce(&mut Signals) -> Exit) -> Exit {
    let refuse = |error| fail(Exit::Failed, format_args!("can't wait for signals: {error}"));
    let runtime = match RuntimeBuilder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(error),
    };
    runtime.block_on(async {
        match Signals::listen() {
            Ok(mut signals) => work(&mut signals).await,
            Err(error) => refuse(error),
        }
    })
}

async fn serve(
    options: &ServeArguments,
    (face, switch): (Face, Option<LogSwitch>),
    signals: &mut Signals,
) -> Exit {
    let builder = match options.server() {
        Ok(builder) => match switch {
            Some(switch) => builder.log_switch(switch),
            None => builder,
        },
        Err(error) => return fail(Exit::Invalid, error),
    };
    let starting = in_background(move || builder.start());
    let started = select! {
        started = starting => started,
        () = signals.next() => return Exit::Done,
    };
    let server = match started {
        Ok(Ok(server)) => server,
        Ok(Err(error)) => return fail(Exit::from(&error), error),
        Err(_panicked) => return Exit::Failed, // the panic has said why
    };
    tracing::info!(url = server.url(), tenant = %server.tenant().name(), "serving");
    let exit = match face {
        Face::Dashboard => watch(&server, options.log_format, signals).await,
        Face::Line => {
            ready::announce(&server, options.log_format);
            end(&server, signals).await;
            Exit::Done
        }
    };
    tracing::info!("stopping");
    let grace = options.grace;
    let stopping = in_background(move || server.stop(grace));
    select! {
        _stopped = stopping => {}
        () = signals.next() => {}
    }
    exit
}

/// Shows the dashboard until it ends or a signal comes; hidden, the server goes on with its ready
/// line.
pub(super) async fn watch(server: &MockServer, format: LogFormat, signals: &mut Signals) -> Exit {
    let (told, ended) = oneshot::channel();
    let dashboard = screen::start(server, move |exit| drop(told.send(exit)));
    let ended = async {
        match &dashboard {
            Ok(_) => ended.await.unwrap_or(Ok(dashboard::Exit::Stopped)),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        }
    };
    let exit = select! {
        exit = ended => exit,
        () = stop(server, signals) => {
            if let Ok(dashboard) = &dashboard {
                dashboard.stop();
            }
            return Exit::Done;
        }
    };
    match exit {
        Ok(dashboard::Exit::TerminalLost) => Exit::HungUp,
        Ok(dashboard::Exit::Hidden) => {
            ready::announce(server, format);
            end(server, signals).await;
            Exit::Done
        }
        Ok(_) => Exit::Done,
        Err(error) => {
            tracing::warn!("can't open the dashboard: {error}");
            ready::announce(server, format);
            end(server, signals).await;
            Exit::Done
        }
    }
}

/// Waits until a signal, or a caller of the control API, ends a server without a dashboard.
async fn end(server: &MockServer, signals: &mut Signals) {
    select! {
        () = signals.end() => {}
        () = server.end() => {}
    }
}

/// The same for a server with one, which watches its terminal itself.
async fn stop(server: &MockServer, signals: &mut Signals) {
    select! {
        () = signals.next() => {}
        () = server.end() => {}
    }
}

/// Does something that takes its time on a thread of its own, so that a signal is not missed.
fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (done, wait) = oneshot::channel();
    // Nobody waits for it any more once the program ends.
    thread::spawn(move || drop(done.send(work())));
    wait
}

/// The signals that stop the program.
#[cfg(unix)]
pub(super) struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        let hangup = signal(SignalKind::hangup())?;
        Ok(Self { terminate, interrupt, hangup })
    }

    /// Waits for the end of a server without a dashboard, which also ends with its terminal.
    async fn end(&mut self) {
        select! {
            _received = self.terminate.recv() => {}
            _received = self.interrupt.recv() => {}
            _received = self.hangup.recv() => {}
        }
    }

    /// Waits for a signal that stops the program; the dashboard itself watches its terminal.
    async fn next(&mut self) {
        select! {
            _received = self.terminate.recv() => {}
            _received = self.interrupt.recv() => {}
        }
    }
}

/// The signals that stop the program.
#[cfg(windows)]
pub(super) struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn end(&mut self) {
        self.next().await;
    }

    async fn next(&mut self) {
        drop(self.0.recv().await);
    }
}
