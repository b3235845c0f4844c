//! Step 1: logs in to the console of the tenant in the body. This is the only call to a tenant whose path
//! does not contain the tenant's name.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data, Payload},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value as Json, json};

#[cfg(feature = "web")]
use super::arrival::CallHead;
use super::{
    App, LARGEST_BODY,
    answer::Answer,
    api::TenantApi,
    arrival::{Arrival, RequestContext},
    blocking::run_blocking,
    body,
    call::Call,
    pipeline,
    problem::ProblemDetails,
    record::{self, SentRequest},
};
use crate::{
    journal::{Auth, Operation},
    tenant::Tenant,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Credentials {
    tenant_name: String,
    user_name: Option<String>,
}

/// `POST /admin/v1/authenticate`.
pub(super) async fn serve(
    app: &Data<App>,
    request: &HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let _running = app.begin();
    let received = app.clock.now();
    let body = match body::read(app, LARGEST_BODY, request, payload).await {
        Ok(body) => body,
        Err(refused) => {
            let sent = SentRequest::of(request);
            return unrouted(app, &sent, &Bytes::new(), refused.problem());
        }
    };
    if let Err(problem) = body::only(request.query_string(), &[]) {
        return unrouted(app, &SentRequest::of(request), &body, problem);
    }
    let Some(tenant) = named_tenant(app, &body, received).await else {
        let content_type = request.headers().get("content-type").and_then(|it| it.to_str().ok());
        let problem = unknown_tenant(app, content_type, &body);
        return unrouted(app, &SentRequest::of(request), &body, problem);
    };
    let arrival = Arrival::new(tenant.clone(), received);
    let _begun = tenant.journal().begin();
    let call = Call::new(app, request, &arrival, vec!["authenticate".into()]);
    let call = Call { body, ..call };
    let (app, request) = (app.clone(), request.clone());
    let context = RequestContext { app, request, arrival, api: TenantApi::Admin, click: None };
    pipeline::run(context, call, log_in).await
}

/// The same call where a click on a page makes it; `None` where a fault breaks its answer off.
#[cfg(feature = "web")]
pub(super) async fn click(
    app: &Data<App>,
    request: &HttpRequest,
    head: CallHead,
    body: Bytes,
) -> Option<HttpResponse> {
    let received = app.clock.now();
    let Some(tenant) = named_tenant(app, &body, received).await else {
        let problem = unknown_tenant(app, Some("application/json"), &body);
        return Some(unrouted(app, &SentRequest::of_click(&head), &body, problem));
    };
    let arrival = Arrival::new(tenant.clone(), received);
    let _begun = tenant.journal().begin();
    let call = Call::new(app, request, &arrival, vec!["authenticate".into()]);
    let call = call.into_click(&head, body);
    let (app, request, click) = (app.clone(), request.clone(), Some(Box::new(head)));
    let context = RequestContext { app, request, arrival, api: TenantApi::Admin, click };
    pipeline::run_click(context, call, log_in).await
}

/// Refuses a call that reaches no tenant, and records both.
fn unrouted(
    app: &App,
    sent: &SentRequest<'_>,
    body: &Bytes,
    problem: ProblemDetails,
) -> HttpResponse {
    record::unrouted(app, sent, app.clock.now(), body, problem.into_answer())
}

/// Why no tenant is meant.
fn unknown_tenant(app: &App, content_type: Option<&str>, body: &[u8]) -> ProblemDetails {
    match body::typed::<Credentials>(content_type, body) {
        Ok(it) => app.unknown_tenant(&it.tenant_name).field("tenantName"),
        Err(problem) => problem,
    }
}

/// The tenant in the body of a login, if it exists; `now` is the server's time.
async fn named_tenant(app: &Data<App>, body: &Bytes, now: Timestamp) -> Option<Arc<Tenant>> {
    let (app, body) = (app.clone(), body.clone());
    let work = move || {
        let body: Json = serde_json::from_slice(&body).ok()?;
        app.tenants.find(body.get("tenantName")?.as_str()?, now)
    };
    run_blocking(work).await
}

fn log_in(call: &Call<'_>) -> Answer {
    let mut answer = authenticate(call).unwrap_or_else(ProblemDetails::into_answer);
    answer.record.operation = Operation::Admin;
    answer.record.auth = Auth::NotNeeded;
    answer
}

fn authenticate(call: &Call<'_>) -> Result<Answer, ProblemDetails> {
    let credentials: Credentials = body::typed(call.header("content-type"), &call.body)?;
    let token = call.tenant.authenticate(credentials.user_name.as_deref(), call.now)?;
    let name = call.tenant.name().as_str();
    let body = json!({
        "accessToken": token.reveal(),
        "expiresAt": token.expires,
        "tenant": name,
    });
    Ok(Answer::json(200, &body)
        .about("Tenant", name)
        .remark(format!("{} authenticated", token.user_name)))
}
