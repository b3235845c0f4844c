//! Carries out the decisions of a tenant's faults and limits about a request.
//!
//! The pipeline asks whether anything is armed ([`ask`]). Only then this module is used: once before the
//! work and once after it. A delayed answer needs no thread of its own. A reset of the tenant or the stop
//! of the server ends the delay.

use std::{
    future::poll_fn,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    HttpResponse,
    http::{Method, header::HeaderName},
};
use jiff::Timestamp;
use smol_str::SmolStr;

use super::{
    admin,
    answer::Answer,
    api::TenantApi,
    arrival::RequestContext,
    blocking::{SHORT_BODY, run_blocking},
    call::Call,
    pending::listed,
    problem::ProblemDetails,
    record,
    repair::{Connection, FinalBytes},
    scim,
};
use crate::{
    fault::{Decision, Ending, FaultOutcome, LimitDecision, Phase, Preference, Reply, preference},
    journal::{Fault, Finding, Operation, Record},
};

mod facts;
#[cfg(feature = "web")]
mod id_token;
mod wire;

pub(crate) use facts::known_operations;

/// The decisions of faults and limits about a request.
#[derive(Default)]
pub(super) struct RequestFaults {
    /// The answer, if the request is refused.
    refusal: Option<Box<Answer>>,
    /// The application of a rule, if one applies.
    decision: Option<Decision>,
    findings: Vec<Finding>,
}

/// What happens before the work.
pub(super) enum BeforeWork {
    /// The work is performed.
    Perform,
    /// This is the answer, and no work is performed.
    Answer(Box<Answer>),
    /// The tenant was reset in the meantime.
    Reset,
}

/// How an answer is sent.
pub(super) enum Delivery {
    Whole,
    /// As these bytes; then the connection is closed.
    Cut(Vec<u8>),
    /// Not at all: the connection ends after these bytes.
    Ended(Ending, Vec<u8>),
}

/// How a delay ended.
enum DelayEnd {
    /// The time is over, the client has left, or the server stops.
    Over,
    /// The tenant was reset.
    Reset,
}

/// A static value, because a header name that is not a standard one would be parsed at each lookup.
static PREFER: HeaderName = HeaderName::from_static("prefer");

/// Whether faults or limits may change the answer to a request.
pub(super) fn ask(context: &RequestContext) -> bool {
    let armed = context.arrival.tenant.faults().armed();
    armed.asks_all() || armed.honors_prefer() && context.headers().contains_key(&PREFER)
}

/// Decides what happens to a request.
pub(super) async fn decide(
    context: &RequestContext,
    call: Call<'static>,
) -> (Call<'static>, RequestFaults) {
    let (api, waited) = (context.api, context.arrival.waited());
    let path = context.path();
    if call.body.len() <= SHORT_BODY {
        let faults = decided(api, &call, path, waited);
        return (call, faults);
    }
    let path = path.to_owned();
    let work = move || {
        let faults = decided(api, &call, &path, waited);
        (call, faults)
    };
    run_blocking(work).await
}

/// Decides what happens to a request. `waited` is the time by which limits are counted.
fn decided(api: TenantApi, call: &Call<'_>, path: &str, waited: Timestamp) -> RequestFaults {
    let asked = &facts::of(call, api, path);
    let book = call.tenant.faults();
    let armed = book.armed();
    let mut findings = Vec::new();
    if armed.asks_all() {
        let verdict = book.admit(asked, call.bearer().unwrap_or_default(), waited);
        findings.extend(verdict.early.map(impatient));
        if let Some(answer) = limited(api, call, verdict) {
            return RequestFaults {
                refusal: Some(Box::new(answer)),
                findings,
                ..RequestFaults::default()
            };
        }
    }
    let values = call.headers.get_all("prefer").filter_map(|it| it.to_str().ok());
    let wanted = if armed.honors_prefer() { preference(values) } else { Ok(None) };
    let decision = match wanted {
        Err(error) => {
            let problem = ProblemDetails::new(400, "invalid-preference", error.detail);
            let answer = api.refusal(problem, call.refused_at());
            return RequestFaults {
                refusal: Some(Box::new(answer)),
                findings,
                ..RequestFaults::default()
            };
        }
        Ok(Some(Preference::NoFaults)) => None,
        Ok(Some(Preference::Fault(rule))) => Some(book.comply(*rule, asked)),
        Ok(None) => book.decide(asked, call.now),
    };
    RequestFaults { decision, findings, refusal: None }
}

impl RequestFaults {
    /// What happens before the work.
    pub(super) async fn before(
        &mut self,
        context: &RequestContext,
        call: &mut Call<'_>,
    ) -> BeforeWork {
        if let Some(refusal) = self.refusal.take() {
            return BeforeWork::Answer(Box::new(instead(unperformed(context.api, call), *refusal)));
        }
        let is_due = |it: &&Decision| it.rule.phase() == Phase::Before;
        let Some(decision) = self.decision.as_ref().filter(is_due) else {
            return BeforeWork::Perform;
        };
        if let DelayEnd::Reset = sleep(context, call, decision.delay).await {
            return BeforeWork::Reset;
        }
        let outcome = decision.rule.action().outcome();
        if let FaultOutcome::Stale(changes) = outcome {
            call.stale = Some(call.tenant.earlier(*changes));
        }
        if !replaces(outcome) {
            return BeforeWork::Perform;
        }
        let answer = substitute(context, call, outcome, unperformed(context.api, call));
        BeforeWork::Answer(Box::new(answer))
    }

    /// What happens after the work: the answer to record, and how it is sent; `None` if the tenant was
    /// reset in the meantime.
    pub(super) async fn after(
        self,
        context: &RequestContext,
        call: &Call<'_>,
        mut answer: Answer,
    ) -> Option<(Answer, Delivery)> {
        answer.record.findings.extend(self.findings);
        let Some(decision) = self.decision else { return Some((answer, Delivery::Whole)) };
        let outcome = decision.rule.action().outcome();
        if decision.rule.phase() == Phase::After {
            if let DelayEnd::Reset = sleep(context, call, decision.delay).await {
                return None;
            }
            if replaces(outcome) {
                answer = substitute(context, call, outcome, answer.record);
            }
        }
        if let FaultOutcome::Relabel(headers) = outcome {
            answer = with_headers(answer, headers);
        }
        #[cfg(feature = "web")]
        if let FaultOutcome::IdToken(fault) = outcome {
            answer = id_token::spoil(answer, fault, &call.tenant, call.now);
        }
        let mut answer = told(&decision, answer);
        let delivery = match outcome {
            FaultOutcome::Truncate(after) => {
                let is_head = context.request.method() == Method::HEAD;
                let bytes = wire::cut(&answer, if is_head { 0 } else { *after });
                answer.body.truncate(*after);
                Delivery::Cut(bytes)
            }
            FaultOutcome::End(Ending::Garbage) => {
                Delivery::Ended(Ending::Garbage, wire::garbage(decision.number))
            }
            FaultOutcome::End(ending) => Delivery::Ended(*ending, Vec::new()),
            _ => Delivery::Whole,
        };
        Some((answer, delivery))
    }
}

impl Delivery {
    /// Sends the answer, or ends the connection.
    pub(super) async fn deliver(
        self,
        context: &RequestContext,
        response: HttpResponse,
    ) -> HttpResponse {
        let connection = context.request.conn_data::<Connection>();
        let final_bytes = match (self, connection) {
            (Self::Whole, _) => return response,
            (_, None) => return no_connection(),
            (Self::Cut(bytes), _) => FinalBytes { bytes, resets: false },
            (Self::Ended(ending, bytes), _) => {
                if ending == Ending::Hang {
                    tokio::select! {
                        () = tenant_is_reset(context) => {}
                        () = delays_end(context) => {}
                        () = client_leaves(context) => {}
                    }
                } else {
                    // Answers to earlier requests on this connection must be written first.
                    tokio::task::yield_now().await;
                }
                FinalBytes { bytes, resets: ending == Ending::Reset }
            }
        };
        if let Some(connection) = connection {
            connection.end(final_bytes);
        }
        HttpResponse::Ok().finish()
    }
}

/// Delays the answer. During the delay the request is listed as waiting.
async fn sleep(context: &RequestContext, call: &Call<'_>, delay: Option<Duration>) -> DelayEnd {
    let Some(delay) = delay else { return DelayEnd::Over };
    let arrived = || record::arrived(context, unperformed(context.api, call));
    let sleep = async {
        tokio::select! {
            biased;
            () = tenant_is_reset(context) => DelayEnd::Reset,
            () = delays_end(context) => DelayEnd::Over,
            () = client_leaves(context) => DelayEnd::Over,
            () = tokio::time::sleep(delay) => DelayEnd::Over,
        }
    };
    listed(call.tenant.journal(), arrived, sleep).await
}

/// Returns when the tenant was reset.
async fn tenant_is_reset(context: &RequestContext) {
    let delayed = context.arrival.tenant.faults().delayed_answer(context.arrival.fault_epoch);
    until(|task| delayed.is_over(task.waker())).await;
}

/// Returns when the client has closed its side of the connection.
async fn client_leaves(context: &RequestContext) {
    let connection = context.request.conn_data::<Connection>();
    until(|_| connection.is_some_and(Connection::has_left)).await;
}

/// Returns when the server stops.
async fn delays_end(context: &RequestContext) {
    let mut ends = context.app.ends_delays.subscribe();
    // The sender lives as long as the server, so waiting cannot fail.
    drop(ends.wait_for(|it| *it).await);
}

/// The answer with the fault in its record.
fn told(decision: &Decision, mut answer: Answer) -> Answer {
    let Decision { id, rule, n, roll, .. } = decision;
    let action = decision.words();
    let words = match (answer.record.status, rule.action().outcome()) {
        (0, _) => format!("no answer by fault \"{id}\" ({action})"),
        (_, FaultOutcome::Answer(_)) => format!("by fault \"{id}\""),
        _ => format!("by fault \"{id}\" ({action})"),
    };
    answer.record.remark = Some(match answer.record.remark.take() {
        Some(before) => format!("{before}; {words}"),
        None => words,
    });
    let phase = SmolStr::new_static(rule.phase().word());
    answer.record.fault = Some(Fault { rule: id.clone(), n: *n, roll: *roll, phase, action });
    answer
}

/// The record of a request that is not performed.
fn unperformed(api: TenantApi, call: &Call<'_>) -> Record {
    match api {
        TenantApi::Scim => scim::unperformed(call),
        TenantApi::Admin => Record { operation: Operation::Admin, ..Record::default() },
        #[cfg(feature = "web")]
        TenantApi::SignIn(step) => Record { operation: step.operation, ..Record::default() },
    }
}

/// Whether an outcome replaces the answer of the service.
fn replaces(outcome: &FaultOutcome) -> bool {
    !matches!(
        outcome,
        FaultOutcome::Pass
            | FaultOutcome::Stale(_)
            | FaultOutcome::Relabel(_)
            | FaultOutcome::Truncate(_)
            | FaultOutcome::IdToken(_)
    )
}

/// The answer that replaces the one of the service. `known` is the record of the request.
fn substitute(
    context: &RequestContext,
    call: &Call<'_>,
    outcome: &FaultOutcome,
    known: Record,
) -> Answer {
    let answer = match (outcome, context.api) {
        (FaultOutcome::End(_), _) => return Answer::empty(0).recorded_as(known),
        (FaultOutcome::Answer(reply), api) => replied(api, reply),
        (FaultOutcome::ExpiredKey, TenantApi::Scim) => scim::expired(call),
        (FaultOutcome::ExpiredKey, TenantApi::Admin) => admin::expired(call),
        _ => ProblemDetails::unknown_address(context.path()).into_answer(),
    };
    instead(known, answer)
}

fn replied(api: TenantApi, reply: &Reply) -> Answer {
    let detail = reply.detail.as_deref().unwrap_or("a fault was asked for");
    let mut answer = match (&reply.html, api) {
        (Some(html), _) => {
            let body = html.clone().into();
            Answer { body, ..Answer::empty(reply.status) }
                .header("content-type", "text/html; charset=utf-8")
        }
        (None, TenantApi::Scim) => {
            wire::scim_error(reply.status, reply.scim_type.as_deref(), detail)
        }
        #[cfg(feature = "web")]
        (None, TenantApi::SignIn(_)) => {
            ProblemDetails::new(reply.status, "fault", detail).into_answer()
        }
        (None, TenantApi::Admin) => {
            ProblemDetails::new(reply.status, "fault", detail).into_answer()
        }
    };
    if reply.status == 204 {
        answer.body.clear();
    }
    with_headers(answer, &reply.headers)
}

/// The answer with these header lines, which replace lines with the same name.
fn with_headers(mut answer: Answer, headers: &[(String, String)]) -> Answer {
    for (name, value) in headers {
        answer.headers.retain(|(it, _)| it != name);
        answer.headers.push((name.clone().into(), value.clone()));
    }
    answer
}

/// An answer with this record of the request. The `auth` of a 401 is kept.
fn instead(known: Record, answer: Answer) -> Answer {
    let auth = if answer.record.status == 401 { answer.record.auth } else { known.auth };
    answer.recorded_as(Record { auth, ..known })
}

/// The 429 for a request that exceeds a limit ([RFC 6585
/// §4](https://www.rfc-editor.org/rfc/rfc6585#section-4)).
fn limited(api: TenantApi, call: &Call<'_>, verdict: LimitDecision) -> Option<Answer> {
    let refused = verdict.refused?;
    let seconds = refused.retry_after;
    let detail =
        format!("too many requests for the limit `{}`; try again in {seconds} s", refused.limit);
    let problem = ProblemDetails::new(429, "too-many-requests", detail);
    let answer = api.refusal(problem, call.refused_at());
    Some(answer.header("retry-after", seconds.to_string()))
}

/// The finding for a caller that came back before the end of its `Retry-After`.
fn impatient(seconds: u64) -> Finding {
    Finding {
        quirk: SmolStr::new_static("retryAfterIgnored"),
        at: "Retry-After".into(),
        what: format!("the caller came back {seconds} s before the time it was told to wait for"),
        section: SmolStr::new_static("RFC 9110 §10.2.3"),
        sent_by: SmolStr::new_static("clients that retry at once"),
        instead: SmolStr::new_static("wait as long as Retry-After says"),
        form: SmolStr::new_static("a request that comes later"),
    }
}

/// The answer if the server is used without sockets: there is no connection to end.
fn no_connection() -> HttpResponse {
    let detail = "the fault ends a connection, and this request has none";
    ProblemDetails::new(502, "no-connection", detail).into_answer().into_response()
}

/// Returns when the test holds. The test is repeated whenever the task is woken.
async fn until(mut is_so: impl FnMut(&mut Context<'_>) -> bool) {
    poll_fn(|task| if is_so(task) { Poll::Ready(()) } else { Poll::Pending }).await;
}
