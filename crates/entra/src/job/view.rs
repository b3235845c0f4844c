//! What others see of a job.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Job, Simulation};
use crate::service::{CycleOutcome, CycleReport, FinishedCycle, JobView};

/// The most cycles in a view.
const CYCLES: usize = 50;

impl JobView {
    /// A job that has no order yet.
    pub fn new(simulation: &Simulation) -> Self {
        let (job_id, tenant_id) = (simulation.job.id.clone(), simulation.job.tenant_id.clone());
        let settings = Arc::new(simulation.job.configuration().settings());
        let mut view = Self { settings, job_id, tenant_id, ..Self::default() };
        view.refresh(simulation);
        view
    }

    /// Updates the view with the present state of the job.
    pub fn refresh(&mut self, simulation: &Simulation) {
        let Simulation { job, directory } = simulation;
        self.running = None;
        // The first cycle has no time to wait for: it runs at once.
        let next = job.next_cycle().filter(|it| *it != Timestamp::MIN);
        self.next = next.filter(|_| self.is_started);
        self.quarantine = job.quarantine().cloned();
        self.disabled = job.disabled().map(str::to_owned);
        self.escrows = job.escrows();
        self.objects = directory.len();
        self.graph = Arc::new(job.status());
        let logs = job.logs();
        self.lines = logs[logs.len().saturating_sub(Self::LINES)..].into();
    }

    /// Adds a cycle that has ended.
    pub fn add_cycle(&mut self, job: &Job, report: &CycleReport) {
        let Some(execution) = &report.execution else { return };
        let reason = match report.ended {
            CycleOutcome::Quarantined(_) => job.quarantine().map(|it| it.message.clone()),
            _ => report.trouble.clone(),
        };
        let cycle = FinishedCycle { execution: execution.clone(), outcome: report.ended, reason };
        let before = self.cycles.iter().take(CYCLES - 1).cloned();
        self.cycles = [cycle].into_iter().chain(before).collect();
    }
}
