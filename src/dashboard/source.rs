//! Where the dashboard gets what it shows: windows onto lists, never whole directories.
//!
//! The screens know nothing of tenants, locks or sockets. They ask a [`Source`] for the rows they
//! have room for and get plain data; a source over a tenant in this process and one that speaks
//! the control API look the same to them.

use std::sync::Arc;

use jiff::Timestamp;
use smol_str::SmolStr;

use super::rows::{GroupRow, MemberRow, Overview, UserDetail, UserRow};
use crate::entra::{JobView, LogEntry};
use crate::journal::{self, Exchange, Journal, Seq, TrafficFilter};

/// What the dashboard looks at: the tenants of one server, of which one is selected.
///
/// Every call is made from the dashboard's own thread, at most a handful of them for a frame and
/// at most 20 data frames a second. An answer should take well under a millisecond, whatever the
/// size of the tenant: a source keeps what it sorted and filtered, and may answer from an order
/// that is up to a second old.
pub trait Source: Send {
    /// A number that moves whenever anything visible changed; read 20 times a second, so cheap.
    fn revision(&self) -> u64;

    /// The names of all tenants, in a steady order; never empty.
    fn tenants(&mut self) -> Vec<SmolStr>;

    /// Turns to another tenant; an unknown name changes nothing. Lets go of what is held.
    fn select(&mut self, tenant: &str);

    /// Holds the state as it is now, or lets go of it: while held, every other call answers as of
    /// that moment, so that a reader who paused can still scroll and open details.
    fn hold(&mut self, held: bool);

    /// How many exchanges were recorded since the state was held; 0 if it is not.
    fn waiting(&self) -> u64;

    /// The selected tenant at a glance, with the newest `activity` exchanges.
    fn overview(&mut self, now: Timestamp, activity: usize) -> Overview;

    /// A window onto the users.
    fn users(&mut self, ask: &ListAsk) -> Window<UserRow>;

    /// One user with what MediusFlow makes of it; `None` if it is gone.
    fn user(&mut self, id: &str) -> Option<UserDetail>;

    /// A window onto the groups.
    fn groups(&mut self, ask: &ListAsk) -> Window<GroupRow>;

    /// A window onto the members of a group; an empty one if the group is gone.
    fn members(&mut self, group: &str, ask: &ListAsk) -> Window<MemberRow>;

    /// The tenant's provisioning job, if it has one, and a window onto its log, newest first.
    fn provisioning(&mut self, ask: &ListAsk) -> Provisioned;

    /// Orders something of the job without waiting for it; answers what was done, a sentence.
    fn order(&mut self, order: JobCommand) -> String;

    /// A window onto the journal, oldest first.
    fn traffic(&mut self, ask: &TrafficAsk) -> TrafficWindow;
}

/// A provisioning job and the visible lines of its log.
#[derive(Clone, Debug, Default)]
pub struct Provisioned {
    /// How it is getting on.
    pub view: Option<Arc<JobView>>,
    /// The lines.
    pub lines: Window<LogEntry>,
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
pub struct ListAsk {
    /// Only rows that hold this text in one of their names, without regard to case; empty: all.
    pub filter: String,
    /// What the rows are sorted by.
    pub order: Order,
    /// Whether the order is turned round.
    pub reverse: bool,
    /// The window.
    pub view: View<SmolStr>,
}

/// Which exchanges are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct TrafficAsk {
    /// Only those that it means.
    pub filter: TrafficFilter,
    /// The window.
    pub view: View<Seq>,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// The newest first: by creation, for members by when they were added.
    Newest,
    /// By display name, A to Z.
    Name,
    /// By `userName`, A to Z.
    UserName,
    /// The last changed first.
    Changed,
    /// The group with the most members first.
    Members,
}

/// A window onto a list, fastened to a row by what the row *is*, not by its number, so that the
/// row under the reader's eye stays there while others come and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View<Id> {
    /// The row to start from.
    pub anchor: Anchor<Id>,
    /// How many rows further down the wanted row is; negative: further up.
    pub step: isize,
    /// In which row of the window the wanted row should stand, counted from 0 at the top.
    pub above: usize,
    /// How many rows there is room for; never more than are visible.
    pub limit: usize,
}

/// The row that a [`View`] starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor<Id> {
    /// The first row, whichever it is.
    First,
    /// The last row, whichever it is.
    Last,
    /// The row of this object.
    At {
        /// The object. An exchange that is not meant any more is replaced by the nearest newer one.
        id: Id,
        /// The row it had when it was last seen, to be used if it is gone.
        row: usize,
    },
}

/// Where a [`View`] came to lie in a list of a known length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// The number of the first visible row.
    pub offset: usize,
    /// How many rows are visible.
    pub length: usize,
    /// The number of the wanted row; `None` in an empty list.
    pub at: Option<usize>,
}

impl<Id> View<Id> {
    /// Lays the window onto a list of `total` rows, `find` saying in which row an object stands.
    ///
    /// The window is full wherever there are rows enough, and holds the wanted row.
    pub fn place(&self, total: usize, find: impl FnOnce(&Id) -> Option<usize>) -> Placed {
        let Some(last) = total.checked_sub(1) else {
            return Placed::default();
        };
        let start = match &self.anchor {
            Anchor::First => 0,
            Anchor::Last => last,
            Anchor::At { id, row } => find(id).unwrap_or(*row).min(last),
        };
        let at = start.saturating_add_signed(self.step).min(last);
        let length = self.limit.min(total);
        let above = self.above.min(length.saturating_sub(1));
        let offset = at.saturating_sub(above).min(total - length);
        Placed { offset, length, at: Some(at) }
    }
}

/// The rows of a list that there was room for.
#[derive(Clone, Debug)]
pub struct Window<Row> {
    /// The visible rows.
    pub rows: Vec<Row>,
    /// How many rows of the filtered list come before them.
    pub offset: usize,
    /// How many rows the filtered list has.
    pub total: usize,
    /// How many there would be without a filter.
    pub unfiltered: usize,
    /// The number of the wanted row in the filtered list; `None` if that is empty.
    pub at: Option<usize>,
}

impl<Row> Window<Row> {
    /// The wanted row itself.
    pub fn selected(&self) -> Option<&Row> {
        self.rows.get(self.at?.checked_sub(self.offset)?)
    }
}

impl<Row> Default for Window<Row> {
    fn default() -> Self {
        Self { rows: Vec::new(), offset: 0, total: 0, unfiltered: 0, at: None }
    }
}

/// The exchanges that there was room for.
#[derive(Clone, Debug, Default)]
pub struct TrafficWindow {
    /// The exchanges, oldest first.
    pub window: Window<Arc<Exchange>>,
    /// The oldest exchange that the journal still keeps, whatever the filter; 0 if there is none.
    pub oldest: Seq,
    /// How many exchanges left the journal since the start or the last reset.
    pub left: u64,
}

impl TrafficWindow {
    /// Lays a window onto a journal through a view of what the filter means.
    ///
    /// The caller keeps the view for as long as the filter is the same, and brings it up to date
    /// with [`journal::View::sync`] before; while the state is held, it does not.
    pub fn of(view: &journal::View, journal: &Journal, ask: &View<Seq>) -> Self {
        let total = view.matched();
        let row = |seq: Seq| total - 1 - view.newer_than(seq);
        let placed = ask.place(total, |seq| view.seek(*seq, 0).map(row));
        let kept = journal.seqs();
        let rows = match placed.at.and_then(|_| view.seek(0, placed.offset.cast_signed())) {
            Some(first) => {
                view.window(journal, journal::Anchor::At { seq: first, row: 0 }, placed.length).rows
            }
            None => Vec::new(),
        };
        Self {
            window: Window {
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::the_top(Anchor::First, 0, 0, (0, 5, Some(0)))]
    #[case::the_bottom(Anchor::Last, 0, 4, (5, 5, Some(9)))]
    #[case::an_object_stays_in_its_row(Anchor::At { id: 6, row: 1 }, 0, 2, (4, 5, Some(6)))]
    #[case::one_further_up(Anchor::At { id: 6, row: 1 }, -1, 0, (5, 5, Some(5)))]
    #[case::a_gone_object_leaves_its_row(Anchor::At { id: 77, row: 3 }, 0, 0, (3, 5, Some(3)))]
    #[case::a_step_beyond_the_end(Anchor::First, 400, 0, (5, 5, Some(9)))]
    #[case::a_step_beyond_the_start(Anchor::Last, -400, 4, (0, 5, Some(0)))]
    fn a_view_is_placed_by_what_its_row_is(
        #[case] anchor: Anchor<usize>,
        #[case] step: isize,
        #[case] above: usize,
        #[case] (offset, length, at): (usize, usize, Option<usize>),
    ) {
        let view = View { anchor, step, above, limit: 5 };

        let placed = view.place(10, |id| (*id < 10).then_some(*id));

        assert_eq!(placed, Placed { offset, length, at });
    }

    #[test]
    fn an_empty_list_has_no_wanted_row() {
        let view = View::<usize> { anchor: Anchor::Last, step: -3, above: 2, limit: 5 };

        assert_eq!(view.place(0, |_| None), Placed::default());
    }

    proptest::proptest! {
        #[test]
        fn a_window_is_full_and_holds_the_wanted_row(
            total in 1_usize..60, row in 0_usize..80, step in -90_isize..90,
            above in 0_usize..40, limit in 1_usize..30,
        ) {
            let view = View { anchor: Anchor::At { id: row, row }, step, above, limit };

            let Placed { offset, length, at } = view.place(total, |_| None);

            let at = at.unwrap();
            assert_eq!(length, limit.min(total));
            assert!(offset + length <= total && (offset..offset + length).contains(&at));
        }
    }
}
