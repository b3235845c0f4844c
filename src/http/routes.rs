//! Tables of addresses: a method, a path with holes, what answers.

use actix_web::http::Method;

use super::problem::{Problem, UNKNOWN_ADDRESS};
use crate::scim::nearest;

/// One address of an API: a method, a path (`{id}` and the like stand for one segment), what answers.
pub(super) struct Route<H>(pub(super) Method, pub(super) &'static str, pub(super) H);

/// The segments that stand for the holes of a path, in their order.
pub(super) type Holes<'a> = Vec<&'a str>;

/// What answers at a path, its pattern in the table, and the segments in its holes.
pub(super) type Found<'a, H> = (&'static H, &'static str, Holes<'a>);

/// What answers at a path.
///
/// # Errors
///
/// 404 `unknown-address` that names what there is, 405 that names the methods.
pub(super) fn find<'a, H: 'static>(
    routes: impl Iterator<Item = &'static Route<H>> + Clone,
    method: &Method,
    segments: &'a [String],
) -> Result<Found<'a, H>, Problem> {
    let mut here: Vec<(&Route<H>, Holes<'a>)> = routes
        .clone()
        .filter_map(|route| matched(route.1, segments).map(|holes| (route, holes)))
        .collect();
    // A segment that is named in full is meant before any hole.
    let fewest = here.iter().map(|(_, holes)| holes.len()).min().unwrap_or_default();
    here.retain(|(_, holes)| holes.len() == fewest);
    if here.is_empty() {
        return Err(unknown(routes.map(|it| it.1), segments));
    }
    let methods: Vec<&str> = here.iter().map(|(route, _)| route.0.as_str()).collect();
    let refused = || method_not_allowed(method, &methods.join(", "));
    let open = here.into_iter().find(|(route, _)| route.0 == *method);
    open.map(|(route, holes)| (&route.2, route.1, holes)).ok_or_else(refused)
}

/// The 404 of an address that is none, with those that begin as it does.
fn unknown(patterns: impl Iterator<Item = &'static str> + Clone, segments: &[String]) -> Problem {
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
    let detail = format!("nothing answers at {path:?}; there are: {}", known.join(", "));
    let problem = Problem::new(404, UNKNOWN_ADDRESS, detail);
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
pub(super) fn method_not_allowed(method: &Method, allowed: &str) -> Problem {
    let detail = format!("{method} is not allowed here, expected {allowed}");
    Problem::new(405, "method-not-allowed", detail).header("allow", allowed)
}

/// The segments in the holes of a pattern, if the path matches it.
fn matched<'a>(pattern: &str, segments: &'a [String]) -> Option<Holes<'a>> {
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
