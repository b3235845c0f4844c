//! Roles and authorization groups, which user configurations assign besides companies; and the users
//! of the admin console.

use serde::{Deserialize, Serialize};

use super::{MasterData, MasterDataError, MasterDataIds, MasterKind, is_same};
use crate::scim::quoted;

/// The name of the role that the admin console requires (documented: "a user account in MediusFlow
/// with admin access rights", tutorial, prerequisites).
pub const ADMIN: &str = "Admin";

/// A role of a tenant, which says what its holders may do (documented, tutorial step 8: users get
/// "a pre-defined set of roles").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserRole {
    /// Its name, such as `Expense AP`; unique in the tenant.
    pub name: String,
    /// What its holders may do, in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// An authorization group of a tenant, which says what its members may approve (documented by
/// Medius: users are assigned to it; assumed: its effect).
///
/// The members of a SCIM group with its name as displayName have it (assumed).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthorizationGroup {
    /// Its name, such as `AP Approvers SE`; unique in the tenant.
    pub name: String,
    /// What its members may approve, in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A MediusFlow user who was created in the product and not provisioned, such as the first
/// administrator of a tenant (documented by Medius).
#[derive(Clone, Debug)]
pub struct ConsoleUser {
    /// The user name for the login.
    pub user_name: String,
    /// The display name.
    pub display_name: String,
    /// The user's roles.
    pub roles: MasterDataIds,
}

/// The written form of a [`ConsoleUser`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsoleUserDraft {
    /// The user name for the login.
    pub user_name: String,
    /// The display name.
    pub display_name: String,
    /// The names of the user's roles.
    pub roles: Vec<String>,
}

impl ConsoleUser {
    /// Whether the user may open the admin console. Only holders of [`ADMIN`] may.
    pub fn is_admin(&self, data: &MasterData) -> bool {
        data.find::<UserRole>(ADMIN).is_some_and(|(id, _)| self.roles.contains(&id))
    }

    /// The form that is shown, with the current names of the roles.
    pub fn document(&self, data: &MasterData) -> ConsoleUserDraft {
        ConsoleUserDraft {
            user_name: self.user_name.clone(),
            display_name: self.display_name.clone(),
            roles: data.names(MasterKind::Role, &self.roles),
        }
    }
}

/// The users of these drafts, with each role once. Each user has a unique name and existing roles,
/// and one of them is an administrator.
///
/// # Errors
///
/// [`MasterDataError`] at the first value that does not fit, such as `/1/roles/0`.
pub fn console_users(
    drafts: Vec<ConsoleUserDraft>,
    data: &MasterData,
) -> Result<Vec<ConsoleUser>, MasterDataError> {
    let mut users: Vec<ConsoleUser> = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let ConsoleUserDraft { user_name, display_name, roles } = draft;
        let at = format!("/{index}/userName");
        if user_name.trim().is_empty() {
            return Err(MasterDataError::new(at, "expected a text, found an empty one"));
        }
        if users.iter().any(|it| is_same(&it.user_name, &user_name)) {
            let message =
                format!("expected a userName of its own, found {} again", quoted(&user_name));
            return Err(MasterDataError::new(at, message));
        }
        let roles = data.lists().require_each::<UserRole>(&format!("/{index}/roles"), &roles)?;
        users.push(ConsoleUser { user_name, display_name, roles });
    }
    if !users.iter().any(|it| it.is_admin(data)) {
        return Err(MasterDataError::new("", "expected a user with the role Admin, found none"));
    }
    Ok(users)
}
