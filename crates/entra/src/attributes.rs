//! The attributes of an object of the source directory, as mappings, expressions and scoping
//! filters read them.

mod catalogue;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

pub use catalogue::{AttributeKind, SourceAttribute, source_attribute, source_attributes};

/// An object of the source directory, as mappings, expressions and scoping filters read it.
///
/// Two attributes describe the relation of the object to the job. `IsSoftDeleted` is true when the
/// object is not assigned, is excluded by the scoping filters, is soft-deleted, or is a disabled
/// user ("Customize attribute mappings", MAP). `appRoleAssignments` are its roles in this
/// application.
pub trait Attributes {
    /// The value of an attribute by its Entra name, such as `userPrincipalName`;
    /// [`SourceValue::Absent`] if the object has none.
    fn value(&self, name: &str) -> SourceValue;
}

/// What kind of object it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectType {
    /// A user.
    User,
    /// A group.
    Group,
}

impl ObjectType {
    /// Its name in logs and messages: `User` or `Group`.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }
}

/// The value of an Entra attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SourceValue {
    /// The object has no value. Entra has no empty text: an attribute is either set or absent.
    #[default]
    Absent,
    /// Text; points in time are ISO 8601 texts.
    Text(SmolStr),
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// The values of a multi-valued attribute, such as `otherMails`.
    List(Vec<SmolStr>),
    /// The `objectId` of another object: a `manager`.
    Reference(SmolStr),
    /// The `objectId`s of other objects: the direct `members` of a group.
    References(Vec<SmolStr>),
    /// The roles that a user is assigned for this application: `appRoleAssignments`.
    Roles(Vec<AppRole>),
}

impl From<&str> for SourceValue {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for SourceValue {
    fn from(it: bool) -> Self {
        Self::Boolean(it)
    }
}

impl From<i64> for SourceValue {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

/// A role of the application, as its manifest defines it (MAP, "Provisioning a role to a SCIM app").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppRole {
    /// The role's GUID.
    pub id: SmolStr,
    /// The value that tokens and provisioning carry; a role need not have one.
    #[serde(default)]
    pub value: Option<SmolStr>,
    /// The name that administrators read.
    pub display_name: SmolStr,
}

impl AppRole {
    /// The text that is provisioned: the value, or the name of a role without a value (assumed).
    pub fn name(&self) -> &SmolStr {
        self.value.as_ref().unwrap_or(&self.display_name)
    }
}
