//! `{t}/admin/changes`: tells a page when something of the tenant has changed, as server-sent events.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodySize, MessageBody},
    web::Bytes,
};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{super::request::PageRequest, session};
use crate::{http::repair::Connection, journal::Listener, tenant::Tenant};

/// How long nothing may be sent, so that proxies keep the connection.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What is sent: the revision of the tenant's state and of its journal, whenever one of them moves.
struct ChangeEvents {
    tenant: Arc<Tenant>,
    listeners: [Listener; 2],
    /// What was sent last.
    sent: Option<String>,
    heartbeat: Interval,
    connection: Option<Connection>,
}

/// `GET {t}/admin/changes`.
///
/// 204 for who has not logged in: a browser asks again after anything else (HTML, "server-sent events").
pub(in crate::http::web) fn changes(request: &HttpRequest, page: &PageRequest) -> HttpResponse {
    if session::of(page).is_err() {
        return HttpResponse::NoContent().finish();
    }
    let tenant = page.tenant().clone();
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let changes = ChangeEvents {
        listeners: [tenant.notifier().listener(), tenant.journal().notifier().listener()],
        tenant,
        sent: None,
        heartbeat,
        connection: request.conn_data::<Connection>().cloned(),
    };
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("cache-control", "no-store"))
        .body(changes)
}

impl MessageBody for ChangeEvents {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let changes = self.get_mut();
        for listener in &changes.listeners {
            listener.arm(context.waker());
        }
        let has_left = changes.connection.as_ref().is_some_and(Connection::has_left);
        if changes.tenant.is_closed() || has_left {
            return Poll::Ready(None);
        }
        let tenant = &changes.tenant;
        let now = format!("{}.{}", tenant.revision(), tenant.journal().revision());
        if changes.sent.as_ref() != Some(&now) {
            let event = format!("data: {now}\n\n");
            changes.sent = Some(now);
            return Poll::Ready(Some(Ok(event.into())));
        }
        match changes.heartbeat.poll_tick(context) {
            Poll::Ready(_) => Poll::Ready(Some(Ok(Bytes::from_static(b": still here\n\n")))),
            Poll::Pending => Poll::Pending,
        }
    }
}
