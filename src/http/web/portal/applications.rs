//! *Enterprise applications*: the list in which the tutorial selects MediusFlow.

use maud::html;

use super::{
    super::{
        frame::{self, entra_mark, narrow},
        request::PageRequest,
    },
    job_status,
    layout::Portal,
};
use crate::http::problem::HandlerResult;

/// `GET {t}/entra/{tid}/applications`.
///
/// # Errors
///
/// As [`Portal::open`].
pub(super) fn show(page: &PageRequest) -> HandlerResult {
    let portal = Portal::open(page)?;
    let tenant = page.tenant().name();
    let main = html! {
        div.brand { (entra_mark()) " Mock Microsoft Entra ID" }
        header {
            h1 { "Enterprise applications" }
            p { "Identity › Applications › Enterprise applications" }
        }
        ul.tenants {
            li {
                span {
                    b { a href=(portal.link("")) { "MediusFlow" } }
                    span.muted.small { "provisions to the tenant " (tenant) }
                }
                (job_status::line(portal.job.as_deref(), page.now))
            }
        }
        p.small.muted {
            "MediusFlow is added already, so Step 3 of the tutorial has no page here. Nobody is asked to sign in."
        }
    };
    let title = format!("Enterprise applications · {tenant} · mock Microsoft Entra ID");
    Ok(frame::page(200, narrow(&page.site, &title, main)))
}
