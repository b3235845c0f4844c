//! The schemas that every tenant has, from `fixtures/schemas/`.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, de::DeserializeOwned};

use super::{AttributeDefinition, ResourceTypeEntry, Schema, Schemas};

/// What every tenant has, before it is put together.
pub(super) struct BuiltIn {
    /// The attributes of every resource (RFC 7643 §3 and §3.1).
    pub(super) common: Vec<Arc<AttributeDefinition>>,
    pub(super) schemas: Vec<Arc<Schema>>,
    pub(super) resource_types: Vec<ResourceTypeEntry>,
}

/// The files of the built-in schemas in the order in which they are served.
const FILES: [&str; 7] = [
    include_str!("../../../../fixtures/schemas/user.json"),
    include_str!("../../../../fixtures/schemas/group.json"),
    include_str!("../../../../fixtures/schemas/enterprise-user.json"),
    include_str!("../../../../fixtures/schemas/medius-user.json"),
    include_str!("../../../../fixtures/schemas/service-provider-config-schema.json"),
    include_str!("../../../../fixtures/schemas/resource-type-schema.json"),
    include_str!("../../../../fixtures/schemas/schema-schema.json"),
];
const COMMON: &str = include_str!("../../../../fixtures/schemas/common.json");
const RESOURCE_TYPES: &str = include_str!("../../../../fixtures/schemas/resource-types.json");

#[derive(Deserialize)]
struct Common {
    attributes: Vec<Arc<AttributeDefinition>>,
}

/// Read once: every tenant shares them.
pub(super) static BUILT_IN: LazyLock<BuiltIn> = LazyLock::new(|| BuiltIn {
    common: read::<Common>(COMMON).attributes,
    schemas: FILES.map(|text| Arc::new(read::<Schema>(text))).into(),
    resource_types: read(RESOURCE_TYPES),
});

static ALONE: LazyLock<Schemas> =
    LazyLock::new(|| Schemas::extended(&[]).expect("a test puts the built-in ones together"));

fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("a test reads every file")
}

impl Schemas {
    /// The schemas and resource types of the tutorial: users with the enterprise and the Medius
    /// extension, and groups.
    ///
    /// # Panics
    ///
    /// Never: the files are part of the program, and a test reads them.
    pub fn builtin() -> Self {
        ALONE.clone()
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
