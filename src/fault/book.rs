//! The fault rules and rate limits of one tenant, with their counts, and their decisions.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, AtomicUsize, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use smol_str::{SmolStr, format_smolstr};

use super::{
    delayed::{DelayedAnswer, DelayedAnswers, EndedDelays},
    limits::{LimitDecision, Limiter, RateLimits},
    matching::RequestFacts,
    prefer::PreferHeader,
    roll,
    rule::Rule,
    when::MatchCounts,
};
use crate::scim::quoted;

/// The fault rules and limits of a tenant.
///
/// The pipeline calls [`FaultBook::armed`] first, which is one atomic read. Only if something is armed, it
/// makes a [`RequestFacts`] and calls [`FaultBook::decide`].
#[derive(Debug)]
pub struct FaultBook {
    seed: u64,
    tenant: String,
    armed: AtomicU8,
    /// The largest number of changes by which a rule answers from an earlier state.
    staleness: AtomicUsize,
    state: Mutex<BookState>,
    delays: DelayedAnswers,
}

#[derive(Debug)]
struct BookState {
    rules: Vec<StoredRule>,
    /// How many ids the book has generated.
    named: u64,
    limiter: Limiter,
    honors_prefer: bool,
}

#[derive(Debug)]
struct StoredRule {
    id: SmolStr,
    rule: Arc<Rule>,
    tally: MatchCounts,
}

/// What must be decided about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Armed(u8);

/// A rule in the book, with its counts.
#[derive(Clone, Debug)]
pub struct RuleStatus {
    /// Its id.
    pub id: SmolStr,
    /// The rule.
    pub rule: Arc<Rule>,
    /// How many requests it matched.
    pub matched: u64,
    /// On how many of them it was applied.
    pub fired: u64,
}

/// The application of a rule to a request.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The rule's id.
    pub id: SmolStr,
    /// The rule.
    pub rule: Arc<Rule>,
    /// The number of this match among the matches of the rule and the subject, from 1.
    pub n: u64,
    /// The random number from 0 to 1; the rule's probability is above it.
    pub roll: f64,
    /// How long the answer is delayed.
    pub delay: Option<Duration>,
    /// A random number for further draws.
    pub number: u64,
}

/// Why a rule cannot be added to the book.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// The id is used already.
    #[error("there is a fault rule {} already; PUT replaces it", quoted(_0))]
    Taken(SmolStr),
    /// The book is full.
    #[error("there are {MOST_RULES} fault rules already")]
    Full,
}

/// The largest number of rules. Each of them is tested on every request.
const MOST_RULES: usize = 1_000;

const RULES: u8 = 1;
const LIMITS: u8 = 2;
const PREFER: u8 = 4;

impl Armed {
    /// Whether every request must be decided upon; if not, only requests with a `Prefer` header.
    pub fn asks_all(self) -> bool {
        self.0 & (RULES | LIMITS) != 0
    }

    /// Whether the header `Prefer` is honored.
    pub fn honors_prefer(self) -> bool {
        self.0 & PREFER != 0
    }
}

impl FaultBook {
    /// An empty book. Random numbers follow from the seed and the tenant's name.
    pub fn new(seed: u64, tenant: &str) -> Self {
        Self {
            seed,
            tenant: tenant.to_ascii_lowercase(),
            armed: AtomicU8::new(PREFER),
            staleness: AtomicUsize::new(0),
            state: Mutex::new(BookState::default()),
            delays: DelayedAnswers::default(),
        }
    }

    /// What must be decided about a request.
    pub fn armed(&self) -> Armed {
        Armed(self.armed.load(Ordering::Acquire))
    }

    /// Every rule, in the order in which they are tested.
    pub fn all(&self) -> Vec<RuleStatus> {
        self.state().rules.iter().map(StoredRule::listed).collect()
    }

    /// The rule with this id.
    pub fn get(&self, id: &str) -> Option<RuleStatus> {
        self.state().rules.iter().find(|it| it.id == id).map(StoredRule::listed)
    }

    /// Adds a rule after the others. A rule without an id gets the id `fault-1` and so on.
    ///
    /// # Errors
    ///
    /// Its id is used already, or the book is full.
    pub fn add(&self, rule: Rule) -> Result<RuleStatus, BookError> {
        let mut state = self.state();
        let id = match rule.id().cloned() {
            Some(id) if state.rules.iter().any(|it| it.id == id) => {
                return Err(BookError::Taken(id));
            }
            Some(id) => id,
            None => state.next_id(),
        };
        self.push(&mut state, id, rule)
    }

    /// Replaces the rule with this id, or adds it after the others; its counts begin at 0. The second value
    /// says whether it is new.
    ///
    /// # Errors
    ///
    /// The book is full.
    pub fn put(&self, id: &str, rule: Rule) -> Result<(RuleStatus, bool), BookError> {
        let mut state = self.state();
        let Some(kept) = state.rules.iter_mut().find(|it| it.id == id) else {
            return Ok((self.push(&mut state, SmolStr::new(id), rule)?, true));
        };
        *kept = StoredRule {
            id: SmolStr::new(id),
            rule: Arc::new(rule),
            tally: MatchCounts::default(),
        };
        let listed = kept.listed();
        self.arm(&state);
        Ok((listed, false))
    }

    /// Removes a rule. Returns whether there was one.
    pub fn remove(&self, id: &str) -> bool {
        let mut state = self.state();
        let before = state.rules.len();
        state.rules.retain(|it| it.id != id);
        self.arm(&state);
        state.rules.len() < before
    }

    /// Removes every rule. Returns how many there were.
    pub fn remove_all(&self) -> usize {
        let mut state = self.state();
        let rules = std::mem::take(&mut state.rules);
        self.arm(&state);
        rules.len()
    }

    /// Sets what happens to the header `Prefer` of later requests.
    pub fn set_prefer_header(&self, header: PreferHeader) {
        let mut state = self.state();
        state.honors_prefer = header == PreferHeader::Honored;
        self.arm(&state);
    }

    /// The limits, the number of requests that they refused, and the number of requests that came before
    /// the end of their `Retry-After`.
    pub fn limits(&self) -> (RateLimits, u64, u64) {
        let state = self.state();
        let (refused, early) = state.limiter.counts();
        (state.limiter.limits().clone(), refused, early)
    }

    /// Sets the limits, with full buckets.
    pub fn limit(&self, limits: RateLimits) {
        let mut state = self.state();
        state.limiter = Limiter::new(limits);
        self.arm(&state);
    }

    /// Applies the limits to a request of the caller with this key. `now` is the time that callers wait by.
    pub fn admit(&self, request: &RequestFacts<'_>, key: &str, now: Timestamp) -> LimitDecision {
        self.state().limiter.admit(&request.operations, key, now)
    }

    /// The first rule that applies to a request at the tenant's time. The rules after it are not tested, so
    /// the request is no match of theirs.
    pub fn decide(&self, request: &RequestFacts<'_>, now: Timestamp) -> Option<Decision> {
        let mut state = self.state();
        let subject = roll::number(0, &[&request.subject], 0);
        state.rules.iter_mut().find_map(|StoredRule { id, rule, tally }| {
            let may = rule.staleness() == 0 || request.is_read && request.is_scim;
            if !may || !rule.when.holds(now) || !rule.matching.meets(request) {
                return None;
            }
            let mut number = 0;
            let (n, is_met) = tally.count(subject, &rule.when, |n| {
                number = roll::number(self.seed, &[&self.tenant, id, &request.subject], n);
                roll::part(number)
            });
            is_met.then(|| Decision::new(id, rule, n, number))
        })
    }

    /// The application of a rule that the request itself contains.
    pub fn comply(&self, rule: Rule, request: &RequestFacts<'_>) -> Decision {
        let id = rule.id().cloned().unwrap_or_default();
        let number = roll::number(self.seed, &[&self.tenant, &id, &request.subject], 1);
        Decision::new(&id, &Arc::new(rule), 1, number)
    }

    /// The number of earlier states that must be kept for rules that answer from them.
    pub fn staleness(&self) -> usize {
        self.staleness.load(Ordering::Acquire)
    }

    /// A number that changes with every reset.
    pub fn epoch(&self) -> u64 {
        self.delays.epoch()
    }

    /// Registers a delayed answer to a request that arrived in this epoch.
    pub fn delayed_answer(&self, epoch: u64) -> DelayedAnswer<'_> {
        self.delays.delayed_answer(epoch)
    }

    /// Removes all rules and limits. Returns the delayed answers, which are not recorded in the journal any
    /// more.
    pub fn clear(&self) -> EndedDelays {
        let mut state = self.state();
        let old = std::mem::take(&mut *state);
        self.arm(&state);
        drop(state);
        drop(old);
        self.delays.end_epoch()
    }

    fn push(
        &self,
        state: &mut BookState,
        id: SmolStr,
        rule: Rule,
    ) -> Result<RuleStatus, BookError> {
        if state.rules.len() >= MOST_RULES {
            return Err(BookError::Full);
        }
        let kept = StoredRule { id, rule: Arc::new(rule), tally: MatchCounts::default() };
        let listed = kept.listed();
        state.rules.push(kept);
        self.arm(state);
        Ok(listed)
    }

    fn arm(&self, state: &BookState) {
        let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
        let armed = bit(!state.rules.is_empty(), RULES)
            | bit(!state.limiter.limits().is_empty(), LIMITS)
            | bit(state.honors_prefer, PREFER);
        let staleness = state.rules.iter().map(|it| it.rule.staleness()).max().unwrap_or(0);
        self.staleness.store(staleness, Ordering::Release);
        self.armed.store(armed, Ordering::Release);
    }

    fn state(&self) -> MutexGuard<'_, BookState> {
        // No code panics in the middle of a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for BookState {
    fn default() -> Self {
        Self { rules: Vec::new(), named: 0, limiter: Limiter::default(), honors_prefer: true }
    }
}

impl BookState {
    /// The next generated id that is not used.
    fn next_id(&mut self) -> SmolStr {
        loop {
            self.named += 1;
            let id = format_smolstr!("fault-{}", self.named);
            if self.rules.iter().all(|it| it.id != id) {
                return id;
            }
        }
    }
}

impl StoredRule {
    fn listed(&self) -> RuleStatus {
        let count = self.tally.all();
        let (matched, fired) = (count.matched, count.fired);
        RuleStatus { id: self.id.clone(), rule: self.rule.clone(), matched, fired }
    }
}

impl RuleStatus {
    /// The rule as written, with its id, its phase and its counts.
    pub fn to_json(&self) -> Json {
        let mut json = Map::from_iter([("id".to_owned(), json!(self.id))]);
        json.extend(self.rule.written().clone());
        json.insert("phase".into(), json!(self.rule.phase().word()));
        json.insert("matched".into(), json!(self.matched));
        json.insert("fired".into(), json!(self.fired));
        Json::Object(json)
    }
}

impl Decision {
    fn new(id: &SmolStr, rule: &Arc<Rule>, n: u64, number: u64) -> Self {
        let delay = rule.action().delay(roll::next(number));
        let roll = roll::part(number);
        Self { id: id.clone(), rule: rule.clone(), n, roll, delay, number }
    }

    /// A short description: `status 503`, `delay 250ms, reset`.
    pub fn words(&self) -> String {
        self.rule.action().words(self.delay)
    }
}
