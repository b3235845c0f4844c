//! Step 1: logs in to the console of the tenant that the body names, the one call of a tenant whose path
//! does not name it.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data, Payload},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value as Json, json};

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
    record,
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
            let answer = refused.problem().into_answer();
            return record::unrouted(app, request, received, &Bytes::new(), answer);
        }
    };
    if let Err(problem) = body::only(request.query_string(), &[]) {
        return record::unrouted(app, request, received, &body, problem.into_answer());
    }
    let (its_app, bytes) = (app.clone(), Bytes::clone(&body));
    let Some(tenant) = run_blocking(move || named_tenant(&its_app, &bytes, received)).await else {
        let content_type = request.headers().get("content-type").and_then(|it| it.to_str().ok());
        let problem = match body::typed::<Credentials>(content_type, &body) {
            Ok(it) => app.unknown_tenant(&it.tenant_name).field("tenantName"),
            Err(problem) => problem,
        };
        return record::unrouted(app, request, received, &body, problem.into_answer());
    };
    let arrival = Arrival::new(tenant.clone(), received);
    let _begun = tenant.journal().begin();
    let call = Call::new(app, request, &arrival, vec!["authenticate".into()]);
    let call = Call { body, ..call };
    let context = RequestContext {
        app: app.clone(),
        request: request.clone(),
        arrival,
        api: TenantApi::Admin,
    };
    pipeline::run(context, call, log_in).await
}

/// The tenant that somebody wants to log in to, as far as the body tells; `now` is the server's time.
fn named_tenant(app: &App, body: &[u8], now: Timestamp) -> Option<Arc<Tenant>> {
    let body: Json = serde_json::from_slice(body).ok()?;
    app.tenants.find(body.get("tenantName")?.as_str()?, now)
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
