//! The control API, `/_mock/v1/...`: what a test does to the server and asks of it.
//!
//! Its calls are never faulted, delayed, limited or recorded, but for what a test does in the place
//! of a client ([`edits`]). Everything about one tenant is below `tenants/{tenant}/`; the rest is
//! about the server.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderMap, HeaderName, HeaderValue},
    web::{Data, Payload},
};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};

use super::{
    App,
    answer::Answer,
    blocking::{poll_blocking, run_blocking},
    body,
    call::Call,
    intake::RequestBody,
    pending,
    problem::{HandlerResult, ProblemDetails},
    repair::Connection,
    routes::{self, Route, method, segments},
};
use crate::tenant::{Busy, Tenant};

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
mod snapshots;
mod state;
mod tenants;
mod unrouted;
mod verify;
mod wait;

/// An answer that is waited for.
type PendingResult = Pin<Box<dyn Future<Output = HandlerResult> + Send>>;

/// What handles a call; the segments in the holes of its path are `call.holes`.
#[derive(Clone, Copy)]
pub(super) enum ControlHandler {
    /// At once.
    Now(fn(&ControlCall) -> HandlerResult),
    /// At once, unless the tenant was reset or deleted since the call came: then it changes nothing.
    /// It must neither add nor remove a tenant, see [`Tenant::during`].
    Change(fn(&ControlCall) -> HandlerResult),
    /// When something has happened; each of its steps is done on a thread that may block.
    Later(fn(ControlCall) -> PendingResult),
    /// With a body that ends with the connection.
    Stream(fn(&ControlCall) -> Result<events::EventSource, ProblemDetails>),
    /// As a client of one of the tenant's services would be answered, at this segment of the
    /// service; recorded as done by the test.
    AsTest(fn(&Call<'_>) -> Answer, &'static str),
}

/// A call of the control API; it owns all it needs, so that it can wait.
pub(super) struct ControlCall {
    app: Data<App>,
    /// The tenant that the path names first, as it was found when the call came.
    found: Option<Arc<Tenant>>,
    /// The tenant's epoch then; what this call changes, it changes in no other one.
    epoch: u64,
    /// The segments in the holes of the route's path, decoded.
    holes: Vec<String>,
    /// The query string as sent.
    query: String,
    headers: HeaderMap,
    body: RequestBody,
    /// What time it is by the clock of the tenant that the path names, else by the server's.
    now: Timestamp,
    /// What time it is by the server's clock.
    server_now: Timestamp,
    /// The URL of the server, without a slash at its end.
    authority: String,
}

impl ControlCall {
    /// The tenant that the path names first.
    ///
    /// # Errors
    ///
    /// 404 `unknown-tenant` that names those there are, 503 `tenant-reset` if it was deleted since the
    /// call came.
    fn tenant(&self) -> Result<Arc<Tenant>, ProblemDetails> {
        let found = self.found.as_ref().ok_or_else(|| self.app.unknown_tenant(self.hole(0)))?;
        if found.is_closed() { Err(ProblemDetails::tenant_reset()) } else { Ok(found.clone()) }
    }

    /// The same for what waits: what comes is compared with the epoch in which the call came.
    ///
    /// # Errors
    ///
    /// 404 `unknown-tenant`, also if it was deleted since the call came, and 503 `tenant-reset` if it was
    /// reset.
    fn tenant_in_its_epoch(&self) -> Result<Arc<Tenant>, ProblemDetails> {
        let unknown = || self.app.unknown_tenant(self.hole(0));
        let found = self.found.as_ref().ok_or_else(unknown)?;
        let present = found.during(self.epoch, || found.clone());
        present.ok_or_else(|| {
            if found.is_closed() { unknown() } else { ProblemDetails::tenant_reset() }
        })
    }

    /// Changes something of the tenant, in the epoch in which the call came.
    ///
    /// # Errors
    ///
    /// 404 `unknown-tenant`, and 503 `tenant-reset` if a reset or the tenant's end came first.
    fn change<T>(&self, change: impl FnOnce(&Arc<Tenant>) -> T) -> Result<T, ProblemDetails> {
        let tenant = self.tenant()?;
        tenant.during(self.epoch, || change(&tenant)).ok_or_else(ProblemDetails::tenant_reset)
    }

    /// The segment in one of the holes.
    fn hole(&self, at: usize) -> &str {
        self.holes.get(at).map_or("", String::as_str)
    }

    /// The segment in the second hole of the path, behind the tenant's.
    fn second(&self) -> &str {
        self.hole(1)
    }

    /// The parameters of the query string.
    ///
    /// # Errors
    ///
    /// As [`body::query`].
    fn query<T: DeserializeOwned>(&self) -> Result<T, ProblemDetails> {
        body::query(&self.query)
    }

    /// The body, read as JSON; an empty one is an object without members.
    ///
    /// # Errors
    ///
    /// As [`body::typed`].
    fn body<T: DeserializeOwned>(&self) -> Result<T, ProblemDetails> {
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

/// A future as a handler returns it.
fn later(work: impl Future<Output = HandlerResult> + Send + 'static) -> PendingResult {
    Box::pin(work)
}

/// Every address below `/_mock/v1/`, a table from each file. A path that is named in full stands before
/// one with a hole in its place.
const TABLES: &[&[Route<ControlHandler>]] = &[
    index::ROUTES,
    tenants::ROUTES,
    state::ROUTES,
    snapshots::ROUTES,
    edits::ROUTES,
    master::ROUTES,
    verify::ROUTES,
    wait::ROUTES,
    requests::ROUTES,
    report::ROUTES,
    unrouted::ROUTES,
    history::ROUTES,
    events::ROUTES,
    faults::ROUTES,
    limits::ROUTES,
    clock::ROUTES,
    entra::ROUTES,
];

/// Every call of the control API.
pub(super) fn routes() -> impl Iterator<Item = &'static Route<ControlHandler>> + Clone {
    TABLES.iter().copied().flatten()
}

/// What a request asks for.
pub(super) struct ControlMatch {
    route: &'static Route<ControlHandler>,
    holes: Vec<String>,
    /// The tenant that the path names first, if it names one.
    tenant: Option<Arc<Tenant>>,
    /// The tenant's epoch when the request came.
    epoch: u64,
}

/// What a request below `/_mock/v1` asks for.
///
/// # Errors
///
/// 401 or 403 for a caller who is not let in, 404 for an unknown address or tenant, 405, and 400 for an
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
    let holes: Vec<String> = found.holes.into_iter().map(str::to_owned).collect();
    // By the server's clock: a time to live does not follow the tenant's clock.
    let tenant = holes.first().and_then(|it| app.tenants.find(it, app.clock.now()));
    if tenant.is_none() && route.path.starts_with("tenants/{tenant}") {
        return Err(app.unknown_tenant(&holes[0]));
    }
    let epoch = tenant.as_ref().map_or(0, |it| it.epoch());
    Ok(ControlMatch { route, holes, tenant, epoch })
}

/// Answers a request.
pub(super) async fn answer(
    app: Data<App>,
    request: &HttpRequest,
    payload: Payload,
    found: ControlMatch,
) -> HttpResponse {
    let ControlMatch { route, holes, tenant: found, epoch } = found;
    let body = match body::read(&app, route.largest_body, request, payload).await {
        Ok(body) => body,
        Err(refused) => return refused.problem().into_answer().into_response(),
    };
    let server_now = app.clock.now();
    let call = ControlCall {
        now: found.as_ref().map_or(server_now, |it| it.now(server_now)),
        found: found.clone(),
        epoch,
        holes,
        query: request.query_string().to_owned(),
        headers: request.headers().clone(),
        body,
        server_now,
        authority: app.authority(request),
        app,
    };
    // A call that waits for something to happen does not keep the server from stopping.
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

/// What is answered to a client that has closed its side of the connection, and may still read.
fn has_left() -> ProblemDetails {
    let detail = "the client closed its side of the connection, which ended its wait";
    ProblemDetails::new(408, "client-left", detail)
}

/// The number of the latest exchange with a tenant: a cursor into its journal.
fn seq(tenant: &Tenant) -> u64 {
    tenant.journal().seqs().end - 1
}

/// An answer about a tenant: an object with the journal's cursor (`seq`) and the revision of the
/// state (`rev`).
fn placed(status: u16, tenant: &Tenant, body: &impl Serialize) -> Answer {
    let mut body = json!(body);
    if let Json::Object(members) = &mut body {
        members.insert("seq".into(), seq(tenant).into());
        members.insert("rev".into(), tenant.revision().into());
    }
    Answer::json(status, &body)
}
