//! The server as a value: the face for tests, and what the program runs.
//!
//! ```
//! use mediusflow_mock::MockServer;
//!
//! let server = MockServer::start()?;
//!
//! assert!(server.scim_url().ends_with("/NordlysQA/scim/v2"));
//! # Ok::<(), mediusflow_mock::StartError>(())
//! ```

use std::{
    net::{SocketAddr, TcpListener},
    ops::Deref,
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use actix_http::HttpService;
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::{
    App as ActixApp,
    dev::{AppConfig, Server, ServerHandle},
    middleware::from_fn,
    rt::net::TcpStream,
    web::Data,
};
use jiff::Timestamp;

use crate::{
    http::{App, RequestRepair, ServerClock, check_request, configure},
    journal::Exchange,
    medius::{TenantName, TenantNameError},
    tenant::{AddError, Provisioning, TenantOptions, TenantOptionsError, Tenants},
};

mod builder;
mod descriptors;
mod holder;
mod memory;
mod populate;
#[cfg(feature = "entra")]
mod provisioning;
#[cfg(feature = "cli")]
mod saved_state;
mod sign_ins;
#[cfg(feature = "web")]
mod signed_in;
mod tenant_factory;
mod test_tenant;
mod trouble;
mod waiting;

pub use builder::MockServerBuilder;
#[cfg(feature = "cli")]
pub(crate) use builder::reachable;
#[cfg(feature = "cli")]
pub(crate) use saved_state::{
    BEGINS as STATE_BEGINS, SavedTenants, ServerSnapshot, SnapshotMark, StateSource,
    UnreadableState,
};
pub use sign_ins::ExpectSignInsError;
#[cfg(feature = "web")]
pub use signed_in::{SignInError, SignedIn};
pub use test_tenant::{ExpectError, TestTenant, WaitError};
pub use trouble::FaultError;

/// A running server with its tenants. It has a thread and a runtime of its own, so it works in any
/// kind of test, and it stops when it is dropped, without waiting.
///
/// It is its default tenant, too: what [`TestTenant`] can do it can.
#[derive(Debug)]
pub struct MockServer {
    app: Data<App>,
    address: SocketAddr,
    url: String,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    is_chance: bool,
    /// Dropped after the server has been told to stop: a failed expectation panics.
    own: TestTenant,
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another program listens there.
    #[error("can't listen on {address}: another program has it{}", in_brackets(holder.as_deref()))]
    AddressInUse {
        /// The address.
        address: SocketAddr,
        /// Who has it, if it is another mediusflow-mock.
        holder: Option<String>,
    },
    /// The address cannot be listened on, or a thread cannot be started.
    #[error("can't listen on {address}: {source}")]
    Io {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The name is none of a tenant.
    #[error(transparent)]
    TenantName(#[from] TenantNameError),
    /// The public URL, or an allowed host, cannot be one.
    #[error("{0}: {1}")]
    Name(&'static str, String),
    /// The process may not open enough files and connections.
    #[error("a server needs {needed} more file descriptors: {source}; allow more (ulimit -n)")]
    Descriptors {
        /// How many it needs, besides those that are open.
        needed: usize,
        /// What the system said.
        source: std::io::Error,
    },
    /// So many users do not fit into memory.
    #[error("{asked} users need about {} MiB, and there is memory for {most} at most", memory::mebibytes(*asked))]
    TooManyUsers {
        /// How many were asked for.
        asked: usize,
        /// How many there is memory for.
        most: usize,
    },
}

/// Why there is no new tenant.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NewTenantError {
    /// The name is none of a tenant.
    #[error(transparent)]
    Name(#[from] TenantNameError),
    /// Another tenant has the name.
    #[error("there is a tenant {0} already")]
    Taken(String),
    /// The server has as many tenants as it may have.
    #[error("there are {0} tenants, and a server has no more")]
    TooMany(usize),
    /// A tenant cannot be as its options say.
    #[error(transparent)]
    Options(#[from] TenantOptionsError),
}

impl NewTenantError {
    fn of(error: AddError<TenantOptionsError>) -> Self {
        match error {
            AddError::Taken(name) => Self::Taken(name.to_string()),
            AddError::TooMany(most) => Self::TooMany(most),
            AddError::Unmade(error) => Self::Options(error),
        }
    }
}

/// How long a connection may rest before its first request and between others. Clients keep theirs
/// for a minute or less, so it is they who close, and none sends a request into a closing connection.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// When the seeded resources were made, so that the same seed gives the same bytes.
pub const SEED_TIME: Timestamp = Timestamp::constant(1_767_600_000, 0);

impl MockServer {
    /// Starts a server on a free port of the loopback address, with the two seeded tenants.
    ///
    /// # Errors
    ///
    /// As [`MockServerBuilder::start`].
    pub fn start() -> Result<Self, StartError> {
        Self::builder().start()
    }

    /// A server that differs from the usual one.
    pub fn builder() -> MockServerBuilder {
        MockServerBuilder::default()
    }

    /// The URL of the server, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// All tenants.
    pub(crate) fn tenants(&self) -> Arc<Tenants> {
        self.app.tenants.clone()
    }

    /// The seed of its tenants.
    pub fn seed(&self) -> u64 {
        self.app.seed
    }

    /// Whether its seed, and with it every key, is one of chance: nobody said it, and the server
    /// listens beyond this machine.
    pub fn has_seed_of_chance(&self) -> bool {
        self.is_chance
    }

    /// What tells its time.
    pub fn clock(&self) -> ServerClock {
        self.app.clock.clone()
    }

    /// The token that callers of the control API bring, if they need one.
    pub fn control_token(&self) -> Option<&str> {
        self.app.access.token.as_deref()
    }

    /// Who runs provisioning jobs against its tenants; `None` in a build without the feature `entra`.
    pub(crate) fn provisioning(&self) -> Option<Arc<dyn Provisioning>> {
        self.app.provisioning.clone()
    }

    /// The requests that reached no tenant, oldest first, as far as they are kept: a client that calls
    /// a wrong address. What was probably meant is the exchange's `remark`.
    ///
    /// ```
    /// use mediusflow_mock::MockServer;
    ///
    /// let server = MockServer::start()?;
    /// # drop(ureq::get(format!("{}/scim/v2/Users", server.url())).call());
    /// // … a client calls /scim/v2/Users …
    /// assert_eq!(server.unrouted()[0].remark.as_deref(), Some("/NordlysQA/scim/v2/Users"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unrouted(&self) -> Vec<Arc<Exchange>> {
        self.app.unrouted.since(0, usize::MAX).items
    }

    /// Its tenants, to be saved; also when it has stopped.
    #[cfg(feature = "cli")]
    pub(crate) fn state_source(&self) -> StateSource {
        StateSource { tenants: self.tenants(), clock: self.clock() }
    }

    /// Has what a strict server would refuse counted from now on, for all tenants together.
    #[cfg(feature = "cli")]
    pub(crate) fn count_findings(&self) {
        self.app.tally.get_or_init(Default::default);
    }

    /// What was counted.
    #[cfg(feature = "cli")]
    pub(crate) fn counted_findings(&self) -> crate::journal::Report {
        self.app.tally.get().map(crate::journal::Tally::told).unwrap_or_default()
    }

    /// Makes a tenant for one test, as `POST tenants` of the control API does; it goes when it is
    /// dropped. Ids and secrets follow from its name, so a test that wants the same ones in every run
    /// says one; without a name it is called `T1QA`, `T2QA` and so on, as they come.
    ///
    /// ```
    /// use mediusflow_mock::{MockServer, TenantOptions};
    ///
    /// let server = MockServer::start()?;
    /// let tenant = server.new_tenant("Orders", &TenantOptions::new().users(3))?;
    /// let other = server.new_tenant(None, &TenantOptions::new())?;
    ///
    /// assert!(tenant.scim_url().ends_with("/Orders/scim/v2"));
    /// assert_eq!((tenant.users().len(), other.users().len()), (3, 25));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NewTenantError`].
    pub fn new_tenant<'a>(
        &self,
        name: impl Into<Option<&'a str>>,
        options: &TenantOptions,
    ) -> Result<TestTenant, NewTenantError> {
        let name: Option<TenantName> = name.into().map(str::parse).transpose()?;
        let make = |name: &TenantName| self.app.factory.tenant(name, options);
        let tenant = self.app.tenants.add(name, None, self.app.clock.now(), make);
        let tenant = tenant.map_err(NewTenantError::of)?;
        let tenant = TestTenant::new(tenant, self.url.clone(), self.app.clock.clone())
            .provisioned(self.provisioning());
        Ok(tenant.leaving(self.tenants()))
    }

    /// Returns when a caller of the control API has asked the server to stop.
    pub async fn end(&self) {
        self.app.end().await;
    }

    /// Stops accepting, lets what runs finish for this long at most, and returns when it is gone.
    pub fn stop(mut self, grace: Duration) {
        self.app.stop_provisioning();
        drop(self.handle.pause());
        self.app.end_delays();
        let until = Instant::now() + grace;
        while self.app.running() > 0 && Instant::now() < until {
            thread::park_timeout(Duration::from_millis(1));
        }
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            // Its panic, if it died of one, has been reported where it happened.
            drop(thread.join());
        }
    }
}

impl Deref for MockServer {
    type Target = TestTenant;

    /// The default tenant.
    fn deref(&self) -> &TestTenant {
        &self.own
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.app.stop_provisioning();
        // The stop is sent by the call; its future only waits, and dropping must not.
        drop(self.handle.stop(false));
    }
}

/// Starts the thread that runs the server, and returns when it accepts.
fn serve(
    listener: TcpListener,
    app: Data<App>,
    workers: usize,
    grace: Duration,
) -> std::io::Result<(ServerHandle, JoinHandle<()>)> {
    let (started, wait) = mpsc::channel();
    let thread = thread::Builder::new().name("mediusflow-mock".into()).spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            match run(listener, app.clone(), workers) {
                Ok(server) => {
                    drop(started.send(Ok(server.handle())));
                    actix_web::rt::spawn(end(app, server.handle(), grace));
                    if let Err(error) = server.await {
                        tracing::error!(%error, "the server ended");
                    }
                }
                Err(error) => drop(started.send(Err(error))),
            }
        });
    })?;
    let handle =
        wait.recv().map_err(|_gone| std::io::Error::other("the server did not start"))??;
    Ok((handle, thread))
}

/// Stops the server when a caller asks for it, as [`MockServer::stop`] does.
async fn end(app: Data<App>, handle: ServerHandle, grace: Duration) {
    app.end().await;
    app.stop_provisioning();
    drop(handle.pause());
    let until = Instant::now() + grace;
    while app.running() > 0 && Instant::now() < until {
        actix_web::rt::time::sleep(Duration::from_millis(1)).await;
    }
    handle.stop(false).await;
}

/// What actix-web's `HttpServer` does, with one step in front: connections are [`RequestRepair`].
fn run(listener: TcpListener, app: Data<App>, workers: usize) -> std::io::Result<Server> {
    let address = listener.local_addr()?;
    let service = move || {
        let app =
            ActixApp::new().app_data(app.clone()).configure(configure).wrap(from_fn(check_request));
        let app = app.into_factory().map_err(|error| error.error_response());
        let http = HttpService::build()
            .local_addr(address)
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(KEEP_ALIVE)
            .on_connect_ext(|stream: &RequestRepair, data| drop(data.insert(stream.connection())))
            .h1(map_config(app, |()| AppConfig::default()))
            .map_err(|error| tracing::debug!(?error, "a connection ended"))
            .map_init_err(|error| tracing::error!(?error, "a worker did not start"));
        fn_service(async |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            // Answers are written whole; waiting for more would only delay the last packet. Where
            // this fails the connection still works.
            drop(stream.set_nodelay(true));
            Ok::<_, ()>((RequestRepair::new(stream), peer))
        })
        .and_then(http)
    };
    // actix's own signal handling sleeps before it stops; the program handles signals.
    let server = Server::build().workers(workers).disable_signals();
    Ok(server.listen("mediusflow-mock", listener, service)?.run())
}

fn in_brackets(holder: Option<&str>) -> String {
    holder.map(|it| format!(" ({it})")).unwrap_or_default()
}
