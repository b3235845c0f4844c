//! The control API, `/_mock/v1/...`, with which tests control and inspect the server.
//!
//! Its calls are not subject to faults and limits, and are not recorded, except for changes that a test
//! makes in place of a client ([`edits`]), and what somebody clicks on a page of mock Entra (`click`). Calls
//! about one tenant are below `tenants/{tenant}/`; the others
//! are about the server.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderMap, HeaderName, HeaderValue},
    web::{Data, Payload},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};

use super::{
    App,
    answer::Answer,
    blocking::{poll_blocking, run_blocking},
    body,
    body_limits::RequestBody,
    call::Call,
    pending,
    problem::{HandlerResult, ProblemDetails},
    repair::Connection,
    routes::{self, Route, method, segments},
};
use crate::tenant::{Busy, Tenant};

#[cfg(feature = "web")]
mod click;
mod clock;
mod duration;
mod edits;
mod entra;
mod events;
mod expectation;
mod faults;
mod guard;
mod history;
mod index;
mod known_names;
mod limits;
mod master;
mod report;
mod requests;
mod sign_in;
#[cfg(feature = "web")]
mod sign_ins;
mod snapshots;
mod state;
mod tenants;
mod unrouted;
mod verify;
mod wait;

#[cfg(feature = "web")]
pub(super) use click::click;

/// The future of an answer.
type ControlFuture = Pin<Box<dyn Future<Output = HandlerResult> + Send>>;

/// The handler of a call. The values of the path parameters are in `call.path_parameters`.
#[derive(Clone, Copy)]
pub(super) enum ControlHandler {
    /// Answers at once.
    Now(fn(&ControlCall) -> HandlerResult),
    /// Answers at once, unless the tenant was reset or deleted since the call arrived; then it changes
    /// nothing. The handler must neither add nor remove a tenant, see [`Tenant::during`].
    Change(fn(&ControlCall) -> HandlerResult),
    /// Answers later, when something has happened. Each poll runs on a blocking thread.
    Later(fn(ControlCall) -> ControlFuture),
    /// Answers with a body that ends with the connection.
    Stream(fn(&ControlCall) -> Result<events::EventSource, ProblemDetails>),
    /// Answers like one of the tenant's services at this path segment; the call is recorded as made by the
    /// test.
    AsTest(fn(&Call<'_>) -> Answer, &'static str),
    /// As a person signs in; recorded as done by the test.
    #[cfg(feature = "web")]
    SignIn,
}

/// A call of the control API. It owns its data, so that it can be kept while it waits.
pub(super) struct ControlCall {
    app: Data<App>,
    /// The tenant of the path, as found when the call arrived.
    found: Option<Arc<Tenant>>,
    /// The tenant's epoch at that time. The call changes nothing in another epoch.
    epoch: u64,
    /// The decoded values of the path parameters.
    path_parameters: Vec<String>,
    /// The query string as sent.
    query: String,
    headers: HeaderMap,
    body: RequestBody,
    /// The time by the clock of the tenant of the path, else by the server's clock.
    now: Timestamp,
    /// The time by the server's clock.
    server_now: Timestamp,
    /// The URL of the server, without a slash at its end.
    authority: String,
}

impl ControlCall {
    /// The tenant of the path.
    ///
    /// # Errors
    ///
    /// 404 `unknown-tenant` with the existing names; 503 `tenant-reset` if the tenant was deleted since the
    /// call arrived.
    fn tenant(&self) -> Result<Arc<Tenant>, ProblemDetails> {
        let found =
            self.found.as_ref().ok_or_else(|| self.app.unknown_tenant(self.path_parameter(0)))?;
        if found.is_closed() { Err(ProblemDetails::tenant_reset()) } else { Ok(found.clone()) }
    }

    /// The tenant of the path, for calls that wait. It must still be in the epoch in which the call
    /// arrived.
    ///
    /// # Errors
    ///
    /// 404 `unknown-tenant`, also if the tenant was deleted since the call arrived; 503 `tenant-reset` if
    /// it was reset.
    fn tenant_in_its_epoch(&self) -> Result<Arc<Tenant>, ProblemDetails> {
        let unknown = || self.app.unknown_tenant(self.path_parameter(0));
        let found = self.found.as_ref().ok_or_else(unknown)?;
        let present = found.during(self.epoch, || found.clone());
        present.ok_or_else(|| {
            if found.is_closed() { unknown() } else { ProblemDetails::tenant_reset() }
        })
    }

    /// Makes a change to the tenant, in the epoch in which the call arrived.
    ///
    /// # Errors
    ///
    /// 404 `unknown-tenant`; 503 `tenant-reset` if the tenant was reset or deleted before.
    fn change<T>(&self, change: impl FnOnce(&Arc<Tenant>) -> T) -> Result<T, ProblemDetails> {
        let tenant = self.tenant()?;
        tenant.during(self.epoch, || change(&tenant)).ok_or_else(ProblemDetails::tenant_reset)
    }

    /// The value of a path parameter, by its index.
    fn path_parameter(&self, at: usize) -> &str {
        self.path_parameters.get(at).map_or("", String::as_str)
    }

    /// The value of the second path parameter, after the tenant's name.
    fn second(&self) -> &str {
        self.path_parameter(1)
    }

    /// The parameters of the query string.
    ///
    /// # Errors
    ///
    /// As [`body::query`].
    fn query<T: DeserializeOwned>(&self) -> Result<T, ProblemDetails> {
        body::query(&self.query)
    }

    /// The body as JSON. An empty body counts as an empty object.
    ///
    /// # Errors
    ///
    /// As [`body::typed`].
    fn body<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ProblemDetails> {
        if self.body.is_empty() {
            // An empty body needs no content type.
            return body::typed(Some("application/json"), b"{}");
        }
        body::typed(self.header("content-type"), &self.body)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Boxes the future of a handler.
fn later(work: impl Future<Output = HandlerResult> + Send + 'static) -> ControlFuture {
    Box::pin(work)
}

/// Every address below `/_mock/v1/`, with a table from each file. A literal path stands before one with a
/// parameter in its place.
const TABLES: &[&[Route<ControlHandler>]] = &[
    index::ROUTES,
    tenants::ROUTES,
    state::ROUTES,
    snapshots::ROUTES,
    edits::ROUTES,
    master::ROUTES,
    verify::ROUTES,
    wait::ROUTES,
    sign_in::ROUTES,
    requests::ROUTES,
    report::ROUTES,
    unrouted::ROUTES,
    history::ROUTES,
    events::ROUTES,
    faults::ROUTES,
    limits::ROUTES,
    clock::ROUTES,
    entra::ROUTES,
    #[cfg(feature = "web")]
    sign_ins::ROUTES,
];

/// Every call of the control API.
pub(super) fn routes() -> impl Iterator<Item = &'static Route<ControlHandler>> + Clone {
    TABLES.iter().copied().flatten()
}

/// The route of a request, with its parameters and tenant.
pub(super) struct ControlMatch {
    route: &'static Route<ControlHandler>,
    path_parameters: Vec<String>,
    /// The tenant of the path, if the path has one.
    tenant: Option<Arc<Tenant>>,
    /// The tenant's epoch when the request arrived.
    epoch: u64,
}

/// Finds the route of a request below `/_mock/v1`.
///
/// # Errors
///
/// 401 or 403 for a caller without access, 404 for an unknown address or tenant, 405, and 400 for an
/// unknown parameter.
pub(super) fn find(
    app: &App,
    request: &HttpRequest,
    tail: &str,
) -> Result<ControlMatch, ProblemDetails> {
    guard::admit(app, request)?;
    let segments = segments(tail);
    let found = routes::find(routes(), method(request).as_str(), &segments)?;
    let route = found.route;
    route.refuse_unknown_parameters(request.query_string())?;
    let path_parameters: Vec<String> =
        found.path_parameters.into_iter().map(str::to_owned).collect();
    // A time to live is measured by the server's clock.
    let tenant = path_parameters.first().and_then(|it| app.tenants.find(it, app.clock.now()));
    if tenant.is_none() && route.path.starts_with("tenants/{tenant}") {
        return Err(app.unknown_tenant(&path_parameters[0]));
    }
    let epoch = tenant.as_ref().map_or(0, |it| it.epoch());
    Ok(ControlMatch { route, path_parameters, tenant, epoch })
}

/// Answers a request.
pub(super) async fn answer(
    app: Data<App>,
    request: &HttpRequest,
    payload: Payload,
    found: ControlMatch,
) -> HttpResponse {
    let ControlMatch { route, path_parameters, tenant: found, epoch } = found;
    let body = match body::read(&app, route.largest_body, request, payload).await {
        Ok(body) => body,
        Err(refused) => return refused.problem().into_answer().into_response(),
    };
    let server_now = app.clock.now();
    let call = ControlCall {
        now: found.as_ref().map_or(server_now, |it| it.now(server_now)),
        found: found.clone(),
        epoch,
        path_parameters,
        query: request.query_string().to_owned(),
        headers: request.headers().clone(),
        body,
        server_now,
        authority: app.authority(request),
        app,
    };
    // A call that waits does not delay the stop of the server.
    let app = call.app.clone();
    let handler = route.handler;
    let waits = matches!(handler, ControlHandler::Later(_) | ControlHandler::Stream(_));
    let _running = (!waits).then(|| app.begin());
    let connection = request.conn_data::<Connection>().cloned();
    let mut response = match handler {
        ControlHandler::Now(answer) => {
            let busy = found.as_deref().map(Busy::of);
            let work = move || {
                let _busy = busy;
                answered(answer(&call))
            };
            run_blocking(work).await.into_response()
        }
        ControlHandler::Change(answer) => {
            let busy = found.as_deref().map(Busy::of);
            let work = move || {
                let _busy = busy;
                answered(call.change(|_| answer(&call)).and_then(std::convert::identity))
            };
            run_blocking(work).await.into_response()
        }
        ControlHandler::Later(answer) => {
            let work = poll_blocking(answer(call));
            let done = pending::while_connected(connection.as_ref(), work).await;
            answered(done.unwrap_or_else(|| Err(has_left()))).into_response()
        }
        ControlHandler::Stream(answer) => match run_blocking(move || answer(&call)).await {
            Ok(source) => source.into_response(connection),
            Err(problem) => problem.into_answer().into_response(),
        },
        ControlHandler::AsTest(service, segment) => {
            edits::answer(call, request, service, segment).await
        }
        #[cfg(feature = "web")]
        ControlHandler::SignIn => sign_ins::sign_in(call, request).await,
    };
    if let Some(tenant) = found.filter(|it| !it.is_closed()) {
        for (name, number) in [("mock-seq", seq(&tenant)), ("mock-rev", tenant.revision())] {
            let name = HeaderName::from_static(name);
            response.headers_mut().insert(name, HeaderValue::from(number));
        }
    }
    response
}

fn answered(outcome: HandlerResult) -> Answer {
    outcome.unwrap_or_else(ProblemDetails::into_answer)
}

/// The answer to a client that has closed its side of the connection and may still read.
fn has_left() -> ProblemDetails {
    let detail = "the client closed its side of the connection, which ended its wait";
    ProblemDetails::new(408, "client-left", detail)
}

/// The number of the latest exchange with a tenant, which is a cursor into its journal.
fn seq(tenant: &Tenant) -> u64 {
    tenant.journal().seqs().end - 1
}

/// An answer about a tenant: an object with the cursor of its journal (`seq`) and the revision of its state
/// (`rev`).
fn tenant_answer(status: u16, tenant: &Tenant, body: &impl Serialize) -> Answer {
    let mut body = json!(body);
    if let Json::Object(members) = &mut body {
        members.insert("seq".into(), seq(tenant).into());
        members.insert("rev".into(), tenant.revision().into());
    }
    Answer::json(status, &body)
}
