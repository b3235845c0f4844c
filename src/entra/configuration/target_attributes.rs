//! Which attributes of the target a mapping may name.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::entra::ObjectType;
use crate::scim::{AttrPath, Filter, PatchPath, ResourceType, Schemas, SyntaxError, Target, Urns};

/// What is known of the target's schema: RFC 7643 with the tutorial's extensions, and what an
/// administrator adds to it (MAP, "Editing the list of supported attributes").
///
/// Extensions of other services are not known, so that any attribute of theirs may be named.
pub(super) struct TargetAttributes {
    of: ObjectType,
    schemas: Schemas,
    resource_type: Arc<ResourceType>,
    added: Vec<AttrPath>,
}

impl TargetAttributes {
    pub(super) fn new(of: ObjectType) -> Self {
        let schemas = Schemas::builtin();
        let resource_type = schemas.resource_type(of.name());
        let resource_type = resource_type.expect("users and groups are built in").clone();
        // The tutorial's table has it; RFC 7643 has a displayName beside the name only.
        let added = match of {
            ObjectType::User => vec![AttrPath::new("name").join("displayName")],
            ObjectType::Group => Vec::new(),
        };
        Self { of, schemas, resource_type, added }
    }

    /// Adds an attribute with all its parts, or one part.
    ///
    /// # Errors
    ///
    /// If it is no path.
    pub(super) fn add(&mut self, text: &str) -> Result<(), SyntaxError> {
        self.added.push(AttrPath::parse(text, Urns(self.schemas.urns()))?);
        Ok(())
    }

    /// Reads the path of a value that can be written.
    ///
    /// # Errors
    ///
    /// If it is no path or one to several values at once, if the target has no such attribute, or
    /// if nobody may write it.
    pub(super) fn path(&self, text: &str) -> Result<PatchPath, String> {
        let path = PatchPath::parse(text, Urns(self.schemas.urns()));
        let path = path.map_err(|error| error.message)?;
        match &path {
            PatchPath::Extension(urn) => {
                return Err(format!("{urn} is a schema: one of its attributes has to follow"));
            }
            PatchPath::Values(_, None) => {
                let message = "a sub-attribute has to follow: emails[type eq \"work\"].value";
                return Err(message.into());
            }
            PatchPath::Values(values, Some(sub)) => {
                for name in named(&values.filter) {
                    self.find(&values.attr.join(&name))?;
                }
                self.writable(&values.attr.join(sub))?;
            }
            PatchPath::Attribute(attribute) => self.writable(attribute)?,
        }
        Ok(path)
    }

    fn writable(&self, path: &AttrPath) -> Result<(), String> {
        let Some(target) = self.find(path)? else { return Ok(()) };
        let definition = &target.definition;
        let names_schemas = target.is_core("schemas");
        if names_schemas || definition.is_read_only() || target.leaf().is_read_only() {
            return Err(format!("`{path}` is written by the target alone"));
        }
        let has_value =
            definition.is_multi_valued() || definition.default_sub_attribute().is_some();
        if target.sub.is_none() && definition.is_complex() && !has_value {
            let parts =
                definition.sub_attributes().iter().map(|it| format!("{path}.{}", it.name()));
            let parts = parts.collect::<Vec<_>>().join(", ");
            return Err(format!("`{path}` has no value but parts: {parts}"));
        }
        Ok(())
    }

    /// The attribute; `None` for one that the schemas here do not tell of.
    fn find(&self, path: &AttrPath) -> Result<Option<Target>, String> {
        if let Some(target) = self.resource_type.resolve(path) {
            return Ok(Some(target));
        }
        if self.added.iter().any(|it| covers(it, path)) {
            return Ok(None);
        }
        let meant = match path.schema.as_deref() {
            Some(urn) if self.schemas.schema(urn).is_none() => {
                let Some(near) = self.resource_type.nearest_urn(urn) else { return Ok(None) };
                Some(AttrPath { schema: Some(near.into()), ..path.clone() }.to_string())
            }
            _ => self.resource_type.meant(path),
        };
        let kind = match self.of {
            ObjectType::User => "users",
            ObjectType::Group => "groups",
        };
        let hint = match meant {
            Some(near) => format!("did you mean `{near}`?"),
            None => "if this one has it, list it in target-attributes".into(),
        };
        Err(format!("{kind} of a target have no attribute `{path}`; {hint}"))
    }
}

/// Whether an attribute that was added is the one of the path, or the whole that it is a part of.
fn covers(added: &AttrPath, path: &AttrPath) -> bool {
    let whole = AttrPath { sub: None, ..path.clone() };
    let added = added.to_string();
    [path, &whole].iter().any(|it| it.to_string().eq_ignore_ascii_case(&added))
}

/// The attributes that a filter names.
fn named(filter: &Filter) -> Vec<SmolStr> {
    match filter {
        Filter::Present(path) | Filter::Compare(path, ..) => vec![path.name.clone()],
        Filter::And(all) | Filter::Or(all) => all.iter().flat_map(named).collect(),
        Filter::Not(inner) => named(inner),
        Filter::ValuePath(values) | Filter::Selected(values, _) => named(&values.filter),
    }
}
