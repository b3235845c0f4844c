//! The source directory: the users and groups of a company in Entra ID.

mod change;
mod edit;
mod error;
mod filters;
mod generate;
mod index;
mod listing;
mod read;
mod source_object;
mod week;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::attributes::{AppRole, ObjectType};
pub use change::Change;
pub use error::{DirectoryError, DirectoryFileError};
pub use filters::ConfigurationFilters;
use index::SourceIndex;
pub use listing::{Assignment, DirectoryEntry, DirectoryEntryState};
pub use source_object::SourceObject;
pub use week::week;

/// The time in which a soft-deleted object can be restored. After it the directory hard-deletes the
/// object (HOW).
pub const RESTORABLE_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The role of an assignment without a role ("Default Access").
pub const DEFAULT_ACCESS: &str = "00000000-0000-0000-0000-000000000000";

/// The users, groups, app roles and assignments of one application, and their changes.
///
/// Every change raises the version. Finding the changes since a version costs only as much as there
/// are changes ([`Self::delta`]).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct SourceDirectory {
    objects: BTreeMap<SmolStr, DirectoryObject>,
    roles: Vec<AppRole>,
    version: u64,
    index: SourceIndex,
}

/// A user or a group. It may be soft-deleted, or a tombstone of a hard-deleted object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DirectoryObject {
    /// Its GUID.
    pub object_id: SmolStr,
    /// Whether it is a user or a group, and the fields of that kind.
    pub kind: ObjectKind,
    /// Whether it exists, can be restored, or is hard-deleted.
    #[serde(default)]
    pub state: ObjectState,
    /// Its attributes by their Entra names, except those that the directory computes.
    pub attributes: BTreeMap<SmolStr, DirectoryValue>,
    /// The ids of its assigned roles; empty if it is not assigned.
    #[serde(default)]
    pub roles: BTreeSet<SmolStr>,
    /// The version of its last change.
    changed: u64,
}

/// The fields that only users or only groups have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", deny_unknown_fields)]
pub enum ObjectKind {
    /// A user.
    #[serde(rename_all = "camelCase")]
    User {
        /// Whether sign-in is allowed.
        account_enabled: bool,
        /// The manager's object id.
        #[serde(default)]
        manager: Option<SmolStr>,
    },
    /// A group.
    #[serde(rename_all = "camelCase")]
    Group {
        /// Whether it can be assigned.
        security_enabled: bool,
        /// The object ids of its direct members, which may be groups.
        #[serde(default)]
        members: BTreeSet<SmolStr>,
    },
}

/// Whether and how an object is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ObjectState {
    /// It is not deleted.
    #[default]
    Present,
    /// It was deleted at this time, and can be restored for thirty days.
    SoftDeleted(Timestamp),
    /// It is deleted. Only its id and name are kept, so that jobs learn of the deletion.
    HardDeleted,
}

/// The stored value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DirectoryValue {
    /// Text.
    Text(SmolStr),
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Several texts.
    List(Vec<SmolStr>),
}

impl DirectoryObject {
    /// Whether it is a user or a group.
    pub fn object_type(&self) -> ObjectType {
        match self.kind {
            ObjectKind::User { .. } => ObjectType::User,
            ObjectKind::Group { .. } => ObjectType::Group,
        }
    }

    /// Its `displayName`, or else its `userPrincipalName`, or else its id.
    pub fn name(&self) -> &str {
        let named = self.text("displayName").or_else(|| self.text("userPrincipalName"));
        named.unwrap_or(&self.object_id)
    }

    /// The text of an attribute.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.attributes.get(name) {
            Some(DirectoryValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The directory's version at its last change.
    pub fn changed(&self) -> u64 {
        self.changed
    }

    /// Whether it is not deleted and, if it is a user, not disabled.
    pub fn is_active(&self) -> bool {
        let enabled = !matches!(self.kind, ObjectKind::User { account_enabled: false, .. });
        enabled && self.state == ObjectState::Present
    }
}

impl SourceDirectory {
    /// The number of changes so far; the starting point of [`Self::delta`].
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The number of users and groups, including soft-deleted ones.
    pub fn len(&self) -> usize {
        self.objects.len() - self.index.gone
    }

    /// Whether it has no users and no groups.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All users and groups that are not hard-deleted, in the order of their last change.
    pub fn objects(&self) -> impl Iterator<Item = &DirectoryObject> {
        self.delta(0).filter(|it| it.state != ObjectState::HardDeleted)
    }

    /// The objects that changed after a version, each once, in the order of their last change.
    pub fn delta(&self, since: u64) -> impl Iterator<Item = &DirectoryObject> {
        let changed = self.index.changes.range(since.saturating_add(1)..);
        changed.filter_map(|(_, id)| self.objects.get(id))
    }

    /// The object with this id, even if it is deleted.
    pub fn object(&self, id: &str) -> Option<&DirectoryObject> {
        self.objects.get(id)
    }

    /// The object with this id, `userPrincipalName`, or `displayName` of a group.
    ///
    /// # Errors
    ///
    /// [`DirectoryError::Unknown`], with the nearest name.
    pub fn find(&self, name: &str) -> Result<&DirectoryObject, DirectoryError> {
        let by_name = || self.objects.get(self.index.names.get(&scim_engine::fold(name))?);
        let found = self.objects.get(name).or_else(by_name);
        found.filter(|it| it.state != ObjectState::HardDeleted).ok_or_else(|| {
            let names = self.index.names.keys().map(SmolStr::as_str);
            let near = scim_engine::nearest(name, names).map(str::to_owned);
            DirectoryError::Unknown { name: name.into(), near }
        })
    }

    /// The roles of the application.
    pub fn roles(&self) -> &[AppRole] {
        &self.roles
    }

    /// The groups of which an object is a direct member.
    pub fn groups_of(&self, id: &str) -> impl Iterator<Item = &DirectoryObject> {
        let groups = self.index.groups.get(id).into_iter().flatten();
        groups.filter_map(|it| self.objects.get(it))
    }

    /// The direct members of a group that are users and not deleted. Nested groups are not
    /// expanded.
    pub fn members<'a>(
        &'a self,
        group: &'a DirectoryObject,
    ) -> impl Iterator<Item = &'a DirectoryObject> {
        let members = match &group.kind {
            ObjectKind::Group { members, .. } => Some(members),
            ObjectKind::User { .. } => None,
        };
        let members = members.into_iter().flatten().filter_map(|it| self.objects.get(it));
        members
            .filter(|it| it.object_type() == ObjectType::User && it.state == ObjectState::Present)
    }

    /// The roles of an object, its own first; empty if it is not assigned. Users are also assigned
    /// through groups of which they are direct members.
    pub fn assigned_roles(&self, object: &DirectoryObject) -> Vec<AppRole> {
        let mut ids: Vec<&SmolStr> = object.roles.iter().collect();
        if object.object_type() == ObjectType::User {
            let groups = self.groups_of(&object.object_id);
            let assigned = groups.filter(|it| it.state == ObjectState::Present);
            ids.extend(assigned.flat_map(|it| &it.roles));
        }
        let mut seen = BTreeSet::new();
        ids.retain(|id| seen.insert(*id));
        ids.into_iter().map(|id| self.role(id)).collect()
    }

    /// Whether an object is assigned to the application.
    pub fn is_assigned(&self, object: &DirectoryObject) -> bool {
        let through = || {
            let mut groups = self.groups_of(&object.object_id);
            groups.any(|it| it.state == ObjectState::Present && !it.roles.is_empty())
        };
        !object.roles.is_empty() || (object.object_type() == ObjectType::User && through())
    }

    fn role(&self, id: &SmolStr) -> AppRole {
        let known = self.roles.iter().find(|it| it.id == *id);
        known.cloned().unwrap_or_else(|| AppRole {
            id: id.clone(),
            value: None,
            display_name: "Default Access".into(),
        })
    }
}

/// A directory in a state file. Indexes are rebuilt when it is read.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Stored {
    version: u64,
    roles: Vec<AppRole>,
    objects: Vec<DirectoryObject>,
}

impl TryFrom<Stored> for SourceDirectory {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        let Stored { version, roles, objects } = stored;
        let mut directory = Self { roles, version, ..Self::default() };
        for object in objects {
            if object.changed == 0 || object.changed > version {
                return Err(format!("{}: changed after the directory's version", object.object_id));
            }
            if directory.index.changes.contains_key(&object.changed) {
                return Err(format!("{}: shares its last change with another", object.object_id));
            }
            directory.index.add(&object);
            let id = object.object_id.clone();
            if directory.objects.insert(id.clone(), object).is_some() {
                return Err(format!("{id}: stands twice"));
            }
        }
        Ok(directory)
    }
}

impl From<SourceDirectory> for Stored {
    fn from(directory: SourceDirectory) -> Self {
        let SourceDirectory { objects, roles, version, .. } = directory;
        Self { version, roles, objects: objects.into_values().collect() }
    }
}
