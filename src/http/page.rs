//! Pages for browsers, and the files that they are made of.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    },
};

use super::problem::ProblemDetails;

/// What a page may do: fetch from its own server, and be shown in no frame. Scripts and styles are
/// files, so that markup that gets into a page does nothing.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; \
                      connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// What every page and file of one is sent with, besides what every answer has.
const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // A server of another version may listen there next.
    (CACHE_CONTROL, "no-store"),
];

/// Answers a page or a file of one.
pub(super) fn serve(
    request: &HttpRequest,
    content_type: &'static str,
    body: &'static str,
) -> HttpResponse {
    if let Some(refused) = from_elsewhere(request) {
        return refused;
    }
    let mut response = HttpResponse::Ok().content_type(content_type).body(body);
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The refusal of a request to which a page of another site made the browser: by a frame, a script, an
/// image, a link. The server's pages have no `Origin` to tell that by, since they are only read.
fn from_elsewhere(request: &HttpRequest) -> Option<HttpResponse> {
    let mut sites = request.headers().get_all("sec-fetch-site");
    let is_foreign = sites.any(|it| it.as_bytes().trim_ascii().eq_ignore_ascii_case(b"cross-site"));
    is_foreign.then(|| {
        let detail = "pages of other sites may not show or open this page";
        let problem =
            ProblemDetails::new(403, "cross-site", detail).hint("type its address instead");
        problem.into_answer().into_response()
    })
}
