//! Resource types, and all that a tenant knows of schemas.

use std::sync::Arc;

use serde::Deserialize;
use smol_str::SmolStr;

use super::{AttributeDefinition, Schema, Uniqueness};
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
    /// Every attribute, found once: the common ones (RFC 7643 §3.1), those of the schema, and those
    /// of each extension in turn.
    attributes: Vec<Target>,
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
    all: Vec<Arc<Schema>>,
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
        let name = &**self.definition.name();
        if self.extension.is_none() && self.sub.is_none() {
            return SmolStr::new(name);
        }
        let (urn, colon) = self.extension.as_deref().map_or(("", ""), |urn| (urn, ":"));
        let (dot, sub) = self.sub.as_ref().map_or(("", ""), |sub| (".", &**sub.name()));
        SmolStr::new([urn, colon, name, dot, sub].concat())
    }

    /// The same attribute with its sub-attribute of this name, or without one; `None` if it has no
    /// such sub-attribute.
    pub(in crate::scim) fn with_sub(&self, name: Option<&str>) -> Option<Self> {
        let sub = match name {
            Some(name) => Some(self.definition.sub_attribute(name)?.clone()),
            None => None,
        };
        Some(Self { sub, ..self.clone() })
    }

    /// Whether it is the core or common attribute of this name, in the schema's spelling.
    pub(crate) fn is_core(&self, name: &str) -> bool {
        self.extension.is_none() && &**self.definition.name() == name
    }

    /// Whether both name one attribute, whatever their sub-attributes.
    pub(crate) fn is_same_attribute(&self, other: &Self) -> bool {
        self.extension == other.extension && self.definition.name() == other.definition.name()
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
        let found = match path.schema.as_deref() {
            None => self.core(&path.name)?,
            Some(urn) if self.is_core(urn) => self.core(&path.name)?,
            Some(urn) => {
                self.attributes_of(urn).iter().find(|it| it.definition.is_named(&path.name))?
            }
        };
        found.with_sub(path.sub.as_deref())
    }

    /// Whether this is the URN of its core schema, in any case.
    pub fn is_core(&self, urn: &str) -> bool {
        urn.eq_ignore_ascii_case(&self.schema.id)
    }

    /// The extension with this URN, in any case.
    pub fn extension(&self, urn: &str) -> Option<&Extension> {
        self.extensions.iter().find(|it| it.schema.id.eq_ignore_ascii_case(urn))
    }

    /// The core or common attribute with this name, in any case.
    pub fn core(&self, name: &str) -> Option<&Target> {
        self.core_attributes().iter().find(|it| it.definition.is_named(name))
    }

    /// The first attribute of an extension with this name, in any case.
    pub fn extended(&self, name: &str) -> Option<&Target> {
        self.attributes.iter().find(|it| it.extension.is_some() && it.definition.is_named(name))
    }

    /// Every attribute, in the order in which they are shown.
    pub fn attributes(&self) -> &[Target] {
        &self.attributes
    }

    /// The core and common attributes, in the order in which they are shown.
    pub fn core_attributes(&self) -> &[Target] {
        let extended: usize = self.extensions.iter().map(|it| it.schema.attributes.len()).sum();
        &self.attributes[..self.attributes.len() - extended]
    }

    /// The attributes of the extension with this URN, in any case.
    pub fn attributes_of(&self, urn: &str) -> &[Target] {
        let mut end = self.attributes.len();
        for extension in self.extensions.iter().rev() {
            let start = end - extension.schema.attributes.len();
            if extension.schema.id.eq_ignore_ascii_case(urn) {
                return &self.attributes[start..end];
            }
            end = start;
        }
        &[]
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
        let all: Vec<Arc<Schema>> = schemas.into_iter().map(Arc::new).collect();
        let urns = all.iter().map(|it| SmolStr::new(&*it.id)).collect();
        let mut schemas = Self { all, resource_types: Vec::new(), urns };
        for it in resource_types {
            let resource_type = schemas.assemble(it, &common)?;
            schemas.resource_types.push(Arc::new(resource_type));
        }
        Ok(schemas)
    }

    /// All schemas, in the order in which they are served.
    pub fn schemas(&self) -> &[Arc<Schema>] {
        &self.all
    }

    /// The schema with this URN, in any case.
    pub fn schema(&self, urn: &str) -> Option<&Arc<Schema>> {
        self.all.iter().find(|it| it.id.eq_ignore_ascii_case(urn))
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

    /// The same schemas with another uniqueness of one core attribute of a resource type.
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
            .collect::<Result<Vec<_>, SchemasError>>()?;
        Ok(ResourceType {
            name: data.name,
            endpoint: data.endpoint,
            description: data.description,
            attributes: attributes(common, &schema, &extensions),
            schema,
            extensions,
        })
    }
}

fn attributes(
    common: &[Arc<AttributeDefinition>],
    schema: &Schema,
    extensions: &[Extension],
) -> Vec<Target> {
    let core = common.iter().chain(&schema.attributes).map(|it| (None, it));
    let extended = extensions.iter().flat_map(|it| {
        it.schema.attributes.iter().map(|definition| (Some(it.schema.id.clone()), definition))
    });
    core.chain(extended)
        .map(|(extension, it)| Target { extension, definition: it.clone(), sub: None })
        .collect()
}
