//! What a job is made of: the body of `PUT entra`.

use std::{num::NonZeroU32, sync::Arc};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value as Json;

use super::{Refusal, refused};
use crate::{
    entra::{ConfigurationFilters, Directory, Job, JobConfiguration, NotReady, Scope, SecretToken},
    medius,
    scim::in_plain_words,
    tenant::{SecretKey, Tenant},
};

/// The body of `PUT entra`; everything may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Wanted {
    /// The job's configuration as TOML.
    configuration: Option<String>,
    scope: Option<WantedScope>,
    secret_token: Option<String>,
    requests_per_second: Option<NonZeroU32>,
    accidental_deletion_threshold: Option<u32>,
    skip_out_of_scope_deletions: Option<bool>,
    directory: Option<Source>,
    /// Whether cycles run when they are due.
    pub(super) start: Option<bool>,
}

/// "Scope" in one word.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum WantedScope {
    Assigned,
    All,
}

/// Where the directory comes from.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Source {
    Generate(Size),
    /// As a directory file: `roles`, `users` and `groups`.
    Objects(Json),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Size {
    users: usize,
    groups: usize,
    seed: Option<u64>,
}

impl Default for Size {
    fn default() -> Self {
        Self { users: 25, groups: 4, seed: None }
    }
}

/// A job with its directory, and whether it is started.
pub(super) struct Made {
    pub(super) job: Job,
    pub(super) directory: Directory,
    pub(super) is_started: bool,
    pub(super) seed: u64,
    /// Which `configurationFilter` values the directory was generated with.
    pub(super) filters: Option<ConfigurationFilters>,
}

/// The job that an order describes, with a directory of 25 users and 4 groups if it says nothing.
pub(super) fn new_job(
    order: &Json,
    (tenant, base): (&Arc<Tenant>, &str),
    seed: u64,
) -> Result<Made, Refusal> {
    let wanted: Wanted = read(order)?;
    let configuration = wanted.configuration(tenant, base)?;
    let filters = filters(tenant, base, &configuration);
    let job = Job::new(configuration, tenant.name().as_str(), seed).map_err(not_ready)?;
    let generated = Source::Generate(Size::default());
    let source = wanted.directory.as_ref().unwrap_or(&generated);
    let directory = source.directory(seed, filters.as_ref())?;
    let filters = filters.filter(|_| source.is_generated());
    Ok(Made { job, directory, is_started: wanted.start.unwrap_or(false), seed, filters })
}

/// The filters of the tenant's configurations, if the job provisions this tenant and not another
/// target, whose configurations are unknown here.
pub(super) fn filters(
    tenant: &Tenant,
    base: &str,
    configuration: &JobConfiguration,
) -> Option<ConfigurationFilters> {
    if configuration.tenant_url.as_ref().is_none_or(|it| it.base() != base) {
        return None;
    }
    let state = tenant.snapshot();
    let configurations = state.console().configurations().iter();
    ConfigurationFilters::of(configuration, configurations.map(|it| it.filter.as_str()))
}

impl Wanted {
    /// The job's configuration: the TOML's, then what the other members say. Without a Tenant URL it
    /// is the tenant's own, and without a Secret Token the tenant's secret key.
    pub(super) fn configuration(
        &self,
        tenant: &Tenant,
        base: &str,
    ) -> Result<JobConfiguration, Refusal> {
        let mut made = match &self.configuration {
            Some(text) => JobConfiguration::parse("configuration", text, &medius::schemas())
                .map_err(|error| invalid("configuration", error.to_string()))?,
            None => JobConfiguration { scope: Scope::All, ..JobConfiguration::default() },
        };
        if let Some(scope) = self.scope {
            made.scope = match scope {
                WantedScope::Assigned => Scope::Assigned,
                WantedScope::All => Scope::All,
            };
        }
        if let Some(token) = &self.secret_token {
            let token = SecretToken::new(token);
            made.secret_token = Some(token.map_err(|why| invalid("secretToken", why))?);
        }
        if let Some(threshold) = self.accidental_deletion_threshold {
            made.accidental_deletion_threshold = Some(threshold);
        }
        if let Some(skip) = self.skip_out_of_scope_deletions {
            made.skip_out_of_scope_deletions = skip;
        }
        if let Some(token) = &made.secret_token {
            tenant.keep_secret(token.expose());
        }
        made.requests_per_second = self.requests_per_second.or(made.requests_per_second);
        if made.tenant_url.is_none() {
            let url = base.parse().expect("the server's own address is a URL");
            made.tenant_url = Some(url);
            if made.secret_token.is_none() {
                let state = tenant.snapshot();
                let key = state.console().secret_key().map(SecretKey::reveal);
                made.secret_token = key.and_then(|it| SecretToken::new(it).ok());
            }
        }
        Ok(made)
    }

    /// The directory, if one is said.
    pub(super) fn directory(
        &self,
        seed: u64,
        filters: Option<&ConfigurationFilters>,
    ) -> Result<Option<Directory>, Refusal> {
        self.directory.as_ref().map(|it| it.directory(seed, filters)).transpose()
    }

    /// Whether a directory is to be generated.
    pub(super) fn is_generated(&self) -> bool {
        self.directory.as_ref().is_some_and(Source::is_generated)
    }
}

impl Source {
    fn is_generated(&self) -> bool {
        matches!(self, Self::Generate(_))
    }

    fn directory(
        &self,
        seed: u64,
        filters: Option<&ConfigurationFilters>,
    ) -> Result<Directory, Refusal> {
        match self {
            Self::Generate(Size { users, .. }) if *users > Directory::MOST_USERS => Err(invalid(
                "directory.generate.users",
                format!("{users} users are too many, expected {} at most", Directory::MOST_USERS),
            )),
            Self::Generate(Size { groups, .. }) if *groups > Directory::MOST_GROUPS => {
                Err(invalid(
                    "directory.generate.groups",
                    format!(
                        "{groups} groups are too many, expected {} at most",
                        Directory::MOST_GROUPS
                    ),
                ))
            }
            Self::Generate(size) => {
                let seed = size.seed.unwrap_or(seed);
                let mut directory = Directory::generate(seed, size.users, size.groups, filters);
                directory.assign_all();
                Ok(directory)
            }
            Self::Objects(objects) => {
                Directory::from_json("directory.objects", &objects.to_string())
                    .map_err(|error| invalid("directory.objects", error.to_string()))
            }
        }
    }
}

/// Reads the body of an order.
///
/// # Errors
///
/// 400 `invalid-body` naming the field.
pub(super) fn read<T: DeserializeOwned>(body: &Json) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let field = error.path().to_string();
        let detail =
            format!("the body does not fit: {}", in_plain_words(&error.inner().to_string()));
        let field = (field != ".").then_some(field);
        Refusal { field, ..refused(400, "invalid-body", detail) }
    })
}

/// A 400 that names a field.
pub(super) fn invalid(field: &str, detail: impl Into<String>) -> Refusal {
    Refusal { field: Some(field.into()), ..refused(400, "invalid-body", detail) }
}

/// A job without URL or token.
pub(super) fn not_ready(error: NotReady) -> Refusal {
    let hint = match error {
        NotReady::TenantUrl => "leave the Tenant URL out to provision to this tenant",
        NotReady::SecretToken => {
            "POST secret-key {\"confirm\": true} in the admin console, or send {\"secretToken\": \"...\"}"
        }
    };
    Refusal { hint: Some(hint.into()), ..refused(409, "not-ready", error.to_string()) }
}
