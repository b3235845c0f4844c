//! What a tenant has from its owner; a test may change it.

use std::sync::Arc;

use smol_str::SmolStr;

use super::{SignInSettings, State, Tenant, Usage};
use crate::medius::{
    Company, ConsoleUser, MasterData, MasterDataEdit, MasterDataError, MasterDataId, MasterKind,
    is_same,
};
use crate::scim::quoted;

/// A tenant's master data, console users and settings of sign-ins.
#[derive(Clone, Debug)]
pub struct Master {
    /// Companies, roles, authorization groups, locales, login options.
    pub data: Arc<MasterData>,
    /// Who may log in to the admin console; the first administrator is meant when no name is given.
    pub console_users: Arc<[ConsoleUser]>,
    /// The settings of its sign-ins.
    pub sign_in: SignInSettings,
}

impl Master {
    /// The console user with this name in any case, or the first administrator.
    pub(super) fn console_user(&self, name: Option<&str>) -> Option<&ConsoleUser> {
        self.console_users.iter().find(|it| match name {
            Some(name) => is_same(&it.user_name, name),
            None => it.is_admin(&self.data),
        })
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
    #[error(
        "the {} {name} is in use by {}{}", kind.noun(), listed(used_by), applied_to(*users), name = quoted(name))]
    InUse {
        /// What it is.
        kind: MasterKind,
        /// Its name.
        name: String,
        /// Who uses it: all of them.
        used_by: Vec<Usage>,
        /// How many users have it.
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
        edit: impl FnOnce(&mut MasterDataEdit<'_>) -> Result<(), E>,
    ) -> Result<Arc<MasterData>, E> {
        let edited = self.write(|state| {
            let before = state.master.data.clone();
            let mut next = before.edit();
            edit(&mut next)?;
            for (kind, id) in next.removed() {
                state.not_in_use(*kind, *id, state.usages(*kind, *id))?;
            }
            let data = Arc::new(next.finish().map_err(MasterError::from)?);
            state.companies_stay_usable(&data)?;
            let master = Master::clone(&state.master);
            state.master = Arc::new(Master { data: data.clone(), ..master });
            Ok(data)
        });
        edited.map(|(data, _)| data)
    }
}

impl State {
    /// Checks that no configuration has a company that holds no invoices any more.
    fn companies_stay_usable(&self, data: &MasterData) -> Result<(), MasterError> {
        let kind = MasterKind::Company;
        let used = self.console.configurations().iter().flat_map(|it| it.companies.iter());
        let is_unusable =
            |id: &MasterDataId| data.entry(*id).is_none_or(|it: &Company| !it.holds_invoices());
        match used.copied().find(is_unusable) {
            Some(id) => {
                self.not_in_use(kind, id, self.usages_by_configurations(kind, id).collect())
            }
            None => Ok(()),
        }
    }

    fn not_in_use(
        &self,
        kind: MasterKind,
        id: MasterDataId,
        used_by: Vec<Usage>,
    ) -> Result<(), MasterError> {
        if used_by.is_empty() {
            return Ok(());
        }
        let users = self.users_by_entry(kind).get(&id).copied().unwrap_or_default();
        let name = self.master.data.name(kind, id).to_owned();
        Err(MasterError::InUse { kind, name, used_by, users })
    }
}

/// How many usages an error tells in words.
const LISTED: usize = 12;

/// The usages as a reader lists them: `the configuration A, the company B and the defaults`.
fn listed(usages: &[Usage]) -> String {
    let mut all: Vec<String> = usages.iter().take(LISTED).map(ToString::to_string).collect();
    if usages.len() > LISTED {
        all.push(format!("{} more", usages.len() - LISTED));
    }
    match &all[..] {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => all.join(""),
    }
}

fn applied_to(users: usize) -> String {
    match users {
        0 => String::new(),
        1 => ", and applied to 1 user".into(),
        users => format!(", and applied to {users} users"),
    }
}
