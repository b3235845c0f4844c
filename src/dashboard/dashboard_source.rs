//! Where the dashboard gets what it shows: windows onto lists, never whole directories.
//!
//! The screens know nothing of tenants, locks or sockets. They ask a [`DashboardSource`] for the rows they
//! have room for and get plain data; a source over a tenant in this process and one that speaks
//! the control API look the same to them.

use std::sync::Arc;

use jiff::Timestamp;
use smol_str::SmolStr;

use super::list_order::ListOrder;
use super::list_window::{ListWindow, WindowQuery};
use super::lists::{GroupRow, MemberRow, UserRow};
use super::rows::{Overview, UserDetail};
use crate::entra::{JobView, LogEntry};
use crate::journal::{self, Exchange, Journal, Seq, TrafficFilter};

/// What the dashboard looks at: the tenants of one server, of which one is selected.
///
/// Every call is made from the dashboard's own thread, at most a handful of them for a frame and
/// at most 20 data frames a second. An answer should take well under a millisecond, whatever the
/// size of the tenant: a source keeps what it sorted and filtered, and may answer from an order
/// that is up to a second old.
pub trait DashboardSource: Send {
    /// A number that moves whenever anything visible changed; read 20 times a second, so cheap.
    fn revision(&self) -> u64;

    /// The names of all tenants, in a steady order; never empty.
    fn tenants(&mut self) -> Vec<SmolStr>;

    /// Turns to another tenant; an unknown name changes nothing. Lets go of what is held.
    fn select(&mut self, tenant: &str);

    /// Holds the state as it is now: until it is released, every other call answers as of that
    /// moment, so that a reader who paused can still scroll and open details.
    fn hold(&mut self);

    /// Releases the state that is held.
    fn release(&mut self);

    /// How many exchanges were recorded since the state was held; 0 if it is not.
    fn waiting(&self) -> u64;

    /// The selected tenant at a glance, with the newest `activity` exchanges.
    fn overview(&mut self, now: Timestamp, activity: usize) -> Overview;

    /// A window onto the users.
    fn users(&mut self, ask: &ListQuery) -> ListWindow<UserRow>;

    /// One user with what MediusFlow makes of it; `None` if it is gone.
    fn user(&mut self, id: &str) -> Option<UserDetail>;

    /// A window onto the groups.
    fn groups(&mut self, ask: &ListQuery) -> ListWindow<GroupRow>;

    /// A window onto the members of a group; an empty one if the group is gone.
    fn members(&mut self, group: &str, ask: &ListQuery) -> ListWindow<MemberRow>;

    /// The tenant's provisioning job, if it has one, and a window onto its log, newest first.
    fn provisioning(&mut self, ask: &ListQuery) -> ProvisioningWindow;

    /// Orders something of the job without waiting for it; answers what was done, a sentence.
    fn order(&mut self, order: JobCommand) -> String;

    /// A window onto the journal, oldest first.
    fn traffic(&mut self, ask: &TrafficQuery) -> TrafficWindow;
}

/// A provisioning job and the visible lines of its log.
#[derive(Clone, Debug, Default)]
pub struct ProvisioningWindow {
    /// How it is getting on.
    pub view: Option<Arc<JobView>>,
    /// The lines.
    pub lines: ListWindow<LogEntry>,
}

/// What the dashboard orders of a provisioning job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobCommand {
    /// Run a cycle now; a tenant without a job gets one first.
    Cycle,
    /// Run cycles when they are due, or stop doing so.
    StartOrPause,
    /// Do the changes of the next day of a scripted week in the directory.
    NextDay,
    /// Forget the quarantine and what failed.
    ClearQuarantine,
    /// "Restart provisioning": the next cycle looks at everybody.
    Restart,
    /// Let the tenant's clock run faster.
    Faster,
    /// Let the tenant's clock run slower, or stand still.
    Slower,
}

/// Which rows of a list of users, groups or members are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// Only rows that hold this text in one of their names, without regard to case; empty: all.
    pub filter: String,
    /// What the rows are sorted by.
    pub order: ListOrder,
    /// Whether the order is turned round.
    pub reverse: bool,
    /// The window.
    pub view: WindowQuery<SmolStr>,
}

/// Which exchanges are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct TrafficQuery {
    /// Only those that it means.
    pub filter: TrafficFilter,
    /// The window.
    pub view: WindowQuery<Seq>,
}

/// The exchanges that there was room for.
#[derive(Clone, Debug, Default)]
pub struct TrafficWindow {
    /// The exchanges, oldest first.
    pub window: ListWindow<Arc<Exchange>>,
    /// The oldest exchange that the journal still keeps, whatever the filter; 0 if there is none.
    pub oldest: Seq,
    /// How many exchanges left the journal since the start or the last reset.
    pub left: u64,
}

impl TrafficWindow {
    /// Lays a window onto a journal through a view of what the filter means.
    ///
    /// The caller keeps the view for as long as the filter is the same, and brings it up to date
    /// with [`journal::TrafficView::sync`] before; while the state is held, it does not.
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
