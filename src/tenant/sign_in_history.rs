//! The results that a sign-in of one person would have had, from the last reset until now.
//!
//! A recorded write says whose result it changed. At the end of each life, and now, the state itself gives
//! the result. So the history is correct even if exchanges are missing, and it says where it is incomplete.

use std::{fmt, sync::Arc};

use super::{State, Tenant, lives::Boundary};
use crate::{
    journal::{Effect, EffectKind, Exchange, ExchangeSubject, Seq, ValueChange},
    medius::SignInResult,
    scim::is_same,
};

/// The results of a sign-in of one person over time.
#[derive(Clone, Debug)]
pub struct SignInHistory {
    /// The result at the beginning.
    pub start: SignInResult,
    /// Each change of the result, in order.
    pub turns: Vec<PastTurn>,
    /// The exchange after which everything is known; `None` if everything since the last reset is known.
    pub known_behind: Option<Seq>,
}

/// A change of the result.
#[derive(Clone, Debug)]
pub struct PastTurn {
    /// The result before.
    pub from: SignInResult,
    /// The result after.
    pub to: SignInResult,
    /// The cause of the change.
    pub cause: TurnCause,
}

/// The cause of a [`PastTurn`].
#[derive(Clone, Debug)]
pub enum TurnCause {
    /// A write, with its exchange.
    Exchange(Arc<Exchange>),
    /// A restore or an import, after the exchange with this number.
    OtherState(Seq),
    /// A write that is not in the journal, or not yet.
    Unrecorded,
}

/// The person that a history is about.
#[derive(Clone, Copy, Debug)]
enum HistoryUser<'a> {
    /// The user with this id.
    Id(&'a str),
    /// The user who has this user name at the time.
    UserName(&'a str),
}

/// A turn as an exchange records it.
struct ToldTurn<'a> {
    revision: u64,
    before: SignInResult,
    after: SignInResult,
    exchange: &'a Arc<Exchange>,
}

impl Tenant {
    /// The history of the user with this id. If no user has or had this id, it is a user name: the history
    /// of the user who has that name at the time.
    pub fn sign_in_history(&self, key: &str) -> SignInHistory {
        // The lives are read after the state, so that none is missing; later ones are left out.
        let (state, revision) = self.snapshot_with_revision();
        let ended = self.ended_lives().clone();
        let page = self.journal.since(0, usize::MAX);
        let person = HistoryUser::of(key, &state, &page.items);
        let known = ended.known_from()..=revision;
        let told = page.items.iter().flat_map(|it| person.turns(it));
        let mut told: Vec<ToldTurn<'_>> = told.filter(|it| known.contains(&it.revision)).collect();
        // Two writes at the same time may be recorded in the wrong order.
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

    /// Whether a write that was recorded after this exchange changed the result to this one.
    pub fn has_turned(&self, key: &str, to: SignInResult, since: Seq) -> bool {
        let page = self.journal.since(since, usize::MAX);
        let person = HistoryUser::of(key, &self.snapshot(), &page.items);
        let mut told = page.items.iter().flat_map(|it| person.turns(it));
        told.any(|it| it.before != to && it.after == to)
    }
}

impl SignInHistory {
    /// The result after an exchange, and the turns after that. A restore or an import before the next
    /// exchange belongs to the start.
    pub fn since(&self, seq: Seq) -> (SignInResult, &[PastTurn]) {
        let is_before = |it: &PastTurn| it.place().is_some_and(|at| at <= seq);
        let cut = if seq == 0 { None } else { self.turns.iter().rposition(is_before) };
        match cut {
            Some(at) => (self.turns[at].to, &self.turns[at + 1..]),
            None => (self.start, &self.turns),
        }
    }

    /// The result after an exchange, then the result of each turn.
    pub fn sequence_since(&self, seq: Seq) -> Vec<SignInResult> {
        let (start, turns) = self.since(seq);
        std::iter::once(start).chain(turns.iter().map(|it| it.to)).collect()
    }

    /// The exchange that disabled the user, if they are disabled and it is known.
    pub fn disabled_by(&self) -> Option<Seq> {
        let last = self.turns.last().filter(|it| it.to == SignInResult::Disabled)?;
        last.exchange().map(|it| it.seq)
    }

    /// Whether everything after an exchange is known.
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
    /// The exchange that caused it.
    pub fn exchange(&self) -> Option<&Arc<Exchange>> {
        if let TurnCause::Exchange(exchange) = &self.cause { Some(exchange) } else { None }
    }

    /// The number of the exchange that caused it or that was the latest one before.
    fn place(&self) -> Option<Seq> {
        match &self.cause {
            TurnCause::Exchange(exchange) => Some(exchange.seq),
            TurnCause::OtherState(seq) => Some(*seq),
            TurnCause::Unrecorded => None,
        }
    }
}

/// A history under construction.
#[derive(Default)]
struct Course {
    start: Option<SignInResult>,
    now: Option<SignInResult>,
    /// The end of a life, if nothing after it is known yet.
    boundary: Option<Boundary>,
    turns: Vec<PastTurn>,
}

impl Course {
    /// Adds a moment with this result.
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

impl<'a> HistoryUser<'a> {
    fn of(key: &'a str, state: &State, seen: &[Arc<Exchange>]) -> Self {
        let is_it = |it: &Effect| it.subject.kind == "User" && it.subject.id == key;
        let is_id = state.resources().get("User", key).is_some()
            || seen.iter().any(|it| it.effects.iter().any(is_it));
        if is_id { Self::Id(key) } else { Self::UserName(key) }
    }

    /// The result of this person in a state.
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

    /// The turns of this person in an exchange.
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

    /// The results before and after an effect, if its user is this person before or after.
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
