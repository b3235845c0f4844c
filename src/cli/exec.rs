//! Runs a command with a server of its own.

use std::{
    ffi::OsString,
    io,
    process::{ExitCode, ExitStatus},
};

use tokio::{
    process::{Child, Command},
    select,
    sync::oneshot::Receiver,
};

use super::{
    Exit,
    arguments::ExecArguments,
    config,
    exit_with::ExitWith,
    fail,
    log::Log,
    ready::ReadyLine,
    serve::ready_file,
    signals::{cannot_listen, cannot_watch, on_this_thread, other_ended},
    started_server::{NotStarted, start},
};

mod child;
mod forwarded_signals;

pub(super) use child::become_command;
use forwarded_signals::{ForwardedSignal, ForwardedSignals};

/// The exit code that shells report for a command that cannot be started.
const NOT_EXECUTABLE: u8 = 126;

/// The exit code that shells report for an unknown command.
const NOT_FOUND: u8 = 127;

/// Starts a server, runs the command, stops the server, and returns the command's exit code.
pub(super) fn run(options: &ExecArguments) -> ExitCode {
    if options.serve.exit_with == Some(ExitWith::Stdin) {
        let why = "exec leaves stdin to its command and can't wait for the end of it; \
                   use --exit-with pid:N";
        return fail(Exit::Usage, why).into();
    }
    let _log = Log::start(options.serve.log_format, options.serve.log_level);
    on_this_thread(async {
        let other = match options.serve.exit_with.map(ExitWith::watch).transpose() {
            Ok(other) => other,
            Err(error) => return cannot_watch(options.serve.exit_with, &error).into(),
        };
        match ForwardedSignals::listen() {
            Ok(passed) => exec(options, passed, other).await,
            Err(error) => cannot_listen(&error).into(),
        }
    })
}

async fn exec(
    options: &ExecArguments,
    mut signals: ForwardedSignals,
    mut other: Option<Receiver<String>>,
) -> ExitCode {
    let started = match start(&options.serve, next_stop(&mut signals, &mut other)).await {
        Ok(started) => started,
        Err(NotStarted::Stopped(told)) => return told.before_ready(),
        Err(NotStarted::Failed(exit)) => return exit.into(),
    };
    let ready = started.ready_line();
    let written = select! {
        written = ready_file(&options.serve, &ready) => written,
        told = next_stop(&mut signals, &mut other) => return told.before_ready(),
    };
    let _file = match written {
        Ok(file) => file,
        Err(error) => return fail(Exit::from(&error), error).into(),
    };
    if options.strict_client {
        started.server.count_findings();
    }
    let mut code = match command(options, &ready).spawn() {
        Ok(child) => ended(child, &mut signals, &mut other).await,
        Err(error) => unspawned(&options.command, &error),
    };
    if options.strict_client {
        let report = started.server.counted_findings();
        let has_findings = !report.rules().is_empty();
        let exit = if has_findings { Exit::Findings } else { Exit::Done };
        fail(exit, report.to_text(&ready.url));
        // The code of a command that failed says more.
        code = if code == 0 { exit as u8 } else { code };
    }
    let told = next_stop(&mut signals, &mut other);
    let stopped = started.stop(options.serve.grace, None, told).await;
    // The code of a command that failed says more.
    ExitCode::from(if code == 0 { stopped as u8 } else { code })
}

/// The command with the addresses of the server in its environment, and without the variables that
/// configured the server. A mediusflow-mock that the command starts has its usual settings.
fn command(options: &ExecArguments, ready: &ReadyLine) -> Command {
    let mut command = Command::from(child::ending_with_this(&options.command));
    for name in config::variables() {
        command.env_remove(name);
    }
    command
        .env("MEDIUSFLOW_MOCK_URL", &ready.url)
        .env("MEDIUSFLOW_MOCK_SCIM_URL", &ready.scim_url)
        .env("MEDIUSFLOW_MOCK_CONTROL_URL", &ready.control_url)
        .env("MEDIUSFLOW_MOCK_TENANT", &ready.tenant);
    match &ready.secret_key {
        Some(key) => command.env("MEDIUSFLOW_MOCK_SECRET_KEY", key),
        None => command.env_remove("MEDIUSFLOW_MOCK_SECRET_KEY"),
    };
    // Removed above if the control API needs no token.
    if let Some(token) = &ready.control_token {
        command.env("MEDIUSFLOW_MOCK_CONTROL_TOKEN", token);
    }
    command
}

/// Waits for the end of the command and passes signals on to it. Returns its exit code.
async fn ended(
    mut child: Child,
    signals: &mut ForwardedSignals,
    other: &mut Option<Receiver<String>>,
) -> u8 {
    loop {
        let told = select! {
            status = child.wait() => {
                return match status {
                    Ok(status) => code(status),
                    Err(error) => fail(Exit::Failed, error) as u8,
                };
            }
            told = next_stop(signals, other) => told,
        };
        if let Some(why) = told.why {
            tracing::warn!("ending the command: {why}");
        }
        told.signal.pass(&child);
    }
}

/// A request to stop.
struct StopRequest {
    signal: ForwardedSignal,
    /// Why, if no signal came.
    why: Option<String>,
}

impl StopRequest {
    /// The exit code of a program that was stopped before its server was ready.
    fn before_ready(self) -> ExitCode {
        if let Some(why) = self.why {
            fail(Exit::Done, format_args!("stopped before it was ready: {why}"));
        }
        ExitCode::from(self.signal.code())
    }
}

/// Waits for a signal; the end of the other process counts as one.
async fn next_stop(
    signals: &mut ForwardedSignals,
    other: &mut Option<Receiver<String>>,
) -> StopRequest {
    select! {
        signal = signals.next() => StopRequest { signal, why: None },
        why = other_ended(other) => StopRequest { signal: ForwardedSignal::of_the_end(), why: Some(why) },
    }
}

fn unspawned(command: &[OsString], error: &io::Error) -> u8 {
    let name = command[0].display();
    let (code, why) = match error.kind() {
        io::ErrorKind::NotFound => (NOT_FOUND, "there is no such command".to_owned()),
        _ => (NOT_EXECUTABLE, error.to_string()),
    };
    fail(Exit::Failed, format_args!("can't run {name}: {why}"));
    code
}

/// The exit code of a command as in shells: 128 and the number of the signal that ended it.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let code = status.code().or_else(|| Some(128 + signal?));
    code.and_then(|it| u8::try_from(it).ok()).unwrap_or(Exit::Failed as u8)
}
