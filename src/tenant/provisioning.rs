//! The door to who runs a provisioning job against a tenant: the Microsoft Entra side of the
//! tutorial, inside the process. This room, the control API and the dashboard know what a job is
//! asked for and how it looks; whoever starts the server runs it.

use std::{fmt, io, sync::Arc};

#[cfg(feature = "web")]
use super::EntraAccount;
use super::Tenant;
#[cfg(feature = "web")]
use crate::entra::DirectoryEntry;
use crate::{
    entra::{JobAnswer, JobOrder, JobView, OrderError},
    medius::TenantName,
};

/// Runs at most one provisioning job for each tenant, on a thread of the job's own.
pub trait Provisioning: fmt::Debug + Send + Sync {
    /// Asks for something. The answer comes when it is done, mostly on the job's thread, where
    /// orders are carried out one after the other: what is ordered during a cycle waits for its end.
    /// A callback that is dropped uncalled means that the job was stopped.
    ///
    /// Returns how the job shows once it has taken the order: a cycle shows from then on.
    fn ask(
        &self,
        tenant: &Arc<Tenant>,
        order: JobOrder,
        done: OrderCallback,
    ) -> Option<Arc<JobView>>;

    /// How the tenant's job is getting on, without waiting for it; `None` if it has none.
    fn view(&self, tenant: &Arc<Tenant>) -> Option<Arc<JobView>>;

    /// The accounts of the source directory of the tenant's job, without waiting for it; `None` if it has
    /// none.
    #[cfg(feature = "web")]
    fn accounts(&self, tenant: &Arc<Tenant>) -> Option<Arc<[EntraAccount]>>;

    /// The users and groups of that directory, in the order of their names; `None` if there is no job.
    #[cfg(feature = "web")]
    fn directory(&self, tenant: &Arc<Tenant>) -> Option<Arc<[DirectoryEntry]>>;

    /// Stops and forgets the tenant's job, without waiting for it; tells whether there was one.
    fn forget(&self, tenant: &Arc<Tenant>) -> bool;

    /// Stops and forgets all jobs, without waiting for them; from now on none is made.
    fn stop(&self);
}

/// The header line in which a job of this server says in which epoch of the tenant it was made. It is
/// sent to the tenant's own service only, and stands in no journal.
pub const JOB_EPOCH: &str = "mock-job-epoch";

/// Is told what came of an order.
pub type OrderCallback = Box<dyn FnOnce(Result<JobAnswer, ProvisioningRefusal>) + Send>;

/// Why an order is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ProvisioningRefusal {
    /// The tenant has no job.
    #[error("the tenant {0} has no provisioning job")]
    NoJob(TenantName),
    /// The tenant was deleted.
    #[error("the tenant is gone")]
    NoTenant,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
    /// The job has no thread.
    #[error("the job's thread does not start: {0}")]
    NoThread(io::Error),
    /// The job does not carry it out.
    #[error(transparent)]
    Order(#[from] OrderError),
}
