//! The provisioning pages of mock Entra: Step 5 and 6 of the tutorial, over the job that the server runs.
//!
//! The labels are the tutorial's and the portal's; the addresses are assumed. A click is the call of the control
//! API that a test makes, recorded as made by `entra-portal`. No login is asked for, as at the account picker:
//! who reaches the server is an administrator here.

use actix_web::{HttpRequest, HttpResponse, web::Bytes};

use super::{
    MakeCall, PageCall, csrf,
    handler::PageHandler,
    page_address::SentForm,
    request::{ApiAnswer, Click, ClickRequest, PageRequest},
};
use crate::{
    http::{arrival::Arrival, problem::ProblemDetails, routes::Route},
    tenant::Tenant,
};

mod applications;
mod calls;
mod cards;
mod cycles;
mod directory;
mod directory_list;
mod job_status;
mod layout;
mod log_line;
mod logs;
mod mappings;
mod monitor;
mod on_demand;
mod provisioning;
mod settings_form;
mod steps;

use layout::Portal;

/// Who makes the calls, as the journal says.
const FROM: &str = "entra-portal";

pub(super) const ROUTES: &[Route<PageHandler>] = &[
    Route::get(
        "{tenant}/entra/{tid}/applications",
        "Enterprise applications: MediusFlow",
        PageHandler::Page(applications::show),
    ),
    Route::get(
        "{tenant}/entra/{tid}/provisioning",
        "Provisioning: Admin Credentials, Mappings, Settings",
        PageHandler::Page(provisioning::show),
    ),
    Route::post(
        "{tenant}/entra/{tid}/provisioning",
        "Test Connection, Save",
        PageHandler::PortalClick(provisioning::CLICK),
    ),
    Route::get(
        "{tenant}/entra/{tid}/provisioning/mappings/{type}",
        "Attribute-Mapping of users or groups",
        PageHandler::Page(mappings::show),
    ),
    Route::get(
        "{tenant}/entra/{tid}/provisioning/job.toml",
        "The job file, without the Secret Token",
        PageHandler::Page(mappings::file),
    )
    .answers("Toml"),
    Route::get(
        "{tenant}/entra/{tid}/provisioning/users-and-groups",
        "Users and groups: who is assigned",
        PageHandler::Page(directory::show),
    )
    .query("q:string show:string page:integer"),
    Route::post(
        "{tenant}/entra/{tid}/provisioning/users-and-groups",
        "Assign, Unassign, Disable, Enable",
        PageHandler::PortalClick(directory::CLICK),
    ),
    Route::get(
        "{tenant}/entra/{tid}/provisioning/on-demand",
        "Provision on demand",
        PageHandler::Page(on_demand::show),
    ),
    Route::post(
        "{tenant}/entra/{tid}/provisioning/on-demand",
        "Provisions a user or group on demand",
        PageHandler::PortalClick(on_demand::CLICK),
    ),
    Route::get(
        "{tenant}/entra/{tid}/provisioning/monitor",
        "Monitor: cycles, quarantine, mails",
        PageHandler::Page(monitor::show),
    ),
    Route::post(
        "{tenant}/entra/{tid}/provisioning/monitor",
        "Start, Pause, Restart provisioning",
        PageHandler::PortalClick(monitor::CLICK),
    ),
    Route::get(
        "{tenant}/entra/{tid}/provisioning/logs",
        "Provisioning logs",
        PageHandler::Page(logs::show),
    )
    .query("q:string status:string page:integer"),
    Route::get(
        "{tenant}/entra/{tid}/provisioning/logs/{id}",
        "A line of the provisioning logs with its steps",
        PageHandler::Page(log_line::show),
    ),
    Route::get(
        "{tenant}/entra/{tid}/provisioning/changes",
        "When something has changed",
        PageHandler::Changes(|page| layout::session(page).is_some()),
    )
    .answers("Events")
    .or(&[204]),
];

/// The path of a tenant's provisioning in mock Entra, if its Microsoft Entra tenant ID is saved.
pub(super) fn path(tenant: &Tenant) -> Option<String> {
    let state = tenant.snapshot();
    let tenant_id = state.console().setup().entra_tenant()?;
    Some(format!("/{}/entra/{tenant_id}/provisioning", tenant.name()))
}

/// Makes the call that a button stands for, and shows what came of it.
pub(super) async fn click(
    make: MakeCall,
    request: &HttpRequest,
    page: PageRequest,
    form: &Bytes,
    click: Click,
) -> Result<HttpResponse, ProblemDetails> {
    let arrival = Arrival::new(page.tenant().clone(), page.app.clock.now());
    Portal::open(&page)?;
    let session = layout::session(&page).unwrap_or_default();
    csrf::check(&session, &page.path, page.form.one(csrf::FIELD))?;
    let call = match (click.call)(&page) {
        ClickRequest::Call(call) => call,
        ClickRequest::Refused(answer) => {
            let sent = SentForm { app: &page.app, request, arrival, body: form };
            return Ok(sent.record_unmade(*answer).await);
        }
    };
    let call = PageCall {
        words: calls::words(&call),
        method: call.method,
        path: calls::path(&page, &call),
        body: call.body,
        from: FROM,
    };
    let response = make(page.app.clone(), request.clone(), page.tenant().clone(), call).await;
    let answer = ApiAnswer::read(Some(response)).await;
    Ok((click.after)(&page, &answer).into_response())
}
