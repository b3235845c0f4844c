//! One tenant at a glance.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use smol_str::SmolStr;

use super::super::{Attention, Overview, See, SetupStep, StepState, UserCount};
use super::Local;
use crate::{
    journal::Seq,
    medius::{self, StepEntry},
    scim::User,
    tenant::{Master, State},
};

/// What is counted over all users, again when they changed; rarely if counting takes long.
#[derive(Default)]
pub(super) struct Counted {
    made: Option<(u64, Instant, Duration)>,
    users: UserCount,
}

impl Counted {
    pub(super) fn renew(&mut self, state: &State, revision: u64, master: &Master) {
        if let Some((of, at, took)) = self.made
            && (of == revision || at.elapsed() < took * 20)
        {
            return;
        }
        let at = Instant::now();
        self.users = UserCount::default();
        for user in state.directory().all("User") {
            self.users.total += 1;
            self.users.active += usize::from(User(user).is_active());
            let provider = User(user).medius("identityProvider");
            let is_flagged = state
                .applied(&user.id)
                .is_none_or(|it| !medius::attention(it, provider, &master.data).is_empty());
            self.users.flagged += usize::from(is_flagged);
        }
        self.made = Some((revision, at, at.elapsed()));
    }
}

/// The overview with so many of the newest exchanges, up to a number if the state is held.
pub(super) fn overview(
    local: &Local,
    state: &State,
    now: Timestamp,
    (activity, newest): (usize, Option<Seq>),
) -> Overview {
    let tenant = &local.tenant;
    let journal = tenant.journal();
    let console = state.console();
    let seqs = journal.seqs();
    let end = newest.map_or(seqs.end, |it| (it + 1).min(seqs.end));
    let first = end.saturating_sub(activity as u64).max(seqs.start);
    let mut shown = journal.pick(first..end);
    shown.reverse();
    let users = local.counted.users;
    Overview {
        tenant: SmolStr::new(tenant.name().as_str()),
        environment: tenant.name().environment().to_string().into(),
        url: local.url.clone(),
        scim_link: local.scim_link(),
        secret_key: console.secret_key().map(|it| it.reveal().to_owned()),
        entra_tenant: console.setup().entra_tenant().map(|it| it.to_string()),
        setup: console.steps().iter().map(step).collect(),
        users,
        groups: state.directory().len("Group"),
        totals: journal.totals(),
        rates: Some(journal.rates(now)),
        attention: attention(state, users, journal.totals().unauthorized),
        activity: shown,
        now,
        clock: tenant.clock().setting(),
    }
}

fn step(entry: &StepEntry) -> SetupStep {
    SetupStep {
        number: entry.number,
        label: entry.label.into(),
        state: match entry.state {
            medius::StepState::Done => StepState::Done,
            medius::StepState::Current => StepState::Current,
            medius::StepState::Open => StepState::Open,
        },
        value: entry.value.clone(),
    }
}

fn attention(state: &State, users: UserCount, unauthorized: u64) -> Vec<Attention> {
    let mut all = Vec::new();
    if let Some(next) =
        state.console().steps().iter().find(|it| it.state != medius::StepState::Done)
    {
        let what = format!("set-up: step {} is next, {}", next.number, next.label);
        all.push(Attention { what, is_failure: false, see: None });
    }
    if unauthorized > 0 {
        let what = match unauthorized {
            1 => "1 request was refused with 401".to_owned(),
            n => format!("{n} requests were refused with 401"),
        };
        all.push(Attention { what, is_failure: true, see: Some(See::Traffic) });
    }
    if users.flagged > 0 {
        let what = match users.flagged {
            1 => "1 user is flagged for attention".to_owned(),
            n => format!("{n} users are flagged for attention"),
        };
        all.push(Attention { what, is_failure: false, see: Some(See::Users) });
    }
    all
}
