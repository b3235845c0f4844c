//! Long polls. They answer as soon as something has happened, so that tests need no sleep.

use std::{
    task::Context,
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::json;

use super::{
    Answer, ControlCall, ControlHandler, HandlerResult, ProblemDetails, Route,
    duration::{self, patience},
    expectation::{refused, wait_for_expectation, while_there},
    known_names::refuse_unknown_names,
    later,
    requests::{listed, page_since},
};
use crate::{
    journal::{
        ArrivalWait, Count, Expectation, Seq, Timing, TrafficFilter, UnmetExpectation,
        VerifiedTraffic, human_duration,
    },
    scim::{Dialect, Predicate, Profile, Rules, ScimError, SearchRequest},
    tenant::{StateWatch, StateWatchProgress, Tenant, Wanted},
};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get(
        "tenants/{tenant}/requests/wait",
        "Waits for exchanges",
        ControlHandler::Later(|call| later(wait_for_requests(call))),
    )
    .query(
        "q:string count:integer atLeast:integer atMost:integer exactly:integer since:integer \
         timeout:string state:string",
    )
    .answers("Exchanges"),
    Route::get(
        "tenants/{tenant}/requests/wait-idle",
        "Waits until no request is running",
        ControlHandler::Later(|call| later(wait_until_idle(call))),
    )
    .query("quiet:string timeout:string"),
    Route::get(
        "tenants/{tenant}/state/wait",
        "Waits until users or groups match a SCIM filter",
        ControlHandler::Later(|call| later(wait_for_state(call))),
    )
    .query(
        "users:string groups:string count:integer atLeast:integer atMost:integer exactly:integer \
         timeout:string",
    ),
];

/// The default timeout of a wait.
const USUAL_PATIENCE: Duration = Duration::from_secs(5);

/// The default of how long no request may arrive until a tenant counts as idle.
const USUAL_QUIET: Duration = Duration::from_millis(50);

/// The longest time for the first test of a state, which reads all of its resources, and for the last tests
/// after the timeout.
const LONGEST_LOOK: Duration = Duration::from_mins(1);

/// The wanted number, in the parameters of every wait.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounds {
    count: Option<usize>,
    at_least: Option<usize>,
    at_most: Option<usize>,
    exactly: Option<usize>,
}

impl Bounds {
    /// # Errors
    ///
    /// 400 `invalid-query` for contradicting parameters, or if every number would be enough.
    fn read(call: &ControlCall) -> Result<Count, ProblemDetails> {
        let Self { count, at_least, at_most, exactly } = call.query()?;
        let wrong = |field: &str, detail: &str| {
            Err(ProblemDetails::new(400, "invalid-query", detail).field(field))
        };
        if count.is_some() && at_least.is_some() {
            return wrong("count", "count and atLeast mean the same: give one of them");
        }
        let least = count.or(at_least);
        let bounds = match (exactly, least, at_most) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                return wrong(
                    "exactly",
                    "exactly cannot be combined with count, atLeast or atMost",
                );
            }
            (Some(exactly), ..) => Count::exactly(exactly),
            (None, Some(least), Some(most)) if most < least => {
                return wrong("atMost", "atMost must not be less than count or atLeast");
            }
            (None, Some(least), at_most) => Count { at_least: least, at_most },
            (None, None, Some(most)) => Count::at_most(most),
            (None, None, None) => Count::default(),
        };
        if bounds.admits_all() {
            let detail = "at least 0 is always true; for none, use exactly=0";
            return wrong("count", detail);
        }
        Ok(bounds)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestsWait {
    #[serde(default)]
    q: TrafficFilter,
    #[serde(default)]
    since: Seq,
    #[serde(default = "usual_patience", deserialize_with = "duration::read")]
    timeout: Duration,
    #[serde(default)]
    state: RequestStage,
}

/// The stage that a request must have reached.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RequestStage {
    /// The head of the request has been read.
    Received,
    /// Its answer is ready to be sent.
    #[default]
    Completed,
}

/// `GET requests/wait`: waits for a number of exchanges after `since` that match the filter.
async fn wait_for_requests(call: ControlCall) -> HandlerResult {
    let tenant = call.tenant_in_its_epoch()?;
    let RequestsWait { q, since, timeout, state } = call.query()?;
    let (expected, within) = (Expectation::of(q, Bounds::read(&call)?), patience(timeout)?);
    let found = match state {
        RequestStage::Received => {
            wait_for_arrivals(&call, &tenant, expected, since, within).await?
        }
        RequestStage::Completed => {
            let timing = Timing { within, hold: Duration::ZERO };
            wait_for_expectation(&call, &tenant, expected, since, timing).await?
        }
    };
    match found {
        Ok(met) => Ok(listed(&met.items, met.missed, met.next, &tenant)),
        Err(unmet) => Err(too_few(unmet, &tenant, timeout)),
    }
}

/// Waits for requests, with or without their answers.
async fn wait_for_arrivals(
    call: &ControlCall,
    tenant: &Tenant,
    expected: Expectation,
    since: Seq,
    within: Duration,
) -> Result<Result<VerifiedTraffic, UnmetExpectation>, ProblemDetails> {
    let journal = tenant.journal();
    page_since(journal, since, 0)?;
    refuse_unknown_names(&expected, tenant)?;
    let begun = ArrivalWait::begin(expected, journal, since, call.now);
    // Asked again behind the beginning: a reset ends the epoch before the journal's life.
    call.tenant_in_its_epoch()?;
    let _waiter = tenant.waiters().begin();
    let mut wait = begun?;
    let look = |context: &mut Context<'_>| wait.step(journal, context.waker());
    let ended = while_there(call, tenant, &[journal.arrivals_notifier()], within, look).await?;
    Ok(ended.unwrap_or_else(|| wait.end(journal)))
}

/// The problem for a wait that timed out: what is missing, and the near misses.
fn too_few(unmet: UnmetExpectation, tenant: &Tenant, timeout: Duration) -> ProblemDetails {
    let problem = refused(unmet, tenant, |mismatch| {
        if mismatch.is_final {
            return ProblemDetails::new(422, "verification-failed", mismatch.to_string());
        }
        let detail = format!("{}: {mismatch}", over(timeout).detail());
        ProblemDetails::new(408, "wait-timeout", detail)
    });
    problem.with("waiting", &tenant.journal().waiting())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct IdleWait {
    #[serde(default = "usual_quiet", deserialize_with = "duration::read")]
    quiet: Duration,
    #[serde(default = "usual_patience", deserialize_with = "duration::read")]
    timeout: Duration,
}

/// `GET requests/wait-idle`: waits until no request is running and none has arrived for a while.
async fn wait_until_idle(call: ControlCall) -> HandlerResult {
    let tenant = call.tenant_in_its_epoch()?;
    let _waiter = tenant.waiters().begin();
    let IdleWait { quiet, timeout } = call.query()?;
    let journal = tenant.journal();
    let is_idle = |_: &mut Context<'_>| (journal.running() == 0).then(|| journal.begun());
    let idle_notifier = [journal.idle_notifier()];
    let idle = async {
        while let Some(begun) =
            while_there(&call, &tenant, &idle_notifier, Duration::MAX, is_idle).await?
        {
            // Requests do not wake this wait; their number is compared afterwards.
            while_there(&call, &tenant, &[], quiet, |_| None::<()>).await?;
            if journal.begun() == begun && journal.running() == 0 {
                break;
            }
        }
        Ok::<_, ProblemDetails>(())
    };
    match tokio::time::timeout(patience(timeout)?, idle).await {
        Ok(done) => {
            done?;
            let next = journal.seqs().end - 1;
            Ok(Answer::json(200, &json!({"seq": next, "rev": tenant.revision()})))
        }
        Err(_elapsed) => Err(over(timeout)
            .with("running", &journal.running())
            .with("waiting", &journal.waiting())),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StateWait {
    users: Option<String>,
    groups: Option<String>,
    #[serde(default = "usual_patience", deserialize_with = "duration::read")]
    timeout: Duration,
}

/// `GET state/wait`: waits until a number of users or groups match a SCIM filter, even if only for a
/// moment.
async fn wait_for_state(call: ControlCall) -> HandlerResult {
    let tenant = call.tenant_in_its_epoch()?;
    let _waiter = tenant.waiters().begin();
    let asked: StateWait = call.query()?;
    let count = Bounds::read(&call)?;
    let (kind, filter) = match (asked.users, asked.groups) {
        (Some(filter), None) => ("User", filter),
        (None, Some(filter)) => ("Group", filter),
        _ => {
            let detail = "give either users=FILTER or groups=FILTER with a SCIM filter; an empty value matches all";
            return Err(ProblemDetails::new(400, "invalid-query", detail));
        }
    };
    let timeout = patience(asked.timeout)?;
    let predicate = bound(&tenant, kind, &filter)?;
    let base = format!("{}/{}/scim/v2", call.authority, tenant.name());
    let wanted = Wanted { kind: kind.into(), predicate, filter, count, base };
    let watch = tenant.watch_state(wanted);
    let seen = look_in_time(&call, &tenant, &watch, timeout).await?;
    if let Some(refused) = seen.refused {
        return Err(
            ProblemDetails::new(400, "too-many", refused.detail()).field(kind.to_lowercase() + "s")
        );
    }
    if let Some((count, rev)) = seen.met {
        return Ok(Answer::json(200, &json!({"count": count, "rev": rev})));
    }
    Err(not_seen(&seen, count, kind, asked.timeout, tenant.revision()))
}

/// The result of the watch when the wanted number was reached, or when the time is over. In the second
/// case, the state at that time has been tested.
///
/// # Errors
///
/// As [`while_there`]; 503 `state-not-seen` if there was no time for the test.
async fn look_in_time(
    call: &ControlCall,
    tenant: &Tenant,
    watch: &StateWatch,
    timeout: Duration,
) -> Result<StateWatchProgress, ProblemDetails> {
    let began = Instant::now();
    let seen_if = |context: &mut Context<'_>, is_enough: fn(&StateWatchProgress) -> bool| {
        let seen = watch.seen(context.waker());
        let is_enough = is_enough(&seen) || seen.met.is_some() || seen.refused.is_some();
        is_enough.then_some(seen)
    };
    // The current state is always tested, however short the timeout is.
    let first = |context: &mut Context<'_>| seen_if(context, |it| it.latest.is_some());
    let begun = while_there(call, tenant, &[], LONGEST_LOOK.max(timeout), first).await?;
    begun.ok_or_else(|| not_looked_at(timeout))?;
    let met = |context: &mut Context<'_>| seen_if(context, |_| false);
    let left = timeout.saturating_sub(began.elapsed());
    if let Some(seen) = while_there(call, tenant, &[], left, met).await? {
        return Ok(seen);
    }
    watch.expire();
    let over = |context: &mut Context<'_>| seen_if(context, |it| it.is_over);
    let seen = while_there(call, tenant, &[], LONGEST_LOOK, over).await?;
    // Earlier results are no answer: later states that were not tested may differ.
    seen.ok_or_else(|| not_looked_at(timeout))
}

/// The problem for a state that could not be tested, so that no number is known.
fn not_looked_at(timeout: Duration) -> ProblemDetails {
    let detail = format!(
        "{}, and the states that came before its end could not be looked at within {} more",
        over(timeout).detail(),
        human_duration(LONGEST_LOOK)
    );
    ProblemDetails::new(503, "state-not-seen", detail)
        .hint("ask again when less is written, or with a filter that takes fewer steps")
}

/// The problem for a wait for a state that timed out: the current and the nearest number.
fn not_seen(
    seen: &StateWatchProgress,
    wanted: Count,
    kind: &str,
    timeout: Duration,
    revision: u64,
) -> ProblemDetails {
    let of = |seen: Option<(usize, u64)>| seen.unwrap_or((0, revision));
    let ((found, rev), (nearest, at)) = (of(seen.latest), of(seen.nearest));
    let skipped = seen.skipped;
    let mut detail = format!(
        "{}: expected {}, found {found}, the nearest was {nearest}",
        over(timeout).detail(),
        wanted.in_words(&kind.to_lowercase())
    );
    if skipped > 0 {
        let more =
            format!("; {skipped} states were left out, since more came than could be looked at");
        detail.push_str(&more);
    }
    let problem = ProblemDetails::new(408, "wait-timeout", detail)
        .with("count", &found)
        .with("nearest", &json!({"count": nearest, "rev": at}))
        .with("rev", &rev);
    if skipped > 0 { problem.with("skipped", &skipped) } else { problem }
}

/// A SCIM filter bound to a resource type. It may use attributes that the tenant's own profile does not
/// allow in filters.
///
/// # Errors
///
/// 400 `invalid-filter`.
fn bound(tenant: &Tenant, kind: &str, filter: &str) -> Result<Option<Predicate>, ProblemDetails> {
    let state = tenant.snapshot();
    let schemas = &state.profile().schemas;
    let kind = schemas.resource_type(kind).expect("users and groups are built in");
    let dialect = Dialect::of(Profile::Rfc);
    let filter = (!filter.trim().is_empty()).then(|| filter.to_owned());
    let request = SearchRequest { filter, ..SearchRequest::default() };
    let rules = Rules::new(kind, schemas, &dialect);
    let refused = |error: ScimError| ProblemDetails::new(400, "invalid-filter", error.detail());
    Ok(request.resolve(&rules).map_err(refused)?.predicate)
}

fn over(timeout: Duration) -> ProblemDetails {
    let timeout = human_duration(timeout);
    ProblemDetails::new(408, "wait-timeout", format!("it has not happened within {timeout}"))
}

fn usual_patience() -> Duration {
    USUAL_PATIENCE
}

fn usual_quiet() -> Duration {
    USUAL_QUIET
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_was_not_looked_at_has_no_number() {
        let problem = not_looked_at(Duration::from_secs(4));

        let told = format!("{problem:?}");
        assert!(told.contains("503") && told.contains("state-not-seen"), "{told}");
        assert!(problem.detail().contains("within 4 s"), "{}", problem.detail());
        for number in ["count", "nearest", "rev", "skipped"] {
            assert!(!told.contains(&format!("{number:?}")), "{told}");
        }
    }
}
