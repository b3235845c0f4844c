//! A resource and its attributes.

use jiff::Timestamp;
use smol_str::SmolStr;

use super::{
    schema::{ResourceType, Target},
    value::{Name, Object, Value},
};

/// A resource of a tenant ([RFC 7643 §3](https://www.rfc-editor.org/rfc/rfc7643#section-3)).
///
/// Its attributes are valid by construction: names have their schema's spelling, values have their
/// attribute's type, and none is read-only or unassigned. What the server adds (`schemas`, `meta`
/// beyond the times, `groups`, `$ref`) is derived when the resource is shown and never stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its `id`, which the server assigns once.
    pub id: SmolStr,
    /// The name of its resource type.
    pub kind: SmolStr,
    /// When it was created.
    pub created: Timestamp,
    /// When it last changed.
    pub last_modified: Timestamp,
    /// How often it changed, from 1.
    pub version: u64,
    /// In which life of its tenant it was created or last changed. A new life begins when another
    /// state is put in place. A `version` may occur again in another life, but not together with
    /// the same `life`.
    pub life: u64,
    attributes: Object,
}

/// The attributes that a body or a PATCH yields. They fit the schemas, and are not yet part of a
/// resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AcceptedAttributes(pub(super) Object);

impl AcceptedAttributes {
    /// The attributes by name; extensions under their URN.
    pub fn attributes(&self) -> &Object {
        &self.0
    }

    /// The name that a client knows it by: `userName`, else `displayName`, else `externalId`, else
    /// an empty text.
    pub fn name(&self) -> SmolStr {
        let text = |name| self.0.text(name).cloned();
        text("userName")
            .or_else(|| text("displayName"))
            .or_else(|| text("externalId"))
            .unwrap_or_default()
    }

    /// The same with another value at a target, or without one. It is used for references to a
    /// deleted resource.
    #[must_use]
    pub fn with(mut self, target: &Target, value: Option<Value>) -> Self {
        assign(&mut self.0, target, value);
        self
    }
}

impl Target {
    /// The value of its attribute among a resource's attributes. Its sub-attribute is ignored.
    pub fn within<'a>(&self, attributes: &'a Object) -> Option<&'a Value> {
        value(attributes, self.extension.as_deref(), self.definition.name())
    }
}

impl Resource {
    /// Makes a resource of accepted attributes.
    pub fn new(kind: SmolStr, id: SmolStr, accepted: AcceptedAttributes, now: Timestamp) -> Self {
        let attributes = accepted.0;
        Self { id, kind, created: now, last_modified: now, version: 1, life: 0, attributes }
    }

    /// The same resource with other attributes. `None` when nothing differs, so that the version
    /// and the time of change are kept (RFC 7644 §3.5.2.1).
    pub fn with(&self, accepted: AcceptedAttributes, now: Timestamp) -> Option<Self> {
        if accepted.0 == self.attributes {
            return None;
        }
        let version = self.version + 1;
        Some(Self { attributes: accepted.0, last_modified: now, version, ..self.clone() })
    }

    /// Its attributes, by name; extensions under their URN.
    pub fn attributes(&self) -> &Object {
        &self.attributes
    }

    /// Its attributes, to be changed.
    pub fn to_accepted(&self) -> AcceptedAttributes {
        AcceptedAttributes(self.attributes.clone())
    }

    /// The value of an attribute; of one of an extension if a URN is given.
    pub fn value(&self, extension: Option<&str>, name: &str) -> Option<&Value> {
        value(&self.attributes, extension, name)
    }

    /// The value of a target's attribute. The target's sub-attribute is ignored.
    pub fn at(&self, target: &Target) -> Option<&Value> {
        target.within(&self.attributes)
    }

    /// The same resource in this life of its tenant.
    #[must_use]
    pub fn in_life(self, life: u64) -> Self {
        Self { life, ..self }
    }

    /// Its `ETag` (RFC 7644 §3.14). It is weak, since the same resource can be shown in several
    /// ways. From the second life of the tenant on it contains the life: `W/"3"`, `W/"3.1"`.
    pub fn etag(&self) -> SmolStr {
        match self.life {
            0 => smol_str::format_smolstr!("W/\"{}\"", self.version),
            life => smol_str::format_smolstr!("W/\"{}.{life}\"", self.version),
        }
    }
}

/// The value of an attribute among a resource's attributes.
pub(super) fn value<'a>(
    attributes: &'a Object,
    extension: Option<&str>,
    name: &str,
) -> Option<&'a Value> {
    match extension {
        None => attributes.get(name),
        Some(urn) => attributes.get(urn)?.as_object()?.get(name),
    }
}

/// Sets the value of a target's attribute, or removes it. An extension without attributes is
/// removed.
pub(super) fn assign(attributes: &mut Object, target: &Target, value: Option<Value>) {
    let name = target.definition.name();
    let put = |object: &mut Object| match value {
        Some(value) => object.set(name, value),
        None => object.remove(name),
    };
    match &target.extension {
        None => put(attributes),
        Some(urn) => {
            let mut extension =
                attributes.get(urn).and_then(Value::as_object).cloned().unwrap_or_default();
            put(&mut extension);
            attributes.set(urn, Value::Object(extension));
        }
    }
}

/// The names of a resource's extensions that have attributes, in schema order.
pub(super) fn extensions_in_use<'a>(
    resource_type: &'a ResourceType,
    attributes: &'a Object,
) -> impl Iterator<Item = &'a Name> {
    resource_type
        .extensions
        .iter()
        .map(|it| &it.schema.id)
        .filter(|urn| attributes.get(urn).is_some())
}
