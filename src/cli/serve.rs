//! Serves until a signal, or the user of the dashboard, stops the server.

use std::{
    io::{self, IsTerminal as _},
    thread,
    time::Duration,
};

use tokio::{
    select,
    sync::oneshot::{self, Receiver},
};

use super::{
    Exit,
    arguments::ServeArguments,
    exit_with::ExitWith,
    fail,
    log::{self, Log},
    ready::{ReadyFile, ReadyFileError, ReadyLine},
    screen,
    signals::{StopSignals, cannot_watch, with_signals},
    values::LineFormat,
};
use crate::{dashboard, server::MockServer};

/// The interface of a running server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interface {
    /// The ready line.
    Line,
    /// The dashboard, where there is a terminal for it.
    Dashboard,
}

/// Serves: prints the ready line or opens the dashboard, then waits for the end.
///
/// The first SIGTERM or SIGINT stops the server and lets running requests finish. A second one ends
/// the program at once.
pub(super) fn run(options: &ServeArguments, wanted: Interface) -> Exit {
    let refusal = match (wanted, options.exit_with) {
        (Interface::Line, _) => None,
        (Interface::Dashboard, Some(ExitWith::Stdin)) => Some("no dashboard: stdin is waited for"),
        (Interface::Dashboard, _) => screen::refusal(),
    };
    let face = if refusal.is_some() { Interface::Line } else { wanted };
    // A log line on the terminal would damage the dashboard. A file or pipe takes log lines.
    let is_torn = face == Interface::Dashboard && io::stderr().is_terminal();
    let _log = (!is_torn).then(|| Log::start(options.log_format, options.log_level));
    if let Some(why) = refusal {
        tracing::info!("{why}");
    }
    with_signals(async |signals| match signals.end_with(options.exit_with) {
        Ok(()) => serve(options, face, signals).await,
        Err(error) => cannot_watch(options.exit_with, &error),
    })
}

async fn serve(options: &ServeArguments, face: Interface, signals: &mut StopSignals) -> Exit {
    let server = match start(options, signals.next()).await {
        Ok(server) => server,
        Err(NotStarted::Stopped(why)) => return before_ready(why),
        Err(NotStarted::Failed(exit)) => return exit,
    };
    let ready = ReadyLine::of(&server);
    let written = select! {
        written = ready_file(options, &ready) => written,
        why = signals.next() => return before_ready(why),
    };
    let _file = match written {
        Ok(file) => file,
        Err(error) => return fail(Exit::from(&error), error),
    };
    let (exit, why) = match face {
        Interface::Dashboard => watch(&server, options.log_format, signals).await,
        Interface::Line => {
            ready.print(options.log_format);
            (Exit::Done, end(&server, signals).await)
        }
    };
    if let Some(why) = &why
        && face == Interface::Dashboard
        && io::stderr().is_terminal()
    {
        // The dashboard replaced the log lines.
        fail(exit, format_args!("stopping: {why}"));
    }
    stop(server, options.grace, why.as_deref(), signals.next()).await;
    exit
}

/// Ends a program that was stopped before its server was ready. The sender of a signal knows why.
fn before_ready(why: Option<String>) -> Exit {
    match why {
        Some(why) => fail(Exit::Done, format_args!("stopped before it was ready: {why}")),
        None => Exit::Done,
    }
}

/// Writes the ready file, if one is asked for.
pub(super) async fn ready_file(
    options: &ServeArguments,
    ready: &ReadyLine,
) -> Result<Option<ReadyFile>, ReadyFileError> {
    match &options.ready_file {
        Some(path) => ReadyFile::write(path, ready).await.map(Some),
        None => Ok(None),
    }
}

/// Why the server did not start.
pub(super) enum NotStarted<T> {
    /// The program was stopped before.
    Stopped(T),
    /// It cannot start; the error was printed.
    Failed(Exit),
}

/// Starts the server, unless the program is told to stop.
pub(super) async fn start<T>(
    options: &ServeArguments,
    told: impl Future<Output = T>,
) -> Result<MockServer, NotStarted<T>> {
    if let Some(path) = &options.ready_file {
        ReadyFile::prepare(path)
            .map_err(|error| NotStarted::Failed(fail(Exit::from(&error), error)))?;
    }
    // Files may be pipes, which block.
    let asked = options.clone();
    let starting = in_background(move || {
        let mut builder = asked.server().map_err(|error| fail(Exit::Invalid, error))?;
        if let Some(switch) = log::switch() {
            builder = builder.log_switch(switch);
        }
        builder.start().map_err(|error| fail(Exit::from(&error), error))
    });
    let started = select! {
        started = starting => started,
        told = told => return Err(NotStarted::Stopped(told)),
    };
    match started {
        Ok(Ok(server)) => {
            tracing::info!(url = server.url(), tenant = %server.tenant().name(), "serving");
            Ok(server)
        }
        Ok(Err(exit)) => Err(NotStarted::Failed(exit)), // which has been said
        Err(_panicked) => Err(NotStarted::Failed(Exit::Failed)), // the panic has said why
    }
}

/// Stops the server and logs the reason, if it is known. The wait for running requests ends when
/// the program is told to stop again.
pub(super) async fn stop<T>(
    server: MockServer,
    grace: Duration,
    why: Option<&str>,
    told: impl Future<Output = T>,
) {
    tracing::info!(why, "stopping");
    let stopping = in_background(move || server.stop(grace));
    select! {
        _stopped = stopping => {}
        _told = told => {}
    }
}

/// Shows the dashboard until it ends or a signal comes. When the user hides it, the server
/// continues with its ready line. Returns the reason for the end, if it must be printed.
pub(super) async fn watch(
    server: &MockServer,
    format: LineFormat,
    signals: &mut StopSignals,
) -> (Exit, Option<String>) {
    let (told, ended) = oneshot::channel();
    let dashboard = screen::start(server, move |exit| drop(told.send(exit)));
    let ended = async {
        match &dashboard {
            Ok(_) => ended.await.unwrap_or(Ok(dashboard::DashboardExit::Stopped)),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        }
    };
    let exit = select! {
        exit = ended => exit,
        why = end_shown(server, signals) => {
            if let Ok(dashboard) = &dashboard {
                dashboard.stop();
            }
            return (Exit::Done, why);
        }
    };
    match exit {
        Ok(dashboard::DashboardExit::TerminalLost) => return (Exit::HungUp, None),
        Ok(dashboard::DashboardExit::Hidden) => {}
        Ok(_) => return (Exit::Done, None),
        Err(error) => tracing::warn!("can't open the dashboard: {error}"),
    }
    ReadyLine::of(server).print(format);
    (Exit::Done, end(server, signals).await)
}

/// Waits until a signal or a caller of the control API stops a server without a dashboard.
async fn end(server: &MockServer, signals: &mut StopSignals) -> Option<String> {
    select! {
        why = signals.end() => why,
        () = server.end() => None,
    }
}

/// The same for a server with a dashboard, which watches its terminal itself.
async fn end_shown(server: &MockServer, signals: &mut StopSignals) -> Option<String> {
    select! {
        why = signals.next() => why,
        () = server.end() => None,
    }
}

/// Runs slow work on a thread of its own, so that signals are not missed.
fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (done, wait) = oneshot::channel();
    // When the program ends, nothing waits for the result.
    thread::spawn(move || drop(done.send(work())));
    wait
}
