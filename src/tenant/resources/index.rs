//! The places of resources by the value of one attribute.

use imbl::OrdSet;
use smol_str::SmolStr;

use crate::{
    medius::USER_EXTENSION,
    scim::{List, Object, Resource, ResourceType, Target, Value, hash},
};

/// Attributes by which clients look for a resource, besides those that are unique.
const LOOKED_FOR: [&str; 3] = ["userName", "externalId", "displayName"];

/// Whether an attribute is the one by which whoever signs in is found.
pub(in crate::tenant) fn is_name_identifier(target: &Target) -> bool {
    &**target.definition.name() == "nameIdentifier"
        && target.extension.as_deref().is_some_and(|it| *it == *USER_EXTENSION)
}

/// The places of the resources by the values of one attribute or sub-attribute.
#[derive(Clone, Debug)]
pub(super) struct Index {
    pub(super) target: Target,
    places: Places,
}

/// Places by the hash of a text, since numbers are smaller than texts and copy without counting
/// owners. Two texts may share a hash: who asks looks whether what is found has the text.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(OrdSet<(u64, u64)>);

impl Index {
    /// An empty index for each attribute of a type that is unique or looked for.
    pub(super) fn all(resource_type: &ResourceType) -> Vec<Self> {
        let is_looked_for =
            |it: &Target| LOOKED_FOR.iter().any(|name| it.is_core(name)) || is_name_identifier(it);
        let whole = resource_type.attributes().iter().filter(|it| {
            let definition = &it.definition;
            !definition.is_read_only()
                && !definition.is_complex()
                && (definition.is_unique() || is_looked_for(it))
        });
        let parts = resource_type.attributes().iter().flat_map(|it| {
            let subs = it.definition.sub_attributes().iter();
            let unique = subs.filter(|sub| {
                sub.is_unique() && !sub.is_read_only() && !it.definition.is_read_only()
            });
            unique.map(|sub| Target { sub: Some(sub.clone()), ..it.clone() })
        });
        let targets = whole.cloned().chain(parts);
        targets.map(|target| Self { target, places: Places::default() }).collect()
    }

    /// Whether it is the index of this attribute or sub-attribute.
    pub(super) fn is_of(&self, target: &Target) -> bool {
        let name = |it: &Target| it.sub.as_ref().map(|sub| sub.name().clone());
        self.target.is_same_attribute(target) && name(&self.target) == name(target)
    }

    /// The same index under another definition; `None` if that compares values differently.
    pub(super) fn redefined(&self, target: &Target) -> Option<Self> {
        let is_alike = |it: &Target| (it.leaf().kind(), it.leaf().is_case_exact());
        let still_right = self.is_of(target) && is_alike(&self.target) == is_alike(target);
        still_right.then(|| Self { target: target.clone(), places: self.places.clone() })
    }

    /// Whether no resource has a value here.
    pub(super) fn is_empty(&self) -> bool {
        self.places.0.is_empty()
    }

    /// Whether the attributes have a value with this key.
    pub(super) fn has(&self, attributes: &Object, key: &str) -> bool {
        self.keys(Some(attributes)).any(|it| it == key)
    }

    /// The places that may have a value with this key, in order.
    pub(super) fn places(&self, key: &str) -> impl Iterator<Item = u64> + use<'_> {
        self.places.of(key)
    }

    /// The values that attributes have here.
    pub(super) fn values<'a>(&'a self, attributes: &'a Object) -> impl Iterator<Item = &'a Value> {
        let (list, one) = match self.target.within(attributes) {
            Some(Value::List(list)) => (Some(list), None),
            one => (None, one),
        };
        let values = list.into_iter().flat_map(List::iter).chain(one);
        values.filter_map(|it| match &self.target.sub {
            Some(sub) => it.as_object()?.get(sub.name()),
            None => Some(it),
        })
    }

    /// Notes that a resource came, changed or went.
    pub(super) fn change(&mut self, at: u64, before: Option<&Resource>, after: Option<&Resource>) {
        let (before, after) = (before.map(Resource::attributes), after.map(Resource::attributes));
        if self.is_alike(before, after) {
            return;
        }
        let mut places = std::mem::take(&mut self.places);
        for key in self.keys(before) {
            places.remove(&key, at);
        }
        for key in self.keys(after) {
            places.insert(&key, at);
        }
        self.places = places;
    }

    /// Whether both have the same values here. Most writes change no value of an index, and values are
    /// compared without folding them.
    fn is_alike(&self, before: Option<&Object>, after: Option<&Object>) -> bool {
        let has_same_values = |(before, after)| self.values(before).eq(self.values(after));
        before.zip(after).is_some_and(has_same_values) || self.keys(before).eq(self.keys(after))
    }

    fn keys<'a>(&'a self, attributes: Option<&'a Object>) -> impl Iterator<Item = SmolStr> + 'a {
        let values = attributes.into_iter().flat_map(|it| self.values(it));
        values.filter_map(|it| self.target.leaf().key(it))
    }
}

impl Places {
    /// The places that may have this text, in order.
    pub(super) fn of(&self, text: &str) -> impl Iterator<Item = u64> + use<'_> {
        let hash = hash(text);
        self.0.range((hash, 0)..=(hash, u64::MAX)).map(|(_, at)| *at)
    }

    pub(super) fn insert(&mut self, text: &str, at: u64) {
        self.0.insert((hash(text), at));
    }

    pub(super) fn remove(&mut self, text: &str, at: u64) {
        self.0.remove(&(hash(text), at));
    }
}
