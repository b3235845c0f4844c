//! The ring of exchanges behind a lock that is held for moments only.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::Timestamp;

use super::arrivals::{Arrivals, RunningRequest, WaitingRequest};
use super::rates::{Rates, RecentTraffic};
use super::removals::{MissingExchanges, RemovalReason, Removals};
use super::size::memory;
use super::totals::Totals;
use super::watch::Watches;
use super::{Exchange, Notifier, Record, Seq};

/// The exchanges of one tenant, oldest first; the oldest leave when a limit is reached.
///
/// Writers never wait for readers: a reader brings a cursor, gets what is newer, and is told how
/// many it missed. An exchange is never changed once it is here.
///
/// ```
/// use mediusflow_mock::{internals::journal::{Journal, Limits}, traffic::Record};
///
/// let journal = Journal::new(Limits { exchanges: 2, ..Limits::default() });
/// for path in ["/a", "/b", "/c"] {
///     journal.record(Record::new(jiff::Timestamp::UNIX_EPOCH, "GET", path));
/// }
/// let page = journal.since(0, 100);
///
/// assert_eq!(page.missed, 1);
/// assert_eq!(page.items.iter().map(|it| it.seq).collect::<Vec<_>>(), [2, 3]);
/// assert!(journal.since(page.next, 100).items.is_empty());
/// ```
#[derive(Debug)]
pub struct Journal {
    limits: Limits,
    /// Where the bytes of several journals are counted, if they are.
    all_bytes: OnceLock<Arc<AtomicUsize>>,
    paused: AtomicBool,
    revision: AtomicU64,
    ring: Mutex<Ring>,
    arrivals: Arrivals,
    watches: Watches,
    notifier: Notifier,
}

/// How much a journal keeps; whichever is reached first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many exchanges; at least the latest one is always kept.
    pub exchanges: usize,
    /// How many bytes of memory, estimated; an exchange larger than this is kept alone.
    pub bytes: usize,
}

impl Default for Limits {
    /// 50,000 exchanges and 64 MiB.
    fn default() -> Self {
        Self { exchanges: 50_000, bytes: 64 * 1024 * 1024 }
    }
}

/// What a reader with a cursor gets.
#[derive(Clone, Debug)]
pub struct JournalPage {
    /// The exchanges after the cursor, oldest first, without holes.
    pub items: Vec<Arc<Exchange>>,
    /// How many after the cursor had left the journal before they could be read; none of those that
    /// came before the last [restart](Journal::restart).
    pub missed: u64,
    /// Why those have left.
    pub why: MissingExchanges,
    /// The cursor for the next call.
    pub next: Seq,
    /// The first and the last cursor of this life of the journal, if the one that was given is none
    /// of it.
    pub stale: Option<(Seq, Seq)>,
    /// How often the journal had been [restarted](Journal::restart).
    pub life: u64,
}

/// The exchanges that a journal kept until it was cleared.
#[derive(Debug, Default)]
pub struct ClearedExchanges(VecDeque<(Arc<Exchange>, usize)>);

/// An exchange that is in the journal, and those that left for it.
#[derive(Debug)]
#[must_use = "whoever waits for it is told by `announce`"]
pub(crate) struct RecordedExchange {
    exchange: Arc<Exchange>,
    evicted: Vec<Arc<Exchange>>,
}

#[derive(Debug, Default)]
struct Ring {
    /// Each with the bytes that it holds. Their numbers have no holes.
    kept: VecDeque<(Arc<Exchange>, usize)>,
    bytes: usize,
    /// The number of the latest exchange, also after a `clear`; 0 before the first.
    latest: Seq,
    /// The number of the latest exchange at the last restart: what came up to it is of another life.
    began: Seq,
    /// How often the journal was restarted.
    life: u64,
    removals: Removals,
    totals: Totals,
    recent: RecentTraffic,
}

impl Journal {
    /// An empty journal.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            all_bytes: OnceLock::new(),
            paused: AtomicBool::new(false),
            revision: AtomicU64::new(0),
            ring: Mutex::default(),
            arrivals: Arrivals::default(),
            watches: Watches::default(),
            notifier: Notifier::default(),
        }
    }

    /// Counts a request that has come, until what this returns is dropped.
    pub fn begin(&self) -> RunningRequest<'_> {
        self.arrivals.begin()
    }

    /// Lists a request that has to wait before it can be answered, until what this returns is
    /// dropped. Most requests are answered at once, and nobody could see them here.
    pub fn list(&self, record: Record) -> WaitingRequest<'_> {
        self.arrivals.list(record)
    }

    /// The requests that have come and wait before they are answered, oldest first; their number and
    /// status are 0.
    pub fn waiting(&self) -> Vec<Arc<Exchange>> {
        self.arrivals.listed()
    }

    /// How many requests are being answered.
    pub fn running(&self) -> usize {
        self.arrivals.running()
    }

    /// How many requests have ever come, the running ones included.
    pub fn begun(&self) -> u64 {
        self.arrivals.begun()
    }

    /// Notifies when exchanges are deleted, and when the tenant is set back or taken away. Who waits for
    /// exchanges has a [`Watch`](super::Watch).
    pub fn notifier(&self) -> &Notifier {
        &self.notifier
    }

    /// Notifies when a request begins or ends to wait before it is answered.
    pub fn arrivals_notifier(&self) -> &Notifier {
        self.arrivals.notifier()
    }

    /// Notifies when no request is being answered any more.
    pub fn idle_notifier(&self) -> &Notifier {
        self.arrivals.idle_notifier()
    }

    pub(super) fn watches(&self) -> &Watches {
        &self.watches
    }

    /// Gives the exchange its number and its summary, keeps it, and tells who waits for it.
    pub fn record(&self, record: Record) -> Arc<Exchange> {
        self.add(record).announce(self)
    }

    /// As [`Journal::record`], and nobody is told yet: for who holds a lock.
    pub(crate) fn add(&self, record: Record) -> RecordedExchange {
        let mut exchange = Arc::new(Exchange::unnumbered(record));
        let bytes = memory(&exchange);
        let mut ring = self.lock();
        let before = ring.bytes;
        ring.latest += 1;
        number(&mut exchange, ring.latest);
        ring.totals.count(&exchange);
        ring.recent.count(&exchange);
        ring.kept.push_back((Arc::clone(&exchange), bytes));
        ring.bytes += bytes;
        let evicted = ring.evict(self.limits, 1);
        self.recount(before, ring.bytes);
        self.revision.fetch_add(1, Ordering::Release);
        drop(ring);
        RecordedExchange { exchange, evicted }
    }

    /// Has the server record nothing until it is to [again](Self::resume): for who measures what that
    /// costs. No wait for an exchange ends meanwhile.
    pub fn pause(&self) {
        self.paused.store(true, Ordering::Relaxed);
    }

    /// Has the server record exchanges again.
    pub fn resume(&self) {
        self.paused.store(false, Ordering::Relaxed);
    }

    /// Whether the server is to record nothing.
    pub fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    /// At most `limit` exchanges after `cursor`, oldest first; cursor 0 is before the first.
    ///
    /// A cursor of another [life](Self::life), or from the future, is set to the nearest of this one,
    /// and [told](JournalPage::stale).
    pub fn since(&self, cursor: Seq, limit: usize) -> JournalPage {
        let ring = self.lock();
        let (first, last) = (ring.began, ring.latest);
        let is_given = cursor == 0 || (first..=last).contains(&cursor);
        let cursor = cursor.clamp(first, last);
        let kept = ring.seqs();
        let missed = kept.start.saturating_sub(cursor + 1);
        let start = ring.place(cursor + missed + 1);
        let end = start.saturating_add(limit).min(ring.kept.len());
        let items: Vec<_> = ring.kept.range(start..end).map(|(it, _)| Arc::clone(it)).collect();
        JournalPage {
            missed,
            why: ring.removals.after(cursor, missed),
            next: cursor + missed + items.len() as u64,
            items,
            stale: (!is_given).then_some((first, last)),
            life: ring.life,
        }
    }

    /// How often it was [restarted](Self::restart).
    pub fn life(&self) -> u64 {
        self.lock().life
    }

    /// The exchange with this number, if it is still kept.
    pub fn get(&self, seq: Seq) -> Option<Arc<Exchange>> {
        self.pick([seq]).pop()
    }

    /// Those of the numbered exchanges that are still kept, in the order asked for.
    pub fn pick(&self, seqs: impl IntoIterator<Item = Seq>) -> Vec<Arc<Exchange>> {
        let ring = self.lock();
        let kept = ring.seqs();
        let found = seqs.into_iter().filter(|it| kept.contains(it));
        found.map(|seq| Arc::clone(&ring.kept[ring.place(seq)].0)).collect()
    }

    /// The numbers of the exchanges kept; when there are none, an empty range at the next number.
    pub fn seqs(&self) -> Range<Seq> {
        self.lock().seqs()
    }

    /// The number of the oldest exchange kept.
    pub fn oldest(&self) -> Option<Seq> {
        let seqs = self.seqs();
        (!seqs.is_empty()).then_some(seqs.start)
    }

    /// The number of the newest exchange kept.
    pub fn newest(&self) -> Option<Seq> {
        let seqs = self.seqs();
        (!seqs.is_empty()).then(|| seqs.end - 1)
    }

    /// How many bytes of memory the kept exchanges hold, estimated.
    pub fn bytes(&self) -> usize {
        self.lock().bytes
    }

    /// How much is kept at most.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Forgets the exchanges, not their count: numbers and totals go on. Returns them, since many
    /// take long to be dropped.
    pub fn clear(&self) -> ClearedExchanges {
        let cleared = self.empty(|ring| {
            if !ring.kept.is_empty() {
                ring.removals.note(ring.latest, RemovalReason::Deleted);
            }
        });
        self.notifier.notify();
        cleared
    }

    /// Forgets the exchanges with their counts and begins another life: only numbers go on, and what
    /// was here before is not missed.
    pub fn restart(&self) -> ClearedExchanges {
        let cleared = self.begin_life();
        self.notifier.notify();
        cleared
    }

    /// As [`Journal::restart`], and nobody is told: for who holds a lock, and notifies when it is given
    /// back.
    pub(crate) fn begin_life(&self) -> ClearedExchanges {
        self.empty(|ring| {
            ring.began = ring.latest;
            ring.life += 1;
            ring.removals.clear();
            (ring.totals, ring.recent) = (Totals::default(), RecentTraffic::default());
        })
    }

    /// Numbers exchanges from behind this one on, as the journal of a tenant that had the name
    /// before did: its cursors are none of this one. Nothing may have been recorded.
    pub fn go_on_behind(&self, latest: Seq) {
        let mut ring = self.lock();
        (ring.began, ring.latest) = (latest, latest);
    }

    fn empty(&self, note: impl FnOnce(&mut Ring)) -> ClearedExchanges {
        let mut ring = self.lock();
        note(&mut ring);
        let forgotten = std::mem::take(&mut ring.kept);
        self.recount(std::mem::take(&mut ring.bytes), 0);
        self.revision.fetch_add(1, Ordering::Release);
        ClearedExchanges(forgotten)
    }

    /// Takes out the oldest until at most so many bytes are held, or only `least` exchanges are left.
    /// Returns them, since many take long to be dropped.
    pub(crate) fn shrink_to(&self, bytes: usize, least: usize) -> Vec<Arc<Exchange>> {
        let mut ring = self.lock();
        let before = ring.bytes;
        let evicted = ring.evict(Limits { bytes, ..self.limits }, least);
        self.recount(before, ring.bytes);
        self.revision.fetch_add(1, Ordering::Release);
        evicted
    }

    /// Counts its bytes there, too, from now on.
    pub(crate) fn count_in(&self, all: &Arc<AtomicUsize>) {
        let ring = self.lock();
        if self.all_bytes.set(all.clone()).is_ok() {
            self.recount(0, ring.bytes);
        }
    }

    fn recount(&self, before: usize, after: usize) {
        let Some(all) = self.all_bytes.get() else { return };
        if after >= before {
            all.fetch_add(after - before, Ordering::AcqRel);
        } else {
            all.fetch_sub(before - after, Ordering::AcqRel);
        }
    }

    /// Counts over every exchange since the start or the last [restart](Self::restart).
    pub fn totals(&self) -> Totals {
        self.lock().totals.clone()
    }

    /// How busy the tenant was in the minute before `now`; costs the same at any traffic.
    pub fn rates(&self, now: Timestamp) -> Rates {
        let recent = self.lock().recent.clone();
        recent.rates(now)
    }

    /// A number that grows with every change, readable without waiting: equal means unchanged.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        // A thread that panicked elsewhere with the lock held left the ring whole: every change
        // is a few moves that cannot panic.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.recount(self.bytes(), 0);
    }
}

impl RecordedExchange {
    /// Tells whoever waits, and frees what left the journal: neither while something is locked.
    pub(crate) fn announce(self, journal: &Journal) -> Arc<Exchange> {
        let Self { exchange, evicted } = self;
        journal.watches.tell(&exchange);
        drop(evicted);
        exchange
    }
}

impl ClearedExchanges {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl Ring {
    fn seqs(&self) -> Range<Seq> {
        self.latest + 1 - self.kept.len() as u64..self.latest + 1
    }

    /// The index of the exchange with this number, which must not be older than the oldest.
    fn place(&self, seq: Seq) -> usize {
        usize::try_from(seq - self.seqs().start).expect("a ring in memory has countable places")
    }

    /// Takes out the oldest until the limits are kept, or only `least` are left.
    fn evict(&mut self, limits: Limits, least: usize) -> Vec<Arc<Exchange>> {
        let mut evicted = Vec::new();
        while self.kept.len() > least
            && (self.kept.len() > limits.exchanges || self.bytes > limits.bytes)
            && let Some((exchange, bytes)) = self.kept.pop_front()
        {
            let are_too_many = self.kept.len() >= limits.exchanges;
            let why = if are_too_many { RemovalReason::ByCount } else { RemovalReason::ByBytes };
            self.removals.note(exchange.seq, why);
            self.bytes -= bytes;
            evicted.push(exchange);
        }
        evicted
    }
}

/// Numbers an exchange that nobody else knows yet; made outside of the lock, numbered within.
fn number(exchange: &mut Arc<Exchange>, seq: Seq) {
    Arc::get_mut(exchange).expect("an Arc just made has one owner").seq = seq;
}

#[cfg(test)]
mod tests;
