//! A tenant's provisioning job: a window onto its log, and orders that nobody waits for.

use std::sync::{Arc, mpsc};

use jiff::Timestamp;
use serde_json::json;

use super::super::{JobOrder, ListAsk, Window};
use crate::{
    scim::fold,
    tenant::{ClockSetting, Order, Provisioning, ProvisioningLine, Tenant},
};

/// The speeds of a tenant's clock, from standing still: at 3,600 a cycle is due almost every second.
const SPEEDS: [f64; 6] = [0.0, 1.0, 10.0, 60.0, 600.0, 3_600.0];

/// The lines that hold the filter's text, newest first.
pub(in super::super) fn window(
    lines: &[ProvisioningLine],
    ask: &ListAsk,
) -> Window<ProvisioningLine> {
    let wanted = fold(&ask.filter);
    let holds = |it: &&ProvisioningLine| {
        let texts = [&*it.name, &*it.result, it.action, it.status];
        wanted.is_empty() || texts.iter().any(|it| fold(it).contains(&*wanted))
    };
    let mut found: Vec<&ProvisioningLine> = lines.iter().filter(holds).collect();
    found.reverse();
    let placed = ask.view.place(found.len(), |id| found.iter().position(|it| it.id == *id));
    let shown = &found[placed.offset..placed.offset + placed.length];
    Window {
        rows: shown.iter().map(|it| (*it).clone()).collect(),
        offset: placed.offset,
        total: found.len(),
        unfiltered: lines.len(),
        at: placed.at,
    }
}

/// Gives an order, and says so. Only a refusal that comes at once is told: the others show in the
/// job's state.
pub(super) fn order(
    jobs: &dyn Provisioning,
    tenant: &Arc<Tenant>,
    order: JobOrder,
    now: Timestamp,
) -> String {
    let view = jobs.view(tenant);
    let is_started = view.as_ref().is_some_and(|it| it.is_started);
    let (order, said) = match order {
        JobOrder::Cycle => (Order::Cycle, "ordered: a cycle"),
        JobOrder::StartOrPause if is_started => {
            (Order::Pause, "ordered: pause; then cycles run only by c")
        }
        JobOrder::StartOrPause => {
            (Order::Start, "ordered: start; then a cycle runs every 40 minutes")
        }
        JobOrder::NextDay => (
            Order::Week(json!({"days": 1})),
            "ordered: the next day of the directory; then c provisions it",
        ),
        JobOrder::ClearQuarantine => {
            let scope = json!({"scope": "Escrows,QuarantineState"});
            (Order::Restart(scope), "ordered: forget the quarantine and what failed")
        }
        JobOrder::Restart => {
            (Order::Restart(json!({})), "ordered: restart; then the next cycle looks at everybody")
        }
        JobOrder::Faster => return turn_clock(tenant, now, |to, speed| to > speed),
        JobOrder::Slower => return turn_clock(tenant, now, |to, speed| to < speed),
    };
    if view.is_none()
        && let Err(refusal) = give(jobs, tenant, Order::Configure(json!({})))
    {
        return refusal;
    }
    match give(jobs, tenant, order) {
        Ok(()) => said.to_owned(),
        Err(refusal) => refusal,
    }
}

/// Lets the tenant's clock go on from where it is at the nearest of the [`SPEEDS`] that will do.
fn turn_clock(tenant: &Tenant, now: Timestamp, will_do: fn(f64, f64) -> bool) -> String {
    let speed = speed(tenant.clock().setting());
    let found = SPEEDS.into_iter().filter(|it| will_do(*it, speed));
    let Some(next) = found.min_by(|a, b| (a - speed).abs().total_cmp(&(b - speed).abs())) else {
        return format!("the tenant's clock goes {} already", pace(speed));
    };
    let at = tenant.now(now);
    tenant.clock().set(match next {
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

/// How many of its seconds pass in one of the server's.
pub(in super::super) fn speed(setting: ClockSetting) -> f64 {
    match setting {
        ClockSetting::Real | ClockSetting::Offset { .. } => 1.0,
        ClockSetting::Frozen { .. } => 0.0,
        ClockSetting::Scaled { factor, .. } => factor,
    }
}

fn give(jobs: &dyn Provisioning, tenant: &Arc<Tenant>, order: Order) -> Result<(), String> {
    let (tell, told) = mpsc::channel();
    // Nobody may be listening any more when the answer comes.
    jobs.ask(tenant, order, Box::new(move |outcome| drop(tell.send(outcome))));
    match told.try_recv() {
        Ok(Err(refusal)) => Err(refusal.detail),
        _ => Ok(()),
    }
}
