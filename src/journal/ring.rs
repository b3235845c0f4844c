//! The exchanges of a tenant, behind a lock that is held only briefly.

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

/// The exchanges of one tenant, oldest first. The oldest are removed when a limit is reached.
///
/// Writers never wait for readers. A reader passes a cursor, gets the newer exchanges, and learns how many
/// it missed. A recorded exchange never changes.
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
    /// The counter for the bytes of all journals together, if there is one.
    all_bytes: OnceLock<Arc<AtomicUsize>>,
    paused: AtomicBool,
    revision: AtomicU64,
    ring: Mutex<Ring>,
    arrivals: Arrivals,
    watches: Watches,
    notifier: Notifier,
}

/// How much a journal keeps. Both limits apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The number of exchanges. At least the latest one is always kept.
    pub exchanges: usize,
    /// The estimated memory in bytes. A single exchange that is larger is kept alone.
    pub bytes: usize,
}

impl Default for Limits {
    /// 50,000 exchanges and 64 MiB.
    fn default() -> Self {
        Self { exchanges: 50_000, bytes: 64 * 1024 * 1024 }
    }
}

/// The result of reading with a cursor.
#[derive(Clone, Debug)]
pub struct JournalPage {
    /// The exchanges after the cursor, oldest first, without gaps.
    pub items: Vec<Arc<Exchange>>,
    /// The number of exchanges after the cursor that were removed before they could be read. Exchanges
    /// before the last restart do not count.
    pub missed: u64,
    /// Why these were removed.
    pub why: MissingExchanges,
    /// The cursor for the next call.
    pub next: Seq,
    /// The first and the last valid cursor since the last restart, if the given cursor is not one of them.
    pub stale: Option<(Seq, Seq)>,
    /// How often the journal was restarted.
    pub life: u64,
}

/// The exchanges that were removed when the journal was cleared.
#[derive(Debug, Default)]
pub struct ClearedExchanges(VecDeque<(Arc<Exchange>, usize)>);

/// An exchange that was added to the journal, and the ones that were evicted for it.
#[derive(Debug)]
#[must_use = "whoever waits for it is told by `announce`"]
pub(crate) struct RecordedExchange {
    exchange: Arc<Exchange>,
    evicted: Vec<Arc<Exchange>>,
}

#[derive(Debug, Default)]
struct Ring {
    /// The exchanges, each with its memory size. Their numbers have no gaps.
    kept: VecDeque<(Arc<Exchange>, usize)>,
    bytes: usize,
    /// The number of the latest exchange, also after a `clear`; 0 before the first.
    latest: Seq,
    /// The number of the latest exchange at the last restart.
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

    /// Counts a request as running until the returned value is dropped.
    pub fn begin(&self) -> RunningRequest<'_> {
        self.arrivals.begin()
    }

    /// Lists a request as waiting until the returned value is dropped. Most requests are answered at once
    /// and are never listed.
    pub fn list(&self, record: Record) -> WaitingRequest<'_> {
        self.arrivals.list(record)
    }

    /// The requests that wait before they can be answered, oldest first. Their number and status are 0.
    pub fn waiting(&self) -> Vec<Arc<Exchange>> {
        self.arrivals.listed()
    }

    /// The number of running requests.
    pub fn running(&self) -> usize {
        self.arrivals.running()
    }

    /// The number of all requests so far, including the running ones.
    pub fn begun(&self) -> u64 {
        self.arrivals.begun()
    }

    /// Notifies when exchanges are deleted, and when the tenant is reset or deleted. To wait for exchanges,
    /// use a [`Watch`](super::Watch).
    pub fn notifier(&self) -> &Notifier {
        &self.notifier
    }

    /// Notifies when a request begins or stops waiting.
    pub fn arrivals_notifier(&self) -> &Notifier {
        self.arrivals.notifier()
    }

    /// Notifies when no request is running any more.
    pub fn idle_notifier(&self) -> &Notifier {
        self.arrivals.idle_notifier()
    }

    pub(super) fn watches(&self) -> &Watches {
        &self.watches
    }

    /// Adds a record: gives it a number and a summary, and wakes the watches that wait for it.
    pub fn record(&self, record: Record) -> Arc<Exchange> {
        self.add(record).announce(self)
    }

    /// Like [`Journal::record`], but wakes no watches yet, for callers that hold a lock.
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

    /// Stops recording until [`resume`](Self::resume), to measure the cost of recording. Waits for
    /// exchanges do not end in the meantime.
    #[cfg(feature = "internals")]
    pub fn pause(&self) {
        self.paused.store(true, Ordering::Relaxed);
    }

    /// Starts recording again.
    #[cfg(feature = "internals")]
    pub fn resume(&self) {
        self.paused.store(false, Ordering::Relaxed);
    }

    /// Whether recording is stopped.
    pub fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    /// At most `limit` exchanges after `cursor`, oldest first. Cursor 0 is before the first exchange.
    ///
    /// A cursor from before the last restart, or beyond the latest exchange, is replaced
    /// with the nearest valid one, and [reported](JournalPage::stale).
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

    /// How many lives it had before.
    pub fn life(&self) -> u64 {
        self.lock().life
    }

    /// The exchange with this number, if it is still kept.
    pub fn get(&self, seq: Seq) -> Option<Arc<Exchange>> {
        self.pick([seq]).pop()
    }

    /// The exchanges with these numbers that are still kept, in the given order.
    pub fn pick(&self, seqs: impl IntoIterator<Item = Seq>) -> Vec<Arc<Exchange>> {
        let ring = self.lock();
        let kept = ring.seqs();
        let found = seqs.into_iter().filter(|it| kept.contains(it));
        found.map(|seq| Arc::clone(&ring.kept[ring.place(seq)].0)).collect()
    }

    /// The numbers of the kept exchanges. If there are none, an empty range at the next number.
    pub fn seqs(&self) -> Range<Seq> {
        self.lock().seqs()
    }

    /// The estimated memory of the kept exchanges in bytes.
    pub fn bytes(&self) -> usize {
        self.lock().bytes
    }

    /// The limits of the journal.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Removes the exchanges; numbers and totals continue. Returns the exchanges, because dropping many
    /// takes long.
    pub fn clear(&self) -> ClearedExchanges {
        let cleared = self.empty(|ring| {
            if !ring.kept.is_empty() {
                ring.removals.note(ring.latest, RemovalReason::Deleted);
            }
        });
        self.notifier.notify();
        cleared
    }

    /// Restarts: removes the exchanges and resets the totals. Numbers continue, and earlier exchanges do not
    /// count as missed. It does not notify: its callers hold a lock and notify after releasing it.
    pub(crate) fn restart_silently(&self) -> ClearedExchanges {
        self.empty(|ring| {
            ring.began = ring.latest;
            ring.life += 1;
            ring.removals.clear();
            (ring.totals, ring.recent) = (Totals::default(), RecentTraffic::default());
        })
    }

    /// Continues the numbers of an earlier journal, of a deleted tenant with the same name. So the cursors
    /// of that one are not valid here. Nothing may have been recorded yet.
    pub fn continue_after(&self, latest: Seq) {
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

    /// Evicts the oldest exchanges until at most this many bytes are used, or only `least` exchanges are
    /// left. Returns them, because dropping many takes long.
    pub(crate) fn shrink_to(&self, bytes: usize, least: usize) -> Vec<Arc<Exchange>> {
        let mut ring = self.lock();
        let before = ring.bytes;
        let evicted = ring.evict(Limits { bytes, ..self.limits }, least);
        self.recount(before, ring.bytes);
        self.revision.fetch_add(1, Ordering::Release);
        evicted
    }

    /// From now on, also adds its bytes to this counter.
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

    /// The counts over all exchanges since the start or the last restart.
    pub fn totals(&self) -> Totals {
        self.lock().totals.clone()
    }

    /// The rates of the minute before `now`. The cost does not depend on the traffic.
    pub fn rates(&self, now: Timestamp) -> Rates {
        let recent = self.lock().recent.clone();
        recent.rates(now)
    }

    /// A number that grows with every change. It is read without a lock; an equal number means that nothing
    /// changed.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        // After a panic of another thread the ring is still consistent: every change consists of a few
        // moves that cannot panic.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.recount(self.bytes(), 0);
    }
}

impl RecordedExchange {
    /// Wakes the watches that wait for the exchange, and drops the evicted ones. Call this while no lock is
    /// held.
    pub(crate) fn announce(self, journal: &Journal) -> Arc<Exchange> {
        let Self { exchange, evicted } = self;
        journal.watches.tell(&exchange);
        drop(evicted);
        exchange
    }
}

impl ClearedExchanges {
    /// The number of exchanges.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl Ring {
    fn seqs(&self) -> Range<Seq> {
        self.latest + 1 - self.kept.len() as u64..self.latest + 1
    }

    /// The index of the exchange with this number, which must not be older than the oldest kept one.
    fn place(&self, seq: Seq) -> usize {
        usize::try_from(seq - self.seqs().start).expect("a ring in memory has countable places")
    }

    /// Evicts the oldest exchanges until the limits are met, or only `least` are left.
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

/// Sets the number of a new exchange. The exchange is created before the lock is taken, the number is set
/// while it is held.
fn number(exchange: &mut Arc<Exchange>, seq: Seq) {
    let exchange = Arc::get_mut(exchange).expect("an Arc just made has one owner");
    exchange.seq = seq;
    if exchange.record.names_itself {
        exchange.record.response.put_number(seq);
    }
}

#[cfg(test)]
mod tests;
