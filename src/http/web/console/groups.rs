//! The groups: who is in them, and which authorization group they grant.

use maud::{Markup, html};

use super::{
    super::{
        history,
        list::{ListPage, ROWS, no_rows, number, pager},
        request::PageRequest,
    },
    layout::{ConsolePage, Tab, head},
    users::link,
};
use crate::{
    http::{
        answer::Answer,
        problem::{HandlerResult, ProblemDetails},
    },
    medius::is_same,
    scim::{Group, List, Resource, User, encode, quoted},
    tenant::State,
};

/// `GET {t}/admin/groups?page=`.
pub(super) fn show(page: &PageRequest) -> Answer {
    let state = page.tenant().snapshot();
    let at = number(page.form.one("page"));
    let first = (at - 1).saturating_mul(ROWS);
    let groups: Vec<_> = state.resources().from("Group", first).take(ROWS).collect();
    let paging = ListPage {
        rows: ROWS,
        page: at,
        shown: groups.len(),
        total: state.resources().len("Group"),
    };
    let link_to = |at: usize| page.link(&format!("admin/groups?page={at}"));
    let main = html! {
        (head(
            "Groups",
            "As SCIM brought them. One that is called like an authorization group grants it to its members.",
            html! {},
        ))
        div.sheet #sheet data-live {
            @if groups.is_empty() { (no_rows(paging, "No groups yet.", link_to)) }
            @else {
                table {
                    caption.hidden { "Groups of " (page.tenant().name()) ", in the order in which they came" }
                    thead { tr {
                        @for it in ["Group", "Members", "Authorization group it grants"] { th scope="col" { (it) } }
                    } }
                    tbody {
                        @for it in &groups {
                            tr {
                                th scope="row" {
                                    a href=(page.link(&format!("admin/groups/{}", encode(&it.id)))) {
                                        bdi { (Group(it).display_name()) }
                                    }
                                }
                                td data-label="Members" { (Group(it).members().map_or(0, List::len)) }
                                td data-label="Grants" { (granted(&state, it)) }
                            }
                        }
                    }
                }
                (pager(paging, link_to))
            }
        }
        (history::last_of(page, "Group"))
    };
    ConsolePage::new(Tab::Groups, main).answer(page)
}

/// `GET {t}/admin/groups/{id}?page=`.
///
/// # Errors
///
/// 404 `unknown-group`.
pub(super) fn one(page: &PageRequest) -> HandlerResult {
    let id = page.path_parameters.get(1).map(String::as_str).unwrap_or_default();
    let state = page.tenant().snapshot();
    let Some(group) = state.resources().get("Group", id) else {
        let detail = format!("there is no group {}", quoted(id));
        return Err(ProblemDetails::new(404, "unknown-group", detail));
    };
    let at = number(page.form.one("page"));
    let all = members(group);
    let shown: Vec<&str> =
        all.iter().skip((at - 1).saturating_mul(ROWS)).take(ROWS).copied().collect();
    let paging = ListPage { rows: ROWS, page: at, shown: shown.len(), total: all.len() };
    let link_to = |at: usize| page.link(&format!("admin/groups/{}?page={at}", encode(id)));
    let name = Group(group).display_name();
    let main = html! {
        (head(name, "A group as SCIM brought it.", html! {}))
        div.stack {
            section.card aria-labelledby="grants" {
                div.in { h2 #grants { "Authorization group" } p.say #granted data-live { (granted(&state, group)) } }
            }
            section.card aria-labelledby="members" {
                div.in { h2 #members { "Members " span.muted { (all.len()) } } }
                div.in #member-list data-live {
                    @if all.is_empty() { p.say { "Nobody yet." } }
                    @else if shown.is_empty() { (no_rows(paging, "", link_to)) }
                    ul.history { @for id in &shown { li { (member(page, &state, id)) } } }
                    @if paging.total > ROWS && !shown.is_empty() { (pager(paging, link_to)) }
                }
            }
            section.card aria-labelledby="history" {
                div.in {
                    h2 #history { "History" }
                    div #history-lines data-live { (history::of_group(page, id)) }
                }
            }
        }
    };
    let shown = ConsolePage { title: Some(name), ..ConsolePage::new(Tab::Groups, main) };
    Ok(shown.answer(page))
}

/// The name of the authorization group that a group grants to its members, if there is one.
pub(super) fn granted_by<'a>(state: &'a State, group: &Resource) -> Option<&'a str> {
    let name = Group(group).display_name();
    let all = state.master().data.authorization_groups();
    all.iter().find(|it| is_same(&it.name, name)).map(|it| it.name.as_str())
}

/// The authorization group that the members get.
fn granted(state: &State, group: &Resource) -> Markup {
    html! {
        span {
            @match granted_by(state, group) {
                Some(name) => (name),
                None => span.muted { "grants nothing: no authorization group has this name" },
            }
        }
    }
}

fn member(page: &PageRequest, state: &State, id: &str) -> Markup {
    let directory = state.resources();
    html! {
        @if let Some(user) = directory.get("User", id) {
            a href=(link(page, id)) { bdi { (User(user).full_name()) } }
        } @else if let Some(group) = directory.get("Group", id) {
            a href=(page.link(&format!("admin/groups/{}", encode(id)))) { bdi { (Group(group).display_name()) } }
            " " span.muted { "a group; its own members do not count" }
        } @else {
            code { (id) } " " span.muted { "is nobody here" }
        }
    }
}

/// The ids of the members.
fn members(group: &Resource) -> Vec<&str> {
    let values = Group(group).members().into_iter().flat_map(List::iter);
    values.filter_map(|it| Some(it.as_object()?.text("value")?.as_str())).collect()
}
