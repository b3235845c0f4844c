//! The tab *Provisioning*: Admin Credentials, Notification Email, Mappings and Settings.

use maud::{Markup, html};
use serde_json::json;

use super::{
    super::{
        fields::Field,
        frame,
        request::{ApiAnswer, ApiCall, Click, ClickRequest, PageRequest},
        trouble::Trouble,
    },
    calls::{as_call, call as job_call},
    job_status::is_on,
    layout::{Portal, PortalPage, PortalTab},
    settings_form::{Mode, SettingsForm, scim_link},
    steps,
};
use crate::{
    entra::{ErrorCode, JobView, MappingTable, Scope},
    http::{
        answer::Answer,
        problem::{HandlerResult, ProblemDetails},
    },
};

/// *Test Connection*, *Save*.
pub(super) const CLICK: Click = Click { call, after };

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
        Some("test") => allowed(page, &form).and_then(|()| {
            let tried = form.credentials(page, job)?;
            Ok(job_call("POST", ["test-connection"]).with(tried.into()))
        }),
        Some("save") if form.mode == Mode::Manual => Err(Trouble::new(
            400,
            "the Provisioning Mode is Manual",
            "set the Provisioning Mode to Automatic: this service provisions in no other mode",
        )),
        Some("save") => allowed(page, &form).and_then(|()| {
            let method = if job.is_some() { "PATCH" } else { "PUT" };
            Ok(job_call(method, []).with(form.body(page, job)?))
        }),
        Some("settings") => Ok(job_call("PATCH", []).with(json!({
            "scope": page.form.one("scope"),
            "start": page.form.one("status") == Some("on"),
        }))),
        _ => return Err(unknown_button()),
    };
    Ok(match made {
        Ok(call) => ClickRequest::Call(call),
        Err(trouble) => shown(render(&portal, &form, &Told::Trouble(&trouble))),
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

fn fill(portal: &Portal<'_>, form: SettingsForm) -> Answer {
    match form.filled(portal.page) {
        Ok(form) => render(portal, &form, &Told::Nothing),
        Err((form, trouble)) => render(portal, &form, &Told::Trouble(&trouble)),
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
            Told::Trouble(trouble) => (notice(trouble)),
            Told::Connected => p.notice.done role="status" {
                "Test Connection: the supplied credentials are authorized to enable provisioning."
            },
            Told::Nothing if portal.page.form.has("saved") => p.notice.done role="status" { "Saved." },
            Told::Nothing => {}
        }
        div.split {
            div.stack {
                (credentials_form(portal, form, trouble))
                @if let Some(job) = &portal.job { (mappings(portal, job)) (settings(portal, job)) }
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
            span { (code.recommendation()) }
        }
    }
}

fn credentials_form(portal: &Portal<'_>, form: &SettingsForm, trouble: Option<&Trouble>) -> Markup {
    let content = html! {
        // What the Enter key does.
        button.hidden name="do" value="save" tabindex="-1" aria-hidden="true" { "Save" }
        (mode_card(portal, form))
        (credentials_card(portal, form, trouble))
        @if portal.job.is_none() { (people_card(form, trouble)) }
        (notification_card(portal, form, trouble))
    };
    portal.form(PortalTab::Provisioning, Some("stack"), content)
}

fn mode_card(portal: &Portal<'_>, form: &SettingsForm) -> Markup {
    let modes = [("manual", "Manual", Mode::Manual), ("automatic", "Automatic", Mode::Automatic)];
    html! {
        div.card #mode {
            div.in {
                @if portal.job.is_some() {
                    h2 { "Provisioning Mode" }
                    p.say { "Automatic" }
                } @else {
                    h2 { label for="provisioning-mode" { "Provisioning Mode" } }
                    div.label {
                        select.field #provisioning-mode name="mode" {
                            @for (value, label, mode) in modes {
                                option value=(value) selected[form.mode == mode] { (label) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn credentials_card(portal: &Portal<'_>, form: &SettingsForm, trouble: Option<&Trouble>) -> Markup {
    let at = |name: &str| trouble.and_then(|it| it.at(name));
    let url = Field {
        label: "Tenant URL",
        name: "tenantUrl",
        value: &form.tenant_url,
        hint: Some("The SCIM link of step 11."),
        error: at("tenantUrl"),
        ..Field::default()
    };
    let filled = form.filled.as_ref().map(|last| {
        format!("Filled in: the secret key of the console, which ends in {last}. It is not shown.")
    });
    let hint = match (&filled, &portal.job) {
        (Some(filled), _) => filled.as_str(),
        (None, Some(_)) => "Saved, and not shown any more. Leave it empty to keep it.",
        (None, None) => "The secret key of step 6.",
    };
    let token = Field {
        label: "Secret Token",
        name: "secretToken",
        kind: "password",
        value: &form.secret_token,
        hint: Some(hint),
        error: at("secretToken"),
        ..Field::default()
    };
    let tested = ApiCall::new("POST", ["test-connection"]);
    html! {
        section.card aria-labelledby="admin-credentials" {
            div.in {
                h2 #admin-credentials { "Admin Credentials" }
                p.say {
                    "Microsoft Entra needs the following information to connect to MediusFlow and synchronize "
                    "user data."
                }
                div.option {
                    (url.render())
                    (token.render())
                    @if let Some(last) = &form.filled { input type="hidden" name="filled" value=(last); }
                    div.actions {
                        button.button name="do" value="fill" { "Fill in what the console gave" }
                        " "
                        button.button name="do" value="test" { "Test Connection" }
                    }
                }
            }
            (as_call(portal.page, &tested))
        }
    }
}

/// Where the people of a job come from that does not exist yet.
fn people_card(form: &SettingsForm, trouble: Option<&Trouble>) -> Markup {
    let at = |name: &str| trouble.and_then(|it| it.at(name));
    let (users, groups) = ("directory.generate.users", "directory.generate.groups");
    let field = |label, name, value, error| Field { label, name, value, error, ..Field::default() };
    html! {
        section.card aria-labelledby="people" {
            div.in {
                h2 #people { "Microsoft Entra directory" }
                p.say { "A made-up company, all of it assigned to the application. 0 for an empty directory." }
                div.option.pair {
                    (field("Users", "users", &form.users, at(users)).render())
                    (field("Groups", "groups", &form.groups, at(groups)).render())
                }
            }
        }
    }
}

fn notification_card(
    portal: &Portal<'_>,
    form: &SettingsForm,
    trouble: Option<&Trouble>,
) -> Markup {
    let email = Field {
        label: "Notification Email",
        name: "notificationEmail",
        value: &form.notification_email,
        hint: Some(
            "Who receives the provisioning error notifications. They are shown under Monitor.",
        ),
        error: trouble.and_then(|it| it.at("notificationEmail")),
        ..Field::default()
    };
    let class = if portal.job.is_none() { "button primary" } else { "button" };
    html! {
        section.card aria-labelledby="notification-email" {
            div.in {
                h2 #notification-email { "Notification" }
                div.option {
                    (email.render())
                    label.check {
                        input type="checkbox" name="sendEmailWhenAFailureOccurs" value="yes"
                            checked[form.sends_email];
                        " Send an email notification when a failure occurs"
                    }
                    div.actions.end { button class=(class) name="do" value="save" { "Save" } }
                }
            }
        }
    }
}

fn mappings(portal: &Portal<'_>, job: &JobView) -> Markup {
    let line = |label: &str, path: &str, table: &MappingTable| {
        let enabled = if table.is_enabled { "Enabled: Yes" } else { "Enabled: No" };
        html! {
            p.say { a href=(portal.link(path)) { (label) } " · " (enabled) ", " (table.rows.len()) " attributes" }
        }
    };
    let (users, groups) = (&job.settings.users, &job.settings.groups);
    html! {
        section.card aria-labelledby="mappings" {
            div.in {
                h2 #mappings { "Mappings" }
                p.say { "Which attributes flow from Microsoft Entra ID to MediusFlow." }
                (line("Synchronize Microsoft Entra users to MediusFlow", "/mappings/users", users))
                (line("Synchronize Microsoft Entra groups to MediusFlow", "/mappings/groups", groups))
            }
        }
    }
}

fn settings(portal: &Portal<'_>, job: &JobView) -> Markup {
    let is_on = is_on(job);
    let scopes = [("assigned", Scope::Assigned), ("all", Scope::All)];
    let class = if is_on { "button" } else { "button primary" };
    let content = html! {
        h2 #settings { "Settings" }
        div.option {
            fieldset {
                legend { "Provisioning Status" }
                div.actions {
                    @for (value, label, checked) in [("on", "On", is_on), ("off", "Off", !is_on)] {
                        label.check {
                            input type="radio" name="status" value=(value) checked[checked];
                            " " (label)
                        }
                    }
                }
            }
            div.label {
                label for="scope" { "Scope" }
                select.field #scope name="scope" {
                    @for (value, scope) in scopes {
                        option value=(value) selected[job.settings.scope == scope] { (scope.label()) }
                    }
                }
            }
            div.actions.end { button class=(class) name="do" value="settings" { "Save" } }
        }
    };
    let sample = job_call("PATCH", []).with(json!({"scope": "assigned", "start": true}));
    html! {
        section.card aria-labelledby="settings" {
            (portal.form(PortalTab::Provisioning, Some("in"), content))
            (as_call(portal.page, &sample))
        }
    }
}
