//! The server's own addresses: never recorded, no token.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value as Json, json};

use super::{
    App,
    entry::segment,
    openapi, page,
    problem::{Problem, UNKNOWN_ADDRESS},
    routes::{self, Route},
};
use crate::tenant::Tenant;

/// What handles a call of the server itself.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    /// Answers at once; whatever the query says is ignored.
    Answer(fn(&App, &HttpRequest) -> HttpResponse),
    /// Logs in to the console of the tenant that the body names.
    LogIn,
}

pub(super) const ROUTES: &[Route<Handler>] = &[
    Route::get("", "What is here", Handler::Answer(index)).answers("Index"),
    Route::get("livez", "Whether the process runs", Handler::Answer(live)).answers("Text"),
    Route::get("readyz", "Whether requests are answered", Handler::Answer(live)).answers("Text"),
    Route::get("openapi.json", "This document", Handler::Answer(document)),
    Route::get("docs", "This document as a page", Handler::Answer(docs)).answers("Html"),
    Route::get("docs/docs.js", "What that page does", Handler::Answer(script)).answers("Script"),
    Route::get("docs/docs.css", "What that page looks like", Handler::Answer(style))
        .answers("Style"),
    Route::post(
        "admin/v1/authenticate",
        "Step 1: logs in to a tenant's admin console by its name",
        Handler::LogIn,
    )
    .takes("Credentials")
    .answers("AccessToken"),
];

/// The row of a request.
///
/// # Errors
///
/// 404 that names the services, 405 that names the methods.
pub(super) fn find(method: &str, path: &str) -> Result<&'static Route<Handler>, Problem> {
    let tail = path.strip_prefix('/').unwrap_or(path);
    let segments: Vec<String> = match tail {
        "" => Vec::new(),
        tail => tail.split('/').map(segment).collect(),
    };
    routes::find(ROUTES.iter(), method, &segments).map(|it| it.route).map_err(|problem| {
        if problem.is_unknown_address() { unknown_address(path) } else { problem }
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

impl App {
    /// What the server is and where its tenants are, below this URL.
    pub(super) fn index(&self, url: &str) -> Json {
        let (journal_bytes, most_journal_bytes) = self.tenants.journal_bytes();
        let tenants: Vec<_> = self.tenants.all().iter().map(|it| addresses(it, url)).collect();
        json!({
            "name": "mediusflow-mock",
            "version": env!("CARGO_PKG_VERSION"),
            "pid": std::process::id(),
            "url": url,
            "seed": self.seed,
            "journals": {"bytes": journal_bytes, "mostBytes": most_journal_bytes},
            "authenticateUrl": format!("{url}/admin/v1/authenticate"),
            "controlUrl": format!("{url}/_mock/v1"),
            "tenants": tenants,
            "hint": "GET a tenant's controlUrl: its secretKey is the bearer token of its SCIM service",
        })
    }

    /// The same for everybody. Keys follow from the seed, so it stays on this machine.
    fn public_index(&self, url: &str) -> Json {
        let mut index = self.index(url);
        if let (false, Some(members)) = (self.address.ip().is_loopback(), index.as_object_mut()) {
            members.remove("seed");
        }
        index
    }
}

/// Where a tenant's services are, below this URL.
pub(super) fn addresses(tenant: &Tenant, url: &str) -> Json {
    let name = tenant.name();
    json!({
        "tenant": name.as_str(),
        "environment": name.environment().to_string(),
        "scimUrl": format!("{url}/{name}/scim/v2"),
        "adminUrl": format!("{url}/{name}/admin/v1"),
        "controlUrl": format!("{url}/_mock/v1/tenants/{name}"),
    })
}

/// The 404 of an address that belongs to no service.
pub(super) fn unknown_address(path: &str) -> Problem {
    let detail = format!(
        "nothing answers at {path}; addresses are /TENANT/scim/v2, /TENANT/admin/v1, \
         /admin/v1/authenticate, /_mock/v1 (control), /openapi.json, /docs, /livez, /readyz and / (an index)"
    );
    Problem::new(404, UNKNOWN_ADDRESS, detail)
}
