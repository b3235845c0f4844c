//! The server as a value: the face for tests, and what the program runs.
//!
//! ```
//! use mediusflow_mock::server::MockServer;
//!
//! let server = MockServer::start()?;
//!
//! assert!(server.scim_url().ends_with("/NordlysQA/scim/v2"));
//! # Ok::<(), mediusflow_mock::server::StartError>(())
//! ```

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
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
    rt::net::TcpStream,
    web::Data,
};
use jiff::Timestamp;

use crate::{
    http::{Access, App, Clock, LogSwitch, Mended, configure},
    medius::{TenantName, TenantNameError},
    scim::{Dialect, Profile, Schemas},
    seed::TenantSeed,
    tenant::{Provisioning, Tenants},
};

mod holder;
mod memory;
mod nursery;
mod populate;
#[cfg(feature = "entra")]
mod provisioning;
mod test_tenant;
mod trouble;
mod waiting;

pub use test_tenant::{TestTenant, WaitError};
pub use trouble::FaultError;

use nursery::Nursery;

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
    /// Dropped after the server has been told to stop: a failed expectation panics.
    own: TestTenant,
}

/// What a server is to be like; [`Builder::start`] starts it.
#[derive(Clone, Debug)]
pub struct Builder {
    seed: u64,
    users: Option<usize>,
    groups: Option<usize>,
    profile: Profile,
    dialect: Option<Dialect>,
    fresh: bool,
    tenant: String,
    own: Option<TenantSeed>,
    schemas: Option<Schemas>,
    listen: SocketAddr,
    public_url: Option<String>,
    clock: Clock,
    workers: usize,
    access: Access,
    most_tenants: Option<usize>,
    grace: Duration,
    log: Option<LogSwitch>,
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
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
    /// So many users do not fit into memory.
    #[error("{asked} users need about {} MiB, and there is memory for {most} at most", memory::mebibytes(*asked))]
    TooManyUsers {
        /// How many were asked for.
        asked: usize,
        /// How many there is memory for.
        most: usize,
    },
}

/// How long a connection may rest before its first request and between others. Clients keep theirs
/// for a minute or less, so it is they who close, and none sends a request into a closing connection.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// How long running requests may take to finish, if nobody says, when a caller stops the server.
const GRACE: Duration = Duration::from_millis(250);

/// When the seeded resources were made, so that the same seed gives the same bytes.
pub const SEED_TIME: Timestamp = Timestamp::constant(1_767_600_000, 0);

impl MockServer {
    /// Starts a server on a free port of the loopback address, with the two seeded tenants.
    ///
    /// # Errors
    ///
    /// As [`Builder::start`].
    pub fn start() -> Result<Self, StartError> {
        Self::builder().start()
    }

    /// A server that differs from the usual one.
    pub fn builder() -> Builder {
        Builder::default()
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
    pub fn tenants(&self) -> Arc<Tenants> {
        self.app.tenants.clone()
    }

    /// The seed of its tenants.
    pub fn seed(&self) -> u64 {
        self.app.seed
    }

    /// What tells its time.
    pub fn clock(&self) -> Clock {
        self.app.clock.clone()
    }

    /// The token that callers of the control API bring, if they need one.
    pub fn control_token(&self) -> Option<&str> {
        self.app.access.token.as_deref()
    }

    /// Who runs provisioning jobs against its tenants; `None` in a build without the feature `entra`.
    pub fn provisioning(&self) -> Option<Arc<dyn Provisioning>> {
        self.app.provisioning.clone()
    }

    /// Returns when a caller of the control API has asked the server to stop.
    pub async fn end(&self) {
        self.app.end().await;
    }

    /// Stops accepting, lets what runs finish for this long at most, and returns when it is gone.
    pub fn stop(mut self, grace: Duration) {
        self.app.stop_provisioning();
        drop(self.handle.pause());
        self.app.wake_sleepers();
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

impl Default for Builder {
    fn default() -> Self {
        Self {
            seed: 1,
            users: None,
            groups: None,
            profile: Profile::default(),
            dialect: None,
            fresh: false,
            tenant: "NordlysQA".into(),
            own: None,
            schemas: None,
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            public_url: None,
            clock: Clock::System,
            workers: 1,
            access: Access::default(),
            most_tenants: None,
            grace: GRACE,
            log: None,
        }
    }
}

impl Builder {
    /// What ids, names and secrets follow from; 1 if not said.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How many users the default tenant starts with; 25 if not said, none when fresh.
    #[must_use]
    pub fn users(mut self, users: usize) -> Self {
        self.users = Some(users);
        self
    }

    /// How many groups the default tenant starts with; 4 if not said, none when fresh.
    #[must_use]
    pub fn groups(mut self, groups: usize) -> Self {
        self.groups = Some(groups);
        self
    }

    /// The SCIM profile of the tenants.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// How the tenants speak SCIM, if not as their profile does.
    ///
    /// ```
    /// use mediusflow_mock::{scim::{Dialect, Profile}, server::MockServer};
    ///
    /// let strict = Dialect::of(Profile::Mediusflow).strict();
    /// let server = MockServer::builder().dialect(strict).start()?;
    ///
    /// assert!(server.tenant().scim_settings().strict);
    /// # Ok::<(), mediusflow_mock::server::StartError>(())
    /// ```
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// A tenant of your own, from [`crate::seed::tenant_from`], as the default one; one of the same
    /// name gives way.
    #[must_use]
    pub fn tenant_seed(mut self, seed: TenantSeed) -> Self {
        self.tenant = seed.name.to_string();
        self.own = Some(seed);
        self
    }

    /// Schemas, extensions and resource types that every tenant has besides the built-in ones, from
    /// [`crate::seed::schemas_from`] or [`Schemas::extended`]. Seeded users and groups have no values
    /// of them.
    #[must_use]
    pub fn schemas(mut self, schemas: Schemas) -> Self {
        self.schemas = Some(schemas);
        self
    }

    /// Whether the tenants start with the eleven steps open instead of set up.
    #[must_use]
    pub fn fresh(mut self, fresh: bool) -> Self {
        self.fresh = fresh;
        self
    }

    /// The name of the default tenant; another than the seeded ones is made.
    #[must_use]
    pub fn tenant(mut self, name: impl Into<String>) -> Self {
        self.tenant = name.into();
        self
    }

    /// Where to listen; port 0 takes a free one.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// The URL under which the server is reached, if requests do not tell.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into().trim_end_matches('/').to_owned());
        self
    }

    /// What tells the time: the machine's clock if not said. With [`Clock::Manual`] a test lets keys
    /// and tokens expire without waiting.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// How many threads answer requests; 1 if not said.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// The bearer token that callers of the control API bring. Without one they need none, as long as
    /// the server listens on a loopback address; on others nobody gets in.
    #[must_use]
    pub fn control_token(mut self, token: impl Into<String>) -> Self {
        self.access.token = Some(token.into());
        self
    }

    /// A name under which the control API may be called, besides `localhost` and the like.
    #[must_use]
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.access.hosts.push(host.into());
        self
    }

    /// How many tenants there are at most; 10,000 if not said.
    #[must_use]
    pub fn most_tenants(mut self, most: usize) -> Self {
        self.most_tenants = Some(most);
        self
    }

    /// How long running requests may take to finish when a caller of the control API stops the
    /// server; 250 milliseconds if not said.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// What sets how much is logged, for callers of the control API; they cannot if not said.
    #[must_use]
    pub fn log_switch(mut self, switch: LogSwitch) -> Self {
        self.log = Some(switch);
        self
    }

    /// Binds, then seeds, then serves; when this returns the server answers.
    ///
    /// # Errors
    ///
    /// [`StartError`]; nothing is left running.
    pub fn start(self) -> Result<MockServer, StartError> {
        let name: TenantName = self.tenant.parse()?;
        if let Some(users) = self.users {
            memory::admits(users)?;
        }
        let io = |source| StartError::Io { address: self.listen, source };
        let listener = TcpListener::bind(self.listen).map_err(|error| self.refused(error))?;
        let address = listener.local_addr().map_err(io)?;
        let nursery = Nursery::new(&self);
        let tenants = self.most_tenants.map_or_else(Tenants::default, Tenants::with_room_for);
        let tenant = nursery.first(name, &tenants);
        let url =
            self.public_url.clone().unwrap_or_else(|| format!("http://{}", reachable(address)));
        let provisioning = provisioning(address, &self.clock, self.seed);
        let app = App::new(Arc::new(tenants), Box::new(nursery), self.clock, address, self.seed)
            .with_access(self.access)
            .with_provisioning(provisioning)
            .with_log(self.log);
        app.set_public_url(self.public_url);
        let app = Data::new(app);
        let (handle, thread) =
            serve(listener, app.clone(), (self.workers, self.grace)).map_err(io)?;
        let own = TestTenant::new(tenant, url.clone(), app.clock.clone());
        Ok(MockServer { app, address, url, handle, thread: Some(thread), own })
    }

    fn refused(&self, source: std::io::Error) -> StartError {
        let address = self.listen;
        if source.kind() == std::io::ErrorKind::AddrInUse {
            return StartError::AddressInUse { address, holder: holder::of(address) };
        }
        StartError::Io { address, source }
    }
}

#[cfg(feature = "entra")]
#[expect(clippy::unnecessary_wraps, reason = "builds without the feature have none")]
fn provisioning(address: SocketAddr, clock: &Clock, seed: u64) -> Option<Arc<dyn Provisioning>> {
    Some(Arc::new(provisioning::Jobs::new(address, clock.clone(), seed)))
}

#[cfg(not(feature = "entra"))]
fn provisioning(_: SocketAddr, _: &Clock, _: u64) -> Option<Arc<dyn Provisioning>> {
    None
}

/// Starts the thread that runs the server, and returns when it accepts.
fn serve(
    listener: TcpListener,
    app: Data<App>,
    (workers, grace): (usize, Duration),
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

/// What actix-web's `HttpServer` does, with one step in front: connections are [`Mended`].
fn run(listener: TcpListener, app: Data<App>, workers: usize) -> std::io::Result<Server> {
    let address = listener.local_addr()?;
    let service = move || {
        let app = ActixApp::new().app_data(app.clone()).configure(configure);
        let app = app.into_factory().map_err(|error| error.error_response());
        let http = HttpService::build()
            .local_addr(address)
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(KEEP_ALIVE)
            .on_connect_ext(|stream: &Mended, data| drop(data.insert(stream.line())))
            .h1(map_config(app, |()| AppConfig::default()))
            .map_err(|error| tracing::debug!(?error, "a connection ended"))
            .map_init_err(|error| tracing::error!(?error, "a worker did not start"));
        fn_service(async |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            // Answers are written whole; waiting for more would only delay the last packet. Where
            // this fails the connection still works.
            drop(stream.set_nodelay(true));
            Ok::<_, ()>((Mended::new(stream), peer))
        })
        .and_then(http)
    };
    // actix's own signal handling sleeps before it stops; the program handles signals.
    let server = Server::build().workers(workers).disable_signals();
    Ok(server.listen("mediusflow-mock", listener, service)?.run())
}

/// Where a server can be called that listens on this address: "everywhere" is here, too.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

fn in_brackets(holder: Option<&str>) -> String {
    holder.map(|it| format!(" ({it})")).unwrap_or_default()
}
