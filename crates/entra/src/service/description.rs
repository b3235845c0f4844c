//! What a job is made of, in one document: its configuration and its source directory.

use std::num::NonZeroU32;

use scim_engine::Schemas;
use serde::Deserialize;
use serde_json::Value as Json;

use super::error::OrderError;
use crate::configuration::{JobConfiguration, Scope, SecretToken};
use crate::source::{ConfigurationFilters, Directory};

/// A job to be made or changed; everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct JobDescription {
    /// The job's configuration as TOML.
    configuration: Option<String>,
    scope: Option<ShortScope>,
    secret_token: Option<String>,
    requests_per_second: Option<NonZeroU32>,
    accidental_deletion_threshold: Option<u32>,
    skip_out_of_scope_deletions: Option<bool>,
    /// Where the directory comes from.
    pub directory: Option<DirectorySource>,
    /// Whether cycles run when they are due.
    pub start: Option<bool>,
}

/// "Scope" in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ShortScope {
    Assigned,
    All,
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
    /// What its people follow from; the caller's seed if there is none.
    pub seed: Option<u64>,
}

/// 25 users and 4 groups.
impl Default for GeneratedSize {
    fn default() -> Self {
        Self { users: 25, groups: 4, seed: None }
    }
}

impl JobDescription {
    /// The job's configuration: the TOML's, then what the other members say. Without TOML, everybody
    /// is provisioned.
    ///
    /// # Errors
    ///
    /// If the TOML or the Secret Token cannot be used.
    pub fn configuration(&self, target: &Schemas) -> Result<JobConfiguration, OrderError> {
        let mut made = match &self.configuration {
            Some(text) => JobConfiguration::parse("configuration", text, target)
                .map_err(|error| OrderError::invalid("configuration", error.to_string()))?,
            None => JobConfiguration { scope: Scope::All, ..JobConfiguration::default() },
        };
        match self.scope {
            Some(ShortScope::Assigned) => made.scope = Scope::Assigned,
            Some(ShortScope::All) => made.scope = Scope::All,
            None => {}
        }
        if let Some(token) = &self.secret_token {
            let token = SecretToken::new(token);
            made.secret_token = Some(token.map_err(|why| OrderError::invalid("secretToken", why))?);
        }
        let threshold = self.accidental_deletion_threshold;
        made.accidental_deletion_threshold = threshold.or(made.accidental_deletion_threshold);
        let skip = self.skip_out_of_scope_deletions;
        made.skip_out_of_scope_deletions = skip.unwrap_or(made.skip_out_of_scope_deletions);
        made.requests_per_second = self.requests_per_second.or(made.requests_per_second);
        Ok(made)
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
    /// If it is too large, or the objects are no directory.
    pub fn directory(
        &self,
        seed: u64,
        filters: Option<&ConfigurationFilters>,
    ) -> Result<Directory, OrderError> {
        let size = match self {
            Self::Generate(size) => size,
            Self::Objects(objects) => {
                return Directory::from_json("directory.objects", &objects.to_string())
                    .map_err(|error| OrderError::invalid("directory.objects", error.to_string()));
            }
        };
        for (field, what, number, most) in [
            ("directory.generate.users", "users", size.users, Directory::MOST_USERS),
            ("directory.generate.groups", "groups", size.groups, Directory::MOST_GROUPS),
        ] {
            if number > most {
                let detail = format!("{number} {what} are too many, expected {most} at most");
                return Err(OrderError::invalid(field, detail));
            }
        }
        let seed = size.seed.unwrap_or(seed);
        let mut directory = Directory::generate(seed, size.users, size.groups, filters);
        directory.assign_all();
        Ok(directory)
    }
}
