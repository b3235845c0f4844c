//! The target schemas of this crate's tests.

use scim_engine::Schemas;
use serde_json::{Value as Json, json};

/// The schemas of MediusFlow that this crate's tests need.
pub(crate) fn mediusflow() -> Schemas {
    let schema = include_str!("../../../fixtures/schemas/medius-user.json");
    let schema: Json = serde_json::from_str(schema).unwrap();
    let attached = json!({"resourceType": "User", "schema": schema["id"]});
    let bundle = json!({"schemas": [schema], "schemaExtensions": [attached]});
    Schemas::rfc().with_built_in(&serde_json::from_value(bundle).unwrap()).unwrap()
}
