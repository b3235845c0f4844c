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
    let tenant = page.tenant().name();
    let address = page.site.link(&format!("/_mock/v1/tenants/{tenant}/requests/{number}"));
    html! { a href=(PreEscaped(address)) { "Exchange " (PreEscaped(number)) } }
}
