//! "Test Connection" before there is a job: an administrator tries the credentials and then saves them.

use std::{sync::Arc, thread};

use super::{Jobs, clock::TenantTime, outside::Brake};
use crate::{
    entra::{
        HttpTransport, Job, JobConfiguration, JobDescription, JobEnvironment, OrderError,
        Simulation, SourceDirectory, TestedCredentials,
    },
    medius,
    tenant::{OrderCallback, ProvisioningRefusal as Refusal, Tenant},
};

/// Tries credentials on a thread of their own, and tells what came of it.
pub(super) fn start(
    jobs: &Jobs,
    tenant: &Arc<Tenant>,
    tried: TestedCredentials,
    done: OrderCallback,
) {
    let mut simulation = match simulation(jobs, tenant, &tried) {
        Ok(simulation) => simulation,
        Err(refusal) => return done(Err(refusal.into())),
    };
    let brake = Arc::new(Brake::default());
    let clock = TenantTime::new(jobs.clock.clone(), tenant, brake);
    let work = move || {
        // Its two requests only read, and are of no job that a reset could end.
        let http = HttpTransport::new();
        let tested = simulation.test_connection(&tried, JobEnvironment::new(&http, &clock));
        done(tested.map_err(Refusal::from));
    };
    // If the thread does not start, the callback is dropped, which says that nothing was tried.
    let thread = thread::Builder::new().name("mediusflow-mock-entra-test".into());
    if let Err(error) = thread.spawn(work) {
        tracing::error!(%error, "the thread of a connection test does not start");
    }
}

/// A job with these credentials and nobody to provision.
fn simulation(
    jobs: &Jobs,
    tenant: &Tenant,
    tried: &TestedCredentials,
) -> Result<Simulation, OrderError> {
    let TestedCredentials { tenant_url, secret_token } = tried.clone();
    let description = JobDescription { tenant_url, secret_token, ..JobDescription::default() };
    let configuration: JobConfiguration = description.configuration(&medius::schemas())?;
    if let Some(token) = &configuration.secret_token {
        tenant.keep_secret(token.expose());
    }
    let job = Job::new(configuration, tenant.name().as_str(), jobs.seed)?;
    Ok(Simulation { directory: SourceDirectory::default(), job })
}
