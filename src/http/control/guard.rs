//! Who is let in to the control API.

use actix_web::HttpRequest;

use crate::{
    http::{App, access::authority_of, bearer::bearer, problem::Problem},
    tenant::same_secret,
};

/// Refuses pages of other sites, calls under a name that is none of the server's, and, where a token
/// is wanted, those without it.
///
/// # Errors
///
/// 403 `unknown-host` or `foreign-origin`, 401 `unauthorized`; 403 `no-control-token` where a token
/// is wanted and there is none.
pub(super) fn admit(app: &App, request: &HttpRequest) -> Result<(), Problem> {
    let header = |name| request.headers().get(name).map(|it| it.to_str().unwrap_or_default());
    let host = header("host");
    let public_url = app.public_url();
    // Every browser names the host; only what is no browser leaves it out.
    if let Some(host) = host
        && !app.access.knows(host, app.address, public_url.as_deref())
    {
        let detail = format!("the server is not known as {host:?}");
        return Err(Problem::new(403, "unknown-host", detail)
            .hint("call it by its address, or start it with --allow-host NAME"));
    }
    if let Some(origin) = header("origin") {
        let is_own = |it: &str| it.eq_ignore_ascii_case(authority_of(origin));
        let public = public_url.as_deref().map(authority_of);
        if !origin.contains("://") || !(host.is_some_and(is_own) || public.is_some_and(is_own)) {
            let detail = format!("pages of {origin:?} may not use the control API");
            return Err(Problem::new(403, "foreign-origin", detail)
                .hint("call it from the test itself and not from a page"));
        }
    }
    admit_token(app, bearer(request.headers()))
}

fn admit_token(app: &App, presented: Option<&str>) -> Result<(), Problem> {
    let Some(token) = &app.access.token else {
        if app.address.ip().is_loopback() {
            return Ok(());
        }
        let detail = "the server listens beyond this machine and has no control token";
        return Err(Problem::new(403, "no-control-token", detail)
            .hint("start it with --control-token, or MEDIUSFLOW_MOCK_CONTROL_TOKEN set"));
    };
    if presented.is_some_and(|it| same_secret(token, it)) {
        return Ok(());
    }
    let detail = match presented {
        Some(_) => "the control token is wrong",
        None => "the control API wants its token in Authorization: Bearer",
    };
    Err(Problem::new(401, "unauthorized", detail)
        .header("www-authenticate", "Bearer realm=\"mediusflow-mock control API\"")
        .hint("the ready line as JSON has it as controlToken"))
}
