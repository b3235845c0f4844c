//! Provisioning jobs inside the server: the Entra side of its tenants, each on a thread of its own.
//!
//! A job is a client like any other: its requests go over HTTP to the server's own address, and are
//! recorded, faulted and limited as anybody's. Its clock is its tenant's, so that moving that one
//! moves both sides: keys expire and cycles fall due together.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        mpsc::{self, Sender},
    },
    thread,
};

#[cfg(feature = "web")]
use crate::{entra::DirectoryEntry, tenant::EntraAccount};
use crate::{
    entra::{JobAnswer, JobDescription, JobOrder, JobView, TestedCredentials},
    http::ServerClock,
    tenant::{OrderCallback, Provisioning, ProvisioningRefusal as Refusal, Tenant},
};

#[cfg(feature = "web")]
mod accounts;
mod clock;
mod configure;
mod outside;
mod shown;
mod trial;
mod worker;

use outside::{Brake, OwnTarget};
use shown::SharedView;
use worker::Worker;

/// The jobs of a server.
#[derive(Debug)]
pub(super) struct Jobs {
    address: SocketAddr,
    clock: ServerClock,
    seed: u64,
    /// By the tenant's name; `None` once the server stops.
    by_tenant: Mutex<Option<HashMap<String, Handle>>>,
}

/// Where a job's thread takes its orders, and where it shows how it is getting on.
#[derive(Clone, Debug)]
struct Inbox {
    orders: Sender<(JobOrder, Asked)>,
    shown: Arc<SharedView>,
}

/// A job's thread as the others see it. Dropping it stops the job.
#[derive(Debug)]
struct Handle {
    /// Whose it is: another tenant may have got the name.
    tenant: Weak<Tenant>,
    inbox: Inbox,
    brake: Arc<Brake>,
}

/// An [`OrderCallback`] that can be in a channel of something that is debugged.
struct Asked(OrderCallback);

impl Drop for Handle {
    fn drop(&mut self) {
        self.brake.pull();
    }
}

impl Jobs {
    /// No jobs yet, for the tenants of the server at this address.
    pub(super) fn new(address: SocketAddr, clock: ServerClock, seed: u64) -> Self {
        Self { address, clock, seed, by_tenant: Mutex::new(Some(HashMap::new())) }
    }

    fn jobs(&self) -> MutexGuard<'_, Option<HashMap<String, Handle>>> {
        self.by_tenant.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a thread for a job that is to be configured like this.
    fn start(&self, tenant: &Arc<Tenant>, order: &JobDescription) -> Result<Handle, Refusal> {
        let (brake, epoch) = (Arc::new(Brake::default()), tenant.epoch());
        let clock = clock::TenantTime::new(self.clock.clone(), tenant, brake.clone());
        let base = format!("http://{}/{}/scim/v2", self.address, tenant.name());
        let made = configure::new_job(order, tenant, &base, self.seed)?;
        let (orders, inbox) = mpsc::channel();
        let (worker, shown) =
            Worker::new(made, tenant, OwnTarget { base, epoch }, clock, brake.clone());
        let thread = thread::Builder::new().name("mediusflow-mock-entra".into());
        thread.spawn(move || worker.run(&inbox)).map_err(Refusal::NoThread)?;
        Ok(Handle { tenant: Arc::downgrade(tenant), inbox: Inbox { orders, shown }, brake })
    }

    /// Tells the job, or makes it if that is what is ordered. Nothing is locked while a job is made,
    /// told, or dropped: all of these wake others.
    fn pass_on(
        &self,
        tenant: &Arc<Tenant>,
        order: JobOrder,
        done: OrderCallback,
    ) -> Option<Arc<JobView>> {
        let is_stopping = self.jobs().is_none();
        if is_stopping {
            done(Err(Refusal::Stopping));
            return None;
        }
        if let Some(job) = self.inbox_of(tenant) {
            return Some(job.tell(order, done));
        }
        let description = match order {
            JobOrder::Configure(description) => description,
            JobOrder::TestConnection(tried) if tried != TestedCredentials::default() => {
                trial::start(self, tenant, tried, done);
                return None;
            }
            _ => {
                done(Err(Refusal::NoJob(tenant.name().clone())));
                return None;
            }
        };
        let handle = match self.start(tenant, &description) {
            Ok(handle) => handle,
            Err(refusal) => {
                done(Err(refusal));
                return None;
            }
        };
        let view = handle.inbox.shown.view();
        match self.keep(tenant, handle) {
            Ok(()) => {
                done(Ok(JobAnswer::Status(Box::new(JobView::clone(&view)))));
                Some(view)
            }
            // Another one was as quick, and made the job.
            Err(Some(job)) => Some(job.tell(JobOrder::Configure(description), done)),
            Err(None) => {
                done(Err(Refusal::Stopping));
                None
            }
        }
    }

    /// Where the tenant's job takes its orders, if it has one. Forgets those of tenants that are gone.
    fn inbox_of(&self, tenant: &Arc<Tenant>) -> Option<Inbox> {
        let mut jobs = self.jobs();
        let jobs_there = jobs.as_mut()?;
        let is_gone = |_: &String, it: &mut Handle| it.tenant.strong_count() == 0;
        let gone: Vec<_> = jobs_there.extract_if(is_gone).collect();
        let job = jobs_there.get(tenant.name().as_str()).filter(|it| it.is_of(tenant));
        let inbox = job.map(|it| it.inbox.clone());
        drop(jobs);
        drop(gone);
        inbox
    }

    /// Keeps the job that was made for a tenant.
    ///
    /// # Errors
    ///
    /// Where to send orders if the tenant has a job by now; nothing if the server is stopping.
    fn keep(&self, tenant: &Arc<Tenant>, handle: Handle) -> Result<(), Option<Inbox>> {
        let name = tenant.name().to_string();
        let mut jobs = self.jobs();
        let Some(jobs_there) = jobs.as_mut() else {
            drop(jobs);
            return Err(None);
        };
        if let Some(job) = jobs_there.get(&name).filter(|it| it.is_of(tenant)) {
            let inbox = job.inbox.clone();
            drop(jobs);
            return Err(Some(inbox));
        }
        let old = jobs_there.insert(name, handle);
        drop(jobs);
        drop(old);
        Ok(())
    }
}

impl Inbox {
    /// Passes an order to the job's thread; answers what is seen of the job from then on.
    fn tell(&self, order: JobOrder, done: OrderCallback) -> Arc<JobView> {
        let view = match order {
            JobOrder::Cycle => self.shown.order_cycle(),
            _ => self.shown.view(),
        };
        // If the thread has died the answer is dropped, which says so, and so does the view.
        drop(self.orders.send((order, Asked(done))));
        view
    }
}

impl Handle {
    fn is_of(&self, tenant: &Arc<Tenant>) -> bool {
        self.tenant.as_ptr() == Arc::as_ptr(tenant)
    }
}

impl Provisioning for Jobs {
    fn ask(
        &self,
        tenant: &Arc<Tenant>,
        order: JobOrder,
        done: OrderCallback,
    ) -> Option<Arc<JobView>> {
        self.pass_on(tenant, order, done)
    }

    fn view(&self, tenant: &Arc<Tenant>) -> Option<Arc<JobView>> {
        let jobs = self.jobs();
        let job = jobs.as_ref()?.get(tenant.name().as_str())?;
        job.is_of(tenant).then(|| job.inbox.shown.view())
    }

    #[cfg(feature = "web")]
    fn accounts(&self, tenant: &Arc<Tenant>) -> Option<Arc<[EntraAccount]>> {
        let jobs = self.jobs();
        let job = jobs.as_ref()?.get(tenant.name().as_str())?;
        job.is_of(tenant).then(|| job.inbox.shown.accounts())
    }

    #[cfg(feature = "web")]
    fn directory(&self, tenant: &Arc<Tenant>) -> Option<Arc<[DirectoryEntry]>> {
        let jobs = self.jobs();
        let job = jobs.as_ref()?.get(tenant.name().as_str())?;
        job.is_of(tenant).then(|| job.inbox.shown.entries())
    }

    fn forget(&self, tenant: &Arc<Tenant>) -> bool {
        let name = tenant.name().as_str();
        let mut jobs = self.jobs();
        let gone = jobs.as_mut().and_then(|jobs| {
            let is_there = jobs.get(name).is_some_and(|it| it.is_of(tenant));
            if is_there { jobs.remove(name) } else { None }
        });
        drop(jobs);
        gone.is_some()
    }

    fn stop(&self) {
        let mut jobs = self.jobs();
        let all = jobs.take();
        drop(jobs);
        drop(all);
    }
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Asked")
    }
}
