//! `entra`: Microsoft Entra's provisioning service, against this tenant or any other SCIM service.

use std::{fmt::Display, io, path::Path};

mod change;
mod clock;
mod cycle;
mod directory;
mod filters;
mod interruptible;
mod logs;
mod printer;
mod workspace;

use super::arguments::entra::{EntraArguments, EntraCommand, WorkspaceArguments};
use super::{Exit, fail, file_lock::LockError, files};
use crate::entra::{JobConfiguration, JobEnvironment, Restart};
use interruptible::InterruptibleTransport;
use printer::Printer;
use workspace::Workspace;

/// Does one command.
pub(super) fn run(options: &EntraArguments) -> Exit {
    let printer = Printer::new(options.workspace.format);
    match command(options, &printer).and_then(|exit| printer.end().map(|()| exit)) {
        Ok(exit) => exit,
        Err(CommandError::Usage(why)) => fail(Exit::Usage, why),
        Err(CommandError::File(why)) => fail(Exit::Invalid, why),
        Err(CommandError::Failed(why)) => fail(Exit::Failed, why),
        Err(CommandError::Busy(why)) => fail(Exit::TimedOut, why),
    }
}

/// Why a command is not done.
#[derive(Debug)]
enum CommandError {
    /// An argument cannot be used.
    Usage(String),
    /// A file is wrong.
    File(String),
    /// Something else failed.
    Failed(String),
    /// Another command holds the lock of the state file.
    Busy(String),
}

impl CommandError {
    fn usage(why: impl Display) -> Self {
        Self::Usage(why.to_string())
    }

    fn failed(why: impl Display) -> Self {
        Self::Failed(why.to_string())
    }

    fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::File(format!("can't read {}: {error}", path.display()))
    }

    fn unwritable(path: &Path, error: &io::Error) -> Self {
        Self::failed(format!("can't write {}: {error}", path.display()))
    }
}

impl From<LockError> for CommandError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Busy { .. } => Self::Busy(error.to_string()),
            _ => Self::failed(error),
        }
    }
}

fn command(options: &EntraArguments, printer: &Printer) -> Result<Exit, CommandError> {
    let mut workspace = options.workspace.clone();
    // It is read once, because it may be a pipe.
    if let Some(file) = &workspace.secret_token_file {
        let token = files::token(file).map_err(|it| CommandError::File(it.to_string()))?;
        workspace.secret_token = Some(token);
    }
    let workspace = &workspace;
    match &options.command {
        EntraCommand::TestConnection => test_connection(workspace, printer),
        EntraCommand::Cycle(cycle) => cycle::once(workspace, *cycle, printer),
        EntraCommand::Run(run) => cycle::run(workspace, *run, printer),
        EntraCommand::OnDemand(subject) => cycle::on_demand(workspace, subject, printer),
        EntraCommand::Status => {
            printer.status(&Workspace::open(workspace)?.simulation);
            Ok(Exit::Done)
        }
        EntraCommand::Logs(filter) => logs::show(&Workspace::open(workspace)?, filter, printer),
        EntraCommand::Directory { command } => directory::run(workspace, command, printer),
        EntraCommand::Restart { scope } => {
            let scope = scope.as_deref().map(str::parse).transpose();
            restart(workspace, scope.map_err(CommandError::usage)?.unwrap_or_default(), printer)
        }
        EntraCommand::AllowDeletions => restart(workspace, Restart::FORCE_DELETES, printer),
        EntraCommand::Job => {
            printer.print_text(JobConfiguration::DEFAULT);
            Ok(Exit::Done)
        }
    }
}

fn test_connection(
    workspace: &WorkspaceArguments,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let mut workspace = Workspace::open(workspace)?;
    workspace.needs_target()?;
    let clock = cycle::clock(&workspace);
    let transport = InterruptibleTransport::new(workspace.transport.clone(), &clock);
    let tested = workspace.simulation.job.test_connection(JobEnvironment::new(&transport, &clock));
    printer.connection(&tested);
    Ok(if tested.is_ok() { Exit::Done } else { Exit::Failed })
}

fn restart(
    workspace: &WorkspaceArguments,
    scope: Restart,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let mut workspace = Workspace::lock(workspace)?;
    workspace.simulation.job.restart(scope);
    workspace.save()?;
    printer.restarted(scope);
    Ok(Exit::Done)
}
