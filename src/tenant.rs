//! One tenant: what it holds, the operations on it, and the registry of all tenants.
//!
//! A tenant has one writer and any number of readers. [`Tenant::snapshot`] hands out the whole
//! [`State`] as it is at that moment, for the price of a pointer; an operation makes the next state
//! from it and puts it in its place, or fails and leaves everything as it was. Nothing here reads a
//! clock: `now` is an argument, and so is every other source of chance.

use std::sync::{
    Arc, Mutex, PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};

use crate::{
    journal::{Bell, Journal, Limits},
    medius::TenantName,
    scim::Schemas,
};

mod bulk;
mod console;
mod definitions;
mod directory;
mod effect;
mod ids;
mod keys;
mod master;
mod operations;
mod presentation;
mod refusals;
mod registry;
#[cfg(test)]
mod sample;
mod settings;
mod state;

pub use bulk::BulkDone;
pub use console::{Console, ConsoleError};
pub use definitions::SchemasInUse;
pub use directory::{Directory, Found};
pub use keys::{AccessToken, Refusal, SecretKey, same_secret};
pub use master::Master;
pub use operations::{Done, Place, names_etag};
pub use presentation::Presentation;
pub use refusals::stale;
pub use registry::Tenants;
pub use settings::{ScimSettings, SettingsError};
pub use state::{Manner, State};

/// A MediusFlow tenant.
#[derive(Debug)]
pub struct Tenant {
    name: TenantName,
    master: Arc<Master>,
    /// Held by the one who makes the next state, so that readers need not wait for it.
    writer: Mutex<()>,
    /// Held as long as it takes to copy or exchange the pointer.
    state: RwLock<Arc<State>>,
    revision: AtomicU64,
    bell: Bell,
    journal: Journal,
}

impl Tenant {
    /// A tenant with nothing in it but its master data: nobody has logged in yet.
    pub fn new(name: TenantName, master: Arc<Master>, manner: Manner, seed: u64) -> Self {
        let state = State::new(&name, manner, seed);
        Self {
            name,
            master,
            writer: Mutex::new(()),
            state: RwLock::new(Arc::new(state)),
            revision: AtomicU64::new(0),
            bell: Bell::default(),
            journal: Journal::new(Limits::default()),
        }
    }

    /// Its name, as it was given.
    pub fn name(&self) -> &TenantName {
        &self.name
    }

    /// What does not change while it runs: companies, roles, console users.
    pub fn master(&self) -> &Master {
        &self.master
    }

    /// What happened to it.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// A number that moves with every change of its state.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// Rings when its state has changed.
    pub fn bell(&self) -> &Bell {
        &self.bell
    }

    /// All that it holds at this moment.
    pub fn snapshot(&self) -> Arc<State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its schemas at this moment.
    pub fn schemas(&self) -> Arc<Schemas> {
        self.snapshot().manner().schemas.clone()
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
        let (outcome, is_changed) = change(&mut next)?;
        if !is_changed {
            return Ok((outcome, present));
        }
        let next = Arc::new(next);
        let mut place = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *place, next.clone());
        self.revision.fetch_add(1, Ordering::Release);
        drop(place);
        drop(writer);
        self.bell.ring();
        // Freeing what only the old state held takes time that no one should wait for.
        drop((old, present));
        Ok((outcome, next))
    }
}
