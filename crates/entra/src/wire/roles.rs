//! App roles as Microsoft's samples show them (MAP, "Provisioning a role to a SCIM app").

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::{PatchDialect, patch_op, read::member};
use crate::attributes::AppRole;
use crate::mapping::{AttributeMapping, RoleWrite};

/// The `type` of a role.
pub(super) const ROLE: &str = "WindowsAzureActiveDirectoryRole";

/// A role inside the text of a PATCH without the flag.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Text<'a> {
    id: &'a str,
    value: &'a str,
    display_name: &'a str,
}

/// A role as an object.
pub(super) fn role(role: &AppRole, how: RoleWrite) -> Json {
    let (name, shown) = (role.name().as_str(), role.display_name.as_str());
    match how {
        RoleWrite::Single => json!({ "primary": true, "type": ROLE, "value": name }),
        // "displayName" here and "display" below are as in Microsoft's samples.
        RoleWrite::Add => {
            json!({ "primary": false, "type": ROLE, "displayName": shown, "value": name })
        }
        RoleWrite::Replace => {
            json!({ "primary": false, "type": ROLE, "display": shown, "value": name })
        }
    }
}

/// Gives the primary role of a new user its type, if no mapping has.
pub(super) fn give_type(user: &mut Map<String, Json>) {
    let roles = user.get_mut("roles").and_then(Json::as_array_mut);
    for role in roles.into_iter().flatten().filter_map(Json::as_object_mut) {
        role.entry("type").or_insert_with(|| ROLE.into());
    }
}

/// The PATCH of roles. Without the flag each role is JSON inside a text, except in a replacement.
pub(crate) fn patch_roles(
    dialect: PatchDialect,
    mapping: &AttributeMapping,
    roles: &[AppRole],
    how: RoleWrite,
) -> Json {
    let single = mapping.single_role();
    let path = single.map_or_else(|| mapping.target.to_string(), |it| it.to_string());
    let objects = || roles.iter().map(|it| role(it, how)).collect::<Vec<_>>();
    patch_op(vec![match (how, dialect) {
        (RoleWrite::Replace, _) => json!({ "op": "replace", "path": path, "value": objects() }),
        (_, PatchDialect::Default) => {
            let texts: Vec<Json> = roles.iter().map(|it| json!({ "value": text(it) })).collect();
            json!({ "op": "Add", "path": path, "value": texts })
        }
        (_, PatchDialect::Rfc) => json!({ "op": "add", "path": path, "value": objects() }),
    }])
}

fn text(role: &AppRole) -> String {
    let (id, value, display_name) = (&*role.id, role.name().as_str(), &*role.display_name);
    serde_json::to_string(&Text { id, value, display_name }).expect("texts are JSON")
}

/// Whether a target has these roles: others may exist, unless the mapping replaces. For a single
/// role the last text decides; without one, the primary role.
pub(crate) fn has_roles(known: &Json, roles: &[AppRole], how: RoleWrite) -> bool {
    let found = each(known);
    let wanted: BTreeSet<&str> = roles.iter().map(|it| it.name().as_str()).collect();
    let names: Vec<String> = found.iter().filter_map(|it| name(it)).collect();
    let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    match how {
        RoleWrite::Add => wanted.is_subset(&names),
        RoleWrite::Replace => wanted == names,
        RoleWrite::Single => {
            let is_primary = |it: &&&Json| {
                it.is_string()
                    || member(it, "primary").is_some_and(|it| *it == true || *it == "True")
            };
            let last = found.iter().rev().find(|it| inner(it).is_some());
            let current = last.or_else(|| found.iter().find(is_primary));
            let current = current.and_then(|it| name(it));
            roles.first().is_some_and(|it| current.as_deref() == Some(it.name()))
        }
    }
}

/// The names of the other roles in the target.
pub(crate) fn other_roles(known: &Json, roles: &[AppRole]) -> Vec<String> {
    let names = each(known).into_iter().filter_map(name);
    let others: BTreeSet<String> =
        names.filter(|name| !roles.iter().any(|it| it.name().as_str() == name)).collect();
    others.into_iter().collect()
}

fn each(known: &Json) -> Vec<&Json> {
    match known {
        Json::Array(all) => all.iter().collect(),
        one => vec![one],
    }
}

/// The name of a role in the target's response.
fn name(role: &Json) -> Option<String> {
    let value = match role {
        Json::String(_) => role,
        _ => member(role, "value")?,
    };
    inner(role).or_else(|| value.as_str().map(str::to_owned))
}

/// The name inside the text of a PATCH, which a target stores unchanged.
fn inner(role: &Json) -> Option<String> {
    let text = member(role, "value")?.as_str()?;
    let inner: Json = serde_json::from_str(text).ok()?;
    inner.get("value")?.as_str().map(str::to_owned)
}
