//! The changes that administrators make to the directory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use smol_str::SmolStr;

use super::edit::AccountState;
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
    /// Creates a user, enabled and not assigned. Without `object_id` its id is derived from its
    /// `userPrincipalName`, which `attributes` must have.
    CreateUser {
        /// Its id.
        #[serde(default)]
        object_id: Option<SmolStr>,
        /// Its attributes.
        attributes: BTreeMap<SmolStr, DirectoryValue>,
    },
    /// Creates a security group without members. `attributes` must have a `displayName`.
    CreateGroup {
        /// Its id.
        #[serde(default)]
        object_id: Option<SmolStr>,
        /// Its attributes.
        attributes: BTreeMap<SmolStr, DirectoryValue>,
    },
    /// Sets or removes an attribute. Setting `displayName` renames a group.
    SetAttribute {
        /// Whose.
        object: SmolStr,
        /// Which.
        attribute: SmolStr,
        /// The value; `null` removes the attribute.
        value: Option<DirectoryValue>,
    },
    /// Sets or removes the manager of a user.
    SetManager {
        /// Whose.
        object: SmolStr,
        /// Who, or `null`.
        manager: Option<SmolStr>,
    },
    /// Blocks sign-in: `accountEnabled` is false.
    Disable {
        /// Who.
        object: SmolStr,
    },
    /// Allows sign-in.
    Enable {
        /// Who.
        object: SmolStr,
    },
    /// Soft-deletes an object. It can be restored for thirty days.
    SoftDelete {
        /// What.
        object: SmolStr,
    },
    /// Restores a soft-deleted object.
    Restore {
        /// What.
        object: SmolStr,
    },
    /// Hard-deletes an object.
    HardDelete {
        /// What.
        object: SmolStr,
    },
    /// Assigns an object to the application.
    Assign {
        /// What.
        object: SmolStr,
        /// The role by id, value or name; by default "Default Access".
        #[serde(default)]
        role: Option<SmolStr>,
    },
    /// Removes all assignments of an object.
    Unassign {
        /// What.
        object: SmolStr,
    },
    /// Adds a user, or another group, as a direct member of a group.
    Join {
        /// Who.
        object: SmolStr,
        /// Of which group.
        group: SmolStr,
    },
    /// Removes a direct member from a group.
    Leave {
        /// Who.
        object: SmolStr,
        /// Which group.
        group: SmolStr,
    },
    /// Adds a role to the application's manifest. Its id is derived from its name.
    AddRole {
        /// What tokens carry.
        #[serde(default)]
        value: Option<SmolStr>,
        /// What administrators read.
        display_name: SmolStr,
    },
}

impl SourceDirectory {
    /// Makes a change and returns the id of its object. If the object is in that state already,
    /// nothing changes.
    ///
    /// # Errors
    ///
    /// If the object or attribute does not exist, or a name is taken. Nothing is changed then.
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
            C::Disable { object } => self.set_account_state(object, AccountState::Disabled),
            C::Enable { object } => self.set_account_state(object, AccountState::Enabled),
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

    /// Hard-deletes objects that were soft-deleted thirty days ago and returns their number. A job
    /// does so at the start of each cycle.
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
    fn a_key_ignores_case() {
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
