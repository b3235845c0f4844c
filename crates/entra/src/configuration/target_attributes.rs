//! The attributes of the target that a mapping may name.

use std::sync::Arc;

use smol_str::ToSmolStr as _;

use super::file::{PropertiesToml, TargetAttributeToml};
use crate::ObjectType;
use scim_engine::{
    AttrPath, AttributeType, CompareValue, Filter, PatchPath, ResourceType, Schemas, Target, Urns,
};

/// The known part of the target's schema: RFC 7643 with the tutorial's extensions, and the
/// attributes that an administrator adds (MAP, "Editing the list of supported attributes").
///
/// Extensions of other services are unknown, so a mapping may name any attribute of theirs.
pub(super) struct TargetAttributes {
    of: ObjectType,
    schemas: Schemas,
    resource_type: Arc<ResourceType>,
    added: Vec<AttrPath>,
    properties: Vec<(String, PropertiesToml)>,
}

impl TargetAttributes {
    pub(super) fn new(of: ObjectType, schemas: Schemas) -> Self {
        let resource_type = schemas.resource_type(of.name());
        let resource_type = resource_type.expect("users and groups are built in").clone();
        // The tutorial's table has `name.displayName`. RFC 7643 has `displayName` beside `name`
        // only.
        let added = match of {
            ObjectType::User => vec![AttrPath::new("name").join("displayName")],
            ObjectType::Group => Vec::new(),
        };
        Self { of, schemas, resource_type, added, properties: Vec::new() }
    }

    /// The type of object that they belong to.
    pub(super) fn object_type(&self) -> ObjectType {
        self.of
    }

    /// Adds an attribute with its sub-attributes, adds a sub-attribute, or sets properties of a
    /// known one.
    ///
    /// # Errors
    ///
    /// If it is not a path, or if the list contradicts itself.
    pub(super) fn add(&mut self, listed: &TargetAttributeToml) -> Result<(), String> {
        let TargetAttributeToml { name, properties } = listed;
        let urns = Urns(self.schemas.urns());
        match PatchPath::parse(name, urns) {
            Ok(PatchPath::Values(..)) => {}
            _ => self.added.push(AttrPath::parse(name, urns).map_err(|it| it.message)?),
        }
        if self.listed(name).is_some_and(|it| it != properties) {
            return Err(format!("`{name}` is listed twice with other properties"));
        }
        self.properties.push((name.clone(), properties.clone()));
        Ok(())
    }

    /// The properties of a target in the list. The name is compared as written in list and mapping.
    pub(super) fn listed(&self, target: &str) -> Option<&PropertiesToml> {
        let found = self.properties.iter().find(|(name, _)| name.eq_ignore_ascii_case(target));
        found.map(|(_, properties)| properties)
    }

    /// Reads the path of a value that can be written.
    ///
    /// # Errors
    ///
    /// If it is not a path, selects several values, names an attribute that the target does not
    /// have, or one that is read-only.
    pub(super) fn path(&self, text: &str) -> Result<PatchPath, String> {
        let path = PatchPath::parse(text, Urns(self.schemas.urns()));
        let mut path = path.map_err(|error| error.message)?;
        match &mut path {
            PatchPath::Extension(urn) => {
                return Err(format!("{urn} is a schema: one of its attributes has to follow"));
            }
            PatchPath::Values(_, None) => {
                let message = "a sub-attribute has to follow: emails[type eq \"work\"].value";
                return Err(message.into());
            }
            PatchPath::Values(values, Some(sub)) => {
                self.give_types(&values.attr, &mut values.filter)?;
                self.writable(&values.attr.join(sub))?;
            }
            PatchPath::Attribute(attribute) => self.writable(attribute)?,
        }
        Ok(path)
    }

    /// Converts the values of a filter to the types of their attributes: `primary eq "True"`
    /// selects `true`.
    fn give_types(&self, of: &AttrPath, filter: &mut Filter) -> Result<(), String> {
        match filter {
            Filter::Present(part) => self.find(&of.join(&part.name)).map(drop),
            Filter::Compare(part, _, value) => {
                let path = of.join(&part.name);
                let kind = match self.find(&path)? {
                    Some(target) => target.leaf().kind(),
                    None if part.name.eq_ignore_ascii_case("primary") => AttributeType::Boolean,
                    None => return Ok(()),
                };
                *value = typed(kind, value).map_err(|wanted| {
                    format!("`{path}` is compared with {wanted}, found {value}")
                })?;
                Ok(())
            }
            Filter::And(all) | Filter::Or(all) => {
                all.iter_mut().try_for_each(|it| self.give_types(of, it))
            }
            Filter::Not(inner) => self.give_types(of, inner),
            Filter::ValuePath(values) | Filter::Selected(values, _) => {
                self.give_types(of, &mut values.filter)
            }
        }
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

    /// The attribute; `None` if it belongs to an unknown schema.
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

/// Whether an added attribute is that of the path, or its parent.
fn covers(added: &AttrPath, path: &AttrPath) -> bool {
    let whole = AttrPath { sub: None, ..path.clone() };
    let added = added.to_string();
    [path, &whole].iter().any(|it| it.to_string().eq_ignore_ascii_case(&added))
}

/// Converts the value to this type; the error names the expected type.
fn typed(kind: AttributeType, value: &CompareValue) -> Result<CompareValue, &'static str> {
    let text = match value {
        CompareValue::Null => return Ok(CompareValue::Null),
        CompareValue::Text(text) => text.clone(),
        other => other.to_smolstr(),
    };
    match kind {
        AttributeType::Boolean => match () {
            () if text.eq_ignore_ascii_case("true") => Ok(CompareValue::Boolean(true)),
            () if text.eq_ignore_ascii_case("false") => Ok(CompareValue::Boolean(false)),
            () => Err("true or false"),
        },
        AttributeType::Integer => {
            text.parse().map(CompareValue::Integer).map_err(|_no_number| "a whole number")
        }
        AttributeType::Decimal => {
            let number = text.parse().ok().filter(|it: &f64| it.is_finite());
            number.map(CompareValue::Decimal).ok_or("a number")
        }
        _ => Ok(CompareValue::Text(text)),
    }
}
