//! The *Attribute-Mapping* of users and of groups, to be reviewed.

use maud::{Markup, html};

use super::{
    super::request::PageRequest,
    layout::{Portal, PortalPage, PortalTab},
};
use crate::{
    entra::{MappingRow, MappingTable},
    http::{
        answer::Answer,
        problem::{HandlerResult, ProblemDetails},
    },
    scim::quoted,
};

/// The attributes that the tutorial marks as supported for filtering.
const FILTERABLE: [&str; 1] = ["userName"];

/// `GET {t}/entra/{tid}/provisioning/mappings/{type}`.
///
/// # Errors
///
/// 404 for anything but users and groups.
pub(super) fn show(page: &PageRequest) -> HandlerResult {
    let portal = Portal::open(page)?;
    let named = page.path_parameters.get(2).map(String::as_str).unwrap_or_default();
    let title = match named {
        "users" => "Synchronize Microsoft Entra users to MediusFlow",
        "groups" => "Synchronize Microsoft Entra groups to MediusFlow",
        _ => {
            let detail =
                format!("there are mappings of users and groups, not of {}", quoted(named));
            return Err(ProblemDetails::new(404, "unknown-mapping", detail));
        }
    };
    let Some(job) = &portal.job else { return Ok(portal.see_other("")) };
    // The tutorial tells it of users only.
    let filterable: Option<&[&str]> = (named == "users").then_some(&FILTERABLE);
    let table = if named == "users" { &job.settings.users } else { &job.settings.groups };
    let main = html! {
        (portal.head(title, "The attributes that are selected as Matching find the objects of MediusFlow for updates."))
        div.sheet {
            table {
                caption.hidden { "Attribute-Mapping" }
                thead { tr {
                    th scope="col" { "Attribute" } th scope="col" { "Source" } th scope="col" { "Type" }
                    th scope="col" { "Matching" }
                    @if filterable.is_some() { th scope="col" { "Supported for filtering" } }
                } }
                tbody { @for it in &table.rows { (row(it, filterable)) } }
            }
            (about(&portal, table))
        }
    };
    Ok(PortalPage::new(PortalTab::Provisioning, main).titled(title).answer(&portal))
}

/// `GET {t}/entra/{tid}/provisioning/job.toml`: the job as a file, without the Secret Token.
///
/// # Errors
///
/// 404 `no-job`.
pub(super) fn file(page: &PageRequest) -> HandlerResult {
    let portal = Portal::open(page)?;
    let Some(job) = &portal.job else {
        return Err(ProblemDetails::new(404, "no-job", "there is no provisioning job yet"));
    };
    let answer = Answer::text(200, "application/toml; charset=utf-8", job.settings.file.clone());
    let answer = answer.header("content-disposition", "attachment; filename=\"job.toml\"");
    Ok(crate::http::page::secured(answer))
}

fn row(it: &MappingRow, filterable: Option<&[&str]>) -> Markup {
    html! {
        tr {
            th scope="row" { (breakable(&it.target)) }
            td data-label="Source" {
                span.break {
                    @match it.kind {
                        "Direct" => (it.source),
                        "None" => span.muted { "none" },
                        "Constant" => { "\"" (it.source) "\"" span.sub { "Constant" } }
                        _ => { code { (it.source) } }
                    }
                    @if let Some(value) = &it.default_value { span.sub { "Default value if null: " (value) } }
                    @if it.is_creation_only { span.sub { "Only during object creation" } }
                }
            }
            td data-label="Type" { (it.target_type) }
            td data-label="Matching" {
                @match it.matching_precedence { Some(at) => { "Yes, precedence " (at) } None => "No" }
            }
            @if let Some(all) = filterable {
                td data-label="Filtering" { @if all.contains(&it.target.as_str()) { "Yes" } @else { "No" } }
            }
        }
    }
}

/// A name that breaks between its schema and its attribute, where it has a schema.
fn breakable(name: &str) -> Markup {
    match name.rfind(':') {
        Some(at) if name.starts_with("urn:") => html! { (name[..=at]) wbr; (name[at + 1..]) },
        _ => html! { (name) },
    }
}

fn about(portal: &Portal<'_>, table: &MappingTable) -> Markup {
    html! {
        div.foot {
            span {
                "Read only here: a mapping is changed in the job file. "
                @if !table.is_enabled { "These mappings are not enabled: nobody of this type is provisioned. " }
                @match table.scoping_filters {
                    0 => "No scoping filters: the Scope alone decides.",
                    1 => "1 scoping filter.",
                    more => { (more) " scoping filters." }
                }
            }
            a href=(portal.link("/job.toml")) download="job.toml" { "Download the job file" }
        }
    }
}
