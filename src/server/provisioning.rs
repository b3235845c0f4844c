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
mod view;
mod worker;

use outside::Brake;
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

/// A job's thread as the others see it. Dropping it stops the job.
#[derive(Debug)]
struct Handle {
    /// Whose it is: another tenant may have got the name.
    tenant: Weak<Tenant>,
    orders: Sender<(Order, Asked)>,
    brake: Arc<Brake>,
    shown: Arc<Mutex<Arc<View>>>,
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
        let brake = Arc::new(Brake::default());
        let clock = clock::TenantTime::new(self.clock.clone(), tenant, brake.clone());
        let base = format!("http://{}/{}/scim/v2", reachable(self.address), tenant.name());
        let made = configure::new_job(order, (tenant, &base), self.seed)?;
        let (orders, inbox) = mpsc::channel();
        let (worker, shown) = Worker::new(made, tenant, base, clock, brake.clone());
        let thread = thread::Builder::new().name("mediusflow-mock-entra".into());
        thread.spawn(move || worker.run(&inbox)).map_err(|error| {
            let detail = format!("the job's thread does not start: {error}");
            refused(503, "no-thread", detail)
        })?;
        Ok(Handle { tenant: Arc::downgrade(tenant), orders, brake, shown })
    }

    /// Tells the job, or makes it if that is what is ordered.
    fn pass_on(&self, tenant: &Arc<Tenant>, order: Order, answer: Answer) {
        let mut jobs = self.jobs();
        let Some(jobs) = jobs.as_mut() else {
            return answer(Err(refused(503, "stopping", "the server is stopping")));
        };
        // Those of tenants that are gone would stay otherwise.
        jobs.retain(|_, it| it.tenant.strong_count() > 0);
        let name = tenant.name().to_string();
        if let Some(job) = jobs.get(&name).filter(|it| it.is_of(tenant)) {
            return job.tell(order, answer);
        }
        let Order::Configure(body) = &order else { return answer(Err(no_job(tenant))) };
        match self.start(tenant, body) {
            Ok(handle) => {
                let view = handle.view();
                jobs.insert(name, handle);
                answer(Ok(view.to_json()));
            }
            Err(refusal) => answer(Err(refusal)),
        }
    }
}

impl Handle {
    fn is_of(&self, tenant: &Arc<Tenant>) -> bool {
        self.tenant.as_ptr() == Arc::as_ptr(tenant)
    }

    fn tell(&self, order: Order, answer: Answer) {
        // If the thread has died the answer is dropped, which says so.
        drop(self.orders.send((order, Asked(answer))));
    }

    fn view(&self) -> Arc<View> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Provisioning for Jobs {
    fn ask(&self, tenant: &Arc<Tenant>, order: Order, answer: Answer) {
        self.pass_on(tenant, order, answer);
    }

    fn view(&self, tenant: &Arc<Tenant>) -> Option<Arc<View>> {
        let jobs = self.jobs();
        let job = jobs.as_ref()?.get(tenant.name().as_str())?;
        job.is_of(tenant).then(|| job.view())
    }

    fn forget(&self, tenant: &Arc<Tenant>) -> bool {
        let mut jobs = self.jobs();
        let Some(jobs) = jobs.as_mut() else { return false };
        let name = tenant.name().as_str();
        let is_there = jobs.get(name).is_some_and(|it| it.is_of(tenant));
        is_there && jobs.remove(name).is_some()
    }

    fn stop(&self) {
        drop(self.jobs().take());
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

fn no_job(tenant: &Tenant) -> Refusal {
    let name = tenant.name();
    let hint = format!("PUT /_mock/v1/tenants/{name}/entra makes one");
    let detail = format!("the tenant {name} has no provisioning job");
    Refusal { hint: Some(hint), ..refused(404, "no-job", detail) }
}
