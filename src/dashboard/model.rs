//! The model of the dashboard, of which everything visible is a function.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::layout::Size;
use smol_str::SmolStr;

use super::DashboardOptions;
use super::cursor::{Cursor, Home};
use super::dashboard_source::{ListQuery, TrafficQuery, TrafficWindow};
use super::dialog::Dialog;
use super::drawn_frame::DrawnFrame;
use super::list_order::ListOrder;
use super::list_table::Column;
use super::list_window::ListWindow;
use super::lists::{self, GroupRow, MemberRow, UserRow};
use super::rows::{Overview, UserDetail};
use super::screen::{Focus, Screen};
use super::theme::Theme;
use crate::entra::{JobView, LogEntry};
use crate::journal::{Exchange, FilterError, Seq, TrafficFilter};

/// The state of the dashboard.
#[derive(Clone, Debug)]
pub(super) struct Model {
    /// The size of the terminal.
    pub(super) size: Size,
    /// The colours.
    pub(super) theme: Theme,
    /// The time zone that times of day are shown in.
    pub(super) zone: TimeZone,
    /// Whether quitting asks about the server.
    pub(super) owns_server: bool,
    /// The time since the start, at the last message.
    pub(super) elapsed: Duration,
    /// The time that is shown: now, or when the view was paused.
    pub(super) now: Timestamp,
    /// The screen.
    pub(super) screen: Screen,
    /// The pane that has the keys.
    pub(super) focus: Focus,
    /// The dialog over the screen.
    pub(super) dialog: Option<Dialog>,
    /// A short message in place of the hints, and its end.
    pub(super) toast: Option<(String, Duration)>,
    /// The switches that hold on every screen.
    pub(super) switches: Switches,
    /// Until when secrets are shown.
    pub(super) secrets_until: Option<Duration>,
    /// When Ctrl-C was pressed last.
    pub(super) interrupted: Option<Duration>,
    /// The names of all tenants.
    pub(super) tenants: Vec<SmolStr>,
    /// The overview of the selected tenant.
    pub(super) overview: Overview,
    /// Exchanges recorded since the view was paused.
    pub(super) waiting: u64,
    /// The selected exchange of the activity feed; `None`: the newest.
    pub(super) activity: Option<Seq>,
    /// The users.
    pub(super) users: ListModel<UserRow>,
    /// The selected user, while its detail is visible.
    pub(super) user: Option<UserDetail>,
    /// The groups.
    pub(super) groups: ListModel<GroupRow>,
    /// The members of the selected group.
    pub(super) members: ListModel<MemberRow>,
    /// The group whose members are listed.
    pub(super) members_of: Option<SmolStr>,
    /// The journal.
    pub(super) traffic: Traffic,
    /// The provisioning job, while its screen is visible.
    pub(super) job: Option<Arc<JobView>>,
    /// Its log.
    pub(super) log: ListModel<LogEntry>,
    /// The state of the details.
    pub(super) detail: Detail,
    /// The parts of the last frame.
    pub(super) drawn: DrawnFrame,
    /// The help screen.
    pub(super) help: Help,
}

/// The switches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each with its own key")]
pub(super) struct Switches {
    /// The view is paused.
    pub(super) paused: bool,
    /// Presentation mode: big numbers, masked secrets, no hints.
    pub(super) presenting: bool,
    /// Only the pane that has the keys is shown.
    pub(super) zoomed: bool,
    /// Long lines of a detail are wrapped.
    pub(super) wrapping: bool,
    /// The hint row shows every key of the screen.
    pub(super) more_keys: bool,
    /// The terminal is slow.
    pub(super) slow: bool,
}

/// A list of users, groups or members.
#[derive(Clone, Debug)]
pub(super) struct ListModel<Row> {
    /// The text that rows must contain.
    pub(super) filter: String,
    /// Its orders, the present one first.
    pub(super) orders: Vec<ListOrder>,
    /// Whether the order is reversed.
    pub(super) reverse: bool,
    /// The cursor.
    pub(super) cursor: Cursor<SmolStr>,
    /// The rows that are visible.
    pub(super) window: ListWindow<Row>,
}

/// The state of the traffic screen.
#[derive(Clone, Debug)]
pub(super) struct Traffic {
    /// The text of the active filter.
    text: String,
    /// Whether only errors are shown.
    errors_only: bool,
    /// The filter that results from both.
    filter: TrafficFilter,
    /// The mistake in the filter that is being typed; the active filter stays.
    pub(super) mistake: Option<FilterError>,
    /// The cursor.
    pub(super) cursor: Cursor<Seq>,
    /// The rows that are visible.
    pub(super) shown: TrafficWindow,
}

/// The state of the details.
#[derive(Clone, Debug, Default)]
pub(super) struct Detail {
    /// The tab of a user's detail.
    pub(super) user_tab: usize,
    /// The tab of an exchange's detail.
    pub(super) exchange_tab: usize,
    /// The first visible line.
    pub(super) scroll: usize,
    /// The object of the detail. Another one starts at its top.
    pub(super) of: SmolStr,
}

impl Detail {
    /// The tabs of a user's detail.
    pub(super) const USER_TABS: [&str; 2] = ["Profile", "JSON"];
    /// The tabs of an exchange's detail.
    pub(super) const EXCHANGE_TABS: [&str; 3] = ["Change", "Request", "Response"];
}

/// The help screen.
#[derive(Clone, Debug)]
pub(super) struct Help {
    /// Only lines that contain this text.
    pub(super) filter: String,
    /// The first visible line.
    pub(super) scroll: usize,
    /// The screen to go back to.
    pub(super) from: Screen,
}

impl Model {
    /// The state before anything was pulled.
    pub(super) fn new(options: &DashboardOptions) -> Self {
        let switches = Switches { presenting: options.presentation, ..Switches::default() };
        Self {
            size: Size::ZERO,
            theme: options.theme,
            zone: options.zone.clone(),
            owns_server: options.owns_server,
            elapsed: Duration::ZERO,
            now: Timestamp::UNIX_EPOCH,
            screen: Screen::Overview,
            focus: Focus::List,
            dialog: None,
            toast: None,
            switches,
            secrets_until: None,
            interrupted: None,
            tenants: Vec::new(),
            overview: Overview::default(),
            waiting: 0,
            activity: None,
            users: ListModel::new(lists::USERS),
            user: None,
            groups: ListModel::new(lists::GROUPS),
            members: ListModel::new(lists::MEMBERS),
            members_of: None,
            traffic: Traffic::new(),
            job: None,
            log: ListModel::new(lists::LOG),
            detail: Detail::default(),
            drawn: DrawnFrame::default(),
            help: Help { filter: String::new(), scroll: 0, from: Screen::Overview },
        }
    }

    /// Shows a short message in place of the hints for a few seconds.
    pub(super) fn say(&mut self, what: impl Into<String>) {
        self.toast = Some((what.into(), self.elapsed + Duration::from_secs(4)));
    }

    /// Whether secrets are shown at this moment.
    pub(super) fn shows_secrets(&self) -> bool {
        self.secrets_until.is_some() && !self.switches.presenting
    }

    /// The time at which something visible expires.
    pub(super) fn wake_at(&self) -> Option<Duration> {
        let toast = self.toast.as_ref().map(|(_, until)| *until);
        toast.into_iter().chain(self.secrets_until).min()
    }

    /// Removes what has expired.
    pub(super) fn pass(&mut self, elapsed: Duration) {
        self.elapsed = elapsed;
        self.toast.take_if(|(_, until)| *until <= elapsed);
        self.secrets_until.take_if(|until| *until <= elapsed);
    }

    /// Whether a filter is being typed. Until it is accepted, lists only preview it, and the
    /// selection returns when the filter matches it again.
    pub(super) fn is_filtering(&self) -> bool {
        matches!(self.dialog, Some(Dialog::Filter(_)))
    }

    /// The selected exchange of the traffic screen.
    pub(super) fn exchange(&self) -> Option<&Exchange> {
        self.traffic.shown.window.selected().map(AsRef::as_ref)
    }

    /// Resets the data of a tenant when another one is selected.
    pub(super) fn forget(&mut self) {
        let fresh =
            Self::new(&DashboardOptions { theme: self.theme, ..DashboardOptions::default() });
        (self.users, self.groups, self.members) = (fresh.users, fresh.groups, fresh.members);
        (self.traffic, self.log) = (fresh.traffic, fresh.log);
        self.overview = fresh.overview;
        self.start_over();
    }

    /// Resets selections and holds after a reset of the tenant. Filters and orders stay.
    pub(super) fn start_over(&mut self) {
        self.activity = None;
        for list in [&mut self.users.cursor, &mut self.groups.cursor, &mut self.members.cursor] {
            list.go_home();
        }
        self.log.cursor.go_home();
        self.traffic.cursor.go_home();
        (self.user, self.members_of, self.job) = (None, None, None);
        self.detail = Detail::default();
        self.focus = Focus::List;
        (self.switches.paused, self.waiting) = (false, 0);
    }
}

impl<Row> ListModel<Row> {
    fn new(columns: &[Column<Row>]) -> Self {
        let orders = columns.iter().filter_map(|it| it.order);
        Self {
            filter: String::new(),
            orders: [ListOrder::NEWEST].into_iter().chain(orders).collect(),
            reverse: false,
            cursor: Cursor::new(Home::Top),
            window: ListWindow::default(),
        }
    }

    /// The query for at most this number of rows.
    pub(super) fn ask(&mut self, limit: usize) -> ListQuery {
        ListQuery {
            filter: self.filter.clone(),
            order: self.order(),
            reverse: self.reverse,
            view: self.cursor.view(limit),
        }
    }

    /// Takes the rows of the query.
    pub(super) fn take(&mut self, window: ListWindow<Row>, id: impl FnOnce(&Row) -> SmolStr) {
        self.cursor.update_position(&window, id);
        self.window = window;
    }

    /// The present order.
    pub(super) fn order(&self) -> ListOrder {
        self.orders[0]
    }

    /// The present order in words: `order: name ↓`.
    pub(super) fn order_text(&self) -> String {
        format!("order: {} {}", self.order().name, if self.reverse { "↑" } else { "↓" })
    }
}

impl Traffic {
    fn new() -> Self {
        Self {
            text: String::new(),
            errors_only: false,
            filter: TrafficFilter::default(),
            mistake: None,
            cursor: Cursor::new(Home::Bottom),
            shown: TrafficWindow::default(),
        }
    }

    /// The query for at most this number of rows.
    pub(super) fn ask(&mut self, limit: usize) -> TrafficQuery {
        TrafficQuery { filter: self.filter.clone(), view: self.cursor.view(limit) }
    }

    /// The text of the active filter.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Activates another filter. If it has a mistake, the old one stays.
    pub(super) fn set_filter(&mut self, text: &str) {
        self.mistake = text.parse::<TrafficFilter>().err();
        if self.mistake.is_none() {
            text.clone_into(&mut self.text);
            self.update_filter();
        }
    }

    /// Whether only errors are shown.
    pub(super) fn is_errors_only(&self) -> bool {
        self.errors_only
    }

    /// Shows only errors, or everything again.
    pub(super) fn toggle_errors(&mut self) {
        self.errors_only = !self.errors_only;
        self.update_filter();
    }

    /// Clears the filter and the switch for errors.
    pub(super) fn show_all(&mut self) {
        self.errors_only = false;
        self.set_filter("");
    }

    fn update_filter(&mut self) {
        let text = &self.text;
        let meant = match (self.errors_only, text.trim()) {
            (false, _) => text.parse(),
            (true, "") => "is:error".parse(),
            (true, _) => format!("({text}) is:error").parse(),
        };
        // Only a text at the length limit has no room for the other one.
        self.filter = meant.unwrap_or_default();
    }

    /// Whether the list follows the newest exchange.
    pub(super) fn is_following(&self) -> bool {
        self.cursor.is_home()
    }

    /// The number of rows below the visible ones.
    pub(super) fn below(&self) -> usize {
        let window = &self.shown.window;
        window.total - window.offset - window.rows.len()
    }
}
