//! The resources of one type, in the order in which they were made, with their indexes.

use std::{ops::Bound, sync::Arc};

use imbl::{OrdMap, OrdSet, Vector};
use smol_str::SmolStr;

use crate::scim::{
    AttributeDefinition, Object, Resource, ResourceType, ScimError, ScimType, Target, Value, hash,
};

/// Attributes by which clients look for a resource, besides those that are unique.
const LOOKED_FOR: [&str; 3] = ["userName", "externalId", "displayName"];

/// How many places are counted together: finding a page of a million resources then takes about a
/// thousand steps from run to run and as many within one. Tests have few resources and small runs.
const RUN: u64 = if cfg!(test) { 4 } else { 1_024 };

/// The resources of one type.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    kind: SmolStr,
    /// The place that the next new resource gets; never used twice.
    next: u64,
    resources: OrdMap<u64, Arc<Resource>>,
    /// How many of each [`RUN`] of places are taken, so that a page is found without counting.
    taken: Vector<usize>,
    ids: Places,
    indexes: Vec<Index>,
    targets: Arc<[Target]>,
}

/// The places of the resources by the value of one attribute.
#[derive(Clone, Debug)]
struct Index {
    definition: Arc<AttributeDefinition>,
    places: Places,
}

/// Places by the hash of a text, since numbers are smaller than texts and copy without counting
/// owners. Two texts may share a hash: who asks looks whether what is found has the text.
#[derive(Clone, Debug, Default)]
struct Places(OrdSet<(u64, u64)>);

impl Shelf {
    pub(super) fn new(resource_type: &Arc<ResourceType>) -> Self {
        let is_indexed = |it: &Arc<AttributeDefinition>| {
            let is_looked_for = LOOKED_FOR.iter().any(|name| it.is_named(name));
            !it.is_read_only() && !it.is_complex() && (it.is_unique() || is_looked_for)
        };
        let core = resource_type.attributes().iter().filter(|it| it.extension.is_none());
        let indexes = core
            .filter(|it| is_indexed(&it.definition))
            .map(|it| Index { definition: it.definition.clone(), places: Places::default() })
            .collect();
        let points =
            |it: &&Target| it.definition.is_resource_reference() && !it.definition.is_read_only();
        Self {
            kind: resource_type.name.clone(),
            next: 0,
            resources: OrdMap::new(),
            taken: Vector::new(),
            ids: Places::default(),
            indexes,
            targets: resource_type.attributes().iter().filter(points).cloned().collect(),
        }
    }

    pub(super) fn kind(&self) -> &SmolStr {
        &self.kind
    }

    /// The attributes that point to other resources.
    pub(super) fn targets(&self) -> &Arc<[Target]> {
        &self.targets
    }

    pub(super) fn len(&self) -> usize {
        self.resources.len()
    }

    pub(super) fn get(&self, id: &str) -> Option<&Arc<Resource>> {
        self.at(self.ordinal(id)?)
    }

    /// The ordinal of the resource with this id.
    pub(super) fn ordinal(&self, id: &str) -> Option<u64> {
        self.ids.of(id).find(|at| self.at(*at).is_some_and(|it| it.id == id))
    }

    pub(super) fn at(&self, ordinal: u64) -> Option<&Arc<Resource>> {
        self.resources.get(&ordinal)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Resource>> {
        self.resources.values()
    }

    /// The resources with their ordinals.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u64, &Arc<Resource>)> {
        self.resources.iter().map(|(at, it)| (*at, it))
    }

    /// The resources behind an ordinal, which need not be taken any more.
    pub(super) fn after(&self, ordinal: u64) -> impl Iterator<Item = (u64, &Arc<Resource>)> {
        let behind = (Bound::Excluded(ordinal), Bound::Unbounded);
        self.resources.range(behind).map(|(at, it)| (*at, it))
    }

    /// The resources before an ordinal, the nearest first.
    pub(super) fn before(&self, ordinal: u64) -> impl Iterator<Item = (u64, &Arc<Resource>)> {
        self.resources.range(..ordinal).rev().map(|(at, it)| (*at, it))
    }

    /// The resources from a 0-based place on; those before it are counted by runs of places.
    pub(super) fn from(&self, offset: usize) -> impl Iterator<Item = &Arc<Resource>> {
        let (mut first, mut left) = (0, offset);
        for taken in &self.taken {
            if left < *taken {
                break;
            }
            (first, left) = (first + RUN, left - taken);
        }
        self.resources.range(first..).map(|(_, it)| it).skip(left)
    }

    /// The resources whose attribute has this value; `None` if that attribute has no index.
    pub(super) fn keyed(&self, target: &Target, value: &str) -> Option<Vec<&Arc<Resource>>> {
        self.named(target.definition.name(), value).filter(|_| target.extension.is_none())
    }

    /// As [`Shelf::keyed`], for a core attribute by its name.
    pub(super) fn named(&self, attribute: &str, value: &str) -> Option<Vec<&Arc<Resource>>> {
        let index = self.indexes.iter().find(|it| it.definition.is_named(attribute))?;
        Some(self.valued(index, value).map(|(_, it)| it).collect())
    }

    /// The resources whose attribute of an index has this value, with their places.
    fn valued<'a>(
        &'a self,
        index: &'a Index,
        value: &str,
    ) -> impl Iterator<Item = (u64, &'a Arc<Resource>)> {
        let key = index.definition.fold(value);
        let found = index.places.of(&key).filter_map(|at| Some((at, self.at(at)?)));
        found.filter(move |(_, it)| index.key(it).as_ref() == Some(&key))
    }

    /// Goes by the definitions of this resource type from now on.
    pub(super) fn adopt(&mut self, resource_type: &ResourceType) {
        for index in &mut self.indexes {
            if let Some(target) = resource_type.core(index.definition.name()) {
                index.definition = target.definition.clone();
            }
        }
    }

    /// The other resource that has a value which must be unique, and the attribute's definition.
    pub(super) fn holder(
        &self,
        own: Option<&str>,
        attributes: &Object,
    ) -> Option<(&AttributeDefinition, &Arc<Resource>)> {
        let own = own.and_then(|it| self.ordinal(it));
        self.indexes.iter().filter(|it| it.definition.is_unique()).find_map(|index| {
            let value = attributes.get(index.definition.name()).and_then(Value::as_text)?;
            let (_, holder) = self.valued(index, value).find(|(at, _)| Some(*at) != own)?;
            Some((&*index.definition, holder))
        })
    }

    /// Checks the values that must be unique.
    ///
    /// # Errors
    ///
    /// `uniqueness`, naming the attribute and the holder.
    pub(super) fn admits(&self, resource: &Resource) -> Result<(), ScimError> {
        let holder = self.holder(Some(&resource.id), resource.attributes());
        let Some((definition, holder)) = holder else { return Ok(()) };
        let name = definition.name();
        let value = resource.value(None, name).and_then(Value::as_text);
        let value = value.map(SmolStr::as_str).unwrap_or_default();
        let detail = format!("{name} {value:?} is in use by {} {}", self.kind, holder.id);
        Err(ScimError::new(ScimType::Uniqueness, detail).hint(format_args!(
            "give another {name}, or change that {} with PUT or PATCH",
            self.kind
        )))
    }

    /// Puts a resource at the end, or in the place of the one with its id; returns that place.
    pub(super) fn put(&mut self, resource: Arc<Resource>) -> u64 {
        let ordinal = self.ordinal(&resource.id).unwrap_or_else(|| {
            let at = self.next;
            self.next += 1;
            self.ids.0.insert((hash(&resource.id), at));
            match self.taken.get_mut(run(at)) {
                Some(taken) => *taken += 1,
                None => self.taken.push_back(1),
            }
            at
        });
        let before = self.resources.get(&ordinal).cloned();
        for index in &mut self.indexes {
            index.change(ordinal, before.as_deref(), Some(&resource));
        }
        self.resources.insert(ordinal, resource);
        ordinal
    }

    /// Takes a resource away; returns the place that it had.
    pub(super) fn remove(&mut self, id: &str) -> Option<u64> {
        let ordinal = self.ordinal(id)?;
        self.ids.0.remove(&(hash(id), ordinal));
        self.taken[run(ordinal)] -= 1;
        let before = self.resources.remove(&ordinal);
        for index in &mut self.indexes {
            index.change(ordinal, before.as_deref(), None);
        }
        Some(ordinal)
    }
}

/// The number of the run that a place is in.
fn run(ordinal: u64) -> usize {
    usize::try_from(ordinal / RUN).expect("what is in memory is countable")
}

impl Index {
    fn value<'a>(&self, resource: &'a Resource) -> Option<&'a SmolStr> {
        resource.value(None, self.definition.name()).and_then(Value::as_text)
    }

    fn key(&self, resource: &Resource) -> Option<SmolStr> {
        self.value(resource).map(|value| self.definition.fold(value))
    }

    fn change(&mut self, at: u64, before: Option<&Resource>, after: Option<&Resource>) {
        let key = |it: Option<&Resource>| it.and_then(|it| self.key(it));
        let (before, after) = (key(before), key(after));
        if before == after {
            return;
        }
        if let Some(key) = before {
            self.places.0.remove(&(hash(&key), at));
        }
        if let Some(key) = after {
            self.places.0.insert((hash(&key), at));
        }
    }
}

impl Places {
    /// The places that may have this text, in order.
    fn of(&self, text: &str) -> impl Iterator<Item = u64> + use<'_> {
        let hash = hash(text);
        self.0.range((hash, 0)..=(hash, u64::MAX)).map(|(_, at)| *at)
    }
}
