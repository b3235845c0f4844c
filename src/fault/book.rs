//! The rules and limits of one tenant, what they have met, and what they decide.

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
    limits::{LimitDecision, Limiter, RateLimits},
    matching::RequestFacts,
    roll,
    rule::Rule,
    sleep::{Asleep, Sleeper, Sleepers},
    when::MatchCounts,
};
use crate::scim::quoted;

/// The fault rules and limits of a tenant.
///
/// Whoever answers asks [`FaultBook::armed`] first, which is one atomic read; only if something is
/// armed is a [`RequestFacts`] made and [decided](FaultBook::decide) upon.
#[derive(Debug)]
pub struct FaultBook {
    seed: u64,
    tenant: String,
    armed: AtomicU8,
    /// How many changes ago the oldest state is that a rule answers from.
    staleness: AtomicUsize,
    pages: Mutex<Pages>,
    sleepers: Sleepers,
}

#[derive(Debug)]
struct Pages {
    rules: Vec<StoredRule>,
    /// How many rules were named by the book.
    named: u64,
    limiter: Limiter,
    heeds_prefer: bool,
}

#[derive(Debug)]
struct StoredRule {
    id: SmolStr,
    rule: Arc<Rule>,
    tally: MatchCounts,
}

/// What there is to ask about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Armed(u8);

/// A rule in the book, and what it has met.
#[derive(Clone, Debug)]
pub struct RuleStatus {
    /// Its id.
    pub id: SmolStr,
    /// The rule.
    pub rule: Arc<Rule>,
    /// How many requests it was about.
    pub matched: u64,
    /// How many of them it met.
    pub fired: u64,
}

/// That a rule meets a request, and how.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The rule's id.
    pub id: SmolStr,
    /// The rule.
    pub rule: Arc<Rule>,
    /// The how manieth match of this rule and subject it is, from 1.
    pub n: u64,
    /// The roll, from 0 up to 1; the rule's probability is above it.
    pub roll: f64,
    /// How long the answer is kept back.
    pub delay: Option<Duration>,
    /// A number to draw further things from.
    pub number: u64,
}

/// Why a rule does not enter the book.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// The id is taken.
    #[error("there is a fault rule {} already; PUT replaces it", quoted(_0))]
    Taken(SmolStr),
    /// The book is full.
    #[error("there are {MOST_RULES} fault rules already")]
    Full,
}

/// How many rules a book holds: each is asked about every request.
const MOST_RULES: usize = 1_000;

const RULES: u8 = 1;
const LIMITS: u8 = 2;
const PREFER: u8 = 4;

impl Armed {
    /// Whether every request is to be asked about; if not, only those that bring a `Prefer` header.
    pub fn asks_all(self) -> bool {
        self.0 & (RULES | LIMITS) != 0
    }

    /// Whether the header `Prefer` is heeded.
    pub fn heeds_prefer(self) -> bool {
        self.0 & PREFER != 0
    }
}

impl FaultBook {
    /// An empty book; rolls follow from the seed and the tenant's name.
    pub fn new(seed: u64, tenant: &str) -> Self {
        Self {
            seed,
            tenant: tenant.to_ascii_lowercase(),
            armed: AtomicU8::new(PREFER),
            staleness: AtomicUsize::new(0),
            pages: Mutex::new(Pages::default()),
            sleepers: Sleepers::default(),
        }
    }

    /// What there is to ask about a request.
    pub fn armed(&self) -> Armed {
        Armed(self.armed.load(Ordering::Acquire))
    }

    /// Every rule, in the order in which they are asked.
    pub fn all(&self) -> Vec<RuleStatus> {
        self.pages().rules.iter().map(StoredRule::listed).collect()
    }

    /// The rule with this id.
    pub fn get(&self, id: &str) -> Option<RuleStatus> {
        self.pages().rules.iter().find(|it| it.id == id).map(StoredRule::listed)
    }

    /// Adds a rule behind the others; one without an id is named `fault-1` and so on.
    ///
    /// # Errors
    ///
    /// Its id is taken, or the book is full.
    pub fn add(&self, rule: Rule) -> Result<RuleStatus, BookError> {
        let mut pages = self.pages();
        let id = match rule.id().cloned() {
            Some(id) if pages.rules.iter().any(|it| it.id == id) => {
                return Err(BookError::Taken(id));
            }
            Some(id) => id,
            None => pages.next_id(),
        };
        self.push(&mut pages, id, rule)
    }

    /// Puts a rule in the place of the one with this id, or behind the others; its counts begin at 0.
    /// The second value says whether it is new.
    ///
    /// # Errors
    ///
    /// The book is full.
    pub fn put(&self, id: &str, rule: Rule) -> Result<(RuleStatus, bool), BookError> {
        let mut pages = self.pages();
        let Some(kept) = pages.rules.iter_mut().find(|it| it.id == id) else {
            return Ok((self.push(&mut pages, SmolStr::new(id), rule)?, true));
        };
        *kept = StoredRule {
            id: SmolStr::new(id),
            rule: Arc::new(rule),
            tally: MatchCounts::default(),
        };
        let listed = kept.listed();
        self.arm(&pages);
        Ok((listed, false))
    }

    /// Removes a rule; says whether there was one.
    pub fn remove(&self, id: &str) -> bool {
        let mut pages = self.pages();
        let before = pages.rules.len();
        pages.rules.retain(|it| it.id != id);
        self.arm(&pages);
        pages.rules.len() < before
    }

    /// Removes every rule; says how many there were.
    pub fn remove_all(&self) -> usize {
        let mut pages = self.pages();
        let rules = std::mem::take(&mut pages.rules);
        self.arm(&pages);
        rules.len()
    }

    /// Whether the header `Prefer` is heeded from now on.
    pub fn heed_prefer(&self, is_heeded: bool) {
        let mut pages = self.pages();
        pages.heeds_prefer = is_heeded;
        self.arm(&pages);
    }

    /// The limits, and how many requests they refused and how many of their callers did not wait.
    pub fn limits(&self) -> (RateLimits, u64, u64) {
        let pages = self.pages();
        let (refused, early) = pages.limiter.counts();
        (pages.limiter.limits().clone(), refused, early)
    }

    /// Sets the limits; their buckets are full.
    pub fn limit(&self, limits: RateLimits) {
        let mut pages = self.pages();
        pages.limiter = Limiter::new(limits);
        self.arm(&pages);
    }

    /// What the limits say to a request of the caller with this key, at the time by which callers wait.
    pub fn admit(&self, request: &RequestFacts<'_>, key: &str, now: Timestamp) -> LimitDecision {
        self.pages().limiter.admit(&request.operations, key, now)
    }

    /// The first rule that meets a request at the tenant's time. Those behind it are not asked, so it
    /// is no match of theirs.
    pub fn decide(&self, request: &RequestFacts<'_>, now: Timestamp) -> Option<Decision> {
        let mut pages = self.pages();
        let subject = roll::number(0, &[&request.subject], 0);
        pages.rules.iter_mut().find_map(|StoredRule { id, rule, tally }| {
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

    /// What a rule that a request brings itself does to it.
    pub fn comply(&self, rule: Rule, request: &RequestFacts<'_>) -> Decision {
        let id = rule.id().cloned().unwrap_or_default();
        let number = roll::number(self.seed, &[&self.tenant, &id, &request.subject], 1);
        Decision::new(&id, &Arc::new(rule), 1, number)
    }

    /// How many changes ago the oldest state is that a rule answers from: so many are to be kept.
    pub fn staleness(&self) -> usize {
        self.staleness.load(Ordering::Acquire)
    }

    /// A number that moves with every reset.
    pub fn epoch(&self) -> u64 {
        self.sleepers.epoch()
    }

    /// One who keeps an answer back to a request that came in this epoch.
    pub fn sleeper(&self, epoch: u64) -> Sleeper<'_> {
        self.sleepers.sleeper(epoch)
    }

    /// As new: no rules, no limits. Returns those who keep an answer back; what they answer does not
    /// reach the journal.
    pub fn clear(&self) -> Asleep {
        let mut pages = self.pages();
        let old = std::mem::take(&mut *pages);
        self.arm(&pages);
        drop(pages);
        drop(old);
        self.sleepers.end_epoch()
    }

    fn push(&self, pages: &mut Pages, id: SmolStr, rule: Rule) -> Result<RuleStatus, BookError> {
        if pages.rules.len() >= MOST_RULES {
            return Err(BookError::Full);
        }
        let kept = StoredRule { id, rule: Arc::new(rule), tally: MatchCounts::default() };
        let listed = kept.listed();
        pages.rules.push(kept);
        self.arm(pages);
        Ok(listed)
    }

    fn arm(&self, pages: &Pages) {
        let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
        let armed = bit(!pages.rules.is_empty(), RULES)
            | bit(!pages.limiter.limits().is_empty(), LIMITS)
            | bit(pages.heeds_prefer, PREFER);
        let staleness = pages.rules.iter().map(|it| it.rule.staleness()).max().unwrap_or(0);
        self.staleness.store(staleness, Ordering::Release);
        self.armed.store(armed, Ordering::Release);
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        // Nothing in here panics half-way through a change.
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self { rules: Vec::new(), named: 0, limiter: Limiter::default(), heeds_prefer: true }
    }
}

impl Pages {
    /// The first name of the book's own that is free.
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
    /// The rule as it was written, with its id, its phase and its counts.
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

    /// What happens, in few words: `status 503`, `delay 250ms, reset`.
    pub fn words(&self) -> String {
        self.rule.action().words(self.delay)
    }
}
