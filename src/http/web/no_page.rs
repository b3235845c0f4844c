//! The page for a browser at an address that no page has. It names pages, where the refusal for programs names the
//! addresses of calls.

use actix_web::HttpRequest;
use maud::{Markup, html};

use super::{
    PAGES, frame, handler::PageHandler, page_routes, portal, prefers_page, site::Site, tenants,
};
use crate::{
    http::{
        App,
        answer::Answer,
        routes::{self, Route, segments},
    },
    scim::nearest,
    tenant::Tenant,
};

/// The refusal of a request that reached nothing, as a page for who reads pages.
pub(in crate::http) fn as_page(app: &App, request: &HttpRequest, answer: Answer) -> Answer {
    if !prefers_page(request.headers()) {
        return answer;
    }
    let site = Site::new(app.authority(request));
    let problem = answer.record.problem.clone();
    let path = request.path();
    match problem.as_ref().and_then(|it| it.code.as_deref()) {
        Some("unknown-tenant") => {
            let nearest = answer.guess.clone();
            let more = html! {
                @if let Some(it) = nearest.as_deref().filter(|it| is_page(it)) { (did_you_mean(&site, it)) }
                (tenants::list(app, &site, nearest.as_deref()))
            };
            let detail = problem.map(|it| it.detail).unwrap_or_default();
            frame::refusal_as(&site, answer, &detail, more)
        }
        Some("unknown-address") => {
            let more = ways_on(app, &site, path);
            frame::refusal_as(&site, answer, &format!("there is no page at {path}"), more)
        }
        _ => frame::refusal(&site, answer, html! {}),
    }
}

/// Whether people see a page at this path.
fn is_page(path: &str) -> bool {
    let here = segments(path);
    let found = routes::rows_at(PAGES.iter().copied().flatten(), &here);
    let is_it = |it: &Route<PageHandler>| it.method == "GET" && !it.handler.is_for_programs();
    path.starts_with('/') && found.iter().any(|it| is_it(it.route))
}

/// Where to go from an unknown address: to the page that was probably meant, and to the tenant of the address; else to
/// the tenants.
fn ways_on(app: &App, site: &Site, path: &str) -> Markup {
    let parts = path.trim_start_matches('/').split_once('/');
    let tenant = parts.and_then(|(name, _)| app.tenants.find(name, app.clock.now()));
    let (Some(tenant), Some((_, below))) = (tenant, parts) else {
        return tenants::list(app, site, None);
    };
    let name = tenant.name();
    html! {
        @if let Some(it) = nearest_page(below) { (did_you_mean(site, &format!("/{name}/{it}"))) }
        (ways_of(site, &tenant))
    }
}

/// The pages that a tenant begins with.
fn ways_of(site: &Site, tenant: &Tenant) -> Markup {
    let name = tenant.name();
    html! {
        div.actions {
            a.button.primary href=(site.link(&format!("/{name}/admin/"))) { "Admin console of " (name) } " "
            a.button href=(site.link(&format!("/{name}/"))) { "Log in to " (name) }
            @if let Some(path) = portal::path(tenant) {
                " " a.button href=(site.link(&path)) { "Provisioning of " (name) }
            }
        }
    }
}

/// The page of a tenant that is called like this address below it.
fn nearest_page(below: &str) -> Option<&'static str> {
    let pages = page_routes().filter(|it| it.method == "GET" && is_shown(it.handler));
    let own = pages.filter_map(|it| it.path.strip_prefix("{tenant}/"));
    nearest(below.trim_end_matches('/'), own.filter(|it| !it.contains('{')))
}

/// Whether people see a page there.
fn is_shown(handler: PageHandler) -> bool {
    matches!(handler, PageHandler::Page(_) | PageHandler::Console(_))
}

fn did_you_mean(site: &Site, path: &str) -> Markup {
    html! { p { "Did you mean " a href=(site.link(path)) { (path) } "?" } }
}
