//! Resource types, and how their attributes are found.

use std::sync::Arc;

use smol_str::SmolStr;

use super::{AttributeDefinition, Schema};
use crate::{filter::AttrPath, value::Name};

/// A type of resource ([RFC 7643 §6](https://www.rfc-editor.org/rfc/rfc7643#section-6)): its
/// endpoint, its schema and its extensions.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceType {
    /// Its name, such as `User`.
    pub name: SmolStr,
    /// Its path below the base URL, such as `/Users`.
    pub endpoint: SmolStr,
    /// What it is for.
    pub description: String,
    /// Its core schema.
    pub schema: Arc<Schema>,
    /// Its extensions.
    pub extensions: Vec<Extension>,
    /// All attributes: the common ones (RFC 7643 §3.1), those of the schema, and those of each
    /// extension in turn.
    pub(super) attributes: Vec<Target>,
}

/// An extension of a resource type (RFC 7643 §3.3).
#[derive(Clone, Debug, PartialEq)]
pub struct Extension {
    /// Its schema.
    pub schema: Arc<Schema>,
    /// Whether a resource must have it.
    pub required: bool,
}

/// The attribute that a path names, looked up in the schemas.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The extension's URN, unless the attribute is a core or common one.
    pub extension: Option<Name>,
    /// The attribute.
    pub definition: Arc<AttributeDefinition>,
    /// Its sub-attribute, if the path names one.
    pub sub: Option<Arc<AttributeDefinition>>,
}

impl Target {
    /// Its path in the notation of the RFC: `name.givenName`, with the extension's URN in front if
    /// it has one.
    pub fn path(&self) -> SmolStr {
        let name = &**self.definition.name();
        if self.extension.is_none() && self.sub.is_none() {
            return SmolStr::new(name);
        }
        let (urn, colon) = self.extension.as_deref().map_or(("", ""), |urn| (urn, ":"));
        let (dot, sub) = self.sub.as_ref().map_or(("", ""), |sub| (".", &**sub.name()));
        SmolStr::new([urn, colon, name, dot, sub].concat())
    }

    /// The path of the attribute, without its sub-attribute.
    pub(crate) fn whole_path(&self) -> SmolStr {
        Self { sub: None, ..self.clone() }.path()
    }

    /// The same attribute with its sub-attribute of this name, or without one; `None` if it has no
    /// such sub-attribute.
    pub(crate) fn with_sub(&self, name: Option<&str>) -> Option<Self> {
        let sub = match name {
            Some(name) => Some(self.definition.sub_attribute(name)?.clone()),
            None => None,
        };
        Some(Self { sub, ..self.clone() })
    }

    /// Whether it is the core or common attribute with this name, in the schema's spelling.
    pub fn is_core(&self, name: &str) -> bool {
        self.extension.is_none() && &**self.definition.name() == name
    }

    /// Whether both name the same attribute. Sub-attributes are ignored.
    pub fn is_same_attribute(&self, other: &Self) -> bool {
        self.extension == other.extension && self.definition.name() == other.definition.name()
    }

    /// The definition at the end of the path.
    pub fn leaf(&self) -> &Arc<AttributeDefinition> {
        self.sub.as_ref().unwrap_or(&self.definition)
    }
}

impl ResourceType {
    /// A resource type with these schemas, and without a name.
    pub(super) fn new(
        common: &[Arc<AttributeDefinition>],
        schema: Arc<Schema>,
        extensions: Vec<Extension>,
    ) -> Self {
        Self {
            name: SmolStr::default(),
            endpoint: SmolStr::default(),
            description: String::new(),
            attributes: attributes(common, &schema, &extensions),
            schema,
            extensions,
        }
    }

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

    /// Whether this is the URN of its core schema, in upper or lower case.
    pub fn is_core(&self, urn: &str) -> bool {
        urn.eq_ignore_ascii_case(&self.schema.id)
    }

    /// The extension with this URN, ignoring case.
    pub fn extension(&self, urn: &str) -> Option<&Extension> {
        self.extensions.iter().find(|it| it.schema.id.eq_ignore_ascii_case(urn))
    }

    /// The core or common attribute with this name, ignoring case.
    pub fn core(&self, name: &str) -> Option<&Target> {
        self.core_attributes().iter().find(|it| it.definition.is_named(name))
    }

    /// The first attribute of an extension with this name, ignoring case.
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

    /// The attributes of the extension with this URN, ignoring case.
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
