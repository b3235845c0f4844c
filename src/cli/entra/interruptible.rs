//! Requests that a signal can end while the target does not answer.

use std::{
    cell::Cell,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use super::clock::InterruptibleClock;
use crate::entra::{HttpTransport, Request, Response, Transport, TransportError};

/// The time after a signal in which the present object can be finished. A working target needs far
/// less, and the user who pressed Ctrl-C does not wait longer.
const GRACE: Duration = Duration::from_secs(2);
/// The interval at which a wait for an answer checks for a signal.
const LOOK: Duration = Duration::from_millis(50);

type SendResult = Result<Response, TransportError>;

/// A transport whose waits end soon after a signal. A thread of its own makes the requests. It is
/// left behind when a request is given up, because the program ends then.
pub(super) struct InterruptibleTransport<'a> {
    orders: mpsc::Sender<(Request, mpsc::SyncSender<SendResult>)>,
    clock: &'a InterruptibleClock,
    /// The time after which no answer is waited for.
    deadline: Cell<Option<Instant>>,
}

impl<'a> InterruptibleTransport<'a> {
    pub(super) fn new(transport: HttpTransport, clock: &'a InterruptibleClock) -> Self {
        let (orders, ordered) = mpsc::channel::<(Request, mpsc::SyncSender<SendResult>)>();
        thread::spawn(move || {
            for (request, answer) in ordered {
                // The answer to a request that was given up is dropped.
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
    fn send(&self, request: &Request) -> SendResult {
        let given_up = |why: &str| Err(TransportError::Broken(why.into()));
        let stopped = "given up without an answer, because the command was told to stop";
        if self.is_over() {
            return given_up(stopped);
        }
        let (answer, coming) = mpsc::sync_channel(1);
        // The thread ends when this is dropped, or in a panic; both disconnect the answer.
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
