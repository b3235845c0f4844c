//! The SCIM service's addresses and what its resources look like, from the schemas.

use serde_json::{Map, Value as Json, json};

use super::{Page, page};
use crate::scim::{AttributeDefinition, AttributeType, ResourceType, Returned, Schemas, Target};

/// The query of a list (RFC 7644 §3.4.2, RFC 9865).
pub(super) const LIST: &str = "filter:string sortBy:string sortOrder:string startIndex:integer \
    count:integer cursor:string attributes:string excludedAttributes:string";

/// The query of a single resource (RFC 7644 §3.9).
pub(super) const SHOWN: &str = "attributes:string excludedAttributes:string";

/// The addresses that do not depend on resource types.
const COMMON: &[Page] = &[
    page(("GET", ""), "Finds resources of every type", (LIST, ""), (200, "ListResponse")),
    page(
        ("POST", ".search"),
        "Finds resources of every type (RFC 7644 §3.4.3)",
        ("", "SearchRequest"),
        (200, "ListResponse"),
    ),
    page(
        ("POST", "Bulk"),
        "Many operations in one request (RFC 7644 §3.7)",
        ("", "BulkRequest"),
        (200, "BulkResponse"),
    ),
    page(
        ("GET", "ServiceProviderConfig"),
        "What the service can do (RFC 7643 §5)",
        ("", ""),
        (200, "Object"),
    ),
    page(("GET", "ResourceTypes"), "The resource types", ("", ""), (200, "ListResponse")),
    page(("GET", "ResourceTypes/{name}"), "A resource type", ("", ""), (200, "Object")),
    page(("GET", "Schemas"), "The schemas", ("", ""), (200, "ListResponse")),
    page(("GET", "Schemas/{urn}"), "A schema", ("", ""), (200, "Object")),
    page(("GET", "Me"), "Who asks (RFC 7644 §3.11)", (SHOWN, ""), (200, "User")),
    page(("PUT", "Me"), "Replaces who asks", (SHOWN, "NewUser"), (200, "User")),
    page(("PATCH", "Me"), "Changes who asks", (SHOWN, "PatchOp"), (200, "User")),
    page(("DELETE", "Me"), "Deletes who asks", ("", ""), (204, "")),
];

/// Every address below `/{tenant}/scim/v2`.
pub(super) fn pages(schemas: &Schemas) -> Vec<Page> {
    let types = schemas.resource_types().iter();
    let mut all: Vec<Page> = types.flat_map(|it| of_type(it)).collect();
    all.extend(COMMON.iter().map(|it| Page { ..*it }));
    all
}

fn of_type(of: &ResourceType) -> [Page; 7] {
    let (list, one, search): (&str, &str, &str) = match of.name.as_str() {
        "User" => ("Users", "Users/{id}", "Users/.search"),
        _ => ("Groups", "Groups/{id}", "Groups/.search"),
    };
    let (new, shape) = if of.name == "User" { ("NewUser", "User") } else { ("NewGroup", "Group") };
    [
        page(("GET", list), "Lists or finds them", (LIST, ""), (200, "ListResponse")),
        page(("POST", list), "Makes one", (SHOWN, new), (201, shape)),
        page(("POST", search), "Finds them", ("", "SearchRequest"), (200, "ListResponse")),
        page(("GET", one), "Answers one", (SHOWN, ""), (200, shape)),
        page(("PUT", one), "Replaces one", (SHOWN, new), (200, shape)),
        page(("PATCH", one), "Changes one", (SHOWN, "PatchOp"), (200, shape)),
        page(("DELETE", one), "Deletes one", ("", ""), (204, "")),
    ]
}

/// What each resource type looks like: as it is answered, where the client may have left out any of it
/// but `id`, and as it is sent (`NewUser`), with all that it has to have.
pub(super) fn shapes(schemas: &Schemas) -> Map<String, Json> {
    let both = |it: &ResourceType| {
        let mut answered = shape(it, false);
        answered["required"] = json!(["schemas", "id"]);
        [(it.name.to_string(), answered), (format!("New{}", it.name), shape(it, true))]
    };
    schemas.resource_types().iter().flat_map(|it| both(it)).collect()
}

fn shape(of: &ResourceType, is_sent: bool) -> Json {
    let core = of.core_attributes().iter().map(|it: &Target| &*it.definition);
    let mut object = properties(core, is_sent);
    for extension in &of.extensions {
        let attributes = extension.schema.attributes.iter().map(|it| &**it);
        object["properties"][&*extension.schema.id] = properties(attributes, is_sent);
    }
    object["properties"]["schemas"] = json!({"type": "array", "items": {"type": "string"}});
    object
}

fn properties<'a>(
    attributes: impl Iterator<Item = &'a AttributeDefinition>,
    is_sent: bool,
) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for it in attributes {
        // The services take a body without `schemas`, and say so as a finding.
        let is_required = it.is_required() && **it.name() != *"schemas";
        if is_sent && is_required && !it.is_read_only() {
            required.push(it.name().to_string());
        }
        properties.insert(it.name().to_string(), property(it, is_sent));
    }
    json!({"type": "object", "properties": properties, "required": required})
}

/// An attribute as JSON Schema has it.
fn property(of: &AttributeDefinition, is_sent: bool) -> Json {
    let mut one = match of.kind() {
        AttributeType::Complex => properties(of.sub_attributes().iter().map(|it| &**it), is_sent),
        AttributeType::Boolean => json!({"type": "boolean"}),
        AttributeType::Integer => json!({"type": "integer"}),
        AttributeType::Decimal => json!({"type": "number"}),
        AttributeType::DateTime => json!({"type": "string", "format": "date-time"}),
        AttributeType::Binary => json!({"type": "string", "contentEncoding": "base64"}),
        AttributeType::Reference | AttributeType::String => json!({"type": "string"}),
    };
    if of.is_multi_valued() {
        one = json!({"type": "array", "items": one});
    }
    if of.is_read_only() {
        one["readOnly"] = true.into();
    }
    if of.returned() == Returned::Never {
        one["writeOnly"] = true.into();
    }
    one
}
