//! The tab *Provisioning*: Admin Credentials, Notification Email, Mappings and Settings.

use maud::{Markup, html};
use serde_json::json;

use super::{
    super::{
        frame,
        request::{ApiAnswer, Click, ClickRequest, PageRequest},
        trouble::Trouble,
    },
    calls::call as job_call,
    cards,
    job_status::is_on,
    layout::{Portal, PortalPage, PortalTab},
    settings_form::{Mode, SettingsForm, scim_link},
    steps,
};
use crate::{
    entra::ErrorCode,
    http::{
        answer::Answer,
        problem::{HandlerResult, ProblemDetails},
    },
};

/// *Test Connection*, *Save*.
pub(super) const CLICK: Click = Click { call, after };

/// The fields that show what is wrong with them.
const FIELDS: [&str; 5] = [
    "tenantUrl",
    "secretToken",
    "notificationEmail",
    "directory.generate.users",
    "directory.generate.groups",
];

/// What the page says about what was just done.
enum Told<'a> {
    Nothing,
    Trouble(&'a Trouble),
    /// "Test Connection" succeeded.
    Connected,
}

/// `GET {t}/entra/{tid}/provisioning`.
///
/// # Errors
///
/// As [`Portal::open`].
pub(super) fn show(page: &PageRequest) -> HandlerResult {
    let portal = Portal::open(page)?;
    Ok(render(&portal, &SettingsForm::saved(&portal), &Told::Nothing))
}

fn call(page: &PageRequest) -> ClickRequest {
    match asked(page) {
        Ok(request) => request,
        Err(problem) => ClickRequest::Refused(Box::new(refused(page, problem))),
    }
}

fn asked(page: &PageRequest) -> Result<ClickRequest, ProblemDetails> {
    let portal = Portal::open(page)?;
    let form = SettingsForm::typed(&portal);
    let job = portal.job.as_deref();
    let made = match page.form.one("do") {
        Some("fill") => return Ok(shown(fill(&portal, form))),
        Some("test") => {
            allowed(page, &form).and_then(|()| form.own_token(&portal)).and_then(|()| {
                let tried = form.credentials(page, job)?;
                Ok(job_call("POST", ["test-connection"]).with(tried.into()))
            })
        }
        Some("save") if form.mode == Mode::Manual => Err(Trouble::new(
            400,
            "the Provisioning Mode is Manual",
            "set the Provisioning Mode to Automatic: this service provisions in no other mode",
        )),
        Some("save") => {
            allowed(page, &form).and_then(|()| form.own_token(&portal)).and_then(|()| {
                let method = if job.is_some() { "PATCH" } else { "PUT" };
                Ok(job_call(method, []).with(form.body(page, job)?))
            })
        }
        Some("settings") => Ok(job_call("PATCH", []).with(json!({
            "scope": page.form.one("scope"),
            "start": page.form.one("status") == Some("on"),
        }))),
        _ => return Err(unknown_button()),
    };
    Ok(match made {
        Ok(call) => ClickRequest::Call(call),
        Err(trouble) => {
            let mut answer = render(&portal, &form, &Told::Trouble(&trouble));
            answer.record.problem = Some(trouble.problem());
            shown(answer)
        }
    })
}

fn shown(answer: Answer) -> ClickRequest {
    ClickRequest::Refused(Box::new(answer))
}

/// A form that no page of ours sends.
pub(super) fn unknown_button() -> ProblemDetails {
    ProblemDetails::new(400, "unknown-button", "the form says nothing that can be done")
}

/// The page of a refusal.
pub(super) fn refused(page: &PageRequest, problem: ProblemDetails) -> Answer {
    frame::refusal(&page.site, problem.into_answer(), html! {})
}

/// Whether the page may have the server call this Tenant URL. Where the control API wants a token, who has
/// none must not make the server call others.
fn allowed(page: &PageRequest, form: &SettingsForm) -> Result<(), Trouble> {
    if page.app.access.token.is_none() || form.tenant_url == scim_link(page) {
        return Ok(());
    }
    Err(Trouble::new(
        403,
        "from this page the server provisions to its own tenant only, since its control API wants a token",
        "set another Tenant URL by the control API: PUT entra",
    ))
}

fn fill(portal: &Portal<'_>, mut form: SettingsForm) -> Answer {
    match form.fill(portal.page) {
        Ok(()) => render(portal, &form, &Told::Nothing),
        Err(trouble) => render(portal, &form, &Told::Trouble(&trouble)),
    }
}

fn after(page: &PageRequest, answer: &ApiAnswer) -> Answer {
    let portal = match Portal::open(page) {
        Ok(portal) => portal,
        Err(problem) => return refused(page, problem),
    };
    let form = || SettingsForm::typed(&portal);
    if !answer.is_success() {
        return render(&portal, &form(), &Told::Trouble(&Trouble::of(answer)));
    }
    match page.form.one("do") {
        Some("test") => render(&portal, &form(), &Told::Connected),
        Some("settings") if portal.job.as_deref().is_some_and(is_on) => {
            portal.see_other("/monitor")
        }
        _ => portal.see_other("?saved=yes"),
    }
}

fn render(portal: &Portal<'_>, form: &SettingsForm, told: &Told<'_>) -> Answer {
    let trouble = match told {
        Told::Trouble(trouble) => Some(*trouble),
        _ => None,
    };
    let main = html! {
        (portal.head(
            "Provisioning",
            "Brings the users and groups of Microsoft Entra ID to MediusFlow.",
        ))
        @match told {
            Told::Trouble(trouble) if trouble.is_at(&FIELDS) => {}
            Told::Trouble(trouble) => (notice(trouble)),
            Told::Connected => p.notice.done role="status" {
                "Test Connection: the supplied credentials are authorized to enable provisioning. "
                "Nothing was saved: select Save to keep them."
            },
            Told::Nothing if portal.page.form.has("saved") => p.notice.done role="status" { "Saved." },
            Told::Nothing => {}
        }
        div.table #quarantined data-live {
            @if let Some(it) = portal.job.as_ref().and_then(|it| it.quarantine.as_ref()) {
                div.notice {
                    b { "The job is in quarantine." }
                    span.break { (frame::sentence(&it.message)) }
                    a href=(portal.link("/monitor")) { "Monitor" }
                }
            }
        }
        div.split {
            div.stack {
                (cards::credentials(portal, form, trouble))
                @if let Some(job) = &portal.job { (cards::mappings(portal, job)) (cards::settings(portal, job)) }
            }
            (steps::list(portal))
        }
    };
    let shown = PortalPage::new(PortalTab::Provisioning, main).after(trouble);
    // What was typed stays.
    let is_typed = portal.page.form.has("do");
    if is_typed { shown.still().answer(portal) } else { shown.answer(portal) }
}

/// What went wrong; a connection that failed in the portal's words.
fn notice(trouble: &Trouble) -> Markup {
    let failed = trouble.what().split_once(": ").and_then(|(name, reason)| {
        Some((ErrorCode::ALL.iter().find(|it| it.name() == name)?, reason))
    });
    let Some((code, reason)) = failed else { return trouble.notice() };
    html! {
        div.notice role="alert" {
            b {
                @if *code == ErrorCode::CredentialValidationFailure {
                    "You appear to have entered invalid credentials. Please confirm you are using the correct \
                     information for an administrative account."
                } @else { "Test Connection failed." }
            }
            span.break { "Error code: " (code.name()) }
            span.break { "Details: " (reason) }
            span { (code.recommendation()) " Fill in what the console gave takes the present one." }
        }
    }
}
