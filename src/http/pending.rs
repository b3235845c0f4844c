//! Waiting, in a handler: for a request's own body, for something to happen.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::{Context, Poll},
    time::Duration,
};

use super::repair::Connection;
use crate::journal::{Journal, Notifier, Record};

/// Does the work, and lists the request as waiting meanwhile, if it has to wait at all.
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

/// Does the work; `None` as soon as the client has closed its side of the connection: nobody waits for
/// what it comes to, and it is dropped.
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

/// Waits until `look` finds something; looks at first, and again whenever one of the notifiers rings, or
/// something calls the waker that it gets. `None` when the time is over.
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
