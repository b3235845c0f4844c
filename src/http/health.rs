//! Addresses of the server itself: never recorded, no token.

use actix_web::{HttpRequest, HttpResponse, http::Method, web::Data};
use serde_json::json;

use super::{App, problem::Problem};

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
    let url = app.authority(&request);
    let tenants: Vec<_> = app
        .tenants
        .all()
        .iter()
        .map(|it| {
            let name = it.name();
            json!({
                "tenant": name.as_str(),
                "environment": name.environment().to_string(),
                "scimUrl": format!("{url}/{name}/scim/v2"),
                "adminUrl": format!("{url}/{name}/admin/v1"),
            })
        })
        .collect();
    HttpResponse::Ok().json(json!({
        "name": "mediusflow-mock",
        "version": env!("CARGO_PKG_VERSION"),
        "pid": std::process::id(),
        "url": url,
        "seed": app.seed,
        "authenticateUrl": format!("{url}/admin/v1/authenticate"),
        "tenants": tenants,
    }))
}

/// Every other address.
pub(super) fn nothing_here(request: &HttpRequest) -> HttpResponse {
    let detail = format!(
        "nothing answers at {}; addresses are /TENANT/scim/v2, /TENANT/admin/v1, \
         /admin/v1/authenticate, /livez, /readyz and / (an index)",
        request.path()
    );
    Problem::new(404, "unknown-address", detail).into_answer().into_response()
}

fn only_get(request: &HttpRequest) -> Option<HttpResponse> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let refuse = || super::admin::method_not_allowed(request.method(), "GET, HEAD");
    (!is_read).then(|| refuse().into_answer().into_response())
}
