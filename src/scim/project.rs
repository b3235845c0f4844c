//! How a resource is shown: which attributes, with what the server derives, in which order.

use serde::ser::{Serialize, SerializeMap, Serializer};
use smol_str::SmolStr;

use super::{
    error::{ScimError, ScimType},
    path::{PatchPath, Urns},
    resource::{Resource, extensions_in_use},
    schema::{AttributeDefinition, ResourceType, Returned, Schemas, Target},
    value::{List, Object, Value},
};

/// What the server adds to a resource when it is shown, from what else it knows.
pub trait Derive {
    /// The value of a read-only attribute (`meta`, a user's `groups`), or of a reference with its
    /// read-only parts (`$ref`, `display`); `None` if there is nothing to say.
    fn derive(&self, resource: &Resource, target: &Target) -> Option<Value>;
}

/// Which attributes an answer has
/// ([RFC 7644 §3.9](https://www.rfc-editor.org/rfc/rfc7644#section-3.9)).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Projection {
    /// Those that are returned by default.
    #[default]
    Default,
    /// These, and those that are returned always.
    Only(Vec<Selected>),
    /// Those that are returned by default without these.
    Except(Vec<Selected>),
}

/// A name in `attributes` or `excludedAttributes`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    extension: Option<SmolStr>,
    name: Option<SmolStr>,
    sub: Option<SmolStr>,
}

/// A resource as it is shown in one answer; serialises to its JSON.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its type.
    pub resource_type: &'a ResourceType,
    /// Which attributes.
    pub projection: &'a Projection,
    /// What the server adds.
    pub derive: &'a dyn Derive,
}

/// How much of an attribute is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Nothing,
    Whole,
    Parts,
}

impl Projection {
    /// Reads the two parameters, each a list of attribute names.
    ///
    /// Names that the resource type lacks select nothing.
    ///
    /// # Errors
    ///
    /// `invalidValue` when both are given, or a name does not follow the grammar.
    pub fn parse<'t>(
        schemas: &Schemas,
        attributes: impl Iterator<Item = &'t str>,
        excluded: impl Iterator<Item = &'t str>,
    ) -> Result<Self, ScimError> {
        let read = |it: &str| Selected::parse(schemas, it);
        let only = attributes.map(read).collect::<Result<Vec<_>, _>>()?;
        let except = excluded.map(read).collect::<Result<Vec<_>, _>>()?;
        match (only.is_empty(), except.is_empty()) {
            (true, true) => Ok(Self::Default),
            (false, true) => Ok(Self::Only(only)),
            (true, false) => Ok(Self::Except(except)),
            // "attributes" and "excludedAttributes" are alternatives (RFC 7644 §3.9).
            (false, false) => Err(ScimError::new(
                ScimType::InvalidValue,
                "attributes and excludedAttributes exclude each other, give one of them",
            )),
        }
    }

    fn shows(&self, target: &Target) -> Shown {
        let definition = &target.definition;
        match (definition.returned(), self) {
            (Returned::Never, _) => Shown::Nothing,
            (Returned::Always, _) => Shown::Whole,
            (Returned::Request, Self::Default | Self::Except(_)) => Shown::Nothing,
            (Returned::Default, Self::Default) => Shown::Whole,
            (Returned::Default | Returned::Request, Self::Only(names)) => {
                Selected::most(names, target, Shown::Nothing, |sub| sub)
            }
            (Returned::Default, Self::Except(names)) => {
                Selected::most(names, target, Shown::Whole, |sub| match sub {
                    Shown::Whole => Shown::Nothing,
                    other => other,
                })
            }
        }
    }

    /// Whether a sub-attribute is shown, where parts of its attribute are.
    fn shows_sub(&self, target: &Target, sub: &AttributeDefinition) -> bool {
        let is_named = |names: &[Selected]| {
            names.iter().any(|it| {
                it.is_of(target) && it.sub.as_deref().is_none_or(|name| sub.is_named(name))
            })
        };
        match (sub.returned(), self) {
            (Returned::Never, _) => false,
            (Returned::Always, _) => true,
            (Returned::Default, Self::Default) => true,
            (Returned::Request, Self::Default | Self::Except(_)) => false,
            (_, Self::Only(names)) => is_named(names),
            (_, Self::Except(names)) => !is_named(names),
        }
    }
}

impl Selected {
    fn parse(schemas: &Schemas, text: &str) -> Result<Self, ScimError> {
        let path = PatchPath::parse(text.trim(), Urns(schemas.urns())).map_err(|error| {
            let detail = format!("{text:?} is not the name of an attribute: {error}");
            ScimError::new(ScimType::InvalidValue, detail)
        })?;
        Ok(match path {
            PatchPath::Extension(urn) => Self { extension: Some(urn), name: None, sub: None },
            PatchPath::Attribute(it) => {
                Self { extension: it.schema, name: Some(it.name), sub: it.sub }
            }
            // A filter has no meaning here (RFC 7644 §3.9); its attribute has.
            PatchPath::Values(it, sub) => {
                Self { extension: it.attr.schema, name: Some(it.attr.name), sub }
            }
        })
    }

    /// Whether it names this attribute, a part of it, or the extension that it is in.
    fn is_of(&self, target: &Target) -> bool {
        let same_schema = match (&self.extension, &target.extension) {
            (Some(asked), Some(urn)) => asked.eq_ignore_ascii_case(urn),
            // An attribute of an extension may be asked for without its URN.
            (None, _) => true,
            (Some(asked), None) => asked.ends_with(":User") || asked.ends_with(":Group"),
        };
        same_schema && self.name.as_deref().is_none_or(|name| target.definition.is_named(name))
    }

    fn most(names: &[Self], target: &Target, unnamed: Shown, of: impl Fn(Shown) -> Shown) -> Shown {
        let mut named = names.iter().filter(|it| it.is_of(target)).peekable();
        if named.peek().is_none() {
            return unnamed;
        }
        of(if named.any(|it| it.sub.is_none()) { Shown::Whole } else { Shown::Parts })
    }
}

/// Whether any value at a target passes a test: what a client would be shown is what is tested.
pub(super) fn lookup(
    resource: &Resource,
    target: &Target,
    derive: &dyn Derive,
    test: &dyn Fn(&Value) -> bool,
) -> bool {
    let definition = &target.definition;
    let is_derived =
        definition.is_read_only() || target.sub.as_ref().is_some_and(|it| it.is_read_only());
    let derived;
    let value = match (&**definition.name(), is_derived) {
        ("id", _) if target.extension.is_none() => {
            derived = Some(Value::Text(resource.id.clone()));
            derived.as_ref()
        }
        (_, true) => {
            derived = derive.derive(resource, target);
            derived.as_ref()
        }
        ("schemas", _) if target.extension.is_none() => {
            derived = derive.derive(resource, target);
            derived.as_ref()
        }
        (name, false) => resource.value(target.extension.as_deref(), name),
    };
    let of = |value: &Value| match (&target.sub, value) {
        (None, value) => test(value),
        (Some(sub), Value::Object(object)) => object.get(sub.name()).is_some_and(test),
        _ => false,
    };
    match value {
        Some(Value::List(list)) => list.iter().any(of),
        Some(value) => of(value),
        None => false,
    }
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut meta = None;
        let mut extension: Option<(SmolStr, Vec<(Target, Value, Shown)>)> = None;
        for target in self.resource_type.attributes() {
            let shown = self.projection.shows(&target);
            if shown == Shown::Nothing {
                continue;
            }
            let Some(value) = self.value(&target) else { continue };
            match &target.extension {
                // The server's own notes come last, where a reader does not trip over them.
                None if target.definition.is_named("meta") => meta = Some((target, value, shown)),
                None => map.serialize_entry(
                    &**target.definition.name(),
                    &Part { view: self, target: &target, value: &value, shown },
                )?,
                Some(urn) => {
                    if extension.as_ref().is_some_and(|(it, _)| it.as_str() != &**urn) {
                        self.flush(&mut map, extension.take())?;
                    }
                    extension
                        .get_or_insert_with(|| (SmolStr::new(urn), Vec::new()))
                        .1
                        .push((target, value, shown));
                }
            }
        }
        self.flush(&mut map, extension)?;
        if let Some((target, value, shown)) = meta {
            let part = Part { view: self, target: &target, value: &value, shown };
            map.serialize_entry("meta", &part)?;
        }
        map.end()
    }
}

impl View<'_> {
    /// The value of an attribute as it is shown.
    fn value(&self, target: &Target) -> Option<Value> {
        let definition = &target.definition;
        if target.extension.is_none() {
            match &**definition.name() {
                "id" => return Some(Value::Text(self.resource.id.clone())),
                "schemas" => return Some(self.schemas()),
                _ => {}
            }
        }
        if definition.is_read_only() || definition.is_resource_reference() {
            return self.derive.derive(self.resource, target);
        }
        self.resource.value(target.extension.as_deref(), definition.name()).cloned()
    }

    /// The URNs of the schemas that the resource has attributes of (RFC 7643 §3.1).
    fn schemas(&self) -> Value {
        schemas(self.resource_type, self.resource)
    }

    fn flush<M: SerializeMap>(
        &self,
        map: &mut M,
        extension: Option<(SmolStr, Vec<(Target, Value, Shown)>)>,
    ) -> Result<(), M::Error> {
        match extension {
            Some((urn, parts)) => {
                map.serialize_entry(&urn, &ExtensionView { view: self, parts: &parts })
            }
            None => Ok(()),
        }
    }
}

/// The URNs of the schemas that a resource has attributes of, its core schema first.
pub fn schemas(resource_type: &ResourceType, resource: &Resource) -> Value {
    let core = [&resource_type.schema.id];
    let urns = core.into_iter().chain(extensions_in_use(resource_type, resource.attributes()));
    Value::List(urns.map(|urn| Value::from(&**urn)).collect::<List>())
}

struct ExtensionView<'a> {
    view: &'a View<'a>,
    parts: &'a [(Target, Value, Shown)],
}

impl Serialize for ExtensionView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.parts.len()))?;
        for (target, value, shown) in self.parts {
            let part = Part { view: self.view, target, value, shown: *shown };
            map.serialize_entry(&**target.definition.name(), &part)?;
        }
        map.end()
    }
}

/// An attribute's value with its sub-attributes in schema order.
struct Part<'a> {
    view: &'a View<'a>,
    target: &'a Target,
    value: &'a Value,
    shown: Shown,
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::List(list) => serializer.collect_seq(list.iter().map(|value| Part {
                view: self.view,
                target: self.target,
                value,
                shown: self.shown,
            })),
            Value::Object(object) => self.complex(object, serializer),
            simple => simple.serialize(serializer),
        }
    }
}

impl Part<'_> {
    fn complex<S: Serializer>(&self, object: &Object, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for sub in self.target.definition.sub_attributes() {
            let is_shown = match self.shown {
                Shown::Parts => self.view.projection.shows_sub(self.target, sub),
                _ => sub.returned() != Returned::Never,
            };
            if let (true, Some(value)) = (is_shown, object.get(sub.name())) {
                map.serialize_entry(&**sub.name(), value)?;
            }
        }
        map.end()
    }
}
