//! The Entra side of a tenant: its provisioning job. Who runs it is behind [`Provisioning`].

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value as Json, json};
use tokio::sync::oneshot;

use super::{Answer, ControlCall, Handler, Outcome, Problem, Route, later};
use crate::{
    http::App,
    tenant::{Order, Provisioning, ProvisioningRefusal, Tenant},
};

/// The query of the provisioning logs.
const LOGS: &str = "format:string file:string status:string action:string object:string \
                    cycle:string limit:integer";

pub(super) const ROUTES: &[Route<Handler>] = &[
    Route::get(
        "tenants/{tenant}/entra",
        "How the provisioning job is getting on",
        Handler::Now(status),
    )
    .answers("JobStatus"),
    Route::put(
        "tenants/{tenant}/entra",
        "Makes the provisioning job, or gives it another configuration or directory",
        Handler::Later(|call| later(with_body(call, Order::Configure))),
    )
    .takes("Job?")
    .answers("JobStatus"),
    Route::delete(
        "tenants/{tenant}/entra",
        "Stops and forgets the provisioning job",
        Handler::Change(delete),
    )
    .no_content(),
    Route::post(
        "tenants/{tenant}/entra/cycle",
        "Runs a provisioning cycle now; with `wait` the answer comes when it has ended",
        Handler::Later(|call| later(cycle(call))),
    )
    .query("wait:boolean")
    .answers("JobStatus")
    .or(&[202]),
    Route::post(
        "tenants/{tenant}/entra/start",
        "Runs cycles from now on when they are due",
        Handler::Later(|call| later(ask(call, Order::Start))),
    )
    .answers("JobStatus"),
    Route::post(
        "tenants/{tenant}/entra/pause",
        "Runs no cycle by itself",
        Handler::Later(|call| later(ask(call, Order::Pause))),
    )
    .answers("JobStatus"),
    Route::post(
        "tenants/{tenant}/entra/test-connection",
        "Test Connection",
        Handler::Later(|call| later(ask(call, Order::TestConnection))),
    ),
    Route::post(
        "tenants/{tenant}/entra/on-demand",
        "Provisions one user or group at once",
        Handler::Later(|call| later(with_body(call, Order::OnDemand))),
    )
    .takes("OnDemand"),
    Route::post(
        "tenants/{tenant}/entra/restart",
        "Forgets some of what the job knows: Graph's scopes of a restart",
        Handler::Later(|call| later(with_body(call, Order::Restart))),
    )
    .takes("Restart?")
    .answers("JobStatus"),
    Route::post(
        "tenants/{tenant}/entra/allow-deletions",
        "Lets the next cycle delete whatever the threshold says",
        Handler::Later(|call| later(ask(call, Order::AllowDeletions))),
    )
    .answers("JobStatus"),
    Route::get(
        "tenants/{tenant}/entra/logs",
        "The provisioning logs, as JSON or as one of the portal's CSV files",
        Handler::Later(|call| later(logs(call))),
    )
    .query(LOGS)
    .answers("Logs"),
    Route::get(
        "tenants/{tenant}/entra/mails",
        "The latest notification mails, oldest first",
        Handler::Now(mails),
    )
    .answers("Mails"),
    Route::get(
        "tenants/{tenant}/entra/directory",
        "The source directory",
        Handler::Later(|call| later(ask(call, Order::Directory))),
    ),
    Route::post(
        "tenants/{tenant}/entra/directory/changes",
        "Changes the source directory, all or nothing",
        Handler::Later(|call| later(with_body(call, Order::Change))),
    )
    .takes("DirectoryChanges"),
    Route::post(
        "tenants/{tenant}/entra/week",
        "Does the changes of the next days of a scripted week",
        Handler::Later(|call| later(with_body(call, Order::Week))),
    )
    .takes("Week?"),
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
