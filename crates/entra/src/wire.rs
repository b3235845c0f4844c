//! The requests of the provisioning service: bodies and queries, in both dialects of PATCH.
//!
//! Each form has a recording in `fixtures/entra/`.

mod read;
mod roles;

use std::fmt::Write as _;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json, json};

use super::attributes::ObjectType;
use super::configuration::Flag;
use super::mapping::{AttributeMapping, FlowValue, RoleWrite};
pub(super) use read::{FoundResources, MANAGER, found, is_error, known, resource_id};
pub(super) use roles::{has_roles, other_roles, patch_roles};
use scim_engine::{CompareOp, CompareValue, Filter, PatchPath, is_same, urn};

/// The second schema that Entra lists for a group.
const AD_GROUP: &str = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

use roles::{ROLE, give_type, role};

/// The dialect of PATCH (COMPAT).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PatchDialect {
    /// `"Replace"` with one operation per attribute, and `"False"` for false.
    Default,
    /// With the flag `aadOptscim062020`: close to RFC 7644.
    Rfc,
}

impl PatchDialect {
    /// The dialect of a Tenant URL's flag.
    pub(super) fn of(flag: Option<Flag>) -> Self {
        match flag {
            Some(Flag::AadOptscim062020) => Self::Rfc,
            Some(Flag::AzureAdScimPatch2017) | None => Self::Default,
        }
    }

    fn op(self, name: &'static str) -> &'static str {
        match (self, name) {
            (Self::Default, "add") => "Add",
            (Self::Default, "remove") => "Remove",
            (Self::Default, _) => "Replace",
            (Self::Rfc, _) => name,
        }
    }
}

/// A value to write, and whether the target has another one already.
#[derive(Clone, Debug)]
pub(super) struct Write<'m> {
    pub(super) mapping: &'m AttributeMapping,
    pub(super) value: Json,
    /// Whether the target has no known value.
    pub(super) is_new: bool,
}

/// The JSON of a value; `None` for references, which are written separately. Roles have the form of
/// a POST.
pub(super) fn json_of(value: &FlowValue) -> Option<Json> {
    Some(match value {
        FlowValue::Text(text) => Json::from(text.as_str()),
        FlowValue::Boolean(it) => Json::from(*it),
        FlowValue::Integer(number) => Json::from(*number),
        FlowValue::List(texts) => texts.iter().map(|it| Json::from(it.as_str())).collect(),
        FlowValue::Roles(roles, RoleWrite::Single) => Json::from(roles.first()?.name().as_str()),
        FlowValue::Roles(roles, how) => roles.iter().map(|it| role(it, *how)).collect(),
        FlowValue::FirstUnique(texts) => Json::from(texts.first()?.as_str()),
        FlowValue::Reference(_) | FlowValue::References(_) => return None,
    })
}

/// A body with its members in the order of Microsoft's samples: `schemas` first, and in a role the
/// members that are the same in all roles.
pub(super) struct OrderedBody<'a>(pub(super) &'a Json);

impl Serialize for OrderedBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Json::Object(members) => {
                let is_role = members.get("type").is_some_and(|it| it == ROLE);
                let rank = |name: &str| match name {
                    "schemas" => 0,
                    "primary" if is_role => 1,
                    "type" if is_role => 2,
                    _ => 3,
                };
                let mut members: Vec<_> = members.iter().collect();
                members.sort_by_key(|(name, _)| rank(name));
                serializer
                    .collect_map(members.into_iter().map(|(name, it)| (name, OrderedBody(it))))
            }
            Json::Array(all) => serializer.collect_seq(all.iter().map(OrderedBody)),
            other => other.serialize(serializer),
        }
    }
}

/// The body of a POST. `schemas` always lists the enterprise extension and never a custom one
/// (MAP). A new group has no members.
pub(super) fn create(of: ObjectType, writes: &[Write<'_>]) -> Json {
    let (schemas, kind) = match of {
        ObjectType::User => ([urn::USER, urn::ENTERPRISE_USER], "User"),
        ObjectType::Group => ([urn::GROUP, AD_GROUP], "Group"),
    };
    let mut body = json!({ "schemas": schemas, "meta": { "resourceType": kind } });
    let map = body.as_object_mut().expect("it was made as an object");
    for write in writes {
        set_value(map, &write.mapping.path, &write.value);
        if write.mapping.single_role().is_some() {
            give_type(map);
        }
    }
    body
}

fn set_value(map: &mut Map<String, Json>, path: &PatchPath, value: &Json) {
    match path {
        PatchPath::Attribute(attr) => {
            let own = attr.schema.as_deref().filter(|it| !is_core(it));
            let map = match own {
                Some(schema) => object(map, schema),
                None => map,
            };
            match &attr.sub {
                Some(sub) => drop(object(map, &attr.name).insert(sub.to_string(), value.clone())),
                None => drop(map.insert(attr.name.to_string(), value.clone())),
            }
        }
        PatchPath::Values(values, sub) => {
            let selectors = selectors(&values.filter);
            let list = map.entry(values.attr.name.as_str()).or_insert_with(|| json!([]));
            let Some(list) = list.as_array_mut() else { return };
            let chosen = list.iter().position(|it| selects(&selectors, it));
            let place = chosen.unwrap_or_else(|| {
                let mut new: Map<String, Json> = selectors.clone().into_iter().collect();
                if list.is_empty() {
                    new.entry("primary").or_insert(Json::Bool(true));
                }
                list.push(Json::Object(new));
                list.len() - 1
            });
            if let Some(element) = list[place].as_object_mut() {
                let sub = sub.as_deref().unwrap_or("value");
                element.insert(sub.into(), value.clone());
            }
        }
        PatchPath::Extension(urn) => drop(map.insert(urn.to_string(), value.clone())),
    }
}

fn object<'a>(map: &'a mut Map<String, Json>, name: &str) -> &'a mut Map<String, Json> {
    let slot = map.entry(name).or_insert_with(|| json!({}));
    if !slot.is_object() {
        *slot = json!({});
    }
    slot.as_object_mut().expect("it is an object now")
}

fn is_core(schema: &str) -> bool {
    is_same(schema, urn::USER) || is_same(schema, urn::GROUP)
}

/// The sub-attributes that a value path sets: `[type eq "work"]` creates a value of that type.
fn selectors(filter: &Filter) -> Vec<(String, Json)> {
    match filter {
        Filter::Compare(attr, CompareOp::Eq, value) => {
            let value = match value {
                CompareValue::Boolean(it) => Json::from(*it),
                CompareValue::Integer(number) => Json::from(*number),
                CompareValue::Text(text) => Json::from(text.as_str()),
                CompareValue::Null | CompareValue::Decimal(_) => return Vec::new(),
            };
            vec![(attr.name.to_string(), value)]
        }
        Filter::And(all) => all.iter().flat_map(selectors).collect(),
        _ => Vec::new(),
    }
}

fn selects(selectors: &[(String, Json)], element: &Json) -> bool {
    let holds = |(name, wanted): &(String, Json)| match (read::member(element, name), wanted) {
        (Some(Json::String(found)), Json::String(wanted)) => is_same(found, wanted),
        (Some(Json::String(found)), Json::Bool(wanted)) => is_same(found, &wanted.to_string()),
        (found, wanted) => found == Some(wanted),
    };
    selectors.iter().all(holds)
}

/// The PATCH of changed attributes. With the flag, `active` and values selected by a filter have
/// operations of their own. All other values are in one operation whose value has paths as keys.
pub(super) fn patch(dialect: PatchDialect, writes: &[Write<'_>]) -> Json {
    let mut operations = Vec::new();
    let mut together = Map::new();
    for write in writes {
        let path = write.mapping.target.as_str();
        let alone = !matches!(write.mapping.path, PatchPath::Attribute(_)) || path == "active";
        if dialect == PatchDialect::Rfc && !write.is_new && !alone {
            together.insert(path.into(), write.value.clone());
            continue;
        }
        let value = match (dialect, &write.value) {
            (PatchDialect::Default, Json::Bool(true)) => Json::from("True"),
            (PatchDialect::Default, Json::Bool(false)) => Json::from("False"),
            (_, value) => value.clone(),
        };
        let op = dialect.op(if write.is_new { "add" } else { "replace" });
        operations.push(json!({ "op": op, "path": path, "value": value }));
    }
    if !together.is_empty() {
        operations.push(json!({ "op": "replace", "value": together }));
    }
    patch_op(operations)
}

/// The reference from one user to another: a plain text without the flag, a complex value with it.
pub(super) fn set_reference(dialect: PatchDialect, target: &str, id: &str) -> Json {
    let value = match dialect {
        PatchDialect::Default => json!(id),
        PatchDialect::Rfc => json!({ "value": id }),
    };
    patch_op(vec![json!({ "op": dialect.op("add"), "path": target, "value": value })])
}

/// Removes a manager: by a value filter on the single value without the flag, by an empty value, as
/// in Microsoft's validator, with it.
pub(super) fn remove_reference(dialect: PatchDialect, target: &str, id: &str) -> Json {
    patch_op(vec![match dialect {
        PatchDialect::Default => {
            let path = format!("{target}[value eq {}]", Json::from(id));
            json!({ "op": "Remove", "path": path })
        }
        PatchDialect::Rfc => json!({ "op": "replace", "path": target, "value": { "value": "" } }),
    }])
}

/// Adds members to a group.
pub(super) fn add_members(dialect: PatchDialect, target: &str, ids: &[&str]) -> Json {
    let value = references(dialect, ids);
    patch_op(vec![json!({ "op": dialect.op("add"), "path": target, "value": value })])
}

/// Removes members from a group. Without the flag the value names them, which RFC 7644 does not
/// define.
pub(super) fn remove_members(dialect: PatchDialect, target: &str, ids: &[&str]) -> Json {
    patch_op(match dialect {
        PatchDialect::Default => {
            let value = references(dialect, ids);
            vec![json!({ "op": "Remove", "path": target, "value": value })]
        }
        PatchDialect::Rfc => ids
            .iter()
            .map(|id| {
                let path = format!("{target}[value eq {}]", Json::from(*id));
                json!({ "op": "remove", "path": path })
            })
            .collect(),
    })
}

fn references(dialect: PatchDialect, ids: &[&str]) -> Vec<Json> {
    let one = |id: &&str| match dialect {
        PatchDialect::Default => json!({ "$ref": null, "value": id }),
        PatchDialect::Rfc => json!({ "value": id }),
    };
    ids.iter().map(one).collect()
}

fn patch_op(operations: Vec<Json>) -> Json {
    json!({ "schemas": [urn::PATCH_OP], "Operations": operations })
}

/// The query that looks for a match.
pub(super) fn match_query(of: ObjectType, target: &str, value: &Json) -> String {
    let value = match value {
        Json::String(_) => value.to_string(),
        other => Json::from(other.to_string()).to_string(),
    };
    let filter = in_query(&format!("{target} eq {value}"));
    match of {
        ObjectType::User => format!("filter={filter}"),
        ObjectType::Group => format!("excludedAttributes=members&filter={filter}"),
    }
}

/// The query for an existing reference (SCIM, Example 4).
pub(super) fn reference_query(id: &str, name: &str, other: &str) -> String {
    let (id, other) = (Json::from(id), Json::from(other));
    let filter = in_query(&format!("id eq {id} and {name} eq {other}"));
    format!("filter={filter}&attributes=id")
}

/// Encodes a text as Entra does: blanks as `+`, other special characters by their bytes.
pub(super) fn in_query(text: &str) -> String {
    let mut query = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => query.push('+'),
            b'-' | b'.' | b'_' | b'~' => query.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => query.push(byte.into()),
            _ => write!(query, "%{byte:02X}").expect("a String takes whatever is written"),
        }
    }
    query
}

/// An id as a part of a path.
pub(super) fn in_path(id: &str) -> String {
    in_query(id).replace('+', "%20")
}
