//! What a button is as a call: the card's "As a call" shows the line that the journal has as `curl`.

use maud::{Markup, html};

use super::request::{ApiCall, PageRequest};
use crate::journal::{Message, Operation, Record, as_curl};

/// The header lines of a call.
pub(in crate::http::web) fn headers(
    call: &ApiCall,
    token: Option<&str>,
) -> Vec<(&'static str, String)> {
    let token = token.map(|it| ("authorization", format!("Bearer {it}")));
    let json = call.body.as_ref().map(|_| ("content-type", "application/json".to_owned()));
    token.into_iter().chain(json).collect()
}

/// The call as a command, in a block that opens.
pub(in crate::http::web) fn as_call(page: &PageRequest, call: &ApiCall) -> Markup {
    let target = call.target(page.tenant().name().as_str());
    shown(page, call, &target, Some("TOKEN"))
}

/// The same for a call at this address of the server.
pub(in crate::http::web) fn shown(
    page: &PageRequest,
    call: &ApiCall,
    target: &str,
    token: Option<&str>,
) -> Markup {
    let headers = headers(call, token);
    let lines = headers.iter().map(|(name, value)| (*name, value.as_str()));
    let body = call.body.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut record = Record::new(page.now, call.method, target);
    record.operation = Operation::Admin;
    record.request = Message::recorded(lines, body.as_bytes(), body.len());
    html! {
        details.call {
            summary { "As a call" }
            pre tabindex="0" { (as_curl(&record, &page.site.url)) }
            @if token.is_some() { p { "Token: the accessToken of step 1." } }
        }
    }
}
