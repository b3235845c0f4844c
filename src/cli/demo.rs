//! The demo: sets a fresh tenant up by the tutorial's steps and lets Entra's service provision a small
//! company, over real HTTP, at a pace that people can follow.

use std::{
    io::{self, Write},
    sync::mpsc,
    thread,
};

use super::{
    Exit,
    arguments::DemoArguments,
    fail,
    ready::ReadyLine,
    screen,
    serve::watch,
    signals::{StopSignals, with_signals},
    values::LineFormat,
};
use crate::server::MockServer;

mod console;
mod end_report;
mod entra;
mod http_client;
mod output;
#[cfg(test)]
mod picture;
mod running_demo;
mod script;
mod sign_in;

use http_client::DemoError;
use output::{DemoOutput, DemoPace};
use running_demo::RunningDemo;
use script::Script;

/// Runs the demo. With `--check` it also compares the state at the end with the expected one.
pub(super) fn run(options: &DemoArguments) -> Exit {
    let script = match Script::read() {
        Ok(script) => script,
        Err(error) => return fail(Exit::from(&error), error),
    };
    let builder = MockServer::builder().fresh().users(0).groups(0);
    let server = match builder.seed(options.seed).tenant(&script.tenant_name).start() {
        Ok(server) => server,
        Err(error) => return fail(Exit::from(&error), error),
    };
    if !options.check && screen::refusal().is_none() {
        return on_screen(script, server, options.pace);
    }
    let pace = if options.check { DemoPace::AtOnce } else { DemoPace::Times(options.pace) };
    let (_stopper, stop) = mpsc::channel();
    let mut output = DemoOutput::new(io::stdout(), pace, stop);
    let demo = perform(&script, server.url(), &mut output);
    ended(match demo {
        Ok(mut demo) if options.check => demo.check(&mut output),
        demo => demo.map(|_unchecked| 0),
    })
}

/// Runs the demo behind the dashboard, which stays open after the last day. When the user leaves
/// the dashboard, the demo ends at its next pause.
fn on_screen(script: Script, server: MockServer, pace: f64) -> Exit {
    let url = server.url().to_owned();
    let (stopper, stop) = mpsc::channel();
    let demo = thread::spawn(move || {
        let mut output = DemoOutput::new(io::sink(), DemoPace::Times(pace), stop);
        perform(&script, &url, &mut output).map(|_unchecked| 0)
    });
    let ready = ReadyLine::of(&server, None);
    let shown =
        async |signals: &mut StopSignals| watch(&server, &ready, LineFormat::Text, signals).await.0;
    let exit = with_signals(shown);
    drop(stopper);
    let outcome = demo.join();
    // A demo that was stopped early may have ended in the middle of a request.
    drop(server);
    match (exit, outcome) {
        (Exit::Done, Ok(outcome)) => ended(outcome),
        (Exit::Done, Err(_panicked)) => Exit::Failed, // the panic has said why
        (exit, _) => exit,
    }
}

/// Runs the script.
fn perform(
    script: &Script,
    server: &str,
    output: &mut DemoOutput<impl Write>,
) -> Result<RunningDemo, DemoError> {
    let mut demo = RunningDemo::new(server, script);
    demo.run(script, output)?;
    Ok(demo)
}

/// The exit code, by the number of values that differ from the expected ones.
fn ended(outcome: Result<usize, DemoError>) -> Exit {
    match outcome {
        Ok(0) => Exit::Done,
        Ok(count) => {
            fail(Exit::Different, format_args!("{count} values differ from what is expected"))
        }
        Err(error) => fail(Exit::from(&error), error),
    }
}

impl From<&DemoError> for Exit {
    fn from(error: &DemoError) -> Self {
        match error {
            DemoError::Unreachable { .. } => Self::Failed,
            DemoError::Unexpected { .. } | DemoError::Refused(_) => Self::Different,
            DemoError::Script(_) | DemoError::Directory(_) | DemoError::Missing(_) => Self::Invalid,
        }
    }
}
