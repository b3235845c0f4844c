//! An object of the directory as mappings and scoping filters read it.

use smol_str::{SmolStr, format_smolstr};

use super::{DirectoryObject, DirectoryValue, ObjectKind, ObjectState, SourceDirectory};
use crate::attributes::{Attributes, SourceValue};

/// An object of a directory, as a job evaluates it.
#[derive(Clone, Copy, Debug)]
pub struct SourceObject<'a> {
    /// Its directory.
    pub directory: &'a SourceDirectory,
    /// The object.
    pub object: &'a DirectoryObject,
    /// The value of `IsSoftDeleted`: true if the object is not to be provisioned, for any reason.
    pub soft_deleted: bool,
}

impl Attributes for SourceObject<'_> {
    fn value(&self, name: &str) -> SourceValue {
        let Self { directory, object, .. } = *self;
        match (name, &object.kind) {
            ("objectId", _) => SourceValue::Text(object.object_id.clone()),
            ("IsSoftDeleted", _) => SourceValue::Boolean(self.soft_deleted),
            ("accountEnabled", ObjectKind::User { account_enabled, .. }) => {
                SourceValue::Boolean(*account_enabled)
            }
            ("manager", ObjectKind::User { manager: Some(id), .. }) => manager(directory, id),
            ("appRoleAssignments", ObjectKind::User { .. }) => {
                let roles = directory.assigned_roles(object);
                if roles.is_empty() { SourceValue::Absent } else { SourceValue::Roles(roles) }
            }
            ("userPrincipalName", ObjectKind::User { .. }) => {
                object.text(name).map_or(SourceValue::Absent, |it| SourceValue::Text(unmangled(it)))
            }
            ("originalUserPrincipalName", ObjectKind::User { .. }) => {
                object.text("userPrincipalName").map_or(SourceValue::Absent, Into::into)
            }
            ("securityEnabled", ObjectKind::Group { security_enabled, .. }) => {
                SourceValue::Boolean(*security_enabled)
            }
            ("members", ObjectKind::Group { .. }) => {
                let members = directory.members(object).map(|it| it.object_id.clone());
                SourceValue::References(members.collect())
            }
            _ => object.attributes.get(name).map_or(SourceValue::Absent, own),
        }
    }
}

fn own(value: &DirectoryValue) -> SourceValue {
    match value {
        DirectoryValue::Text(text) => SourceValue::Text(text.clone()),
        DirectoryValue::Boolean(it) => SourceValue::Boolean(*it),
        DirectoryValue::Integer(number) => SourceValue::Integer(*number),
        DirectoryValue::List(texts) => SourceValue::List(texts.clone()),
    }
}

/// A deleted manager counts as none.
fn manager(directory: &SourceDirectory, id: &SmolStr) -> SourceValue {
    let found = directory.object(id).filter(|it| it.state == ObjectState::Present);
    found.map_or(SourceValue::Absent, |_| SourceValue::Reference(id.clone()))
}

/// A guest's name without the suffix of the inviting tenant: `ada_fabrikam.com#EXT#@contoso.com` is
/// `ada@fabrikam.com` (MAP; that the last `_` becomes `@` is assumed).
fn unmangled(name: &str) -> SmolStr {
    let home = name.split_once("#EXT#@").and_then(|(home, _)| home.rsplit_once('_'));
    home.map_or_else(|| name.into(), |(local, domain)| format_smolstr!("{local}@{domain}"))
}
