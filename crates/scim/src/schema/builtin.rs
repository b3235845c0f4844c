//! The built-in schemas: those of the RFC, from `schemas/`, and those that a server adds. Tenants
//! cannot redefine them.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, de::DeserializeOwned};

use super::{AttributeDefinition, ResourceTypeEntry, Schema, Schemas};
use crate::urn;

/// The schemas and resource types that cannot be redefined, before they are combined.
#[derive(Debug)]
pub(super) struct BuiltIn {
    pub(super) schemas: Vec<Arc<Schema>>,
    pub(super) resource_types: Vec<ResourceTypeEntry>,
}

/// The files of the RFC's schemas in the order in which they are served.
const FILES: [&str; 6] = [
    include_str!("../../schemas/user.json"),
    include_str!("../../schemas/group.json"),
    include_str!("../../schemas/enterprise-user.json"),
    include_str!("../../schemas/service-provider-config-schema.json"),
    include_str!("../../schemas/resource-type-schema.json"),
    include_str!("../../schemas/schema-schema.json"),
];

#[derive(Deserialize)]
struct Common {
    attributes: Vec<Arc<AttributeDefinition>>,
}

/// The attributes of every resource (RFC 7643 §3 and §3.1).
pub(super) static COMMON: LazyLock<Vec<Arc<AttributeDefinition>>> =
    LazyLock::new(|| read::<Common>(include_str!("../../schemas/common.json")).attributes);

/// They are read once. Copies share them.
static RFC: LazyLock<Schemas> = LazyLock::new(|| {
    let schemas = FILES.map(|text| Arc::new(read::<Schema>(text))).into();
    let resource_types = read(include_str!("../../schemas/resource-types.json"));
    Schemas::of(BuiltIn::new(schemas, resource_types))
});

fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("a test reads every file")
}

impl BuiltIn {
    /// The schemas of resources come first, then those of the discovery endpoints.
    pub(super) fn new(
        mut schemas: Vec<Arc<Schema>>,
        resource_types: Vec<ResourceTypeEntry>,
    ) -> Arc<Self> {
        let discovery = [urn::SERVICE_PROVIDER_CONFIG, urn::RESOURCE_TYPE, urn::SCHEMA];
        schemas.sort_by_key(|it| discovery.contains(&&*it.id));
        Arc::new(Self { schemas, resource_types })
    }
}

impl Schemas {
    /// The schemas of RFC 7643: users with the enterprise extension, and groups.
    ///
    /// # Panics
    ///
    /// Never: the files are part of the crate, and a test reads them.
    pub fn rfc() -> Self {
        RFC.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_schemas_fit_together() {
        let schemas = Schemas::rfc();

        let names: Vec<_> = schemas.resource_types().iter().map(|it| &*it.name).collect();
        assert_eq!(names, ["User", "Group"]);
    }
}
