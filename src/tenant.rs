//! One tenant: what it holds, the operations on it, and the registry of all tenants.
//!
//! A tenant has one writer and any number of readers. [`Tenant::snapshot`] hands out the whole
//! [`State`] as it is at that moment, for the price of a pointer; an operation makes the next state
//! from it and puts it in its place, or fails and leaves everything as it was. Nothing here reads a
//! clock: `now` is an argument, and so is every other source of chance.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use smol_str::SmolStr;

use crate::{
    journal::{Journal, Limits, Notifier},
    medius::TenantName,
    scim::Schemas,
};

mod address;
mod budget;
mod bulk;
mod busy;
mod clock;
mod conditions;
mod console;
mod definitions;
mod effect;
#[cfg(feature = "web")]
mod entra_accounts;
mod export;
mod ids;
mod import;
mod import_error;
mod keys;
mod lives;
mod master;
mod operations;
mod presentation;
mod provisioning;
mod refusals;
mod registry;
mod reset;
mod resources;
#[cfg(test)]
mod sample;
mod secrecy;
mod settings;
mod sign_in;
mod sign_in_claims;
mod sign_in_history;
mod sign_in_settings;
#[cfg(feature = "web")]
mod sign_ins;
mod snapshots;
mod state;
mod state_watch;
mod tenant_factory;
mod unread;
mod usages;
mod versions;
mod waiters;

pub use busy::Busy;
pub use clock::{ClockSetting, TenantClock};
pub use console::{Configured, Console, ConsoleError, Reapplied};
pub use definitions::SchemasInUse;
pub(crate) use effect::subject;
#[cfg(feature = "web")]
pub use entra_accounts::{AccountPage, AccountSource, EntraAccount};
pub use export::{Export, Extent};
pub use import::Import;
pub use import_error::ImportError;
pub use keys::{AccessToken, Refusal, SecretKey, same_secret};
pub use master::{Master, MasterError};
pub use operations::{Done, OperationError, OperationTarget, Terms};
pub use presentation::{Memberships, Presentation};
pub use provisioning::{JOB_EPOCH, OrderCallback, Provisioning, ProvisioningRefusal};
pub use refusals::stale;
pub use registry::{AddError, Tenants};
pub use reset::{Forgotten, Hold};
pub use resources::Resources;
pub use settings::{ScimSettings, SettingsChange, SettingsError};
pub use sign_in::name_identifier;
pub use sign_in_history::{PastTurn, SignInHistory, TurnCause};
pub use sign_in_settings::{ClockTolerance, SignInLife, SignInSettings, SignInSettingsChange};
#[cfg(feature = "web")]
pub use sign_ins::{
    AccessGrant, AccountPick, EntraSession, FlowError, IssuedCode, KnownKeys, LoggedInUser,
    LoginFlow, LoginSession, NamedLogin, NewAccessToken, PickerRequest, Rotation, SignInSecret,
    SignIns, SignedInAccount, unpublished_key,
};
pub use snapshots::{Snapshot, SnapshotError};
pub use state::{ScimProfile, State};
pub use state_watch::{StateWatch, StateWatchProgress, Wanted};
pub use tenant_factory::{TenantFactory, TenantOptions, TenantOptionsError};
pub use usages::Usage;
pub use versions::{Preconditions, names_etag, names_strong_etag, names_version};
pub use waiters::{Waiter, WaiterCount};

use conditions::Conditions;
use lives::EndedLives;
use snapshots::Kept;
use state_watch::StateWatches;

/// A MediusFlow tenant.
#[derive(Debug)]
pub struct Tenant {
    name: TenantName,
    /// Held by the one who makes the next state, so that readers need not wait for it.
    writer: Mutex<()>,
    /// Held as long as it takes to copy or exchange the pointer.
    state: RwLock<Arc<State>>,
    revision: AtomicU64,
    /// Its present life, and the latest that has a number: a life begins when another state is put in
    /// place of one that clients have seen.
    life: AtomicU64,
    lives: AtomicU64,
    /// Whether the server was given another URL since.
    has_moved: AtomicBool,
    notifier: Notifier,
    journal: Journal,
    conditions: Conditions,
    /// What it can be set back to.
    kept: Mutex<Kept>,
    /// The lives that have ended since the last reset.
    ended_lives: Mutex<EndedLives>,
    /// Secrets of those who call it.
    kept_secrets: Mutex<Vec<SmolStr>>,
    /// Keys and tokens that another state ended, oldest first.
    ended_secrets: Mutex<VecDeque<SecretKey>>,
    /// How often it was reset.
    epoch: AtomicU64,
    /// Held by those who must not be reset meanwhile. It is the first of the locks that a request
    /// takes: nobody who has another one waits for it.
    gate: RwLock<()>,
    /// Whether it was taken away.
    is_closed: AtomicBool,
    state_watches: StateWatches,
    waiters: WaiterCount,
    #[cfg(feature = "web")]
    sign_ins: SignIns,
    /// How much is going on that may take long.
    busy: Arc<AtomicUsize>,
}

impl Tenant {
    /// A tenant with nothing in it but its master data: nobody has logged in yet.
    pub fn new(
        name: TenantName,
        master: Arc<Master>,
        profile: impl Into<Arc<ScimProfile>>,
        seed: u64,
    ) -> Self {
        let state = State::new(&name, master, profile.into(), seed);
        Self::of(name, Arc::new(state))
    }

    /// A tenant that starts with the state of another one. Resources keep their ids; new ones, and
    /// the secret key, follow from its own name. Costs the same however much the state holds.
    pub fn like(name: TenantName, state: &State) -> Self {
        let state = Arc::new(state.moved(&name));
        Self::of(name, state)
    }

    /// A tenant that starts with this state, and shares it with whoever else has it.
    pub(crate) fn of(name: TenantName, state: Arc<State>) -> Self {
        let conditions = Conditions::new(state.ids.seed(), &name);
        Self {
            name,
            writer: Mutex::new(()),
            kept: Mutex::new(Kept::new(state.clone())),
            ended_lives: Mutex::default(),
            kept_secrets: Mutex::default(),
            ended_secrets: Mutex::default(),
            life: AtomicU64::new(state.life),
            lives: AtomicU64::new(state.life),
            state: RwLock::new(state),
            revision: AtomicU64::new(0),
            has_moved: AtomicBool::new(false),
            notifier: Notifier::default(),
            journal: Journal::new(Limits::default()),
            conditions,
            epoch: AtomicU64::new(0),
            gate: RwLock::new(()),
            is_closed: AtomicBool::new(false),
            state_watches: StateWatches::default(),
            waiters: WaiterCount::default(),
            #[cfg(feature = "web")]
            sign_ins: SignIns::default(),
            busy: Arc::default(),
        }
    }

    /// Its name, as it was given.
    pub fn name(&self) -> &TenantName {
        &self.name
    }

    /// Its companies, roles and console users at this moment.
    pub fn master(&self) -> Arc<Master> {
        self.snapshot().master.clone()
    }

    /// What happened to it.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Those who wait for something of it.
    pub fn waiters(&self) -> &WaiterCount {
        &self.waiters
    }

    /// Who is signed in, what is under way, and what was issued.
    #[cfg(feature = "web")]
    pub fn sign_ins(&self) -> &SignIns {
        &self.sign_ins
    }

    /// A number that moves with every change of its state.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// Rings when its state has changed.
    pub fn notifier(&self) -> &Notifier {
        &self.notifier
    }

    /// All that it holds at this moment.
    pub fn snapshot(&self) -> Arc<State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same, and its revision.
    fn snapshot_with_revision(&self) -> (Arc<State>, u64) {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        (state.clone(), self.revision())
    }

    /// Its schemas at this moment.
    pub fn schemas(&self) -> Arc<Schemas> {
        self.snapshot().profile().schemas.clone()
    }

    /// Makes the next state, or leaves the present one in place when `change` fails.
    ///
    /// # Errors
    ///
    /// What `change` returns.
    fn write<T, E>(
        &self,
        change: impl FnOnce(&mut State) -> Result<T, E>,
    ) -> Result<(T, Arc<State>), E> {
        self.write_if(|state| change(state).map(|outcome| (outcome, true)))
    }

    /// As [`Tenant::write`]; `change` also says whether it changed anything. If not, the present
    /// state and its revision stay.
    ///
    /// # Errors
    ///
    /// What `change` returns.
    fn write_if<T, E>(
        &self,
        change: impl FnOnce(&mut State) -> Result<(T, bool), E>,
    ) -> Result<(T, Arc<State>), E> {
        // A state is put in place whole, so a thread that died in here has left a good one.
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let present = self.snapshot();
        let mut next = State::clone(&present);
        next.life = self.life.load(Ordering::Acquire);
        next.revision = self.revision() + 1;
        let (outcome, is_changed) = change(&mut next)?;
        if !is_changed {
            return Ok((outcome, present));
        }
        let next = Arc::new(next);
        let old = self.put_in_place(next.clone());
        self.conditions.keep(&old);
        drop(writer);
        self.notifier.notify();
        // Freeing what only the old state held takes time that no one should wait for.
        drop((old, present));
        Ok((outcome, next))
    }

    /// The number of its present life: what it shows may have been otherwise in an earlier one.
    pub fn life(&self) -> u64 {
        self.life.load(Ordering::Acquire)
    }

    /// Begins a life in which every resource has another version, since what is shown of them changes; for
    /// a writer.
    fn renew(&self, state: &mut State) {
        let life = self.next_life();
        state.renew(life);
        self.life.store(life, Ordering::Release);
    }

    /// Notes that the server is reached by another URL: what is shown may differ from copies of the same
    /// version.
    pub fn move_away(&self) {
        self.has_moved.store(true, Ordering::Release);
    }

    /// Whether the URLs in copies may be others than those that are shown now.
    pub fn has_moved(&self) -> bool {
        self.has_moved.load(Ordering::Acquire)
    }

    /// The number of a new life, which no version has yet.
    fn next_life(&self) -> u64 {
        self.lives.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Puts a state in place of the present one, for a writer; returns that one.
    fn put_in_place(&self, next: Arc<State>) -> Arc<State> {
        let mut place = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *place, next.clone());
        let revision = self.revision.fetch_add(1, Ordering::Release) + 1;
        drop(place);
        self.state_watches.tell(&next, revision);
        old
    }
}
