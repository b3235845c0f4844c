//! The thread of a job: it carries out orders one after the other, and runs cycles when they are due.

use std::{
    sync::{
        Arc, Weak,
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use super::{
    Asked, Refusal,
    clock::TenantTime,
    configure::{Made, adjust, configure},
    outside::{Brake, OwnTarget, Wire},
    shown::SharedView,
};
use crate::{
    entra::{
        CycleReport, HttpTransport, JobAnswer, JobClock as _, JobEnvironment, JobOrder, JobView,
        Progress, RunningCycle, Simulation, TestedCredentials,
    },
    tenant::Tenant,
};

/// How often a started job looks whether a cycle is due: its clock may be moved at any time.
const LOOK: Duration = Duration::from_millis(100);

/// A job and what it works with.
pub(super) struct Worker {
    /// The job, and what is shown of it next.
    made: Made,
    tenant: Weak<Tenant>,
    own: OwnTarget,
    clock: TenantTime,
    http: HttpTransport,
    brake: Arc<Brake>,
    shown: Arc<SharedView>,
}

impl Worker {
    /// A worker, and where it shows how it is getting on.
    pub(super) fn new(
        made: Made,
        tenant: &Arc<Tenant>,
        own: OwnTarget,
        clock: TenantTime,
        brake: Arc<Brake>,
    ) -> (Self, Arc<SharedView>) {
        let shown = Arc::new(SharedView::new(&made, tenant.notifier().clone()));
        let (tenant, http) = (Arc::downgrade(tenant), HttpTransport::new());
        let worker = Self { made, tenant, own, clock, http, brake, shown: shown.clone() };
        (worker, shown)
    }

    /// Works until nobody can order anything any more.
    pub(super) fn run(mut self, inbox: &Receiver<(JobOrder, Asked)>) {
        while !self.brake.is_pulled() {
            let next = if self.made.view.is_started {
                inbox.recv_timeout(LOOK)
            } else {
                inbox.recv().map_err(|_gone| RecvTimeoutError::Disconnected)
            };
            match next {
                Ok((order, asked)) => self.carry_out(order, asked),
                Err(RecvTimeoutError::Timeout) => self.run_due_cycle(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn carry_out(&mut self, order: JobOrder, Asked(answer): Asked) {
        let outcome = self.obey(order);
        // What was answered in the middle of being stopped was not done.
        if self.brake.is_pulled() {
            return;
        }
        self.show();
        answer(outcome);
    }

    fn obey(&mut self, order: JobOrder) -> Result<JobAnswer, Refusal> {
        let now = self.clock.now();
        let Made { simulation, view, seed } = &mut self.made;
        let answer = match order {
            JobOrder::Configure(description) => {
                let tenant = self.tenant.upgrade().ok_or(Refusal::NoTenant)?;
                configure(&mut self.made, &description, &tenant, &self.own.base)?;
                return Ok(self.status());
            }
            JobOrder::Adjust(description) => {
                let tenant = self.tenant.upgrade().ok_or(Refusal::NoTenant)?;
                adjust(&mut self.made, &description, &tenant, &self.own.base)?;
                return Ok(self.status());
            }
            JobOrder::Cycle => {
                self.shown.take_up_cycle();
                let report = self.cycle();
                self.show();
                return Ok(JobAnswer::cycle(JobView::clone(&self.shown.view()), report));
            }
            JobOrder::Start | JobOrder::Pause => {
                view.is_started = order == JobOrder::Start;
                return Ok(self.status());
            }
            JobOrder::Restart(scope) => {
                simulation.job.restart(scope);
                return Ok(self.status());
            }
            JobOrder::TestConnection(credentials) => {
                self.keep_secret(&credentials);
                self.with_job(|simulation, outside| {
                    simulation.test_connection(&credentials, outside)
                })
            }
            JobOrder::OnDemand(order) => {
                self.with_job(|simulation, outside| simulation.provision_on_demand(&order, outside))
            }
            JobOrder::Logs(query) => Ok(simulation.logs(&query)),
            JobOrder::Directory => Ok(simulation.list_directory()),
            JobOrder::Change(changes) => simulation.change(&changes, now),
            JobOrder::Week(order) => order.apply(simulation, *seed, &mut view.day, now),
        };
        Ok(answer?)
    }

    /// How the job looks after what was just done.
    fn status(&mut self) -> JobAnswer {
        self.show();
        JobAnswer::Status(Box::new(JobView::clone(&self.shown.view())))
    }

    fn run_due_cycle(&mut self) {
        if self.made.simulation.job.next_cycle().is_some_and(|due| due <= self.clock.now()) {
            self.cycle();
            self.show();
        }
    }

    fn cycle(&mut self) -> CycleReport {
        let (shown, before) = (self.shown.clone(), self.made.view.clone());
        let progress = |progress: &Progress| {
            let running = Some(RunningCycle::Running(*progress));
            shown.publish(JobView { running, ..before.clone() });
        };
        let wire = Wire { http: &self.http, brake: &self.brake, own: &self.own };
        let outside = JobEnvironment {
            transport: &wire,
            clock: &self.clock,
            progress: &progress,
            is_stopped: &|| self.brake.is_pulled(),
        };
        let Made { simulation: Simulation { job, directory }, view, .. } = &mut self.made;
        let report = job.cycle(directory, outside);
        view.add_cycle(job, &report);
        for mail in job.take_mails() {
            tracing::info!(to = %mail.to, subject = mail.subject, "the provisioning service sends a mail");
            view.add_mail(mail);
        }
        report
    }

    /// Has the journal mask a token that is tried.
    fn keep_secret(&self, tried: &TestedCredentials) {
        if let (Some(tenant), Some(token)) = (self.tenant.upgrade(), &tried.secret_token) {
            tenant.keep_secret(token);
        }
    }

    /// Does something with the job for which it needs the world.
    fn with_job<T>(&mut self, work: impl FnOnce(&mut Simulation, JobEnvironment<'_>) -> T) -> T {
        let wire = Wire { http: &self.http, brake: &self.brake, own: &self.own };
        work(&mut self.made.simulation, JobEnvironment::new(&wire, &self.clock))
    }

    fn show(&mut self) {
        let Made { simulation, view, .. } = &mut self.made;
        view.refresh(simulation);
        #[cfg(feature = "web")]
        self.shown.publish_accounts(simulation);
        self.shown.publish(view.clone());
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if thread::panicking() {
            tracing::error!(base = self.own.base, "the provisioning job ended unexpectedly");
            self.shown.publish_end("the job ended unexpectedly; the log says where".to_owned());
        }
    }
}
