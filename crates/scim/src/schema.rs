//! Schemas as data. The same data is served at `/Schemas` and enforced.

use std::sync::Arc;

use serde::{Deserialize, Serialize, de::IgnoredAny};
use smol_str::SmolStr;

use super::value::Name;

mod alphabet;
mod attribute;
mod builtin;
mod bundle;
mod misfit;
mod registry;
mod resource_type;
mod suggest;
mod words;

pub(crate) use alphabet::Base64Alphabet;
pub use attribute::{AttributeDefinition, AttributeType, Mutability, Returned, Uniqueness};
pub use bundle::{AttachedExtension, ResourceTypeEntry, SchemaBundle, SchemasError};
pub use registry::Schemas;
pub use resource_type::{Extension, ResourceType, Target};

/// A schema ([RFC 7643 §7](https://www.rfc-editor.org/rfc/rfc7643#section-7)): a URN and the
/// attributes it defines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Schema {
    /// The `schemas` of this resource itself: always the schema of schemas.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    schemas: Vec<SmolStr>,
    /// The `meta` of the server that it was copied from. It is ignored.
    #[serde(default, skip_serializing)]
    meta: IgnoredAny,
    /// Its URN.
    pub id: Name,
    /// A name for a reader, such as `User`.
    pub name: SmolStr,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// The attributes, in the order in which they are shown.
    pub attributes: Vec<Arc<AttributeDefinition>>,
}

impl Schema {
    /// The attribute with this name, ignoring case (RFC 7643 §2.1).
    pub fn attribute(&self, name: &str) -> Option<&Arc<AttributeDefinition>> {
        named(&self.attributes, name)
    }
}

/// Finds a definition by its name, ignoring case.
fn named<'a>(
    definitions: &'a [Arc<AttributeDefinition>],
    name: &str,
) -> Option<&'a Arc<AttributeDefinition>> {
    definitions.iter().find(|it| it.is_named(name))
}
