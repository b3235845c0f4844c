//! Long polls: they answer as soon as it has happened, so that no test sleeps.

use std::{sync::Arc, time::Duration};

use actix_web::http::Method;
use serde::Deserialize;
use serde_json::json;

use super::{
    Answer, ControlCall, Handler, Outcome, Problem, Route,
    duration::{self, patience},
    later,
    requests::{Meant, listed},
};
use crate::{
    http::{entry::unknown_tenant, pending::until},
    journal::{Count, Exchange, Expectation, Seq, TrafficFilter},
    scim::{Dialect, Profile, Rules, ScimError, SearchRequest},
    tenant::Tenant,
};

pub(super) const ROUTES: &[Route<Handler>] = &[
    Route(
        Method::GET,
        "tenants/{tenant}/requests/wait",
        Handler::Later(|call| later(wait_for_requests(call))),
    ),
    Route(
        Method::GET,
        "tenants/{tenant}/requests/wait-idle",
        Handler::Later(|call| later(wait_until_idle(call))),
    ),
    Route(
        Method::GET,
        "tenants/{tenant}/state/wait",
        Handler::Later(|call| later(wait_for_state(call))),
    ),
];

/// How long is waited if nobody says.
const USUAL_PATIENCE: Duration = Duration::from_secs(5);

/// For how long nothing may happen, if nobody says, until a tenant is idle.
const USUAL_QUIET: Duration = Duration::from_millis(50);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AskedRequests {
    #[serde(default)]
    q: TrafficFilter,
    count: Option<usize>,
    #[serde(default)]
    since: Seq,
    #[serde(default = "usual_patience", deserialize_with = "duration::read")]
    timeout: Duration,
    #[serde(default)]
    state: Stage,
}

/// How far a request must be.
#[derive(Clone, Copy, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Stage {
    /// Its head has been read.
    Received,
    /// Its answer is ready to leave.
    #[default]
    Completed,
}

/// `GET requests/wait`: until so many exchanges that the filter means have come after `since`.
async fn wait_for_requests(call: ControlCall) -> Outcome {
    let tenant = call.tenant()?;
    let AskedRequests { q, count, since, timeout, state } = call.query()?;
    let journal = tenant.journal();
    let count = count.unwrap_or(1);
    let look = || {
        // Those that wait are asked for first: one that is answered meanwhile is seen twice, not never.
        let mut waiting = match state {
            Stage::Received => journal.waiting(),
            Stage::Completed => Vec::new(),
        };
        waiting.retain(|it| q.matches(it, call.now));
        let meant = match Meant::since(journal, since, &q, call.now) {
            Ok(meant) => meant,
            Err(stale) => return Some(Err(stale)),
        };
        (meant.items.len() + waiting.len() >= count).then_some(Ok((meant, waiting)))
    };
    match while_there(&call, &tenant, patience(timeout)?, look).await?.transpose()? {
        Some((meant, waiting)) => {
            let items: Vec<Arc<Exchange>> = meant.items.iter().cloned().chain(waiting).collect();
            Ok(listed(&items, meant.missed, meant.next, &tenant))
        }
        None => Err(too_few(&call, &tenant, Expected { q, count, since, timeout })?),
    }
}

/// Waits until `look` finds something, or the time is over: then there is nothing.
///
/// # Errors
///
/// 404 `unknown-tenant` as soon as the tenant is taken away: another one of its name is not it.
pub(super) async fn while_there<T>(
    call: &ControlCall,
    tenant: &Tenant,
    patience: Duration,
    mut look: impl FnMut() -> Option<T>,
) -> Result<Option<T>, Problem> {
    let gone = || unknown_tenant(&call.app, tenant.name().as_str());
    let look = || if tenant.is_closed() { Some(Err(gone())) } else { look().map(Ok) };
    until(&[tenant.bell(), tenant.journal().bell()], patience, look).await.transpose()
}

struct Expected {
    q: TrafficFilter,
    count: usize,
    since: Seq,
    timeout: Duration,
}

/// The 408 that says what is missing and what came nearest.
fn too_few(call: &ControlCall, tenant: &Tenant, asked: Expected) -> Result<Problem, Problem> {
    let Expected { q, count, since, timeout } = asked;
    let seen = Meant::since(tenant.journal(), since, &q, call.now)?;
    let count = Count { at_least: count, at_most: None };
    let expected = Expectation { r#match: q, count, ..Expectation::default() };
    let over = over(timeout);
    let problem = match expected.check(&seen.all, call.now) {
        Ok(_) => over,
        Err(mismatch) => {
            Problem::new(408, "wait-timeout", format!("{}: {mismatch}", over.detail()))
                .with("expected", &mismatch.expected)
                .with("actual", &mismatch.actual)
                .with("nearest", &mismatch.nearest)
        }
    };
    Ok(problem.with("seq", &seen.next).with("waiting", &tenant.journal().waiting()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AskedIdle {
    #[serde(default = "usual_quiet", deserialize_with = "duration::read")]
    quiet: Duration,
    #[serde(default = "usual_patience", deserialize_with = "duration::read")]
    timeout: Duration,
}

/// `GET requests/wait-idle`: until no request runs, and none has come for a while.
async fn wait_until_idle(call: ControlCall) -> Outcome {
    let tenant = call.tenant()?;
    let AskedIdle { quiet, timeout } = call.query()?;
    let journal = tenant.journal();
    let is_idle = || (journal.running() == 0).then(|| journal.begun());
    let idle = async {
        while let Some(begun) = while_there(&call, &tenant, Duration::MAX, is_idle).await? {
            while_there(&call, &tenant, quiet, || None::<()>).await?;
            if journal.begun() == begun && journal.running() == 0 {
                break;
            }
        }
        Ok::<_, Problem>(())
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
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AskedState {
    users: Option<String>,
    groups: Option<String>,
    #[serde(default)]
    count: Option<usize>,
    #[serde(default = "usual_patience", deserialize_with = "duration::read")]
    timeout: Duration,
}

/// `GET state/wait`: until so many users or groups match a SCIM filter: exactly `count`, or at least
/// one if no count is given.
async fn wait_for_state(call: ControlCall) -> Outcome {
    let tenant = call.tenant()?;
    let asked: AskedState = call.query()?;
    let (kind, filter) = match (&asked.users, &asked.groups) {
        (Some(filter), None) => ("User", filter),
        (None, Some(filter)) => ("Group", filter),
        _ => {
            let detail = "say either users=FILTER or groups=FILTER, a SCIM filter, or nothing behind \
                          the = for all";
            return Err(Problem::new(400, "invalid-query", detail));
        }
    };
    let mut total = count_of(&call, &tenant, kind, filter)?;
    let look = || {
        // The filter has been read once, and only changed schemas could spoil it.
        total = count_of(&call, &tenant, kind, filter).unwrap_or(0);
        let is_there = asked.count.map_or(total > 0, |count| total == count);
        is_there.then_some(())
    };
    let came = while_there(&call, &tenant, patience(asked.timeout)?, look).await?;
    let rev = tenant.revision();
    if came.is_some() {
        return Ok(Answer::json(200, &json!({"count": total, "rev": rev})));
    }
    let expected = asked.count.map_or_else(|| "at least 1".to_owned(), |it| it.to_string());
    let over = over(asked.timeout);
    let detail = format!("{}: expected {expected} of {kind}, found {total}", over.detail());
    Err(Problem::new(408, "wait-timeout", detail).with("count", &total).with("rev", &rev))
}

/// How many resources of a type a SCIM filter means, whatever the tenant's own profile allows to be
/// filtered.
///
/// # Errors
///
/// 400 `invalid-filter`.
fn count_of(
    call: &ControlCall,
    tenant: &Tenant,
    kind: &str,
    filter: &str,
) -> Result<usize, Problem> {
    let state = tenant.snapshot();
    let schemas = &state.manner().schemas;
    let kind = schemas.resource_type(kind).expect("users and groups are built in");
    let dialect = Dialect::of(Profile::Rfc);
    let filter = (!filter.trim().is_empty()).then(|| filter.to_owned());
    let request = SearchRequest { filter, count: Some(0), ..SearchRequest::default() };
    let rules = Rules::new(kind, schemas, &dialect);
    let refused = |error: ScimError| Problem::new(400, "invalid-filter", error.detail());
    let search = request.resolve(&rules).map_err(refused)?;
    let page = request.page(&dialect, ("", ""), call.now).map_err(refused)?;
    let base = format!("{}/{}/scim/v2", call.authority, tenant.name());
    let found = state.directory().search(&[(&kind.name, &search)], &page, &state.present(&base));
    Ok(found.total)
}

fn over(timeout: Duration) -> Problem {
    Problem::new(408, "wait-timeout", format!("it has not happened within {timeout:?}"))
}

fn usual_patience() -> Duration {
    USUAL_PATIENCE
}

fn usual_quiet() -> Duration {
    USUAL_QUIET
}
