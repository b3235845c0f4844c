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

use super::builder::reachable;
use crate::{
    http::Clock,
    tenant::{
        Answer, Order, Provisioning, ProvisioningRefusal as Refusal, ProvisioningView as View,
        Tenant,
    },
};

mod clock;
mod configure;
mod logs;
mod orders;
mod outside;
mod shown;
mod view;
mod worker;

use outside::{Brake, OwnTarget};
use shown::Shown;
use worker::Worker;

/// The jobs of a server.
#[derive(Debug)]
pub(super) struct Jobs {
    address: SocketAddr,
    clock: Clock,
    seed: u64,
    /// By the tenant's name; `None` once the server stops.
    by_tenant: Mutex<Option<HashMap<String, Handle>>>,
}

/// Where a job's thread takes its orders, and where it shows how it is getting on.
#[derive(Clone, Debug)]
struct Inbox {
    orders: Sender<(Order, Asked)>,
    shown: Arc<Shown>,
}

/// A job's thread as the others see it. Dropping it stops the job.
#[derive(Debug)]
struct Handle {
    /// Whose it is: another tenant may have got the name.
    tenant: Weak<Tenant>,
    inbox: Inbox,
    brake: Arc<Brake>,
}

/// An [`Answer`] that can be in a channel of something that is debugged.
struct Asked(Answer);

impl Drop for Handle {
    fn drop(&mut self) {
        self.brake.pull();
    }
}

impl Jobs {
    /// No jobs yet, for the tenants of the server at this address.
    pub(super) fn new(address: SocketAddr, clock: Clock, seed: u64) -> Self {
        Self { address, clock, seed, by_tenant: Mutex::new(Some(HashMap::new())) }
    }

    fn jobs(&self) -> MutexGuard<'_, Option<HashMap<String, Handle>>> {
        self.by_tenant.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a thread for a job that is to be configured like this.
    fn start(&self, tenant: &Arc<Tenant>, order: &serde_json::Value) -> Result<Handle, Refusal> {
        let (brake, epoch) = (Arc::new(Brake::default()), tenant.epoch());
        let clock = clock::TenantTime::new(self.clock.clone(), tenant, brake.clone());
        let base = format!("http://{}/{}/scim/v2", reachable(self.address), tenant.name());
        let made = configure::new_job(order, (tenant, &base), self.seed)?;
        let (orders, inbox) = mpsc::channel();
        let (worker, shown) =
            Worker::new(made, tenant, OwnTarget { base, epoch }, clock, brake.clone());
        let thread = thread::Builder::new().name("mediusflow-mock-entra".into());
        thread.spawn(move || worker.run(&inbox)).map_err(|error| {
            let detail = format!("the job's thread does not start: {error}");
            refused(503, "no-thread", detail)
        })?;
        Ok(Handle { tenant: Arc::downgrade(tenant), inbox: Inbox { orders, shown }, brake })
    }

    /// Tells the job, or makes it if that is what is ordered. Nothing is locked while a job is made,
    /// told, or dropped: all of these wake others.
    fn pass_on(&self, tenant: &Arc<Tenant>, order: Order, answer: Answer) -> Option<Arc<View>> {
        let is_stopping = self.jobs().is_none();
        if is_stopping {
            answer(Err(stopping()));
            return None;
        }
        if let Some(job) = self.inbox_of(tenant) {
            return Some(job.tell(order, answer));
        }
        let Order::Configure(body) = &order else {
            answer(Err(no_job(tenant)));
            return None;
        };
        let handle = match self.start(tenant, body) {
            Ok(handle) => handle,
            Err(refusal) => {
                answer(Err(refusal));
                return None;
            }
        };
        let view = handle.inbox.shown.view();
        match self.keep(tenant, handle) {
            Ok(()) => {
                answer(Ok(view.to_json()));
                Some(view)
            }
            // Another one was as quick, and made the job.
            Err(Some(job)) => Some(job.tell(order, answer)),
            Err(None) => {
                answer(Err(stopping()));
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
    fn tell(&self, order: Order, answer: Answer) -> Arc<View> {
        let view = match order {
            Order::Cycle => self.shown.order_cycle(),
            _ => self.shown.view(),
        };
        // If the thread has died the answer is dropped, which says so, and so does the view.
        drop(self.orders.send((order, Asked(answer))));
        view
    }
}

impl Handle {
    fn is_of(&self, tenant: &Arc<Tenant>) -> bool {
        self.tenant.as_ptr() == Arc::as_ptr(tenant)
    }
}

impl Provisioning for Jobs {
    fn ask(&self, tenant: &Arc<Tenant>, order: Order, answer: Answer) -> Option<Arc<View>> {
        self.pass_on(tenant, order, answer)
    }

    fn view(&self, tenant: &Arc<Tenant>) -> Option<Arc<View>> {
        let jobs = self.jobs();
        let job = jobs.as_ref()?.get(tenant.name().as_str())?;
        job.is_of(tenant).then(|| job.inbox.shown.view())
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

fn refused(status: u16, code: &'static str, detail: impl Into<String>) -> Refusal {
    Refusal { status, code, detail: detail.into(), field: None, hint: None }
}

fn stopping() -> Refusal {
    refused(503, "stopping", "the server is stopping")
}

fn no_job(tenant: &Tenant) -> Refusal {
    let name = tenant.name();
    let hint = format!("PUT /_mock/v1/tenants/{name}/entra makes one");
    let detail = format!("the tenant {name} has no provisioning job");
    Refusal { hint: Some(hint), ..refused(404, "no-job", detail) }
}
