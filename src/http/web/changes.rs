//! Tells a page when something of the tenant or of its provisioning job has changed, as server-sent events.

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

use super::request::{PageRequest, revisions};
use crate::{http::repair::Connection, journal::Listener, tenant::Tenant};

/// How long nothing may be sent, so that proxies keep the connection.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What is sent: the revisions, whenever one of them moves.
struct ChangeEvents {
    page: PageRequest,
    may_know: fn(&PageRequest) -> bool,
    tenant: Arc<Tenant>,
    listeners: [Listener; 2],
    /// What was sent last.
    sent: Option<String>,
    heartbeat: Interval,
    connection: Option<Connection>,
}

/// 204 for a browser that may not know: it asks again after anything else (HTML, "server-sent events").
pub(super) fn changes(
    request: &HttpRequest,
    page: &PageRequest,
    may_know: fn(&PageRequest) -> bool,
) -> HttpResponse {
    if !may_know(page) {
        return HttpResponse::NoContent().finish();
    }
    let tenant = page.tenant().clone();
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let changes = ChangeEvents {
        page: page.again(),
        may_know,
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
        let tenant = &changes.tenant;
        // A session ends while its page is open: asked again, the browser is answered 204.
        changes.page.now = tenant.now(changes.page.app.clock.now());
        if tenant.is_closed() || has_left || !(changes.may_know)(&changes.page) {
            return Poll::Ready(None);
        }
        let now = revisions(&changes.page.app, tenant);
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
