//! Exchanges as server-sent events
//! ([HTML](https://html.spec.whatwg.org/multipage/server-sent-events.html)).

use std::{
    convert::Infallible,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    HttpResponse,
    body::{BodySize, MessageBody},
    web::Bytes,
};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{ControlCall, ControlHandler, ProblemDetails, Route, requests::page_since};
use crate::{
    http::{ServerClock, blocking::poll_blocking, repair::Connection},
    journal::{Listener, Seq, TrafficFilter, Watch},
    scim::{WorkBudget, quoted},
    tenant::{Tenant, Waiter},
};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[Route::get(
    "tenants/{tenant}/events",
    "New exchanges as server-sent events",
    ControlHandler::Stream(events),
)
.query("since:integer q:string")
.answers("Events")];

/// The longest time without data, so that proxies keep the connection open.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How many exchanges are read from the journal at once.
const BATCH: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EventsQuery {
    since: Option<Seq>,
    #[serde(default)]
    q: TrafficFilter,
}

/// The source of the events: an `exchange` event for each exchange that the filter matches, a `gap` event
/// if exchanges were removed from the journal before they could be sent, and a `reset` event if the tenant
/// was reset.
pub(in crate::http) struct EventSource {
    tenant: Arc<Tenant>,
    clock: ServerClock,
    filter: TrafficFilter,
    cursor: Seq,
    life: u64,
    /// The text that can be sent.
    ready: String,
    watch: Watch,
    listener: Listener,
    _waiter: Waiter,
    heartbeat: Interval,
}

/// The next piece of a stream, with the source of the following ones; `None` at the end.
type Next = Pin<Box<dyn Future<Output = Option<(EventSource, Bytes)>>>>;

/// A body without an end.
struct Stream {
    next: Next,
    connection: Option<Connection>,
}

/// `GET events`: begins after `since`, or after the event of the header `Last-Event-ID`, else with the next
/// exchange.
fn events(call: &ControlCall) -> Result<EventSource, ProblemDetails> {
    let tenant = call.tenant_in_its_epoch()?;
    let EventsQuery { since, q } = call.query()?;
    let last = match call.header("last-event-id") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_not_a_number| {
            let detail =
                format!("Last-Event-ID must be the id of an event, found {}", quoted(text));
            ProblemDetails::new(400, "invalid-event-id", detail).field("Last-Event-ID")
        })?),
    };
    let cursor = last.or(since).unwrap_or_else(|| tenant.journal().seqs().end - 1);
    let life = page_since(tenant.journal(), cursor, 0)?.life;
    // Checked again after reading the life: a reset ends the epoch first, and the life of the journal after
    // it.
    call.tenant_in_its_epoch()?;
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let clock = call.app.clock.clone();
    // The first bytes show the caller at once that the connection works.
    let ready = ": mediusflow-mock\n\n".to_owned();
    let listener = tenant.journal().notifier().listener();
    let watch = tenant.journal().watch(q.clone(), cursor, call.now)?;
    Ok(EventSource {
        _waiter: tenant.waiters().begin(),
        tenant,
        clock,
        filter: q,
        cursor,
        life,
        ready,
        watch,
        listener,
        heartbeat,
    })
}

impl EventSource {
    /// The answer, whose body ends with the connection.
    pub(super) fn into_response(self, connection: Option<Connection>) -> HttpResponse {
        HttpResponse::Ok()
            .content_type("text/event-stream")
            .insert_header(("cache-control", "no-store"))
            .body(Stream { next: self.into_next(), connection })
    }

    fn into_next(self) -> Next {
        Box::pin(poll_blocking(self.next()))
    }

    /// Waits until there is something to send; `None` if the tenant was deleted.
    async fn next(mut self) -> Option<(Self, Bytes)> {
        while self.ready.is_empty() {
            if !poll_fn(|context| self.poll_look(context)).await {
                return None;
            }
        }
        let piece = std::mem::take(&mut self.ready).into();
        Some((self, piece))
    }

    /// Ready when there is something to send. The value is false if nothing more will come.
    fn poll_look(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        self.listener.arm(context.waker());
        self.watch.arm(self.watch.count() + 1, context.waker());
        let is_over = self.tenant.is_closed();
        if self.look() {
            return Poll::Ready(true);
        }
        if is_over {
            return Poll::Ready(false);
        }
        if self.heartbeat.poll_tick(context).is_pending() {
            return Poll::Pending;
        }
        self.ready.push_str(": still here\n\n");
        Poll::Ready(true)
    }

    /// Reads new exchanges from the journal. Returns whether there were any.
    fn look(&mut self) -> bool {
        let page = self.tenant.journal().since(self.cursor, BATCH);
        if page.life != self.life {
            // Earlier exchanges do not count any more, whether they were sent or not.
            let page = self.tenant.journal().since(0, 0);
            (self.cursor, self.life) = (page.next - page.missed, page.life);
            let data = json!({"seq": self.cursor});
            self.ready.extend([format!("event: reset\ndata: {data}\n\n")]);
            return true;
        }
        let has_news = page.next != self.cursor;
        if page.missed > 0 {
            let missed = json!({"missed": page.missed, "missedReasons": page.why});
            self.ready.extend([format!("event: gap\ndata: {missed}\n\n")]);
        }
        let now = self.tenant.now(self.clock.now());
        let work = WorkBudget::default();
        for exchange in &page.items {
            if work.is_spent() {
                return true; // The rest is tested in the next step.
            }
            self.cursor = exchange.seq;
            let mut is_meant = self.filter.matches_within(exchange, now, &work);
            if work.is_spent() {
                // A single exchange that needs all the steps must still be tested.
                is_meant = self.filter.matches(exchange, now);
            }
            if is_meant {
                let (seq, data) = (exchange.seq, json!(&**exchange));
                self.ready.extend([format!("id: {seq}\nevent: exchange\ndata: {data}\n\n")]);
            }
        }
        self.cursor = page.next;
        has_news
    }
}

impl MessageBody for Stream {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let stream = self.get_mut();
        match stream.next.as_mut().poll(context) {
            Poll::Ready(Some((source, piece))) => {
                stream.next = source.into_next();
                Poll::Ready(Some(Ok(piece)))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending if stream.connection.as_ref().is_some_and(Connection::has_left) => {
                Poll::Ready(None)
            }
            Poll::Pending => Poll::Pending,
        }
    }
}
