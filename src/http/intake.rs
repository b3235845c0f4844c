//! How bodies come in: how long one may take, and how much of them is held at once.

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

/// How long a body may stall if nobody says.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many bytes of bodies are held at once if nobody says: two whole states.
const MOST: usize = 1024 * 1024 * 1024;

/// How many bytes a second a body must bring, once its first patience is used up.
const SLOWEST: usize = 1024;

/// What a server allows for bodies.
#[derive(Clone, Debug)]
pub struct Intake {
    patience: Duration,
    most: usize,
    /// How many bytes are held by all requests.
    held: Arc<AtomicUsize>,
}

/// A body that is being held.
#[derive(Debug, Default)]
pub(super) struct RequestBody {
    bytes: Bytes,
    _reservation: Option<Reservation>,
}

/// What a request holds of the room for bodies, until it is dropped.
#[derive(Debug)]
struct Reservation {
    held: Arc<AtomicUsize>,
    bytes: usize,
}

/// A body that is coming.
pub(super) struct IncomingBody<'a> {
    intake: &'a Intake,
    begun: Instant,
    seen: usize,
    bytes: BytesMut,
    share: Reservation,
}

/// That there is no room for a body.
pub(super) struct NoRoom;

impl Default for Intake {
    fn default() -> Self {
        Self::new(None, None)
    }
}

impl Intake {
    /// How long a body may stall (30 seconds if not said), and how many bytes of bodies are held at
    /// once (1 GiB if not said).
    pub fn new(patience: Option<Duration>, most: Option<usize>) -> Self {
        let (patience, most) = (patience.unwrap_or(PATIENCE), most.unwrap_or(MOST));
        Self { patience, most, held: Arc::default() }
    }

    /// How many bytes of bodies are held at once at most.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// A body of which nothing has come, with room for this much.
    pub(super) fn begin(&self, room: usize) -> IncomingBody<'_> {
        let share = Reservation { held: self.held.clone(), bytes: 0 };
        let bytes = BytesMut::with_capacity(room);
        IncomingBody { intake: self, begun: Instant::now(), seen: 0, bytes, share }
    }
}

impl IncomingBody<'_> {
    /// How long the next piece may take: the patience, and never so long that the whole takes more than
    /// the patience and a second for each KiB. So neither a body that stops nor one that drips holds a
    /// connection for ever, and a large one on a slow line has its time.
    pub(super) fn patience(&self) -> Duration {
        let due = Duration::from_secs((self.seen / SLOWEST) as u64) + self.intake.patience;
        self.intake.patience.min(due.saturating_sub(self.begun.elapsed()))
    }

    /// Counts a piece that came.
    pub(super) fn see(&mut self, piece: usize) {
        self.seen += piece;
    }

    /// How much came.
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    /// Keeps a piece.
    ///
    /// # Errors
    ///
    /// [`NoRoom`] if other bodies hold what there is.
    pub(super) fn keep(&mut self, piece: &[u8]) -> Result<(), NoRoom> {
        let before = self.share.held.fetch_add(piece.len(), Ordering::AcqRel);
        self.share.bytes += piece.len();
        if before + piece.len() > self.intake.most {
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
