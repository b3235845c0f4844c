//! The source over the tenants of this process. It reads snapshots and journals, and holds no lock
//! meanwhile.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use jiff::Timestamp;
use smol_str::SmolStr;

use super::{
    DashboardSource, GroupRow, JobCommand, ListQuery, ListWindow, MemberRow, Overview,
    ProvisioningWindow, TrafficQuery, TrafficWindow, UserDetail, UserRow,
};
use crate::{
    entra::JobView,
    journal::{self, Seq, Totals},
    scim::{Group, List},
    tenant::{Provisioning, State, Tenant, Tenants},
};

mod detail;
mod overview;
mod provisioning;
mod sorted_list;

use overview::Counted;
pub(super) use provisioning::{speed, window};
use sorted_list::SortedList;

/// The tenants of a server in this process.
pub struct LocalSource {
    tenants: Arc<Tenants>,
    tenant: Arc<Tenant>,
    /// The URL of the server, without a slash at its end.
    url: String,
    /// The service that runs provisioning jobs, if this build has one.
    jobs: Option<Arc<dyn Provisioning>>,
    now: Box<dyn Fn() -> Timestamp + Send>,
    /// The number of selections and holds, which is part of the revision.
    turns: u64,
    held: Option<HeldState>,
    users: SortedList,
    groups: SortedList,
    members: SortedList,
    counted: Counted,
    /// The view of the exchanges that match, kept from frame to frame.
    traffic: Option<journal::TrafficView>,
}

/// The held state.
struct HeldState {
    state: Arc<State>,
    revision: u64,
    newest: Seq,
    totals: Totals,
    job: Option<Arc<JobView>>,
}

impl LocalSource {
    /// A source over these tenants, `tenant` first, of a server at `url`; `now` returns the time.
    pub fn new(
        tenants: Arc<Tenants>,
        tenant: Arc<Tenant>,
        url: impl Into<String>,
        now: impl Fn() -> Timestamp + Send + 'static,
    ) -> Self {
        Self {
            tenants,
            tenant,
            url: url.into(),
            jobs: None,
            now: Box::new(now),
            turns: 0,
            held: None,
            users: SortedList::default(),
            groups: SortedList::default(),
            members: SortedList::default(),
            counted: Counted::default(),
            traffic: None,
        }
    }

    /// The same with provisioning jobs.
    #[must_use]
    pub fn with_provisioning(self, jobs: Option<Arc<dyn Provisioning>>) -> Self {
        Self { jobs, ..self }
    }

    /// The state to show, and its revision.
    fn state(&self) -> (Arc<State>, u64) {
        if let Some(held) = &self.held {
            return (held.state.clone(), held.revision);
        }
        // The revision is read first: a newer state is only read once more.
        let revision = self.tenant.revision();
        (self.tenant.snapshot(), revision)
    }

    fn job(&self) -> Option<Arc<JobView>> {
        self.jobs.as_ref()?.view(&self.tenant)
    }

    /// The job to show.
    fn shown_job(&self) -> Option<Arc<JobView>> {
        self.held.as_ref().map_or_else(|| self.job(), |it| it.job.clone())
    }

    /// Whether the tenant was deleted and another one has its name now.
    fn has_namesake(&self) -> bool {
        self.tenant.is_closed() && self.tenants.get(self.tenant.name().as_str()).is_some()
    }

    /// Whether the secret key has expired, which changes no revision.
    fn is_key_expired(&self) -> bool {
        let now = self.tenant.now((self.now)());
        self.state().0.console().secret_key().is_some_and(|it| it.expired(now).is_some())
    }

    fn scim_link(&self) -> String {
        format!("{}/{}/scim/v2", self.url, self.tenant.name())
    }
}

impl DashboardSource for LocalSource {
    fn revision(&self) -> u64 {
        let revision = self.tenant.revision();
        let seen = (
            (revision, self.tenant.journal().revision(), self.turns),
            self.job().map(|it| it.revision),
            (self.tenant.epoch(), self.tenant.is_closed(), self.has_namesake()),
            speed(self.tenant.clock().setting()).to_bits(),
            // Counts that are postponed because counting is slow come later.
            self.held.is_none() && self.counted.is_due(revision),
            self.is_key_expired(),
        );
        let mut hasher = DefaultHasher::new();
        seen.hash(&mut hasher);
        hasher.finish()
    }

    fn tenants(&mut self) -> Vec<SmolStr> {
        self.tenants.all().iter().map(|it| SmolStr::new(it.name().as_str())).collect()
    }

    fn select(&mut self, tenant: &str) {
        let Some(tenant) = self.tenants.get(tenant) else { return };
        self.tenant = tenant;
        self.held = None;
        self.turns += 1;
        self.traffic = None;
        self.counted = Counted::default();
        for listing in [&mut self.users, &mut self.groups, &mut self.members] {
            *listing = SortedList::default();
        }
    }

    fn hold(&mut self) {
        self.turns += 1;
        self.held = Some(HeldState {
            revision: self.tenant.revision(),
            state: self.tenant.snapshot(),
            newest: self.tenant.journal().seqs().end - 1,
            totals: self.tenant.journal().totals(),
            job: self.job(),
        });
    }

    fn release(&mut self) {
        self.turns += 1;
        self.held = None;
    }

    fn waiting(&self) -> u64 {
        let newest = self.tenant.journal().seqs().end - 1;
        self.held.as_ref().map_or(0, |it| newest.saturating_sub(it.newest))
    }

    fn overview(&mut self, now: Timestamp, activity: usize) -> Overview {
        let (state, revision) = self.state();
        let epoch = self.tenant.epoch();
        self.counted.renew(&state, revision, epoch);
        Overview { epoch, ..overview::overview(self, &state, self.tenant.now(now), activity) }
    }

    fn users(&mut self, ask: &ListQuery) -> ListWindow<UserRow> {
        let (state, revision) = self.state();
        let mut listing = std::mem::take(&mut self.users);
        listing.renew(revision, ask, "", || {
            state
                .resources()
                .all("User")
                .map(|it| sorted_list::SortedEntry::of(it, ask.order))
                .collect()
        });
        let window = listing.window(&ask.view, |id| {
            state.resources().get("User", id).map(|it| UserRow::of(&state, it))
        });
        self.users = listing;
        window
    }

    fn user(&mut self, id: &str) -> Option<UserDetail> {
        let (state, _) = self.state();
        let user = state.resources().get("User", id)?;
        let base = self.scim_link();
        detail::of(&state, user, &base, state.master())
    }

    fn groups(&mut self, ask: &ListQuery) -> ListWindow<GroupRow> {
        let (state, revision) = self.state();
        self.groups.renew(revision, ask, "", || {
            state
                .resources()
                .all("Group")
                .map(|it| sorted_list::SortedEntry::of(it, ask.order))
                .collect()
        });
        self.groups
            .window(&ask.view, |id| state.resources().get("Group", id).map(|it| GroupRow::of(it)))
    }

    fn members(&mut self, group: &str, ask: &ListQuery) -> ListWindow<MemberRow> {
        let (state, revision) = self.state();
        let resources = state.resources();
        let members = resources.get("Group", group).and_then(|it| Group(it).members());
        let ids = || {
            members
                .into_iter()
                .flat_map(List::iter)
                .filter_map(|it| it.as_object()?.text("value").cloned())
        };
        self.members.renew(revision, ask, group, || {
            ids().map(|id| sorted_list::SortedEntry::member(id, resources, ask.order)).collect()
        });
        self.members.window(&ask.view, |id| Some(MemberRow::of(resources, id)))
    }

    fn provisioning(&mut self, ask: &ListQuery) -> ProvisioningWindow {
        let view = self.shown_job();
        let lines = view.as_ref().map(|it| window(&it.lines, ask));
        ProvisioningWindow { view, lines: lines.unwrap_or_default() }
    }

    fn order(&mut self, order: JobCommand) -> String {
        if self.tenant.is_closed() {
            return format!("the tenant {} was deleted: nothing is done", self.tenant.name());
        }
        match &self.jobs {
            Some(jobs) => provisioning::order(jobs.as_ref(), &self.tenant, order, (self.now)()),
            None => "this build has no provisioning service".to_owned(),
        }
    }

    fn traffic(&mut self, ask: &TrafficQuery) -> TrafficWindow {
        let now = self.tenant.now((self.now)());
        let journal = self.tenant.journal();
        if self.traffic.as_ref().is_none_or(|it| *it.filter() != ask.filter) {
            let mut view = journal::TrafficView::new(ask.filter.clone());
            // While the state is held, later exchanges are ignored.
            let newest = self.held.as_ref().map_or(Seq::MAX, |it| it.newest);
            let limit = (newest.saturating_add(1)).saturating_sub(journal.seqs().start);
            view.sync(journal, now, usize::try_from(limit).unwrap_or(usize::MAX));
            self.traffic = Some(view);
        }
        let view = self.traffic.as_mut().expect("it was made if it was not there");
        if self.held.is_none() {
            view.sync(journal, now, usize::MAX);
        }
        TrafficWindow::of(view, journal, &ask.view)
    }
}
