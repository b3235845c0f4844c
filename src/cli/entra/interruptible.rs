//! Requests that a signal ends, though the target hangs.

use std::{
    cell::Cell,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use super::clock::InterruptibleClock;
use crate::entra::{HttpTransport, Request, Response, Transport, TransportError};

/// How long after a signal the object at hand has to be finished: a target that is well needs far
/// less, and whoever pressed Ctrl-C does not want to wait longer.
const GRACE: Duration = Duration::from_secs(2);
/// How often a signal is looked for while an answer is awaited.
const LOOK: Duration = Duration::from_millis(50);

type Answer = Result<Response, TransportError>;

/// A transport whose waits end soon after a signal. The exchanges are made on a thread of their own,
/// which is left behind when one is given up: the program ends then.
pub(super) struct InterruptibleTransport<'a> {
    orders: mpsc::Sender<(Request, mpsc::SyncSender<Answer>)>,
    clock: &'a InterruptibleClock,
    /// When nothing is waited for any more.
    deadline: Cell<Option<Instant>>,
}

impl<'a> InterruptibleTransport<'a> {
    pub(super) fn new(transport: HttpTransport, clock: &'a InterruptibleClock) -> Self {
        let (orders, ordered) = mpsc::channel::<(Request, mpsc::SyncSender<Answer>)>();
        thread::spawn(move || {
            for (request, answer) in ordered {
                // Nobody takes the answer to what was given up.
                drop(answer.send(transport.send(&request)));
            }
        });
        Self { orders, clock, deadline: Cell::new(None) }
    }

    fn is_over(&self) -> bool {
        if !self.clock.is_stopped() {
            return false;
        }
        let now = Instant::now();
        let deadline = self.deadline.get().unwrap_or(now + GRACE);
        self.deadline.set(Some(deadline));
        now >= deadline
    }
}

impl Transport for InterruptibleTransport<'_> {
    fn send(&self, request: &Request) -> Answer {
        let given_up = |why: &str| Err(TransportError::Broken(why.into()));
        let stopped = "given up without an answer, because the command was told to stop";
        if self.is_over() {
            return given_up(stopped);
        }
        let (answer, coming) = mpsc::sync_channel(1);
        // The thread ends with this, or in a panic: then the answer is disconnected as well.
        drop(self.orders.send((request.clone(), answer)));
        loop {
            match coming.recv_timeout(LOOK) {
                Ok(answer) => return answer,
                Err(RecvTimeoutError::Disconnected) => return given_up("the request was not sent"),
                Err(RecvTimeoutError::Timeout) if self.is_over() => return given_up(stopped),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}
