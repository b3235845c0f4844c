//! Waiting in handlers: for the body of a request, or for an event.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::{Context, Poll},
    time::Duration,
};

use super::repair::Connection;
use crate::journal::{Journal, Notifier, Record};

/// Awaits the work. If it is not ready at once, the request is listed as waiting in the meantime.
pub(super) async fn listed<T>(
    journal: &Journal,
    record: impl FnOnce() -> Record,
    work: impl Future<Output = T>,
) -> T {
    let mut work = pin!(work);
    let at_once = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await;
    if let Poll::Ready(done) = at_once {
        return done;
    }
    let _waiting = journal.list(record());
    work.await
}

/// Awaits the work; `None` as soon as the client has closed its side of the connection. The work is dropped
/// then.
pub(super) async fn while_connected<T>(
    connection: Option<&Connection>,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = pin!(work);
    let next = poll_fn(|context| {
        if connection.is_some_and(Connection::has_left) {
            return Poll::Ready(None);
        }
        work.as_mut().poll(context).map(Some)
    });
    next.await
}

/// Waits until `look` returns something; `None` if the time is over. `look` is called at once, and again
/// whenever a notifier notifies or the waker that it gets is called.
pub(super) async fn until<T>(
    notifiers: &[&Notifier],
    patience: Duration,
    mut look: impl FnMut(&mut Context<'_>) -> Option<T>,
) -> Option<T> {
    let listeners: Vec<_> = notifiers.iter().map(|it| it.listener()).collect();
    let found = poll_fn(|context| {
        for listener in &listeners {
            listener.arm(context.waker());
        }
        look(context).map_or(Poll::Pending, Poll::Ready)
    });
    tokio::time::timeout(patience, found).await.ok()
}
