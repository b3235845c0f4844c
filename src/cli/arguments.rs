//! The arguments, their environment variables and their help, in one description.

use std::{
    ffi::OsString,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use clap::{
    ArgAction, Args, CommandFactory as _, Parser, Subcommand, ValueEnum,
    builder::BoolishValueParser,
};

use super::{
    Exit,
    exit_with::ExitWith,
    files::{self, UnusableFile},
    values::{self, BearerToken, LineFormat, LogLevel},
};
use crate::{
    medius::TenantName,
    scim::Profile,
    server::{MockServer, MockServerBuilder},
};

pub(super) mod entra;
mod entra_values;

/// A MediusFlow tenant on your own machine: its admin console and its SCIM 2.0 service, in memory.
///
/// Without a command it serves; in a terminal it opens the dashboard.
///
/// Each flag of serve is also a key of mediusflow-mock.toml in the working directory: port = 0. The
/// command line takes precedence over the environment, and the environment over the file.
#[derive(Debug, Parser)]
#[command(
    name = "mediusflow-mock",
    version,
    after_help = Exit::list(),
    args_conflicts_with_subcommands = true
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) serve: ServeArguments,
}

/// All arguments as clap knows them.
pub(super) fn command() -> clap::Command {
    // `exec` starts a server of its own, and leaves the output to its command.
    Arguments::command().mut_subcommand("exec", |it| {
        it.mut_arg("port", |it| it.default_value("0"))
            .mut_arg("log_level", |it| it.default_value("warn"))
    })
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve without a dashboard: print one line when ready, stop at SIGTERM or SIGINT.
    #[command(after_help = Exit::list())]
    Serve(ServeArguments),
    /// Run a command with a server of its own on a free port, and end with the command's code.
    #[command(after_help = exec_help())]
    Exec(ExecArguments),
    /// Executes the command for `exec`, and ends when `exec` does.
    #[command(hide = true)]
    Become(BecomeArguments),
    /// Wait until a mediusflow-mock answers.
    #[command(after_help = Exit::list())]
    Ready(ReadyArguments),
    /// Set a fresh tenant up by the tutorial's steps and provision a small company, over HTTP.
    #[command(after_help = Exit::list())]
    Demo(DemoArguments),
    /// Microsoft Entra's provisioning service, against this tenant or any other SCIM service.
    Entra(entra::EntraArguments),
}

/// The arguments of a server.
#[derive(Clone, Debug, Args)]
pub(super) struct ServeArguments {
    /// The port to listen on; 0 takes a free one.
    #[arg(long, env = "MEDIUSFLOW_MOCK_PORT", default_value_t = 8420, value_name = "N")]
    port: u16,
    /// The IP address to listen on.
    #[arg(
        long,
        env = "MEDIUSFLOW_MOCK_LISTEN",
        default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST),
        value_name = "ADDRESS"
    )]
    listen: IpAddr,
    /// The URL that links begin with, if clients reach the server by another URL than its own.
    /// Requests with its host, and from its pages, are accepted.
    #[arg(
        long,
        env = "MEDIUSFLOW_MOCK_PUBLIC_URL",
        value_parser = values::public_url,
        value_name = "URL"
    )]
    public_url: Option<String>,
    /// The profile of the SCIM service.
    #[arg(long, env = "MEDIUSFLOW_MOCK_PROFILE", value_enum, default_value = "mediusflow")]
    profile: ProfileName,
    /// The seed of ids, names and secrets [default: 1; a random one if the server listens beyond
    /// this machine and there is no --tenant-file].
    #[arg(long, env = "MEDIUSFLOW_MOCK_SEED", value_name = "N")]
    seed: Option<u64>,
    /// The number of users at the start [default: 25, with --fresh none].
    #[arg(long, env = "MEDIUSFLOW_MOCK_USERS", value_name = "N")]
    users: Option<usize>,
    /// The number of groups at the start [default: 4, with --fresh none].
    #[arg(long, env = "MEDIUSFLOW_MOCK_GROUPS", value_name = "N")]
    groups: Option<usize>,
    /// Start with the tutorial's eleven steps open instead of done.
    #[arg(
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
    #[arg(long, env = "MEDIUSFLOW_MOCK_TENANT", default_value = "NordlysQA", value_name = "NAME")]
    tenant: TenantName,
    /// A file that describes the tenant, in the format of fixtures/tenants/nordlysqa.json.
    #[arg(
        long,
        env = "MEDIUSFLOW_MOCK_TENANT_FILE",
        conflicts_with = "tenant",
        value_name = "FILE"
    )]
    tenant_file: Option<PathBuf>,
    /// A file of further SCIM schemas, extensions and resource types, in the format of
    /// fixtures/examples/, or a folder of such files; repeatable.
    #[arg(long, env = "MEDIUSFLOW_MOCK_SCHEMAS", value_delimiter = ',', value_name = "FILE")]
    schemas: Vec<PathBuf>,
    /// A file that keeps the tenants: it is read at the start, and written while the server runs and
    /// when it stops. It holds their secrets, and is readable by its owner only.
    #[arg(long, env = "MEDIUSFLOW_MOCK_STATE", value_name = "FILE")]
    pub(super) state: Option<PathBuf>,
    /// How often --state is written, if anything changed.
    #[arg(
        long,
        env = "MEDIUSFLOW_MOCK_SAVE_EVERY",
        value_parser = values::interval,
        default_value = "10s",
        value_name = "DURATION"
    )]
    pub(super) save_every: Duration,
    /// The bearer token of the control API, which is printed in the JSON ready line if the server
    /// listens beyond this machine [default: a random one in that case, otherwise none]. Every
    /// program of the machine can read the command line: better use the environment, or a file.
    #[arg(
        long,
        env = "MEDIUSFLOW_MOCK_CONTROL_TOKEN",
        hide_env_values = true,
        value_parser = values::token,
        value_name = "TOKEN"
    )]
    control_token: Option<BearerToken>,
    /// A file with the token of the control API, and nothing else.
    #[arg(
        long,
        env = "MEDIUSFLOW_MOCK_CONTROL_TOKEN_FILE",
        conflicts_with = "control_token",
        value_name = "FILE"
    )]
    control_token_file: Option<PathBuf>,
    /// A host name by which clients may call the server, besides localhost and the like;
    /// repeatable.
    #[arg(
        long,
        env = "MEDIUSFLOW_MOCK_ALLOW_HOST",
        value_delimiter = ',',
        value_parser = values::allowed_host,
        value_name = "NAME"
    )]
    allow_host: Vec<String>,
    /// The format of the ready line and the log lines.
    #[arg(long, env = "MEDIUSFLOW_MOCK_LOG_FORMAT", value_enum, default_value = "text")]
    pub(super) log_format: LineFormat,
    /// The level of the log lines on stderr; debug has one for each request.
    #[arg(long, env = "MEDIUSFLOW_MOCK_LOG_LEVEL", value_enum, default_value = "info")]
    pub(super) log_level: LogLevel,
    /// A file for the ready line as JSON. It is written atomically and deleted when the server
    /// stops. Only such a file is replaced; a pipe or device is written to.
    #[arg(long, env = "MEDIUSFLOW_MOCK_READY_FILE", value_name = "PATH")]
    pub(super) ready_file: Option<PathBuf>,
    /// Stop when stdin ends (stdin) or another process ends (pid:N).
    #[arg(long, env = "MEDIUSFLOW_MOCK_EXIT_WITH", value_name = "stdin|pid:N")]
    pub(super) exit_with: Option<ExitWith>,
    /// The time in which running requests can finish when the server stops.
    #[arg(
        long,
        env = "MEDIUSFLOW_MOCK_GRACE",
        value_parser = values::duration,
        default_value = "250ms",
        value_name = "DURATION"
    )]
    pub(super) grace: Duration,
    /// The file with values of flags [default: mediusflow-mock.toml, if it exists].
    #[arg(long, env = "MEDIUSFLOW_MOCK_CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// The arguments of `exec`.
#[derive(Debug, Args)]
pub(super) struct ExecArguments {
    #[command(flatten)]
    pub(super) serve: ServeArguments,
    /// Print what a strict server would refuse of the requests, and end with a code of its own if
    /// there is anything.
    #[arg(long)]
    pub(super) strict_client: bool,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "CMD")]
    pub(super) command: Vec<OsString>,
}

/// The arguments of `become`.
#[derive(Debug, Args)]
pub(super) struct BecomeArguments {
    /// The process id of the parent, with which it ends.
    #[arg(long, value_name = "N")]
    pub(super) parent: u32,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "CMD")]
    pub(super) command: Vec<OsString>,
}

/// The arguments of `ready`.
#[derive(Debug, Args)]
pub(super) struct ReadyArguments {
    /// The URL of the server.
    #[arg(long, env = "MEDIUSFLOW_MOCK_URL", value_parser = values::http_url, value_name = "URL")]
    pub(super) url: String,
    /// The longest time to wait.
    #[arg(long, value_parser = values::duration, default_value = "30s", value_name = "DURATION")]
    pub(super) timeout: Duration,
}

/// The arguments of the demo.
#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// Run at full speed, then compare the final state with the expected one.
    #[arg(long)]
    pub(super) check: bool,
    /// The speed: 2 is twice as fast as usual, 0.5 half as fast.
    #[arg(
        long,
        env = "MEDIUSFLOW_MOCK_PACE",
        value_parser = values::pace,
        default_value = "1.0",
        value_name = "FACTOR",
        conflicts_with = "check"
    )]
    pub(super) pace: f64,
    /// The seed of ids and secrets.
    #[arg(long, env = "MEDIUSFLOW_MOCK_SEED", default_value_t = 1, value_name = "N")]
    pub(super) seed: u64,
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
    pub(super) fn server(&self) -> Result<MockServerBuilder, UnusableFile> {
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

/// The end of the help of `exec`.
fn exec_help() -> String {
    format!(
        "CMD finds the server by the environment: MEDIUSFLOW_MOCK_URL, MEDIUSFLOW_MOCK_SCIM_URL, \
         MEDIUSFLOW_MOCK_CONTROL_URL, MEDIUSFLOW_MOCK_TENANT and MEDIUSFLOW_MOCK_SECRET_KEY, and by \
         MEDIUSFLOW_MOCK_CONTROL_TOKEN where --listen makes one necessary. The other variables that configure the server are not handed on. --port, --state and --exit-with count \
         from the command line only. Signals are passed on to CMD.\n\n\
         The exit code is that of CMD, or 128 and the number of the signal that ended it; 127 if \
         there is no such command, 126 if it cannot be run. With --strict-client it is {} where CMD \
         ends with 0 and a strict server would refuse anything that it sent. If there is no server to run it with:\
         \n\n{}",
        Exit::Findings as u8,
        Exit::list()
    )
}

/// A random token; `None` if the machine has no source of randomness. The control API lets nobody
/// in then.
fn random_token() -> Option<String> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().fold(String::from("mfc_mock_"), |token, byte| format!("{token}{byte:02x}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        command().debug_assert();
    }
}
