//! One line of the provisioning logs: its steps, and what was modified.

use maud::{Markup, html};
use serde_json::Value as Json;

use super::{
    super::request::PageRequest,
    job_status::time,
    layout::{Portal, PortalPage, PortalTab},
    on_demand::{details, state},
};
use crate::{
    entra::{JobView, LogEntry},
    http::problem::{HandlerResult, ProblemDetails},
    scim::quoted,
};

/// `GET {t}/entra/{tid}/provisioning/logs/{id}`.
///
/// # Errors
///
/// 404 `unknown-line`; as [`Portal::open`].
pub(super) fn show(page: &PageRequest) -> HandlerResult {
    let portal = Portal::open(page)?;
    let id = page.path_parameters.get(2).map(String::as_str).unwrap_or_default();
    let found = portal.job.as_ref().and_then(|job| {
        let line = job.lines.iter().find(|it| it.id == id)?;
        Some((job.clone(), line.clone()))
    });
    let Some((job, line)) = found else {
        let detail = format!("the latest provisioning logs have no line {}", quoted(id));
        return Err(ProblemDetails::new(404, "unknown-line", detail)
            .hint("the logs of thirty days are at GET entra/logs of the control API"));
    };
    let main = html! {
        (portal.head(&line.source_name, "A line of the provisioning logs."))
        div.stack { (facts(&line)) (steps(&job, &line)) (modified(&line)) }
    };
    Ok(PortalPage::new(PortalTab::Logs, main).titled(&line.source_name).answer(&portal))
}

fn facts(it: &LogEntry) -> Markup {
    html! {
        section.card aria-labelledby="summary" {
            div.in {
                h2 #summary { "Summary" }
                dl.facts {
                    dt { "Status" } dd { (state(it.status.name())) }
                    dt { "Action" } dd { (it.action.name()) }
                    @if let Some(code) = it.error {
                        dt { "Error code" } dd { (code.name()) }
                        dt { "Reason" } dd { (it.reason) }
                        dt { "Recommendation" } dd { (code.recommendation()) }
                    }
                    @if let Some(status) = it.http_status { dt { "HTTP status" } dd { (status) } }
                    dt { "Date" } dd { (time(it.at)) }
                    dt { "Source id" } dd { code { (it.source_id) } }
                    @if let Some(id) = &it.target_id { dt { "Target id" } dd { code { (id) } } }
                    dt { "Cycle" } dd { code { (it.cycle_id) } }
                }
            }
        }
    }
}

fn steps(job: &JobView, line: &LogEntry) -> Markup {
    let shown = job.log_to_graph(line);
    let steps = shown["provisioningSteps"].as_array().cloned().unwrap_or_default();
    let text = |it: &Json, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    html! {
        section.card aria-labelledby="log-steps" {
            div.in {
                h2 #log-steps { "Steps" }
                @for (at, it) in steps.iter().enumerate() {
                    div {
                        h3 { (at + 1) ". " (text(it, "name")) " " (state(&text(it, "status"))) }
                        p.say { (text(it, "description")) }
                        (details(&it["details"]))
                    }
                }
            }
        }
    }
}

fn modified(line: &LogEntry) -> Markup {
    let shown = |it: Option<&Json>| match it {
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "–".to_owned(),
    };
    html! {
        section.card aria-labelledby="modified" {
            div.in {
                h2 #modified { "Modified properties" }
                @if line.modified.is_empty() { p.say { "None." } } @else {
                    div.table { table {
                        thead { tr { th scope="col" { "Property" } th scope="col" { "Old value" } th scope="col" { "New value" } } }
                        tbody { @for it in &line.modified {
                            tr {
                                th.break scope="row" { (it.name) }
                                td.break data-label="Old value" { span { (shown(it.old.as_ref())) } }
                                td.break data-label="New value" { span { (shown(it.new.as_ref())) } }
                            }
                        } }
                    } }
                }
            }
        }
    }
}
