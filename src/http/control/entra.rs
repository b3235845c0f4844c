//! The Entra side of a tenant: its provisioning job. Who runs it is behind [`Provisioning`].

use std::{collections::BTreeMap, sync::Arc};

use actix_web::http::Method;
use serde_json::{Value as Json, json};
use tokio::sync::oneshot;

use super::{Answer, ControlCall, Handler, Outcome, Problem, Route, later};
use crate::{
    http::App,
    tenant::{Order, Provisioning, ProvisioningRefusal, Tenant},
};

pub(super) const ROUTES: &[Route<Handler>] = &[
    Route(Method::GET, "tenants/{tenant}/entra", Handler::Now(status)),
    Route(
        Method::PUT,
        "tenants/{tenant}/entra",
        Handler::Later(|call| later(with_body(call, Order::Configure))),
    ),
    Route(Method::DELETE, "tenants/{tenant}/entra", Handler::Change(delete)),
    Route(Method::POST, "tenants/{tenant}/entra/cycle", Handler::Later(|call| later(cycle(call)))),
    Route(
        Method::POST,
        "tenants/{tenant}/entra/start",
        Handler::Later(|call| later(ask(call, Order::Start))),
    ),
    Route(
        Method::POST,
        "tenants/{tenant}/entra/pause",
        Handler::Later(|call| later(ask(call, Order::Pause))),
    ),
    Route(
        Method::POST,
        "tenants/{tenant}/entra/test-connection",
        Handler::Later(|call| later(ask(call, Order::TestConnection))),
    ),
    Route(
        Method::POST,
        "tenants/{tenant}/entra/on-demand",
        Handler::Later(|call| later(with_body(call, Order::OnDemand))),
    ),
    Route(
        Method::POST,
        "tenants/{tenant}/entra/restart",
        Handler::Later(|call| later(with_body(call, Order::Restart))),
    ),
    Route(
        Method::POST,
        "tenants/{tenant}/entra/allow-deletions",
        Handler::Later(|call| later(ask(call, Order::AllowDeletions))),
    ),
    Route(Method::GET, "tenants/{tenant}/entra/logs", Handler::Later(|call| later(logs(call)))),
    Route(Method::GET, "tenants/{tenant}/entra/mails", Handler::Now(mails)),
    Route(
        Method::GET,
        "tenants/{tenant}/entra/directory",
        Handler::Later(|call| later(ask(call, Order::Directory))),
    ),
    Route(
        Method::POST,
        "tenants/{tenant}/entra/directory/changes",
        Handler::Later(|call| later(with_body(call, Order::Change))),
    ),
    Route(
        Method::POST,
        "tenants/{tenant}/entra/week",
        Handler::Later(|call| later(with_body(call, Order::Week))),
    ),
];

/// Stops the job of a tenant that is deleted or reset.
pub(super) fn forget(app: &App, tenant: &Arc<Tenant>) {
    if let Some(provisioning) = &app.provisioning {
        provisioning.forget(tenant);
    }
}

/// `GET entra`.
fn status(call: &ControlCall) -> Outcome {
    let tenant = call.tenant()?;
    let view = provisioning(call)?.view(&tenant).ok_or_else(|| no_job(&tenant))?;
    Ok(Answer::json(200, &view.to_json()))
}

/// `GET entra/mails`: the notification mails.
fn mails(call: &ControlCall) -> Outcome {
    let tenant = call.tenant()?;
    let view = provisioning(call)?.view(&tenant).ok_or_else(|| no_job(&tenant))?;
    Ok(Answer::json(200, &json!({"items": view.mails, "total": view.mails.len()})))
}

/// `DELETE entra`: the job is stopped, without waiting for a cycle that runs.
fn delete(call: &ControlCall) -> Outcome {
    let tenant = call.tenant()?;
    if !provisioning(call)?.forget(&tenant) {
        return Err(no_job(&tenant));
    }
    Ok(Answer::empty(204))
}

/// `POST entra/cycle`: answers at once, or with `?wait=true` when the cycle has ended.
async fn cycle(call: ControlCall) -> Outcome {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Query {
        #[serde(default)]
        wait: bool,
    }
    let Query { wait } = call.query()?;
    if wait {
        return ask(call, Order::Cycle).await;
    }
    let tenant = call.tenant()?;
    let jobs = provisioning(&call)?;
    let taken = call.change(|it| jobs.ask(it, Order::Cycle, Box::new(drop)))?;
    let view = taken.ok_or_else(|| no_job(&tenant))?;
    Ok(Answer::json(202, &view.to_json()))
}

/// `GET entra/logs`.
async fn logs(call: ControlCall) -> Outcome {
    let query: BTreeMap<String, String> = call.query()?;
    let answer = asked(&call, Order::Logs(json!(query))).await?;
    Ok(match answer.get("csv").and_then(Json::as_str) {
        Some(csv) => Answer::text(200, "text/csv; charset=utf-8", csv.to_owned()),
        None => Answer::json(200, &answer),
    })
}

async fn with_body(call: ControlCall, order: fn(Json) -> Order) -> Outcome {
    let body = call.body()?;
    ask(call, order(body)).await
}

async fn ask(call: ControlCall, order: Order) -> Outcome {
    Ok(Answer::json(200, &asked(&call, order).await?))
}

/// What the job answers; it is waited for without holding up a worker.
async fn asked(call: &ControlCall, order: Order) -> Result<Json, Problem> {
    let _waiter = call.tenant()?.waiters().begin();
    let (told, answer) = oneshot::channel();
    // Who asked may have gone away meanwhile.
    let tell = Box::new(move |outcome| drop(told.send(outcome)));
    let jobs = provisioning(call)?;
    drop(call.change(|it| jobs.ask(it, order, tell))?);
    let stopped = |_| Problem::new(409, "job-stopped", "the job was stopped before it was done");
    Ok(answer.await.map_err(stopped)??)
}

fn provisioning(call: &ControlCall) -> Result<&dyn Provisioning, Problem> {
    call.app.provisioning.as_deref().ok_or_else(|| {
        Problem::new(501, "no-entra", "this build has no provisioning service")
            .hint("build it with the feature `entra`")
    })
}

fn no_job(tenant: &Tenant) -> Problem {
    let name = tenant.name();
    Problem::new(404, "no-job", format!("the tenant {name} has no provisioning job"))
        .hint(format!("PUT /_mock/v1/tenants/{name}/entra makes one"))
}

impl From<ProvisioningRefusal> for Problem {
    fn from(refusal: ProvisioningRefusal) -> Self {
        let mut problem = Self::new(refusal.status, refusal.code, refusal.detail);
        if let Some(field) = refusal.field {
            problem = problem.field(field);
        }
        match refusal.hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }
}
