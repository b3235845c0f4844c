//! Addresses of the server itself: never recorded, no token.

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{Bytes, Data},
};
use serde_json::{Value as Json, json};

use super::{
    App,
    entry::{Api, refuse_unrouted},
    problem::{Problem, UNKNOWN_ADDRESS},
};
use crate::tenant::Tenant;

/// `/livez` and `/readyz`: the server binds first and seeds second, and answers only then.
pub(super) async fn live(request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// `/`: what is here.
pub(super) async fn index(app: Data<App>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    HttpResponse::Ok().json(app.public_index(&app.authority(&request)))
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

/// The refusal of every method that does not read.
pub(super) fn only_get(request: &HttpRequest) -> Option<HttpResponse> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let refuse = || super::routes::method_not_allowed(request.method(), "GET, HEAD");
    (!is_read).then(|| match request.app_data::<Data<App>>() {
        Some(app) => refuse_unrouted(app, request, &Bytes::new(), (Api::Admin, refuse())),
        None => refuse().into_answer().into_response(),
    })
}
