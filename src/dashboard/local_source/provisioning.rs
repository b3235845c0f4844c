//! A tenant's provisioning job: a window onto its log, and orders without waiting.

use std::sync::{Arc, mpsc};

use jiff::Timestamp;

use super::super::{JobCommand, ListQuery, ListWindow};
use crate::{
    entra::{JobDescription, JobOrder, LogEntry, Restart, WeekOrder},
    scim::fold,
    tenant::{ClockSetting, Provisioning, Tenant},
};

/// The speeds of a tenant's clock, from standing still: at 3,600 a cycle is due almost every second.
const SPEEDS: [f64; 6] = [0.0, 1.0, 10.0, 60.0, 600.0, 3_600.0];

/// The lines that contain the filter's text, newest first.
pub(in super::super) fn window(lines: &[LogEntry], ask: &ListQuery) -> ListWindow<LogEntry> {
    let wanted = fold(&ask.filter);
    let holds = |it: &&LogEntry| {
        let result = it.result();
        let texts = [&*it.source_name, &*result, it.action.name(), it.status.name()];
        wanted.is_empty() || texts.iter().any(|it| fold(it).contains(&*wanted))
    };
    let mut found: Vec<&LogEntry> = lines.iter().filter(holds).collect();
    found.reverse();
    let placed = ask.view.place(found.len(), |id| found.iter().position(|it| it.id == *id));
    let shown = &found[placed.offset..placed.offset + placed.length];
    ListWindow {
        rows: shown.iter().map(|it| (*it).clone()).collect(),
        offset: placed.offset,
        total: found.len(),
        unfiltered: lines.len(),
        at: placed.at,
    }
}

/// Gives an order and returns a sentence about it. Only an immediate refusal is reported; the job's
/// state shows later ones.
pub(super) fn order(
    jobs: &dyn Provisioning,
    tenant: &Arc<Tenant>,
    order: JobCommand,
    now: Timestamp,
) -> String {
    let view = jobs.view(tenant);
    let is_started = view.as_ref().is_some_and(|it| it.is_started);
    let (order, said) = match order {
        JobCommand::Cycle => (JobOrder::Cycle, "ordered: a cycle"),
        JobCommand::StartOrPause if is_started => {
            (JobOrder::Pause, "ordered: pause; then cycles run only by c")
        }
        JobCommand::StartOrPause => {
            (JobOrder::Start, "ordered: start; then a cycle runs every 40 minutes")
        }
        JobCommand::NextDay => (
            JobOrder::Week(WeekOrder { days: 1 }),
            "ordered: the next day of the directory; then c provisions it",
        ),
        JobCommand::ClearQuarantine => {
            let scope = Restart { escrows: true, quarantine_state: true, ..Restart::NOTHING };
            (JobOrder::Restart(scope), "ordered: forget the quarantine and what failed")
        }
        JobCommand::Restart => (
            JobOrder::Restart(Restart::default()),
            "ordered: restart; then the next cycle looks at everybody",
        ),
        JobCommand::Faster => return turn_clock(tenant, now, |to, speed| to > speed),
        JobCommand::Slower => return turn_clock(tenant, now, |to, speed| to < speed),
    };
    if view.is_none()
        && let Err(refusal) =
            give(jobs, tenant, JobOrder::Configure(Box::<JobDescription>::default()))
    {
        return refusal;
    }
    match give(jobs, tenant, order) {
        Ok(()) => said.to_owned(),
        Err(refusal) => refusal,
    }
}

/// Changes the speed of the tenant's clock to the nearest of the [`SPEEDS`] that `will_do` accepts.
/// The clock keeps its time.
fn turn_clock(tenant: &Tenant, now: Timestamp, will_do: fn(f64, f64) -> bool) -> String {
    let speed = speed(tenant.clock().setting());
    let found = SPEEDS.into_iter().filter(|it| will_do(*it, speed));
    let Some(next) = found.min_by(|a, b| (a - speed).abs().total_cmp(&(b - speed).abs())) else {
        return format!("the tenant's clock goes {} already", pace(speed));
    };
    let at = tenant.now(now);
    tenant.set_clock(match next {
        0.0 => ClockSetting::Frozen { at },
        factor => ClockSetting::Scaled { factor, since: now, from: at },
    });
    format!("the tenant's clock goes {}", pace(next))
}

fn pace(speed: f64) -> String {
    match speed {
        0.0 => "not at all".to_owned(),
        1.0 => "at its usual speed".to_owned(),
        speed => format!("{speed} times as fast"),
    }
}

/// The number of its seconds in one second of the server.
pub(in super::super) fn speed(setting: ClockSetting) -> f64 {
    match setting {
        ClockSetting::Real | ClockSetting::Offset { .. } => 1.0,
        ClockSetting::Frozen { .. } => 0.0,
        ClockSetting::Scaled { factor, .. } => factor,
    }
}

fn give(jobs: &dyn Provisioning, tenant: &Arc<Tenant>, order: JobOrder) -> Result<(), String> {
    let (tell, told) = mpsc::channel();
    // The receiver may be gone when the answer comes.
    jobs.ask(tenant, order, Box::new(move |outcome| drop(tell.send(outcome))));
    match told.try_recv() {
        Ok(Err(refusal)) => Err(refusal.to_string()),
        _ => Ok(()),
    }
}
