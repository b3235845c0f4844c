//! The arguments of `entra`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, builder::RangedU64ValueParser};

use super::entra_values as values;
use crate::{cli::Exit, entra::SourceDirectory};

/// What all of `entra`'s commands are told.
#[derive(Debug, Args)]
#[command(after_help = Exit::list())]
pub(in crate::cli) struct EntraArguments {
    #[command(flatten)]
    pub(in crate::cli) workspace: WorkspaceArguments,
    #[command(subcommand)]
    pub(in crate::cli) command: EntraCommand,
}

/// Where things are.
#[derive(Args, Clone)]
pub(in crate::cli) struct WorkspaceArguments {
    /// "Tenant URL": the SCIM link of the admin console, or any SCIM service.
    #[arg(long, global = true, env = "MEDIUSFLOW_MOCK_SCIM_URL", value_name = "URL")]
    pub(in crate::cli) tenant_url: Option<String>,
    /// "Secret Token": the secret key of the admin console. Every program of the machine can read what
    /// is typed here: rather use the environment, or a file.
    #[arg(
        long,
        global = true,
        env = "MEDIUSFLOW_MOCK_SECRET_KEY",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub(in crate::cli) secret_token: Option<String>,
    /// A file with the Secret Token and nothing else; it comes before the other ways to say it.
    #[arg(long, global = true, value_name = "FILE")]
    pub(in crate::cli) secret_token_file: Option<PathBuf>,
    /// Whom to trust where the Tenant URL begins with https: authorities as PEM, in place of those
    /// that this machine trusts.
    #[arg(long, global = true, value_name = "FILE")]
    pub(in crate::cli) ca_certificate: Option<PathBuf>,
    /// The configuration of the job [default: that of the last command, or what `entra job` prints].
    #[arg(long, global = true, value_name = "FILE")]
    pub(in crate::cli) job: Option<PathBuf>,
    /// What the service remembers between commands: the source directory and the job's memory.
    #[arg(long, global = true, default_value = "entra-state.json", value_name = "FILE")]
    pub(in crate::cli) state: PathBuf,
    /// How long a command waits for another that has the state, in seconds.
    #[arg(long, global = true, default_value_t = 10, value_name = "SECONDS")]
    pub(in crate::cli) state_wait: u32,
    /// The folder that notification mails are put into.
    #[arg(long, global = true, default_value = "entra-outbox", value_name = "FOLDER")]
    pub(in crate::cli) outbox: PathBuf,
    /// How results are printed [default: text on a terminal, otherwise json].
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub(in crate::cli) format: Option<OutputFormat>,
}

/// Never shows the token.
impl std::fmt::Debug for WorkspaceArguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkspaceArguments").field("state", &self.state).finish_non_exhaustive()
    }
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum OutputFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
    /// A table; of logs only.
    Csv,
}

/// The help of `--scope`.
const RESTART: &str = "What is forgotten: None, Full, ConnectorDataStore, Escrows, Watermark, \
    QuarantineState, ForceDeletes, separated by commas [default: \
    Escrows,Watermark,QuarantineState]";

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum EntraCommand {
    /// "Test Connection": asks for a user and a group that do not exist.
    TestConnection,
    /// Run one cycle: the initial one, or an incremental one.
    Cycle(CycleArguments),
    /// Run cycles, one every 40 minutes, until stopped by Ctrl-C.
    Run(RunArguments),
    /// "Provision on demand": one user, or one group with up to five of its members, at once.
    OnDemand(OnDemandArguments),
    /// Show the job: its last cycles, quarantine, counts.
    Status,
    /// Show the provisioning logs.
    Logs(LogsArguments),
    /// Look at the source directory, and change it.
    Directory {
        #[command(subcommand)]
        command: DirectoryCommand,
    },
    /// "Restart provisioning".
    Restart {
        #[arg(long, help = RESTART, value_name = "SCOPES")]
        scope: Option<String>,
    },
    /// "Allow deletes": the next cycle deletes whatever the threshold says.
    AllowDeletions,
    /// Print the built-in configuration of a job: the file to start from.
    Job,
}

#[derive(Clone, Copy, Debug, Args)]
pub(in crate::cli) struct CycleArguments {
    /// Move the job's clock on before, such as 40m, 12h or 30d: what was deleted 30 days ago is
    /// deleted for good.
    #[arg(long, value_parser = values::span, value_name = "SPAN")]
    pub(in crate::cli) advance: Option<jiff::SignedDuration>,
}

#[derive(Clone, Copy, Debug, Args)]
pub(in crate::cli) struct RunArguments {
    /// How fast the job's clock goes between two cycles: with 60 they are 40 seconds apart.
    #[arg(long, value_parser = values::speed, default_value = "1", value_name = "FACTOR")]
    pub(in crate::cli) speed: f64,
    /// Do not wait at all: the clock jumps to the next cycle.
    #[arg(long, conflicts_with = "speed")]
    pub(in crate::cli) at_once: bool,
    /// Stop after so many cycles.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    pub(in crate::cli) cycles: Option<u32>,
    /// Before each cycle, change the directory as in one day of a working week.
    #[arg(long)]
    pub(in crate::cli) busy: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct OnDemandArguments {
    /// A user's userPrincipalName or id; with --group, a group's displayName or id.
    #[arg(value_name = "USER")]
    pub(in crate::cli) subject: String,
    /// Provision a group.
    #[arg(long)]
    pub(in crate::cli) group: bool,
    /// A member of the group who is provisioned with it.
    #[arg(long = "member", requires = "group", value_name = "USER")]
    pub(in crate::cli) members: Vec<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct LogsArguments {
    /// Only lines of this status: success, failure, skipped, warning.
    #[arg(long, value_parser = values::status, value_name = "STATUS")]
    pub(in crate::cli) status: Option<crate::entra::Status>,
    /// Only lines of this action: create, update, delete, disable, stagedDelete, stagedAction, other.
    #[arg(long, value_parser = values::action, value_name = "ACTION")]
    pub(in crate::cli) action: Option<crate::entra::Action>,
    /// Only lines about this user or group: a part of its name, or its id in source or target.
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) identity: Option<String>,
    /// Only lines of the last cycle; what was provisioned on demand is of none.
    #[arg(long)]
    pub(in crate::cli) last_cycle: bool,
    /// Only the newest lines, so many.
    #[arg(long, value_name = "N")]
    pub(in crate::cli) last: Option<usize>,
    /// With --format csv: the folder for the portal's three files, instead of the first on stdout.
    #[arg(long, value_name = "FOLDER")]
    pub(in crate::cli) into: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum DirectoryCommand {
    /// Make a company up, in place of the directory; the job forgets its links.
    Generate {
        /// How many users.
        #[arg(long, value_parser = up_to(SourceDirectory::MOST_USERS), default_value = "25", value_name = "N")]
        users: usize,
        /// How many groups.
        #[arg(long, value_parser = up_to(SourceDirectory::MOST_GROUPS), default_value = "4", value_name = "N")]
        groups: usize,
        /// What names and relations follow from.
        #[arg(long, env = "MEDIUSFLOW_MOCK_SEED", default_value_t = 1, value_name = "N")]
        seed: u64,
        /// Leave everybody unassigned.
        #[arg(long)]
        unassigned: bool,
    },
    /// Read a company from a file (.json or .csv), in place of the directory; the job forgets its
    /// links.
    ///
    /// The job is restarted in full: links, failed operations and quarantine are forgotten, and the
    /// logs are kept. The next cycle is an initial one, and finds again whom the target has by the
    /// matching attributes. docs/entra.md describes both kinds of file.
    Import {
        /// The file: `{"roles": [..], "users": [..], "groups": [..]}`, or a table of users.
        file: PathBuf,
    },
    /// List users and groups, or show one.
    Show {
        /// Whom: a userPrincipalName, a group's displayName, or an id.
        object: Option<String>,
    },
    /// Create a user or a group, assigned to the application.
    Create {
        /// A user's userPrincipalName; with --group, a group's displayName.
        name: String,
        /// Attributes such as department=Sales; the values of several are separated by `;`.
        #[arg(value_parser = values::assignment, value_name = "ATTRIBUTE=VALUE")]
        attributes: Vec<(String, String)>,
        /// Create a group.
        #[arg(long)]
        group: bool,
        /// Leave it unassigned.
        #[arg(long)]
        unassigned: bool,
    },
    /// Set attributes; without a value they are taken away. manager=USER sets the manager.
    Update {
        /// Whom.
        object: String,
        /// Attributes such as department=Sales, or department= to take it away.
        #[arg(required = true, value_parser = values::assignment, value_name = "ATTRIBUTE=VALUE")]
        attributes: Vec<(String, String)>,
    },
    /// Block a user's sign-in.
    Disable {
        /// Whom.
        object: String,
    },
    /// Allow a user's sign-in.
    Enable {
        /// Whom.
        object: String,
    },
    /// Delete a user or group, restorable for 30 days.
    Delete {
        /// Whom.
        object: String,
        /// Delete for good.
        #[arg(long)]
        hard: bool,
    },
    /// Restore a deleted user or group.
    Restore {
        /// Whom.
        object: String,
    },
    /// Assign a user or group to the application.
    Assign {
        /// Whom.
        object: String,
        /// The role, by id, value or name [default: "Default Access"].
        #[arg(long)]
        role: Option<String>,
    },
    /// Take the assignment away.
    Unassign {
        /// Whom.
        object: String,
    },
    /// Make a user, or a group, a member of a group.
    Join {
        /// Whom.
        object: String,
        /// The group.
        group: String,
    },
    /// End a membership.
    Leave {
        /// Whom.
        object: String,
        /// The group.
        group: String,
    },
    /// Add a role to the application.
    AddRole {
        /// What administrators read.
        name: String,
        /// What tokens carry.
        #[arg(long)]
        value: Option<String>,
    },
    /// Change the directory as a working week does, or one day of it.
    Week {
        /// One day only: 0 is a Monday.
        #[arg(long, value_name = "N")]
        day: Option<u32>,
        /// What happens follows from it.
        #[arg(long, env = "MEDIUSFLOW_MOCK_SEED", default_value_t = 1, value_name = "N")]
        seed: u64,
    },
}

/// Reads a number from 0 to the most that there may be.
fn up_to(most: usize) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(0..=most as u64)
}
