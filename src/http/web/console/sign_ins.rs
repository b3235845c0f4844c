//! The sign-ins: what the journal has of `op:signin`.

use std::sync::Arc;

use maud::{Markup, html};

use super::{
    super::{
        history,
        list::{ListPage, ROWS, no_rows, number, pager},
        request::PageRequest,
        time,
    },
    layout::{ConsolePage, Tab, head},
};
use crate::{
    http::answer::Answer,
    journal::{Exchange, Operation},
};

/// `GET {t}/admin/sign-ins?page=`.
pub(super) fn show(page: &PageRequest) -> Answer {
    let at = number(page.form.one("page"));
    let is_sign_in = |it: &Exchange| it.operation == Operation::SignIn;
    let all: Vec<Arc<Exchange>> = history::latest(page, is_sign_in).collect();
    let shown: Vec<_> = all.iter().skip((at - 1).saturating_mul(ROWS)).take(ROWS).collect();
    let paging = ListPage { rows: ROWS, page: at, shown: shown.len(), total: all.len() };
    let link_to = |at: usize| page.link(&format!("admin/sign-ins?page={at}"));
    let main = html! {
        (head("Sign-ins", "Who tried to log in to MediusFlow, newest first, as long as the journal keeps it.", html! {}))
        div.sheet #sheet data-live {
            @if shown.is_empty() { (no_rows(paging, "Nobody has tried to log in yet.", link_to)) }
            @else {
                table {
                    caption.hidden { "Sign-ins to " (page.tenant().name()) ", newest first" }
                    thead { tr { @for it in ["Time", "Who", "Login option", "Result", "Exchange"] { th scope="col" { (it) } } } }
                    tbody { @for it in shown { (row(page, it)) } }
                }
                (pager(paging, link_to))
            }
        }
    };
    ConsolePage::new(Tab::SignIns, main).answer(page)
}

fn row(page: &PageRequest, it: &Exchange) -> Markup {
    let sign_in = it.sign_in.as_deref();
    let works = sign_in.map_or(it.status < 400, |it| it.result.works());
    // What was refused before it was an attempt has no reason of its own.
    let problem = || it.problem.as_ref().map(|it| it.detail.as_str());
    let reason = sign_in.and_then(|it| it.reason.as_deref()).or_else(problem);
    html! {
        tr {
            td data-label="Time" { (time::shown(it.at)) }
            th scope="row" data-label="Who" {
                @match &it.subject { Some(it) => bdi { (it.name) }, None => span.muted { "unknown" } }
            }
            td data-label="Login option" { (sign_in.and_then(|it| it.option.as_deref()).unwrap_or("–")) }
            td data-label="Result" {
                span {
                    span class=(if works { "state" } else { "state bad" }) {
                        @if works { "Worked" } @else { "Refused" }
                    }
                    @if let Some(reason) = reason { span.sub { (reason) } }
                }
            }
            td data-label="Exchange" { (history::number(page, it)) }
        }
    }
}
