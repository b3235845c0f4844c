//! Pages for browsers, with their files.

use actix_web::{HttpRequest, HttpResponse};

use super::{answer::Answer, problem::ProblemDetails};

/// A page may fetch only from its own server, and cannot be shown in a frame. Scripts and styles are
/// separate files, so that injected markup has no effect.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; \
                      connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// The headers of every page and its files, in addition to those of every answer.
const HEADERS: [(&str, &str); 4] = [
    ("content-security-policy", POLICY),
    // Other sites get no referrer. With `no-referrer` a browser would send `Origin: null` with the forms of
    // our own pages, and `null` is the origin of everybody.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Answers with a page or one of its files.
pub(super) fn serve(
    request: &HttpRequest,
    content_type: &'static str,
    body: &'static str,
) -> HttpResponse {
    if let Some(refused) = from_elsewhere(request) {
        return refused.into_answer().into_response();
    }
    let answer = Answer { body: body.into(), ..Answer::empty(200) };
    secured(answer.header("content-type", content_type)).into_response()
}

/// The answer as a page is sent: with the policy, and kept by nobody, since a server of another version may
/// listen there next.
pub(super) fn secured(answer: Answer) -> Answer {
    with_policy(answer).header("cache-control", "no-store")
}

/// The answer as a file is sent whose address names its content.
#[cfg(feature = "web")]
pub(super) fn kept(answer: Answer) -> Answer {
    with_policy(answer).header("cache-control", "public, max-age=31536000, immutable")
}

fn with_policy(answer: Answer) -> Answer {
    HEADERS.into_iter().fold(answer, |answer, (name, value)| answer.header(name, value))
}

/// Refuses a request that a page of another site made the browser send: by a frame, a script, an image or a
/// link. Such GET requests have no `Origin` that would show it.
pub(super) fn from_elsewhere(request: &HttpRequest) -> Option<ProblemDetails> {
    let mut sites = request.headers().get_all("sec-fetch-site");
    let is_foreign = sites.any(|it| it.as_bytes().trim_ascii().eq_ignore_ascii_case(b"cross-site"));
    is_foreign.then(|| {
        let detail = "pages of other sites may not show or open this page";
        ProblemDetails::new(403, "cross-site", detail).hint("type its address instead")
    })
}
