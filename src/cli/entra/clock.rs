//! The job's clock, and what stops the service.

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

/// What shells answer for a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// The machine's clock, moved on: waiting takes the time it says, or until the service is stopped.
pub(super) struct InterruptibleClock {
    ahead: Cell<SignedDuration>,
    stop: Interrupt,
}

/// Whether a signal has come. The first lets the object at hand finish, the second ends the program.
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
        // It ends when the other side is dropped: then signals are listened to, or cannot be.
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

    /// How far it is ahead of the machine's.
    pub(super) fn ahead(&self) -> SignedDuration {
        self.ahead.get()
    }

    /// Moves it on at once.
    pub(super) fn advance(&self, time: SignedDuration) {
        self.ahead.set(self.ahead.get().saturating_add(time));
    }

    /// Waits until it shows this time, going so many times as fast as usual.
    pub(super) fn wait_until(&self, time: Timestamp, speed: f64) {
        let left = time.duration_since(self.now());
        if left.is_positive() {
            let real = SignedDuration::try_from_secs_f64(left.as_secs_f64() / speed);
            let real = real.unwrap_or(SignedDuration::MAX);
            self.wait(real);
            // A wait that was ended has not taken the time.
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

/// The machine's time, moved on.
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
