//! All schemas and resource types of a tenant.

use std::{collections::HashMap, sync::Arc};

use smol_str::SmolStr;

use super::{
    AttributeDefinition, ResourceType, Schema, SchemaBundle, Uniqueness, builtin::BuiltIn,
};

/// The schemas and resource types of a tenant: the built-in ones, and those of its own
/// [bundles](SchemaBundle). A value of this type has no contradictions.
#[derive(Clone, Debug)]
pub struct Schemas {
    pub(super) built_in: Arc<BuiltIn>,
    pub(super) all: Vec<Arc<Schema>>,
    pub(super) resource_types: Vec<Arc<ResourceType>>,
    /// The index of each resource type by its name.
    pub(super) names: Arc<HashMap<SmolStr, usize>>,
    pub(super) urns: Vec<SmolStr>,
    pub(super) own: Arc<SchemaBundle>,
    pub(super) secrets: Arc<[SmolStr]>,
}

impl Schemas {
    /// All schemas, in the order in which they are served.
    pub fn schemas(&self) -> &[Arc<Schema>] {
        &self.all
    }

    /// The schema with this URN, ignoring case.
    pub fn schema(&self, urn: &str) -> Option<&Arc<Schema>> {
        self.all.iter().find(|it| it.id.eq_ignore_ascii_case(urn))
    }

    /// All resource types.
    pub fn resource_types(&self) -> &[Arc<ResourceType>] {
        &self.resource_types
    }

    /// The resource type with this name.
    pub fn resource_type(&self, name: &str) -> Option<&Arc<ResourceType>> {
        self.names.get(name).map(|at| &self.resource_types[*at])
    }

    /// The resource type with this endpoint, without the slash. Paths are compared with case.
    pub fn endpoint(&self, segment: &str) -> Option<&Arc<ResourceType>> {
        self.resource_types.iter().find(|it| it.endpoint.strip_prefix('/') == Some(segment))
    }

    /// The URNs of all schemas, which can be the prefix of a path.
    pub fn urns(&self) -> &[SmolStr] {
        &self.urns
    }

    /// The tenant's own schemas, as one bundle.
    pub fn own(&self) -> &SchemaBundle {
        &self.own
    }

    /// Whether this is the URN of one of the tenant's own schemas, ignoring case.
    pub fn is_own(&self, urn: &str) -> bool {
        self.own.schemas.iter().any(|it| it.id.eq_ignore_ascii_case(urn))
    }

    /// The names of the tenant's own attributes that are never returned, or have a sub-attribute
    /// that is never returned. They must be hidden everywhere.
    pub fn secrets(&self) -> &[SmolStr] {
        &self.secrets
    }

    /// The same schemas, with another uniqueness for one core attribute of a resource type.
    #[must_use]
    pub fn with_uniqueness(
        mut self,
        resource_type: &str,
        attribute: &str,
        uniqueness: Uniqueness,
    ) -> Self {
        for it in &mut self.resource_types {
            if it.name != resource_type {
                continue;
            }
            let resource_type = Arc::make_mut(it);
            let mut schema = Schema::clone(&resource_type.schema);
            let core = resource_type.attributes.iter_mut().filter(|it| it.extension.is_none());
            let served = core.map(|it| &mut it.definition).chain(&mut schema.attributes);
            for definition in served.filter(|it| it.is_named(attribute)) {
                let same = AttributeDefinition::clone(definition);
                *definition = Arc::new(same.with_uniqueness(uniqueness));
            }
            let schema = Arc::new(schema);
            for served in self.all.iter_mut().filter(|served| served.id == schema.id) {
                *served = schema.clone();
            }
            resource_type.schema = schema;
        }
        self
    }
}
