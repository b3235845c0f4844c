//! The control API, `/_mock/v1/...`: what a test does to the server and asks of it.
//!
//! Its calls are never faulted, delayed, limited or recorded, but for what a test does in the place
//! of a client ([`edits`]). Everything about one tenant is below `tenants/{tenant}/`; the rest is
//! about the server.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{HeaderName, HeaderValue},
    },
    web::{Bytes, Data, Payload},
};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};

use super::{
    App,
    answer::Answer,
    body::{read, typed},
    call::Call,
    entry::{segments, unknown_tenant},
    problem::Problem,
    routes::{self, Route},
};
use crate::tenant::Tenant;

mod edits;
mod guard;
mod index;
mod snapshots;
mod tenants;

/// A call's answer, or why it is refused.
type Outcome = Result<Answer, Problem>;

/// An answer that takes its time, or comes in pieces.
type Later = Pin<Box<dyn Future<Output = HttpResponse>>>;

/// What answers at an address; the segments in the holes of its path are `call.holes`.
enum Handler {
    /// At once.
    Now(fn(&ControlCall) -> Outcome),
    /// When something has happened.
    #[expect(dead_code, reason = "the waits come with the journal's addresses")]
    Later(fn(ControlCall) -> Later),
    /// As a client of one of the tenant's services would be answered, at this segment of the
    /// service; recorded as done by the test.
    AsTest(fn(&Call<'_>) -> Answer, &'static str),
}

/// A call of the control API; it owns all it needs, so that it can wait.
struct ControlCall {
    app: Data<App>,
    /// The segments in the holes of the route's path, decoded.
    holes: Vec<String>,
    /// The query string as sent.
    query: String,
    content_type: Option<String>,
    body: Bytes,
    /// What time it is by the server's clock.
    now: Timestamp,
    /// The URL of the server, without a slash at its end.
    authority: String,
}

impl ControlCall {
    /// The tenant that the path names first.
    ///
    /// # Errors
    ///
    /// 404 `unknown-tenant` that names those there are.
    fn tenant(&self) -> Result<Arc<Tenant>, Problem> {
        let name = self.hole(0);
        self.app.tenants.find(name, self.now).ok_or_else(|| unknown_tenant(&self.app, name))
    }

    /// The segment in one of the holes.
    fn hole(&self, at: usize) -> &str {
        self.holes.get(at).map_or("", String::as_str)
    }

    /// The body; an empty one stands for what everything left out means.
    ///
    /// # Errors
    ///
    /// As [`typed`].
    fn typed<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let body: &[u8] = if self.body.is_empty() { b"{}" } else { &self.body };
        // A client that sends nothing need not say of what type it is.
        let implied = self.body.is_empty().then_some("application/json");
        typed(implied.or(self.content_type.as_deref()), body)
    }
}

/// Every address below `/_mock/v1/`, a table from each file.
const TABLES: &[&[Route<Handler>]] =
    &[index::ROUTES, tenants::ROUTES, snapshots::ROUTES, edits::ROUTES];

/// `/_mock/v1` and all that is below it.
pub(super) async fn below_mock(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let _running = app.begin();
    match find(&app, &request) {
        Ok((handler, holes)) => answer(app.clone(), &request, payload, (handler, holes)).await,
        Err(problem) => problem.into_answer().into_response(),
    }
}

/// What answers a request, and the segments in the holes of its path.
fn find(app: &App, request: &HttpRequest) -> Result<(&'static Handler, Vec<String>), Problem> {
    guard::admit(app, request)?;
    let tail = request.path().strip_prefix("/_mock/v1").unwrap_or_default();
    let segments = segments(tail);
    let (handler, holes) =
        routes::find(TABLES.iter().copied().flatten(), &method(request), &segments)?;
    Ok((handler, holes.into_iter().map(str::to_owned).collect()))
}

async fn answer(
    app: Data<App>,
    request: &HttpRequest,
    payload: Payload,
    (handler, holes): (&'static Handler, Vec<String>),
) -> HttpResponse {
    let body = match read(request, payload).await {
        Ok(body) => body,
        Err(refused) => return refused.problem().into_answer().into_response(),
    };
    let content_type = request.headers().get("content-type").and_then(|it| it.to_str().ok());
    let call = ControlCall {
        holes,
        query: request.query_string().to_owned(),
        content_type: content_type.map(str::to_owned),
        body,
        now: app.clock.now(),
        authority: app.authority(request),
        app,
    };
    let tenant = call.tenant().ok();
    let mut response = match handler {
        Handler::Now(answer) => answer(&call).unwrap_or_else(Problem::into_answer).into_response(),
        Handler::Later(answer) => answer(call).await,
        Handler::AsTest(service, segment) => edits::answer(call, request, (*service, segment)),
    };
    if let Some(tenant) = tenant {
        for (name, number) in [("mock-seq", seq(&tenant)), ("mock-rev", tenant.revision())] {
            let name = HeaderName::from_static(name);
            response.headers_mut().insert(name, HeaderValue::from(number));
        }
    }
    response
}

/// HEAD is read as GET.
fn method(request: &HttpRequest) -> Method {
    if request.method() == Method::HEAD { Method::GET } else { request.method().clone() }
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
