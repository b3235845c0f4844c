//! What a job of the server is made of: what its description leaves out is the tenant's.

use std::sync::Arc;

use super::Refusal;
use crate::{
    entra::{
        ConfigurationFilters, DirectorySource, GeneratedSize, Job, JobConfiguration,
        JobDescription, JobView, OrderError, Restart, SecretToken, Simulation,
    },
    medius,
    tenant::{SecretKey, Tenant},
};

/// A job with its directory, and how it looks.
pub(super) struct Made {
    pub(super) simulation: Simulation,
    pub(super) view: JobView,
    pub(super) seed: u64,
}

/// The job of a description, with a directory of 25 users and 4 groups if it names none.
pub(super) fn new_job(
    description: &JobDescription,
    tenant: &Arc<Tenant>,
    base: &str,
    seed: u64,
) -> Result<Made, Refusal> {
    let configuration = configuration(description, tenant, base)?;
    let filters = filters(tenant, base, &configuration);
    let job = Job::new(configuration, tenant.name().as_str(), seed).map_err(OrderError::from)?;
    let generated = DirectorySource::Generate(GeneratedSize::default());
    let source = description.directory.as_ref().unwrap_or(&generated);
    let directory = source.directory(seed, filters.as_ref())?;
    let simulation = Simulation { directory, job };
    let mut view = JobView::new(&simulation);
    view.is_started = description.start.unwrap_or(false);
    view.refresh(&simulation);
    view.filters = filters.filter(|_| source.is_generated());
    Ok(Made { simulation, view, seed })
}

/// Gives a job another configuration or directory; `made` stays as it is if it is refused.
pub(super) fn configure(
    made: &mut Made,
    description: &JobDescription,
    tenant: &Tenant,
    base: &str,
) -> Result<(), Refusal> {
    let configuration = configuration(description, tenant, base)?;
    put(made, description, configuration, tenant, base)
}

/// Changes what a description has of a job; `made` stays as it is if it is refused.
pub(super) fn adjust(
    made: &mut Made,
    description: &JobDescription,
    tenant: &Tenant,
    base: &str,
) -> Result<(), Refusal> {
    let present = made.simulation.job.configuration().clone();
    let adjusted = description.adjusted(present, &medius::schemas())?;
    if let Some(token) = &adjusted.secret_token {
        tenant.keep_secret(token.expose());
    }
    put(made, description, adjusted, tenant, base)
}

/// Gives a job this configuration, and what else the description has.
fn put(
    made: &mut Made,
    description: &JobDescription,
    configuration: JobConfiguration,
    tenant: &Tenant,
    base: &str,
) -> Result<(), Refusal> {
    let filters = filters(tenant, base, &configuration);
    let source = description.directory.as_ref();
    let directory = source.map(|it| it.directory(made.seed, filters.as_ref())).transpose()?;
    let settings = Arc::new(configuration.settings());
    made.simulation.job.configure(configuration).map_err(OrderError::from)?;
    made.view.settings = settings;
    if let Some(directory) = directory {
        // The watermark and the links are those of another directory.
        made.simulation.job.restart(Restart::FULL);
        made.simulation.directory = directory;
        made.view.day = 0;
        made.view.filters = filters.filter(|_| source.is_some_and(DirectorySource::is_generated));
    }
    made.view.is_started = description.start.unwrap_or(made.view.is_started);
    Ok(())
}

/// The filters of the tenant's configurations, if the job provisions this tenant and not another
/// target, whose configurations are unknown here.
fn filters(
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

/// The job's configuration. Without a Tenant URL it is the tenant's own, and without a Secret Token
/// the tenant's secret key.
fn configuration(
    description: &JobDescription,
    tenant: &Tenant,
    base: &str,
) -> Result<JobConfiguration, OrderError> {
    let mut made = description.configuration(&medius::schemas())?;
    if let Some(token) = &made.secret_token {
        tenant.keep_secret(token.expose());
    }
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
