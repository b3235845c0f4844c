//! The users of a job's source directory as accounts that can sign in.

use std::sync::Arc;

use crate::{
    entra::{
        DirectoryEntry, DirectoryObject, ObjectKind, ObjectState, ObjectType, Scope, Simulation,
        SourceDirectory,
    },
    oidc::Account,
    tenant::EntraAccount,
};

/// The accounts of a directory, in the order of their names, as they were at a version of it.
#[derive(Debug)]
pub(super) struct Accounts {
    version: u64,
    scope: Scope,
    pub(super) list: Arc<[EntraAccount]>,
    /// The users and groups, with their assignments.
    pub(super) entries: Arc<[DirectoryEntry]>,
}

impl Accounts {
    /// The accounts of the directory as it is now.
    pub(super) fn of(simulation: &Simulation) -> Self {
        let (directory, scope) = (&simulation.directory, scope(simulation));
        let users = directory
            .objects()
            .filter(|it| it.object_type() == ObjectType::User && it.state == ObjectState::Present);
        let mut list: Vec<_> = users.map(|it| account(directory, it, scope)).collect();
        list.sort_by(|a, b| a.account.display_name.cmp(&b.account.display_name));
        let entries = directory.entries().into();
        Self { version: directory.version(), scope, list: list.into(), entries }
    }

    /// Whether they are still those of the directory.
    pub(super) fn are_of(&self, simulation: &Simulation) -> bool {
        self.version == simulation.directory.version() && self.scope == scope(simulation)
    }
}

fn scope(simulation: &Simulation) -> Scope {
    simulation.job.configuration().scope
}

fn account(directory: &SourceDirectory, user: &DirectoryObject, scope: Scope) -> EntraAccount {
    let text = |name: &str| user.text(name).map(str::to_owned);
    let roles = directory.assigned_roles(user).into_iter();
    let account = Account {
        oid: user.object_id.to_string(),
        user_principal_name: text("userPrincipalName")
            .unwrap_or_else(|| user.object_id.to_string()),
        display_name: text("displayName"),
        given_name: text("givenName"),
        family_name: text("surname"),
        mail: text("mail"),
        roles: roles.filter_map(|it| it.value).map(|it| it.to_string()).collect(),
    };
    let is_enabled = !matches!(user.kind, ObjectKind::User { account_enabled: false, .. });
    let is_assigned = scope == Scope::All || directory.is_assigned(user);
    EntraAccount { account, is_enabled, is_assigned }
}
