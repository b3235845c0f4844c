//! What the server is: the top of the control API.

use actix_web::http::Method;

use serde_json::json;

use super::{Answer, ControlCall, Handler, Outcome, Route};
use crate::http::health::addresses;

pub(super) const ROUTES: &[Route<Handler>] = &[
    Route(Method::GET, "", Handler::Now(|call| Ok(index(call)))),
    Route(Method::GET, "tenants", Handler::Now(|call| Ok(tenants(call)))),
    Route(Method::GET, "tenants/{tenant}", Handler::Now(tenant)),
];

/// `GET /_mock/v1/`.
fn index(call: &ControlCall) -> Answer {
    Answer::json(200, &call.app.index(&call.authority))
}

/// `GET tenants`.
fn tenants(call: &ControlCall) -> Answer {
    let all = call.app.tenants.all();
    let items: Vec<_> = all.iter().map(|it| addresses(it, &call.authority)).collect();
    Answer::json(200, &json!({"total": items.len(), "items": items}))
}

/// `GET tenants/{tenant}`.
fn tenant(call: &ControlCall) -> Outcome {
    Ok(Answer::json(200, &addresses(&*call.tenant()?, &call.authority)))
}
