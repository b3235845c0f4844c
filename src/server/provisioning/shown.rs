//! What others see of a job while its thread works.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(feature = "web")]
use super::accounts::Accounts;
use super::configure::Made;
#[cfg(feature = "web")]
use crate::{
    entra::{DirectoryEntry, Simulation},
    tenant::EntraAccount,
};
use crate::{
    entra::{JobView, RunningCycle},
    journal::Notifier,
};

/// The view of a job: the thread replaces it as a whole, and everybody else reads it. A cycle shows
/// from the moment in which it is ordered, whatever the thread is at.
#[derive(Debug)]
pub(super) struct SharedView {
    seen: Mutex<CurrentView>,
    /// Told when the view has changed: pages follow it.
    notifier: Notifier,
    /// The accounts of the directory; the thread replaces them, too, when the directory has changed.
    #[cfg(feature = "web")]
    accounts: Mutex<Accounts>,
}

#[derive(Debug)]
struct CurrentView {
    view: Arc<JobView>,
    /// How many cycles are ordered that the thread has not taken up.
    ordered: usize,
}

impl SharedView {
    pub(super) fn new(made: &Made, notifier: Notifier) -> Self {
        Self {
            seen: Mutex::new(CurrentView { view: Arc::new(made.view.clone()), ordered: 0 }),
            notifier,
            #[cfg(feature = "web")]
            accounts: Mutex::new(Accounts::of(&made.simulation)),
        }
    }

    /// The accounts of the directory.
    #[cfg(feature = "web")]
    pub(super) fn accounts(&self) -> Arc<[EntraAccount]> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).list.clone()
    }

    /// The users and groups of the directory.
    #[cfg(feature = "web")]
    pub(super) fn entries(&self) -> Arc<[DirectoryEntry]> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).entries.clone()
    }

    /// Shows the accounts of the directory, if it has changed.
    #[cfg(feature = "web")]
    pub(super) fn publish_accounts(&self, simulation: &Simulation) {
        let mut shown = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if !shown.are_of(simulation) {
            *shown = Accounts::of(simulation);
        }
    }

    fn lock(&self) -> MutexGuard<'_, CurrentView> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn view(&self) -> Arc<JobView> {
        self.lock().view.clone()
    }

    /// A cycle is ordered; answers what is seen from now on.
    pub(super) fn order_cycle(&self) -> Arc<JobView> {
        let mut seen = self.lock();
        seen.ordered += 1;
        let view = JobView::clone(&seen.view);
        seen.put(view);
        let view = seen.view.clone();
        drop(seen);
        self.notifier.notify();
        view
    }

    /// The thread takes an ordered cycle up. It shows as ordered until its first step is told.
    pub(super) fn take_up_cycle(&self) {
        let mut seen = self.lock();
        seen.ordered = seen.ordered.saturating_sub(1);
    }

    /// Shows what the job is like now.
    pub(super) fn publish(&self, view: JobView) {
        self.lock().put(view);
        self.notifier.notify();
    }

    /// The thread has ended, and nothing that was ordered is done any more.
    pub(super) fn publish_end(&self, why: String) {
        let mut seen = self.lock();
        seen.ordered = 0;
        let view = JobView::clone(&seen.view);
        seen.put(JobView { running: None, next: None, broken: Some(why), ..view });
        drop(seen);
        self.notifier.notify();
    }
}

impl CurrentView {
    /// Only here does the revision move, so that it never goes back.
    fn put(&mut self, mut view: JobView) {
        view.revision = self.view.revision + 1;
        if self.ordered > 0 && view.broken.is_none() {
            view.running.get_or_insert(RunningCycle::Ordered);
        }
        self.view = Arc::new(view);
    }
}
