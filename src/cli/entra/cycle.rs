//! Cycles: one, one every 40 minutes, and provisioning on demand.

use std::time::{Duration, Instant};

use jiff::SignedDuration;

use super::{
    EntraError,
    arguments::{CycleArguments, OnDemandArguments, PlaceArguments, RunArguments},
    change,
    interruptible::Interruptible,
    place::Place,
    tell::Teller,
    time::{InterruptibleClock, Stop},
};
use crate::{
    cli::Exit,
    entra::{
        Counts, CycleOutcome, CycleReport, ErrorCode, Execution, ExecutionState, JobClock as _,
        JobEnvironment, OnDemandOutcome, OnDemandStep, Status, Subject,
    },
};

/// What is wrong with a target that nobody answers for, or that refuses the credentials.
const UNREACHABLE: [ErrorCode; 2] =
    [ErrorCode::CredentialValidationFailure, ErrorCode::CredentialValidationUnavailable];

/// How long a run that does not wait leaves the state to others.
const OTHERS: SignedDuration = SignedDuration::from_millis(10);

/// How long it keeps the state before.
const TURN: Duration = Duration::from_secs(1);

/// One cycle.
pub(super) fn once(
    options: &PlaceArguments,
    cycle: CycleArguments,
    teller: &Teller,
) -> Result<Exit, EntraError> {
    let mut place = ready(options)?;
    let clock = clock(&place);
    if let Some(time) = cycle.advance {
        clock.advance(time);
    }
    one(&mut place, &clock, teller, Keep::Always)
}

/// Cycles until a signal, or until there were enough. Answers how the last one ended.
///
/// Between two cycles other commands may change the directory and the job.
pub(super) fn run(
    options: &PlaceArguments,
    run: RunArguments,
    teller: &Teller,
) -> Result<Exit, EntraError> {
    let mut place = ready(options)?;
    let clock = clock(&place);
    let mut since = Instant::now();
    let mut exit = Exit::Done;
    let mut done = 0;
    while run.cycles.is_none_or(|it| done < it) && !clock.is_stopped() {
        if !wait_for_turn(&mut place, options, run, (&clock, &mut since, teller))? {
            break;
        }
        place.needs_directory()?;
        if run.busy {
            let directory = &mut place.simulation.directory;
            for change in change::of_day(directory, 1, done) {
                // Whoever left in the morning cannot be moved in the afternoon.
                drop(directory.apply(&change, clock.now()));
            }
        }
        exit = one(&mut place, &clock, teller, Keep::Work)?;
        if place.simulation.job.disabled().is_some() {
            break;
        }
        done += 1;
    }
    place.leave(options, clock.ahead())?;
    Ok(exit)
}

/// Waits for the next cycle, with the state free for others meanwhile. Answers whether there is to
/// be one: not after a signal.
fn wait_for_turn(
    place: &mut Place,
    options: &PlaceArguments,
    run: RunArguments,
    (clock, since, teller): (&InterruptibleClock, &mut Instant, &Teller),
) -> Result<bool, EntraError> {
    let is_stopped = || clock.is_stopped();
    // A job that is switched off has no next cycle; the one that is tried says so.
    while let Some(due) = place.simulation.job.next_cycle() {
        if run.at_once {
            clock.advance(due.duration_since(clock.now()).max(SignedDuration::ZERO));
            if since.elapsed() < TURN {
                return Ok(!clock.is_stopped());
            }
            place.let_go()?;
            clock.wait(OTHERS);
        } else {
            place.let_go()?;
            teller.waiting(due.max(clock.now()));
            clock.wait_until(due, run.speed);
        }
        if clock.is_stopped() || !place.hold_again(options, &is_stopped)? {
            return Ok(false);
        }
        *since = Instant::now();
        // Another command may have moved the clock on, or run a cycle.
        clock.advance(place.ahead.saturating_sub(clock.ahead()).max(SignedDuration::ZERO));
        let next = place.simulation.job.next_cycle();
        if next.is_none_or(|it| it <= clock.now()) {
            break;
        }
    }
    Ok(true)
}

/// One user or group at once.
pub(super) fn on_demand(
    options: &PlaceArguments,
    wanted: &OnDemandArguments,
    teller: &Teller,
) -> Result<Exit, EntraError> {
    let mut place = ready(options)?;
    let clock = clock(&place);
    let members: Vec<&str> = wanted.members.iter().map(String::as_str).collect();
    let subject = if wanted.group {
        Subject::Group(&wanted.subject, &members)
    } else {
        Subject::User(&wanted.subject)
    };
    let transport = Interruptible::new(place.transport.clone(), &clock);
    let simulation = &mut place.simulation;
    let outside = JobEnvironment::new(&transport, &clock);
    let report = simulation.job.provision_on_demand(&simulation.directory, subject, outside);
    let report = report.map_err(EntraError::usage)?;
    place.save()?;
    teller.on_demand(&report);
    Ok(match report.result {
        OnDemandOutcome::Failure if report.steps.iter().any(is_unreachable) => Exit::Failed,
        OnDemandOutcome::Failure => Exit::Different,
        OnDemandOutcome::Success | OnDemandOutcome::Skipped => Exit::Done,
    })
}

/// Whether a step failed because nobody answers, or the credentials are refused.
fn is_unreachable(step: &OnDemandStep) -> bool {
    step.status == Status::Failure && step.error.is_some_and(|it| UNREACHABLE.contains(&it))
}

/// The job's clock as it was left, which a signal stops.
pub(super) fn clock(place: &Place) -> InterruptibleClock {
    InterruptibleClock::new(place.ahead, Stop::listen())
}

/// What a cycle needs, looked at before anything is sent.
fn ready(options: &PlaceArguments) -> Result<Place, EntraError> {
    let place = Place::hold(options)?;
    place.needs_target()?;
    place.needs_directory()?;
    Ok(place)
}

/// After which cycles the state is written at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// After each.
    Always,
    /// After one that did something: the whole state of a large company is long.
    Work,
}

fn one(
    place: &mut Place,
    clock: &InterruptibleClock,
    teller: &Teller,
    keep: Keep,
) -> Result<Exit, EntraError> {
    let had_trouble = place.simulation.job.quarantine().is_some();
    let transport = Interruptible::new(place.transport.clone(), clock);
    let progress = |it: &crate::entra::Progress| teller.progress(it);
    let is_stopped = || clock.is_stopped();
    let outside = JobEnvironment {
        transport: &transport,
        clock,
        progress: &progress,
        is_stopped: &is_stopped,
    };
    let simulation = &mut place.simulation;
    let report = simulation.job.cycle(&mut simulation.directory, outside);
    place.ahead = clock.ahead();
    if keep == Keep::Work && is_idle(&report) && !had_trouble {
        place.save_later();
    } else {
        place.save()?;
    }
    teller.cycle(&place.simulation.job, &report);
    let code = place.simulation.job.quarantine().and_then(|it| it.code);
    Ok(exit_of(&report, code))
}

/// Whether nobody had changed, so that nothing but the time is remembered of it.
fn is_idle(report: &CycleReport) -> bool {
    let nothing = |it: &Execution| it.counts == Counts::default();
    report.ended == CycleOutcome::Completed && report.execution.as_ref().is_some_and(nothing)
}

/// A target that cannot be reached or refuses the credentials is a failure; what it answered else,
/// refused object by object, or what waits for an administrator, leaves another state than the wanted
/// one. `code` is that of the quarantine.
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
