//! Which requests pages answer at all. Host and `Origin` are looked at before every address
//! ([`crate::http::guard`]); this is what else a browser tells.

use actix_web::{HttpRequest, http::Method};

use crate::http::{page, problem::ProblemDetails};

/// Refuses a request that a page of another site made the browser send.
///
/// # Errors
///
/// 403 `cross-site` for a page that another site shows or opens, `foreign-form` for a form of one.
pub(in crate::http) fn admit(request: &HttpRequest) -> Result<(), ProblemDetails> {
    if let Some(problem) = page::from_elsewhere(request) {
        return Err(problem);
    }
    if request.method() != Method::POST || request.headers().contains_key("origin") {
        return Ok(());
    }
    // A browser that sends no Origin with a form tells by this; a program sends neither.
    let mut sites = request.headers().get_all("sec-fetch-site");
    let is_own = |it: &[u8]| it.trim_ascii().eq_ignore_ascii_case(b"same-origin");
    if sites.all(|it| is_own(it.as_bytes())) {
        return Ok(());
    }
    let detail = "a form is taken from pages of this server alone";
    Err(ProblemDetails::new(403, "foreign-form", detail)
        .hint("open the page and send its own form"))
}
