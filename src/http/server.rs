//! The server's own addresses. They need no token and are not recorded.

use actix_web::{HttpRequest, HttpResponse};

use super::{
    App, openapi, page,
    problem::ProblemDetails,
    routes::{self, Route, segment},
};

/// The handler of a call to the server itself.
#[derive(Clone, Copy)]
pub(super) enum ServerHandler {
    /// Answers at once. The query is ignored.
    Answer(fn(&App, &HttpRequest) -> HttpResponse),
    /// Logs in to the console of the tenant in the body.
    LogIn,
}

pub(super) const ROUTES: &[Route<ServerHandler>] = &[
    Route::get("", "The index of the server", ServerHandler::Answer(index)).answers("Index"),
    Route::get(LIVE, "Whether the process runs", ServerHandler::Answer(live)).answers("Text"),
    Route::get(READY, "Whether requests are answered", ServerHandler::Answer(live)).answers("Text"),
    Route::get("openapi.json", "This document", ServerHandler::Answer(document)),
    Route::get("docs", "This document as a page", ServerHandler::Answer(docs)).answers("Html"),
    Route::get("docs/docs.js", "The script of that page", ServerHandler::Answer(script))
        .answers("Script"),
    Route::get("docs/docs.css", "The style of that page", ServerHandler::Answer(style))
        .answers("Style"),
    Route::post(
        "admin/v1/authenticate",
        "Step 1: logs in to a tenant's admin console by its name",
        ServerHandler::LogIn,
    )
    .takes("Credentials")
    .answers("AccessToken"),
];

const LIVE: &str = "livez";
const READY: &str = "readyz";

/// Whether an address only shows that the server runs. Probes of containers and load balancers call it
/// with any host name.
pub(super) fn is_probe(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(|it| [LIVE, READY].contains(&it))
}

/// Finds the handler of a request.
///
/// # Errors
///
/// 404 with the addresses of the services; 405 with the allowed methods.
pub(super) fn find(method: &str, path: &str) -> Result<ServerHandler, ProblemDetails> {
    let tail = path.strip_prefix('/').unwrap_or(path);
    let segments: Vec<String> = match tail {
        "" => Vec::new(),
        tail => tail.split('/').map(segment).collect(),
    };
    routes::find(ROUTES.iter(), method, &segments).map(|it| it.route.handler).map_err(|problem| {
        if problem.is_unknown_address() { ProblemDetails::unknown_address(path) } else { problem }
    })
}

/// `/livez` and `/readyz`. The server binds first, then seeds its tenants, and answers only after that.
fn live(_app: &App, _request: &HttpRequest) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// `/`: the index.
fn index(app: &App, request: &HttpRequest) -> HttpResponse {
    HttpResponse::Ok().json(app.public_index(&app.authority(request)))
}

/// `/openapi.json`.
fn document(app: &App, request: &HttpRequest) -> HttpResponse {
    HttpResponse::Ok().json(openapi::document(&app.authority(request), ROUTES))
}

/// `/docs`: a page that shows the document. It fetches only the document and its own two files.
fn docs(_app: &App, request: &HttpRequest) -> HttpResponse {
    page::serve(request, "text/html; charset=utf-8", include_str!("openapi/page.html"))
}

/// `/docs/docs.js`: the script of the page.
fn script(_app: &App, request: &HttpRequest) -> HttpResponse {
    page::serve(request, "text/javascript; charset=utf-8", include_str!("openapi/docs.js"))
}

/// `/docs/docs.css`: the style of the page.
fn style(_app: &App, request: &HttpRequest) -> HttpResponse {
    page::serve(request, "text/css; charset=utf-8", include_str!("openapi/docs.css"))
}
