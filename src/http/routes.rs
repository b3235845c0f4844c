//! Tables of addresses: one row says everything about a call.
//!
//! The router, the 405 with its `Allow`, the refusal of unknown parameters, guesses at what was meant,
//! and the `OpenAPI` document read the same row.

use actix_web::{HttpRequest, http::Method};

use super::{
    LARGEST_BODY, body,
    problem::{ProblemDetails, UNKNOWN_ADDRESS},
};
use crate::scim::{decode_segment, nearest, quoted};

/// A call of an API: where it is, what it takes and answers, and what handles it.
#[derive(Clone, Copy)]
pub(super) struct Route<H> {
    pub(super) method: &'static str,
    /// The path below the address of the API; `{id}` and the like stand for one segment.
    pub(super) path: &'static str,
    pub(super) summary: &'static str,
    pub(super) handler: H,
    /// The parameters of the query, each with its type: `q:string limit:integer`, or the least and the
    /// most that has an effect: `limit:1..1000`.
    pub(super) query: &'static str,
    /// The component that the body is; empty if there is none, `?` behind it if it may be left out.
    pub(super) body: &'static str,
    /// The largest body that is read, in bytes.
    pub(super) largest_body: usize,
    /// The status of success.
    pub(super) status: u16,
    /// The component that is answered; empty for no body.
    pub(super) answer: &'static str,
    /// Other statuses that are no refusals; the body, if there is one, is as in `answer`.
    pub(super) other_statuses: &'static [u16],
    /// Whether what is there has a version that a request can name.
    pub(super) is_versioned: bool,
}

/// A row that matches a request, and the segments in the holes of its path.
pub(super) struct RouteMatch<'a, H: 'static> {
    pub(super) route: &'static Route<H>,
    pub(super) holes: Vec<&'a str>,
}

impl<H: Copy> Route<H> {
    /// A call without parameters and body that answers 200 with an `Object`.
    const fn new(
        method: &'static str,
        path: &'static str,
        summary: &'static str,
        handler: H,
    ) -> Self {
        Self {
            method,
            path,
            summary,
            handler,
            query: "",
            body: "",
            largest_body: LARGEST_BODY,
            status: 200,
            answer: "Object",
            other_statuses: &[],
            is_versioned: false,
        }
    }

    pub(super) const fn get(path: &'static str, summary: &'static str, handler: H) -> Self {
        Self::new("GET", path, summary, handler)
    }

    pub(super) const fn post(path: &'static str, summary: &'static str, handler: H) -> Self {
        Self::new("POST", path, summary, handler)
    }

    pub(super) const fn put(path: &'static str, summary: &'static str, handler: H) -> Self {
        Self::new("PUT", path, summary, handler)
    }

    pub(super) const fn patch(path: &'static str, summary: &'static str, handler: H) -> Self {
        Self::new("PATCH", path, summary, handler)
    }

    pub(super) const fn delete(path: &'static str, summary: &'static str, handler: H) -> Self {
        Self::new("DELETE", path, summary, handler)
    }

    /// The same call with these parameters.
    pub(super) const fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    /// The same call with this body.
    pub(super) const fn takes(self, body: &'static str) -> Self {
        Self { body, ..self }
    }

    /// The same call, whose body may have so many bytes.
    pub(super) const fn up_to(self, largest_body: usize) -> Self {
        Self { largest_body, ..self }
    }

    /// The same call, which answers this.
    pub(super) const fn answers(self, answer: &'static str) -> Self {
        Self { answer, ..self }
    }

    /// The same call, which answers 201 with this.
    pub(super) const fn creates(self, answer: &'static str) -> Self {
        Self { status: 201, answer, ..self }
    }

    /// The same call, which answers 204.
    pub(super) const fn no_content(self) -> Self {
        Self { status: 204, answer: "", ..self }
    }

    /// The same call, which answers with this status.
    pub(super) const fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// The same call, which answers with one of these statuses, too.
    pub(super) const fn or(self, other_statuses: &'static [u16]) -> Self {
        Self { other_statuses, ..self }
    }

    /// The same call, of something with a version: it heeds `If-Match` and `If-None-Match`.
    pub(super) const fn versioned(self) -> Self {
        Self { is_versioned: true, ..self }
    }
}

impl<H> Route<H> {
    /// The parameters of the query, each with its type.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let typed = |it: &'static str| it.split_once(':').expect("a parameter has a type");
        self.query.split_whitespace().map(typed)
    }

    /// Refuses a parameter that the call has not.
    ///
    /// # Errors
    ///
    /// As [`body::only`].
    pub(super) fn refuse_unknown_parameters(&self, query: &str) -> Result<(), ProblemDetails> {
        let known: Vec<&str> = self.parameters().map(|(name, _)| name).collect();
        body::only(query, &known)
    }
}

/// The row of a request.
///
/// # Errors
///
/// 404 `unknown-address` that names what there is, 405 that names the methods.
pub(super) fn find<'a, H>(
    routes: impl Iterator<Item = &'static Route<H>> + Clone,
    method: &str,
    segments: &'a [String],
) -> Result<RouteMatch<'a, H>, ProblemDetails> {
    let matching = |route| Some(RouteMatch { route, holes: holes(route.path, segments)? });
    let mut here: Vec<RouteMatch<'a, H>> = routes.clone().filter_map(matching).collect();
    // A literal segment goes before a hole.
    let fewest = here.iter().map(|it| it.holes.len()).min().unwrap_or_default();
    here.retain(|it| it.holes.len() == fewest);
    if here.is_empty() {
        return Err(unknown(routes.map(|it| it.path), segments));
    }
    let allowed = allowed(here.iter().map(|it| it.route));
    let refused = || method_not_allowed(method, &allowed);
    here.into_iter().find(|it| it.route.method == method).ok_or_else(refused)
}

/// The methods of calls at one path, as `Allow` lists them. What answers GET answers HEAD, too.
pub(super) fn allowed<H: 'static>(routes: impl Iterator<Item = &'static Route<H>>) -> String {
    let named = |it: &Route<H>| if it.method == "GET" { "GET, HEAD" } else { it.method };
    routes.map(named).collect::<Vec<_>>().join(", ")
}

/// The method of a request; HEAD is read as GET.
pub(super) fn method(request: &HttpRequest) -> Method {
    if request.method() == Method::HEAD { Method::GET } else { request.method().clone() }
}

/// The segments of a path decoded; empty ones are left out.
pub(super) fn segments(path: &str) -> Vec<String> {
    path.split('/').filter(|it| !it.is_empty()).map(segment).collect()
}

/// A segment of a path decoded; there, `+` is itself.
pub(super) fn segment(text: &str) -> String {
    decode_segment(text)
}

/// The 404 of an unknown address, with known ones that begin like it.
fn unknown(
    patterns: impl Iterator<Item = &'static str> + Clone,
    segments: &[String],
) -> ProblemDetails {
    let right = patterns.clone().map(|it| agreeing(it, segments)).max().unwrap_or_default();
    // The index has no name below its own address.
    let near = patterns.filter(|it| !it.is_empty() && agreeing(it, segments) == right);
    let mut known: Vec<String> = Vec::new();
    for pattern in near {
        let next = pattern.split('/').skip(right).take(1);
        let begun = segments[..right].iter().map(String::as_str);
        let address = begun.chain(next).collect::<Vec<_>>().join("/");
        if !known.contains(&address) {
            known.push(address);
        }
    }
    let path = segments.join("/");
    let detail =
        format!("nothing answers at {path}; there are: {}", known.join(", "), path = quoted(&path));
    let problem = ProblemDetails::new(404, UNKNOWN_ADDRESS, detail);
    match nearest(&path, known.iter().map(String::as_str)) {
        Some(meant) => problem.meant(meant),
        None => problem,
    }
}

/// How many segments of the path a pattern agrees with, from its beginning.
fn agreeing(pattern: &str, segments: &[String]) -> usize {
    let both = pattern.split('/').zip(segments);
    both.take_while(|(part, segment)| part.starts_with('{') || part == segment).count()
}

/// The 405 of an address that knows other methods.
fn method_not_allowed(method: &str, allowed: &str) -> ProblemDetails {
    let detail = format!("{method} is not allowed here, expected {allowed}");
    ProblemDetails::new(405, "method-not-allowed", detail).header("allow", allowed)
}

/// The segments in the holes of a pattern, if the path matches it.
fn holes<'a>(pattern: &str, segments: &'a [String]) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split('/').filter(|it| !it.is_empty());
    let mut holes = Vec::new();
    for segment in segments {
        let part = parts.next()?;
        if part.starts_with('{') {
            holes.push(segment.as_str());
        } else if part != segment {
            return None;
        }
    }
    parts.next().is_none().then_some(holes)
}
