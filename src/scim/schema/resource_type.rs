//! Resource types, and all that a tenant knows of schemas.

use std::sync::Arc;

use serde::Deserialize;
use smol_str::SmolStr;

use super::{AttributeDefinition, Schema, named};
use crate::scim::{path::AttrPath, value::Name};

/// A type of resource ([RFC 7643 §6](https://www.rfc-editor.org/rfc/rfc7643#section-6)): its
/// endpoint, its schema and its extensions.
#[derive(Clone, Debug)]
pub struct ResourceType {
    /// Its name, such as `User`.
    pub name: SmolStr,
    /// Its address below the base URL, such as `/Users`.
    pub endpoint: SmolStr,
    /// What it is for.
    pub description: String,
    /// Its core schema.
    pub schema: Arc<Schema>,
    /// What may be added to it.
    pub extensions: Vec<Extension>,
    /// The attributes that every resource has (RFC 7643 §3.1): `schemas`, `id`, `externalId`,
    /// `meta`.
    pub common: Vec<Arc<AttributeDefinition>>,
}

/// An extension of a resource type (RFC 7643 §3.3).
#[derive(Clone, Debug)]
pub struct Extension {
    /// Its schema.
    pub schema: Arc<Schema>,
    /// Whether a resource must have it.
    pub required: bool,
}

/// The attribute that a path names, found in the schemas.
#[derive(Clone, Debug)]
pub struct Target {
    /// The extension's URN, unless the attribute is a core or common one.
    pub extension: Option<Name>,
    /// The attribute.
    pub definition: Arc<AttributeDefinition>,
    /// Its sub-attribute, if the path names one.
    pub sub: Option<Arc<AttributeDefinition>>,
}

/// The schemas and resource types of a tenant.
#[derive(Clone, Debug)]
pub struct Schemas {
    schemas: Vec<Arc<Schema>>,
    resource_types: Vec<Arc<ResourceType>>,
    urns: Vec<SmolStr>,
}

/// Why schema data cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemasError {
    /// A resource type names a schema that is not there.
    #[error("resource type {resource_type} names the schema {urn}, which is not defined")]
    UnknownSchema {
        /// The resource type's name.
        resource_type: SmolStr,
        /// The URN that nothing defines.
        urn: SmolStr,
    },
}

/// A resource type as its data says it: the shape of an entry of `/ResourceTypes`
/// (RFC 7643 §6), before its schemas are looked up.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceTypeEntry {
    name: SmolStr,
    endpoint: SmolStr,
    #[serde(default)]
    description: String,
    schema: SmolStr,
    #[serde(default)]
    schema_extensions: Vec<ExtensionEntry>,
}

#[derive(Clone, Debug, Deserialize)]
struct ExtensionEntry {
    schema: SmolStr,
    required: bool,
}

impl Target {
    /// Its path as the RFC writes it: `name.givenName`, or with the extension's URN in front.
    pub fn path(&self) -> SmolStr {
        let urn = self.extension.as_deref().map(|urn| format!("{urn}:")).unwrap_or_default();
        let sub = self.sub.as_ref().map(|it| format!(".{}", it.name())).unwrap_or_default();
        smol_str::format_smolstr!("{urn}{}{sub}", self.definition.name())
    }

    /// The definition at the end of the path.
    pub fn leaf(&self) -> &Arc<AttributeDefinition> {
        self.sub.as_ref().unwrap_or(&self.definition)
    }
}

impl ResourceType {
    /// Finds the attribute of a path; `None` if there is no such attribute, or no such
    /// sub-attribute.
    ///
    /// A path without a URN names core and common attributes only (RFC 7644 §3.10).
    pub fn resolve(&self, path: &AttrPath) -> Option<Target> {
        let (extension, definition) = match path.schema.as_deref() {
            None => (None, self.core(&path.name)?),
            Some(urn) if urn.eq_ignore_ascii_case(&self.schema.id) => {
                (None, self.core(&path.name)?)
            }
            Some(urn) => {
                let schema = &self.extension(urn)?.schema;
                (Some(schema.id.clone()), schema.attribute(&path.name)?)
            }
        };
        let sub = match &path.sub {
            Some(sub) => Some(definition.sub_attribute(sub)?.clone()),
            None => None,
        };
        Some(Target { extension, definition: definition.clone(), sub })
    }

    /// The extension with this URN, in any case.
    pub fn extension(&self, urn: &str) -> Option<&Extension> {
        self.extensions.iter().find(|it| it.schema.id.eq_ignore_ascii_case(urn))
    }

    /// The core or common attribute with this name, in any case.
    pub fn core(&self, name: &str) -> Option<&Arc<AttributeDefinition>> {
        named(&self.common, name).or_else(|| self.schema.attribute(name))
    }

    /// The extension that defines an attribute of this name, and the attribute.
    pub fn extended(&self, name: &str) -> Option<(&Extension, &Arc<AttributeDefinition>)> {
        self.extensions
            .iter()
            .find_map(|it| it.schema.attribute(name).map(|definition| (it, definition)))
    }

    /// Every attribute with the URN of its extension, in the order in which they are shown.
    pub fn attributes(&self) -> impl Iterator<Item = Target> + '_ {
        let core = self.common.iter().chain(&self.schema.attributes).map(|it| (None, it));
        let extended = self.extensions.iter().flat_map(|it| {
            it.schema.attributes.iter().map(|definition| (Some(it.schema.id.clone()), definition))
        });
        core.chain(extended).map(|(extension, definition)| Target {
            extension,
            definition: definition.clone(),
            sub: None,
        })
    }
}

impl Schemas {
    /// Puts schemas and resource types together.
    ///
    /// # Errors
    ///
    /// When a resource type names a schema that is not among `schemas`.
    pub fn new(
        schemas: Vec<Schema>,
        common: Vec<Arc<AttributeDefinition>>,
        resource_types: Vec<ResourceTypeEntry>,
    ) -> Result<Self, SchemasError> {
        let schemas: Vec<Arc<Schema>> = schemas.into_iter().map(Arc::new).collect();
        let urns = schemas.iter().map(|it| SmolStr::new(&it.id)).collect();
        let mut all = Self { schemas, resource_types: Vec::new(), urns };
        for it in resource_types {
            let resource_type = all.assemble(it, &common)?;
            all.resource_types.push(Arc::new(resource_type));
        }
        Ok(all)
    }

    /// All schemas, in the order in which they are served.
    pub fn schemas(&self) -> &[Arc<Schema>] {
        &self.schemas
    }

    /// The schema with this URN, in any case.
    pub fn schema(&self, urn: &str) -> Option<&Arc<Schema>> {
        self.schemas.iter().find(|it| it.id.eq_ignore_ascii_case(urn))
    }

    /// All resource types.
    pub fn resource_types(&self) -> &[Arc<ResourceType>] {
        &self.resource_types
    }

    /// The resource type with this name.
    pub fn resource_type(&self, name: &str) -> Option<&Arc<ResourceType>> {
        self.resource_types.iter().find(|it| it.name == name)
    }

    /// The resource type at this address, without the slash; paths keep their case.
    pub fn endpoint(&self, segment: &str) -> Option<&Arc<ResourceType>> {
        self.resource_types.iter().find(|it| it.endpoint.strip_prefix('/') == Some(segment))
    }

    /// The URNs of all schemas, by which a path's prefix is known.
    pub fn urns(&self) -> &[SmolStr] {
        &self.urns
    }

    /// The same schemas with one core attribute of a resource type made unique in the tenant.
    #[must_use]
    pub fn with_unique(mut self, resource_type: &str, attribute: &str) -> Self {
        for it in &mut self.resource_types {
            if it.name != resource_type {
                continue;
            }
            let mut schema = Schema::clone(&it.schema);
            for definition in &mut schema.attributes {
                if definition.is_named(attribute) {
                    *definition = Arc::new(AttributeDefinition::clone(definition).into_unique());
                }
            }
            let schema = Arc::new(schema);
            for served in self.schemas.iter_mut().filter(|served| served.id == schema.id) {
                *served = schema.clone();
            }
            Arc::make_mut(it).schema = schema;
        }
        self
    }

    fn assemble(
        &self,
        data: ResourceTypeEntry,
        common: &[Arc<AttributeDefinition>],
    ) -> Result<ResourceType, SchemasError> {
        let find = |urn: &SmolStr| {
            self.schema(urn).cloned().ok_or_else(|| SchemasError::UnknownSchema {
                resource_type: data.name.clone(),
                urn: urn.clone(),
            })
        };
        let schema = find(&data.schema)?;
        let extensions = data
            .schema_extensions
            .iter()
            .map(|it| Ok(Extension { schema: find(&it.schema)?, required: it.required }))
            .collect::<Result<_, SchemasError>>()?;
        Ok(ResourceType {
            name: data.name,
            endpoint: data.endpoint,
            description: data.description,
            schema,
            extensions,
            common: common.to_vec(),
        })
    }
}
