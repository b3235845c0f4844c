//! What a description of a job says of its configuration.

use scim_engine::Schemas;

use super::{JobConfiguration, SecretToken};
use crate::service::{JobDescription, OrderError, Scope};

impl JobDescription {
    /// The job's configuration: the TOML, overridden by the other members. Without TOML, all users
    /// and groups are in scope.
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
        made.scope = self.scope.unwrap_or(made.scope);
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
