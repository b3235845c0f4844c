//! The demo: sets a fresh tenant up by the tutorial's steps and provisions a small company, over
//! real HTTP, at a pace that an audience can follow.

use std::{
    io::{self, Write},
    sync::mpsc,
};

use super::{Exit, arguments::DemoArguments, fail};
use crate::server::MockServer;

mod check;
mod console;
mod entra;
mod messages;
mod perform;
mod script;
mod stage;
mod wire;

use perform::Performance;
use script::Script;
use stage::{Pace, Stage};
use wire::DemoError;

/// Performs the demo; with `--check` also compares the state at its end with the expected one.
pub(super) fn run(options: &DemoArguments) -> Exit {
    let script = match Script::read() {
        Ok(script) => script,
        Err(error) => return fail(Exit::Invalid, error),
    };
    let builder = MockServer::builder().fresh(true).users(0).groups(0);
    let server = match builder.seed(options.seed).tenant(&script.tenant_name).start() {
        Ok(server) => server,
        Err(error) => return fail(Exit::from(&error), error),
    };
    let pace = if options.check { Pace::AtOnce } else { Pace::Times(options.pace) };
    let (_audience, curtain) = mpsc::channel();
    let mut stage = Stage::new(io::stdout(), pace, curtain);
    ended(perform(&script, server.url(), options.check, &mut stage))
}

/// Performs the script, and checks its end if asked to. Answers how many values differ.
fn perform(
    script: &Script,
    server: &str,
    is_checked: bool,
    stage: &mut Stage<impl Write>,
) -> Result<usize, DemoError> {
    let mut performance = Performance::new(server, &script.tenant_name);
    performance.run(script, stage)?;
    if is_checked { performance.check(stage) } else { Ok(0) }
}

fn ended(outcome: Result<usize, DemoError>) -> Exit {
    match outcome {
        Ok(0) => Exit::Done,
        Ok(count) => {
            fail(Exit::Different, format_args!("{count} values differ from fixtures/demo/end.json"))
        }
        Err(error) => fail(Exit::from(&error), error),
    }
}

impl From<&DemoError> for Exit {
    fn from(error: &DemoError) -> Self {
        match error {
            DemoError::Unreachable { .. } => Self::Failed,
            DemoError::Unexpected { .. } => Self::Different,
            DemoError::Script(_) | DemoError::Missing(_) => Self::Invalid,
        }
    }
}
