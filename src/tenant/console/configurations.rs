//! User configurations: the tutorial's steps 8 to 10.

use std::sync::Arc;

use super::{ConsoleError, State, Tenant};
use crate::{
    journal::TurnedSignIns,
    medius::{
        self, ConfigurationDraft, ConfigurationProblem, MasterData, UserConfiguration,
        UserConfigurationError, is_same, select,
    },
    scim::{Resource, User},
    tenant::{Preconditions, ids::CONFIGURATION, names_etag, names_strong_etag},
};

/// A configuration, and the master data that its entries are named by.
#[derive(Clone, Debug)]
pub struct Configured {
    /// The configuration.
    pub configuration: Arc<UserConfiguration>,
    /// The master data at the same moment.
    pub data: Arc<MasterData>,
}

impl Configured {
    /// A configuration of this state.
    pub fn new(configuration: Arc<UserConfiguration>, state: &State) -> Self {
        Self { configuration, data: state.master.data.clone() }
    }

    /// The configuration as it is shown.
    pub fn document(&self) -> ConfigurationDraft {
        self.configuration.document(&self.data)
    }

    /// The entity tag of what is shown.
    pub fn etag(&self) -> String {
        self.configuration.etag(&self.data)
    }
}

/// What became of applying the configurations again.
#[derive(Clone, Debug)]
pub struct Reapplied {
    /// To how many users another configuration applies now.
    pub changed: usize,
    /// For whom of them a sign-in ends otherwise.
    pub turned: TurnedSignIns,
}

impl Tenant {
    /// Steps 8 to 10: adds a user configuration.
    ///
    /// # Errors
    ///
    /// [`ConsoleError::Setup`], [`ConsoleError::Configuration`].
    pub fn add_configuration(&self, draft: ConfigurationDraft) -> Result<Configured, ConsoleError> {
        self.write(|state| {
            state.console.setup.add_configuration()?;
            let added = Arc::new(state.new_configuration(draft)?);
            Arc::make_mut(&mut state.console.configurations).push(added.clone());
            Ok(added)
        })
        .map(|(configuration, state)| Configured::new(configuration, &state))
    }

    /// Gives a tenant that is being made the configurations of its fixture.
    pub(crate) fn adopt_configurations(&self, configurations: Vec<Arc<UserConfiguration>>) {
        let adopted = self.write(|state| {
            state.console.configurations = Arc::new(configurations);
            Ok::<_, std::convert::Infallible>(())
        });
        let Ok(_) = adopted;
    }

    /// Puts a draft in the place of a configuration. Users keep what was applied to them until
    /// their filter changes or [`Tenant::reapply`].
    ///
    /// # Errors
    ///
    /// [`ConsoleError::UnknownConfiguration`], [`ConsoleError::Configuration`], and
    /// [`ConsoleError::Stale`] or [`ConsoleError::Seen`] where the version is not as wanted.
    pub fn replace_configuration(
        &self,
        id: &str,
        draft: ConfigurationDraft,
        wanted: Preconditions<'_>,
    ) -> Result<Configured, ConsoleError> {
        self.write(|state| {
            let before = state.fresh_configuration(id, wanted)?;
            let next =
                Arc::new(draft.resolve(id, &state.master.data, state.console.configurations())?);
            if !is_same(&before.name, &next.name) {
                state.retire_configuration(&before);
            }
            for it in Arc::make_mut(&mut state.console.configurations) {
                if it.id == id {
                    *it = next.clone();
                }
            }
            Ok(next)
        })
        .map(|(configuration, state)| Configured::new(configuration, &state))
    }

    /// Takes a configuration away. Users keep what was applied to them.
    ///
    /// # Errors
    ///
    /// [`ConsoleError::UnknownConfiguration`], and [`ConsoleError::Stale`] or [`ConsoleError::Seen`]
    /// where the version is not as wanted.
    pub fn delete_configuration(
        &self,
        id: &str,
        wanted: Preconditions<'_>,
    ) -> Result<Arc<UserConfiguration>, ConsoleError> {
        self.write(|state| {
            let gone = state.fresh_configuration(id, wanted)?;
            state.retire_configuration(&gone);
            Arc::make_mut(&mut state.console.configurations).retain(|it| it.id != id);
            Ok(gone)
        })
        .map(|(gone, _)| gone)
    }

    /// Applies the present configurations to one user, or to all; says to whom another one applies now.
    ///
    /// # Errors
    ///
    /// [`ConsoleError::UnknownUserId`].
    pub fn reapply(&self, user: Option<&str>) -> Result<Reapplied, ConsoleError> {
        self.write_if(|state| {
            let users: Vec<Arc<Resource>> = match user {
                Some(id) => {
                    let unknown = || ConsoleError::UnknownUserId { id: id.into() };
                    vec![state.resources.get("User", id).ok_or_else(unknown)?.clone()]
                }
                None => state.resources.all("User").cloned().collect(),
            };
            let (mut changed, mut turned) = (0, TurnedSignIns::new(state.revision));
            for user in users {
                let filter = medius::attribute(User(&user), "configurationFilter");
                let choice = select(state.console.configurations(), filter);
                let before = state.applied.insert(&user.id, choice.clone());
                changed += usize::from(before.as_ref() != Some(&choice));
                state.note_reapplied(&mut turned, &user, before.as_ref());
            }
            Ok((Reapplied { changed, turned }, changed > 0))
        })
        .map(|(reapplied, _)| reapplied)
    }
}

impl State {
    /// The configuration with this id, if it may be changed as it is.
    ///
    /// # Errors
    ///
    /// [`ConsoleError::UnknownConfiguration`], [`ConsoleError::Stale`], [`ConsoleError::Seen`].
    fn fresh_configuration(
        &self,
        id: &str,
        wanted: Preconditions<'_>,
    ) -> Result<Arc<UserConfiguration>, ConsoleError> {
        let found = self.console.configuration(id)?;
        let etag = found.etag(&self.master.data);
        match (wanted.if_match, wanted.if_none_match) {
            (Some(wanted), _) if !names_strong_etag(wanted, &etag) => {
                Err(ConsoleError::Stale { wanted: wanted.to_owned(), etag })
            }
            (_, Some(unwanted)) if names_etag(unwanted, &etag) => {
                Err(ConsoleError::Seen { unwanted: unwanted.to_owned(), etag })
            }
            _ => Ok(found.clone()),
        }
    }

    /// A configuration that is to be added: its id follows from its name.
    fn new_configuration(
        &self,
        mut draft: ConfigurationDraft,
    ) -> Result<UserConfiguration, UserConfigurationError> {
        let wanted = draft.id.take();
        let mut added = draft.resolve("", &self.master.data, self.console.configurations())?;
        let is_taken = |id: &str| self.console.configuration(id).is_ok();
        added.id = self.ids.next(CONFIGURATION, &added.name, is_taken);
        match wanted.filter(|it| *it != added.id) {
            Some(found) => {
                let problem = ConfigurationProblem::OtherId { found, expected: added.id.into() };
                Err(UserConfigurationError::new("/id", problem))
            }
            None => Ok(added),
        }
    }

    /// Notes that a configuration gave its name up: no later one of that name gets its id.
    fn retire_configuration(&mut self, gone: &UserConfiguration) {
        let is_taken = |id: &str| self.console.configuration(id).is_ok();
        self.ids.retire(CONFIGURATION, &gone.name, &gone.id, is_taken);
    }
}
