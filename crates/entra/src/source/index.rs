//! Indexes of the directory, derived from its objects.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use smol_str::SmolStr;

use super::{DirectoryObject, ObjectKind, ObjectState};
use scim_engine::fold;

/// The indexes.
#[derive(Clone, Debug, Default)]
pub(super) struct SourceIndex {
    /// By the version of the last change.
    pub(super) changes: BTreeMap<u64, SmolStr>,
    /// Users by `userPrincipalName` and groups by `displayName`, case-folded, without hard-deleted
    /// objects.
    pub(super) names: HashMap<SmolStr, SmolStr>,
    /// The groups of each member.
    pub(super) groups: HashMap<SmolStr, BTreeSet<SmolStr>>,
    /// Users by their manager.
    pub(super) reports: HashMap<SmolStr, BTreeSet<SmolStr>>,
    /// Soft-deleted objects, the oldest deletion first.
    pub(super) bin: BTreeSet<(Timestamp, SmolStr)>,
    /// The number of hard-deleted objects.
    pub(super) gone: usize,
}

impl SourceIndex {
    /// Adds an object with its members.
    pub(super) fn add(&mut self, object: &DirectoryObject) {
        self.place(object);
        if let ObjectKind::Group { members, .. } = &object.kind {
            for member in members {
                self.join(member, &object.object_id);
            }
        }
    }

    /// Adds a membership.
    pub(super) fn join(&mut self, member: &SmolStr, group: &SmolStr) {
        self.groups.entry(member.clone()).or_default().insert(group.clone());
    }

    /// Removes a membership.
    pub(super) fn leave(&mut self, member: &str, group: &str) {
        if let Some(groups) = self.groups.get_mut(member) {
            groups.remove(group);
        }
    }

    /// Adds an object without its members. Otherwise a change of a large group would cost as much
    /// as the group is large.
    pub(super) fn place(&mut self, object: &DirectoryObject) {
        let id = &object.object_id;
        self.changes.insert(object.changed, id.clone());
        match object.state {
            ObjectState::HardDeleted => self.gone += 1,
            ObjectState::SoftDeleted(at) => drop(self.bin.insert((at, id.clone()))),
            ObjectState::Present => {}
        }
        if let Some(name) = key(object) {
            self.names.insert(name, id.clone());
        }
        if let ObjectKind::User { manager: Some(manager), .. } = &object.kind {
            self.reports.entry(manager.clone()).or_default().insert(id.clone());
        }
    }

    /// Removes an object, but not its members.
    pub(super) fn remove(&mut self, object: &DirectoryObject) {
        let id = &object.object_id;
        self.changes.remove(&object.changed);
        match object.state {
            ObjectState::HardDeleted => self.gone -= 1,
            ObjectState::SoftDeleted(at) => drop(self.bin.remove(&(at, id.clone()))),
            ObjectState::Present => {}
        }
        if let Some(name) = key(object)
            && self.names.get(&name) == Some(id)
        {
            self.names.remove(&name);
        }
        if let ObjectKind::User { manager: Some(manager), .. } = &object.kind
            && let Some(reports) = self.reports.get_mut(manager)
        {
            reports.remove(id);
        }
    }
}

/// The case-folded name by which an object is found. No two users share it.
pub(super) fn key(object: &DirectoryObject) -> Option<SmolStr> {
    let name = match object.kind {
        ObjectKind::User { .. } => object.text("userPrincipalName"),
        ObjectKind::Group { .. } => object.text("displayName"),
    };
    (object.state != ObjectState::HardDeleted).then_some(name).flatten().map(fold)
}
