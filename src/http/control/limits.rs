//! The rate limits of a tenant.

use serde_json::{Value as Json, json};

use super::{Answer, ControlCall, ControlHandler, HandlerResult, Route};
use crate::{fault::RateLimits, http::known_operations, tenant::Tenant};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get("tenants/{tenant}/limits", "The rate limits", ControlHandler::Now(get))
        .answers("Limits"),
    Route::put("tenants/{tenant}/limits", "Sets the rate limits", ControlHandler::Change(put))
        .takes("Limits")
        .answers("Limits"),
];

/// `GET limits`.
fn get(call: &ControlCall) -> HandlerResult {
    Ok(shown(&*call.tenant()?))
}

/// `PUT limits`: replaces all limits; `{}` removes them. All buckets are full again.
fn put(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let body: Json = call.body()?;
    tenant.faults().limit(RateLimits::read(&body, &known_operations(&tenant.schemas()))?);
    Ok(shown(&tenant))
}

/// The limits as written, with their counts.
fn shown(tenant: &Tenant) -> Answer {
    let (limits, refused, early) = tenant.faults().limits();
    let mut shown = limits.written().clone();
    shown.insert("refused".into(), json!(refused));
    shown.insert("retriedEarly".into(), json!(early));
    Answer::json(200, &shown)
}
