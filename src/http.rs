//! The HTTP room: it turns requests into calls on a tenant, and records every exchange with a tenant.
//!
//! actix-web reads and writes the bytes. `entry` reads the address. `pipeline` takes a call through the
//! tenant's faults to its service, and records it. A service is a plain function from a `Call` to an
//! `Answer`: `scim` makes no decisions about SCIM, and `admin` none about MediusFlow. Resource types are
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
    tenant::{Provisioning, Tenant, TenantFactory, Tenants},
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
mod body_limits;
mod call;
mod clock;
mod control;
mod duration;
mod entry;
mod faults;
mod guard;
mod guess;
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
#[cfg(feature = "web")]
pub use authority::{entra_authority, login_url};
pub use body_limits::BodyLimits;
pub use clock::{ManualClock, ServerClock};
pub use duration::parse_duration;
pub(crate) use faults::known_operations;
pub(crate) use guard::check_request;
pub(crate) use repair::RequestRepair;
#[cfg(feature = "cli")]
pub(crate) use settings::SettingsBody;

/// The state that all requests to one server share.
#[derive(Debug)]
pub struct App {
    /// Its tenants.
    pub tenants: Arc<Tenants>,
    /// Makes new tenants.
    pub factory: Box<dyn TenantFactory>,
    /// The server's clock.
    pub clock: ServerClock,
    /// The address on which it listens. It is the host in links for callers that send no host.
    pub address: SocketAddr,
    /// The seed of its tenants.
    pub seed: u64,
    /// What it requires of its callers.
    pub access: Access,
    /// The exchanges that reached no tenant.
    pub unrouted: Journal,
    /// Counts what a strict server would refuse, over all callers, if this was requested.
    pub(crate) tally: OnceLock<Tally>,
    /// The tenant of addresses without a tenant's name.
    pub own_tenant: Option<TenantName>,
    /// The limits for request bodies.
    pub body_limits: BodyLimits,
    /// Runs provisioning jobs, if this build supports them.
    pub provisioning: Option<Arc<dyn Provisioning>>,
    /// The configured URL of the server, without a slash at its end, if it does not follow from the
    /// requests.
    public_url: RwLock<Option<String>>,
    /// How many users the segments of the console's pages have.
    #[cfg(feature = "web")]
    segment_counts: web::SegmentCounts,
    /// How many requests are running.
    running: AtomicUsize,
    /// Whether all delays of answers end at once.
    ends_delays: watch::Sender<bool>,
    /// Whether a caller asked the server to stop.
    ending: watch::Sender<bool>,
    /// Sets the log level, if it can be set.
    log: Option<LogSwitch>,
}

/// Sets the log level: `error`, `warn`, `info`, `debug`, `trace` or `off`.
#[derive(Clone)]
pub struct LogSwitch(pub Arc<dyn Fn(&str) + Send + Sync>);

/// A running request. It is counted until this value is dropped.
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
            body_limits: BodyLimits::default(),
            provisioning: None,
            public_url: RwLock::default(),
            #[cfg(feature = "web")]
            segment_counts: web::SegmentCounts::default(),
            running: AtomicUsize::new(0),
            ending: watch::Sender::new(false),
            ends_delays: watch::Sender::new(false),
            log: None,
        }
    }

    /// The same server, which requires this of its callers.
    #[must_use]
    pub fn with_access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    /// The same server; addresses without a tenant's name lead to this tenant.
    #[must_use]
    pub fn with_own_tenant(self, name: TenantName) -> Self {
        Self { own_tenant: Some(name), ..self }
    }

    /// The same server with these limits for request bodies.
    #[must_use]
    pub fn with_body_limits(self, body_limits: BodyLimits) -> Self {
        Self { body_limits, ..self }
    }

    /// The same server, whose tenants can have provisioning jobs.
    #[must_use]
    pub fn with_provisioning(self, provisioning: Option<Arc<dyn Provisioning>>) -> Self {
        Self { provisioning, ..self }
    }

    /// The same server; callers of the control API can set its log level.
    #[must_use]
    pub fn with_log(self, log: Option<LogSwitch>) -> Self {
        Self { log, ..self }
    }

    /// The configured URL of the server, if there is one.
    pub fn public_url(&self) -> Option<String> {
        self.public_url.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets the URL of the server, without a slash at its end. With `None`, it follows from the requests.
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

    /// The address at which a job of this server calls the SCIM service of a tenant.
    pub(crate) fn own_scim_base(&self, tenant: &Tenant) -> String {
        format!("http://{}/{}/scim/v2", self.address, tenant.name())
    }

    /// Stops all provisioning jobs without waiting for them, because the server stops.
    pub fn stop_provisioning(&self) {
        if let Some(provisioning) = &self.provisioning {
            provisioning.stop();
        }
    }

    /// How many requests are running at this moment.
    pub fn running(&self) -> usize {
        self.running.load(Ordering::Acquire)
    }

    /// Ends all present and future delays of answers, because the server stops.
    pub fn end_delays(&self) {
        self.ends_delays.send_replace(true);
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

/// How many exchanges that reached no tenant are kept: enough to see what a client calls instead.
const UNROUTED: Limits = Limits { exchanges: 1_000, bytes: 4 * 1024 * 1024 };

/// The largest body that is read, in bytes; announced in `/ServiceProviderConfig`.
pub const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// Has an actix application answer every request by [`entry::serve`].
///
/// As patterns of actix's router, all addresses below a tenant's name would be regular expressions, which
/// took a third of the time of a GET.
pub fn configure(config: &mut ServiceConfig) {
    config.default_service(to(entry::serve));
}
