//! Serves until a signal, or the user of the dashboard, stops the server.

use std::io::{self, IsTerminal as _};

use tokio::{select, sync::oneshot};

use super::{
    Exit,
    arguments::ServeArguments,
    exit_with::ExitWith,
    fail,
    log::Log,
    ready::{ReadyFile, ReadyFileError, ReadyLine},
    screen,
    signals::{StopSignals, cannot_watch, with_signals},
    started_server::{NotStarted, start},
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
    let started = match start(options, signals.next()).await {
        Ok(started) => started,
        Err(NotStarted::Stopped(why)) => return before_ready(why),
        Err(NotStarted::Failed(exit)) => return exit,
    };
    let ready = started.ready_line();
    let written = select! {
        written = ready_file(options, &ready) => written,
        why = signals.next() => return before_ready(why),
    };
    let _file = match written {
        Ok(file) => file,
        Err(error) => return fail(Exit::from(&error), error),
    };
    let server = &started.server;
    let (exit, why) = match face {
        Interface::Dashboard => watch(server, &ready, options.log_format, signals).await,
        Interface::Line => {
            ready.print(options.log_format);
            (Exit::Done, end(server, signals).await)
        }
    };
    if let Some(why) = &why
        && face == Interface::Dashboard
        && io::stderr().is_terminal()
    {
        // The dashboard replaced the log lines.
        fail(exit, format_args!("stopping: {why}"));
    }
    let stopped = started.stop(options.grace, why.as_deref(), signals.next()).await;
    if exit == Exit::Done { stopped } else { exit }
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

/// Shows the dashboard until it ends or a signal comes. When the user hides it, the server
/// continues with its ready line. Returns the reason for the end, if it must be printed.
pub(super) async fn watch(
    server: &MockServer,
    ready: &ReadyLine,
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
    ready.print(format);
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
