//! References to resources that the same request creates: `bulkId:qwerty`
//! ([RFC 7644 §3.7.2](https://www.rfc-editor.org/rfc/rfc7644#section-3.7.2)).

use std::{borrow::Cow, collections::HashSet};

use serde_json::{Map, Value as Json};
use smol_str::SmolStr;

use super::BulkTask;

/// The names of resources to which one operation refers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// The name in its path. The operation cannot be done before this name has an id.
    pub path: Option<SmolStr>,
    /// The names in its data, each once.
    pub data: Vec<SmolStr>,
}

/// The prefix of a name.
const PREFIX: &str = "bulkId:";

impl BulkTask {
    /// The names that it refers to.
    pub fn references(&self) -> References {
        let (mut data, mut seen) = (Vec::new(), HashSet::new());
        visit(&self.data, &mut |name| {
            if seen.insert(name) {
                data.push(SmolStr::new(name));
            }
        });
        References { path: self.id.strip_prefix(PREFIX).map(SmolStr::new), data }
    }

    /// Its data, in which each name that has an id is replaced by the id.
    pub fn resolved(&self, id_of: &dyn Fn(&str) -> Option<SmolStr>) -> Json {
        resolve(&self.data, id_of)
    }

    /// Its data in two parts, so that the resource can be created before those that it refers to.
    /// The first part has none of the open names; the second part is added when they have ids.
    pub fn split(&self, is_open: &dyn Fn(&str) -> bool) -> (Json, Json) {
        let (now, later) = split(&self.data, is_open);
        let object = |it: Option<Json>| it.unwrap_or_else(|| Json::Object(Map::new()));
        (object(now), object(later))
    }
}

/// The data, in which each name that has an id is replaced by the id.
pub fn resolve(data: &Json, id_of: &dyn Fn(&str) -> Option<SmolStr>) -> Json {
    match data {
        Json::String(text) => {
            let id = text.strip_prefix(PREFIX).and_then(id_of);
            Json::String(id.map_or_else(|| text.clone(), Into::into))
        }
        Json::Array(values) => values.iter().map(|it| resolve(it, id_of)).collect(),
        Json::Object(members) => {
            let resolved = |(key, it): (&String, &Json)| {
                let it = match it {
                    Json::String(path) if key.eq_ignore_ascii_case("path") => {
                        Json::String(resolve_path(path, id_of).into_owned())
                    }
                    Json::String(address) if key.eq_ignore_ascii_case("$ref") => {
                        Json::String(resolve_address(address, id_of))
                    }
                    it => resolve(it, id_of),
                };
                (key.clone(), it)
            };
            Json::Object(members.iter().map(resolved).collect())
        }
        simple => simple.clone(),
    }
}

/// Calls a function with every name in the data.
fn visit<'a>(data: &'a Json, found: &mut dyn FnMut(&'a str)) {
    match data {
        Json::String(text) => {
            if let Some(name) = text.strip_prefix(PREFIX) {
                found(name);
            }
        }
        Json::Array(values) => values.iter().for_each(|it| visit(it, found)),
        Json::Object(members) => {
            for (key, value) in members {
                match value {
                    Json::String(path) if key.eq_ignore_ascii_case("path") => {
                        quoted(path).for_each(|(_, name)| found(name));
                    }
                    Json::String(address) if key.eq_ignore_ascii_case("$ref") => {
                        if let Some((_, name)) = addressed(address) {
                            found(name);
                        }
                    }
                    value => visit(value, found),
                }
            }
        }
        _ => {}
    }
}

/// The names in the filter of a PATCH path, `members[value eq "bulkId:qwerty"]`, with the positions
/// of their prefixes.
fn quoted(path: &str) -> impl Iterator<Item = (usize, &str)> {
    let opening = ["\"", PREFIX].concat();
    let found = path.match_indices('"').filter(move |(at, _)| path[*at..].starts_with(&opening));
    found.filter_map(|(at, quote)| {
        let at = at + quote.len();
        let name = &path[at + PREFIX.len()..];
        Some((at, &name[..name.find('"')?]))
    })
}

fn resolve_path<'a>(path: &'a str, id_of: &dyn Fn(&str) -> Option<SmolStr>) -> Cow<'a, str> {
    let mut resolved = Cow::Borrowed(path);
    let found: Vec<(usize, &str)> = quoted(path).collect();
    // From the last to the first, so that the positions stay valid.
    for (at, name) in found.into_iter().rev() {
        if let Some(id) = id_of(name) {
            resolved.to_mut().replace_range(at..at + PREFIX.len() + name.len(), &id);
        }
    }
    resolved
}

/// The name at the end of an address, `../Users/bulkId:qwerty`, and the part before its prefix.
fn addressed(address: &str) -> Option<(&str, &str)> {
    let at = address.rfind('/').map_or(0, |slash| slash + 1);
    Some((&address[..at], address[at..].strip_prefix(PREFIX)?))
}

fn resolve_address(address: &str, id_of: &dyn Fn(&str) -> Option<SmolStr>) -> String {
    let resolved =
        addressed(address).and_then(|(before, name)| Some([before, &id_of(name)?].concat()));
    resolved.unwrap_or_else(|| address.to_owned())
}

/// Splits a value. A value that contains an open name, such as a member of a group, is not divided.
fn split(data: &Json, is_open: &dyn Fn(&str) -> bool) -> (Option<Json>, Option<Json>) {
    let is_reference = |it: &Json| {
        let text = it.as_str().or_else(|| it.get("value").and_then(Json::as_str));
        let address = || it.get("$ref").and_then(Json::as_str).and_then(addressed);
        let named = text.and_then(|it| it.strip_prefix(PREFIX));
        named.or_else(|| Some(address()?.1)).is_some_and(is_open)
    };
    match data {
        whole if is_reference(whole) => (None, Some(whole.clone())),
        Json::Object(members) => {
            let (mut now, mut later) = (Map::new(), Map::new());
            for (key, value) in members {
                let (kept, open) = split(value, is_open);
                now.extend(kept.map(|it| (key.clone(), it)));
                later.extend(open.map(|it| (key.clone(), it)));
            }
            (Some(Json::Object(now)), (!later.is_empty()).then_some(Json::Object(later)))
        }
        Json::Array(values) => {
            let parts: Vec<_> = values.iter().map(|it| split(it, is_open)).collect();
            let (kept, open): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
            let open: Vec<Json> = open.into_iter().flatten().collect();
            let kept = Json::Array(kept.into_iter().flatten().collect());
            (Some(kept), (!open.is_empty()).then_some(Json::Array(open)))
        }
        simple => (Some(simple.clone()), None),
    }
}
