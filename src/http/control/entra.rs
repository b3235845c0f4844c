//! The Entra side of a tenant: its provisioning job. The code that runs it is behind [`Provisioning`].

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::sync::oneshot;

use super::{Answer, ControlCall, ControlHandler, HandlerResult, ProblemDetails, Route, later};
use crate::{
    entra::{
        Change, JobAnswer, JobDescription, JobOrder, LogQuery, MissingCredentials, OnDemandOrder,
        OnDemandRefusal, OrderError, Restart, RestartOrder, TestedCredentials, WeekOrder,
    },
    http::App,
    medius::TenantName,
    tenant::{Provisioning, ProvisioningRefusal, Tenant},
};

/// The query of the provisioning logs.
const LOGS: &str = "format:string file:string status:string action:string object:string \
                    cycle:string limit:integer";

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get(
        "tenants/{tenant}/entra",
        "The status of the provisioning job",
        ControlHandler::Now(status),
    )
    .answers("JobStatus"),
    Route::put(
        "tenants/{tenant}/entra",
        "Creates the provisioning job, or changes its configuration or directory",
        ControlHandler::Later(|call| later(describe(call, JobOrder::Configure))),
    )
    .takes("Job?")
    .answers("JobStatus"),
    Route::patch(
        "tenants/{tenant}/entra",
        "Changes settings of the provisioning job; what the body leaves out stays",
        ControlHandler::Later(|call| later(describe(call, JobOrder::Adjust))),
    )
    .takes("Job")
    .answers("JobStatus"),
    Route::delete(
        "tenants/{tenant}/entra",
        "Stops and deletes the provisioning job",
        ControlHandler::Change(delete),
    )
    .no_content(),
    Route::post(
        "tenants/{tenant}/entra/cycle",
        "Runs a provisioning cycle now; with `wait`, answers when it has ended",
        ControlHandler::Later(|call| later(cycle(call))),
    )
    .query("wait:boolean")
    .answers("JobStatus")
    .or(&[202]),
    Route::post(
        "tenants/{tenant}/entra/start",
        "Starts to run cycles when they are due",
        ControlHandler::Later(|call| later(ask(call, JobOrder::Start))),
    )
    .answers("JobStatus"),
    Route::post(
        "tenants/{tenant}/entra/pause",
        "Stops running cycles automatically",
        ControlHandler::Later(|call| later(ask(call, JobOrder::Pause))),
    )
    .answers("JobStatus"),
    Route::post(
        "tenants/{tenant}/entra/test-connection",
        "Test Connection",
        ControlHandler::Later(|call| later(test_connection(call))),
    )
    .takes("TestedCredentials?"),
    Route::post(
        "tenants/{tenant}/entra/on-demand",
        "Provisions one user or group at once",
        ControlHandler::Later(|call| later(with_body::<OnDemandOrder>(call, JobOrder::OnDemand))),
    )
    .takes("OnDemand"),
    Route::post(
        "tenants/{tenant}/entra/restart",
        "Resets parts of the job's state: Graph's scopes of a restart",
        ControlHandler::Later(|call| {
            later(with_body(call, |it: RestartOrder| JobOrder::Restart(it.scope)))
        }),
    )
    .takes("Restart?")
    .answers("JobStatus"),
    Route::post(
        "tenants/{tenant}/entra/allow-deletions",
        "Allows the deletions of the next cycle, whatever the threshold is",
        ControlHandler::Later(|call| later(ask(call, JobOrder::Restart(Restart::FORCE_DELETES)))),
    )
    .answers("JobStatus"),
    Route::get(
        "tenants/{tenant}/entra/logs",
        "The provisioning logs, as JSON or as one of the portal's CSV files",
        ControlHandler::Later(|call| later(logs(call))),
    )
    .query(LOGS)
    .answers("Logs"),
    Route::get(
        "tenants/{tenant}/entra/mails",
        "The latest notification mails, oldest first",
        ControlHandler::Now(mails),
    )
    .answers("Mails"),
    Route::get(
        "tenants/{tenant}/entra/directory",
        "The source directory",
        ControlHandler::Later(|call| later(ask(call, JobOrder::Directory))),
    ),
    Route::post(
        "tenants/{tenant}/entra/directory/changes",
        "Changes the source directory, completely or not at all",
        ControlHandler::Later(|call| {
            later(with_body(call, |it: DirectoryChangesRequest| JobOrder::Change(it.changes)))
        }),
    )
    .takes("DirectoryChanges"),
    Route::post(
        "tenants/{tenant}/entra/week",
        "Applies the changes of the next days of a scripted week",
        ControlHandler::Later(|call| later(with_body::<WeekOrder>(call, JobOrder::Week))),
    )
    .takes("Week?"),
];

/// Stops the job of a tenant that was deleted or reset.
pub(super) fn forget(app: &App, tenant: &Arc<Tenant>) {
    if let Some(provisioning) = &app.provisioning {
        provisioning.forget(tenant);
    }
}

/// `GET entra`.
fn status(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let view = provisioning(call)?.view(&tenant).ok_or_else(|| no_job(&tenant))?;
    Ok(Answer::json(200, &*view))
}

/// `GET entra/mails`: the notification mails.
fn mails(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let view = provisioning(call)?.view(&tenant).ok_or_else(|| no_job(&tenant))?;
    Ok(Answer::json(200, &json!({"items": view.mails, "total": view.mails.len()})))
}

/// `DELETE entra`: stops the job without waiting for a running cycle.
fn delete(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    if !provisioning(call)?.forget(&tenant) {
        return Err(no_job(&tenant));
    }
    Ok(Answer::empty(204))
}

/// `POST entra/cycle`: answers at once, or with `?wait=true` when the cycle has ended.
async fn cycle(call: ControlCall) -> HandlerResult {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Query {
        #[serde(default)]
        wait: bool,
    }
    let Query { wait } = call.query()?;
    if wait {
        return ask(call, JobOrder::Cycle).await;
    }
    let tenant = call.tenant()?;
    let jobs = provisioning(&call)?;
    let taken = call.change(|it| jobs.ask(it, JobOrder::Cycle, Box::new(drop)))?;
    let view = taken.ok_or_else(|| no_job(&tenant))?;
    Ok(Answer::json(202, &*view))
}

/// `GET entra/logs`.
async fn logs(call: ControlCall) -> HandlerResult {
    let query: LogQuery = call.query()?;
    ask(call, JobOrder::Logs(query)).await
}

/// The body of `POST entra/directory/changes`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct DirectoryChangesRequest {
    changes: Vec<Change>,
}

/// `PUT entra`, `PATCH entra`.
async fn describe(call: ControlCall, order: fn(Box<JobDescription>) -> JobOrder) -> HandlerResult {
    let mut description: JobDescription = call.body()?;
    description.tenant_url = description.tenant_url.map(|it| own_address(&call, it));
    ask(call, order(Box::new(description))).await
}

/// `POST entra/test-connection`.
async fn test_connection(call: ControlCall) -> HandlerResult {
    let mut tried: TestedCredentials = call.body()?;
    tried.tenant_url = tried.tenant_url.map(|it| own_address(&call, it));
    ask(call, JobOrder::TestConnection(tried)).await
}

/// A Tenant URL by which the server calls itself. The SCIM link that a caller copied is an address as the
/// caller reaches the server, such as a mapped port of a container; the server may not reach it.
fn own_address(call: &ControlCall, url: String) -> String {
    let Some(tenant) = &call.found else { return url };
    let link = format!("{}/{}/scim/v2", call.authority, tenant.name());
    match url.trim().strip_prefix(&link) {
        Some(rest) if rest.is_empty() || rest.starts_with(['/', '?']) => {
            format!("{}{rest}", call.app.own_scim_base(tenant))
        }
        _ => url,
    }
}

async fn with_body<T: DeserializeOwned>(
    call: ControlCall,
    order: fn(T) -> JobOrder,
) -> HandlerResult {
    let body = call.body()?;
    ask(call, order(body)).await
}

async fn ask(call: ControlCall, order: JobOrder) -> HandlerResult {
    Ok(match asked(&call, order).await? {
        JobAnswer::Csv(text) => Answer::text(200, "text/csv; charset=utf-8", text),
        answer => Answer::json(200, &answer),
    })
}

/// Waits for the answer of the job, without blocking a worker.
async fn asked(call: &ControlCall, order: JobOrder) -> Result<JobAnswer, ProblemDetails> {
    let _waiter = call.tenant()?.waiters().begin();
    let (told, answer) = oneshot::channel();
    // The caller may have left in the meantime.
    let tell = Box::new(move |outcome| drop(told.send(outcome)));
    let jobs = provisioning(call)?;
    drop(call.change(|it| jobs.ask(it, order, tell))?);
    let stopped =
        |_| ProblemDetails::new(409, "job-stopped", "the job was stopped before it was done");
    Ok(answer.await.map_err(stopped)??)
}

fn provisioning(call: &ControlCall) -> Result<&dyn Provisioning, ProblemDetails> {
    call.app.provisioning.as_deref().ok_or_else(|| {
        ProblemDetails::new(501, "no-entra", "this build has no provisioning service")
            .hint("build it with the feature `entra`")
    })
}

fn no_job(tenant: &Tenant) -> ProblemDetails {
    ProvisioningRefusal::NoJob(tenant.name().clone()).into()
}

impl From<ProvisioningRefusal> for ProblemDetails {
    fn from(refusal: ProvisioningRefusal) -> Self {
        use ProvisioningRefusal as Refusal;
        let detail = refusal.to_string();
        let problem = |status, code| Self::new(status, code, detail);
        match refusal {
            Refusal::NoJob(tenant) => problem(404, "no-job").hint(how_to_make_one(&tenant)),
            Refusal::NoTenant => problem(404, "unknown-tenant"),
            Refusal::Stopping => problem(503, "stopping"),
            Refusal::NoThread(_) => problem(503, "no-thread"),
            Refusal::Order(OrderError::Invalid { field, .. }) => {
                problem(400, "invalid-body").field(field)
            }
            Refusal::Order(OrderError::MissingCredentials(error)) => {
                problem(409, "not-ready").hint(how_to_be_ready(error))
            }
            Refusal::Order(OrderError::Connection(_)) => problem(422, "connection-failed"),
            Refusal::Order(OrderError::Change { nth, .. }) => problem(409, "change-refused")
                .field(format!("changes[{nth}]"))
                .hint("nothing was changed"),
            Refusal::Order(OrderError::OnDemand { field, error }) => match error {
                OnDemandRefusal::Unknown(_) => problem(404, "unknown-object"),
                OnDemandRefusal::TooManyMembers(_) | OnDemandRefusal::Unsupported { .. } => {
                    problem(409, "not-on-demand")
                }
            }
            .field(field),
        }
    }
}

fn how_to_make_one(tenant: &TenantName) -> String {
    format!("PUT /_mock/v1/tenants/{tenant}/entra makes one")
}

/// A hint for a job without URL or token.
fn how_to_be_ready(error: MissingCredentials) -> &'static str {
    match error {
        MissingCredentials::TenantUrl => "leave the Tenant URL out to provision to this tenant",
        MissingCredentials::SecretToken => {
            "POST secret-key {\"confirm\": true} in the admin console, or send {\"secretToken\": \"...\"}"
        }
    }
}
