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

use maud::html;
use serde_json::Value as Json;

use super::{
    App,
    answer::Answer,
    blocking::run_blocking,
    body,
    problem::{HandlerResult, ProblemDetails},
    record::{self, SentRequest},
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
mod fields;
mod form;
mod frame;
mod guard;
mod handler;
mod history;
mod icons;
mod list;
mod login_decision;
mod portal;
mod request;
mod serve_step;
mod sign_in;
mod sign_in_step;
mod site;
mod tenants;
mod trouble;

pub(in crate::http) use console::SegmentCounts;
use form::Form;
use handler::PageHandler;
pub(super) use login_decision::entra_account;
use request::PageRequest;
pub(super) use sign_in::{TestSignIn, sign_in};
use site::Site;

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
pub(super) fn find(app: &App, request: &HttpRequest) -> Option<Result<PageMatch, ProblemDetails>> {
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
    Some(found.and_then(|found| {
        let path_parameters: Vec<String> =
            found.path_parameters.into_iter().map(str::to_owned).collect();
        let is_of_tenant = found.route.path.starts_with("{tenant}");
        let named = path_parameters.first().filter(|_| is_of_tenant);
        let tenant = named
            .map(|it| app.tenants.find(it, app.clock.now()).ok_or_else(|| app.unknown_tenant(it)));
        Ok(PageMatch { route: found.route, path_parameters, tenant: tenant.transpose()? })
    }))
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
    match found.route.handler {
        PageHandler::Step(step) => {
            return serve_step::serve(app.clone(), request, payload, found, step).await;
        }
        PageHandler::Callback => {
            return sign_in::serve_callback(app.clone(), request, payload, found).await;
        }
        _ => {}
    }
    let site = Site::new(app.authority(request));
    match answer(app.clone(), request, payload, found, make).await {
        Ok(response) => response,
        Err(problem) if request.method() == Method::POST => {
            let answer = frame::refusal(&site, problem.into_answer(), html! {});
            let sent = SentRequest::of(request);
            record::unrouted(&app, &sent, app.clock.now(), &Bytes::new(), answer)
        }
        Err(problem) => frame::refusal(&site, problem.into_answer(), html! {}).into_response(),
    }
}

/// The answer to a request, or why it is refused before anything is done.
async fn answer(
    app: Data<App>,
    request: &HttpRequest,
    payload: Payload,
    found: PageMatch,
    make: MakeCall,
) -> Result<HttpResponse, ProblemDetails> {
    guard::admit(request)?;
    let body = body::read(&app, LARGEST_FORM, request, payload).await;
    let body = body.map_err(body::UnreadBody::problem)?;
    let form = match *request.method() {
        Method::POST => Form::of_body(request.content_type(), &body)?,
        _ => Form::of_query(request.query_string())?,
    };
    let PageMatch { route, path_parameters, tenant } = found;
    let page = PageRequest::new(app.clone(), request, form, path_parameters, tenant);
    Ok(match route.handler {
        PageHandler::File(file) => file().into_response(),
        PageHandler::Page(show) => shown(page, show).await,
        PageHandler::Console(show) => shown(page, move |page| console::show(page, show)).await,
        PageHandler::Click(click) => console::click(app, request, page, click).await?,
        PageHandler::LogIn => console::log_in(app, request, page).await?,
        PageHandler::PortalClick(click) => portal::click(make, request, page, click).await?,
        PageHandler::Changes(may_know) => changes::changes(request, &page, may_know),
        PageHandler::Step(_) | PageHandler::Callback => unreachable!("served before"),
    })
}

/// Shows a page; it may take long where there are many users.
async fn shown(
    page: PageRequest,
    show: impl FnOnce(&PageRequest) -> HandlerResult + Send + 'static,
) -> HttpResponse {
    let work = move || {
        let answer = show(&page);
        answer.unwrap_or_else(|problem| frame::refusal(&page.site, problem.into_answer(), html! {}))
    };
    run_blocking(work).await.into_response()
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

/// The refusal of a request that reached nothing, as a page for who reads pages.
pub(super) fn as_page(app: &App, request: &HttpRequest, answer: Answer) -> Answer {
    if !prefers_page(request.headers()) {
        return answer;
    }
    let site = Site::new(app.authority(request));
    let nearest = answer.guess.clone();
    let more = html! {
        @if is_unknown_tenant(&answer) { (tenants::list(app, &site, nearest.as_deref())) }
    };
    frame::refusal(&site, answer, more)
}

fn is_unknown_tenant(answer: &Answer) -> bool {
    let problem = answer.record.problem.as_ref().and_then(|it| it.code.as_deref());
    problem == Some("unknown-tenant")
}

/// Whether a client asks for a page before anything else, as browsers do.
fn prefers_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get("accept").and_then(|it| it.to_str().ok()).unwrap_or_default();
    let types = accepted.split(',').map(|it| it.split(';').next().unwrap_or_default().trim());
    let mut known = types.filter(|it| matches!(*it, "text/html" | "application/json" | "*/*"));
    known.next() == Some("text/html")
}
