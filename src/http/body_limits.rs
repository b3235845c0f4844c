//! Limits for request bodies: how long one may take, and how many bytes of them are held at once.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::web::{Bytes, BytesMut};
use tokio::time::Instant;

/// The default of how long a body may stall.
const PATIENCE: Duration = Duration::from_secs(30);

/// The default of how many bytes of bodies are held at once: two whole states.
const MOST: usize = 1024 * 1024 * 1024;

/// The lowest rate of a body in bytes per second, after the first patience.
const SLOWEST: usize = 1024;

/// The limits of a server for request bodies.
#[derive(Clone, Debug)]
pub struct BodyLimits {
    patience: Duration,
    most: usize,
    /// The bytes that all requests hold.
    held: Arc<AtomicUsize>,
}

/// A request body in memory.
#[derive(Debug, Default)]
pub(super) struct RequestBody {
    bytes: Bytes,
    _reservation: Option<Reservation>,
}

/// The share of a request in the memory for bodies, until it is dropped.
#[derive(Debug)]
struct Reservation {
    held: Arc<AtomicUsize>,
    bytes: usize,
}

/// A body that is being received.
pub(super) struct IncomingBody<'a> {
    limits: &'a BodyLimits,
    begun: Instant,
    seen: usize,
    bytes: BytesMut,
    share: Reservation,
}

/// There is no memory for a body.
pub(super) struct NoRoom;

impl Default for BodyLimits {
    fn default() -> Self {
        Self::new(None, None)
    }
}

impl BodyLimits {
    /// Limits: how long a body may stall (default 30 seconds), and how many bytes of bodies are held at
    /// once (default 1 GiB).
    pub fn new(patience: Option<Duration>, most: Option<usize>) -> Self {
        let (patience, most) = (patience.unwrap_or(PATIENCE), most.unwrap_or(MOST));
        Self { patience, most, held: Arc::default() }
    }

    /// The largest number of bytes of bodies that are held at once.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// A body of which nothing was received yet, with a buffer of this size.
    pub(super) fn begin(&self, room: usize) -> IncomingBody<'_> {
        let share = Reservation { held: self.held.clone(), bytes: 0 };
        let bytes = BytesMut::with_capacity(room);
        IncomingBody { limits: self, begun: Instant::now(), seen: 0, bytes, share }
    }
}

impl IncomingBody<'_> {
    /// How long the next piece may take: the patience, but only as long as the whole body takes at most the
    /// patience and a second for each KiB. So a body that stops or arrives very slowly cannot hold a
    /// connection forever, and a large one on a slow line has enough time.
    pub(super) fn patience(&self) -> Duration {
        let due = Duration::from_secs((self.seen / SLOWEST) as u64) + self.limits.patience;
        self.limits.patience.min(due.saturating_sub(self.begun.elapsed()))
    }

    /// Counts a received piece.
    pub(super) fn see(&mut self, piece: usize) {
        self.seen += piece;
    }

    /// How many bytes were received.
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    /// Keeps a piece.
    ///
    /// # Errors
    ///
    /// [`NoRoom`] if all bodies together are larger than the limit.
    pub(super) fn keep(&mut self, piece: &[u8]) -> Result<(), NoRoom> {
        let before = self.share.held.fetch_add(piece.len(), Ordering::AcqRel);
        self.share.bytes += piece.len();
        if before + piece.len() > self.limits.most {
            return Err(NoRoom);
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }

    /// The whole body.
    pub(super) fn end(self) -> RequestBody {
        RequestBody { bytes: self.bytes.freeze(), _reservation: Some(self.share) }
    }
}

impl RequestBody {
    /// The same body with other bytes.
    pub(super) fn map(self, change: impl FnOnce(Bytes) -> Bytes) -> Self {
        Self { bytes: change(self.bytes), ..self }
    }
}

impl Deref for RequestBody {
    type Target = Bytes;

    fn deref(&self) -> &Bytes {
        &self.bytes
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.held.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}
