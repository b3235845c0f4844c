//! The schemas that every tenant has, from `fixtures/schemas/`.

use std::sync::Arc;

use serde::Deserialize;

use super::{AttributeDefinition, ResourceTypeEntry, Schema, Schemas};

/// The files of the built-in schemas in the order in which they are served.
const FILES: [&str; 7] = [
    include_str!("../../../fixtures/schemas/user.json"),
    include_str!("../../../fixtures/schemas/group.json"),
    include_str!("../../../fixtures/schemas/enterprise-user.json"),
    include_str!("../../../fixtures/schemas/medius-user.json"),
    include_str!("../../../fixtures/schemas/service-provider-config-schema.json"),
    include_str!("../../../fixtures/schemas/resource-type-schema.json"),
    include_str!("../../../fixtures/schemas/schema-schema.json"),
];
const COMMON: &str = include_str!("../../../fixtures/schemas/common.json");
const RESOURCE_TYPES: &str = include_str!("../../../fixtures/schemas/resource-types.json");

#[derive(Deserialize)]
struct Common {
    attributes: Vec<Arc<AttributeDefinition>>,
}

impl Schemas {
    /// The schemas and resource types of the tutorial: users with the enterprise and the Medius
    /// extension, and groups.
    ///
    /// # Panics
    ///
    /// Never: the files are part of the program, and a test reads them.
    pub fn builtin() -> Self {
        let schemas = FILES
            .iter()
            .map(|text| serde_json::from_str::<Schema>(text).expect("a test reads every file"))
            .collect();
        let common: Common = serde_json::from_str(COMMON).expect("a test reads it");
        let resource_types: Vec<ResourceTypeEntry> =
            serde_json::from_str(RESOURCE_TYPES).expect("a test reads it");
        Self::new(schemas, common.attributes, resource_types).expect("a test puts them together")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_schemas_fit_together() {
        let schemas = Schemas::builtin();

        let names: Vec<_> = schemas.resource_types().iter().map(|it| &*it.name).collect();
        assert_eq!(names, ["User", "Group"]);
    }
}
