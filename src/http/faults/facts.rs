//! Describes a request in the terms of fault rules.

use serde_json::Value as Json;
use smol_str::SmolStr;

use super::Call;
use crate::{
    fault::RequestFacts,
    http::{admin, api::TenantApi, scim},
    journal::Operation,
    scim::{Resource, Schemas, fold},
};

/// The attributes with which people name a resource.
const NAMES: [&str; 3] = ["userName", "displayName", "externalId"];

/// The operations on a resource, in the terms of rules.
const VERBS: [(Operation, &str); 6] = [
    (Operation::Create, "create"),
    (Operation::Get, "get"),
    (Operation::List, "list"),
    (Operation::Replace, "replace"),
    (Operation::Modify, "patch"),
    (Operation::Delete, "delete"),
];

/// What can be done in a sign-in, in the terms of rules.
#[cfg(feature = "web")]
const SIGN_IN: &[&str] = &[
    "authorize",
    "token",
    "keys",
    "metadata",
    "callback",
    "userinfo",
    "local",
    "logout",
    "signout",
];
#[cfg(not(feature = "web"))]
const SIGN_IN: &[&str] = &[];

/// Every operation of a tenant with these schemas, in the terms of rules.
pub(crate) fn known_operations(schemas: &Schemas) -> Vec<String> {
    let types = schemas.resource_types().iter().map(|it| it.name.to_lowercase());
    let verbs = types.flat_map(|kind| VERBS.map(|(_, verb)| format!("{kind}.{verb}")));
    let others = ["group.members.add", "group.members.remove", "bulk", "search", "discovery"];
    let admin = admin::first_segments().map(|it| format!("admin.{it}"));
    let unknown = ["admin.authenticate", "unknown"].map(str::to_owned);
    let sign_in = SIGN_IN.iter().map(|it| format!("signin.{it}"));
    verbs.chain(others.map(str::to_owned)).chain(admin).chain(sign_in).chain(unknown).collect()
}

/// The properties of a request that rules test.
pub(super) fn of<'a>(call: &'a Call<'_>, api: TenantApi, path: &'a str) -> RequestFacts<'a> {
    let text = std::str::from_utf8(&call.body).unwrap_or_default();
    let json: Option<Json> = serde_json::from_str(text).ok();
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let operations = match api {
        TenantApi::Scim => scim_operations(call, &segments, json.as_ref()),
        TenantApi::Admin => vec![format!("admin.{}", segments.first().unwrap_or(&"unknown"))],
        #[cfg(feature = "web")]
        TenantApi::SignIn(step) => vec![format!("signin.{}", step.name)],
    };
    let names = names(call, &segments, json.as_ref());
    RequestFacts {
        operations,
        subject: names
            .first()
            .cloned()
            // Without a name, equal requests have the same subject.
            .unwrap_or_else(|| SmolStr::new([path, "?", &call.query, text].concat())),
        names,
        method: call.method.as_str(),
        path,
        tail: format!("/{}", segments.join("/")),
        headers: call
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect(),
        text,
        is_read: call.method == "GET" || segments.last() == Some(&".search"),
        is_scim: api == TenantApi::Scim,
        json,
    }
}

fn scim_operations(call: &Call<'_>, segments: &[&str], json: Option<&Json>) -> Vec<String> {
    let state = call.state();
    let kind = segments.first().and_then(|it| state.profile().schemas.endpoint(it));
    let kind = kind.map(|it| it.name.to_lowercase());
    let operation = scim::operation(call, segments);
    let verb = VERBS.iter().find(|(it, _)| *it == operation).map(|it| it.1);
    match (operation, kind, verb) {
        (Operation::Discover, ..) => vec!["discovery".into()],
        (Operation::Bulk, ..) => vec!["bulk".into()],
        (Operation::Find, ..) => vec!["search".into()],
        (Operation::List, None, _) if segments.is_empty() => vec!["search".into()],
        (Operation::Modify, Some(kind), Some(verb)) if kind == "group" => {
            let changes = json.map(member_changes).unwrap_or_default();
            [format!("{kind}.{verb}")].into_iter().chain(changes).collect()
        }
        (_, Some(kind), Some(verb)) => vec![format!("{kind}.{verb}")],
        _ => vec!["unknown".into()],
    }
}

/// The changes of members in a PATCH, as far as its operations show without being applied.
fn member_changes(body: &Json) -> Vec<String> {
    let operations = ["Operations", "operations"].iter().find_map(|it| body.get(it)?.as_array());
    let mut changes = Vec::new();
    for it in operations.into_iter().flatten() {
        let text = |name: &str| it.get(name).and_then(Json::as_str).unwrap_or_default();
        let is_members = text("path").to_ascii_lowercase().starts_with("members")
            || it.get("value").is_some_and(|it| it.get("members").is_some());
        let verb = text("op").to_ascii_lowercase();
        if is_members && matches!(verb.as_str(), "add" | "remove") {
            changes.push(format!("group.members.{verb}"));
        }
    }
    changes.dedup();
    changes
}

/// The case-folded id and names of the resource of a request: the current ones, and those in the body.
fn names(call: &Call<'_>, segments: &[&str], json: Option<&Json>) -> Vec<SmolStr> {
    let state = call.state();
    let mut names = Vec::new();
    if let [endpoint, id, ..] = segments {
        names.push(fold(id));
        let kind = state.profile().schemas.endpoint(endpoint);
        let found = kind.and_then(|it| state.resources().get(&it.name, id));
        names.extend(found.into_iter().flat_map(|it| own_names(it)));
    }
    let sent = |name: &&str| json?.get(name)?.as_str().map(fold);
    names.extend(NAMES.iter().filter_map(sent));
    names
}

fn own_names(resource: &Resource) -> impl Iterator<Item = SmolStr> {
    NAMES.iter().filter_map(|name| resource.value(None, name)?.as_text().map(|it| fold(it)))
}
