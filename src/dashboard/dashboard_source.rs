//! The source of the dashboard's data: windows onto lists, never whole directories.
//!
//! The screens do not know tenants, locks or sockets. They query a [`DashboardSource`] for the rows
//! that fit and get plain data. A source over a tenant in this process and one over the control API
//! look the same to them.

use std::sync::Arc;

use jiff::Timestamp;
use smol_str::SmolStr;

use super::list_order::ListOrder;
use super::list_window::{ListWindow, WindowQuery};
use super::lists::{GroupRow, MemberRow, UserRow};
use super::rows::{Overview, UserDetail};
use crate::entra::{JobView, LogEntry};
use crate::journal::{self, Exchange, Journal, Seq, TrafficFilter};

/// The tenants of one server, of which one is selected.
///
/// The dashboard calls it from its own thread, a few times for each frame and at most 20 frames of
/// data a second. A call should take well under a millisecond for any size of the tenant. So a
/// source keeps sorted and filtered lists, which may be up to a second old.
pub trait DashboardSource: Send {
    /// A number that changes whenever anything visible changes. It is read 20 times a second and
    /// must be cheap.
    fn revision(&self) -> u64;

    /// The names of all tenants, in a stable order; never empty.
    fn tenants(&mut self) -> Vec<SmolStr>;

    /// Selects another tenant. An unknown name changes nothing. Releases a held state.
    fn select(&mut self, tenant: &str);

    /// Holds the present state: until it is released, every other call answers from it, so that a
    /// paused view can still be scrolled and details opened.
    fn hold(&mut self);

    /// Releases the state that is held.
    fn release(&mut self);

    /// The number of exchanges recorded since the state was held; 0 if it is not.
    fn waiting(&self) -> u64;

    /// An overview of the selected tenant, with the newest `activity` exchanges.
    fn overview(&mut self, now: Timestamp, activity: usize) -> Overview;

    /// A window onto the users.
    fn users(&mut self, ask: &ListQuery) -> ListWindow<UserRow>;

    /// One user with its MediusFlow data; `None` if it does not exist.
    fn user(&mut self, id: &str) -> Option<UserDetail>;

    /// A window onto the groups.
    fn groups(&mut self, ask: &ListQuery) -> ListWindow<GroupRow>;

    /// A window onto the members of a group; empty if the group does not exist.
    fn members(&mut self, group: &str, ask: &ListQuery) -> ListWindow<MemberRow>;

    /// The tenant's provisioning job, if it has one, and a window onto its log, newest first.
    fn provisioning(&mut self, ask: &ListQuery) -> ProvisioningWindow;

    /// Gives the job an order without waiting for it. Returns a sentence about it.
    fn order(&mut self, order: JobCommand) -> String;

    /// A window onto the journal, oldest first.
    fn traffic(&mut self, ask: &TrafficQuery) -> TrafficWindow;
}

/// A provisioning job and the visible lines of its log.
#[derive(Clone, Debug, Default)]
pub struct ProvisioningWindow {
    /// The state of the job.
    pub view: Option<Arc<JobView>>,
    /// The lines.
    pub lines: ListWindow<LogEntry>,
}

/// An order to a provisioning job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobCommand {
    /// Run a cycle now. A tenant without a job gets one first.
    Cycle,
    /// Start or pause running cycles when they are due.
    StartOrPause,
    /// Make the changes of the next day of a scripted week in the directory.
    NextDay,
    /// Clear the quarantine and the failures.
    ClearQuarantine,
    /// "Restart provisioning": the next cycle processes every object.
    Restart,
    /// Let the tenant's clock run faster.
    Faster,
    /// Let the tenant's clock run slower, or stand still.
    Slower,
}

/// A query for rows of a list of users, groups or members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// Only rows with this text in one of their names, in any case; empty: all rows.
    pub filter: String,
    /// The order of the rows.
    pub order: ListOrder,
    /// Whether the order is reversed.
    pub reverse: bool,
    /// The window.
    pub view: WindowQuery<SmolStr>,
}

/// A query for exchanges.
#[derive(Clone, Debug, PartialEq)]
pub struct TrafficQuery {
    /// Only exchanges that match.
    pub filter: TrafficFilter,
    /// The window.
    pub view: WindowQuery<Seq>,
}

/// The exchanges of a query.
#[derive(Clone, Debug, Default)]
pub struct TrafficWindow {
    /// The exchanges, oldest first.
    pub window: ListWindow<Arc<Exchange>>,
    /// The oldest exchange in the journal, regardless of the filter; 0 if there is none.
    pub oldest: Seq,
    /// The number of exchanges that left the journal since the start or the last reset.
    pub left: u64,
}

impl TrafficWindow {
    /// Answers a query from a journal through a view of the exchanges that match.
    ///
    /// The caller keeps the view while the filter stays the same, and updates it with
    /// [`journal::TrafficView::sync`] first. It does not while the state is held.
    pub fn of(view: &journal::TrafficView, journal: &Journal, ask: &WindowQuery<Seq>) -> Self {
        let total = view.matched();
        let row = |seq: Seq| total - 1 - view.newer_than(seq);
        let placed = ask.place(total, |seq| view.seek(*seq, 0).map(row));
        let kept = journal.seqs();
        let rows = match placed.at.and_then(|_| view.seek(0, placed.offset.cast_signed())) {
            Some(first) => view.rows(journal, first, placed.length),
            None => Vec::new(),
        };
        Self {
            window: ListWindow {
                rows,
                offset: placed.offset,
                total,
                unfiltered: usize::try_from(kept.end - kept.start).unwrap_or(usize::MAX),
                at: placed.at,
            },
            oldest: if kept.is_empty() { 0 } else { kept.start },
            left: journal.totals().exchanges.saturating_sub(kept.end - kept.start),
        }
    }
}
