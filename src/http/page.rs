//! Pages for browsers, and the files that they are made of.

use actix_web::{HttpRequest, HttpResponse};

use super::{answer::Answer, problem::ProblemDetails};

/// What a page may do: fetch from its own server, and be shown in no frame. Scripts and styles are
/// files, so that markup that gets into a page does nothing.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; \
                      connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// What every page and file of one is sent with, besides what every answer has.
const HEADERS: [(&str, &str); 4] = [
    ("content-security-policy", POLICY),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Answers a page or a file of one.
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

/// The refusal of a request to which a page of another site made the browser: by a frame, a script, an
/// image, a link. The server's pages have no `Origin` to tell that by, since they are only read.
pub(super) fn from_elsewhere(request: &HttpRequest) -> Option<ProblemDetails> {
    let mut sites = request.headers().get_all("sec-fetch-site");
    let is_foreign = sites.any(|it| it.as_bytes().trim_ascii().eq_ignore_ascii_case(b"cross-site"));
    is_foreign.then(|| {
        let detail = "pages of other sites may not show or open this page";
        ProblemDetails::new(403, "cross-site", detail).hint("type its address instead")
    })
}
