//! Records every exchange with a tenant in its journal before the answer is sent.

use std::{borrow::Cow, net::SocketAddr, time::Duration};

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody as _},
    http::header::{HeaderMap, HeaderValue},
    web::Bytes,
};
use jiff::Timestamp;
use smol_str::SmolStr;

use super::{
    App,
    accept::typed,
    answer::Answer,
    arrival::{CallHead, RequestContext},
    blocking::run_blocking,
    repair::{HeaderNames, as_sent},
};
use crate::{
    journal::{
        BODY_CAP, Exchange, Message, OWN_NUMBER, Operation, Record, Secrets, Seq, mask_target,
    },
    tenant::{Hold, JOB_EPOCH, Tenant},
};

/// A request as it is recorded.
pub(super) struct SentRequest<'a> {
    method: &'a str,
    /// Path and query.
    target: &'a str,
    headers: &'a HeaderMap,
    /// The names of the header lines in the order in which they came, if that is known.
    names: Option<HeaderNames>,
    sender: Sender,
}

/// Who sent a request.
#[derive(Clone, Copy)]
enum Sender {
    /// Somebody at this address, who may say more.
    Client(Option<SocketAddr>),
    /// The server itself, for this one.
    Server(&'static str),
}

impl<'a> SentRequest<'a> {
    /// A request as it came.
    pub(super) fn of(request: &'a HttpRequest) -> Self {
        Self {
            method: request.method().as_str(),
            target: request.uri().path_and_query().map_or("/", |it| it.as_str()),
            headers: request.headers(),
            names: request.extensions().get::<HeaderNames>().cloned(),
            sender: Sender::Client(request.peer_addr()),
        }
    }

    /// A call that a click makes.
    pub(super) fn of_click(call: &'a CallHead) -> Self {
        let CallHead { method, target, headers, from } = call;
        Self { method: method.as_str(), target, headers, names: None, sender: Sender::Server(from) }
    }

    fn asked(context: &'a RequestContext) -> Self {
        match &context.click {
            Some(call) => Self::of_click(call),
            None => Self::of(&context.request),
        }
    }
}

/// The record of a request to a tenant before it is answered.
pub(super) fn arrived(context: &RequestContext, mut known: Record) -> Record {
    let tenant = &context.arrival.tenant;
    let schemas = tenant.schemas();
    let mut secrets = Secrets::at(schemas.secrets());
    add_live(&mut secrets, &context.app, Some(tenant));
    known.at = context.arrival.at;
    describe(&mut known, &SentRequest::asked(context), &Bytes::new(), &mut secrets);
    known.request = Message::default();
    known.hide(&mut secrets);
    known
}

/// Adds the current secrets of the server and of the called tenant.
fn add_live(secrets: &mut Secrets<'_>, app: &App, tenant: Option<&Tenant>) {
    if let Some(tenant) = tenant {
        tenant.add_secrets(secrets);
    }
    app.access.token.as_deref().into_iter().for_each(|it| secrets.add(it));
}

/// Records the request. The values of secret members are masked and added to `secrets`.
fn describe(record: &mut Record, sent: &SentRequest<'_>, body: &Bytes, secrets: &mut Secrets<'_>) {
    record.method = sent.method.into();
    record.target = mask_target(sent.target, secrets).into();
    let lines = lines(sent.headers, sent.names.as_ref());
    record.request = Message::hiding(lines, body, BODY_CAP, secrets);
    for (name, value) in &mut record.request.headers {
        as_sent(name, value);
    }
    if record.from.is_empty() {
        record.from = caller(sent, secrets);
    }
}

/// Records an exchange, unless the tenant was reset since its epoch. Returns the response.
pub(super) async fn finish(context: &RequestContext, body: &Bytes, answer: Answer) -> HttpResponse {
    let RequestContext { app, arrival, .. } = context;
    let (tenant, epoch) = (&arrival.tenant, arrival.epoch);
    let answer = typed(context.headers(), answer);
    let names_itself = answer.record.names_itself;
    if tenant.journal().is_paused() {
        let response = answer.into_response();
        return if names_itself { numbered(response, "none") } else { response };
    }
    let (response, record) = described(context, body, answer);
    // While a reset waits for a long call, the lock is not available at once.
    let hold = if tenant.is_busy() { None } else { tenant.hold_now() };
    let seq = if let Some(hold) = hold {
        enter(app, hold, epoch, record)
    } else {
        let (tenant, app) = (tenant.clone(), app.clone());
        run_blocking(move || enter(&app, tenant.hold(), epoch, record)).await
    };
    match seq {
        _ if !names_itself => response,
        Some(seq) => numbered(response, &seq.to_string()),
        // Its exchange is in no journal.
        None => context.overtaken().into_response(),
    }
}

/// The response with this number of its own exchange.
fn numbered(response: HttpResponse, number: &str) -> HttpResponse {
    response.map_body(|_head, body| match body.try_into_bytes() {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes).replace(OWN_NUMBER, number);
            BoxBody::new(text)
        }
        Err(body) => body,
    })
}

/// The response of an answer, and its record.
fn described(context: &RequestContext, body: &Bytes, mut answer: Answer) -> (HttpResponse, Record) {
    let RequestContext { app, request, arrival, .. } = context;
    let schemas = arrival.tenant.schemas();
    let mut secrets = Secrets::at(schemas.secrets());
    add_live(&mut secrets, app, Some(&arrival.tenant));
    answer.record.at = arrival.at;
    answer.record.took = since(app, arrival.received);
    fill(&mut answer, &SentRequest::asked(context), body, &mut secrets);
    // The provisioning job of the server is not a client under test.
    if let Some(tally) = app.tally.get()
        && !request.headers().contains_key(JOB_EPOCH)
    {
        tally.add(&answer.record);
    }
    answer.into_parts()
}

/// The time since then; zero if the clock was set back.
fn since(app: &App, received: Timestamp) -> Duration {
    app.clock.now().duration_since(received).try_into().unwrap_or_default()
}

/// Adds a record to the tenant's journal, and keeps all journals within their budget. The number of the exchange;
/// `None` if the epoch is over.
fn enter(app: &App, hold: Hold<'_>, epoch: u64, record: Record) -> Option<Seq> {
    let tenant = hold.tenant();
    let recorded = hold.record(epoch, record);
    app.tenants.settle_journals(tenant);
    let exchange = recorded?;
    tell(tenant.name().as_str(), &exchange);
    Some(exchange.seq)
}

/// Records an exchange that reached no tenant. Returns the response.
pub(super) fn unrouted(
    app: &App,
    sent: &SentRequest<'_>,
    received: Timestamp,
    body: &Bytes,
    answer: Answer,
) -> HttpResponse {
    let mut answer = typed(sent.headers, answer);
    let mut secrets = Secrets::default();
    add_live(&mut secrets, app, None);
    // The request may contain a secret of any tenant.
    app.tenants.all().iter().for_each(|it| it.add_secrets(&mut secrets));
    answer.record.at = received;
    answer.record.took = since(app, received);
    answer.record.operation = Operation::Unknown;
    answer.record.remark = answer.guess.take();
    fill(&mut answer, sent, body, &mut secrets);
    let (response, record) = answer.into_parts();
    tell("none", &app.unrouted.record(record));
    response
}

/// Records the messages of an answer and its request, with the secrets of both masked.
fn fill(answer: &mut Answer, sent: &SentRequest<'_>, body: &Bytes, secrets: &mut Secrets<'_>) {
    // A 401 repeats nothing of the request but a masked token. So if the token is a word of its text
    // ("Bearer secret"), that word is not masked.
    let told = (answer.record.status == 401).then(|| {
        hide_answer(answer, secrets);
        (answer.record.response.clone(), answer.record.problem.clone())
    });
    describe(&mut answer.record, sent, body, secrets);
    hide_answer(answer, secrets);
    match told {
        Some((response, problem)) => {
            answer.record.response = response;
            answer.record.problem = problem;
        }
        None => hide_echo(answer, secrets),
    }
}

/// Records the answer with these secrets masked, and masks them in what was recorded before.
fn hide_answer(answer: &mut Answer, secrets: &mut Secrets<'_>) {
    let sent = answer.headers.iter().map(|(name, value)| (name.as_ref(), value.as_str()));
    answer.record.response = Message::hiding(sent, &answer.body, BODY_CAP, secrets);
    answer.record.hide(secrets);
}

/// Writes an exchange to the log.
fn tell(tenant: &str, exchange: &Exchange) {
    tracing::debug!(
        tenant,
        status = exchange.status,
        took_us = exchange.took.as_micros(),
        "{}",
        exchange.summary
    );
}

/// Masks secrets of the request that a refusal repeats, since clients log refusals.
fn hide_echo(answer: &mut Answer, secrets: &Secrets<'_>) {
    if answer.record.status >= 400
        && let Ok(text) = std::str::from_utf8(&answer.body)
        && let Cow::Owned(masked) = secrets.hide_refusal(text)
    {
        answer.body = masked.into();
    }
}

/// The sender of a request, as far as it shows: Entra by the header that only its client sends
/// (`ADSCIMVersion`), others by the product of their user agent, else the IP address.
fn caller(sent: &SentRequest<'_>, secrets: &Secrets<'_>) -> SmolStr {
    let address = match sent.sender {
        Sender::Client(address) => address,
        Sender::Server(from) => return SmolStr::new_static(from),
    };
    let headers = sent.headers;
    if headers.contains_key("adscimversion") {
        return SmolStr::new_static("entra");
    }
    let agent = headers.get("user-agent").and_then(|it| it.to_str().ok());
    let agent = agent.map(|it| secrets.hide(it));
    let product =
        agent.as_ref().and_then(|it| it.split(['/', ' ']).next()).filter(|it| !it.is_empty());
    match (product, address) {
        (Some(product), _) => product.chars().take(24).collect::<String>().to_lowercase().into(),
        (None, Some(address)) => SmolStr::from(address.ip().to_string()),
        (None, None) => SmolStr::new_static("unknown"),
    }
}

/// The header lines in the order in which they were sent, if it is known.
fn lines<'a>(headers: &'a HeaderMap, head: Option<&'a HeaderNames>) -> Vec<(&'a str, &'a str)> {
    let text =
        |(name, value): (&'a str, &'a HeaderValue)| (name, value.to_str().unwrap_or("(not text)"));
    let mut lines: Vec<_>;
    if let Some(sorted) = head.and_then(|it| it.sorted(headers)) {
        lines = sorted.into_iter().map(text).collect();
    } else {
        lines = headers.iter().map(|(name, value)| text((name.as_str(), value))).collect();
        lines.sort_by_key(|(name, _)| *name); // The map has no order of its own.
    }
    lines.retain(|(name, _)| *name != JOB_EPOCH);
    lines
}
