//! The arguments of `entra`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, builder::RangedU64ValueParser};

use super::entra_values as values;
use crate::{cli::Exit, entra::SourceDirectory};

/// The arguments of `entra`.
#[derive(Debug, Args)]
#[command(after_help = Exit::list())]
pub(in crate::cli) struct EntraArguments {
    #[command(flatten)]
    pub(in crate::cli) workspace: WorkspaceArguments,
    #[command(subcommand)]
    pub(in crate::cli) command: EntraCommand,
}

/// The arguments of all commands of `entra`.
#[derive(Args, Clone)]
pub(in crate::cli) struct WorkspaceArguments {
    /// "Tenant URL": the SCIM link of the admin console, or any SCIM service.
    #[arg(long, global = true, env = "MEDIUSFLOW_MOCK_SCIM_URL", value_name = "URL")]
    pub(in crate::cli) tenant_url: Option<String>,
    /// "Secret Token": the secret key of the admin console. Every program of the machine can read
    /// the command line: better use the environment, or a file.
    #[arg(
        long,
        global = true,
        env = "MEDIUSFLOW_MOCK_SECRET_KEY",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub(in crate::cli) secret_token: Option<String>,
    /// A file with the Secret Token and nothing else; it takes precedence over the other ways to
    /// set it.
    #[arg(long, global = true, value_name = "FILE")]
    pub(in crate::cli) secret_token_file: Option<PathBuf>,
    /// The certificate authorities (PEM) to trust for a Tenant URL with https, instead of those
    /// that this machine trusts.
    #[arg(long, global = true, value_name = "FILE")]
    pub(in crate::cli) ca_certificate: Option<PathBuf>,
    /// The configuration of the job [default: that of the last command, or the one that `entra job`
    /// prints].
    #[arg(long, global = true, value_name = "FILE")]
    pub(in crate::cli) job: Option<PathBuf>,
    /// The state between commands: the source directory and the state of the job.
    #[arg(long, global = true, default_value = "entra-state.json", value_name = "FILE")]
    pub(in crate::cli) state: PathBuf,
    /// The time, in seconds, that a command waits for another one that has locked the state.
    #[arg(long, global = true, default_value_t = 10, value_name = "SECONDS")]
    pub(in crate::cli) state_wait: u32,
    /// The folder for notification mails.
    #[arg(long, global = true, default_value = "entra-outbox", value_name = "FOLDER")]
    pub(in crate::cli) outbox: PathBuf,
    /// The format of results [default: text on a terminal, otherwise json].
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub(in crate::cli) format: Option<OutputFormat>,
}

/// Hides the token.
impl std::fmt::Debug for WorkspaceArguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkspaceArguments").field("state", &self.state).finish_non_exhaustive()
    }
}

/// The format of results.
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
const RESTART: &str = "The scopes to reset: None, Full, ConnectorDataStore, Escrows, Watermark, \
    QuarantineState, ForceDeletes, separated by commas [default: \
    Escrows,Watermark,QuarantineState]";

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum EntraCommand {
    /// "Test Connection": query a user and a group that do not exist.
    TestConnection,
    /// Run one cycle: the initial one, or an incremental one.
    Cycle(CycleArguments),
    /// Run a cycle every 40 minutes, until Ctrl-C.
    Run(RunArguments),
    /// "Provision on demand": one user, or one group with up to five of its members, at once.
    OnDemand(OnDemandArguments),
    /// Show the job: its last cycles, quarantine, counts.
    Status,
    /// Show the provisioning logs.
    Logs(LogsArguments),
    /// Show and change the source directory.
    Directory {
        #[command(subcommand)]
        command: DirectoryCommand,
    },
    /// "Restart provisioning".
    Restart {
        #[arg(long, help = RESTART, value_name = "SCOPES")]
        scope: Option<String>,
    },
    /// "Allow deletes": the next cycle ignores the threshold for accidental deletions.
    AllowDeletions,
    /// Print the built-in configuration of a job: the file to start from.
    Job,
}

#[derive(Clone, Copy, Debug, Args)]
pub(in crate::cli) struct CycleArguments {
    /// Advance the job's clock first, such as by 40m, 12h or 30d. Objects that were deleted 30 days
    /// ago are then hard-deleted.
    #[arg(long, value_parser = values::span, value_name = "SPAN")]
    pub(in crate::cli) advance: Option<jiff::SignedDuration>,
}

#[derive(Clone, Copy, Debug, Args)]
pub(in crate::cli) struct RunArguments {
    /// The speed of the job's clock between two cycles: with 60 they are 40 seconds apart.
    #[arg(long, value_parser = values::speed, default_value = "1", value_name = "FACTOR")]
    pub(in crate::cli) speed: f64,
    /// Do not wait: the clock jumps to the next cycle.
    #[arg(long, conflicts_with = "speed")]
    pub(in crate::cli) at_once: bool,
    /// Stop after this number of cycles.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    pub(in crate::cli) cycles: Option<u32>,
    /// Before each cycle, make the changes of one day of a working week in the directory.
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
    /// A member of the group to provision with it.
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
    /// Only lines of the last cycle; provisioning on demand belongs to no cycle.
    #[arg(long)]
    pub(in crate::cli) last_cycle: bool,
    /// Only this number of the newest lines.
    #[arg(long, value_name = "N")]
    pub(in crate::cli) last: Option<usize>,
    /// With --format csv: the folder for the portal's three files, instead of the first file on
    /// stdout.
    #[arg(long, value_name = "FOLDER")]
    pub(in crate::cli) into: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum DirectoryCommand {
    /// Replace the directory by a generated company; the job forgets its links.
    Generate {
        /// The number of users.
        #[arg(long, value_parser = up_to(SourceDirectory::MOST_USERS), default_value = "25", value_name = "N")]
        users: usize,
        /// The number of groups.
        #[arg(long, value_parser = up_to(SourceDirectory::MOST_GROUPS), default_value = "4", value_name = "N")]
        groups: usize,
        /// The seed of names and relations.
        #[arg(long, env = "MEDIUSFLOW_MOCK_SEED", default_value_t = 1, value_name = "N")]
        seed: u64,
        /// Do not assign the users and groups.
        #[arg(long)]
        unassigned: bool,
    },
    /// Replace the directory by a company from a file (.json or .csv); the job forgets its links.
    ///
    /// The job is restarted in full: it forgets links, failed operations and quarantine, and keeps
    /// the logs. The next cycle is an initial one. It finds the users and groups that the target
    /// already has by the matching attributes. docs/entra.md describes both kinds of file.
    Import {
        /// The file: `{"roles": [..], "users": [..], "groups": [..]}`, or a table of users.
        file: PathBuf,
    },
    /// List users and groups, or show one.
    Show {
        /// The object: a userPrincipalName, a group's displayName, or an id.
        object: Option<String>,
    },
    /// Create a user or a group, assigned to the application.
    Create {
        /// A user's userPrincipalName; with --group, a group's displayName.
        name: String,
        /// Attributes such as department=Sales; several values are separated by `;`.
        #[arg(value_parser = values::assignment, value_name = "ATTRIBUTE=VALUE")]
        attributes: Vec<(String, String)>,
        /// Create a group.
        #[arg(long)]
        group: bool,
        /// Do not assign it.
        #[arg(long)]
        unassigned: bool,
    },
    /// Set attributes, or remove them if the value is empty. manager=USER sets the manager.
    Update {
        /// The object: a userPrincipalName, displayName or id.
        object: String,
        /// Attributes such as department=Sales, or department= to remove it.
        #[arg(required = true, value_parser = values::assignment, value_name = "ATTRIBUTE=VALUE")]
        attributes: Vec<(String, String)>,
    },
    /// Block a user's sign-in.
    Disable {
        /// The object: a userPrincipalName, displayName or id.
        object: String,
    },
    /// Allow a user's sign-in.
    Enable {
        /// The object: a userPrincipalName, displayName or id.
        object: String,
    },
    /// Delete a user or group, restorable for 30 days.
    Delete {
        /// The object: a userPrincipalName, displayName or id.
        object: String,
        /// Hard-delete it.
        #[arg(long)]
        hard: bool,
    },
    /// Restore a deleted user or group.
    Restore {
        /// The object: a userPrincipalName, displayName or id.
        object: String,
    },
    /// Assign a user or group to the application.
    Assign {
        /// The object: a userPrincipalName, displayName or id.
        object: String,
        /// The role, by id, value or name [default: "Default Access"].
        #[arg(long)]
        role: Option<String>,
    },
    /// Remove the assignment.
    Unassign {
        /// The object: a userPrincipalName, displayName or id.
        object: String,
    },
    /// Add a user, or a group, to a group.
    Join {
        /// The object: a userPrincipalName, displayName or id.
        object: String,
        /// The group.
        group: String,
    },
    /// Remove a user, or a group, from a group.
    Leave {
        /// The object: a userPrincipalName, displayName or id.
        object: String,
        /// The group.
        group: String,
    },
    /// Add a role to the application.
    AddRole {
        /// Its displayName.
        name: String,
        /// Its value, which tokens carry.
        #[arg(long)]
        value: Option<String>,
    },
    /// Make the changes of a working week, or of one day of it, in the directory.
    Week {
        /// One day only: 0 is a Monday.
        #[arg(long, value_name = "N")]
        day: Option<u32>,
        /// The seed of the changes.
        #[arg(long, env = "MEDIUSFLOW_MOCK_SEED", default_value_t = 1, value_name = "N")]
        seed: u64,
    },
}

/// Reads a number from 0 to this maximum.
fn up_to(most: usize) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(0..=most as u64)
}
