//! Links from pages to exchanges in the journal.

use maud::{Markup, PreEscaped, html};

use super::request::PageRequest;
use crate::{
    http::answer::Answer,
    journal::{OWN_NUMBER, Seq},
};

/// A link to the exchange with this number.
pub(super) fn exchange(page: &PageRequest, seq: Seq) -> Markup {
    link(page, &seq.to_string())
}

/// A text that names this exchange, such as `since exchange 7`, with a link at that place.
pub(super) fn linked(page: &PageRequest, text: &str, seq: Option<Seq>) -> Markup {
    let name = seq.map(|it| format!("exchange {it}")).unwrap_or_default();
    let parts = seq.and_then(|seq| Some((seq, text.split_once(&name)?)));
    html! {
        @match parts {
            Some((seq, (before, behind))) => {
                (before) a href=(PreEscaped(address(page, &seq.to_string()))) { (name) } (behind)
            },
            None => (text),
        }
    }
}

/// A link to the exchange of the page itself, whose number is put in when it is recorded: see [`naming_itself`].
pub(super) fn own_exchange(page: &PageRequest) -> Markup {
    link(page, OWN_NUMBER)
}

/// The answer of a page that has a link to its own exchange.
pub(super) fn naming_itself(mut answer: Answer) -> Answer {
    answer.record.names_itself = true;
    answer
}

fn link(page: &PageRequest, number: &str) -> Markup {
    html! { a href=(PreEscaped(address(page, number))) { "Exchange " (PreEscaped(number)) } }
}

fn address(page: &PageRequest, number: &str) -> String {
    let tenant = page.tenant().name();
    page.site.link(&format!("/_mock/v1/tenants/{tenant}/requests/{number}"))
}
