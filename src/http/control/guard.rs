//! The access check of the control API.

use actix_web::HttpRequest;

use crate::{
    http::{
        App,
        bearer::{bearer, no_bearer},
        problem::ProblemDetails,
    },
    tenant::same_secret,
};

/// Refuses callers without the control token, if one is required.
///
/// # Errors
///
/// 401 `unauthorized`; 403 `no-control-token` if a token is required but the server has none.
pub(super) fn admit(app: &App, request: &HttpRequest) -> Result<(), ProblemDetails> {
    let presented = bearer(request.headers());
    let Some(token) = &app.access.token else {
        if app.address.ip().is_loopback() {
            return Ok(());
        }
        let detail = "the server listens beyond this machine and has no control token";
        return Err(ProblemDetails::new(403, "no-control-token", detail)
            .hint("start it with --control-token, or MEDIUSFLOW_MOCK_CONTROL_TOKEN set"));
    };
    if presented.is_some_and(|it| same_secret(token, it)) {
        return Ok(());
    }
    let wants = "the control API wants its token in Authorization: Bearer";
    let detail = match (presented, no_bearer(request.headers())) {
        (Some(_), _) => "the control token is wrong".to_owned(),
        (None, Some(why)) => format!("{why}; {wants}"),
        (None, None) => wants.to_owned(),
    };
    Err(ProblemDetails::new(401, "unauthorized", detail)
        .header("www-authenticate", "Bearer realm=\"mediusflow-mock control API\"")
        .hint("the ready line as JSON has it as controlToken"))
}
