//! Runs one cycle, a cycle every 40 minutes, or provisioning on demand.

use std::time::{Duration, Instant};

use jiff::SignedDuration;

use super::{
    CommandError, change,
    clock::{Interrupt, InterruptibleClock},
    interruptible::InterruptibleTransport,
    printer::Printer,
    workspace::Workspace,
};
use crate::cli::arguments::entra::{
    CycleArguments, OnDemandArguments, RunArguments, WorkspaceArguments,
};
use crate::{
    cli::Exit,
    entra::{
        Counts, CycleOutcome, CycleReport, ErrorCode, Execution, ExecutionState, JobClock as _,
        JobEnvironment, OnDemandOutcome, OnDemandStep, Status, Subject,
    },
};

/// The errors of a target that cannot be reached or refuses the credentials.
const UNREACHABLE: [ErrorCode; 2] =
    [ErrorCode::CredentialValidationFailure, ErrorCode::CredentialValidationUnavailable];

/// The time for which a run with `--at-once` unlocks the state for other commands.
const OTHERS: SignedDuration = SignedDuration::from_millis(10);

/// The time for which it keeps the state locked.
const TURN: Duration = Duration::from_secs(1);

/// One cycle.
pub(super) fn once(
    options: &WorkspaceArguments,
    cycle: CycleArguments,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let mut workspace = ready(options)?;
    let clock = clock(&workspace);
    if let Some(time) = cycle.advance {
        clock.advance(time);
    }
    one(&mut workspace, &clock, printer, SavePolicy::Always)
}

/// Runs cycles until a signal, or until their number is reached. Returns the exit code of the last
/// one.
///
/// Between two cycles other commands may change the directory and the job.
pub(super) fn run(
    options: &WorkspaceArguments,
    run: RunArguments,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let mut workspace = ready(options)?;
    let clock = clock(&workspace);
    let mut turn = Turn { run, clock: &clock, printer, since: Instant::now() };
    let mut exit = Exit::Done;
    let mut done = 0;
    while run.cycles.is_none_or(|it| done < it) && !clock.is_stopped() {
        if !turn.wait(&mut workspace, options)? {
            break;
        }
        workspace.needs_directory()?;
        if run.busy {
            let directory = &mut workspace.simulation.directory;
            for change in change::of_day(directory, 1, done) {
                // An earlier change of the day may have deleted the object.
                drop(directory.apply(&change, clock.now()));
            }
        }
        exit = one(&mut workspace, &clock, printer, SavePolicy::Work)?;
        if workspace.simulation.job.disabled().is_some() {
            break;
        }
        done += 1;
    }
    workspace.save_clock(options, clock.ahead())?;
    Ok(exit)
}

/// The turns of a run, which alternates with other commands: they can lock the state between two
/// cycles.
struct Turn<'a> {
    run: RunArguments,
    clock: &'a InterruptibleClock,
    printer: &'a Printer,
    /// When this turn began.
    since: Instant,
}

impl Turn<'_> {
    /// Waits until the next cycle is due, and unlocks the state meanwhile. Answers whether the cycle
    /// is to run: not after a signal.
    fn wait(
        &mut self,
        workspace: &mut Workspace,
        options: &WorkspaceArguments,
    ) -> Result<bool, CommandError> {
        let clock = self.clock;
        let is_stopped = || clock.is_stopped();
        // A job that is switched off has no next cycle. The attempt to run one reports that.
        while let Some(due) = workspace.simulation.job.next_cycle() {
            if self.run.at_once {
                clock.advance(due.duration_since(clock.now()).max(SignedDuration::ZERO));
                if self.since.elapsed() < TURN {
                    return Ok(!clock.is_stopped());
                }
                workspace.release()?;
                clock.wait(OTHERS);
            } else {
                workspace.release()?;
                self.printer.waiting(due.max(clock.now()));
                clock.wait_until(due, self.run.speed);
            }
            if clock.is_stopped() || !workspace.relock(options, &is_stopped)? {
                return Ok(false);
            }
            self.since = Instant::now();
            // Another command may have advanced the clock or run a cycle.
            let behind = workspace.ahead.saturating_sub(clock.ahead());
            clock.advance(behind.max(SignedDuration::ZERO));
            let next = workspace.simulation.job.next_cycle();
            if next.is_none_or(|it| it <= clock.now()) {
                break;
            }
        }
        Ok(true)
    }
}

/// One user or group at once.
pub(super) fn on_demand(
    options: &WorkspaceArguments,
    wanted: &OnDemandArguments,
    printer: &Printer,
) -> Result<Exit, CommandError> {
    let mut workspace = ready(options)?;
    let clock = clock(&workspace);
    let members: Vec<&str> = wanted.members.iter().map(String::as_str).collect();
    let subject = if wanted.group {
        Subject::Group(&wanted.subject, &members)
    } else {
        Subject::User(&wanted.subject)
    };
    let transport = InterruptibleTransport::new(workspace.transport.clone(), &clock);
    let simulation = &mut workspace.simulation;
    let outside = JobEnvironment::new(&transport, &clock);
    let report = simulation.job.provision_on_demand(&simulation.directory, subject, outside);
    let report = report.map_err(CommandError::usage)?;
    workspace.save()?;
    printer.on_demand(&report);
    Ok(match report.result {
        OnDemandOutcome::Failure if report.steps.iter().any(is_unreachable) => Exit::Failed,
        OnDemandOutcome::Failure => Exit::Different,
        OnDemandOutcome::Success | OnDemandOutcome::Skipped => Exit::Done,
    })
}

/// Whether a step failed because the target cannot be reached or refuses the credentials.
fn is_unreachable(step: &OnDemandStep) -> bool {
    step.status == Status::Failure && step.error.is_some_and(|it| UNREACHABLE.contains(&it))
}

/// The job's clock with its stored offset. A signal ends its waits.
pub(super) fn clock(workspace: &Workspace) -> InterruptibleClock {
    InterruptibleClock::new(workspace.ahead, Interrupt::listen())
}

/// Opens the workspace and checks what a cycle needs before anything is sent.
fn ready(options: &WorkspaceArguments) -> Result<Workspace, CommandError> {
    let workspace = Workspace::lock(options)?;
    workspace.needs_target()?;
    workspace.needs_directory()?;
    Ok(workspace)
}

/// The cycles after which the state is written at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SavePolicy {
    /// After each.
    Always,
    /// After cycles that did something, because writing the state of a large company is slow.
    Work,
}

fn one(
    workspace: &mut Workspace,
    clock: &InterruptibleClock,
    printer: &Printer,
    keep: SavePolicy,
) -> Result<Exit, CommandError> {
    let had_trouble = workspace.simulation.job.quarantine().is_some();
    let transport = InterruptibleTransport::new(workspace.transport.clone(), clock);
    let progress = |it: &crate::entra::Progress| printer.progress(it);
    let is_stopped = || clock.is_stopped();
    let outside = JobEnvironment {
        transport: &transport,
        clock,
        progress: &progress,
        is_stopped: &is_stopped,
    };
    let simulation = &mut workspace.simulation;
    let report = simulation.job.cycle(&mut simulation.directory, outside);
    workspace.ahead = clock.ahead();
    if keep == SavePolicy::Work && is_idle(&report) && !had_trouble {
        workspace.save_later();
    } else {
        workspace.save()?;
    }
    printer.cycle(&workspace.simulation.job, &report);
    let code = workspace.simulation.job.quarantine().and_then(|it| it.code);
    Ok(exit_of(&report, code))
}

/// Whether no object changed, so that only the time of the cycle is new.
fn is_idle(report: &CycleReport) -> bool {
    let nothing = |it: &Execution| it.counts == Counts::default();
    report.ended == CycleOutcome::Completed && report.execution.as_ref().is_some_and(nothing)
}

/// An unreachable target, or one that refuses the credentials, is a failure. Failures of single
/// objects, and changes that wait for an administrator, leave an unexpected state. `code` is that
/// of the quarantine.
fn exit_of(report: &CycleReport, code: Option<ErrorCode>) -> Exit {
    match report.ended {
        CycleOutcome::Unavailable => Exit::Failed,
        CycleOutcome::Quarantined(_) if code.is_some_and(|it| UNREACHABLE.contains(&it)) => {
            Exit::Failed
        }
        CycleOutcome::Quarantined(_) | CycleOutcome::Disabled => Exit::Different,
        CycleOutcome::Stopped => Exit::Done,
        CycleOutcome::Completed => match &report.execution {
            Some(it) if it.state == ExecutionState::EntryLevelErrors => Exit::Different,
            _ => Exit::Done,
        },
    }
}
