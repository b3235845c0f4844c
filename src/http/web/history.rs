//! What happened, in the words of the journal, with the numbers of the exchanges.

use std::sync::Arc;

use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::{exchange_link::exchange, request::PageRequest};
use crate::journal::{Exchange, Seq};

/// How many exchanges are looked at for one that changed something.
const LOOKED_AT: Seq = 500;

/// How many lines a user's history has.
const LINES: usize = 20;

/// The last exchange that changed a resource of this type, in one line.
pub(in crate::http::web) fn last_of(page: &PageRequest, kind: &str) -> Markup {
    let is_it = |it: &Exchange| it.effects.iter().any(|effect| effect.subject.kind == kind);
    let last = latest(page, LOOKED_AT, is_it).next();
    html! {
        p.said #last data-live {
            @if let Some(it) = last { span { (line(&it)) } " " (number(page, &it)) }
        }
    }
}

/// The latest exchanges that changed the resource with this id.
pub(in crate::http::web) fn of_resource(page: &PageRequest, id: &str) -> Markup {
    let is_it = |it: &Exchange| it.effects.iter().any(|effect| effect.subject.id == id);
    let all: Vec<_> = latest(page, LOOKED_AT, is_it).take(LINES).collect();
    html! {
        @if all.is_empty() { p.say { "The journal has nothing about it." } }
        ul.history { @for it in &all { li { span { (line(it)) } " " (number(page, it)) } } }
    }
}

/// Those of the last so many exchanges that are meant, newest first.
pub(in crate::http::web) fn latest(
    page: &PageRequest,
    most: Seq,
    is_meant: impl Fn(&Exchange) -> bool,
) -> impl Iterator<Item = Arc<Exchange>> {
    let journal = page.tenant().journal();
    let held = journal.seqs();
    let first = held.start.max(held.end.saturating_sub(most));
    let mut all = journal.pick(first..held.end);
    all.retain(|it| is_meant(it));
    all.into_iter().rev()
}

/// When, from whom, what.
pub(in crate::http::web) fn line(it: &Exchange) -> String {
    format!("{} {} {}", time(it), it.from, it.summary)
}

/// When it was, by the tenant's clock.
pub(in crate::http::web) fn time(it: &Exchange) -> String {
    it.at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S").to_string()
}

/// The number of an exchange as a link to it.
pub(in crate::http::web) fn number(page: &PageRequest, it: &Exchange) -> Markup {
    exchange(page, it.seq)
}
