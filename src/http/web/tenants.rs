//! `/` for a browser: the tenants, and where to log in to each.

use maud::{Markup, html};

use super::{
    frame::{self, mark},
    handler::PageHandler,
    portal,
    request::PageRequest,
    site::Site,
};
use crate::http::{App, answer::Answer, routes::Route};

pub(super) const ROUTES: &[Route<PageHandler>] =
    &[Route::get("", "The tenants, for a browser", PageHandler::Page(|page| Ok(show(page))))
        .answers("Html")];

/// How many tenants are listed.
const LISTED: usize = 100;

fn show(page: &PageRequest) -> Answer {
    let main = html! {
        div.brand { (mark()) " mediusflow-mock" }
        header { h1 { "Tenants" } p { "MediusFlow tenants on this server" } }
        (list(&page.app, &page.site, None))
        p.small { a href=(page.site.link("/docs")) { "The calls of every API" } }
    };
    let answer = frame::page(200, frame::narrow(&page.site, "Tenants · MediusFlow", main));
    answer.header("vary", "accept")
}

/// The tenants as links, the one that this name or path means first.
pub(super) fn list(app: &App, site: &Site, first: Option<&str>) -> Markup {
    let mut all = app.tenants.all();
    let is_first = |name: &str| first.is_some_and(|it| it.split('/').any(|part| part == name));
    all.sort_by_key(|it| !is_first(it.name().as_str()));
    html! {
        ul.tenants {
            @for tenant in all.iter().take(LISTED) {
                @let name = tenant.name();
                li {
                    span { b { (name) } span.muted.small { (name.environment()) } }
                    span.actions {
                        a.button href=(site.link(&format!("/{name}/"))) {
                            "Log in" span.hidden { " to " (name) }
                        }
                        " "
                        a.button href=(site.link(&format!("/{name}/admin/"))) {
                            "Admin console" span.hidden { " of " (name) }
                        }
                        @if let Some(path) = portal::path(tenant) {
                            " "
                            a.button href=(site.link(&path)) {
                                "Provisioning" span.hidden { " of " (name) }
                            }
                        }
                    }
                }
            }
        }
        @if all.len() > LISTED { p.small.muted { "and " (all.len() - LISTED) " more" } }
    }
}
