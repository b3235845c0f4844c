//! The settings that an administrator gives a job: Step 5 of the tutorial.

mod configuration_error;
mod description;
mod file;
mod filters;
mod read;
mod settings;
mod target_attributes;
mod tenant_url;
mod write;

use std::fmt;
use std::num::NonZeroU32;

use serde::Serialize;
use smol_str::{SmolStr, ToSmolStr as _};
use uuid::Uuid;

pub use self::configuration_error::ConfigurationError;
pub use self::tenant_url::{Flag, TenantUrl};
use super::mapping::AttributeMappings;
use super::scoping::ScopingFilters;
use super::service::Scope;
use scim_engine::Schemas;

/// The configuration of a provisioning job, in the words of the portal (tutorial, Step 5).
///
/// ```
/// use entra_provisioning::JobConfiguration;
/// use scim_engine::Schemas;
///
/// let text = "[settings]\nscope = 'Sync all users and groups'\n\n[groups]\nenabled = false";
/// let job = JobConfiguration::parse("job.toml", text, &Schemas::rfc())?;
///
/// assert!(!job.groups.enabled);
/// assert_eq!(job.users.mappings.all().len(), 17); // the built-in ones
/// # Ok::<(), entra_provisioning::ConfigurationError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct JobConfiguration {
    /// "Tenant URL": where the target's SCIM service is. The file may leave it to the command line.
    pub tenant_url: Option<TenantUrl>,
    /// "Secret Token": the bearer token. The file may leave it to the command line.
    pub secret_token: Option<SecretToken>,
    /// "Notification Email".
    pub notification_email: Option<SmolStr>,
    /// "Send an email notification when a failure occurs".
    pub send_email_when_a_failure_occurs: bool,
    /// "Scope".
    pub scope: Scope,
    /// "Accidental deletion threshold": at this many deletions or disablements in one cycle the
    /// job is quarantined; `None` if accidental deletions are not prevented.
    pub accidental_deletion_threshold: Option<u32>,
    /// Whether users and groups stay as they are when they leave the scope, are blocked or are
    /// soft-deleted (`SkipOutOfScopeDeletions`).
    pub skip_out_of_scope_deletions: bool,
    /// What happens to users who leave the scope if no mapping disables them.
    pub without_soft_delete: WithoutSoftDelete,
    /// The most requests to the target in one second; `None` for no limit.
    pub requests_per_second: Option<NonZeroU32>,
    /// The numbers of failures that put the job into quarantine.
    pub quarantine: QuarantineThresholds,
    /// "Synchronize Microsoft Entra users to MediusFlow".
    pub users: ObjectMapping,
    /// "Synchronize Microsoft Entra groups to MediusFlow".
    pub groups: ObjectMapping,
}

impl JobConfiguration {
    /// The built-in configuration as a file: the example to start from.
    pub const DEFAULT: &str = include_str!("../default.toml");

    /// Reads a TOML file; `file` is its name in errors. Keys that are missing have the values of
    /// [`Self::DEFAULT`]. A target attribute of a schema in `target` must be defined by that
    /// schema. Attributes of unknown extensions are accepted.
    ///
    /// # Errors
    ///
    /// At the first mistake: invalid TOML, an unknown field, an unknown attribute, an invalid
    /// expression or filter. The error never shows a secret.
    pub fn parse(file: &str, text: &str, target: &Schemas) -> Result<Self, ConfigurationError> {
        read::read(read::JobFileReader { file, text, target }, Self::default())
    }
}

impl JobConfiguration {
    /// A digest of the mappings and filters of both object types. It is the same in every run.
    pub(super) fn fingerprint(&self) -> SmolStr {
        let text = serde_json::to_vec(&[&self.users, &self.groups]);
        let text = text.expect("mappings have text keys and whole numbers only");
        Uuid::new_v5(&Uuid::NAMESPACE_OID, &text).to_smolstr()
    }
}

/// [`Self::DEFAULT`]: without Tenant URL and Secret Token.
impl Default for JobConfiguration {
    fn default() -> Self {
        let (file, text, target) = ("default.toml", Self::DEFAULT, &Schemas::rfc());
        read::read(read::JobFileReader { file, text, target }, read::bare())
            .expect("a test reads the built-in configuration")
    }
}

/// How one type of object is provisioned.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObjectMapping {
    /// "Enabled": whether objects of this type are provisioned. When this is switched off, objects
    /// that are in the target stay as they are (assumed).
    pub enabled: bool,
    /// "Target object actions".
    #[serde(skip)] // they decide what is written, not who is looked at
    pub actions: TargetActions,
    /// "Source object scope".
    pub scoping_filters: ScopingFilters,
    /// "Attribute mappings".
    pub mappings: AttributeMappings,
}

/// "Target object actions": what the job may do in the target (Graph's `flowTypes`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetActions {
    /// New objects are created.
    pub create: bool,
    /// Matched objects are updated, which includes disabling users (HOW).
    pub update: bool,
    /// Deleted objects are deleted in the target.
    pub delete: bool,
}

/// What happens to a user who is to be disabled if no mapping of `active` reads `IsSoftDeleted`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WithoutSoftDelete {
    /// Nothing. This is how every application works that an administrator adds.
    #[default]
    Leave,
    /// The user is deleted. Some applications of the gallery work like this.
    Delete,
}

/// The numbers of failures that put a job into quarantine ("Application provisioning in quarantine
/// status"). The defaults are Microsoft's numbers. Tests use smaller ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuarantineThresholds {
    /// The share of failures counts from this number of failures on: 5,000.
    pub evaluated_from: u32,
    /// The highest share of failed operations, in percent, that does not quarantine: 40.
    pub failed_percent: u32,
    /// The highest number of failures, references not counted, that does not quarantine: 40,000.
    pub failures: u32,
    /// The number of failures, references included, that quarantines: 60,000.
    pub total_failures: u32,
}

impl Default for QuarantineThresholds {
    fn default() -> Self {
        Self { evaluated_from: 5_000, failed_percent: 40, failures: 40_000, total_failures: 60_000 }
    }
}

/// The bearer token. Its `Debug` output hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretToken(SmolStr);

impl SecretToken {
    /// A token for the `Authorization` header.
    ///
    /// # Errors
    ///
    /// If it is empty or has a character that a header cannot carry: a blank, a control character,
    /// or one that is not ASCII. For an empty field the real service sends a token of its own,
    /// which no MediusFlow tenant accepts.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        match text {
            "" => Err("the Secret Token is empty: generate a secret key in the admin console"),
            _ if !text.bytes().all(|it| it.is_ascii_graphic()) => {
                Err("the Secret Token holds a blank or a character that no header can carry")
            }
            _ => Ok(Self(text.into())),
        }
    }

    /// The token itself, for the `Authorization` header only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SecretToken(***)")
    }
}

#[cfg(test)]
mod tests;
