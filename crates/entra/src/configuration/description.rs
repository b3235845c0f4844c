//! What a description of a job says of its configuration.

use scim_engine::Schemas;

use super::{JobConfiguration, SecretToken, TenantUrl, read::email_address};
use crate::service::{JobDescription, OrderError, Scope};

impl JobDescription {
    /// The configuration of a new job: the TOML, overridden by the other members. Without TOML, all users
    /// and groups are in scope.
    ///
    /// # Errors
    ///
    /// If the TOML or another member cannot be used.
    pub fn configuration(&self, target: &Schemas) -> Result<JobConfiguration, OrderError> {
        let base = JobConfiguration { scope: Scope::All, ..JobConfiguration::default() };
        self.adjusted(base, target)
    }

    /// This configuration with what the description has: the TOML in place of all of it, then the other
    /// members. A Tenant URL of another service comes without the old Secret Token.
    ///
    /// # Errors
    ///
    /// If the TOML or another member cannot be used.
    pub fn adjusted(
        &self,
        present: JobConfiguration,
        target: &Schemas,
    ) -> Result<JobConfiguration, OrderError> {
        let base = match &self.configuration {
            Some(text) => JobConfiguration::parse("configuration", text, target)
                .map_err(|error| OrderError::invalid("configuration", error.to_string()))?,
            None => present,
        };
        let mut made = self.credentials(base)?;
        made.scope = self.scope.unwrap_or(made.scope);
        if let Some(email) = self.notification_email.as_deref().map(str::trim) {
            let address = (!email.is_empty()).then(|| email_address(email)).transpose();
            made.notification_email =
                address.map_err(|why| OrderError::invalid("notificationEmail", why))?;
        }
        let sends = self.send_email_when_a_failure_occurs;
        made.send_email_when_a_failure_occurs =
            sends.unwrap_or(made.send_email_when_a_failure_occurs);
        let threshold = self.accidental_deletion_threshold;
        made.accidental_deletion_threshold = threshold.or(made.accidental_deletion_threshold);
        let skip = self.skip_out_of_scope_deletions;
        made.skip_out_of_scope_deletions = skip.unwrap_or(made.skip_out_of_scope_deletions);
        made.requests_per_second = self.requests_per_second.or(made.requests_per_second);
        Ok(made)
    }

    /// This configuration with the credentials of the description.
    ///
    /// # Errors
    ///
    /// If one of them cannot be used.
    pub(crate) fn credentials(
        &self,
        mut made: JobConfiguration,
    ) -> Result<JobConfiguration, OrderError> {
        if let Some(url) = &self.tenant_url {
            let url: TenantUrl =
                url.parse().map_err(|why: String| OrderError::invalid("tenantUrl", why))?;
            // A secret is for the service that it was saved for.
            if made.tenant_url.as_ref().is_some_and(|it| it.base() != url.base()) {
                made.secret_token = None;
            }
            made.tenant_url = Some(url);
        }
        if let Some(token) = &self.secret_token {
            let token = SecretToken::new(token);
            made.secret_token = Some(token.map_err(|why| OrderError::invalid("secretToken", why))?);
        }
        Ok(made)
    }
}
