//! The resources of a tenant, one shelf for each type, and who points to whom.
//!
//! Everything here is a persistent map: a copy is a few pointers, and a change touches only its own
//! path, also while copies are held and however many resources there are. Every check precedes the
//! first change, and nothing outside this room can change one map without the others.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use imbl::OrdSet;
use smol_str::SmolStr;

use crate::scim::{Object, Resource, ResourceType, Schemas, ScimError, Target, Value, hash};

mod index;
mod references;
mod search;
mod shelf;

#[cfg(test)]
mod tests;

pub(super) use index::is_name_identifier;
use references::references;
use shelf::{Shelf, weight};

/// How many values a light resource has at most, and less than how many resources point to it: what
/// is done with it is soon done.
const FEW_VALUES: usize = 500;
const FEW_HOLDERS: usize = 50;

/// The resources of a tenant.
#[derive(Clone, Debug)]
pub struct Resources {
    shelves: Vec<Shelf>,
    /// Who points to whom: (id pointed to, holder). The id's hash comes first, since a search then
    /// compares numbers, where texts would be all over the memory.
    pointers: OrdSet<(u64, SmolStr, Pointer)>,
}

/// One attribute of one resource that points to another: the holder's shelf, its place there, and
/// which of the shelf's pointing attributes it is. Small, since a large group has many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Pointer {
    shelf: u16,
    ordinal: u64,
    target: u16,
}

impl Resources {
    pub(super) fn new(schemas: &Schemas) -> Self {
        let shelves = schemas.resource_types().iter().map(Shelf::new).collect();
        Self { shelves, pointers: OrdSet::new() }
    }

    /// Goes by these definitions from now on; what is there stays. A type that is gone has no
    /// resources any more.
    pub(super) fn adopt(&mut self, schemas: &Schemas) {
        let names: HashSet<&SmolStr> = schemas.resource_types().iter().map(|it| &it.name).collect();
        let is_gone = |it: &Shelf| it.len() == 0 && !names.contains(it.kind());
        let (gone, there): (Vec<_>, Vec<_>) =
            self.shelves.iter().enumerate().partition(|(_, it)| is_gone(it));
        let there: HashMap<SmolStr, usize> =
            there.into_iter().map(|(at, it)| (it.kind().clone(), at)).collect();
        // Where an old type was is room for a new one: pointers know a shelf by its place.
        let mut room: VecDeque<usize> = gone.into_iter().map(|(at, _)| at).collect();
        for resource_type in schemas.resource_types() {
            if let Some(at) = there.get(&resource_type.name) {
                self.redefine(*at, resource_type);
            } else if let Some(at) = room.pop_front() {
                self.shelves[at] = self.shelves[at].reused(resource_type);
            } else {
                self.shelves.push(Shelf::new(resource_type));
            }
        }
    }

    fn redefine(&mut self, at: usize, resource_type: &Arc<ResourceType>) {
        let shelf = &mut self.shelves[at];
        let before = shelf.targets().clone();
        shelf.adopt(resource_type);
        let after = shelf.targets().clone();
        let is_same = |(one, other): (&Target, &Target)| one.is_same_attribute(other);
        if before.len() == after.len() && before.iter().zip(&*after).all(is_same) {
            return;
        }
        let all: Vec<(u64, Arc<Resource>)> =
            shelf.entries().map(|(at, it)| (at, it.clone())).collect();
        for (ordinal, it) in all {
            self.point(at, ordinal, references(Some(&it), None, &before));
            self.point(at, ordinal, references(None, Some(&it), &after));
        }
    }

    /// The resource of this type with this id.
    pub fn get(&self, kind: &str, id: &str) -> Option<&Arc<Resource>> {
        self.shelf(kind)?.get(id)
    }

    /// The resource with this id, of whatever type.
    pub fn find(&self, id: &str) -> Option<&Arc<Resource>> {
        self.shelves.iter().find_map(|it| it.get(id))
    }

    /// How many resources of a type there are.
    pub fn len(&self, kind: &str) -> usize {
        self.shelf(kind).map_or(0, Shelf::len)
    }

    /// Whether no resource of a type has, or had, many values.
    pub fn is_light(&self, kind: &str) -> bool {
        self.shelf(kind).is_none_or(|it| it.heaviest() <= FEW_VALUES)
    }

    /// Whether a resource has few values, and few point to it; one that is not there has none.
    pub fn is_light_one(&self, kind: &str, id: &str) -> bool {
        let has_few = || self.get(kind, id).is_none_or(|it| weight(it) <= FEW_VALUES);
        (self.is_light(kind) || has_few())
            && self.pointers_to(id).take(FEW_HOLDERS).count() < FEW_HOLDERS
    }

    /// How many resources there are.
    pub fn count(&self) -> usize {
        self.shelves.iter().map(Shelf::len).sum()
    }

    /// Gives every resource a version of this life of the tenant.
    pub(super) fn renew(&mut self, life: u64) {
        self.shelves.iter_mut().for_each(|it| it.renew(life));
    }

    /// All resources of a type in the order in which they were made.
    pub fn all(&self, kind: &str) -> impl Iterator<Item = &Arc<Resource>> {
        self.shelf(kind).into_iter().flat_map(Shelf::iter)
    }

    /// The resources of a type that differ in another state, each as it is here and there: `None`
    /// where there is none. What both share is not gone through.
    pub(super) fn differences<'a>(
        &'a self,
        other: &'a Self,
        kind: &str,
    ) -> impl Iterator<Item = (Option<&'a Arc<Resource>>, Option<&'a Arc<Resource>>)> {
        let (here, there) = (self.shelf(kind), other.shelf(kind));
        here.zip(there).into_iter().flat_map(|(here, there)| here.differences(there))
    }

    /// The resources of a type from a 0-based place on, in the order in which they were made.
    pub fn from(&self, kind: &str, offset: usize) -> impl Iterator<Item = &Arc<Resource>> {
        self.shelf(kind).into_iter().flat_map(move |it| it.from(offset))
    }

    /// The resources whose indexed attribute (`userName`, `externalId`, `displayName`) has this
    /// value, compared as its definition says.
    pub fn named(&self, kind: &str, attribute: &str, value: &str) -> Vec<&Arc<Resource>> {
        self.shelf(kind).and_then(|it| it.named(attribute, value)).unwrap_or_default()
    }

    /// The resources that have this value in the indexed attribute of which this holds, compared as its
    /// definition says.
    pub(super) fn having<'a>(
        &'a self,
        kind: &str,
        is_meant: fn(&Target) -> bool,
        value: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Resource>> + use<'a> {
        let shelf = self.shelf(kind);
        shelf.into_iter().flat_map(move |it| it.having(is_meant, value))
    }

    /// The resources that point to an id with the core attribute of this name, such as the groups
    /// that have it among their `members`, in the order in which they were made.
    pub fn pointing<'a>(
        &'a self,
        id: &'a str,
        attribute: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Resource>> {
        let is_meant = move |target: &Target| &**target.definition.name() == attribute;
        self.pointing_by(id).filter(move |(_, it)| is_meant(it)).map(|(holder, _)| holder)
    }

    /// The resources that point to an id, each with the attribute by which it does.
    fn pointing_by<'a>(
        &'a self,
        id: &'a str,
    ) -> impl Iterator<Item = (&'a Arc<Resource>, &'a Target)> {
        self.pointers_to(id).filter_map(|it| {
            let shelf = self.shelves.get(usize::from(it.shelf))?;
            Some((shelf.at(it.ordinal)?, shelf.targets().get(usize::from(it.target))?))
        })
    }

    /// The other resource that has a value which must be unique.
    pub(super) fn holder<'a>(
        &'a self,
        kind: &str,
        own: Option<&str>,
        attributes: &'a Object,
    ) -> Option<&'a Arc<Resource>> {
        self.shelf(kind)?.holder(own, attributes).map(|(_, _, holder)| holder)
    }

    /// The first unique value of a resource of this type, as a text.
    pub(super) fn unique_text(&self, kind: &str, attributes: &Object) -> Option<SmolStr> {
        self.shelf(kind)?.unique_text(attributes)
    }

    /// The attributes by which resources of this type point to others.
    pub(super) fn targets(&self, kind: &str) -> &[Target] {
        self.shelf(kind).map_or(&[], |it| it.targets())
    }

    /// The references that a resource has and did not have before, each with the attribute by which
    /// it points.
    pub(super) fn new_references<'a>(
        &'a self,
        before: Option<&Resource>,
        after: &Resource,
    ) -> impl Iterator<Item = (SmolStr, &'a Target)> {
        let targets = self.shelf(&after.kind).map(Shelf::targets);
        let come = targets.map(|it| references(before, Some(after), it).come).unwrap_or_default();
        come.into_iter().filter_map(move |(id, at)| Some((id, targets?.get(usize::from(at))?)))
    }

    /// Checks that a resource may stand beside the others.
    ///
    /// # Errors
    ///
    /// `uniqueness` (409) when another one has a value that must be unique; names the holder.
    pub(super) fn admits(&self, resource: &Resource) -> Result<(), ScimError> {
        self.shelf(&resource.kind).map_or(Ok(()), |it| it.admits(resource))
    }

    /// Puts a new resource on its shelf, or a changed one in the place of the old one.
    ///
    /// It must have been [admitted](Self::admits) here.
    pub(super) fn put(&mut self, resource: Arc<Resource>) {
        let Some(at) = self.position(&resource.kind) else { return };
        let shelf = &mut self.shelves[at];
        let before = shelf.get(&resource.id).cloned();
        let changes = references(before.as_deref(), Some(&resource), shelf.targets());
        let ordinal = shelf.put(resource);
        self.point(at, ordinal, changes);
    }

    /// Takes a resource away; returns those that point to it, each with the attribute by which it
    /// does, so that they can be changed.
    pub(super) fn remove(&mut self, resource: &Resource) -> Vec<(Arc<Resource>, Target)> {
        let Some(at) = self.position(&resource.kind) else { return Vec::new() };
        let shelf = &mut self.shelves[at];
        let changes = references(Some(resource), None, shelf.targets());
        let Some(ordinal) = shelf.remove(&resource.id) else { return Vec::new() };
        self.point(at, ordinal, changes);
        self.pointing_by(&resource.id).map(|(it, target)| (it.clone(), target.clone())).collect()
    }

    fn point(&mut self, shelf: usize, ordinal: u64, changes: references::Changes) {
        let shelf = u16::try_from(shelf).expect("a tenant has few resource types");
        for (id, target) in changes.gone {
            self.pointers.remove(&(hash(&id), id, Pointer { shelf, ordinal, target }));
        }
        for (id, target) in changes.come {
            self.pointers.insert((hash(&id), id, Pointer { shelf, ordinal, target }));
        }
    }

    fn pointers_to<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Pointer> {
        let first = Pointer { shelf: 0, ordinal: 0, target: 0 };
        let from = self.pointers.range((hash(id), SmolStr::new(id), first)..);
        from.take_while(move |(_, it, _)| it == id).map(|(.., pointer)| pointer)
    }

    /// The few resources that can have this value, if an index knows.
    fn candidates<'a>(
        &'a self,
        shelf: &'a Shelf,
        target: &Target,
        text: &str,
    ) -> Option<Vec<&'a Arc<Resource>>> {
        if target.is_core("id") {
            return Some(shelf.get(text).into_iter().collect());
        }
        if !target.definition.is_complex() {
            return shelf.keyed(target, text);
        }
        // Who points to whom is known by the ids as they are written.
        target.definition.default_sub_attribute().filter(|it| it.is_case_exact())?;
        let at = shelf.targets().iter().position(|it| it.is_same_attribute(target))?;
        let at = (self.position(shelf.kind())?, at);
        let holds = |it: &&Pointer| (usize::from(it.shelf), usize::from(it.target)) == at;
        let holders = self.pointers_to(text).filter(holds);
        Some(holders.filter_map(|it| shelf.at(it.ordinal)).collect())
    }

    fn shelf(&self, kind: &str) -> Option<&Shelf> {
        self.shelves.iter().find(|it| it.kind() == kind)
    }

    fn position(&self, kind: &str) -> Option<usize> {
        self.shelves.iter().position(|it| it.kind() == kind)
    }
}

/// The ids that a value points to.
fn pointed(value: &Value) -> Vec<SmolStr> {
    let of = |value: &Value| value.as_object().and_then(|it| it.text("value")).cloned();
    match value {
        Value::List(list) => list.iter().filter_map(of).collect(),
        value => of(value).into_iter().collect(),
    }
}
