//! What a server can be like, besides the usual, and how it starts.

use std::{
    hash::{BuildHasher as _, RandomState},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::web::Data;

use super::{
    MockServer, StartError, TestTenant, descriptors, holder, memory, serve,
    tenant_factory::SeedFactory,
};
use crate::{
    http::{Access, App, BodyLimits, LogSwitch, ServerClock, allowed_host, public_url},
    medius::TenantName,
    scim::{Dialect, Profile, Schemas},
    seed::TenantSeed,
    tenant::{Provisioning, Tenant, Tenants},
};

/// What a server is to be like; [`MockServerBuilder::start`] starts it.
#[derive(Clone, Debug)]
pub struct MockServerBuilder {
    seed: Option<u64>,
    pub(super) users: Option<usize>,
    pub(super) groups: Option<usize>,
    pub(super) profile: Profile,
    pub(super) dialect: Option<Dialect>,
    pub(super) fresh: bool,
    tenant: String,
    pub(super) own: Option<TenantSeed>,
    pub(super) schemas: Option<Schemas>,
    listen: SocketAddr,
    public_url: Option<String>,
    clock: ServerClock,
    workers: usize,
    access: Access,
    most_tenants: Option<usize>,
    journal_bytes: Option<usize>,
    body_patience: Option<Duration>,
    most_body_bytes: Option<usize>,
    grace: Duration,
    log: Option<LogSwitch>,
    /// Tenants to start with instead of seeded ones.
    saved: Option<Vec<Arc<Tenant>>>,
}

/// How long running requests may take to finish, if nobody says, when a caller stops the server.
const GRACE: Duration = Duration::from_millis(250);

impl Default for MockServerBuilder {
    fn default() -> Self {
        Self {
            seed: None,
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
            clock: ServerClock::System,
            workers: 1,
            access: Access::default(),
            most_tenants: None,
            journal_bytes: None,
            body_patience: None,
            most_body_bytes: None,
            grace: GRACE,
            log: None,
            saved: None,
        }
    }
}

impl MockServerBuilder {
    /// What ids, names and secrets follow from. If not said: 1 where the server listens on a loopback
    /// address or has a [tenant of your own](Self::tenant_seed), else a number of chance, so that
    /// nobody knows its keys from another server.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
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
    /// use mediusflow_mock::{scim::{Dialect, Profile}, MockServer};
    ///
    /// let strict = Dialect::of(Profile::Mediusflow).strict();
    /// let server = MockServer::builder().dialect(strict).start()?;
    ///
    /// server.expect_no_findings(); // what is no finding here is refused
    /// # Ok::<(), mediusflow_mock::StartError>(())
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

    /// The tenants start with the eleven steps open instead of set up.
    #[must_use]
    pub fn fresh(mut self) -> Self {
        self.fresh = true;
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

    /// The URL under which the server is reached, if requests do not tell, without credentials, query
    /// and fragment; its host and its pages are let in.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into().trim_end_matches('/').to_owned());
        self
    }

    /// What tells the time: the machine's clock if not said. With [`ServerClock::Manual`] a test lets keys
    /// and tokens expire without waiting.
    #[must_use]
    pub fn clock(mut self, clock: ServerClock) -> Self {
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

    /// A name under which the server may be called, besides `localhost` and the like.
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

    /// How many bytes of memory the journals of all tenants hold together, estimated; 256 MiB if not
    /// said. When they hold more, the largest lose their oldest exchanges.
    #[must_use]
    pub fn journal_bytes(mut self, most: usize) -> Self {
        self.journal_bytes = Some(most);
        self
    }

    /// For how long the body of a request may stand still before it is given up with 408; 30 seconds if
    /// not said. One that keeps coming has a second more for each KiB.
    #[must_use]
    pub fn body_patience(mut self, patience: Duration) -> Self {
        self.body_patience = Some(patience);
        self
    }

    /// How many bytes the bodies of all requests may hold at once, before one more is refused with 503;
    /// 1 GiB if not said.
    #[must_use]
    pub fn most_body_bytes(mut self, most: usize) -> Self {
        self.most_body_bytes = Some(most);
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

    /// Tenants to start with instead of the two seeded ones. The default tenant is made as usual if it
    /// is not among them.
    #[cfg(feature = "cli")]
    #[must_use]
    pub(crate) fn saved_tenants(mut self, saved: Vec<Arc<Tenant>>) -> Self {
        self.saved = Some(saved);
        self
    }

    /// Binds, then seeds, then serves; when this returns the server answers.
    ///
    /// # Errors
    ///
    /// [`StartError`]; nothing is left running.
    pub fn start(self) -> Result<MockServer, StartError> {
        let name: TenantName = self.tenant.parse()?;
        self.check_names()?;
        let (seed, is_chance) = self.seeded();
        if let Some(users) = self.users {
            memory::admits(users)?;
        }
        let io = |source| StartError::Io { address: self.listen, source };
        descriptors::admit()?;
        let listener = TcpListener::bind(self.listen).map_err(|error| self.refused(error))?;
        let address = listener.local_addr().map_err(io)?;
        let factory = SeedFactory::new(&self, seed);
        let tenants = self.most_tenants.map_or_else(Tenants::default, Tenants::with_room_for);
        let tenants = match self.journal_bytes {
            Some(most) => tenants.with_journals_of(most),
            None => tenants,
        };
        let tenant = factory.first(name, &tenants, self.saved.as_deref());
        let own_tenant = tenant.name().clone();
        let url =
            self.public_url.clone().unwrap_or_else(|| format!("http://{}", reachable(address)));
        let provisioning = provisioning(address, &self.clock, seed);
        let app = App::new(Arc::new(tenants), Box::new(factory), self.clock, address, seed)
            .with_access(self.access)
            .with_own_tenant(own_tenant)
            .with_body_limits(BodyLimits::new(self.body_patience, self.most_body_bytes))
            .with_provisioning(provisioning)
            .with_log(self.log);
        app.set_public_url(self.public_url);
        let app = Data::new(app);
        let (handle, thread) =
            serve(listener, app.clone(), self.workers, self.grace).map_err(io)?;
        let own = TestTenant::new(tenant, url.clone(), app.clock.clone())
            .provisioned(app.provisioning.clone());
        Ok(MockServer { app, address, url, handle, thread: Some(thread), is_chance, own })
    }

    /// Refuses a public URL, and names of hosts, that cannot be ones.
    fn check_names(&self) -> Result<(), StartError> {
        if let Some(url) = &self.public_url {
            public_url(url).map_err(|why| StartError::Name("publicUrl", why))?;
        }
        for host in &self.access.hosts {
            allowed_host(host).map_err(|why| StartError::Name("allowHost", why))?;
        }
        Ok(())
    }

    /// The seed, and whether it is one of chance.
    fn seeded(&self) -> (u64, bool) {
        let is_chance =
            self.seed.is_none() && self.own.is_none() && !self.listen.ip().is_loopback();
        // The keys of this hasher come from the system's source of chance.
        let chance = || RandomState::new().hash_one(self.listen);
        (self.seed.unwrap_or_else(|| if is_chance { chance() } else { 1 }), is_chance)
    }

    fn refused(&self, source: std::io::Error) -> StartError {
        let address = self.listen;
        if source.kind() == std::io::ErrorKind::AddrInUse {
            return StartError::AddressInUse { address, holder: holder::of(address) };
        }
        StartError::Io { address, source }
    }
}

/// Where a server can be called that listens on this address: "everywhere" is here, too.
pub(crate) fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

#[cfg(feature = "entra")]
#[expect(clippy::unnecessary_wraps, reason = "builds without the feature have none")]
fn provisioning(
    address: SocketAddr,
    clock: &ServerClock,
    seed: u64,
) -> Option<Arc<dyn Provisioning>> {
    Some(Arc::new(super::provisioning::Jobs::new(reachable(address), clock.clone(), seed)))
}

#[cfg(not(feature = "entra"))]
fn provisioning(_: SocketAddr, _: &ServerClock, _: u64) -> Option<Arc<dyn Provisioning>> {
    None
}
