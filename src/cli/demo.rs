//! The demo: sets a fresh tenant up by the tutorial's steps and lets Entra's service provision a small
//! company, over real HTTP, at a pace that an audience can follow.

use std::{
    io::{self, Write},
    sync::mpsc,
    thread,
};

use super::{
    Exit,
    arguments::{DemoArguments, LogFormat},
    fail, screen,
    serve::{watch, with_signals},
};
use crate::server::MockServer;

mod check;
mod console;
mod perform;
#[cfg(test)]
mod picture;
mod provision;
mod script;
mod stage;
mod wire;

use perform::RunningDemo;
use script::Script;
use stage::{DemoPace, DemoStage};
use wire::DemoError;

/// Performs the demo; with `--check` also compares the state at its end with the expected one.
pub(super) fn run(options: &DemoArguments) -> Exit {
    let script = match Script::read() {
        Ok(script) => script,
        Err(error) => return fail(Exit::from(&error), error),
    };
    let builder = MockServer::builder().fresh(true).users(0).groups(0);
    let server = match builder.seed(options.seed).tenant(&script.tenant_name).start() {
        Ok(server) => server,
        Err(error) => return fail(Exit::from(&error), error),
    };
    if !options.check && screen::refusal().is_none() {
        return on_screen(script, server, options.pace);
    }
    let pace = if options.check { DemoPace::AtOnce } else { DemoPace::Times(options.pace) };
    let (_audience, curtain) = mpsc::channel();
    let mut stage = DemoStage::new(io::stdout(), pace, curtain);
    ended(perform(&script, server.url(), options.check, &mut stage))
}

/// Performs the demo behind the dashboard, which stays open when the week is over; when it is left
/// the demo ends at its next pause.
fn on_screen(script: Script, server: MockServer, pace: f64) -> Exit {
    let url = server.url().to_owned();
    let (audience, curtain) = mpsc::channel();
    let performance = thread::spawn(move || {
        let mut stage = DemoStage::new(io::sink(), DemoPace::Times(pace), curtain);
        perform(&script, &url, false, &mut stage)
    });
    let exit = with_signals(async |signals| watch(&server, LogFormat::Text, signals).await.0);
    drop(audience);
    let outcome = performance.join();
    // A demo that was left early may have ended in the middle of a request.
    drop(server);
    match (exit, outcome) {
        (Exit::Done, Ok(outcome)) => ended(outcome),
        (Exit::Done, Err(_panicked)) => Exit::Failed, // the panic has said why
        (exit, _) => exit,
    }
}

/// Performs the script, and checks its end if asked to. Answers how many values differ.
fn perform(
    script: &Script,
    server: &str,
    is_checked: bool,
    stage: &mut DemoStage<impl Write>,
) -> Result<usize, DemoError> {
    let mut performance = RunningDemo::new(server, script);
    performance.run(script, stage)?;
    if is_checked { performance.check(stage) } else { Ok(0) }
}

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
