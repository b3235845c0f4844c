//! The description of a job in one document: its configuration and its source directory.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::error::OrderError;
use crate::source::{ConfigurationFilters, SourceDirectory};

/// The description of a job that is created or changed. Every member is optional.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct JobDescription {
    /// The job's configuration as TOML.
    pub configuration: Option<String>,
    /// "Tenant URL".
    pub tenant_url: Option<String>,
    /// "Scope".
    pub scope: Option<Scope>,
    /// "Secret Token".
    pub secret_token: Option<String>,
    /// "Notification Email"; empty for none.
    pub notification_email: Option<String>,
    /// "Send an email notification when a failure occurs".
    pub send_email_when_a_failure_occurs: Option<bool>,
    /// The most requests to the target in one second; `None` for no limit.
    pub requests_per_second: Option<NonZeroU32>,
    /// "Accidental deletion threshold".
    pub accidental_deletion_threshold: Option<u32>,
    /// Whether users and groups stay as they are when they leave the scope, are blocked or are
    /// soft-deleted (`SkipOutOfScopeDeletions`).
    pub skip_out_of_scope_deletions: Option<bool>,
    /// Where the directory comes from.
    pub directory: Option<DirectorySource>,
    /// Whether cycles run when they are due.
    pub start: Option<bool>,
}

/// "Scope": which accounts are provisioned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// "Sync only assigned users and groups".
    #[default]
    Assigned,
    /// "Sync all users and groups".
    All,
}

impl Scope {
    /// The portal's words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Assigned => "Sync only assigned users and groups",
            Self::All => "Sync all users and groups",
        }
    }
}

/// The credentials that "Test Connection" tries. What is left out is the job's saved value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TestedCredentials {
    /// "Tenant URL".
    pub tenant_url: Option<String>,
    /// "Secret Token". The saved one is tried at the saved Tenant URL only.
    pub secret_token: Option<String>,
}

/// Where a directory comes from.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum DirectorySource {
    /// It is generated.
    Generate(GeneratedSize),
    /// As a directory file: `roles`, `users` and `groups`.
    Objects(Json),
}

/// How large a generated directory is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct GeneratedSize {
    /// How many users it has.
    pub users: usize,
    /// How many groups it has.
    pub groups: usize,
    /// The seed of its users; by default the caller's seed.
    pub seed: Option<u64>,
}

/// 25 users and 4 groups.
impl Default for GeneratedSize {
    fn default() -> Self {
        Self { users: 25, groups: 4, seed: None }
    }
}

impl DirectorySource {
    /// Whether the directory is generated.
    pub fn is_generated(&self) -> bool {
        matches!(self, Self::Generate(_))
    }

    /// The directory. The people of a generated one have these `configurationFilter` values, and all
    /// are assigned.
    ///
    /// # Errors
    ///
    /// If it is too large, or the objects are not a valid directory.
    pub fn directory(
        &self,
        seed: u64,
        filters: Option<&ConfigurationFilters>,
    ) -> Result<SourceDirectory, OrderError> {
        let size = match self {
            Self::Generate(size) => size,
            Self::Objects(objects) => {
                return SourceDirectory::from_json("directory.objects", &objects.to_string())
                    .map_err(|error| OrderError::invalid("directory.objects", error.to_string()));
            }
        };
        for (field, what, number, most) in [
            ("directory.generate.users", "users", size.users, SourceDirectory::MOST_USERS),
            ("directory.generate.groups", "groups", size.groups, SourceDirectory::MOST_GROUPS),
        ] {
            if number > most {
                let detail = format!("{number} {what} are too many, expected {most} at most");
                return Err(OrderError::invalid(field, detail));
            }
        }
        let seed = size.seed.unwrap_or(seed);
        let mut directory = SourceDirectory::generate(seed, size.users, size.groups, filters);
        directory.assign_all();
        Ok(directory)
    }
}
