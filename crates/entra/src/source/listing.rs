//! The directory as a list of users and groups with their assignments.

use smol_str::SmolStr;

use super::{DirectoryObject, ObjectKind, ObjectState, SourceDirectory};
use crate::attributes::ObjectType;

/// A user or a group of the directory, as an administrator sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Its GUID.
    pub object_id: SmolStr,
    /// Whether it is a user or a group.
    pub object_type: ObjectType,
    /// What it is called.
    pub name: SmolStr,
    /// The `userPrincipalName` of a user.
    pub user_principal_name: Option<SmolStr>,
    /// Whether it is there and enabled.
    pub state: DirectoryEntryState,
    /// How it is assigned to the application.
    pub assignment: Assignment,
    /// The number of users who are members of a group.
    pub members: usize,
}

/// Whether an object is there, and enabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectoryEntryState {
    /// A group, or a user whose sign-in is allowed.
    Enabled,
    /// A user whose sign-in is blocked.
    Disabled,
    /// Soft-deleted.
    Deleted,
}

/// How an object is assigned to the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assignment {
    /// Itself.
    Direct,
    /// By the group of this name, of which it is a direct member.
    ThroughGroup(SmolStr),
    /// Not at all.
    None,
}

impl SourceDirectory {
    /// All users and groups that are not hard-deleted, in the order of their names.
    pub fn entries(&self) -> Vec<DirectoryEntry> {
        let mut all: Vec<_> = self.objects().map(|it| self.entry(it)).collect();
        all.sort_by(|a, b| (&a.name, &a.object_id).cmp(&(&b.name, &b.object_id)));
        all
    }

    fn entry(&self, object: &DirectoryObject) -> DirectoryEntry {
        let state = match (&object.state, &object.kind) {
            (ObjectState::Present, ObjectKind::User { account_enabled: false, .. }) => {
                DirectoryEntryState::Disabled
            }
            (ObjectState::Present, _) => DirectoryEntryState::Enabled,
            _ => DirectoryEntryState::Deleted,
        };
        DirectoryEntry {
            object_id: object.object_id.clone(),
            object_type: object.object_type(),
            name: object.name().into(),
            user_principal_name: object.text("userPrincipalName").map(Into::into),
            state,
            assignment: self.assignment(object),
            members: self.members(object).count(),
        }
    }

    fn assignment(&self, object: &DirectoryObject) -> Assignment {
        if !object.roles.is_empty() {
            return Assignment::Direct;
        }
        if object.object_type() == ObjectType::Group {
            return Assignment::None;
        }
        let mut groups = self.groups_of(&object.object_id);
        let through = groups.find(|it| it.state == ObjectState::Present && !it.roles.is_empty());
        through.map_or(Assignment::None, |it| Assignment::ThroughGroup(it.name().into()))
    }
}
