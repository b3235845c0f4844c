//! How a resource is shown: which attributes, with what the server derives, in which order.

use std::{borrow::Cow, collections::BTreeSet};

use serde::ser::{Serialize, SerializeMap, Serializer};
use smol_str::SmolStr;

use super::{
    dialect::{Quirk, Rules, Specified},
    error::{ScimError, ScimType},
    path::{AttrPath, PatchPath, Urns},
    resource::{Resource, extensions_in_use},
    schema::{AttributeDefinition, ResourceType, Returned, Target},
    value::{List, Name, Object, Value},
    work::{DERIVED, WorkBudget},
};
use crate::quoted;

#[cfg(test)]
mod tests;

/// What the server adds to a resource when it is shown, from what else it knows.
pub trait Derive {
    /// The value of an attribute that only the server writes, such as `meta` or a user's `groups`,
    /// or `schemas`; `None` if there is nothing to say. If the target names a sub-attribute, that
    /// one is enough.
    fn derive(&self, resource: &Resource, target: &Target) -> Option<Value>;

    /// A reference with its read-only parts (`$ref`, `display`, `type`).
    fn complete(&self, target: &Target, reference: &Object) -> Object;

    /// Where an address leads, absolute or relative
    /// ([RFC 7643 §2.3.7](https://www.rfc-editor.org/rfc/rfc7643#section-2.3.7)).
    fn locate(&self, address: &str) -> Located;
}

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Located {
    /// To a resource: the name of its type, and its id.
    Resource(SmolStr, SmolStr),
    /// To an address of this service at which no resource is.
    Nowhere,
    /// To another service, or it is no address.
    Elsewhere,
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

/// What a name in `attributes` or `excludedAttributes` means for one resource type: a
/// sub-attribute, an attribute, or all attributes of a schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selected {
    extension: Option<Name>,
    name: Option<Name>,
    sub: Option<Name>,
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
    /// What is shown because the request that is answered gave it a value.
    pub specified: &'a Specified,
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
    pub fn parse(
        rules: &Rules<'_>,
        attributes: &[String],
        excluded: &[String],
    ) -> Result<Self, ScimError> {
        let read = |names: &[String]| {
            let all = names.iter().filter_map(|it| Selected::parse(rules, it).transpose());
            // Each attribute is named once, so that the names are not more than the schemas have.
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

    /// Whether nothing of an attribute is shown.
    pub fn hides(&self, target: &Target) -> bool {
        self.shows(target, &Specified::default()) == Shown::Nothing
    }

    fn shows(&self, target: &Target, specified: &Specified) -> Shown {
        let (names, unnamed, whole) = match (returned(&target.definition, specified), self) {
            (Returned::Never, _) => return Shown::Nothing,
            (Returned::Always, _) | (Returned::Default, Self::Default) => return Shown::Whole,
            (Returned::Request, Self::Default | Self::Except(_)) => return Shown::Nothing,
            (_, Self::Only(names)) => (names, Shown::Nothing, Shown::Whole),
            (_, Self::Except(names)) => (names, Shown::Whole, Shown::Nothing),
        };
        let mut shown = unnamed;
        for name in names.iter().filter(|it| it.is_of(target)) {
            if name.sub.is_none() {
                return whole;
            }
            shown = Shown::Parts;
        }
        shown
    }

    /// Whether a sub-attribute is part of an attribute of which this much is shown.
    fn shows_sub(
        &self,
        (target, shown): (&Target, Shown),
        (sub, specified): (&AttributeDefinition, &Specified),
    ) -> bool {
        let names = |all: &[Selected]| {
            all.iter().any(|it| it.is_of(target) && it.sub.as_ref() == Some(sub.name()))
        };
        match (returned(sub, specified), self) {
            (Returned::Never, _) => false,
            (Returned::Always, _) | (Returned::Default, Self::Default) => true,
            (Returned::Default, Self::Only(all)) => shown == Shown::Whole || names(all),
            (Returned::Default, Self::Except(all)) => !names(all),
            (Returned::Request, Self::Only(all)) => names(all),
            (Returned::Request, _) => false,
        }
    }
}

/// When a definition is part of the answer to a request that gave values to these: what is returned
/// only if it is asked for is then returned by default.
fn returned(definition: &AttributeDefinition, specified: &Specified) -> Returned {
    match definition.returned() {
        Returned::Request if specified.contains(definition) => Returned::Default,
        other => other,
    }
}

impl Selected {
    fn parse(rules: &Rules<'_>, text: &str) -> Result<Option<Self>, ScimError> {
        let path = PatchPath::parse(text.trim(), Urns(rules.schemas.urns())).map_err(|error| {
            let detail = format!("{} is not the name of an attribute: {error}", quoted(text));
            ScimError::new(ScimType::InvalidValue, detail).by("RFC 7644 §3.10")
        })?;
        let resource_type = rules.resource_type;
        // A name that the type lacks selects nothing; what is refused is how it is written.
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
            // A filter has no meaning here (RFC 7644 §3.9); its attribute has.
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

impl From<Target> for Selected {
    fn from(target: Target) -> Self {
        Self {
            extension: target.extension,
            name: Some(target.definition.name().clone()),
            sub: target.sub.map(|it| it.name().clone()),
        }
    }
}

/// The URNs of the schemas that a resource has attributes of, its core schema first
/// (RFC 7643 §3.1).
pub fn schemas(resource_type: &ResourceType, resource: &Resource) -> Value {
    let core = [&resource_type.schema.id];
    let urns = core.into_iter().chain(extensions_in_use(resource_type, resource.attributes()));
    Value::List(List::derived(urns.map(|urn| Value::from(&**urn))))
}

/// What a filter asks of an attribute.
pub(super) struct Question<'a> {
    /// Texts of which a value, or its `value`, must be one, so that a long list need not be gone
    /// through; none if anything may do.
    pub(super) keys: &'a [SmolStr],
    /// Whether the values are needed with what the server derives.
    pub(super) is_completed: bool,
    /// What the looks at the values are counted by.
    pub(super) work: &'a WorkBudget,
    /// Whether a value is the one.
    pub(super) test: &'a dyn Fn(&Value) -> bool,
}

/// The whole value at a target, stored or derived.
pub(super) fn value_of<'r>(
    resource: &'r Resource,
    target: &Target,
    derive: &dyn Derive,
    work: &WorkBudget,
) -> Option<Cow<'r, Value>> {
    let definition = &target.definition;
    if definition.is_read_only() || target.is_core("schemas") {
        work.spend(DERIVED);
        return derive.derive(resource, target).map(Cow::Owned);
    }
    resource.value(target.extension.as_deref(), definition.name()).map(Cow::Borrowed)
}

impl Question<'_> {
    /// Whether the value of a sub-attribute is one, or has one among its own.
    pub(super) fn holds_for(&self, value: &Value) -> bool {
        match value {
            Value::List(list) => list.iter().any(|it| {
                self.work.spend(1);
                !self.work.is_spent() && (self.test)(it)
            }),
            one => (self.test)(one),
        }
    }
}

/// Whether any value at a target passes a test: what a client would be shown is what is tested.
pub(super) fn lookup(
    resource: &Resource,
    target: &Target,
    derive: &dyn Derive,
    question: &Question<'_>,
) -> bool {
    let definition = &target.definition;
    if target.is_core("id") {
        return (question.test)(&Value::Text(resource.id.clone()));
    }
    let is_completed = match &target.sub {
        _ if question.is_completed => definition.is_resource_reference(),
        Some(sub) => definition.fills_in(sub),
        None => false,
    };
    let work = question.work;
    work.spend(1);
    let of = |value: &Value| match (&target.sub, value) {
        (None, Value::Object(it)) if is_completed => {
            (question.test)(&Value::Object(derive.complete(target, it)))
        }
        (Some(sub), Value::Object(it)) if is_completed => {
            derive.complete(target, it).get(sub.name()).is_some_and(|it| question.holds_for(it))
        }
        (None, value) => (question.test)(value),
        (Some(sub), Value::Object(it)) => {
            it.get(sub.name()).is_some_and(|it| question.holds_for(it))
        }
        _ => false,
    };
    let value = value_of(resource, target, derive, work);
    let is_significant = target.sub.as_ref().is_none_or(|it| it.is_named("value"));
    let of_list = |value: &Value| {
        work.spend(if is_completed { DERIVED } else { 1 });
        !work.is_spent() && of(value)
    };
    let keys = question.keys;
    let are_few = |list: &List| is_significant && !keys.is_empty() && keys.len() <= list.len();
    match value.as_deref() {
        Some(Value::List(list)) if are_few(list) => {
            keys.iter().any(|key| list.keyed(key).any(|(_, it)| of_list(it)))
        }
        Some(Value::List(list)) => list.iter().any(of_list),
        Some(value) => of(value),
        None => false,
    }
}

impl Serialize for View<'_> {
    /// Core attributes in the order of the schema, then each extension in use, then `meta`: the
    /// server's own notes come last, where a reader does not trip over them.
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

impl View<'_> {
    /// Writes a core attribute, if it is shown and has a value.
    fn entry<M: SerializeMap>(&self, map: &mut M, target: &Target) -> Result<(), M::Error> {
        let name = &**target.definition.name();
        let derived;
        let value = if target.is_core("id") {
            // Always returned (RFC 7643 §3.1).
            return map.serialize_entry(name, &self.resource.id);
        } else if self.shows(target) == Shown::Nothing {
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

    fn shows(&self, target: &Target) -> Shown {
        self.projection.shows(target, self.specified)
    }

    /// What is shown of a value, unless that is nothing.
    fn part<'v>(&'v self, target: &'v Target, value: &'v Value) -> Option<Part<'v>> {
        let shown = self.shows(target);
        let is_reference =
            target.definition.is_resource_reference() && !target.definition.is_read_only();
        let part = Part { view: self, target, value, shown, is_reference };
        part.says_something().then_some(part)
    }
}

/// The attributes of an extension that are shown.
struct ExtensionView<'a> {
    view: &'a View<'a>,
    urn: &'a str,
    stored: &'a Object,
}

impl<'a> ExtensionView<'a> {
    fn parts(&self) -> impl Iterator<Item = (&'a str, Part<'a>)> {
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
struct Part<'a> {
    view: &'a View<'a>,
    target: &'a Target,
    value: &'a Value,
    shown: Shown,
    is_reference: bool,
}

impl Part<'_> {
    /// Whether any of it is left when only parts are shown.
    fn says_something(&self) -> bool {
        match (self.shown, self.value) {
            (Shown::Nothing, _) => false,
            _ if self.shown != Shown::Parts && !self.hides_parts() => true,
            (_, Value::Object(object)) => self.subs(&self.whole(object)).next().is_some(),
            (_, Value::List(list)) => {
                list.iter().any(|value| Part { value, ..*self }.says_something())
            }
            _ => true,
        }
    }

    /// Whether some of its sub-attributes are not shown unless they are asked for, so that a value of
    /// these alone would be shown as an empty object.
    fn hides_parts(&self) -> bool {
        let subs = self.target.definition.sub_attributes();
        subs.iter().any(|it| matches!(it.returned(), Returned::Request | Returned::Never))
    }

    /// A complex value with what the server derives.
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
            let sub = (sub, self.view.specified);
            self.view.projection.shows_sub((self.target, self.shown), sub)
        };
        let subs = self.target.definition.sub_attributes().iter();
        subs.filter_map(move |sub| {
            let value = object.get(sub.name())?;
            is_shown(sub).then_some((sub.name(), value))
        })
    }
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::List(list) => {
                let parts = list.iter().map(|value| Part { value, ..*self });
                serializer.collect_seq(parts.filter(Part::says_something))
            }
            Value::Object(object) => {
                let whole = self.whole(object);
                serializer.collect_map(self.subs(&whole).map(|(name, value)| (&**name, value)))
            }
            simple => simple.serialize(serializer),
        }
    }
}
