//! The shapes of SCIM resources, from their schemas.

use serde_json::{Map, Value as Json, json};

use crate::scim::{AttributeDefinition, AttributeType, ResourceType, Returned, Schemas, Target};

/// Whether a shape is for a resource in an answer or in a request.
#[derive(Clone, Copy, PartialEq)]
enum ShapeDirection {
    Answered,
    Sent,
}

/// The shapes of each resource type: in an answer, where only `schemas` and `id` are always present, and in
/// a request (`NewUser`), with its required attributes.
pub(super) fn of(schemas: &Schemas) -> Map<String, Json> {
    let both = |it: &ResourceType| {
        let mut answered = shape(it, ShapeDirection::Answered);
        answered["required"] = json!(["schemas", "id"]);
        [
            (it.name.to_string(), answered),
            (format!("New{}", it.name), shape(it, ShapeDirection::Sent)),
        ]
    };
    schemas.resource_types().iter().flat_map(|it| both(it)).collect()
}

fn shape(of: &ResourceType, form: ShapeDirection) -> Json {
    let core = of.core_attributes().iter().map(|it: &Target| &*it.definition);
    let mut object = properties(core, form);
    for extension in &of.extensions {
        let attributes = extension.schema.attributes.iter().map(|it| &**it);
        object["properties"][&*extension.schema.id] = properties(attributes, form);
    }
    object["properties"]["schemas"] = json!({"type": "array", "items": {"type": "string"}});
    object
}

fn properties<'a>(
    attributes: impl Iterator<Item = &'a AttributeDefinition>,
    form: ShapeDirection,
) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for it in attributes {
        // The services accept a body without `schemas` and record a finding.
        let is_required = it.is_required() && **it.name() != *"schemas";
        if form == ShapeDirection::Sent && is_required && !it.is_read_only() {
            required.push(it.name().to_string());
        }
        properties.insert(it.name().to_string(), property(it, form));
    }
    json!({"type": "object", "properties": properties, "required": required})
}

/// An attribute as JSON Schema.
fn property(of: &AttributeDefinition, form: ShapeDirection) -> Json {
    let mut one = match of.kind() {
        AttributeType::Complex => properties(of.sub_attributes().iter().map(|it| &**it), form),
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
