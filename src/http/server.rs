//! The server's own addresses: never recorded, no token.

use actix_web::{HttpRequest, HttpResponse};

use super::{
    App, openapi, page,
    problem::ProblemDetails,
    routes::{self, Route, segment},
};

/// What handles a call of the server itself.
#[derive(Clone, Copy)]
pub(super) enum ServerHandler {
    /// Answers at once; whatever the query says is ignored.
    Answer(fn(&App, &HttpRequest) -> HttpResponse),
    /// Logs in to the console of the tenant that the body names.
    LogIn,
}

pub(super) const ROUTES: &[Route<ServerHandler>] = &[
    Route::get("", "What is here", ServerHandler::Answer(index)).answers("Index"),
    Route::get("livez", "Whether the process runs", ServerHandler::Answer(live)).answers("Text"),
    Route::get("readyz", "Whether requests are answered", ServerHandler::Answer(live))
        .answers("Text"),
    Route::get("openapi.json", "This document", ServerHandler::Answer(document)),
    Route::get("docs", "This document as a page", ServerHandler::Answer(docs)).answers("Html"),
    Route::get("docs/docs.js", "What that page does", ServerHandler::Answer(script))
        .answers("Script"),
    Route::get("docs/docs.css", "What that page looks like", ServerHandler::Answer(style))
        .answers("Style"),
    Route::post(
        "admin/v1/authenticate",
        "Step 1: logs in to a tenant's admin console by its name",
        ServerHandler::LogIn,
    )
    .takes("Credentials")
    .answers("AccessToken"),
];

/// What handles a request.
///
/// # Errors
///
/// 404 that names the services, 405 that names the methods.
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

/// `/livez` and `/readyz`: the server binds first and seeds second, and answers only then.
fn live(_app: &App, _request: &HttpRequest) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// `/`: what is here.
fn index(app: &App, request: &HttpRequest) -> HttpResponse {
    HttpResponse::Ok().json(app.public_index(&app.authority(request)))
}

/// `/openapi.json`.
fn document(app: &App, request: &HttpRequest) -> HttpResponse {
    HttpResponse::Ok().json(openapi::document(&app.authority(request), ROUTES))
}

/// `/docs`: a page that shows the document; it fetches nothing but that and its own two files.
fn docs(_app: &App, request: &HttpRequest) -> HttpResponse {
    page::serve(request, "text/html; charset=utf-8", include_str!("openapi/page.html"))
}

/// `/docs/docs.js`: what the page does.
fn script(_app: &App, request: &HttpRequest) -> HttpResponse {
    page::serve(request, "text/javascript; charset=utf-8", include_str!("openapi/docs.js"))
}

/// `/docs/docs.css`: what the page looks like.
fn style(_app: &App, request: &HttpRequest) -> HttpResponse {
    page::serve(request, "text/css; charset=utf-8", include_str!("openapi/docs.css"))
}
