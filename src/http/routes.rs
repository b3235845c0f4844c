//! Tables of routes: one row describes a call completely.
//!
//! The router, the 405 with its `Allow`, the refusal of unknown parameters, the guesses at an intended
//! address, and the `OpenAPI` document all read the same row.

use actix_web::{HttpRequest, http::Method};

use super::{
    LARGEST_BODY, body,
    problem::{ProblemDetails, UNKNOWN_ADDRESS},
};
use crate::scim::{decode_segment, nearest, quoted};

/// A call of an API: its address, its input and output, and its handler.
#[derive(Clone, Copy)]
pub(super) struct Route<H> {
    pub(super) method: &'static str,
    /// The path below the base of the API. `{id}` and similar parameters stand for one segment.
    pub(super) path: &'static str,
    pub(super) summary: &'static str,
    pub(super) handler: H,
    /// The query parameters, each with its type: `q:string limit:integer`; or with the smallest and the
    /// largest effective value: `limit:1..1000`.
    pub(super) query: &'static str,
    /// The component of the body; empty without a body, and with a `?` at its end if the body is optional.
    pub(super) body: &'static str,
    /// The largest body that is read, in bytes.
    pub(super) largest_body: usize,
    /// The status of success.
    pub(super) status: u16,
    /// The component of the answer; empty without a body.
    pub(super) answer: &'static str,
    /// Other statuses of success. Their body, if there is one, is also described by `answer`.
    pub(super) other_statuses: &'static [u16],
    /// Whether the resource has a version for conditional requests.
    pub(super) is_versioned: bool,
}

/// A row that matches a request, and the values of its path parameters.
pub(super) struct RouteMatch<'a, H: 'static> {
    pub(super) route: &'static Route<H>,
    pub(super) path_parameters: Vec<&'a str>,
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

    /// The same call with this limit for the size of the body, in bytes.
    pub(super) const fn up_to(self, largest_body: usize) -> Self {
        Self { largest_body, ..self }
    }

    /// The same call with this answer.
    pub(super) const fn answers(self, answer: &'static str) -> Self {
        Self { answer, ..self }
    }

    /// The same call, with status 201 and this answer.
    pub(super) const fn creates(self, answer: &'static str) -> Self {
        Self { status: 201, answer, ..self }
    }

    /// The same call, with status 204.
    pub(super) const fn no_content(self) -> Self {
        Self { status: 204, answer: "", ..self }
    }

    /// The same call with this status.
    pub(super) const fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// The same call, with these further statuses of success.
    pub(super) const fn or(self, other_statuses: &'static [u16]) -> Self {
        Self { other_statuses, ..self }
    }

    /// The same call on a resource with a version. It supports `If-Match` and `If-None-Match`.
    pub(super) const fn versioned(self) -> Self {
        Self { is_versioned: true, ..self }
    }
}

impl<H> Route<H> {
    /// The query parameters, each with its type.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let typed = |it: &'static str| it.split_once(':').expect("a parameter has a type");
        self.query.split_whitespace().map(typed)
    }

    /// Refuses a parameter that the call does not have.
    ///
    /// # Errors
    ///
    /// As [`body::only`].
    pub(super) fn refuse_unknown_parameters(&self, query: &str) -> Result<(), ProblemDetails> {
        let known: Vec<&str> = self.parameters().map(|(name, _)| name).collect();
        body::only(query, &known)
    }
}

/// Finds the row for a request.
///
/// # Errors
///
/// 404 `unknown-address` with similar addresses; 405 with the allowed methods.
pub(super) fn find<'a, H>(
    routes: impl Iterator<Item = &'static Route<H>> + Clone,
    method: &str,
    segments: &'a [String],
) -> Result<RouteMatch<'a, H>, ProblemDetails> {
    let here = rows_at(routes.clone(), segments);
    if here.is_empty() {
        return Err(unknown(routes.map(|it| it.path), segments));
    }
    let allowed = allowed(here.iter().map(|it| it.route));
    let refused = || method_not_allowed(method, &allowed);
    here.into_iter().find(|it| it.route.method == method).ok_or_else(refused)
}

/// The rows of a path, whatever the method.
pub(super) fn rows_at<'a, H>(
    routes: impl Iterator<Item = &'static Route<H>>,
    segments: &'a [String],
) -> Vec<RouteMatch<'a, H>> {
    let matching =
        |route| Some(RouteMatch { route, path_parameters: path_parameters(route.path, segments)? });
    let mut here: Vec<RouteMatch<'a, H>> = routes.filter_map(matching).collect();
    // A literal segment takes precedence over a parameter.
    let fewest = here.iter().map(|it| it.path_parameters.len()).min().unwrap_or_default();
    here.retain(|it| it.path_parameters.len() == fewest);
    here
}

/// The methods at one path in the format of `Allow`. A path with GET also answers HEAD.
pub(super) fn allowed<H: 'static>(routes: impl Iterator<Item = &'static Route<H>>) -> String {
    let named = |it: &Route<H>| if it.method == "GET" { "GET, HEAD" } else { it.method };
    routes.map(named).collect::<Vec<_>>().join(", ")
}

/// The method of a request; HEAD is read as GET.
pub(super) fn method(request: &HttpRequest) -> Method {
    if request.method() == Method::HEAD { Method::GET } else { request.method().clone() }
}

/// The decoded segments of a path, without empty ones.
pub(super) fn segments(path: &str) -> Vec<String> {
    path.split('/').filter(|it| !it.is_empty()).map(segment).collect()
}

/// A decoded segment of a path. In a path, `+` is not a blank.
pub(super) fn segment(text: &str) -> String {
    decode_segment(text)
}

/// The 404 for an unknown address, with known addresses that begin in the same way.
fn unknown(
    patterns: impl Iterator<Item = &'static str> + Clone,
    segments: &[String],
) -> ProblemDetails {
    let right = patterns.clone().map(|it| agreeing(it, segments)).max().unwrap_or_default();
    // The index has an empty path.
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

/// How many segments at the beginning of the path match a pattern.
fn agreeing(pattern: &str, segments: &[String]) -> usize {
    let both = pattern.split('/').zip(segments);
    both.take_while(|(part, segment)| part.starts_with('{') || part == segment).count()
}

/// The 405 for an address that has only other methods.
fn method_not_allowed(method: &str, allowed: &str) -> ProblemDetails {
    let detail = format!("{method} is not allowed here, expected {allowed}");
    ProblemDetails::new(405, "method-not-allowed", detail).header("allow", allowed)
}

/// The values of the parameters of a pattern, if the path matches it.
fn path_parameters<'a>(pattern: &str, segments: &'a [String]) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split('/').filter(|it| !it.is_empty());
    let mut path_parameters = Vec::new();
    for segment in segments {
        let part = parts.next()?;
        if part.starts_with('{') {
            path_parameters.push(segment.as_str());
        } else if part != segment {
            return None;
        }
    }
    parts.next().is_none().then_some(path_parameters)
}
