//! What administrators do to the directory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use smol_str::SmolStr;

use super::edit::SignIn;
use super::{DirectoryError, DirectoryValue, RESTORABLE_FOR, SourceDirectory};
use crate::attributes::ObjectType;

/// A change of the directory. Objects are named by id, `userPrincipalName`, or a group's
/// `displayName`.
///
/// As JSON: `{"change": "setAttribute", "object": "adele@contoso.com", "attribute": "department",
/// "value": "Sales"}`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "change", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[serde(deny_unknown_fields)]
pub enum Change {
    /// A new user, enabled and not assigned. Without `object_id` it gets one that follows from its
    /// `userPrincipalName`, which `attributes` must have.
    CreateUser {
        /// Its id.
        #[serde(default)]
        object_id: Option<SmolStr>,
        /// Its attributes.
        attributes: BTreeMap<SmolStr, DirectoryValue>,
    },
    /// A new security group without members; `attributes` must have a `displayName`.
    CreateGroup {
        /// Its id.
        #[serde(default)]
        object_id: Option<SmolStr>,
        /// Its attributes.
        attributes: BTreeMap<SmolStr, DirectoryValue>,
    },
    /// An attribute gets a value, or loses it. A group is renamed by its `displayName`.
    SetAttribute {
        /// Whose.
        object: SmolStr,
        /// Which.
        attribute: SmolStr,
        /// The value; `null` takes it away.
        value: Option<DirectoryValue>,
    },
    /// A user gets a manager, or none.
    SetManager {
        /// Whose.
        object: SmolStr,
        /// Who, or `null`.
        manager: Option<SmolStr>,
    },
    /// Sign-in is blocked: `accountEnabled` is false.
    Disable {
        /// Who.
        object: SmolStr,
    },
    /// Sign-in is allowed again.
    Enable {
        /// Who.
        object: SmolStr,
    },
    /// Deleted, and kept for thirty days.
    SoftDelete {
        /// What.
        object: SmolStr,
    },
    /// Soft-deleted no more.
    Restore {
        /// What.
        object: SmolStr,
    },
    /// Deleted for good.
    HardDelete {
        /// What.
        object: SmolStr,
    },
    /// Assigned to the application.
    Assign {
        /// What.
        object: SmolStr,
        /// The role, by id, value or name; "Default Access" if there is none.
        #[serde(default)]
        role: Option<SmolStr>,
    },
    /// Assigned no more, in no role.
    Unassign {
        /// What.
        object: SmolStr,
    },
    /// A user, or another group, becomes a direct member.
    Join {
        /// Who.
        object: SmolStr,
        /// Of which group.
        group: SmolStr,
    },
    /// A direct member leaves.
    Leave {
        /// Who.
        object: SmolStr,
        /// Which group.
        group: SmolStr,
    },
    /// The application's manifest gets a role; its id follows from its name.
    AddRole {
        /// What tokens carry.
        #[serde(default)]
        value: Option<SmolStr>,
        /// What administrators read.
        display_name: SmolStr,
    },
}

impl SourceDirectory {
    /// Does a change, and answers the id of the object that it is about. What is already so stays
    /// as it is and counts as no change.
    ///
    /// # Errors
    ///
    /// If there is no such object or attribute, or a name is taken; then nothing has changed.
    pub fn apply(&mut self, change: &Change, now: Timestamp) -> Result<SmolStr, DirectoryError> {
        use Change as C;
        match change {
            C::CreateUser { object_id, attributes } => {
                self.create(ObjectType::User, object_id.as_ref(), attributes)
            }
            C::CreateGroup { object_id, attributes } => {
                self.create(ObjectType::Group, object_id.as_ref(), attributes)
            }
            C::SetAttribute { object, attribute, value } => {
                self.set(object, attribute, value.as_ref())
            }
            C::SetManager { object, manager } => self.set_manager(object, manager.as_deref()),
            C::Disable { object } => self.set_sign_in(object, SignIn::Blocked),
            C::Enable { object } => self.set_sign_in(object, SignIn::Allowed),
            C::SoftDelete { object } => self.soft_delete(object, now),
            C::Restore { object } => self.restore(object),
            C::HardDelete { object } => {
                let id = self.id_of(object)?;
                self.hard_delete(&id);
                Ok(id)
            }
            C::Assign { object, role } => self.assign(object, role.as_deref()),
            C::Unassign { object } => self.unassign(object),
            C::Join { object, group } => self.join(object, group),
            C::Leave { object, group } => self.leave(object, group),
            C::AddRole { value, display_name } => Ok(self.add_role(value.clone(), display_name)),
        }
    }

    /// Hard-deletes what was soft-deleted thirty days ago and answers how much that is. A job does
    /// so at the start of each cycle.
    pub fn purge(&mut self, now: Timestamp) -> usize {
        let mut purged = 0;
        while let Some((at, id)) = self.index.bin.first().cloned() {
            if now.duration_since(at) < RESTORABLE_FOR {
                break;
            }
            self.hard_delete(&id);
            purged += 1;
        }
        purged
    }
}

#[cfg(test)]
mod tests {
    use super::super::index::key;
    use super::*;

    #[test]
    fn a_key_is_without_case() {
        let mut directory = SourceDirectory::default();
        let attributes = BTreeMap::from([(
            "userPrincipalName".into(),
            DirectoryValue::Text("Ada@Contoso.com".into()),
        )]);
        let change = Change::CreateUser { object_id: None, attributes };
        let id = directory.apply(&change, Timestamp::UNIX_EPOCH).unwrap();

        assert_eq!(key(&directory.objects[&id]).unwrap(), "ada@contoso.com");
        assert_eq!(directory.find("ADA@contoso.COM").unwrap().object_id, id);
        assert!(directory.apply(&change, Timestamp::UNIX_EPOCH).is_err());
    }
}
