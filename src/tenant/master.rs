//! What a tenant has from its owner; a test may change it.

use std::{collections::HashMap, sync::Arc};

use smol_str::SmolStr;

use super::{State, Tenant};
use crate::medius::{
    ConsoleUser, MasterData, MasterDataDraft, MasterDataError, MasterKind, Renamed, Renaming,
    UserConfiguration, fold, is_same,
};

/// A tenant's master data and console users.
#[derive(Clone, Debug)]
pub struct Master {
    /// Companies, roles, authorization groups, locales, login options.
    pub data: Arc<MasterData>,
    /// Who may log in to the admin console; the first one is meant when no name is given.
    pub console_users: Arc<[ConsoleUser]>,
}

impl Master {
    /// The console user with this name in any case, or the first one.
    pub(super) fn console_user(&self, name: Option<&str>) -> Option<&ConsoleUser> {
        match name {
            Some(name) => self.console_users.iter().find(|it| is_same(&it.user_name, name)),
            None => self.console_users.first(),
        }
    }

    /// The names of those who may log in, for an error's detail.
    pub(super) fn names(&self) -> Vec<SmolStr> {
        self.console_users.iter().map(|it| SmolStr::new(&it.user_name)).collect()
    }
}

/// Why master data cannot be changed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MasterError {
    /// The parts would not fit together.
    #[error(transparent)]
    Unfit(#[from] MasterDataError),
    /// Something that would be gone, or could not be used any more, is used.
    #[error("{what:?} is used by {by}{}", told(*users))]
    InUse {
        /// Its name.
        what: String,
        /// Who uses it.
        by: String,
        /// To how many users it was applied.
        users: usize,
    },
}

impl Tenant {
    /// Changes its companies, roles and so on: all that `edit` does, or nothing; answers what there
    /// is then.
    ///
    /// # Errors
    ///
    /// What `edit` returns, and [`MasterError`].
    pub fn edit_master<E: From<MasterError>>(
        &self,
        edit: impl FnOnce(&mut MasterDataDraft) -> Result<(), E>,
    ) -> Result<Arc<MasterData>, E> {
        let edited = self.write(|state| {
            let mut draft = state.master.data.draft().clone();
            edit(&mut draft)?;
            let renamed = draft.renamed().to_vec();
            let data = draft.resolve().map_err(MasterError::from)?;
            state.follow(&renamed);
            state.can_have(&data)?;
            let (data, console_users) = (Arc::new(data), state.master.console_users.clone());
            state.master = Arc::new(Master { data: data.clone(), console_users });
            Ok(data)
        });
        edited.map(|(data, _)| data)
    }
}

impl State {
    /// Has everything that refers to something by an old name refer to it by the new one: console
    /// users, configurations, and what was applied to users.
    fn follow(&mut self, renamed: &[Renamed]) {
        if renamed.is_empty() {
            return;
        }
        let mut users = self.master.console_users.to_vec();
        for renamed in renamed {
            for user in &mut users {
                renamed.apply(MasterKind::Role, &mut user.roles);
            }
        }
        self.master =
            Arc::new(Master { data: self.master.data.clone(), console_users: users.into() });
        let mut renaming = Renaming::new(renamed);
        for it in Arc::make_mut(&mut self.console.configurations) {
            if let Some(next) = renaming.of(it) {
                *it = next;
            }
        }
        self.applied.replace(|it| renaming.of(it));
    }

    /// Checks that what is used is there.
    ///
    /// # Errors
    ///
    /// [`MasterError::InUse`].
    fn can_have(&self, data: &MasterData) -> Result<(), MasterError> {
        for user in self.master.console_users.iter() {
            let gone = user.roles.iter().find(|it| data.role(it).is_none());
            let gone = gone.map(|it| (MasterKind::Role, it));
            self.in_use(gone, || format!("the console user {}", user.user_name))?;
        }
        for it in self.console.configurations() {
            self.in_use(gone_from(data, it), || format!("the configuration {}", it.name))?;
        }
        Ok(())
    }

    fn in_use(
        &self,
        gone: Option<(MasterKind, &String)>,
        by: impl FnOnce() -> String,
    ) -> Result<(), MasterError> {
        let Some((kind, what)) = gone else { return Ok(()) };
        let users = self.users_by_name(kind);
        let users = users.get(&fold(what.trim())).copied().unwrap_or_default();
        Err(MasterError::InUse { what: what.clone(), by: by(), users })
    }

    /// To how many users each entry of the master data was applied, as part of a configuration; by
    /// the [key](fold) of its name.
    pub fn users_by_name(&self, kind: MasterKind) -> HashMap<SmolStr, usize> {
        let mut users = HashMap::new();
        for (it, count) in self.applied.configurations() {
            for name in it.names(kind) {
                *users.entry(fold(name.trim())).or_default() += count;
            }
        }
        users
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

fn told(users: usize) -> String {
    match users {
        0 => String::new(),
        1 => ", and applied to 1 user".into(),
        users => format!(", and applied to {users} users"),
    }
}

/// The first thing that a configuration names and the data has no more, or only as something that
/// holds no invoices.
fn gone_from<'a>(data: &MasterData, it: &'a UserConfiguration) -> Option<(MasterKind, &'a String)> {
    let called = |name: &str| data.companies().iter().find(|it| is_same(&it.name, name));
    let is_there = |kind, name: &str| match kind {
        MasterKind::Company => called(name).is_some_and(|it| it.is_active && !it.is_virtual),
        MasterKind::Role => data.role(name).is_some(),
        MasterKind::AuthorizationGroup => data.authorization_group(name).is_some(),
    };
    MasterKind::ALL.into_iter().find_map(|kind| {
        let gone = it.names(kind).iter().find(|name| !is_there(kind, name))?;
        Some((kind, gone))
    })
}
