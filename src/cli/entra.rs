//! `entra`: Microsoft Entra's provisioning service, against this tenant or any other SCIM service.

use std::fmt::Display;

mod arguments;
mod change;
mod cycle;
mod directory;
mod filters;
mod interruptible;
mod lock;
mod logs;
mod place;
mod tell;
mod time;
mod values;

use super::{Exit, fail, files};
use crate::entra::{JobConfiguration, JobEnvironment, Restart};
pub(super) use arguments::EntraArguments;
use arguments::{EntraCommand, PlaceArguments};
use interruptible::Interruptible;
use place::Place;
use tell::Teller;

/// Does one command.
pub(super) fn run(options: &EntraArguments) -> Exit {
    let teller = Teller::new(options.place.format);
    match command(options, &teller).and_then(|exit| teller.end().map(|()| exit)) {
        Ok(exit) => exit,
        Err(EntraError::Usage(why)) => fail(Exit::Usage, why),
        Err(EntraError::File(why)) => fail(Exit::Invalid, why),
        Err(EntraError::Failed(why)) => fail(Exit::Failed, why),
        Err(EntraError::Busy(why)) => fail(Exit::TimedOut, why),
    }
}

/// Why a command is not done.
#[derive(Debug)]
enum EntraError {
    /// An argument cannot be used.
    Usage(String),
    /// A file is wrong.
    File(String),
    /// Something else failed.
    Failed(String),
    /// Another command has the state.
    Busy(String),
}

impl EntraError {
    fn usage(why: impl Display) -> Self {
        Self::Usage(why.to_string())
    }

    fn failed(why: impl Display) -> Self {
        Self::Failed(why.to_string())
    }
}

fn command(options: &EntraArguments, teller: &Teller) -> Result<Exit, EntraError> {
    let mut place = options.place.clone();
    // Read once, as it may be a pipe.
    if let Some(file) = &place.secret_token_file {
        let token = files::token(file).map_err(|it| EntraError::File(it.to_string()))?;
        place.secret_token = Some(token);
    }
    let place = &place;
    match &options.command {
        EntraCommand::TestConnection => test_connection(place, teller),
        EntraCommand::Cycle(cycle) => cycle::once(place, *cycle, teller),
        EntraCommand::Run(run) => cycle::run(place, *run, teller),
        EntraCommand::OnDemand(subject) => cycle::on_demand(place, subject, teller),
        EntraCommand::Status => {
            teller.status(&Place::open(place)?.simulation);
            Ok(Exit::Done)
        }
        EntraCommand::Logs(filter) => logs::show(&Place::open(place)?, filter, teller),
        EntraCommand::Directory { command } => directory::run(place, command, teller),
        EntraCommand::Restart { scope } => {
            let scope = scope.as_deref().map(str::parse).transpose();
            restart(place, scope.map_err(EntraError::usage)?.unwrap_or_default(), teller)
        }
        EntraCommand::AllowDeletions => restart(place, Restart::FORCE_DELETES, teller),
        EntraCommand::Job => {
            teller.print_own(JobConfiguration::DEFAULT);
            Ok(Exit::Done)
        }
    }
}

fn test_connection(place: &PlaceArguments, teller: &Teller) -> Result<Exit, EntraError> {
    let mut place = Place::open(place)?;
    place.needs_target()?;
    let clock = cycle::clock(&place);
    let transport = Interruptible::new(place.transport.clone(), &clock);
    let tested = place.simulation.job.test_connection(JobEnvironment::new(&transport, &clock));
    teller.connection(&tested);
    Ok(if tested.is_ok() { Exit::Done } else { Exit::Failed })
}

fn restart(place: &PlaceArguments, scope: Restart, teller: &Teller) -> Result<Exit, EntraError> {
    let mut place = Place::hold(place)?;
    place.simulation.job.restart(scope);
    place.save()?;
    teller.restarted(scope);
    Ok(Exit::Done)
}
