//! HTTP: requests become calls on a tenant, and every exchange with a tenant is recorded.
//!
//! actix-web carries the bytes. What answers a request is a plain function from a `Call` to an
//! `Answer`, one for each API: `scim` decides nothing about SCIM and `admin` nothing about
//! MediusFlow, they take, call the tenant, and answer. Resource types are data, so their addresses
//! are matched here and not by actix's router.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use actix_web::web;

use crate::tenant::Tenants;

mod admin;
mod answer;
mod authority;
mod bearer;
mod body;
mod call;
mod clock;
mod control;
mod entry;
mod health;
mod mended;
mod pending;
mod problem;
mod record;
mod routes;
mod scim;

pub use clock::{Clock, ManualClock};
pub(crate) use mended::Mended;

/// What all requests to one server share.
#[derive(Debug)]
pub struct App {
    /// Its tenants.
    pub tenants: Arc<Tenants>,
    /// What tells the time.
    pub clock: Clock,
    /// The URL under which it is reached, if that cannot be told from requests; without a slash at
    /// its end.
    pub public_url: Option<String>,
    /// The address that it listens on: the host of links for callers who do not name one.
    pub address: SocketAddr,
    /// The seed of its tenants.
    pub seed: u64,
    /// How many requests are being answered.
    running: AtomicUsize,
}

/// A request that is being answered, counted until it is dropped.
struct Running<'a>(&'a AtomicUsize);

impl App {
    /// What the requests to one server share.
    pub fn new(
        tenants: Arc<Tenants>,
        clock: Clock,
        public_url: Option<String>,
        address: SocketAddr,
        seed: u64,
    ) -> Self {
        Self { tenants, clock, public_url, address, seed, running: AtomicUsize::new(0) }
    }

    /// How many requests are being answered at this moment.
    pub fn running(&self) -> usize {
        self.running.load(Ordering::Acquire)
    }

    fn begin(&self) -> Running<'_> {
        self.running.fetch_add(1, Ordering::AcqRel);
        Running(&self.running)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The largest body that is read, in bytes; announced in `/ServiceProviderConfig`.
pub const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// Adds every address of the server to an actix application.
///
/// The addresses below a tenant's name are taken apart by `entry::below_tenant`: as patterns of
/// actix's router each would be a regular expression, which took a third of the time of a GET.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/admin/v1/authenticate", web::to(entry::authenticate))
        .route("/_mock/v1", web::to(control::below_mock))
        .route("/_mock/v1/{tail:.*}", web::to(control::below_mock))
        .route("/livez", web::to(health::live))
        .route("/readyz", web::to(health::live))
        .route("/", web::to(health::index))
        .default_service(web::to(entry::below_tenant));
}
