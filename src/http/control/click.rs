//! The calls that a page of mock Entra makes: the same rows as for everybody, but recorded, since a click of a
//! person is traffic that somebody looks for.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
    },
    rt,
    web::{Bytes, Data},
};
use std::sync::Arc;

use super::{
    Answer, App, ControlCall, ControlHandler, ProblemDetails, answered, poll_blocking, routes,
    run_blocking,
};
use crate::{
    http::{
        api::TenantApi,
        arrival::{Arrival, CallHead, RequestContext},
        body_limits::RequestBody,
        record,
        routes::{self as table, segments},
        web::{AnsweredCall, PageCall},
    },
    journal::Operation,
    tenant::Tenant,
};

/// Makes a call about a tenant and records it. The page has admitted who clicks, so a control token is not
/// asked for.
pub(in crate::http) fn click(
    app: Data<App>,
    request: HttpRequest,
    tenant: Arc<Tenant>,
    call: PageCall,
) -> AnsweredCall {
    Box::pin(make(app, request, tenant, call))
}

async fn make(
    app: Data<App>,
    request: HttpRequest,
    tenant: Arc<Tenant>,
    call: PageCall,
) -> HttpResponse {
    let arrival = Arrival::new(tenant, app.clock.now());
    let head = head(&app, &call);
    let body = call.body.as_ref().map(ToString::to_string).unwrap_or_default();
    let body = Bytes::from(body);
    let made = made(&app, &request, &arrival, &head, body.clone());
    let click = Some(Box::new(head));
    let context = RequestContext { app, request, arrival, api: TenantApi::Admin, click };
    // A task of its own, so that the exchange is recorded even if the browser leaves before the answer.
    let task = rt::spawn(async move {
        let _begun = context.arrival.tenant.journal().begin();
        let answer = answer(made, &call).await;
        record::finish(&context, &body, told(answer, &call)).await
    });
    task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// The head of a call: as a program sends it.
fn head(app: &App, call: &PageCall) -> CallHead {
    let mut headers = HeaderMap::new();
    let token = app.access.token.as_ref().map(|it| format!("Bearer {it}"));
    if let Some(token) = token.and_then(|it| HeaderValue::from_str(&it).ok()) {
        headers.insert(AUTHORIZATION, token);
    }
    if call.body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let method = call.method.parse().unwrap_or(Method::GET);
    CallHead { method, target: format!("/_mock/v1/{}", call.path), headers, from: call.from }
}

fn made(
    app: &Data<App>,
    request: &HttpRequest,
    arrival: &Arrival,
    head: &CallHead,
    body: Bytes,
) -> ControlCall {
    ControlCall {
        app: app.clone(),
        found: Some(arrival.tenant.clone()),
        epoch: arrival.epoch,
        path_parameters: vec![arrival.tenant.name().to_string()],
        query: String::new(),
        headers: head.headers.clone(),
        body: RequestBody::default().map(|_| body),
        now: arrival.at,
        server_now: arrival.received,
        authority: app.authority(request),
    }
}

async fn answer(made: ControlCall, call: &PageCall) -> Answer {
    let segments = segments(&call.path);
    match table::find(routes(), call.method, &segments).map(|it| it.route.handler) {
        Ok(ControlHandler::Now(work)) => run_blocking(move || answered(work(&made))).await,
        Ok(ControlHandler::Later(work)) => answered(poll_blocking(work(made)).await),
        Ok(_) => unreachable!("no page makes such a call"),
        Err(problem) => ProblemDetails::into_answer(problem),
    }
}

/// The answer with what the journal says of it.
fn told(mut answer: Answer, call: &PageCall) -> Answer {
    answer.record.operation = Operation::Entra;
    let why = answer.record.problem.as_ref().map(|it| it.detail.clone());
    let remark = match why {
        Some(why) => format!("{} refused: {why}", call.words),
        None => call.words.clone(),
    };
    answer.remark(remark)
}
