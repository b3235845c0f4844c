//! Every exchange with a tenant enters its journal before its answer leaves.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, http::header::HeaderMap, web::Bytes};
use jiff::Timestamp;
use smol_str::SmolStr;

use super::{Clock, answer::Answer, mended::as_sent};
use crate::{
    journal::{BODY_CAP, Draft, Message, mask_target},
    tenant::Tenant,
};

/// When a request came, and by whose clock.
#[derive(Clone, Copy)]
pub(super) struct Received<'a> {
    clock: &'a Clock,
    /// By the server's clock, by which durations are measured.
    base: Timestamp,
    /// By the tenant's clock, once it is known which tenant that is.
    pub(super) at: Timestamp,
}

impl<'a> Received<'a> {
    pub(super) fn now(clock: &'a Clock) -> Self {
        let base = clock.now();
        Self { clock, base, at: base }
    }

    /// The same by the clock of this tenant.
    pub(super) fn by(self, tenant: &Tenant) -> Self {
        Self { at: tenant.now(self.base), ..self }
    }

    /// How long ago that is; nothing if the clock was turned back.
    fn elapsed(self) -> Duration {
        self.clock.now().duration_since(self.base).try_into().unwrap_or_default()
    }
}

/// What is known of a request to a tenant before it is answered; its status is 0.
pub(super) fn arrived(request: &HttpRequest, tenant: &Tenant, received: Received<'_>) -> Draft {
    let target = request.uri().path_and_query().map_or("/", |it| it.as_str());
    let target = mask_target(target, tenant.schemas().secrets());
    let mut draft = Draft::new(received.at, request.method().as_str(), &target);
    draft.from = caller(request);
    draft.status = 0;
    draft
}

/// Records an exchange, unless the tenant was reset since its epoch, and sends its answer on its way.
pub(super) fn finish(
    request: &HttpRequest,
    at: (&Arc<Tenant>, u64, Received<'_>),
    body: &Bytes,
    answer: Answer,
) -> HttpResponse {
    keep(request, at, body, answer).into_response()
}

/// Records an exchange, unless the tenant was reset since its epoch; an answer of status 0 is one that never leaves.
pub(super) fn keep(
    request: &HttpRequest,
    (tenant, epoch, received): (&Arc<Tenant>, u64, Received<'_>),
    body: &Bytes,
    mut answer: Answer,
) -> Answer {
    if tenant.journal().is_paused() {
        return answer;
    }
    let notes = std::mem::take(&mut answer.notes);
    let sent = answer.headers.iter().map(|(name, value)| (name.as_ref(), value.as_str()));
    let mut draft = arrived(request, tenant, received);
    draft.took = received.elapsed();
    if let Some(from) = notes.from {
        draft.from = SmolStr::new_static(from);
    }
    draft.request =
        Message::hiding(texts(request.headers()), body, BODY_CAP, tenant.schemas().secrets());
    for (name, value) in &mut draft.request.headers {
        as_sent(name, value);
    }
    draft.response = Message::recorded(sent, &answer.body, BODY_CAP);
    draft.status = answer.status;
    draft.operation = notes.operation;
    draft.auth = notes.auth;
    draft.subject = notes.subject;
    draft.effects = notes.effects;
    draft.findings = notes.findings;
    draft.problem = answer.problem.take();
    draft.hits = notes.hits;
    draft.remark = notes.remark;
    draft.fault = notes.fault;
    if let Some(exchange) = tenant.record(epoch, draft) {
        tracing::debug!(
            tenant = %tenant.name(),
            status = exchange.status,
            took_us = exchange.took.as_micros(),
            "{}",
            exchange.summary
        );
    }
    answer
}

/// Who a request is from, as far as it tells: Entra by the header that only its client sends
/// (`ADSCIMVersion`), others by the product of their user agent, else the address.
fn caller(request: &HttpRequest) -> SmolStr {
    let headers = request.headers();
    if headers.contains_key("adscimversion") {
        return SmolStr::new_static("entra");
    }
    let agent = headers.get("user-agent").and_then(|it| it.to_str().ok());
    let product = agent.and_then(|it| it.split(['/', ' ']).next()).filter(|it| !it.is_empty());
    match (product, request.peer_addr()) {
        (Some(product), _) => product.chars().take(24).collect::<String>().to_lowercase().into(),
        (None, Some(address)) => SmolStr::from(address.ip().to_string()),
        (None, None) => SmolStr::new_static("unknown"),
    }
}

fn texts(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or("(not text)")))
}
