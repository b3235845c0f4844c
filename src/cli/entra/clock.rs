//! The clock of the job, and the signals that stop the service.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver},
    },
    thread,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    cli::signals::with_signals,
    entra::{JobClock, SystemClock},
};

/// The exit code that shells report for a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// The machine's clock with an offset. A wait ends after its time, or when the service is stopped.
pub(super) struct InterruptibleClock {
    ahead: Cell<SignedDuration>,
    stop: Interrupt,
}

/// The signals that stop the service. The first lets the present object finish, the second ends the
/// program.
pub(super) struct Interrupt {
    is_wanted: Arc<AtomicBool>,
    signal: Receiver<()>,
}

impl Interrupt {
    /// Listens from now on.
    pub(super) fn listen() -> Self {
        let is_wanted = Arc::new(AtomicBool::new(false));
        let (ready, listening) = mpsc::channel();
        let (told, signal) = mpsc::channel();
        let wanted = Arc::clone(&is_wanted);
        thread::spawn(move || {
            with_signals(async move |signals| {
                drop(ready);
                let _why = signals.next().await;
                wanted.store(true, Ordering::Release);
                drop(told);
                let _why = signals.next().await;
                std::process::exit(INTERRUPTED)
            })
        });
        // The other side is dropped when signals are listened to, or cannot be.
        let _listening: Result<(), _> = listening.recv();
        Self { is_wanted, signal }
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::Acquire)
    }

    fn wait(&self, time: Duration) {
        if !self.is_wanted() {
            let _late_or_stopped = self.signal.recv_timeout(time);
        }
    }
}

impl InterruptibleClock {
    pub(super) fn new(ahead: SignedDuration, stop: Interrupt) -> Self {
        Self { ahead: Cell::new(ahead), stop }
    }

    /// Its offset from the machine's clock.
    pub(super) fn ahead(&self) -> SignedDuration {
        self.ahead.get()
    }

    /// Advances it.
    pub(super) fn advance(&self, time: SignedDuration) {
        self.ahead.set(self.ahead.get().saturating_add(time));
    }

    /// Waits until this time, at this multiple of the usual speed.
    pub(super) fn wait_until(&self, time: Timestamp, speed: f64) {
        let left = time.duration_since(self.now());
        if left.is_positive() {
            let real = SignedDuration::try_from_secs_f64(left.as_secs_f64() / speed);
            let real = real.unwrap_or(SignedDuration::MAX);
            self.wait(real);
            // An interrupted wait has not taken the whole time.
            if !self.is_stopped() {
                self.advance(left - real);
            }
        }
    }

    /// Whether a signal has come.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_wanted()
    }
}

/// The machine's time plus the offset.
pub(super) fn now(ahead: SignedDuration) -> Timestamp {
    let now = SystemClock.now();
    now.saturating_add(ahead).unwrap_or(now)
}

impl JobClock for InterruptibleClock {
    fn now(&self) -> Timestamp {
        now(self.ahead.get())
    }

    fn wait(&self, time: SignedDuration) {
        if let Ok(time) = Duration::try_from(time) {
            self.stop.wait(time);
        }
    }
}
