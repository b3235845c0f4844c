//! The control API, `/_mock/v1/...`: what a test does to the server and asks of it.
//!
//! Its calls are never faulted, delayed, limited or recorded. Everything about one tenant is below
//! `tenants/{tenant}/`; the rest is about the server.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header::HeaderMap},
    web::{Bytes, Data, Payload, Query},
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::{
    App,
    answer::Answer,
    body::{self, read},
    entry::{segments, unknown_tenant},
    problem::Problem,
    routes::{self, Route},
};
use crate::tenant::Tenant;

mod duration;
mod events;
mod history;
mod index;
mod requests;
mod verify;
mod wait;

/// A call's answer, or why it is refused.
type Outcome = Result<Answer, Problem>;

/// An answer that takes its time, or comes in pieces.
type Later = Pin<Box<dyn Future<Output = HttpResponse>>>;

/// What answers at an address; the segments in the holes of its path are `call.holes`.
enum Handler {
    /// At once.
    Now(fn(&ControlCall) -> Outcome),
    /// When something has happened.
    Later(fn(ControlCall) -> Later),
}

/// A call of the control API; it owns all it needs, so that it can wait.
struct ControlCall {
    app: Data<App>,
    /// The segments in the holes of the route's path, decoded.
    holes: Vec<String>,
    /// The query string as sent.
    query: String,
    headers: HeaderMap,
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
        let name = self.holes.first().map_or("", String::as_str);
        self.app.tenants.get(name).ok_or_else(|| unknown_tenant(&self.app, name))
    }

    /// The segment in the second hole of the path, behind the tenant's.
    fn second(&self) -> &str {
        self.holes.get(1).map_or("", String::as_str)
    }

    /// The parameters of the query string.
    ///
    /// # Errors
    ///
    /// 400 `invalid-query` for a parameter that is not known or does not fit.
    fn query<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let read = Query::<T>::from_query(&self.query);
        read.map(Query::into_inner).map_err(|error| {
            Problem::new(400, "invalid-query", format!("the query does not fit: {error}"))
        })
    }

    /// The body, read as JSON.
    ///
    /// # Errors
    ///
    /// As [`body::typed`].
    fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        body::typed(self.header("content-type"), &self.body)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Makes what waits into a handler's answer.
fn later(work: impl Future<Output = Outcome> + 'static) -> Later {
    Box::pin(async { work.await.unwrap_or_else(Problem::into_answer).into_response() })
}

/// Every address below `/_mock/v1/`, a table from each file.
const TABLES: &[&[Route<Handler>]] = &[
    index::ROUTES,
    requests::ROUTES,
    verify::ROUTES,
    wait::ROUTES,
    history::ROUTES,
    events::ROUTES,
];

/// `/_mock/v1` and all that is below it.
pub(super) async fn below_mock(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let tail = request.path().strip_prefix("/_mock/v1").unwrap_or_default();
    let segments = segments(tail);
    let method = request.method();
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let routes = TABLES.iter().copied().flatten();
    let (handler, holes) = match routes::find(routes, method, &segments) {
        Ok((handler, holes)) => (handler, holes.into_iter().map(str::to_owned).collect()),
        Err(problem) => return problem.into_answer().into_response(),
    };
    let body = match read(&request, payload).await {
        Ok(body) => body,
        Err(refused) => return refused.problem().into_answer().into_response(),
    };
    let call = ControlCall {
        holes,
        query: request.query_string().to_owned(),
        headers: request.headers().clone(),
        body,
        now: app.clock.now(),
        authority: app.authority(&request),
        app,
    };
    match handler {
        Handler::Now(answer) => answer(&call).unwrap_or_else(Problem::into_answer).into_response(),
        Handler::Later(answer) => answer(call).await,
    }
}
