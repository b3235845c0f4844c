//! The thread of a job: it carries out orders one after the other, and runs cycles when they are due.

use std::{
    sync::{
        Arc, Weak,
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use serde_json::Value as Json;

use super::{
    Asked, Refusal,
    clock::TenantTime,
    configure::Made,
    outside::{Brake, OwnTarget, Wire},
    shown::Shown,
    view,
};
use crate::{
    entra::{Clock as _, CycleReport, Directory, HttpTransport, Job, Outside, Progress},
    tenant::{Order, ProvisioningView as View, Tenant},
};

/// How often a started job looks whether a cycle is due: its clock may be moved at any time.
const LOOK: Duration = Duration::from_millis(100);

/// A job and what it works with.
pub(super) struct Worker {
    pub(super) job: Job,
    pub(super) directory: Directory,
    pub(super) tenant: Weak<Tenant>,
    pub(super) own: OwnTarget,
    pub(super) seed: u64,
    pub(super) clock: TenantTime,
    http: HttpTransport,
    brake: Arc<Brake>,
    /// What is shown next.
    pub(super) view: View,
    pub(super) shown: Arc<Shown>,
}

impl Worker {
    /// A worker, and where it shows how it is getting on.
    pub(super) fn new(
        made: Made,
        tenant: &Arc<Tenant>,
        own: OwnTarget,
        clock: TenantTime,
        brake: Arc<Brake>,
    ) -> (Self, Arc<Shown>) {
        let view = view::first(&made);
        let Made { job, directory, seed, .. } = made;
        let shown = Arc::new(Shown::new(view.clone()));
        let tenant = Arc::downgrade(tenant);
        let http = HttpTransport::new();
        let worker = Self {
            job,
            directory,
            tenant,
            own,
            seed,
            clock,
            http,
            brake,
            view,
            shown: shown.clone(),
        };
        (worker, shown)
    }

    /// Works until nobody can order anything any more.
    pub(super) fn run(mut self, inbox: &Receiver<(Order, Asked)>) {
        while !self.brake.is_pulled() {
            let next = if self.view.is_started {
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

    fn carry_out(&mut self, order: Order, Asked(answer): Asked) {
        let outcome = self.obey(order);
        // What was answered in the middle of being stopped was not done.
        if self.brake.is_pulled() {
            return;
        }
        self.show();
        answer(outcome);
    }

    fn obey(&mut self, order: Order) -> Result<Json, Refusal> {
        match order {
            Order::Configure(body) => self.configure(&body),
            Order::Cycle => {
                self.shown.take_up_cycle();
                let report = self.cycle();
                Ok(self.told(&report))
            }
            Order::Start => Ok(self.start(true)),
            Order::Pause => Ok(self.start(false)),
            Order::TestConnection => self.test_connection(),
            Order::OnDemand(body) => self.on_demand(&body),
            Order::Restart(body) => self.restart(&body),
            Order::AllowDeletions => Ok(self.allow_deletions()),
            Order::Logs(query) => self.logs(&query),
            Order::Directory => Ok(self.all_objects()),
            Order::Change(body) => self.change(&body),
            Order::Week(body) => self.week(&body),
        }
    }

    fn run_due_cycle(&mut self) {
        if self.job.next_cycle().is_some_and(|due| due <= self.clock.now()) {
            self.cycle();
            self.show();
        }
    }

    pub(super) fn cycle(&mut self) -> CycleReport {
        let (shown, before) = (self.shown.clone(), self.view.clone());
        let progress = |progress: &Progress| {
            shown.publish(View { running: Some(view::running(progress)), ..before.clone() });
        };
        let wire = Wire { http: &self.http, brake: &self.brake, own: &self.own };
        let outside = Outside {
            transport: &wire,
            clock: &self.clock,
            progress: &progress,
            is_stopped: &|| self.brake.is_pulled(),
        };
        let report = self.job.cycle(&mut self.directory, outside);
        view::remember(&mut self.view, &self.job, &report);
        self.file_mails();
        report
    }

    /// Does something with the job for which it needs the world.
    pub(super) fn with_job<T>(
        &mut self,
        work: impl FnOnce(&mut Job, &Directory, Outside<'_>) -> T,
    ) -> T {
        let wire = Wire { http: &self.http, brake: &self.brake, own: &self.own };
        work(&mut self.job, &self.directory, Outside::new(&wire, &self.clock))
    }

    fn file_mails(&mut self) {
        for mail in self.job.take_mails() {
            tracing::info!(to = %mail.to, subject = mail.subject, "the provisioning service sends a mail");
            view::file(&mut self.view, &mail);
        }
    }

    pub(super) fn show(&mut self) {
        view::refresh(&mut self.view, &self.job, &self.directory);
        self.shown.publish(self.view.clone());
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
