//! The cards of the tab *Provisioning*.

use maud::{Markup, html};
use serde_json::json;

use super::{
    super::{fields::Field, request::ApiCall, trouble::Trouble},
    calls::{as_call, call as job_call},
    job_status::is_on,
    layout::{Portal, PortalTab},
    settings_form::{Mode, SettingsForm},
};
use crate::entra::{JobView, MappingTable, Scope};

/// The form of the Provisioning Mode, the Admin Credentials and the Notification Email.
pub(super) fn credentials(
    portal: &Portal<'_>,
    form: &SettingsForm,
    trouble: Option<&Trouble>,
) -> Markup {
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
        placeholder: form.filled.as_ref().map(|_| "Filled in, not shown"),
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

/// The ways to the mappings.
pub(super) fn mappings(portal: &Portal<'_>, job: &JobView) -> Markup {
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
                p.say { a href=(portal.link("/job.toml")) download="job.toml" { "Download the job file" } }
            }
        }
    }
}

/// The form of the Provisioning Status and the Scope.
pub(super) fn settings(portal: &Portal<'_>, job: &JobView) -> Markup {
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
