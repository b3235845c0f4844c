//! How a resource is shown: which attributes, in which order, and with which derived values.

use std::{borrow::Cow, collections::BTreeSet};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{
    derive::Derive,
    error::{ScimError, ScimType},
    filter::{AttrPath, PatchPath, Urns},
    quirk::Quirk,
    resource::{Resource, extensions_in_use},
    rules::{Rules, SpecifiedAttributes},
    schema::{AttributeDefinition, ResourceType, Returned, Target},
    value::{List, Name, Object, Value},
};
use crate::quoted;

#[cfg(test)]
mod tests;

/// Which attributes an answer has
/// ([RFC 7644 §3.9](https://www.rfc-editor.org/rfc/rfc7644#section-3.9)).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Projection {
    /// Those that are returned by default.
    #[default]
    Default,
    /// These, and those that are returned always.
    Only(Vec<SelectedAttribute>),
    /// Those that are returned by default, except these.
    Except(Vec<SelectedAttribute>),
}

/// What a name in `attributes` or `excludedAttributes` means for one resource type: a
/// sub-attribute, an attribute, or all attributes of a schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SelectedAttribute {
    extension: Option<Name>,
    name: Option<Name>,
    sub: Option<Name>,
}

/// A resource as it is shown in one answer; serialises to its JSON.
#[derive(Clone, Copy)]
pub struct ResourceView<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its type.
    pub resource_type: &'a ResourceType,
    /// Which attributes.
    pub projection: &'a Projection,
    /// Attributes that are shown because the request gave them a value.
    pub specified: &'a SpecifiedAttributes,
    /// Derives what the server adds.
    pub derive: &'a dyn Derive,
}

/// How much of an attribute is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visibility {
    Hidden,
    Whole,
    Partial,
}

impl Projection {
    /// Reads the two parameters, each a list of attribute names.
    ///
    /// Names that the resource type does not have select nothing.
    ///
    /// # Errors
    ///
    /// `invalidValue` when both are given, or a name does not follow the grammar.
    pub fn parse(
        rules: &Rules<'_>,
        attributes: &[String],
        excluded: &[String],
    ) -> Result<Self, ScimError> {
        let read = |names: &[String]| {
            let all = names.iter().filter_map(|it| SelectedAttribute::parse(rules, it).transpose());
            // Each attribute is kept once, so that there are no more names than attributes.
            all.collect::<Result<BTreeSet<_>, _>>().map(Vec::from_iter)
        };
        match (attributes.is_empty(), excluded.is_empty()) {
            (true, true) => Ok(Self::Default),
            (false, true) => Ok(Self::Only(read(attributes)?)),
            (true, false) => Ok(Self::Except(read(excluded)?)),
            // The two parameters are "mutually exclusive" (RFC 7644 §3.9).
            (false, false) => Err(ScimError::new(
                ScimType::InvalidValue,
                "attributes and excludedAttributes exclude each other, give one of them",
            )
            .by("RFC 7644 §3.9")),
        }
    }

    /// Whether an attribute is hidden.
    pub fn hides(&self, target: &Target) -> bool {
        self.shows(target, &SpecifiedAttributes::default()) == Visibility::Hidden
    }

    fn shows(&self, target: &Target, specified: &SpecifiedAttributes) -> Visibility {
        let (names, unnamed, whole) = match (returned(&target.definition, specified), self) {
            (Returned::Never, _) => return Visibility::Hidden,
            (Returned::Always, _) | (Returned::Default, Self::Default) => return Visibility::Whole,
            (Returned::Request, Self::Default | Self::Except(_)) => return Visibility::Hidden,
            (_, Self::Only(names)) => (names, Visibility::Hidden, Visibility::Whole),
            (_, Self::Except(names)) => (names, Visibility::Whole, Visibility::Hidden),
        };
        let mut shown = unnamed;
        for name in names.iter().filter(|it| it.is_of(target)) {
            if name.sub.is_none() {
                return whole;
            }
            shown = Visibility::Partial;
        }
        shown
    }

    /// Whether a sub-attribute is shown, of an attribute with this visibility.
    fn shows_sub(
        &self,
        target: &Target,
        shown: Visibility,
        sub: &AttributeDefinition,
        specified: &SpecifiedAttributes,
    ) -> bool {
        let names = |all: &[SelectedAttribute]| {
            all.iter().any(|it| it.is_of(target) && it.sub.as_ref() == Some(sub.name()))
        };
        match (returned(sub, specified), self) {
            (Returned::Never, _) => false,
            (Returned::Always, _) | (Returned::Default, Self::Default) => true,
            (Returned::Default, Self::Only(all)) => shown == Visibility::Whole || names(all),
            (Returned::Default, Self::Except(all)) => !names(all),
            (Returned::Request, Self::Only(all)) => names(all),
            (Returned::Request, _) => false,
        }
    }
}

/// When an attribute is returned by a request that gave values to the specified ones: `request`
/// then counts as `default`.
fn returned(definition: &AttributeDefinition, specified: &SpecifiedAttributes) -> Returned {
    match definition.returned() {
        Returned::Request if specified.contains(definition) => Returned::Default,
        other => other,
    }
}

impl SelectedAttribute {
    fn parse(rules: &Rules<'_>, text: &str) -> Result<Option<Self>, ScimError> {
        let path = PatchPath::parse(text.trim(), Urns(rules.schemas.urns())).map_err(|error| {
            let detail = format!("{} is not the name of an attribute: {error}", quoted(text));
            ScimError::new(ScimType::InvalidValue, detail).by("RFC 7644 §3.10")
        })?;
        let resource_type = rules.resource_type;
        // An unknown name selects nothing. A known name in a form that the tenant does not tolerate
        // is refused.
        let of = |path: &AttrPath| match rules.resolve(path, ScimType::InvalidValue) {
            Err(error) if resource_type.resolve(path).is_some() => Err(error),
            found => Ok(found.ok().map(Self::from)),
        };
        Ok(match path {
            PatchPath::Extension(urn) if resource_type.is_core(&urn) => {
                Some(Self { extension: None, name: None, sub: None })
            }
            PatchPath::Extension(urn) => resource_type.extension(&urn).map(|it| Self {
                extension: Some(it.schema.id.clone()),
                name: None,
                sub: None,
            }),
            PatchPath::Attribute(path) => of(&path)?,
            // A filter has no meaning here (RFC 7644 §3.9), so only its attribute is read.
            PatchPath::Values(values, sub) => {
                if !rules.tolerates(Quirk::FilterInAttributes, &values) {
                    let detail = format!("{values} is no name of an attribute");
                    return Err(ScimError::new(ScimType::InvalidValue, detail)
                        .hinting(Quirk::FilterInAttributes));
                }
                of(&AttrPath { sub, ..values.attr })?
            }
        })
    }

    /// Whether it names this attribute, a part of it, or the schema that it is in.
    fn is_of(&self, target: &Target) -> bool {
        self.extension == target.extension
            && self.name.as_ref().is_none_or(|name| name == target.definition.name())
    }
}

impl From<Target> for SelectedAttribute {
    fn from(target: Target) -> Self {
        Self {
            extension: target.extension,
            name: Some(target.definition.name().clone()),
            sub: target.sub.map(|it| it.name().clone()),
        }
    }
}

/// The URNs of the schemas of a resource's attributes, the core schema first (RFC 7643 §3.1).
pub fn schemas(resource_type: &ResourceType, resource: &Resource) -> Value {
    let core = [&resource_type.schema.id];
    let urns = core.into_iter().chain(extensions_in_use(resource_type, resource.attributes()));
    Value::List(List::derived(urns.map(|urn| Value::from(&**urn))))
}

impl Serialize for ResourceView<'_> {
    /// Core attributes in the order of the schema, then each extension in use, then `meta`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let core = self.resource_type.core_attributes();
        for target in core.iter().filter(|it| !it.is_core("meta")) {
            self.entry(&mut map, target)?;
        }
        for urn in extensions_in_use(self.resource_type, self.resource.attributes()) {
            let stored = self.resource.attributes().get(urn).and_then(Value::as_object);
            let extension = stored.map(|stored| ExtensionView { view: self, urn, stored });
            if let Some(extension) = extension.filter(|it| it.parts().next().is_some()) {
                map.serialize_entry(&**urn, &extension)?;
            }
        }
        for target in core.iter().filter(|it| it.is_core("meta")) {
            self.entry(&mut map, target)?;
        }
        map.end()
    }
}

impl ResourceView<'_> {
    /// Writes a core attribute, if it is shown and has a value.
    fn entry<M: SerializeMap>(&self, map: &mut M, target: &Target) -> Result<(), M::Error> {
        let name = &**target.definition.name();
        let derived;
        let value = if target.is_core("id") {
            // Always returned (RFC 7643 §3.1).
            return map.serialize_entry(name, &self.resource.id);
        } else if self.shows(target) == Visibility::Hidden {
            None
        } else if target.is_core("schemas") {
            derived = Some(schemas(self.resource_type, self.resource));
            derived.as_ref()
        } else if target.definition.is_read_only() {
            derived = self.derive.derive(self.resource, target);
            derived.as_ref()
        } else {
            self.resource.attributes().get(name)
        };
        match value.and_then(|value| self.part(target, value)) {
            Some(part) => map.serialize_entry(name, &part),
            None => Ok(()),
        }
    }

    fn shows(&self, target: &Target) -> Visibility {
        self.projection.shows(target, self.specified)
    }

    /// The part of a value that is shown; `None` if all of it is hidden.
    fn part<'v>(&'v self, target: &'v Target, value: &'v Value) -> Option<AttributeView<'v>> {
        let shown = self.shows(target);
        let is_reference =
            target.definition.is_resource_reference() && !target.definition.is_read_only();
        let part = AttributeView { view: self, target, value, shown, is_reference };
        part.says_something().then_some(part)
    }
}

/// The attributes of an extension that are shown.
struct ExtensionView<'a> {
    view: &'a ResourceView<'a>,
    urn: &'a str,
    stored: &'a Object,
}

impl<'a> ExtensionView<'a> {
    fn parts(&self) -> impl Iterator<Item = (&'a str, AttributeView<'a>)> {
        let (view, stored) = (self.view, self.stored);
        view.resource_type.attributes_of(self.urn).iter().filter_map(move |target| {
            let name = &**target.definition.name();
            Some((name, view.part(target, stored.get(name)?)?))
        })
    }
}

impl Serialize for ExtensionView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.parts())
    }
}

/// An attribute's value with its sub-attributes in schema order.
#[derive(Clone, Copy)]
struct AttributeView<'a> {
    view: &'a ResourceView<'a>,
    target: &'a Target,
    value: &'a Value,
    shown: Visibility,
    is_reference: bool,
}

impl AttributeView<'_> {
    /// Whether anything of the value is shown.
    fn says_something(&self) -> bool {
        match (self.shown, self.value) {
            (Visibility::Hidden, _) => false,
            _ if self.shown != Visibility::Partial && !self.hides_parts() => true,
            (_, Value::Object(object)) => self.subs(&self.whole(object)).next().is_some(),
            (_, Value::List(list)) => {
                list.iter().any(|value| AttributeView { value, ..*self }.says_something())
            }
            _ => true,
        }
    }

    /// Whether it has sub-attributes that are not returned by default. A value of these alone would
    /// be shown as an empty object.
    fn hides_parts(&self) -> bool {
        let subs = self.target.definition.sub_attributes();
        subs.iter().any(|it| matches!(it.returned(), Returned::Request | Returned::Never))
    }

    /// A complex value with the parts that the server derives.
    fn whole<'v>(&self, object: &'v Object) -> Cow<'v, Object> {
        if self.is_reference {
            Cow::Owned(self.view.derive.complete(self.target, object))
        } else {
            Cow::Borrowed(object)
        }
    }

    /// The sub-attributes that are shown and have a value.
    fn subs<'v>(&'v self, object: &'v Object) -> impl Iterator<Item = (&'v Name, &'v Value)> {
        let is_shown = |sub: &AttributeDefinition| {
            let view = self.view;
            view.projection.shows_sub(self.target, self.shown, sub, view.specified)
        };
        let subs = self.target.definition.sub_attributes().iter();
        subs.filter_map(move |sub| {
            let value = object.get(sub.name())?;
            is_shown(sub).then_some((sub.name(), value))
        })
    }
}

impl Serialize for AttributeView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::List(list) => {
                let parts = list.iter().map(|value| AttributeView { value, ..*self });
                serializer.collect_seq(parts.filter(AttributeView::says_something))
            }
            Value::Object(object) => {
                let whole = self.whole(object);
                serializer.collect_map(self.subs(&whole).map(|(name, value)| (&**name, value)))
            }
            simple => simple.serialize(serializer),
        }
    }
}
