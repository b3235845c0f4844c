//! The overview of one tenant.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use smol_str::SmolStr;

use super::super::job_summary::{JobSummary, summarize};
use super::super::text::counted;
use super::super::{AttentionRow, Overview, ScreenLink, UserCount};
use super::LocalSource;
use crate::{journal::Totals, medius::StepState, scim::User, tenant::State};

/// Counts over all users. They are updated when users change, and rarely if counting is slow.
#[derive(Default)]
pub(super) struct Counted {
    made: Option<CountedFor>,
    users: UserCount,
}

/// The revision and epoch of a count, its time, and its duration.
struct CountedFor {
    revision: u64,
    epoch: u64,
    at: Instant,
    took: Duration,
}

impl CountedFor {
    fn is_due(&self, revision: u64) -> bool {
        self.revision != revision && self.at.elapsed() >= self.took * 20
    }
}

impl Counted {
    /// Whether this revision needs a new count.
    pub(super) fn is_due(&self, revision: u64) -> bool {
        self.made.as_ref().is_some_and(|it| it.is_due(revision))
    }

    pub(super) fn renew(&mut self, state: &State, revision: u64, epoch: u64) {
        // Counts from before a reset are not shown, even if counting is slow.
        let is_recent = |it: &CountedFor| it.epoch == epoch && !it.is_due(revision);
        if self.made.as_ref().is_some_and(is_recent) {
            return;
        }
        let at = Instant::now();
        self.users = UserCount::default();
        for user in state.resources().all("User") {
            self.users.total += 1;
            self.users.active += usize::from(User(user).is_active());
            let is_flagged = state.applied(&user.id).is_none() || !state.attention(user).is_empty();
            self.users.flagged += usize::from(is_flagged);
        }
        self.made = Some(CountedFor { revision, epoch, at, took: at.elapsed() });
    }
}

/// The overview with this number of the newest exchanges, at the time of the hold if the state is
/// held.
pub(super) fn overview(
    local: &LocalSource,
    state: &State,
    now: Timestamp,
    activity: usize,
) -> Overview {
    let held = local.held.as_ref();
    let tenant = &local.tenant;
    let journal = tenant.journal();
    let console = state.console();
    let seqs = journal.seqs();
    let end = held.map_or(seqs.end, |it| (it.newest + 1).min(seqs.end));
    let first = end.saturating_sub(activity as u64).max(seqs.start);
    let mut shown = journal.pick(first..end);
    shown.reverse();
    let users = local.counted.users;
    let totals = held.map_or_else(|| journal.totals(), |it| it.totals.clone());
    let job = local.shown_job();
    let summary = job.as_deref().map(summarize);
    let attention = attention(state, now, users, &totals, summary.as_ref());
    Overview {
        tenant: SmolStr::new(tenant.name().as_str()),
        environment: tenant.name().environment().to_string().into(),
        url: local.url.clone(),
        scim_link: local.scim_link(),
        secret_key: console.secret_key().map(|it| it.reveal().to_owned()),
        entra_tenant: console.setup().entra_tenant().map(|it| it.to_string()),
        key_expired: console.secret_key().and_then(|it| it.expired(now)),
        setup: state.steps_at(now, &local.url),
        users,
        groups: state.resources().len("Group"),
        totals,
        rates: Some(journal.rates(now)),
        attention,
        activity: shown,
        now,
        clock: tenant.clock().setting(),
        cycle: summary.filter(|_| job.is_some_and(|it| it.running.is_some())).map(|it| it.words),
        epoch: tenant.epoch(),
        is_gone: tenant.is_closed(),
    }
}

fn attention(
    state: &State,
    now: Timestamp,
    users: UserCount,
    totals: &Totals,
    job: Option<&JobSummary>,
) -> Vec<AttentionRow> {
    let mut all = Vec::new();
    if let Some(job) = job.filter(|it| it.is_trouble()) {
        let what = format!("provisioning: {}", job.words);
        all.push(AttentionRow {
            what,
            is_failure: job.sign == '✗',
            see: Some(ScreenLink::Provisioning),
        });
    }
    if totals.failed > 0 {
        let what = match totals.failed {
            1 => "1 request failed with 5xx, and no fault was asked for".to_owned(),
            n => format!("{n} requests failed with 5xx, and no fault was asked for"),
        };
        all.push(AttentionRow { what, is_failure: true, see: Some(ScreenLink::Traffic) });
    }
    if state.console().secret_key().is_some_and(|it| it.expired(now).is_some()) {
        let what = "the secret key has expired: clients are refused with 401".to_owned();
        all.push(AttentionRow { what, is_failure: true, see: None });
    }
    if totals.by_fault > 0 {
        let what = format!("{} failed by fault, as asked", counted(totals.by_fault, "request"));
        all.push(AttentionRow { what, is_failure: false, see: Some(ScreenLink::Traffic) });
    }
    if let Some(next) = state.steps(now).iter().find(|it| it.state != StepState::Done) {
        let what = format!("set-up: step {} is next, {}", next.number, next.label);
        all.push(AttentionRow { what, is_failure: false, see: None });
    }
    if totals.unauthorized > 0 {
        let what = match totals.unauthorized {
            1 => "1 request was refused with 401".to_owned(),
            n => format!("{n} requests were refused with 401"),
        };
        all.push(AttentionRow { what, is_failure: true, see: Some(ScreenLink::Traffic) });
    }
    if users.flagged > 0 {
        let what = match users.flagged {
            1 => "1 user is flagged for attention".to_owned(),
            n => format!("{n} users are flagged for attention"),
        };
        all.push(AttentionRow { what, is_failure: false, see: Some(ScreenLink::Users) });
    }
    all
}
