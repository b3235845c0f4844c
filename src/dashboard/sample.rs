//! A sample tenant to draw and to test with. It is the same every time, of any size.

pub(super) mod provisioning;
pub(super) mod traffic;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use smol_str::{SmolStr, format_smolstr};

use super::dashboard_source::{
    DashboardSource, JobCommand, ListQuery, ProvisioningWindow, TrafficQuery, TrafficWindow,
};
use super::list_order::ListOrder;
use super::list_window::{ListWindow, PlacedWindow};
use super::lists::{GroupRow, MemberRow, UserRow};
use super::rows::{
    AppliedRow, AttentionRow, GroupName, Overview, ScreenLink, UserCount, UserDetail,
};
use crate::journal::{self, Journal, Limits, Seq};
use crate::medius::{SetupStep, StepEntry, StepState};
use crate::tenant::ClockSetting;

/// The names of users, which repeat with a number.
pub(super) const PEOPLE: [(&str, &str); 14] = [
    ("Anna Larsson", "anna.larsson"),
    ("Björn Åkesson", "bjorn.akesson"),
    ("王小明", "wang.xiaoming"),
    ("Zoë O'Brien", "zoe.obrien"),
    ("Łukasz Żółkiewski", "lukasz.zolkiewski"),
    ("Fatima al-Zahra", "fatima.alzahra"),
    ("佐藤 花子", "sato.hanako"),
    ("김서연", "kim.seoyeon"),
    ("Maximilian von Hohenzollern-Sigmaringen", "maximilian.von.hohenzollern-sigmaringen"),
    ("Élodie Brûlé", "elodie.brule"),
    ("Nils Ek", "nils.ek"),
    ("Priya Natarajan", "priya.natarajan"),
    ("👩‍💻 Build Bot", "build.bot"),
    ("Ida Holm", "ida.holm"),
];

const GROUPS: [(&str, usize); 6] = [
    ("Finance", 214),
    ("AP Approvers", 36),
    ("Procurement Nordics", 88),
    ("経理部", 41),
    ("Auditors (read only)", 7),
    ("Everyone", 1_204),
];

/// When the first exchange was.
pub(super) fn start() -> Timestamp {
    Timestamp::from_second(1_768_399_436).unwrap()
}

/// The data of the sample, shared with the test that changes it.
#[derive(Debug)]
pub(super) struct Sample {
    /// Every exchange.
    pub(super) journal: Journal,
    /// How many users there are.
    pub(super) users: AtomicUsize,
    /// The most rows in one query.
    pub(super) asked: AtomicUsize,
    /// How many times anything was asked.
    pub(super) pulls: AtomicU64,
    /// A name that the first user has instead of its own.
    pub(super) first_name: &'static str,
    /// The orders to the provisioning job.
    pub(super) orders: AtomicUsize,
    /// Whether the tenant was set up but never used.
    pub(super) is_fresh: bool,
    /// How often the tenant was reset.
    pub(super) epoch: AtomicU64,
    /// Whether its secret key has expired.
    pub(super) is_key_expired: AtomicBool,
    /// Whether the first tenant was deleted.
    pub(super) is_gone: AtomicBool,
    /// Whether another tenant has its name now.
    pub(super) is_made_again: AtomicBool,
}

impl Sample {
    /// A tenant with that many users and exchanges.
    pub(super) fn new(users: usize, exchanges: usize) -> Self {
        Self::with_limits(users, exchanges, Limits::default())
    }

    /// The same with a journal of that size.
    pub(super) fn with_limits(users: usize, exchanges: usize, limits: Limits) -> Self {
        let sample = Self {
            journal: Journal::new(limits),
            users: AtomicUsize::new(users),
            asked: AtomicUsize::new(0),
            pulls: AtomicU64::new(0),
            orders: AtomicUsize::new(0),
            first_name: PEOPLE[0].0,
            is_fresh: users == 0,
            epoch: AtomicU64::new(0),
            is_key_expired: AtomicBool::new(false),
            is_gone: AtomicBool::new(false),
            is_made_again: AtomicBool::new(false),
        };
        sample.record(exchanges);
        sample
    }

    /// Resets the tenant and clears its journal.
    pub(super) fn reset(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        drop(self.journal.restart_silently());
    }

    /// Deletes the first tenant, which also begins a new epoch.
    pub(super) fn delete(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.is_gone.store(true, Ordering::Release);
    }

    /// Records this number of further exchanges, three seconds apart.
    pub(super) fn record(&self, count: usize) {
        for _ in 0..count {
            self.journal.record(traffic::record(self.journal.totals().exchanges));
        }
    }
}

/// A source over a sample.
pub(super) struct SampleSource {
    pub(super) sample: Arc<Sample>,
    view: journal::TrafficView,
    held: Option<(Seq, usize)>,
    tenant: usize,
}

const TENANTS: [&str; 2] = ["NordlysQA", "Nordlys"];

impl SampleSource {
    pub(super) fn new(sample: &Arc<Sample>) -> Self {
        let view = journal::TrafficView::new(journal::TrafficFilter::default());
        Self { sample: Arc::clone(sample), view, held: None, tenant: 0 }
    }

    fn newest(&self) -> Seq {
        self.sample.journal.seqs().end - 1
    }

    fn users_total(&self) -> usize {
        self.held.map_or_else(|| self.sample.users.load(Ordering::Acquire), |(_, users)| users)
    }

    fn user_row(&self, index: usize) -> UserRow {
        let (name, login) = PEOPLE[index % PEOPLE.len()];
        let round = match index / PEOPLE.len() {
            0 => String::new(),
            round => round.to_string(),
        };
        let name = if index == 0 { self.sample.first_name } else { name };
        let configuration = match index % 5 {
            0 | 2 => Some("SE default"),
            1 | 4 => Some("DE finance"),
            _ => None,
        };
        let companies = match index % 5 {
            0 | 2 => vec!["ACME AB".into(), "ACME Norge AS".into()],
            1 | 4 => vec!["ACME GmbH".into()],
            _ => Vec::new(),
        };
        let configuration = configuration.map(SmolStr::from);
        let row = UserRow { configuration, companies, ..UserRow::default() };
        UserRow {
            id: format_smolstr!("{index:08x}"),
            name: name.into(),
            user_name: format_smolstr!("{login}{round}@acme.se"),
            is_active: index % 9 != 4,
            changed: start() + SignedDuration::from_secs(i64::try_from(index).unwrap() % 80_000),
            ..row
        }
    }

    /// A window onto rows that are made on demand.
    fn list<Row>(
        &self,
        ask: &ListQuery,
        total: usize,
        row: impl Fn(usize) -> Row,
        facts: impl Fn(&Row) -> (SmolStr, String),
    ) -> ListWindow<Row> {
        self.sample.asked.fetch_max(ask.view.limit, Ordering::AcqRel);
        let is_backward = (ask.order == ListOrder::NEWEST) != ask.reverse;
        if ask.filter.is_empty() && ask.order == ListOrder::NEWEST {
            let turn = |at: usize| if is_backward { total - 1 - at } else { at };
            let find = |id: &SmolStr| usize::from_str_radix(id, 16).ok().filter(|it| *it < total);
            let PlacedWindow { offset, length, at } =
                ask.view.place(total, |id| find(id).map(turn));
            let rows = (offset..offset + length).map(|at| row(turn(at))).collect();
            return ListWindow { rows, offset, total, unfiltered: total, at };
        }
        let wanted = ask.filter.to_lowercase();
        let mut found: Vec<(String, Row)> = (0..total)
            .map(&row)
            .map(|it| (facts(&it).1, it))
            .filter(|(text, _)| text.to_lowercase().contains(&wanted))
            .collect();
        if ask.order != ListOrder::NEWEST {
            found.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        if is_backward {
            found.reverse();
        }
        let find = |id: &SmolStr| found.iter().position(|(_, it)| facts(it).0 == *id);
        let PlacedWindow { offset, length, at } = ask.view.place(found.len(), find);
        let matched = found.len();
        let rows = found.into_iter().skip(offset).take(length).map(|(_, it)| it).collect();
        ListWindow { rows, offset, total: matched, unfiltered: total, at }
    }
}

fn attention() -> Vec<AttentionRow> {
    let say = |what: &str, is_failure: bool, see: ScreenLink| AttentionRow {
        what: what.to_owned(),
        is_failure,
        see: Some(see),
    };
    vec![
        say("group Finance was answered 503 by fault \"flaky\"", true, ScreenLink::Traffic),
        say("requests came without a bearer token (curl)", false, ScreenLink::Traffic),
        say("configurationFilter \"NO\" matches no configuration", false, ScreenLink::Users),
    ]
}

impl DashboardSource for SampleSource {
    fn revision(&self) -> u64 {
        let gone = u64::from(self.sample.is_gone.load(Ordering::Acquire))
            + u64::from(self.sample.is_made_again.load(Ordering::Acquire))
            + u64::from(self.sample.is_key_expired.load(Ordering::Acquire));
        self.sample.journal.revision() + self.sample.users.load(Ordering::Acquire) as u64 + gone
    }

    fn tenants(&mut self) -> Vec<SmolStr> {
        let is_there = !self.sample.is_gone.load(Ordering::Acquire)
            || self.sample.is_made_again.load(Ordering::Acquire);
        TENANTS[usize::from(!is_there)..].iter().map(SmolStr::new).collect()
    }

    fn select(&mut self, tenant: &str) {
        self.tenant = TENANTS.iter().position(|it| *it == tenant).unwrap_or(self.tenant);
        self.held = None;
        if self.tenant == 0 && self.sample.is_made_again.load(Ordering::Acquire) {
            self.sample.is_gone.store(false, Ordering::Release);
        }
    }

    fn hold(&mut self) {
        self.held = Some((self.newest(), self.users_total()));
    }

    fn release(&mut self) {
        self.held = None;
    }

    fn waiting(&self) -> u64 {
        self.held.map_or(0, |(seq, _)| self.newest().saturating_sub(seq))
    }

    fn overview(&mut self, now: Timestamp, activity: usize) -> Overview {
        self.sample.pulls.fetch_add(1, Ordering::AcqRel);
        self.sample.asked.fetch_max(activity, Ordering::AcqRel);
        let journal = &self.sample.journal;
        let newest = self.held.map_or_else(|| self.newest(), |(seq, _)| seq);
        let seqs = newest.saturating_sub(activity as u64) + 1..=newest;
        let mut activity = journal.pick(seqs);
        activity.reverse();
        let total = self.users_total();
        let expired = self.sample.is_key_expired.load(Ordering::Acquire);
        Overview {
            tenant: TENANTS[self.tenant].into(),
            environment: ["Quality assurance", "Production"][self.tenant].into(),
            url: "http://127.0.0.1:8420".into(),
            scim_link: format!("http://127.0.0.1:8420/{}/scim/v2", TENANTS[self.tenant]),
            secret_key: (!self.sample.is_fresh).then(|| "mfk_test_nordlysqa_9f3c".into()),
            key_expired: expired.then_some(Timestamp::UNIX_EPOCH),
            entra_tenant: Some("7f2e4a10-5b1c-4a3e-9d55-0f6b1f9bc41d".into()),
            setup: steps(if self.sample.is_fresh { 5 } else { 11 }),
            users: UserCount {
                total,
                active: total - total.saturating_add(4) / 9,
                flagged: total.saturating_add(1) / 5,
            },
            groups: if self.sample.is_fresh { 0 } else { GROUPS.len() },
            totals: journal.totals(),
            rates: Some(journal.rates(now)),
            attention: if self.sample.is_fresh { Vec::new() } else { attention() },
            activity,
            now,
            clock: ClockSetting::Real,
            cycle: None,
            epoch: self.sample.epoch.load(Ordering::Acquire),
            is_gone: self.tenant == 0 && self.sample.is_gone.load(Ordering::Acquire),
        }
    }

    fn users(&mut self, ask: &ListQuery) -> ListWindow<UserRow> {
        let text = |it: &UserRow| match ask.order.name {
            "userName" => (it.id.clone(), format!("{} {}", it.user_name, it.name)),
            "changed" => (it.id.clone(), format!("{} {}", it.changed, it.name)),
            _ => (it.id.clone(), format!("{} {}", it.name, it.user_name)),
        };
        self.list(ask, self.users_total(), |it| self.user_row(it), text)
    }

    fn user(&mut self, id: &str) -> Option<UserDetail> {
        let index = usize::from_str_radix(id, 16).ok().filter(|it| *it < self.users_total())?;
        let row = self.user_row(index);
        let profile = [
            ("userName", row.user_name.to_string()),
            ("displayName", row.name.to_string()),
            ("emails[work]", row.user_name.to_string()),
            ("active", row.is_active.to_string()),
            ("externalId", "8c93a485-0d4c-4a91-b2aa".into()),
            ("manager", "Ida Holm (0000000d)".into()),
            ("id", row.id.to_string()),
        ];
        let json = format!(
            "{{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"id\":\"{}\",\
             \"userName\":\"{}\",\"displayName\":\"{}\",\"active\":{}}}",
            row.id, row.user_name, row.name, row.is_active
        );
        Some(UserDetail {
            id: row.id,
            name: row.name,
            profile: profile.map(|(path, value)| (path.into(), value)).to_vec(),
            applied: applied(row.configuration, &row.companies),
            groups: GROUPS[..3]
                .iter()
                .map(|(name, _)| GroupName { id: (*name).into(), name: (*name).into() })
                .collect(),
            json,
        })
    }

    fn groups(&mut self, ask: &ListQuery) -> ListWindow<GroupRow> {
        let group = |index: usize| GroupRow {
            id: format_smolstr!("{index:08x}"),
            name: GROUPS[index].0.into(),
            members: GROUPS[index].1,
            changed: start() + SignedDuration::from_mins(i64::try_from(index).unwrap()),
        };
        let text = |it: &GroupRow| match ask.order.name {
            "members" => (it.id.clone(), format!("{:08} {}", 99_999 - it.members, it.name)),
            _ => (it.id.clone(), it.name.to_string()),
        };
        self.list(ask, if self.sample.is_fresh { 0 } else { GROUPS.len() }, group, text)
    }

    fn members(&mut self, group: &str, ask: &ListQuery) -> ListWindow<MemberRow> {
        let index = usize::from_str_radix(group, 16).unwrap_or(0);
        let total = GROUPS.get(index).map_or(0, |it| it.1).min(self.users_total());
        let member = |index: usize| {
            let UserRow { id, name, user_name, is_active, .. } = self.user_row(index);
            MemberRow { id, name, user_name, is_active }
        };
        let text = |it: &MemberRow| (it.id.clone(), format!("{} {}", it.name, it.user_name));
        self.list(ask, total, member, text)
    }

    fn provisioning(&mut self, ask: &ListQuery) -> ProvisioningWindow {
        self.sample.asked.fetch_max(ask.view.limit, Ordering::AcqRel);
        let ordered = self.sample.orders.load(Ordering::Acquire);
        let view = (!self.sample.is_fresh).then(|| Arc::new(provisioning::view(ordered > 0)));
        let lines = view.as_ref().map(|it| super::local_source::window(&it.lines, ask));
        ProvisioningWindow { view, lines: lines.unwrap_or_default() }
    }

    fn order(&mut self, order: JobCommand) -> String {
        self.sample.orders.fetch_add(1, Ordering::AcqRel);
        format!("ordered: {order:?}")
    }

    fn traffic(&mut self, ask: &TrafficQuery) -> TrafficWindow {
        self.sample.asked.fetch_max(ask.view.limit, Ordering::AcqRel);
        let journal = &self.sample.journal;
        let is_new = *self.view.filter() != ask.filter;
        if is_new {
            self.view = journal::TrafficView::new(ask.filter.clone());
        }
        match self.held {
            None => _ = self.view.sync(journal, start(), usize::MAX),
            Some((newest, _)) if is_new => {
                let kept = (newest + 1).saturating_sub(journal.seqs().start);
                self.view.sync(journal, start(), usize::try_from(kept).unwrap());
            }
            Some(_) => {}
        }
        TrafficWindow::of(&self.view, journal, &ask.view)
    }
}

fn applied(configuration: Option<SmolStr>, companies: &[SmolStr]) -> AppliedRow {
    let reason = match configuration.as_deref() {
        Some("SE default") => "configurationFilter = \"SE\"",
        Some(_) => "configurationFilter = \"DE-FIN\"",
        None => {
            "configurationFilter = \"NO\" matches no configuration, and none has an empty filter"
        }
    };
    let has = configuration.is_some();
    let granted = |names: &str| if has { names.into() } else { "none".to_owned() };
    let lines = vec![
        ("because", reason.into()),
        ("roles", granted("Approver, Requester")),
        ("companies", granted(&companies.join(", "))),
        ("authorization", granted("AP Approvers")),
        ("locale", "sv-SE · Europe/Stockholm · SEK".into()),
        ("supervisor", "Ida Holm".into()),
        ("login option", "AzureAD".into()),
        ("name id", "userName".into()),
    ];
    AppliedRow { configuration, lines, attention: Vec::new() }
}

fn steps(done: u8) -> Vec<StepEntry> {
    let entry = |step: SetupStep| {
        let state = match step.number() {
            number if number <= done => StepState::Done,
            number if number == done + 1 => StepState::Current,
            _ => StepState::Open,
        };
        StepEntry { step, number: step.number(), label: step.label(), state, value: None }
    };
    SetupStep::ALL.into_iter().map(entry).collect()
}
