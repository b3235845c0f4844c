//! The admin console: the tutorial's eleven steps, keys and user configurations.
//!
//! The tutorial documents a user interface; that it is an HTTP API here, and what its calls answer,
//! is this project's own design.

use std::sync::Arc;

use imbl::{OrdMap, Vector};
use jiff::{SignedDuration, Timestamp};
use smol_str::SmolStr;

use super::{AccessToken, Refusal, SecretKey, State, Tenant, ids::IdSource};
use crate::medius::{
    EntraTenantId, Present, ProvisioningMode, Setup, SetupError, SetupStep, StepEntry, StepState,
    TenantName, UserConfiguration, UserConfigurationError,
};
use crate::scim::quoted;

mod configurations;
mod secrets;
#[cfg(test)]
mod tests;

pub use configurations::{Configured, Reapplied};
pub(super) use secrets::{ConsoleSecrets, TOKEN, countable};

/// How long an access token is good for.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// How many replaced keys and expired tokens are remembered, so that their bearer hears why.
const REMEMBERED: usize = 100;

/// The admin console's side of a tenant.
#[derive(Clone, Debug, Default)]
pub struct Console {
    setup: Setup,
    key: Option<SecretKey>,
    replaced: Vector<SecretKey>,
    tokens: Vector<AccessToken>,
    /// Keys and tokens that came with a state and are not of the form of those made here.
    foreign: Arc<[SmolStr]>,
    /// How many keys and tokens were made: what the next ones derive from.
    made: OrdMap<&'static str, u64>,
    pub(super) configurations: Arc<Vec<Arc<UserConfiguration>>>,
}

/// Why the admin console refuses a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsoleError {
    /// Nobody of that name is a user of the tenant.
    #[error("{user_name} is no MediusFlow user of this tenant; there are: {}", known.join(", "), user_name = quoted(user_name))]
    UnknownUser {
        /// The name that was given.
        user_name: String,
        /// Who there is.
        known: Vec<SmolStr>,
    },
    /// The user may not open the admin console (tutorial, prerequisites).
    #[error(
        "{user_name} has no admin access rights: the configuration needs the role Admin \
         (tutorial, prerequisites)"
    )]
    NotAdmin {
        /// Who tried.
        user_name: String,
    },
    /// A step is missing, or a key would be replaced without being told to.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The user configuration is wrong.
    #[error(transparent)]
    Configuration(#[from] UserConfigurationError),
    /// There is no configuration with this id.
    #[error("there is no configuration {}", quoted(id))]
    UnknownConfiguration {
        /// The id that was given.
        id: String,
    },
    /// The configuration is not the one any more that the caller has seen.
    #[error("If-Match is {wanted}, but the version is {etag}")]
    Stale {
        /// The versions that the caller named.
        wanted: String,
        /// The present one.
        etag: String,
    },
    /// The configuration is one that the caller does not want to be there.
    #[error("If-None-Match is {unwanted}, and the version is {etag}")]
    Seen {
        /// The versions that the caller named.
        unwanted: String,
        /// The present one.
        etag: String,
    },
    /// There is no user with this id.
    #[error("there is no user {}", quoted(id))]
    UnknownUserId {
        /// The id that was given.
        id: String,
    },
}

impl Console {
    /// How far the set-up is.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The secret key in force.
    pub fn secret_key(&self) -> Option<&SecretKey> {
        self.key.as_ref()
    }

    /// Keys and tokens that came with a state and are not of the form of those made here.
    pub(super) fn foreign_secrets(&self) -> &[SmolStr] {
        &self.foreign
    }

    /// The user configurations in the order in which they were added.
    pub fn configurations(&self) -> &[Arc<UserConfiguration>] {
        &self.configurations
    }

    /// The configuration with this id.
    ///
    /// # Errors
    ///
    /// [`ConsoleError::UnknownConfiguration`].
    pub fn configuration(&self, id: &str) -> Result<&Arc<UserConfiguration>, ConsoleError> {
        let found = self.configurations.iter().find(|it| it.id == id);
        found.ok_or_else(|| ConsoleError::UnknownConfiguration { id: id.into() })
    }

    /// Whether a bearer token is the secret key in force.
    ///
    /// # Errors
    ///
    /// The [`Refusal`].
    pub fn admit(&self, presented: Option<&str>, now: Timestamp) -> Result<(), Refusal> {
        let presented = presented.ok_or(Refusal::Missing)?;
        if let Some(key) = self.key.as_ref().filter(|it| it.is(presented)) {
            return if key.expired(now).is_some() { Err(Refusal::Expired) } else { Ok(()) };
        }
        let was_key = self.replaced.iter().any(|it| it.is(presented));
        Err(if was_key { Refusal::Replaced } else { Refusal::Wrong })
    }

    /// The keys and tokens that somebody may still send, each as a key.
    pub(super) fn known(&self) -> impl Iterator<Item = SecretKey> {
        let tokens = self.tokens.iter().map(|it| SecretKey::new(it.reveal().into(), None));
        self.key.iter().chain(&self.replaced).cloned().chain(tokens)
    }

    /// Who logged in with this access token.
    ///
    /// # Errors
    ///
    /// The [`Refusal`].
    pub fn admit_admin(
        &self,
        presented: Option<&str>,
        now: Timestamp,
    ) -> Result<&SmolStr, Refusal> {
        let presented = presented.ok_or(Refusal::Missing)?;
        let token = self.tokens.iter().find(|it| it.is(presented)).ok_or(Refusal::Wrong)?;
        if token.expires <= now { Err(Refusal::Expired) } else { Ok(&token.user_name) }
    }

    fn made(&self, what: &str) -> u64 {
        self.made.get(what).copied().unwrap_or(0)
    }

    fn count(&mut self, what: &'static str) -> u64 {
        let count = self.made(what) + 1;
        self.made.insert(what, count);
        count
    }
}

impl Tenant {
    /// Step 1: logs an admin in, the seeded one if no name is given.
    ///
    /// # Errors
    ///
    /// [`ConsoleError::UnknownUser`], [`ConsoleError::NotAdmin`].
    pub fn authenticate(
        &self,
        user_name: Option<&str>,
        now: Timestamp,
    ) -> Result<AccessToken, ConsoleError> {
        let master = self.master();
        let user = master.console_user(user_name).ok_or_else(|| {
            let user_name = user_name.unwrap_or_default().to_owned();
            ConsoleError::UnknownUser { user_name, known: master.names() }
        })?;
        if !user.is_admin(&master.data) {
            return Err(ConsoleError::NotAdmin { user_name: user.user_name.clone() });
        }
        let mut gone = None;
        let token = self.write(|state| {
            let n = state.console.count("token");
            let text = token_of(self.name(), &state.ids, n);
            let token = AccessToken::new(text, SmolStr::new(&user.user_name), now + TOKEN_LIFE);
            let console = &mut state.console;
            console.setup.authenticate(&user.user_name);
            console.tokens.push_back(token.clone());
            if console.tokens.len() > REMEMBERED {
                gone = console.tokens.pop_front();
            }
            Ok(token)
        });
        self.end_secrets(gone.into_iter().map(|it| SecretKey::new(it.reveal().into(), None)));
        token.map(|(token, _)| token)
    }

    /// Step 2: verifies the connection with MediusFlow; `answer` is what the console shows.
    ///
    /// # Errors
    ///
    /// [`ConsoleError::Setup`] when nobody has logged in.
    pub fn verify_connection(&self, answer: &str) -> Result<(), ConsoleError> {
        self.set_up(|setup| setup.verify(answer))
    }

    /// Steps 3 and 4: saves the Microsoft Entra tenant ID.
    ///
    /// # Errors
    ///
    /// [`ConsoleError::Setup`] when a step before is missing.
    pub fn save_entra_tenant(&self, id: EntraTenantId) -> Result<(), ConsoleError> {
        self.set_up(|setup| setup.save_entra_tenant(id))
    }

    /// Step 5: chooses user provisioning.
    ///
    /// # Errors
    ///
    /// [`ConsoleError::Setup`] when a step before is missing.
    pub fn choose_mode(&self, mode: ProvisioningMode) -> Result<(), ConsoleError> {
        self.set_up(|setup| setup.choose_mode(mode))
    }

    /// Why the click of step 6 alone makes no secret key: step 7 confirms it.
    pub fn unconfirmed_key(&self) -> SetupError {
        self.snapshot().console.setup.unconfirmed_key()
    }

    /// Steps 6 and 7: generates a secret key, which replaces the old one at once. Returns both.
    ///
    /// # Errors
    ///
    /// [`ConsoleError::Setup`] when a step before is missing.
    pub fn generate_key(
        &self,
        expires: Option<Timestamp>,
    ) -> Result<(SecretKey, Option<SecretKey>), ConsoleError> {
        self.write(|state| {
            let console = &mut state.console;
            let text = key_of(self.name(), &state.ids, console.made("key") + 1);
            let key = SecretKey::new(text, expires);
            console.setup.confirm_key(&key.masked())?;
            console.count("key");
            let old = console.key.replace(key.clone());
            if let Some(old) = &old {
                console.replaced.push_back(old.clone());
                if console.replaced.len() > REMEMBERED {
                    console.replaced.pop_front();
                }
            }
            Ok((key, old))
        })
        .map(|(keys, _)| keys)
    }

    /// Step 11: notes that the SCIM link was copied.
    ///
    /// # Errors
    ///
    /// [`ConsoleError::Setup`] when user provisioning is not chosen.
    pub fn copy_link(&self, link: &str) -> Result<(), ConsoleError> {
        self.set_up(|setup| setup.copy_link(link))
    }

    fn set_up(
        &self,
        step: impl FnOnce(&mut Setup) -> Result<(), SetupError>,
    ) -> Result<(), ConsoleError> {
        self.write(|state: &mut State| Ok(step(&mut state.console.setup)?)).map(|((), _)| ())
    }
}

impl State {
    /// The eleven steps of the set-up with their state and values at this time.
    pub fn steps(&self, now: Timestamp) -> Vec<StepEntry> {
        let Console { setup, key, configurations, .. } = &self.console;
        let expired = key.as_ref().and_then(|it| it.expired(now));
        setup.entries(Present { data: &self.master.data, configurations }, expired)
    }

    /// The same as the server with this URL shows them.
    pub fn steps_at(&self, now: Timestamp, server: &str) -> Vec<StepEntry> {
        self.steps(now).into_iter().map(|it| it.at(server)).collect()
    }

    /// The steps that are still to be done at this time, in their order.
    pub fn open_steps(&self, now: Timestamp) -> Vec<SetupStep> {
        let open = self.steps(now).into_iter().filter(|it| it.state != StepState::Done);
        open.map(|it| it.step).collect()
    }
}

/// The secret key number `n` of a tenant.
fn key_of(tenant: &TenantName, ids: &IdSource, n: u64) -> SmolStr {
    secret("mfk", tenant.as_str(), &ids.derive(&format!("key/{n}")))
}

/// The access token number `n` of a tenant.
fn token_of(tenant: &TenantName, ids: &IdSource, n: u64) -> SmolStr {
    secret("mfa", tenant.as_str(), &ids.derive(&format!("token/{n}")))
}

/// A secret whose prefix says what it is, for which tenant, and that it is a mock's. By this form
/// [`Secrets`](crate::journal::Secrets) tells it in what is recorded.
fn secret(prefix: &str, tenant: &str, id: &str) -> SmolStr {
    let tenant = tenant.to_ascii_lowercase();
    smol_str::format_smolstr!("{prefix}_mock_{tenant}_{}", id.replace('-', ""))
}
