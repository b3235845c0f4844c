//! Who uses an entry of the master data, and how many users have it.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::Serialize;
use smol_str::SmolStr;

use super::State;
use crate::{
    medius::{
        ADMIN, AuthorizationGroup, Company, LoginOption, MasterData, MasterDataId, MasterKind,
        UserRole, attribute, is_same, login_option_of,
    },
    scim::{Group, List, User},
};

/// Something that refers to an entry of the master data, so that the entry cannot be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Usage {
    /// A company below it.
    Company {
        /// Its name.
        name: String,
    },
    /// A user configuration.
    Configuration {
        /// Its id.
        id: SmolStr,
        /// Its name.
        name: String,
    },
    /// What configurations have where they are silent.
    Defaults,
    /// A user who was made in the product.
    ConsoleUser {
        /// What the user logs in with.
        name: String,
    },
    /// The admin console, which asks for the role Admin.
    Console,
    /// The tenant itself, which has one root company.
    Tenant,
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Company { name } => write!(f, "the company {name} below it"),
            Self::Configuration { name, .. } => write!(f, "the configuration {name}"),
            Self::Defaults => f.write_str("the defaults of configurations"),
            Self::ConsoleUser { name } => write!(f, "the console user {name}"),
            Self::Console => f.write_str("the admin console, which asks for it"),
            Self::Tenant => f.write_str("the tenant, whose root company it is"),
        }
    }
}

impl State {
    /// Who uses an entry, in an order of its own.
    pub(super) fn usages(&self, kind: MasterKind, id: MasterDataId) -> Vec<Usage> {
        let data = &self.master.data;
        let mut usages = usages_in(data, kind, id);
        let users = self.master.console_users.iter().filter(|it| it.roles.contains(&id));
        usages.extend(users.map(|it| Usage::ConsoleUser { name: it.user_name.clone() }));
        usages.extend(self.usages_by_configurations(kind, id));
        usages
    }

    /// The configurations that have an entry.
    pub(super) fn usages_by_configurations(
        &self,
        kind: MasterKind,
        id: MasterDataId,
    ) -> impl Iterator<Item = Usage> {
        let all = self.console.configurations().iter();
        all.filter(move |it| it.ids(kind).contains(&id))
            .map(|it| Usage::Configuration { id: it.id.clone(), name: it.name.clone() })
    }

    /// How many users have each entry now:
    ///
    /// - companies and roles: the users to whom it was applied as part of a configuration, as that is
    ///   or as it was;
    /// - authorization groups: these, and the direct members of SCIM groups of its name;
    /// - login options: the users who log in with it.
    pub fn users_by_entry(&self, kind: MasterKind) -> HashMap<MasterDataId, usize> {
        if kind == MasterKind::LoginOption {
            return self.users_by_login_option();
        }
        let mut users = HashMap::new();
        for (it, count) in self.applied.configurations() {
            for id in it.ids(kind) {
                *users.entry(*id).or_default() += count;
            }
        }
        if kind == MasterKind::AuthorizationGroup {
            for (id, group) in self.master.data.entries::<AuthorizationGroup>() {
                *users.entry(id).or_default() += self.members_only(id, &group.name);
            }
        }
        users
    }

    /// How many users have an authorization group only since they are members of a SCIM group that is
    /// called so.
    fn members_only(&self, id: MasterDataId, name: &str) -> usize {
        let has = |user: &str| {
            let applied = self.applied(user).and_then(|it| it.configuration.as_ref());
            applied.is_some_and(|it| it.authorization_groups.contains(&id))
        };
        let groups = self.resources.named("Group", "displayName", name);
        let groups = groups.into_iter().filter(|it| is_same(Group(it).display_name(), name));
        let values = groups.filter_map(|it| Group(it).members()).flat_map(List::iter);
        let ids = values.filter_map(|it| it.as_object()?.text("value"));
        let members: HashSet<&str> = ids.map(SmolStr::as_str).collect();
        let users = members.into_iter().filter(|it| self.resources.get("User", it).is_some());
        users.filter(|it| !has(it)).count()
    }

    fn users_by_login_option(&self) -> HashMap<MasterDataId, usize> {
        let data = &self.master.data;
        let mut by_name: HashMap<&str, usize> = HashMap::new();
        for user in self.resources.all("User") {
            let Some(choice) = self.applied(&user.id) else { continue };
            let provider = attribute(User(user), "identityProvider");
            if let Some(it) = login_option_of(choice, provider, data) {
                *by_name.entry(&it.display_name).or_default() += 1;
            }
        }
        let all = data.entries::<LoginOption>();
        all.filter_map(|(id, it)| Some((id, *by_name.get(it.display_name.as_str())?))).collect()
    }

    /// To how many users each configuration was applied, as it is or as it was; by its id.
    pub fn users_by_configuration(&self) -> HashMap<SmolStr, usize> {
        let mut users = HashMap::new();
        for (it, count) in self.applied.configurations() {
            *users.entry(it.id.clone()).or_default() += count;
        }
        users
    }

    /// How many users have the configuration with this id as it was and is not any more.
    pub fn users_of_outdated(&self, id: &str) -> usize {
        let now = self.console.configuration(id).ok();
        let all = self.applied.configurations().into_iter();
        let outdated = all.filter(|(it, _)| it.id == id && now.is_none_or(|now| **now != ***it));
        outdated.map(|(_, users)| users).sum()
    }
}

/// What of the master data itself uses an entry.
fn usages_in(data: &MasterData, kind: MasterKind, id: MasterDataId) -> Vec<Usage> {
    let mut usages = Vec::new();
    if kind == MasterKind::Company {
        if data.parent(id).is_none() {
            usages.push(Usage::Tenant);
        }
        let below = data.entries().filter(|(child, _)| data.parent(*child) == Some(id));
        usages.extend(below.map(|(_, it): (_, &Company)| Usage::Company { name: it.name.clone() }));
    }
    if data.find::<UserRole>(ADMIN).is_some_and(|(admin, _)| admin == id) {
        usages.push(Usage::Console);
    }
    if data.defaults().ids(kind).contains(&id) {
        usages.push(Usage::Defaults);
    }
    usages
}
