//! The first check of every request: whether a page of another site made a browser send it.
//!
//! The server requires little of its callers, since it usually runs on their machine: the console accepts a
//! login with a tenant's name, and the control API needs no token on the own machine. A page of another
//! site could also reach it, through the browser of a person on that machine. Such a page cannot choose two
//! things: the host name with which it calls the server (`Host`; a name of that site that resolves to this
//! machine is DNS rebinding), and its origin (`Origin`). Programs send no `Origin`, so this check does not
//! affect them.

use actix_web::{
    Error, HttpMessage as _, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{HOST, HeaderValue, ORIGIN, X_CONTENT_TYPE_OPTIONS},
        uri::Authority,
    },
    middleware::Next,
    web::Data,
};

#[cfg(feature = "web")]
use super::web;
use super::{App, access::same_origin, entry, problem::ProblemDetails, repair::Connection, server};
use crate::journal::Secrets;
use crate::scim::quoted;

/// Accepts a request or refuses it. Every answer has `nosniff`, so that no browser guesses its type.
///
/// # Errors
///
/// The errors of the service that answers the request.
pub(crate) async fn check_request<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    // Requests pass here in the order of their heads, so each one gets its own head.
    if let Some(head) = request.conn_data::<Connection>().and_then(Connection::next_head) {
        request.extensions_mut().insert(head);
    }
    let refused = request.app_data::<Data<App>>().cloned().and_then(|app| {
        let problem = admit(&app, request.request()).err()?;
        let secrets = Secrets::default();
        let (path, detail) = (secrets.hide(request.path()), secrets.hide(problem.detail()));
        tracing::warn!(%path, "a request was refused: {detail}");
        Some((app, problem))
    });
    let mut response = match refused {
        Some((app, problem)) => {
            let refused = entry::refuse(&app, request.request(), problem).await;
            request.into_response(refused).map_into_right_body()
        }
        None => next.call(request).await?.map_into_left_body(),
    };
    let headers = response.headers_mut();
    if !headers.contains_key(X_CONTENT_TYPE_OPTIONS) {
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    }
    Ok(response)
}

/// Refuses requests with an unknown host name, and requests of pages of other sites.
///
/// # Errors
///
/// 501 `no-proxy` for CONNECT; 403 `unknown-host` or `foreign-origin`.
fn admit(app: &App, request: &HttpRequest) -> Result<(), ProblemDetails> {
    // The body is not read, since the one of a tunnel has no end.
    if request.method() == Method::CONNECT {
        return Err(ProblemDetails::new(
            501,
            "no-proxy",
            "CONNECT asks for a tunnel, and there is none",
        ));
    }
    if server::is_probe(request.path()) {
        return Ok(());
    }
    let public_url = app.public_url();
    // The request target may contain a host, too; it takes precedence over the header (RFC 9112 §3.2.2).
    let target = request.uri().authority().map(Authority::as_str);
    let header = request.headers().get(HOST).map(|it| it.to_str().unwrap_or_default());
    // Every browser sends the host; only other programs leave it out.
    let hosts = [target, header];
    for host in hosts.into_iter().flatten() {
        if !app.access.knows(host, app.address, public_url.as_deref()) {
            let detail = format!("the server is not known as {}", quoted(host));
            return Err(ProblemDetails::new(403, "unknown-host", detail).hint(
                "call it by its address, or start it with --allow-host NAME, or with --public-url \
                 URL if a proxy or a tunnel stands before it",
            ));
        }
    }
    if takes_foreign_forms(request) {
        return Ok(());
    }
    let own = hosts.into_iter().flatten().next();
    for origin in request.headers().get_all(ORIGIN) {
        let origin = origin.to_str().unwrap_or_default();
        if !same_origin(origin, own, public_url.as_deref()) {
            let detail = format!("pages of {} may not call the server", quoted(origin));
            return Err(ProblemDetails::new(403, "foreign-origin", detail)
                .hint("call it from a program, which sends no Origin, or from its own pages"));
        }
    }
    Ok(())
}

/// Whether an address takes forms of other sites, as OpenID Connect wants it of authorize endpoints.
#[cfg(feature = "web")]
fn takes_foreign_forms(request: &HttpRequest) -> bool {
    request.headers().contains_key(ORIGIN) && web::takes_foreign_forms(request.path())
}

#[cfg(not(feature = "web"))]
fn takes_foreign_forms(_request: &HttpRequest) -> bool {
    false
}
