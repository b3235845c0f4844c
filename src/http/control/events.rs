//! What happens, as it happens: server-sent events
//! ([HTML](https://html.spec.whatwg.org/multipage/server-sent-events.html)).

use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    HttpResponse,
    body::{BodySize, MessageBody},
    http::Method,
    web::Bytes,
};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{ControlCall, Handler, Problem, Route, requests::page_since};
use crate::{
    http::{Clock, mended::Line},
    journal::{Listener, Seq, TrafficFilter, Watch},
    tenant::{Tenant, Waiter},
};

pub(super) const ROUTES: &[Route<Handler>] =
    &[Route(Method::GET, "tenants/{tenant}/events", Handler::Stream(events))];

/// How long nothing may be sent, so that proxies keep the connection.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How many exchanges are taken from the journal at once.
const BATCH: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    since: Option<Seq>,
    #[serde(default)]
    q: TrafficFilter,
}

/// The body that never ends: an `exchange` event for each exchange that the filter means, a `gap`
/// where some had left the journal before they could be sent, a `reset` where the tenant was set back.
struct Stream {
    tenant: Arc<Tenant>,
    clock: Clock,
    filter: TrafficFilter,
    cursor: Seq,
    life: u64,
    ready: VecDeque<Bytes>,
    watch: Watch,
    listener: Listener,
    line: Option<Line>,
    _waiter: Waiter,
    heartbeat: Interval,
}

/// `GET events`: goes on behind `since`, or behind the event that the caller's `Last-Event-ID` names,
/// else with what happens next.
fn events(call: &ControlCall, line: Option<Line>) -> Result<HttpResponse, Problem> {
    let tenant = call.tenant()?;
    let Asked { since, q } = call.query()?;
    let last = match call.header("last-event-id") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_not_a_number| {
            let detail = format!("Last-Event-ID must be the id of an event, found {text:?}");
            Problem::new(400, "invalid-event-id", detail).field("Last-Event-ID")
        })?),
    };
    let cursor = last.or(since).unwrap_or_else(|| tenant.journal().seqs().end - 1);
    let life = page_since(tenant.journal(), cursor, 0)?.life;
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let clock = call.app.clock.clone();
    // The first bytes tell the caller at once that it is heard.
    let ready = VecDeque::from([Bytes::from_static(b": mediusflow-mock\n\n")]);
    let listener = tenant.journal().bell().listener();
    let watch = tenant.journal().watch(q.clone(), cursor, call.now);
    let stream = Stream {
        _waiter: tenant.waiters().begin(),
        tenant,
        clock,
        filter: q,
        cursor,
        life,
        ready,
        watch,
        listener,
        line,
        heartbeat,
    };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("cache-control", "no-store"))
        .body(stream))
}

impl Stream {
    /// Takes what is new from the journal; whether there was anything.
    fn look(&mut self) -> bool {
        let page = self.tenant.journal().since(self.cursor, BATCH);
        if page.life != self.life {
            // What came before is of another life, whether it was sent or not.
            let page = self.tenant.journal().since(0, 0);
            (self.cursor, self.life) = (page.next - page.missed, page.life);
            let data = json!({"seq": self.cursor});
            self.ready.push_back(format!("event: reset\ndata: {data}\n\n").into());
            return true;
        }
        let has_news = page.next != self.cursor;
        self.cursor = page.next;
        if page.missed > 0 {
            let missed = json!({"missed": page.missed, "missedReasons": page.why});
            self.ready.push_back(format!("event: gap\ndata: {missed}\n\n").into());
        }
        let now = self.tenant.now(self.clock.now());
        for exchange in page.items.iter().filter(|it| self.filter.matches(it, now)) {
            let (seq, data) = (exchange.seq, json!(&**exchange));
            self.ready.push_back(format!("id: {seq}\nevent: exchange\ndata: {data}\n\n").into());
        }
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
        loop {
            if let Some(piece) = stream.ready.pop_front() {
                return Poll::Ready(Some(Ok(piece)));
            }
            stream.listener.arm(context.waker());
            stream.watch.arm(stream.watch.came() + 1, context.waker());
            let has_left = stream.line.as_ref().is_some_and(Line::has_left);
            let is_over = has_left || stream.tenant.is_closed();
            if stream.look() {
                continue;
            }
            if is_over {
                return Poll::Ready(None);
            }
            if stream.heartbeat.poll_tick(context).is_pending() {
                return Poll::Pending;
            }
            stream.ready.push_back(Bytes::from_static(b": still here\n\n"));
        }
    }
}
