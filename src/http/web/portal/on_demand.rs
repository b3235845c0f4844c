//! The tab *Provision on demand*: one user or group at once, with what was done step by step.

use maud::{Markup, html};
use serde_json::{Value as Json, json};

use super::{
    super::{
        fields::Field,
        request::{ApiAnswer, ApiCall, Click, ClickRequest, PageRequest},
        trouble::Trouble,
    },
    calls::{as_call, call as job_call},
    layout::{Portal, PortalPage, PortalTab},
    provisioning::refused,
};
use crate::{
    entra::{DirectoryEntry, ObjectType},
    http::{answer::Answer, problem::HandlerResult},
    scim::fold,
};

/// *Provision*.
pub(super) const CLICK: Click = Click { call, after };

/// What the page shows besides its form.
enum Shown<'a> {
    Nothing,
    Trouble(&'a Trouble),
    /// What came of it.
    Report(&'a Json),
}

/// `GET {t}/entra/{tid}/provisioning/on-demand?object=`.
///
/// # Errors
///
/// As [`Portal::open`].
pub(super) fn show(page: &PageRequest) -> HandlerResult {
    let portal = Portal::open(page)?;
    Ok(render(&portal, &Shown::Nothing))
}

fn call(page: &PageRequest) -> ClickRequest {
    match Portal::open(page) {
        Ok(portal) if page.form.text("object").is_none() => {
            let trouble = Trouble::at_field("user", "select a user or group");
            ClickRequest::Refused(Box::new(render(&portal, &Shown::Trouble(&trouble))))
        }
        Ok(portal) => ClickRequest::Call(order(&portal)),
        Err(problem) => ClickRequest::Refused(Box::new(refused(page, problem))),
    }
}

/// The call for what was typed. A name that nobody has goes to it as a user's, and it says so.
fn order(portal: &Portal<'_>) -> ApiCall {
    let typed = portal.page.form.text("object").unwrap_or_default();
    let found = find(&portal.directory(), typed);
    let name =
        found.as_ref().map_or(typed, |it| it.user_principal_name.as_ref().unwrap_or(&it.name));
    let body = match found.as_ref().map(|it| it.object_type) {
        Some(ObjectType::Group) => json!({"group": name, "members": members(portal.page)}),
        _ => json!({"user": name}),
    };
    job_call("POST", ["on-demand"]).with(body)
}

/// The names of members that were typed, a line or a comma between them.
fn members(page: &PageRequest) -> Vec<String> {
    let text = page.form.text("members").unwrap_or_default();
    let names = text.split([',', '\n', ';']).map(str::trim).filter(|it| !it.is_empty());
    names.map(str::to_owned).collect()
}

fn find(all: &[DirectoryEntry], typed: &str) -> Option<DirectoryEntry> {
    let wanted = fold(typed);
    let is_it = |it: &&DirectoryEntry| {
        it.object_id == typed
            || it.user_principal_name.as_ref().is_some_and(|it| fold(it) == wanted)
    };
    let named = |it: &&DirectoryEntry| fold(&it.name) == wanted;
    all.iter().find(is_it).or_else(|| all.iter().find(named)).cloned()
}

fn after(page: &PageRequest, answer: &ApiAnswer) -> Answer {
    match Portal::open(page) {
        Ok(portal) if answer.is_success() => render(&portal, &Shown::Report(&answer.body)),
        Ok(portal) => render(&portal, &Shown::Trouble(&Trouble::of(answer))),
        Err(problem) => refused(page, problem),
    }
}

fn render(portal: &Portal<'_>, shown: &Shown<'_>) -> Answer {
    let trouble = match shown {
        Shown::Trouble(trouble) => Some(*trouble),
        _ => None,
    };
    let main = html! {
        (portal.head(
            "Provision on demand",
            "Provisions one user or one group at once, without waiting for the next cycle.",
        ))
        @if portal.job.is_none() {
            (portal.no_job())
        } @else {
            @if let Some(trouble) = trouble.filter(|it| !it.is_at(&["user", "group", "members"])) { (trouble.notice()) }
            div.stack {
                (order_card(portal, trouble))
                @if let Shown::Report(report) = shown { (result(report)) }
            }
        }
    };
    let page = PortalPage::new(PortalTab::OnDemand, main).after(trouble);
    match shown {
        Shown::Report(_) => page.still().answer(portal),
        _ => page.answer(portal),
    }
}

fn order_card(portal: &Portal<'_>, trouble: Option<&Trouble>) -> Markup {
    let at = |name: &str| trouble.and_then(|it| it.at(name));
    let asked = portal.page.form.text("object").unwrap_or_default();
    let found = find(&portal.directory(), asked);
    let value = match &found {
        Some(it) => it.user_principal_name.as_ref().unwrap_or(&it.name).to_string(),
        None => asked.to_owned(),
    };
    let object = Field {
        label: "Select a user or group",
        name: "object",
        value: &value,
        hint: Some("A user principal name, the name of a group, or an object id."),
        error: at("user").or_else(|| at("group")),
        ..Field::default()
    };
    let typed = portal.page.form.one("members").unwrap_or_default();
    let members = Field {
        label: "Members of the group",
        name: "members",
        value: typed,
        hint: Some("Only for a group: up to five of its members, separated by commas."),
        error: at("members"),
        ..Field::default()
    };
    let content = html! {
        (object.render())
        (members.render())
        div.actions.end { button.button.primary { "Provision" } }
    };
    let call = order(portal);
    html! {
        section.card aria-label="Provision on demand" {
            div.in { (portal.form(PortalTab::OnDemand, Some("stack"), content)) }
            @if !asked.is_empty() { (as_call(portal.page, &call)) }
        }
    }
}

/// What was done: the steps, and the members of a group.
fn result(report: &Json) -> Markup {
    let text = |it: &Json, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let steps = report["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let members = report["members"].as_array().map(Vec::as_slice).unwrap_or_default();
    let outcome = text(report, "result");
    html! {
        section.card aria-labelledby="result" {
            div.in {
                div role="status" { h2 #result { "Result: " (state(&outcome)) } }
                @for (at, step) in steps.iter().enumerate() {
                    div {
                        h3 { (at + 1) ". " (text(step, "name")) " " (state(&text(step, "status"))) }
                        (details(&step["details"]))
                    }
                }
            }
            @if !members.is_empty() {
                div.in {
                    h2 { "Members" }
                    ul.history {
                        @for it in members {
                            li {
                                span { bdi { (text(it, "name")) } " " (text(it, "reason")) }
                                " " (state(&text(it, "status")))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A result in a word.
pub(super) fn state(word: &str) -> Markup {
    let (class, label) = match word {
        "success" => ("", "Success"),
        "skipped" => ("warn", "Skipped"),
        "warning" => ("warn", "Warning"),
        "failure" => ("bad", "Failure"),
        other => ("", other),
    };
    html! { span class={ "state " (class) } { (label) } }
}

/// The details of a step, a line for each member.
pub(super) fn details(of: &Json) -> Markup {
    html! {
        @if let Some(members) = of.as_object().filter(|it| !it.is_empty()) {
            dl.facts {
                @for (name, value) in members { dt { (name) } dd { (value_of(value)) } }
            }
        }
    }
}

fn value_of(value: &Json) -> Markup {
    html! {
        @match value {
            Json::Null => span.muted { "none" },
            Json::Array(all) if all.is_empty() => span.muted { "none" },
            Json::Object(members) if members.is_empty() => span.muted { "none" },
            Json::String(text) => (text),
            Json::Array(all) => @for it in all { div { (value_of(it)) } },
            Json::Object(members) => @for (name, value) in members {
                div { span.muted { (name) " " } (value_of(value)) }
            },
            other => (other),
        }
    }
}
