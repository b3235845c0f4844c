//! The arguments of a server.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use clap::{ArgAction, Args, ValueEnum, builder::BoolishValueParser};

use crate::{
    cli::{
        exit_with::ExitWith,
        files::{self, UnusableFile},
        values::{self, BearerToken, LineFormat, LogLevel},
    },
    medius::TenantName,
    scim::Profile,
    server::{MockServer, MockServerBuilder},
};

/// The headings of the flags of a server in its help.
const SERVER: &str = "Server";
const TENANT: &str = "Tenant";
const CONTROL: &str = "Control";
const PROCESS: &str = "Process";

/// The arguments of a server.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ServeArguments {
    /// The port to listen on; 0 takes a free one.
    #[arg(
        help_heading = SERVER,
        long,
        env = "MEDIUSFLOW_MOCK_PORT",
        default_value_t = values::USUAL_PORT,
        value_name = "N"
    )]
    port: u16,
    /// The IP address to listen on.
    #[arg(
        help_heading = SERVER,
        long,
        env = "MEDIUSFLOW_MOCK_LISTEN",
        default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST),
        value_name = "ADDRESS"
    )]
    listen: IpAddr,
    /// The URL that links begin with, if clients reach the server by another URL than its own.
    /// Requests with its host, and from its pages, are accepted.
    #[arg(
        help_heading = SERVER,
        long,
        env = "MEDIUSFLOW_MOCK_PUBLIC_URL",
        value_parser = values::public_url,
        value_name = "URL"
    )]
    public_url: Option<String>,
    /// A host name by which clients may call the server, besides localhost and the like;
    /// repeatable.
    #[arg(
        help_heading = SERVER,
        long,
        env = "MEDIUSFLOW_MOCK_ALLOW_HOST",
        value_delimiter = ',',
        value_parser = values::allowed_host,
        value_name = "NAME"
    )]
    allow_host: Vec<String>,
    /// The profile of the SCIM service.
    #[arg(
        help_heading = TENANT,
        long,
        env = "MEDIUSFLOW_MOCK_PROFILE",
        value_enum,
        default_value = "mediusflow"
    )]
    profile: ProfileName,
    /// The seed of ids, names and secrets [default: 1; a random one if the server listens beyond
    /// this machine and there is no --tenant-file].
    #[arg(help_heading = TENANT, long, env = "MEDIUSFLOW_MOCK_SEED", value_name = "N")]
    seed: Option<u64>,
    /// The number of users at the start [default: 25, with --fresh none].
    #[arg(help_heading = TENANT, long, env = "MEDIUSFLOW_MOCK_USERS", value_name = "N")]
    users: Option<usize>,
    /// The number of groups at the start [default: 4, with --fresh none].
    #[arg(help_heading = TENANT, long, env = "MEDIUSFLOW_MOCK_GROUPS", value_name = "N")]
    groups: Option<usize>,
    /// Start with the tutorial's eleven steps open instead of done.
    #[arg(
        help_heading = TENANT,
        long,
        env = "MEDIUSFLOW_MOCK_FRESH",
        action = ArgAction::Set,
        value_parser = BoolishValueParser::new(),
        num_args = 0..=1,
        require_equals = true,
        default_value = "false",
        default_missing_value = "true",
        hide_default_value = true,
        value_name = "BOOL"
    )]
    fresh: bool,
    /// The name of the tenant.
    #[arg(
        help_heading = TENANT,
        long,
        env = "MEDIUSFLOW_MOCK_TENANT",
        default_value = "NordlysQA",
        value_name = "NAME"
    )]
    tenant: TenantName,
    /// A file that describes the tenant, in the format of fixtures/tenants/nordlysqa.json.
    #[arg(
        help_heading = TENANT,
        long,
        env = "MEDIUSFLOW_MOCK_TENANT_FILE",
        conflicts_with = "tenant",
        value_name = "FILE"
    )]
    tenant_file: Option<PathBuf>,
    /// A file of further SCIM schemas, extensions and resource types, in the format of
    /// fixtures/examples/, or a folder of such files; repeatable.
    #[arg(
        help_heading = TENANT,
        long,
        env = "MEDIUSFLOW_MOCK_SCHEMAS",
        value_delimiter = ',',
        value_name = "FILE"
    )]
    schemas: Vec<PathBuf>,
    /// A file that keeps the tenants: it is read at the start, and written while the server runs and
    /// when it stops. It holds their secrets, and is readable by its owner only.
    #[arg(help_heading = TENANT, long, env = "MEDIUSFLOW_MOCK_STATE", value_name = "FILE")]
    pub(in crate::cli) state: Option<PathBuf>,
    /// How often --state is written, if anything changed.
    #[arg(
        help_heading = TENANT,
        long,
        env = "MEDIUSFLOW_MOCK_SAVE_EVERY",
        value_parser = values::interval,
        default_value = "10s",
        value_name = "DURATION"
    )]
    pub(in crate::cli) save_every: Duration,
    /// The bearer token of the control API, which is printed in the JSON ready line if the server
    /// listens beyond this machine [default: a random one in that case, otherwise none]. Every
    /// program of the machine can read the command line: better use the environment, or a file.
    #[arg(
        help_heading = CONTROL,
        long,
        env = "MEDIUSFLOW_MOCK_CONTROL_TOKEN",
        hide_env_values = true,
        value_parser = values::token,
        value_name = "TOKEN"
    )]
    control_token: Option<BearerToken>,
    /// A file with the token of the control API, and nothing else.
    #[arg(
        help_heading = CONTROL,
        long,
        env = "MEDIUSFLOW_MOCK_CONTROL_TOKEN_FILE",
        conflicts_with = "control_token",
        value_name = "FILE"
    )]
    control_token_file: Option<PathBuf>,
    /// The format of the ready line and the log lines.
    #[arg(
        help_heading = PROCESS,
        long,
        env = "MEDIUSFLOW_MOCK_LOG_FORMAT",
        value_enum,
        default_value = "text"
    )]
    pub(in crate::cli) log_format: LineFormat,
    /// The level of the log lines on stderr; debug has one for each request.
    #[arg(
        help_heading = PROCESS,
        long,
        env = "MEDIUSFLOW_MOCK_LOG_LEVEL",
        value_enum,
        default_value = "info"
    )]
    pub(in crate::cli) log_level: LogLevel,
    /// A file for the ready line as JSON. It is written atomically and deleted when the server
    /// stops. Only such a file is replaced; a pipe or device is written to.
    #[arg(help_heading = PROCESS, long, env = "MEDIUSFLOW_MOCK_READY_FILE", value_name = "PATH")]
    pub(in crate::cli) ready_file: Option<PathBuf>,
    /// Stop when stdin ends (stdin) or another process ends (pid:N).
    #[arg(
        help_heading = PROCESS,
        long,
        env = "MEDIUSFLOW_MOCK_EXIT_WITH",
        value_name = "stdin|pid:N"
    )]
    pub(in crate::cli) exit_with: Option<ExitWith>,
    /// The time in which running requests can finish when the server stops.
    #[arg(
        help_heading = PROCESS,
        long,
        env = "MEDIUSFLOW_MOCK_GRACE",
        value_parser = values::duration,
        default_value = "250ms",
        value_name = "DURATION"
    )]
    pub(in crate::cli) grace: Duration,
    /// The file with values of flags [default: mediusflow-mock.toml, if it exists].
    #[arg(help_heading = PROCESS, long, env = "MEDIUSFLOW_MOCK_CONFIG", value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProfileName {
    /// The documented behaviour of the tutorial.
    Mediusflow,
    /// The whole standard.
    Rfc,
}

impl ServeArguments {
    /// The server that these arguments ask for.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or is invalid.
    pub(in crate::cli) fn server(&self) -> Result<MockServerBuilder, UnusableFile> {
        let profile = match self.profile {
            ProfileName::Mediusflow => Profile::Mediusflow,
            ProfileName::Rfc => Profile::Rfc,
        };
        let mut server = MockServer::builder()
            .listen(SocketAddr::new(self.listen, self.port))
            .profile(profile)
            .grace(self.grace)
            .tenant(self.tenant.as_str());
        if self.fresh {
            server = server.fresh();
        }
        if let Some(url) = &self.public_url {
            server = server.public_url(url);
        }
        if let Some(seed) = self.seed {
            server = server.seed(seed);
        }
        if let Some(users) = self.users {
            server = server.users(users);
        }
        if let Some(groups) = self.groups {
            server = server.groups(groups);
        }
        if !self.schemas.is_empty() {
            server = server.schemas(files::schemas(&self.schemas)?);
        }
        for host in &self.allow_host {
            server = server.allow_host(host);
        }
        let token = match &self.control_token_file {
            Some(file) => Some(files::token(file)?),
            None => self.control_token.clone().map(|it| it.0),
        };
        let is_wanted = !self.listen.is_loopback();
        if let Some(token) = token.or_else(|| is_wanted.then(random_token).flatten()) {
            server = server.control_token(token);
        }
        match &self.tenant_file {
            Some(path) => Ok(server.tenant_seed(files::tenant(path)?)),
            None => Ok(server),
        }
    }
}

/// A random token; `None` if the machine has no source of randomness. The control API lets nobody
/// in then.
fn random_token() -> Option<String> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().fold(String::from("mfc_mock_"), |token, byte| format!("{token}{byte:02x}")))
}
