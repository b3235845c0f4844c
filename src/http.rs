//! HTTP: requests become calls on a tenant, and every exchange with a tenant is recorded.
//!
//! actix-web reads and writes the bytes. `entry` reads the address, `pipeline` takes a call through the
//! tenant's faults to its service and records it, and a service is a plain function from a `Call` to an
//! `Answer`: `scim` decides nothing about SCIM and `admin` nothing about MediusFlow. Resource types are
//! data, so their addresses are matched here and not by actix's router.

use std::{
    net::SocketAddr,
    sync::{
        Arc, OnceLock, PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use actix_web::web::{ServiceConfig, to};
use tokio::sync::watch;

use crate::{
    journal::{Journal, Limits, Tally},
    medius::TenantName,
    tenant::{Provisioning, TenantFactory, Tenants},
};

mod accept;
mod access;
mod admin;
mod answer;
mod api;
mod arrival;
mod authority;
mod bearer;
mod blocking;
mod body;
mod call;
mod clock;
mod control;
mod duration;
mod entry;
mod faults;
mod guard;
mod guess;
mod intake;
mod login;
mod openapi;
mod page;
mod pending;
mod pipeline;
mod problem;
mod record;
mod repair;
mod routes;
mod scim;
mod server;
mod settings;
#[cfg(feature = "web")]
mod web;

pub use access::Access;
pub use authority::{allowed_host, public_url};
pub use clock::{ManualClock, ServerClock};
pub use duration::parse_duration;
pub(crate) use faults::known_operations;
pub(crate) use guard::check_request;
pub use intake::Intake;
pub(crate) use repair::RequestRepair;

/// What all requests to one server share.
#[derive(Debug)]
pub struct App {
    /// Its tenants.
    pub tenants: Arc<Tenants>,
    /// Makes new tenants.
    pub factory: Box<dyn TenantFactory>,
    /// What tells the time.
    pub clock: ServerClock,
    /// The address that it listens on: the host of links for callers who do not name one.
    pub address: SocketAddr,
    /// The seed of its tenants.
    pub seed: u64,
    /// What it asks of its callers.
    pub access: Access,
    /// The requests that reached no tenant.
    pub unrouted: Journal,
    /// Counts what a strict server would refuse of all callers, if that is wanted.
    pub(crate) tally: OnceLock<Tally>,
    /// The tenant of addresses that name none.
    pub own_tenant: Option<TenantName>,
    /// How bodies come in.
    pub intake: Intake,
    /// Runs provisioning jobs, if this build can.
    pub provisioning: Option<Arc<dyn Provisioning>>,
    /// The URL under which it is reached, if that cannot be told from requests; without a slash at
    /// its end.
    public_url: RwLock<Option<String>>,
    /// How many requests are being answered.
    running: AtomicUsize,
    /// Whether answers are no longer delayed.
    hurries: watch::Sender<bool>,
    /// Whether a caller asked the server to stop.
    ending: watch::Sender<bool>,
    /// Sets how much is logged, if that can be set.
    log: Option<LogSwitch>,
}

/// Sets how much is logged: `error`, `warn`, `info`, `debug`, `trace` or `off`.
#[derive(Clone)]
pub struct LogSwitch(pub Arc<dyn Fn(&str) + Send + Sync>);

/// A request that is being answered, counted until it is dropped.
struct CountedRequest<'a>(&'a AtomicUsize);

impl App {
    /// A server at this address, whose tenants have this seed and are made by this factory.
    pub fn new(
        tenants: Arc<Tenants>,
        factory: Box<dyn TenantFactory>,
        clock: ServerClock,
        address: SocketAddr,
        seed: u64,
    ) -> Self {
        Self {
            tenants,
            factory,
            clock,
            address,
            seed,
            access: Access::default(),
            unrouted: Journal::new(UNROUTED),
            tally: OnceLock::new(),
            own_tenant: None,
            intake: Intake::default(),
            provisioning: None,
            public_url: RwLock::default(),
            running: AtomicUsize::new(0),
            ending: watch::Sender::new(false),
            hurries: watch::Sender::new(false),
            log: None,
        }
    }

    /// The same, which asks this of its callers.
    #[must_use]
    pub fn with_access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    /// The same, where addresses that name no tenant lead to this one.
    #[must_use]
    pub fn with_own_tenant(self, name: TenantName) -> Self {
        Self { own_tenant: Some(name), ..self }
    }

    /// The same, which takes bodies in like this.
    #[must_use]
    pub fn with_intake(self, intake: Intake) -> Self {
        Self { intake, ..self }
    }

    /// The same, whose tenants can have provisioning jobs.
    #[must_use]
    pub fn with_provisioning(self, provisioning: Option<Arc<dyn Provisioning>>) -> Self {
        Self { provisioning, ..self }
    }

    /// The same, where callers of the control API can set how much is logged.
    #[must_use]
    pub fn with_log(self, log: Option<LogSwitch>) -> Self {
        Self { log, ..self }
    }

    /// The URL under which the server is reached, if it was said.
    pub fn public_url(&self) -> Option<String> {
        self.public_url.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says under which URL the server is reached, without a slash at its end; `None` leaves it to
    /// the requests.
    pub fn set_public_url(&self, url: Option<String>) {
        *self.public_url.write().unwrap_or_else(PoisonError::into_inner) = url;
    }

    /// Returns when a caller has asked the server to stop.
    pub async fn end(&self) {
        let mut ending = self.ending.subscribe();
        // The sender lives as long as this, so waiting cannot fail.
        drop(ending.wait_for(|it| *it).await);
    }

    /// Asks the server to stop, which ends [`end`](Self::end).
    fn ask_to_end(&self) {
        self.ending.send_replace(true);
    }

    /// Stops all provisioning jobs, without waiting for them: the server is to stop.
    pub fn stop_provisioning(&self) {
        if let Some(provisioning) = &self.provisioning {
            provisioning.stop();
        }
    }

    /// How many requests are being answered at this moment.
    pub fn running(&self) -> usize {
        self.running.load(Ordering::Acquire)
    }

    /// Ends every delay, now and from now on: the server is to stop.
    pub fn wake_sleepers(&self) {
        self.hurries.send_replace(true);
    }

    fn begin(&self) -> CountedRequest<'_> {
        self.running.fetch_add(1, Ordering::AcqRel);
        CountedRequest(&self.running)
    }
}

impl std::fmt::Debug for LogSwitch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LogSwitch")
    }
}

impl Drop for CountedRequest<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// How many requests that reached no tenant are kept: enough to see what a client calls instead.
const UNROUTED: Limits = Limits { exchanges: 1_000, bytes: 4 * 1024 * 1024 };

/// The largest body that is read, in bytes; announced in `/ServiceProviderConfig`.
pub const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// Has an actix application answer every request by [`entry::serve`].
///
/// As patterns of actix's router each address below a tenant's name would be a regular expression, which
/// took a third of the time of a GET.
pub fn configure(config: &mut ServiceConfig) {
    config.default_service(to(entry::serve));
}
