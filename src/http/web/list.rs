//! Lists that are shown a page at a time.

use maud::{Markup, html};

use crate::scim::quoted;

/// How many rows a page of the console has.
pub(in crate::http::web) const ROWS: usize = 50;

/// Where in a list a page is.
#[derive(Clone, Copy)]
pub(in crate::http::web) struct ListPage {
    /// How many rows a page has at most.
    pub(in crate::http::web) rows: usize,
    /// The number of the page, from 1 on.
    pub(in crate::http::web) page: usize,
    /// How many rows it shows.
    pub(in crate::http::web) shown: usize,
    /// How many there are in all.
    pub(in crate::http::web) total: usize,
}

/// What stands below a list: what is shown of it, and the ways to the pages beside this one.
pub(in crate::http::web) fn pager(at: ListPage, link: impl Fn(usize) -> String) -> Markup {
    let first = (at.page - 1).saturating_mul(at.rows);
    let last = first + at.shown;
    html! {
        div.foot {
            span { (first + 1) "–" (last) " of " (at.total) }
            span {
                @if at.page > 1 { a href=(link(at.page - 1)) rel="prev" { "Previous" } " " }
                @if last < at.total { a href=(link(at.page + 1)) rel="next" { "Next" } }
            }
        }
    }
}

/// What stands in place of a list without rows: `none` if nothing is in it, else the way to its last page.
pub(in crate::http::web) fn no_rows(
    at: ListPage,
    none: &str,
    link: impl Fn(usize) -> String,
) -> Markup {
    let last = at.total.div_ceil(at.rows);
    html! {
        p.empty {
            @if at.total == 0 { (none) }
            @else {
                "There is no page " (at.page) " of this list. The last one is "
                a href=(link(last)) { "page " (last) } "."
            }
        }
    }
}

/// What is said where no row of this kind is in a part of a list, or none there matches what is searched for.
pub(in crate::http::web) fn none_matches(what: &str, q: &str) -> String {
    if q.is_empty() {
        return format!("There is no such {what}.");
    }
    format!("No {what} matches {}.", quoted(q))
}

/// The link of a row to its window.
pub(in crate::http::web) fn edit(address: &str, name: &str) -> Markup {
    html! { a href=(address) { "Edit" span.hidden { " " bdi { (name) } } } }
}

/// The number of the page that a query asks for; the first one if it says none.
pub(in crate::http::web) fn number(text: Option<&str>) -> usize {
    text.and_then(|it| it.parse().ok()).filter(|it| *it > 0).unwrap_or(1)
}
