//! How a sign-in of somebody would have ended, from the last reset until now.
//!
//! Each recorded write says for whom it turned something; between these, and where another state was put
//! in place, the states themselves are asked. So the history is true whatever is missing from the journal,
//! and says what it does not know.

use std::{fmt, sync::Arc};

use super::{State, Tenant, lives::Boundary};
use crate::{
    journal::{Effect, EffectKind, Exchange, ExchangeSubject, Seq, ValueChange},
    medius::SignInResult,
    scim::is_same,
};

/// What became of a sign-in of somebody.
#[derive(Clone, Debug)]
pub struct SignInHistory {
    /// How it would have ended at first.
    pub start: SignInResult,
    /// What it turned to, in its order.
    pub turns: Vec<PastTurn>,
    /// The exchange behind which everything is known; `None` if that is everything since the last reset.
    pub known_behind: Option<Seq>,
}

/// A moment from which on a sign-in of somebody ends otherwise.
#[derive(Clone, Debug)]
pub struct PastTurn {
    /// How it would have ended before.
    pub from: SignInResult,
    /// How it would have ended after.
    pub to: SignInResult,
    /// What made it so.
    pub cause: TurnCause,
}

/// What made a sign-in end otherwise.
#[derive(Clone, Debug)]
pub enum TurnCause {
    /// This exchange.
    Exchange(Arc<Exchange>),
    /// Another state was put in place, after the exchange of this number: a restore or an import.
    OtherState(Seq),
    /// Something that is not recorded, or not yet.
    Unrecorded,
}

/// Whom a history is about.
#[derive(Clone, Copy, Debug)]
enum Person<'a> {
    /// The user of this id.
    Id(&'a str),
    /// Whoever has this user name.
    UserName(&'a str),
}

/// A turn as an exchange tells it.
struct ToldTurn<'a> {
    revision: u64,
    before: SignInResult,
    after: SignInResult,
    exchange: &'a Arc<Exchange>,
}

impl Tenant {
    /// What became of a sign-in of the user with this id or, if none ever had it, of whoever has this
    /// user name.
    pub fn sign_in_history(&self, key: &str) -> SignInHistory {
        // The lives are read after the state: one that ended later is not looked at.
        let (state, revision) = self.snapshot_with_revision();
        let ended = self.ended_lives().clone();
        let page = self.journal.since(0, usize::MAX);
        let person = Person::of(key, &state, &page.items);
        let known = ended.known_from()..=revision;
        let told = page.items.iter().flat_map(|it| person.turns(it));
        let mut told: Vec<ToldTurn<'_>> = told.filter(|it| known.contains(&it.revision)).collect();
        // Two writes at the same time may be recorded in the other order.
        told.sort_by_key(|it| it.revision);
        let mut told = told.into_iter().peekable();
        let mut course = Course::default();
        for life in ended.lives.iter().filter(|it| known.contains(&it.end.revision)) {
            while let Some(turn) = told.next_if(|it| it.revision < life.end.revision) {
                course.turn(&turn);
            }
            course.arrive(person.result_in(&life.state));
            course.boundary = Some(life.end);
        }
        told.for_each(|it| course.turn(&it));
        course.arrive(person.result_in(&state));
        let missed =
            (page.missed > 0).then(|| page.items.first().map_or(page.next, |it| it.seq - 1));
        let known_behind = missed.max(ended.forgotten.map(|it| it.seq));
        let start = course.start.unwrap_or(SignInResult::NotProvisioned);
        SignInHistory { start, turns: course.turns, known_behind }
    }

    /// Whether a write that was recorded after an exchange turned a sign-in of somebody to this.
    pub fn has_turned(&self, key: &str, to: SignInResult, since: Seq) -> bool {
        let page = self.journal.since(since, usize::MAX);
        let person = Person::of(key, &self.snapshot(), &page.items);
        let mut told = page.items.iter().flat_map(|it| person.turns(it));
        told.any(|it| it.before != to && it.after == to)
    }
}

impl SignInHistory {
    /// What came after an exchange: how a sign-in would have ended then, and each turn behind it. What a
    /// state that was put in place before the next exchange made of it counts to the start.
    pub fn since(&self, seq: Seq) -> (SignInResult, &[PastTurn]) {
        let is_before = |it: &PastTurn| it.place().is_some_and(|at| at <= seq);
        let cut = if seq == 0 { None } else { self.turns.iter().rposition(is_before) };
        match cut {
            Some(at) => (self.turns[at].to, &self.turns[at + 1..]),
            None => (self.start, &self.turns),
        }
    }

    /// How a sign-in would have ended after an exchange, then what it turned to.
    pub fn sequence_since(&self, seq: Seq) -> Vec<SignInResult> {
        let (start, turns) = self.since(seq);
        std::iter::once(start).chain(turns.iter().map(|it| it.to)).collect()
    }

    /// Whether everything is known that came after an exchange.
    pub fn is_complete_since(&self, seq: Seq) -> bool {
        self.known_behind.is_none_or(|it| it <= seq && seq > 0)
    }
}

impl fmt::Display for TurnCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exchange(exchange) => &exchange.summary,
            Self::OtherState(_) => "another state was put in place",
            Self::Unrecorded => "something that is not in the journal",
        })
    }
}

impl PastTurn {
    /// The exchange that made it so.
    pub fn exchange(&self) -> Option<&Arc<Exchange>> {
        if let TurnCause::Exchange(exchange) = &self.cause { Some(exchange) } else { None }
    }

    /// The number of the exchange that it came with, or behind.
    fn place(&self) -> Option<Seq> {
        match &self.cause {
            TurnCause::Exchange(exchange) => Some(exchange.seq),
            TurnCause::OtherState(seq) => Some(*seq),
            TurnCause::Unrecorded => None,
        }
    }
}

/// A history while it is put together.
#[derive(Default)]
struct Course {
    start: Option<SignInResult>,
    now: Option<SignInResult>,
    /// The end of a life behind which nothing is known yet.
    boundary: Option<Boundary>,
    turns: Vec<PastTurn>,
}

impl Course {
    /// Goes on to a moment at which a sign-in would end so.
    fn arrive(&mut self, to: SignInResult) {
        let boundary = self.boundary.take();
        if let Some(from) = self.now.filter(|it| *it != to) {
            let cause = boundary.map_or(TurnCause::Unrecorded, |it| TurnCause::OtherState(it.seq));
            self.turns.push(PastTurn { from, to, cause });
        }
        self.start.get_or_insert(to);
        self.now = Some(to);
    }

    fn turn(&mut self, turn: &ToldTurn<'_>) {
        self.arrive(turn.before);
        if turn.before != turn.after {
            let cause = TurnCause::Exchange(turn.exchange.clone());
            self.turns.push(PastTurn { from: turn.before, to: turn.after, cause });
            self.now = Some(turn.after);
        }
    }
}

impl<'a> Person<'a> {
    fn of(key: &'a str, state: &State, seen: &[Arc<Exchange>]) -> Self {
        let is_it = |it: &Effect| it.subject.kind == "User" && it.subject.id == key;
        let is_id = state.resources().get("User", key).is_some()
            || seen.iter().any(|it| it.effects.iter().any(is_it));
        if is_id { Self::Id(key) } else { Self::UserName(key) }
    }

    /// How a sign-in of this person ends in a state.
    fn result_in(self, state: &State) -> SignInResult {
        let resources = state.resources();
        let user = match self {
            Self::Id(id) => resources.get("User", id),
            Self::UserName(name) => resources.named("User", "userName", name).first().copied(),
        };
        user.map_or(SignInResult::NotProvisioned, |it| state.sign_in(it, None).result())
    }

    fn is(self, id: &str, user_name: &str) -> bool {
        match self {
            Self::Id(own) => own == id,
            Self::UserName(own) => is_same(own, user_name),
        }
    }

    /// What an exchange turned for this person.
    fn turns(self, exchange: &'a Arc<Exchange>) -> impl Iterator<Item = ToldTurn<'a>> {
        let told = move |revision, before, after| ToldTurn { revision, before, after, exchange };
        let effects = exchange.effects.iter().filter_map(|it| Some((it, it.sign_in.as_deref()?)));
        let own_and_others = effects.flat_map(move |(effect, change)| {
            let own = self.own(effect).map(|(before, after)| told(change.rev, before, after));
            let others = change.others.iter().filter(move |it| self.is_subject(&it.user));
            own.into_iter().chain(others.map(move |it| told(change.rev, it.before, it.after)))
        });
        let all = exchange.sign_ins.as_deref().into_iter().flat_map(move |it| {
            let users = it.users.iter().filter(move |it| self.is_subject(&it.user));
            let others = it.others.iter().filter(move |it| self.is(&it.id, &it.user_name));
            let users = users.map(|it| (it.before, it.after));
            let both = users.chain(others.map(|it| (it.before, it.after)));
            both.map(move |(before, after)| told(it.rev, before, after))
        });
        own_and_others.chain(all)
    }

    fn is_subject(self, user: &ExchangeSubject) -> bool {
        self.is(&user.id, user.user_name.as_ref().unwrap_or(&user.name))
    }

    /// What an effect turned for its own user, if that is this person before or after.
    fn own(self, effect: &Effect) -> Option<(SignInResult, SignInResult)> {
        let change = effect.sign_in.as_deref()?;
        let subject = &effect.subject;
        let now = subject.user_name.as_ref().unwrap_or(&subject.name);
        let renamed = effect.changes.iter().find(|it| it.path == "userName");
        let before = renamed.and_then(|it| match &it.value {
            ValueChange::Single { before, .. } => before.as_deref(),
            ValueChange::Multiple { .. } => None,
        });
        let was = effect.kind != EffectKind::Created
            && self.is(&subject.id, before.unwrap_or(now.as_str()));
        let is = effect.kind != EffectKind::Deleted && self.is(&subject.id, now);
        let nobody = SignInResult::NotProvisioned;
        (was || is).then_some((
            if was { change.before } else { nobody },
            if is { change.after } else { nobody },
        ))
    }
}
