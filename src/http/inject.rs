//! Makes happen what a tenant's faults and limits decide about a request.
//!
//! Who answers asks whether anything is armed ([`asks`]); only then a request comes through here.
//! Answers that are kept back wait without a thread of their own, and a reset of the tenant or the end
//! of the server wakes them.

use std::{future::poll_fn, task::Poll, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header::HeaderName},
};
use jiff::Timestamp;
use smol_str::SmolStr;

use super::{
    App, admin,
    answer::Answer,
    beside::{OwnedCall, SHORT_BODY, beside},
    call::Call,
    entry::{Api, was_reset},
    health,
    mended::{LastWords, Line},
    pending::listed,
    problem::Problem,
    record::{self, Received},
    scim,
};
use crate::{
    fault::{Decision, Ending, FaultOutcome, LimitDecision, Phase, Preference, Reply, preference},
    journal::{Fault, Finding, Operation, Record},
    tenant::Tenant,
};

mod asked;
mod wire;

pub(crate) use asked::known_operations;

/// A request to a tenant, where it came from and when.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) app: &'a App,
    pub(super) request: &'a HttpRequest,
    pub(super) api: Api,
    pub(super) received: Received<'a>,
    pub(super) epochs: Epochs,
}

/// How often the tenant had been reset when a request came.
#[derive(Clone, Copy)]
pub(super) struct Epochs {
    /// By the tenant, which does and records nothing for an earlier epoch.
    pub(super) tenant: u64,
    /// By its fault book, which wakes those of an earlier epoch.
    faults: u64,
}

impl Epochs {
    /// The present ones.
    pub(super) fn of(tenant: &Tenant) -> Self {
        Self { tenant: tenant.epoch(), faults: tenant.faults().epoch() }
    }
}

/// What is to become of a request.
enum Plan {
    Perform,
    Refuse(Box<Answer>),
    Meet(Decision),
}

/// Why nobody waits any more.
enum Woken {
    /// The time is over, or the server is to stop.
    Over,
    /// The tenant was reset.
    Reset,
}

/// Made once: a name that is not among the usual ones is parsed by each look.
static PREFER: HeaderName = HeaderName::from_static("prefer");

/// Whether faults or limits have a say in the answer to a request.
pub(super) fn asks(tenant: &Tenant, request: &HttpRequest) -> bool {
    let armed = tenant.faults().armed();
    armed.asks_all() || armed.heeds_prefer() && request.headers().contains_key(&PREFER)
}

/// Answers a request as faults and limits will have it, and records both. `perform` does what the
/// request asks for.
pub(super) async fn serve(
    scene: Scene<'_>,
    mut call: Call<'_>,
    perform: impl AsyncFnOnce(&Call<'_>) -> Answer,
) -> HttpResponse {
    let (api, at) = (scene.api, scene.received.waited(&call.tenant));
    let path = scene.request.path();
    let (plan, findings) = if call.body.len() > SHORT_BODY {
        let (owned, path) = (OwnedCall::of(&call), path.to_owned());
        beside(move || plan((api, at), &owned.call(), &path)).await
    } else {
        plan((api, at), &call, path)
    };
    match plan {
        Plan::Perform => {
            let answer = perform(&call).await;
            scene.finish(&call, noting(answer, findings)).await
        }
        Plan::Refuse(answer) => {
            let answer = instead(scene.first_record(&call), *answer);
            scene.finish(&call, noting(answer, findings)).await
        }
        Plan::Meet(decision) => {
            Meeting { scene, decision, findings }.take_place(&mut call, perform).await
        }
    }
}

/// What is to become of a request to a service that has waited until now.
fn plan((api, now): (Api, Timestamp), call: &Call<'_>, path: &str) -> (Plan, Vec<Finding>) {
    let asked = &asked::request(call, api, path);
    let book = call.tenant.faults();
    let armed = book.armed();
    let mut findings = Vec::new();
    if armed.asks_all() {
        let verdict = book.admit(asked, call.bearer().unwrap_or_default(), now);
        findings.extend(verdict.early.map(impatient));
        if let Some(answer) = limited(api, verdict) {
            return (Plan::Refuse(Box::new(answer)), findings);
        }
    }
    let values = call.headers.get_all("prefer").filter_map(|it| it.to_str().ok());
    let wanted = if armed.heeds_prefer() { preference(values) } else { Ok(None) };
    let decision = match wanted {
        Err(error) => {
            let answer = refusal(api, Problem::new(400, "invalid-preference", error.detail));
            return (Plan::Refuse(Box::new(answer)), findings);
        }
        Ok(Some(Preference::NoFaults)) => None,
        Ok(Some(Preference::Fault(rule))) => Some(book.comply(*rule, asked)),
        Ok(None) => book.decide(asked, call.now),
    };
    (decision.map_or(Plan::Perform, Plan::Meet), findings)
}

/// A request that a rule meets.
struct Meeting<'a> {
    scene: Scene<'a>,
    decision: Decision,
    findings: Vec<Finding>,
}

impl Meeting<'_> {
    async fn take_place(
        self,
        call: &mut Call<'_>,
        perform: impl AsyncFnOnce(&Call<'_>) -> Answer,
    ) -> HttpResponse {
        let rule = self.decision.rule.clone();
        let (mut perform, mut done) = (Some(perform), None);
        if let Some(perform) = perform.take_if(|_| rule.phase() == Phase::After) {
            done = Some(perform(call).await);
        }
        if let Some(delay) = self.decision.delay
            && let Woken::Reset = self.sleep(call, delay).await
        {
            return was_reset(self.scene.api).into_response();
        }
        if let FaultOutcome::Stale(changes) = rule.action().outcome() {
            call.stale = Some(call.tenant.earlier(*changes));
        }
        let truth = async |call: &Call<'_>| match (done, perform) {
            (Some(done), _) => done,
            (None, perform) => {
                let perform = perform.expect("a request is performed before its answer, and once");
                perform(call).await
            }
        };
        let call = &*call;
        let answer = match rule.action().outcome() {
            FaultOutcome::Pass | FaultOutcome::Stale(_) => truth(call).await,
            FaultOutcome::Relabel(headers) => with_headers(truth(call).await, headers),
            FaultOutcome::Truncate(after) => {
                return self.truncated(call, truth(call).await, *after).await;
            }
            replaced => {
                let known = match rule.phase() {
                    Phase::After => truth(call).await.record,
                    Phase::Before => self.scene.first_record(call),
                };
                match replaced {
                    FaultOutcome::End(ending) => return self.ended(call, known, *ending).await,
                    replaced => instead(known, replacement(self.scene, call, replaced)),
                }
            }
        };
        let answer = self.told(answer);
        self.scene.finish(call, answer).await
    }

    /// Keeps the answer back; meanwhile the request is listed as one that has come.
    async fn sleep(&self, call: &Call<'_>, delay: Duration) -> Woken {
        let arrived = || {
            let known = self.scene.first_record(call);
            record::arrived(self.scene.request, &call.tenant, self.scene.received, known)
        };
        let sleep = async {
            tokio::select! {
                biased;
                () = self.reset(call) => Woken::Reset,
                () = self.hurry() => Woken::Over,
                () = self.departure() => Woken::Over,
                () = tokio::time::sleep(delay) => Woken::Over,
            }
        };
        listed(call.tenant.journal(), arrived, sleep).await
    }

    /// Returns when the tenant was reset.
    async fn reset(&self, call: &Call<'_>) {
        let sleeper = call.tenant.faults().sleeper(self.scene.epochs.faults);
        poll_fn(|context| ready_if(sleeper.is_over(context.waker()))).await;
    }

    /// Returns when the client has closed its side: nobody waits for the answer any more.
    async fn departure(&self) {
        let line = self.scene.request.conn_data::<Line>();
        poll_fn(|_| ready_if(line.is_some_and(Line::has_left))).await;
    }

    /// Returns when the server is to stop.
    async fn hurry(&self) {
        let mut hurries = self.scene.app.hurries.subscribe();
        // The sender lives as long as the server, so waiting cannot fail.
        drop(hurries.wait_for(|it| *it).await);
    }

    /// Records that there is no answer, and ends the connection.
    async fn ended(self, call: &Call<'_>, known: Record, ending: Ending) -> HttpResponse {
        let silence = Answer::empty(0).recorded_as(known);
        self.scene.finish(call, self.told(silence)).await;
        let Some(line) = self.scene.request.conn_data::<Line>() else { return no_line() };
        if ending == Ending::Hang {
            tokio::select! {
                () = self.reset(call) => {}
                () = self.hurry() => {}
                () = self.departure() => {}
            }
        } else {
            // Answers to earlier requests on this connection are written first.
            tokio::task::yield_now().await;
        }
        let bytes = match ending {
            Ending::Garbage => wire::garbage(self.decision.number),
            _ => Vec::new(),
        };
        line.end(LastWords { bytes, resets: ending == Ending::Reset });
        HttpResponse::Ok().finish()
    }

    /// Sends the head of an answer and a part of its body, and closes the connection.
    async fn truncated(self, call: &Call<'_>, answer: Answer, after: usize) -> HttpResponse {
        let mut answer = self.told(answer);
        let is_head = self.scene.request.method() == Method::HEAD;
        let bytes = wire::cut(&answer, if is_head { 0 } else { after });
        answer.body.truncate(after);
        self.scene.finish(call, answer).await;
        let Some(line) = self.scene.request.conn_data::<Line>() else { return no_line() };
        line.end(LastWords { bytes, resets: false });
        HttpResponse::Ok().finish()
    }

    /// The answer with what the journal is to know of the fault.
    fn told(&self, answer: Answer) -> Answer {
        let Decision { id, rule, n, roll, .. } = &self.decision;
        let action = self.decision.words();
        let words = match (answer.record.status, rule.action().outcome()) {
            (0, _) => format!("no answer by fault \"{id}\" ({action})"),
            (_, FaultOutcome::Answer(_)) => format!("by fault \"{id}\""),
            _ => format!("by fault \"{id}\" ({action})"),
        };
        let mut answer = noting(answer, self.findings.clone());
        answer.record.remark = Some(match answer.record.remark.take() {
            Some(before) => format!("{before}; {words}"),
            None => words,
        });
        let phase = SmolStr::new_static(rule.phase().word());
        answer.record.fault = Some(Fault { rule: id.clone(), n: *n, roll: *roll, phase, action });
        answer
    }
}

impl Scene<'_> {
    async fn finish(&self, call: &Call<'_>, answer: Answer) -> HttpResponse {
        record::finish(
            self.request,
            (&call.tenant, self.epochs.tenant, self.received),
            &call.body,
            answer,
        )
        .await
    }

    /// What is recorded of a request that is not carried out.
    fn first_record(&self, call: &Call<'_>) -> Record {
        match self.api {
            Api::Scim => scim::unperformed(call),
            Api::Admin => Record { operation: Operation::Admin, ..Record::default() },
        }
    }
}

/// The answer that takes the true one's place.
fn replacement(scene: Scene<'_>, call: &Call<'_>, outcome: &FaultOutcome) -> Answer {
    match (outcome, scene.api) {
        (FaultOutcome::Answer(reply), api) => replied(api, reply),
        (FaultOutcome::ExpiredKey, Api::Scim) => scim::expired(call),
        (FaultOutcome::ExpiredKey, Api::Admin) => admin::expired(call),
        _ => health::unknown_address(scene.request.path()).into_answer(),
    }
}

fn replied(api: Api, reply: &Reply) -> Answer {
    let detail = reply.detail.as_deref().unwrap_or("a fault was asked for");
    let mut answer = match (&reply.html, api) {
        (Some(html), _) => {
            let body = html.clone().into();
            Answer { body, ..Answer::empty(reply.status) }
                .header("content-type", "text/html; charset=utf-8")
        }
        (None, Api::Scim) => wire::scim_error(reply.status, reply.scim_type.as_deref(), detail),
        (None, Api::Admin) => Problem::new(reply.status, "fault", detail).into_answer(),
    };
    if reply.status == 204 {
        answer.body.clear();
    }
    with_headers(answer, &reply.headers)
}

/// The answer with these header lines, each in the place of one of its name.
fn with_headers(mut answer: Answer, headers: &[(String, String)]) -> Answer {
    for (name, value) in headers {
        answer.headers.retain(|(it, _)| it != name);
        answer.headers.push((name.clone().into(), value.clone()));
    }
    answer
}

/// An answer, with what is known of the request; of its own it knows at most about the key.
fn instead(known: Record, answer: Answer) -> Answer {
    let auth = if answer.record.status == 401 { answer.record.auth } else { known.auth };
    answer.recorded_as(Record { auth, ..known })
}

fn noting(mut answer: Answer, findings: Vec<Finding>) -> Answer {
    answer.record.findings.extend(findings);
    answer
}

/// The 429 of a request that is not let through
/// ([RFC 6585 §4](https://www.rfc-editor.org/rfc/rfc6585#section-4)).
fn limited(api: Api, verdict: LimitDecision) -> Option<Answer> {
    let refused = verdict.refused?;
    let seconds = refused.retry_after;
    let detail =
        format!("too many requests for the limit `{}`; try again in {seconds} s", refused.limit);
    let answer = refusal(api, Problem::new(429, "too-many-requests", detail));
    Some(answer.header("retry-after", seconds.to_string()))
}

/// That a caller came back before the end of the `Retry-After` it was told.
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

fn refusal(api: Api, problem: Problem) -> Answer {
    match api {
        Api::Scim => Answer::scim_error(&problem.into_scim_error()),
        Api::Admin => problem.into_answer(),
    }
}

/// Where the server is used without its sockets, a connection cannot be broken.
fn no_line() -> HttpResponse {
    let detail = "the fault wants to end a connection, and this request came over none";
    Problem::new(502, "no-connection", detail).into_answer().into_response()
}

fn ready_if(is_ready: bool) -> Poll<()> {
    if is_ready { Poll::Ready(()) } else { Poll::Pending }
}
