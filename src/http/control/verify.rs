//! Assertions on the traffic: one that fails is an HTTP error, so that the caller's test fails.

use std::time::Duration;

use actix_web::http::Method;
use serde::Deserialize;

use super::{
    ControlCall, Handler, Outcome, Problem, Route, duration, later, requests::Meant,
    wait::while_there,
};
use crate::{
    journal::{Count, Expectation, Mismatch, Seq, TrafficFilter},
    tenant::Tenant,
};

pub(super) const ROUTES: &[Route<Handler>] = &[Route(
    Method::POST,
    "tenants/{tenant}/requests/verify",
    Handler::Later(|call| later(verify(call))),
)];

/// An expectation, which exchanges it is about, and how long it may take to come true.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    r#match: TrafficFilter,
    #[serde(default)]
    count: Count,
    #[serde(default)]
    order: Vec<TrafficFilter>,
    #[serde(default)]
    no_others: bool,
    #[serde(default)]
    since: Seq,
    #[serde(default, deserialize_with = "duration::read")]
    within: Duration,
}

/// `POST requests/verify`.
async fn verify(call: ControlCall) -> Outcome {
    let tenant = call.tenant()?;
    let Asked { r#match, count, order, no_others, since, within } = call.body()?;
    let expected = Expectation { r#match, count, order, no_others };
    let mut latest = None;
    let look = || {
        let seen = match Meant::since(tenant.journal(), since, &TrafficFilter::default(), call.now)
        {
            Ok(seen) => seen,
            Err(stale) => return Some(Err(stale)),
        };
        match expected.check(&seen.all, call.now) {
            Ok(items) => Some(Ok(Meant { items, ..seen })),
            Err(mismatch) => {
                latest = Some(mismatch);
                None
            }
        }
    };
    let met = while_there(&call, &tenant, duration::patience(within)?, look).await?.transpose()?;
    met.map_or_else(
        || Err(failed(&tenant, latest.expect("whoever waits looks at least once"))),
        |meant| Ok(meant.answer(&tenant)),
    )
}

fn failed(tenant: &Tenant, mismatch: Mismatch) -> Problem {
    Problem::new(422, "verification-failed", mismatch.to_string())
        .with("expected", &mismatch.expected)
        .with("actual", &mismatch.actual)
        .with("nearest", &mismatch.nearest)
        .with("unexpected", &mismatch.unexpected)
        .with("seq", &(tenant.journal().seqs().end - 1))
}
