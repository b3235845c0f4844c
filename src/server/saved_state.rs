//! All tenants of a server as one document: to be kept in a file, and to be started with again.
//!
//! Each tenant is in it as [`GET state?secrets=true`](crate::tenant::Export) shows it, together with what
//! its requests go by besides: its own SCIM schemas and its clock. Journals, snapshots, faults, limits,
//! sign-ins and provisioning jobs belong to a running server, and tenants with a time to live to a test;
//! none of them is in it.

use std::{
    io::{self, Write},
    sync::{Arc, Weak},
};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    http::ServerClock,
    medius::TenantName,
    scim::SchemaBundle,
    tenant::{ClockSetting, Export, Extent, State, Tenant, Tenants},
};

mod read;

pub(crate) use read::{SavedTenants, UnreadableState};

/// How every document begins, by which a file of the program is told from others.
pub(crate) const BEGINS: &str = "{\"format\":\"mediusflow-mock/server/";

/// What the documents are called, without the number of their form.
const FORMAT: &str = BEGINS.split_at("{\"format\":\"".len()).1;

/// The number of their form.
const VERSION: u64 = 1;

/// The tenants of a running server, whenever they are to be saved.
#[derive(Clone, Debug)]
pub(crate) struct StateSource {
    pub(super) tenants: Arc<Tenants>,
    pub(super) clock: ServerClock,
}

/// The tenants of a server at one moment. It does not change, and costs what changes meanwhile.
#[derive(Debug)]
pub(crate) struct ServerSnapshot {
    taken: Timestamp,
    tenants: Vec<TenantSnapshot>,
}

#[derive(Debug)]
struct TenantSnapshot {
    name: TenantName,
    state: Arc<State>,
    clock: ClockSetting,
}

/// By what a snapshot is known again, without keeping what it holds.
#[derive(Debug)]
pub(crate) struct SnapshotMark(Vec<(TenantName, Weak<State>, ClockSetting)>);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenServer<'a> {
    format: String,
    /// The version of the program that wrote it.
    program: &'a str,
    saved_at: Timestamp,
    tenants: Vec<WrittenTenant<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenTenant<'a> {
    clock: ClockSetting,
    scim_schemas: &'a SchemaBundle,
    state: Export<'a>,
}

impl StateSource {
    /// The tenants at this moment, without those that have a time to live.
    pub(crate) fn snapshot(&self) -> ServerSnapshot {
        let mut lasting = self.tenants.all();
        lasting.retain(|it| self.tenants.until(it.name()).is_none());
        ServerSnapshot::of(&lasting, self.clock.now())
    }
}

impl TenantSnapshot {
    fn of(tenant: &Arc<Tenant>) -> Self {
        let clock = tenant.clock().setting();
        Self { name: tenant.name().clone(), state: tenant.snapshot(), clock }
    }
}

impl ServerSnapshot {
    /// These tenants as they are now, which is at this time of the server.
    fn of(tenants: &[Arc<Tenant>], taken: Timestamp) -> Self {
        let mut tenants: Vec<TenantSnapshot> = tenants.iter().map(TenantSnapshot::of).collect();
        tenants.sort_by_cached_key(|it| it.name.as_str().to_ascii_lowercase());
        Self { taken, tenants }
    }

    /// How many tenants it has.
    pub(crate) fn tenants(&self) -> usize {
        self.tenants.len()
    }

    /// How many users they have together.
    pub(crate) fn users(&self) -> usize {
        self.tenants.iter().map(|it| it.state.resources().len("User")).sum()
    }

    /// Its mark.
    pub(crate) fn mark(&self) -> SnapshotMark {
        let marks = self.tenants.iter().map(|it| {
            // A state that is gone is not taken for another one: its place stays taken.
            (it.name.clone(), Arc::downgrade(&it.state), it.clock)
        });
        SnapshotMark(marks.collect())
    }

    /// Whether a marked snapshot holds the same: every change makes another state.
    pub(crate) fn is_marked_by(&self, mark: &SnapshotMark) -> bool {
        let is_same = |(it, (name, state, clock)): (&TenantSnapshot, &(_, Weak<State>, _))| {
            it.name == *name && Weak::as_ptr(state) == Arc::as_ptr(&it.state) && it.clock == *clock
        };
        self.tenants.len() == mark.0.len() && self.tenants.iter().zip(&mark.0).all(is_same)
    }

    /// Writes it as a document, piece by piece.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub(crate) fn write(&self, writer: &mut impl Write) -> io::Result<()> {
        let tenants = self.tenants.iter().map(|it| WrittenTenant {
            clock: it.clock,
            scim_schemas: it.state.profile().schemas.own(),
            state: it.state.export(&it.name, Extent::Secret),
        });
        let document = WrittenServer {
            format: format!("{FORMAT}{VERSION}"),
            program: env!("CARGO_PKG_VERSION"),
            saved_at: self.taken,
            tenants: tenants.collect(),
        };
        serde_json::to_writer(&mut *writer, &document)?;
        writer.write_all(b"\n")
    }
}
