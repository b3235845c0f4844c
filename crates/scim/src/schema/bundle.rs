//! A tenant's own schemas, extensions and resource types: the data of a file, and how it is
//! combined with the built-in ones.
//!
//! A bundle is accepted or refused whole. A resource type names its schemas and a reference names
//! resource types, so a single definition cannot be checked alone.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize, de::IgnoredAny};
use smol_str::SmolStr;

use super::{
    AttributeDefinition, Extension, ResourceType, Returned, Schema, Schemas,
    builtin::{BuiltIn, COMMON},
};
use crate::quoted;
use crate::text::nearest;

mod attributes;
mod refuse;

/// Schemas, resource types, and extensions of existing resource types: the content of a file such
/// as `fixtures/examples/devices.json`.
///
/// ```
/// use scim_engine::{SchemaBundle, Schemas};
///
/// let bundle: SchemaBundle = serde_json::from_str(
///     r#"{
///       "schemas": [{"id": "urn:example:2.0:Desk", "name": "Desk", "attributes": [
///         {"name": "place", "required": true, "uniqueness": "server"}
///       ]}],
///       "resourceTypes": [
///         {"name": "Desk", "endpoint": "/Desks", "schema": "urn:example:2.0:Desk"}
///       ]
///     }"#,
/// )?;
/// let schemas = Schemas::rfc().extended(&[bundle])?;
///
/// assert!(schemas.endpoint("Desks").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct SchemaBundle {
    /// Schemas, in the shape of `/Schemas` (RFC 7643 §7).
    pub schemas: Vec<Schema>,
    /// Resource types, in the shape of `/ResourceTypes` (RFC 7643 §6).
    pub resource_types: Vec<ResourceTypeEntry>,
    /// Extensions of resource types that are built in or defined in a bundle.
    pub schema_extensions: Vec<AttachedExtension>,
}

/// The data of a resource type, in the shape of an entry of `/ResourceTypes` (RFC 7643 §6), before
/// its schemas are looked up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceTypeEntry {
    pub(super) name: SmolStr,
    pub(super) endpoint: SmolStr,
    #[serde(default)]
    pub(super) description: String,
    pub(super) schema: SmolStr,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) schema_extensions: Vec<ExtensionEntry>,
    /// The name again, if it is given.
    #[serde(default, skip_serializing)]
    id: Option<SmolStr>,
    /// The `schemas` and `meta` of the server that it was copied from. They are ignored.
    #[serde(default, skip_serializing)]
    schemas: IgnoredAny,
    #[serde(default, skip_serializing)]
    meta: IgnoredAny,
}

/// The data of an extension of a resource type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtensionEntry {
    pub(super) schema: SmolStr,
    #[serde(default)]
    pub(super) required: bool,
}

/// An extension, and the resource type that it is attached to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttachedExtension {
    /// The name of the resource type.
    pub resource_type: SmolStr,
    /// The URN of the schema.
    pub schema: SmolStr,
    /// Whether a resource must have it. It is checked from the next change of a resource on.
    #[serde(default)]
    pub required: bool,
}

/// Why bundles cannot be used: the first contradiction in them, or with the RFC or a built-in
/// schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", self.field())]
pub struct SchemasError {
    /// Which of the bundles, from 0.
    pub part: usize,
    /// Where in it, as a JSON pointer such as `/schemas/0/attributes/2/type`.
    pub pointer: String,
    /// What was expected and what was found.
    pub message: String,
}

impl SchemasError {
    fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { part: 0, pointer: pointer.into(), message: message.into() }
    }

    fn within(self, place: impl std::fmt::Display) -> Self {
        Self { pointer: format!("{place}{}", self.pointer), ..self }
    }

    /// The path in the bundle, as people write it: `schemas[0].attributes[2].type`.
    pub fn field(&self) -> String {
        let steps = self.pointer.split('/').skip(1).map(|step| match step.parse::<usize>() {
            Ok(index) => format!("[{index}]"),
            Err(_) => format!(".{step}"),
        });
        steps.collect::<String>().trim_start_matches('.').into()
    }
}

impl Schemas {
    /// The built-in schemas alone.
    pub(super) fn of(built_in: Arc<BuiltIn>) -> Self {
        SchemasBuilder::new(built_in).finish(SchemaBundle::default())
    }

    /// The built-in schemas together with a bundle, as built-in schemas that tenants cannot
    /// redefine.
    ///
    /// # Errors
    ///
    /// As [`Schemas::extended`].
    pub fn with_built_in(&self, bundle: &SchemaBundle) -> Result<Self, SchemasError> {
        let builder =
            SchemasBuilder::with(self.built_in.clone(), std::slice::from_ref(bundle), |it| {
                Arc::new(it.clone())
            })?;
        Ok(Self::of(BuiltIn::new(builder.schemas, builder.entries)))
    }

    /// Combines the built-in schemas with these bundles. A bundle may name a definition of another
    /// one, in any order. The bundles that these schemas had before are left out.
    ///
    /// # Errors
    ///
    /// [`SchemasError`] at the first contradiction: a URN, name or endpoint that is in use or
    /// reserved, an attribute whose characteristics exclude each other, or an unknown name.
    pub fn extended(&self, bundles: &[SchemaBundle]) -> Result<Self, SchemasError> {
        let builder =
            SchemasBuilder::with(self.built_in.clone(), bundles, |it| Arc::new(it.owned()))?;
        let mut own = SchemaBundle::default();
        for it in bundles {
            own.schemas.extend_from_slice(&it.schemas);
            own.resource_types.extend_from_slice(&it.resource_types);
            own.schema_extensions.extend_from_slice(&it.schema_extensions);
        }
        Ok(builder.finish(own))
    }
}

/// How many schemas, and how many resource types, bundles may have. References store the type of a
/// resource as a small number.
const MOST_DEFINITIONS: usize = 10_000;

fn refuse_too_many(bundles: &[SchemaBundle]) -> Result<(), SchemasError> {
    let (mut schemas, mut types) = (0, 0);
    for (part, bundle) in bundles.iter().enumerate() {
        schemas += bundle.schemas.len();
        types += bundle.resource_types.len();
        for (name, count) in [("schemas", schemas), ("resourceTypes", types)] {
            if count > MOST_DEFINITIONS {
                let message = format!("expected {MOST_DEFINITIONS} at most, found {count}");
                return Err(SchemasError {
                    part,
                    ..SchemasError::new(format!("/{name}"), message)
                });
            }
        }
    }
    Ok(())
}

/// Calls a function with each entry of one list of all bundles. An error names the entry.
fn each<'a, T: 'a>(
    bundles: &'a [SchemaBundle],
    name: &str,
    list: impl Fn(&'a SchemaBundle) -> &'a [T],
    mut add: impl FnMut(&'a T) -> Result<(), SchemasError>,
) -> Result<(), SchemasError> {
    for (part, bundle) in bundles.iter().enumerate() {
        for (index, it) in list(bundle).iter().enumerate() {
            let place = format!("/{name}/{index}");
            add(it).map_err(|error| SchemasError { part, ..error.within(&place) })?;
        }
    }
    Ok(())
}

fn refuse_unknown_references(schema: &Schema, known: &KnownTypes<'_>) -> Result<(), SchemasError> {
    attributes::refuse_unknown_references(&schema.attributes, known)
        .map_err(|it| it.within("/attributes"))
}

/// Schemas and resource types while they are combined.
struct SchemasBuilder {
    built_in: Arc<BuiltIn>,
    schemas: Vec<Arc<Schema>>,
    entries: Vec<ResourceTypeEntry>,
    /// The index of each schema by its URN without case.
    urns: HashMap<String, usize>,
    /// The index of each entry by its name without case.
    names: HashMap<String, usize>,
    /// The index of each entry by its endpoint without case.
    endpoints: HashMap<String, usize>,
}

/// The names of all resource types.
struct KnownTypes<'a> {
    are: HashSet<SmolStr>,
    listed: &'a [SmolStr],
}

impl SchemasBuilder {
    fn new(built_in: Arc<BuiltIn>) -> Self {
        let mut builder = Self {
            built_in: built_in.clone(),
            schemas: Vec::new(),
            entries: Vec::new(),
            urns: HashMap::new(),
            names: HashMap::new(),
            endpoints: HashMap::new(),
        };
        built_in.schemas.iter().for_each(|it| builder.keep_schema(it.clone()));
        built_in.resource_types.iter().for_each(|it| builder.keep_entry(it.clone()));
        builder
    }

    /// The built-in schemas with bundles. `adopt` makes the attributes of the bundles.
    fn with(
        built_in: Arc<BuiltIn>,
        bundles: &[SchemaBundle],
        adopt: fn(&AttributeDefinition) -> Arc<AttributeDefinition>,
    ) -> Result<Self, SchemasError> {
        refuse_too_many(bundles)?;
        let mut builder = Self::new(built_in);
        each(bundles, "schemas", |it| &it.schemas, |it| builder.add_schema(it, adopt))?;
        each(bundles, "resourceTypes", |it| &it.resource_types, |it| builder.add_type(it))?;
        each(bundles, "schemaExtensions", |it| &it.schema_extensions, |it| builder.attach(it))?;
        let known: Vec<SmolStr> = builder.entries.iter().map(|it| it.name.clone()).collect();
        let known = KnownTypes { are: known.iter().cloned().collect(), listed: &known };
        each(bundles, "schemas", |it| &it.schemas, |it| refuse_unknown_references(it, &known))?;
        Ok(builder)
    }

    fn keep_schema(&mut self, schema: Arc<Schema>) {
        self.urns.entry(schema.id.to_ascii_lowercase()).or_insert(self.schemas.len());
        self.schemas.push(schema);
    }

    fn keep_entry(&mut self, entry: ResourceTypeEntry) {
        let at = self.entries.len();
        self.names.entry(entry.name.to_ascii_lowercase()).or_insert(at);
        self.endpoints.entry(entry.endpoint.to_ascii_lowercase()).or_insert(at);
        self.entries.push(entry);
    }

    fn add_schema(
        &mut self,
        schema: &Schema,
        adopt: fn(&AttributeDefinition) -> Arc<AttributeDefinition>,
    ) -> Result<(), SchemasError> {
        self.refuse_urn(&schema.id)?;
        attributes::refuse(&schema.attributes).map_err(|it| it.within("/attributes"))?;
        let attributes = schema.attributes.iter().map(|it| adopt(it)).collect();
        self.keep_schema(Arc::new(Schema { attributes, ..schema.clone() }));
        Ok(())
    }

    fn add_type(&mut self, entry: &ResourceTypeEntry) -> Result<(), SchemasError> {
        self.refuse_name(entry)?;
        self.refuse_endpoint(&entry.endpoint)?;
        let core = self.known(&entry.schema)?;
        refuse::common_names(core).map_err(|it| it.within("/schema"))?;
        let mut extensions = HashSet::from([entry.schema.to_ascii_lowercase()]);
        for (index, it) in entry.schema_extensions.iter().enumerate() {
            let place = format!("/schemaExtensions/{index}");
            self.known(&it.schema)
                .and_then(|_| {
                    let is_new = extensions.insert(it.schema.to_ascii_lowercase());
                    if is_new { Ok(()) } else { Err(refuse::repeated(&it.schema)) }
                })
                .map_err(|error| error.within(&place))?;
        }
        self.keep_entry(entry.clone());
        Ok(())
    }

    fn attach(&mut self, it: &AttachedExtension) -> Result<(), SchemasError> {
        self.known(&it.schema)?;
        let at = self.names.get(&it.resource_type.to_ascii_lowercase());
        let is_named = |at: &&usize| self.entries[**at].name == it.resource_type;
        let Some(at) = at.filter(is_named).copied() else {
            let known: Vec<SmolStr> = self.entries.iter().map(|it| it.name.clone()).collect();
            return Err(refuse::unknown_type("/resourceType", &it.resource_type, &known));
        };
        let entry = &mut self.entries[at];
        let is_same = |there: &SmolStr| there.eq_ignore_ascii_case(&it.schema);
        let is_there =
            is_same(&entry.schema) || entry.schema_extensions.iter().any(|it| is_same(&it.schema));
        if is_there {
            return Err(refuse::repeated(&it.schema));
        }
        let (schema, required) = (it.schema.clone(), it.required);
        entry.schema_extensions.push(ExtensionEntry { schema, required });
        Ok(())
    }

    /// The schema with this URN.
    fn known(&self, urn: &str) -> Result<&Arc<Schema>, SchemasError> {
        let found = self.find(urn);
        found.ok_or_else(|| {
            let known = self.schemas.iter().map(|it| &*it.id);
            let meant = nearest(urn, known).map(|it| format!(", did you mean {it}?"));
            let meant = meant.unwrap_or_default();
            let message =
                format!("expected the URN of a schema (RFC 7643 §6), found {}{meant}", quoted(urn));
            SchemasError::new("/schema", message)
        })
    }

    fn find(&self, urn: &str) -> Option<&Arc<Schema>> {
        self.urns.get(&urn.to_ascii_lowercase()).map(|at| &self.schemas[*at])
    }

    fn finish(self, own: SchemaBundle) -> Schemas {
        let find = |urn: &str| self.find(urn).expect("every entry names schemas that are there");
        let assemble = |entry: &ResourceTypeEntry| {
            let extensions = entry
                .schema_extensions
                .iter()
                .map(|it| Extension { schema: find(&it.schema).clone(), required: it.required });
            let core = find(&entry.schema).clone();
            let made = ResourceType::new(&COMMON, core, extensions.collect());
            Arc::new(ResourceType {
                name: entry.name.clone(),
                endpoint: entry.endpoint.clone(),
                description: entry.description.clone(),
                ..made
            })
        };
        let resource_types = self.entries.iter().map(assemble).collect();
        let names = (0..).zip(&self.entries).map(|(at, it)| (it.name.clone(), at)).collect();
        let urns = self.schemas.iter().map(|it| SmolStr::new(&*it.id)).collect();
        let is_never = |it: &AttributeDefinition| it.returned() == Returned::Never;
        let secrets = own
            .schemas
            .iter()
            .flat_map(|it| &it.attributes)
            .filter(|it| is_never(it) || it.sub_attributes().iter().any(|sub| is_never(sub)));
        let secrets = secrets.map(|it| SmolStr::new(&**it.name())).collect();
        let (names, own) = (Arc::new(names), Arc::new(own));
        let (all, built_in) = (self.schemas, self.built_in);
        Schemas { built_in, all, resource_types, names, urns, own, secrets }
    }
}
