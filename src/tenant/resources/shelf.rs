//! The resources of one type, in the order in which they were made, with their indexes.

use std::{ops::Bound, sync::Arc};

use imbl::{OrdMap, Vector, ordmap::DiffItem};
use smol_str::SmolStr;

use super::index::{Index, Places};
use crate::scim::{
    List, Object, Resource, ResourceType, ScimError, ScimType, Target, Value, quoted,
};

/// How many places are counted together: finding a page of a million resources then takes about a
/// thousand steps from run to run and as many within one. Tests have few resources and small runs.
const RUN: u64 = if cfg!(test) { 4 } else { 1_024 };

/// The resources of one type.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    resource_type: Arc<ResourceType>,
    /// The place that the next new resource gets; never used twice.
    next: u64,
    resources: OrdMap<u64, Arc<Resource>>,
    /// How many of each [`RUN`] of places are taken, so that a page is found without counting.
    taken: Vector<usize>,
    ids: Places,
    indexes: Vec<Index>,
    targets: Arc<[Target]>,
    /// How many values the one has, or had, that has had the most.
    heaviest: usize,
}

/// How many values a resource has.
pub(super) fn weight(resource: &Resource) -> usize {
    let weight = |value: &Value| value.as_list().map_or(1, List::len);
    resource.attributes().iter().map(|(_, value)| weight(value)).sum()
}

impl Shelf {
    pub(super) fn new(resource_type: &Arc<ResourceType>) -> Self {
        Self {
            resource_type: resource_type.clone(),
            next: 0,
            resources: OrdMap::new(),
            taken: Vector::new(),
            ids: Places::default(),
            indexes: Index::all(resource_type),
            targets: targets(resource_type),
            heaviest: 0,
        }
    }

    pub(super) fn kind(&self) -> &SmolStr {
        &self.resource_type.name
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

    /// The resources that differ on another shelf, each as it is here and there.
    pub(super) fn differences<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (Option<&'a Arc<Resource>>, Option<&'a Arc<Resource>>)> {
        self.resources.diff(&other.resources).map(|it| match it {
            DiffItem::Add(_, came) => (None, Some(came)),
            DiffItem::Remove(_, gone) => (Some(gone), None),
            DiffItem::Update { old: (_, gone), new: (_, came) } => (Some(gone), Some(came)),
        })
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
        let whole = Target { sub: None, ..target.clone() };
        let index = self.indexes.iter().find(|it| it.is_of(&whole))?;
        let key = index.target.definition.fold(value);
        Some(self.valued(index, key).map(|(_, it)| it).collect())
    }

    /// As [`Shelf::keyed`], for a core attribute by its name.
    pub(super) fn named(&self, attribute: &str, value: &str) -> Option<Vec<&Arc<Resource>>> {
        self.keyed(self.resource_type.core(attribute)?, value)
    }

    /// The resources that have this value in the attribute of the first index of which this holds.
    pub(super) fn having<'a>(
        &'a self,
        is_meant: fn(&Target) -> bool,
        value: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Resource>> + use<'a> {
        let index = self.indexes.iter().find(|it| is_meant(&it.target));
        let index = index.filter(|it| !it.is_empty());
        let keyed = index.map(|it| (it, it.target.definition.fold(value)));
        keyed.into_iter().flat_map(|(index, key)| self.valued(index, key)).map(|(_, it)| it)
    }

    /// The resources whose attribute of an index has this key, with their places.
    fn valued<'a>(
        &'a self,
        index: &'a Index,
        key: SmolStr,
    ) -> impl Iterator<Item = (u64, &'a Arc<Resource>)> {
        let found = index.places(&key).filter_map(|at| Some((at, self.at(at)?)));
        found.filter(move |(_, it)| index.has(it.attributes(), &key))
    }

    /// Goes by the definitions of this resource type from now on; the resources stay, and an index
    /// is made anew where another attribute is to be found, or found in another way.
    pub(super) fn adopt(&mut self, resource_type: &Arc<ResourceType>) {
        let mut indexes = Index::all(resource_type);
        for index in &mut indexes {
            match self.indexes.iter().find_map(|it| it.redefined(&index.target)) {
                Some(same) => *index = same,
                None => self.entries().for_each(|(at, it)| index.change(at, None, Some(it))),
            }
        }
        self.indexes = indexes;
        self.targets = targets(resource_type);
        self.resource_type = resource_type.clone();
    }

    /// The same shelf for another type: empty, and no place is used again.
    pub(super) fn reused(&self, resource_type: &Arc<ResourceType>) -> Self {
        Self { next: self.next, taken: self.taken.clone(), ..Self::new(resource_type) }
    }

    /// The other resource that has a value which must be unique, with the index that knows it and
    /// the value.
    pub(super) fn holder<'a>(
        &'a self,
        own: Option<&str>,
        attributes: &'a Object,
    ) -> Option<(&'a Index, &'a Value, &'a Arc<Resource>)> {
        let own = own.and_then(|it| self.ordinal(it));
        self.indexes.iter().filter(|it| it.target.leaf().is_unique()).find_map(|index| {
            index.values(attributes).find_map(|value| {
                let key = index.target.leaf().key(value)?;
                let (_, holder) = self.valued(index, key).find(|(at, _)| Some(*at) != own)?;
                Some((index, value, holder))
            })
        })
    }

    /// The first unique value of attributes as a text, by which a client would know the resource
    /// again.
    pub(super) fn unique_text(&self, attributes: &Object) -> Option<SmolStr> {
        let unique = self.indexes.iter().filter(|it| it.target.leaf().is_unique());
        let mut texts = unique.flat_map(|index| {
            index.values(attributes).filter_map(|it| index.target.leaf().key(it))
        });
        texts.next()
    }

    /// Checks the values that must be unique.
    ///
    /// # Errors
    ///
    /// `uniqueness`, naming the attribute and the holder.
    pub(super) fn admits(&self, resource: &Resource) -> Result<(), ScimError> {
        let holder = self.holder(Some(&resource.id), resource.attributes());
        let Some((index, value, holder)) = holder else { return Ok(()) };
        let path = index.target.path();
        let value = match value {
            Value::Text(text) => format!("{}", quoted(text)),
            other => index.target.leaf().key(other).unwrap_or_default().to_string(),
        };
        let detail = format!("{path} {value} is in use by {} {}", self.kind(), holder.id);
        Err(ScimError::new(ScimType::Uniqueness, detail).at(&path).hint(format_args!(
            "give another {path}, or change that {} with PUT or PATCH",
            self.kind()
        )))
    }

    /// Puts a resource at the end, or in the place of the one with its id; returns that place.
    pub(super) fn put(&mut self, resource: Arc<Resource>) -> u64 {
        let ordinal = self.ordinal(&resource.id).unwrap_or_else(|| {
            let at = self.next;
            self.next += 1;
            self.ids.insert(&resource.id, at);
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
        self.heaviest = self.heaviest.max(weight(&resource));
        self.resources.insert(ordinal, resource);
        ordinal
    }

    /// Gives every resource a version of this life of the tenant; what indexes go by stays.
    pub(super) fn renew(&mut self, life: u64) {
        let renewed = |it: &Arc<Resource>| Arc::new(Resource::clone(it).in_life(life));
        self.resources = self.resources.iter().map(|(at, it)| (*at, renewed(it))).collect();
    }

    /// How many values the one has, or had, that has had the most.
    pub(super) fn heaviest(&self) -> usize {
        self.heaviest
    }

    /// Takes a resource away; returns the place that it had.
    pub(super) fn remove(&mut self, id: &str) -> Option<u64> {
        let ordinal = self.ordinal(id)?;
        self.ids.remove(id, ordinal);
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

/// The attributes of a type that point to other resources.
fn targets(resource_type: &ResourceType) -> Arc<[Target]> {
    let points =
        |it: &&Target| it.definition.is_resource_reference() && !it.definition.is_read_only();
    resource_type.attributes().iter().filter(points).cloned().collect()
}
