//! Waits until an expectation is met, and answers if it is not.

use std::{
    pin::pin,
    task::Context,
    time::{Duration, Instant},
};

use super::{ControlCall, ProblemDetails, known_names::refuse_unknown_names, requests::page_since};
use crate::{
    http::pending::until,
    journal::{
        Expectation, ExpectationWait, Mismatch, Notifier, Seq, Timing, UnmetExpectation,
        VerifiedTraffic, WaitStep,
    },
    tenant::Tenant,
};

/// Waits until the exchanges after a cursor are as expected.
///
/// # Errors
///
/// 409 `stale-cursor`; 400 `never-matches`; 503 `tenant-reset` if the tenant was reset since the call
/// arrived; 404 `unknown-tenant` if it is deleted during the wait.
pub(super) async fn wait_for_expectation(
    call: &ControlCall,
    tenant: &Tenant,
    expected: Expectation,
    since: Seq,
    timing: Timing,
) -> Result<Result<VerifiedTraffic, UnmetExpectation>, ProblemDetails> {
    let journal = tenant.journal();
    page_since(journal, since, 0)?;
    refuse_unknown_names(&expected, tenant)?;
    let began = Instant::now();
    let begun = ExpectationWait::begin(expected, journal, since, timing);
    // Checked again after the wait has begun: a reset ends the epoch before the life of the journal.
    call.tenant_in_its_epoch()?;
    let _waiter = tenant.waiters().begin();
    let mut wait = match begun {
        Ok(wait) => wait,
        Err(unmet) => return Ok(Err(unmet)),
    };
    let mut sleep = pin!(tokio::time::sleep(Duration::ZERO));
    let look = |context: &mut Context<'_>| loop {
        let now = tenant.now(call.app.clock.now());
        match wait.step(journal, now, began.elapsed(), context.waker()) {
            WaitStep::Met(met) => return Some(Ok(met)),
            WaitStep::Unmet(unmet) => return Some(Err(unmet)),
            WaitStep::Sleep(until) => {
                sleep.as_mut().reset((began + until).into());
                if sleep.as_mut().poll(context).is_pending() {
                    return None;
                }
            }
        }
    };
    let done = while_there(call, tenant, &[], Duration::MAX, look).await?;
    Ok(done.expect("an expectation ends by itself"))
}

/// Waits until `look` returns something; `None` if the time is over. `look` is called again when a notifier
/// notifies, or when the waker that it gets is called.
///
/// # Errors
///
/// 404 `unknown-tenant` as soon as the tenant is deleted, even if there is a new one with its name.
pub(super) async fn while_there<T>(
    call: &ControlCall,
    tenant: &Tenant,
    notifiers: &[&Notifier],
    patience: Duration,
    mut look: impl FnMut(&mut Context<'_>) -> Option<T>,
) -> Result<Option<T>, ProblemDetails> {
    let gone = || call.app.unknown_tenant(tenant.name().as_str());
    let look = |context: &mut Context<'_>| {
        if tenant.is_closed() { Some(Err(gone())) } else { look(context).map(Ok) }
    };
    let notifiers: Vec<&Notifier> =
        notifiers.iter().copied().chain([tenant.journal().notifier()]).collect();
    until(&notifiers, patience, look).await.transpose()
}

/// The problem for an unmet expectation. `differs` makes the problem for a mismatch.
pub(super) fn refused(
    unmet: UnmetExpectation,
    tenant: &Tenant,
    differs: impl FnOnce(&Mismatch) -> ProblemDetails,
) -> ProblemDetails {
    let detail = unmet.to_string();
    let problem = match unmet {
        UnmetExpectation::Vacuous(_) => return ProblemDetails::new(400, "empty-assertion", detail),
        UnmetExpectation::Mismatch(mismatch) => differs(&mismatch)
            .with("expected", &mismatch.expected)
            .with("actual", &mismatch.actual)
            .with("nearest", &mismatch.nearest)
            .with("unexpected", &mismatch.unexpected),
        UnmetExpectation::Incomplete { expected, missed } => {
            let limits = tenant.journal().limits();
            let hint = format!(
                "give `since`; the journal keeps {} exchanges and {} MiB at most",
                limits.exchanges,
                limits.bytes >> 20
            );
            ProblemDetails::new(409, "journal-incomplete", detail)
                .hint(hint)
                .with("expected", &expected)
                .with("missed", &missed.total())
                .with("missedReasons", &missed)
        }
        UnmetExpectation::Unsettled { running } => {
            ProblemDetails::new(408, "wait-timeout", detail).with("running", &running)
        }
        UnmetExpectation::Costly(excess) => excess.into(),
        UnmetExpectation::Reset => ProblemDetails::new(409, "tenant-reset", detail),
    };
    problem.with("seq", &(tenant.journal().seqs().end - 1))
}
