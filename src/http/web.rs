//! Pages for browsers (feature `web`): the admin console, and what every page is made of.
//!
//! A page is a row of a table, like every call ([`PAGES`]), and its handler a function from a
//! [`PageRequest`] to an answer. Showing a page reads a snapshot and is not recorded. A button makes the call
//! that an integrator makes, through the one pipeline, and that call is recorded as `from: console`.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::{Method, header::HeaderMap},
    web::{Bytes, Data, Payload},
};

use serde_json::Value as Json;

use super::{
    App,
    answer::Answer,
    arrival::Arrival,
    blocking::run_blocking,
    body,
    body_limits::RequestBody,
    problem::{HandlerResult, ProblemDetails},
    routes::{self, Route, method, segments},
};
use crate::tenant::Tenant;

mod api;
mod assets;
mod changes;
mod console;
mod cookies;
mod csrf;
mod entra;
mod exchange_link;
mod fields;
mod form;
mod frame;
mod guard;
mod handler;
mod history;
mod icons;
mod list;
mod login_decision;
mod no_page;
mod page_address;
mod portal;
mod request;
mod serve_step;
mod sign_in;
mod sign_in_step;
mod site;
mod step_refusal;
mod tenants;
mod time;
mod trouble;

pub(in crate::http) use console::SegmentCounts;
use form::Form;
use handler::PageHandler;
pub(super) use login_decision::entra_account;
pub(super) use no_page::as_page;
use page_address::PageAddress;
pub(in crate::http) use page_address::UnansweredPage;
use request::PageRequest;
pub(super) use sign_in::{TestSignIn, sign_in};

/// The largest form that is read, in bytes: one that names thousands of companies.
const LARGEST_FORM: usize = 256 * 1024;

/// Every page, a table from each file.
const PAGES: &[&[Route<PageHandler>]] = &[
    assets::ROUTES,
    tenants::ROUTES,
    console::ROUTES,
    sign_in::ROUTES,
    entra::ROUTES,
    portal::ROUTES,
];

/// A call of the control API that a page makes.
pub(super) struct PageCall {
    pub(super) method: &'static str,
    /// The path behind `/_mock/v1/`.
    pub(super) path: String,
    pub(super) body: Option<Json>,
    /// Who makes it, as the journal says.
    pub(super) from: &'static str,
    /// What it is, for the summary of the exchange.
    pub(super) words: String,
}

/// The answer to such a call.
pub(super) type AnsweredCall = Pin<Box<dyn Future<Output = HttpResponse>>>;

/// Makes such calls. The control API is not known here, since it signs people in by the pages.
pub(super) type MakeCall = fn(Data<App>, HttpRequest, Arc<Tenant>, PageCall) -> AnsweredCall;

/// The rows of what a browser opens, without the tenants at `/`, which the index stands for.
pub(super) fn page_routes() -> impl Iterator<Item = &'static Route<PageHandler>> {
    let pages = PAGES.iter().copied().flatten();
    pages.filter(|it| !it.path.is_empty() && !it.handler.is_for_programs())
}

/// The rows of what a client of mock Entra calls itself.
pub(super) fn program_routes() -> impl Iterator<Item = &'static Route<PageHandler>> {
    PAGES.iter().copied().flatten().filter(|it| it.handler.is_for_programs())
}

/// The page that a request asks for.
pub(super) struct PageMatch {
    route: &'static Route<PageHandler>,
    /// The path parameters of the row's path, decoded.
    path_parameters: Vec<String>,
    tenant: Option<Arc<Tenant>>,
}

/// The page that a request asks for; `None` if no page is there.
///
/// # Errors
///
/// 405 for another method than the page's, 404 for an unknown tenant.
pub(super) fn find(app: &App, request: &HttpRequest) -> Option<Result<PageMatch, UnansweredPage>> {
    let segments = segments(request.path());
    if segments.is_empty() && !prefers_page(request.headers()) {
        return None; // The index as JSON.
    }
    let pages = PAGES.iter().copied().flatten();
    let found = match routes::find(pages, method(request).as_str(), &segments) {
        Err(problem) if problem.is_unknown_address() => return None,
        found => found,
    };
    // A program that calls an unknown sole segment is told of the services.
    let is_start = found.as_ref().is_ok_and(|it| it.route.path == "{tenant}");
    let is_tenant = |name: &str| app.tenants.find(name, app.clock.now()).is_some();
    if is_start && !prefers_page(request.headers()) && !is_tenant(&segments[0]) {
        return None;
    }
    let found = found.and_then(|found| {
        let path_parameters: Vec<String> =
            found.path_parameters.into_iter().map(str::to_owned).collect();
        let is_of_tenant = found.route.path.starts_with("{tenant}");
        let named = path_parameters.first().filter(|_| is_of_tenant);
        let unknown = |name: &str| meant(app.unknown_tenant(name), request.path());
        let tenant =
            named.map(|it| app.tenants.find(it, app.clock.now()).ok_or_else(|| unknown(it)));
        Ok(PageMatch { route: found.route, path_parameters, tenant: tenant.transpose()? })
    });
    Some(found.map_err(|problem| UnansweredPage { problem, address: address(app, request) }))
}

/// The 404 for an unknown tenant with the same page of the tenant that is probably meant.
fn meant(problem: ProblemDetails, path: &str) -> ProblemDetails {
    let Some(name) = problem.guess().map(str::to_owned) else { return problem };
    let behind = path.trim_start_matches('/').split_once('/').map_or("", |(_, behind)| behind);
    problem.meant(&format!("/{name}/{behind}"))
}

/// The address of a page that a request has, whatever its method; `None` if no page is there.
pub(super) fn address(app: &App, request: &HttpRequest) -> Option<PageAddress> {
    let segments = segments(request.path());
    let found = routes::rows_at(PAGES.iter().copied().flatten(), &segments).into_iter().next()?;
    let named = segments.first().filter(|_| found.route.path.starts_with("{tenant}"));
    let now = app.clock.now();
    let tenant = named.and_then(|it| app.tenants.find(it, now));
    let arrival = tenant.map(|it| Arrival::new(it, now));
    Some(PageAddress { handler: found.route.handler, arrival })
}

/// Answers a request for a page.
pub(super) async fn serve(
    app: Data<App>,
    request: &HttpRequest,
    payload: Payload,
    found: PageMatch,
    make: MakeCall,
) -> HttpResponse {
    let _running = (!matches!(found.route.handler, PageHandler::Changes(_))).then(|| app.begin());
    if let PageHandler::Step(step) = found.route.handler {
        return serve_step::serve(app.clone(), request, payload, found, step).await;
    }
    let arrival = found.tenant.clone().map(|it| Arrival::new(it, app.clock.now()));
    let address = PageAddress { handler: found.route.handler, arrival };
    let read = body::read(&app, LARGEST_FORM, request, payload).await;
    let (body, unread) = match read {
        Ok(body) => (body, None),
        Err(unread) => (RequestBody::default(), Some(unread.problem())),
    };
    let answered = match guard::admit(request).err().or(unread) {
        Some(problem) => Err(problem),
        None => answer(app.clone(), request, &body, found, make).await,
    };
    match answered {
        Ok(response) => response,
        Err(problem) => address.refuse(&app, request, &body, problem).await,
    }
}

/// The answer to a request, or why it is refused before anything is done.
async fn answer(
    app: Data<App>,
    request: &HttpRequest,
    body: &Bytes,
    found: PageMatch,
    make: MakeCall,
) -> Result<HttpResponse, ProblemDetails> {
    let form = match *request.method() {
        Method::POST => Form::of_body(request.content_type(), body)?,
        _ => Form::of_query(request.query_string())?,
    };
    let PageMatch { route, path_parameters, tenant } = found;
    let page = PageRequest::new(app.clone(), request, form, path_parameters, tenant);
    Ok(match route.handler {
        PageHandler::File(file) => file().into_response(),
        PageHandler::Page(show) => shown(page, show).await?,
        PageHandler::Console(show) => shown(page, move |page| console::show(page, show)).await?,
        PageHandler::Click(click) => console::click(request, page, body, click).await?,
        PageHandler::LogIn => console::log_in(app, request, page).await?,
        PageHandler::PortalClick(click) => portal::click(make, request, page, body, click).await?,
        PageHandler::Changes(may_know) => changes::changes(request, &page, may_know),
        PageHandler::Step(_) => unreachable!("served before"),
    })
}

/// Shows a page; it may take long where there are many users.
async fn shown(
    page: PageRequest,
    show: impl FnOnce(&PageRequest) -> HandlerResult + Send + 'static,
) -> Result<HttpResponse, ProblemDetails> {
    run_blocking(move || show(&page)).await.map(Answer::into_response)
}

/// Whether forms of other sites are taken at a path: there, what a browser gets needs a person.
pub(super) fn takes_foreign_forms(path: &str) -> bool {
    let segments = segments(path);
    let pages = PAGES.iter().copied().flatten();
    match routes::find(pages, "POST", &segments) {
        Ok(found) => {
            matches!(found.route.handler, PageHandler::Step(it) if it.takes_foreign_forms())
        }
        Err(_) => false,
    }
}

/// Whether a client asks for a page before anything else, as browsers do.
fn prefers_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get("accept").and_then(|it| it.to_str().ok()).unwrap_or_default();
    let types = accepted.split(',').map(|it| it.split(';').next().unwrap_or_default().trim());
    let mut known = types.filter(|it| matches!(*it, "text/html" | "application/json" | "*/*"));
    known.next() == Some("text/html")
}
