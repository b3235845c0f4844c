//! The tab *Provisioning logs*: what was done with whom, and why not.

use maud::{Markup, html};

use super::{
    super::{
        icons,
        list::{ListPage, no_rows, none_matches, number, pager},
        request::PageRequest,
    },
    job_status::{short, time},
    layout::{Portal, PortalPage, PortalTab},
    on_demand::state,
};
use crate::{
    entra::{JobView, LogEntry, LogQuery, Status},
    http::problem::HandlerResult,
    scim::encode,
};

/// How many rows a page has.
const ROWS: usize = 25;

/// A part of the logs.
struct LogPage {
    q: String,
    status: Option<Status>,
    page: usize,
}

/// `GET {t}/entra/{tid}/provisioning/logs?q=&status=&page=`.
///
/// # Errors
///
/// As [`Portal::open`].
pub(super) fn show(page: &PageRequest) -> HandlerResult {
    let portal = Portal::open(page)?;
    let main = html! {
        (portal.head("Provisioning logs", "Which users and groups have been provisioned successfully or unsuccessfully."))
        @match &portal.job {
            None => (portal.no_job()),
            Some(job) => (list(&portal, job)),
        }
    };
    Ok(PortalPage::new(PortalTab::Logs, main).answer(&portal))
}

impl LogPage {
    fn of(page: &PageRequest) -> Self {
        let status = page.form.text("status");
        Self {
            q: page.form.text("q").unwrap_or_default().to_owned(),
            status: Status::ALL.iter().copied().find(|it| Some(it.name()) == status),
            page: number(page.form.one("page")),
        }
    }

    fn path(&self, status: Option<Status>, page: usize) -> String {
        let status = status.map(Status::name).unwrap_or_default();
        format!("{}?q={}&status={status}&page={page}", PortalTab::Logs.path(), encode(&self.q))
    }
}

fn list(portal: &Portal<'_>, job: &JobView) -> Markup {
    let wanted = LogPage::of(portal.page);
    let object = (!wanted.q.is_empty()).then(|| wanted.q.clone());
    let query = LogQuery { status: wanted.status, object, ..LogQuery::default() };
    let found = query.choose(&job.lines);
    let first = (wanted.page - 1).saturating_mul(ROWS);
    let shown: Vec<&LogEntry> = found.iter().rev().skip(first).take(ROWS).copied().collect();
    let at = ListPage { rows: ROWS, page: wanted.page, shown: shown.len(), total: found.len() };
    let link_to = |page: usize| portal.link(&wanted.path(wanted.status, page));
    html! {
        div.tools { (search(portal, &wanted)) (segments(portal, &wanted)) span.live.state #live hidden { "Live" } }
        div.sheet #sheet data-live {
            @if job.lines.is_empty() { p.empty { "Nothing has been provisioned yet." } }
            @else if shown.is_empty() { (no_rows(at, &none_matches("line", &wanted.q), link_to)) }
            @else {
                table {
                    caption.hidden { "Provisioning logs, latest first" }
                    thead { tr { @for it in ["Identity", "Result", "Date", "Action", "Status"] { th scope="col" { (it) } } } }
                    tbody { @for it in &shown { (row(it)) } }
                }
                (pager(at, link_to))
            }
        }
        (whole(portal, job))
    }
}

/// Where the logs are in full.
fn whole(portal: &Portal<'_>, job: &JobView) -> Markup {
    let address =
        format!("/_mock/v1/tenants/{}/entra/logs?format=csv", portal.page.tenant().name());
    html! {
        p.said {
            span {
                @if job.lines.len() >= JobView::LINES {
                    "These are the latest " (JobView::LINES) " lines of thirty days."
                }
            }
            // Where the control API wants a token, a link has none.
            @if portal.page.app.access.token.is_none() && !job.lines.is_empty() {
                a href=(portal.page.site.link(&address)) download="ProvisioningLogs.csv" { "Download" }
            }
        }
    }
}

fn row(it: &LogEntry) -> Markup {
    html! {
        tr {
            th scope="row" { a href={ "logs/" (it.id) } { bdi { (it.source_name) } } }
            td data-label="Result" { span.break { (short(&it.result())) } }
            td data-label="Date" { (time(it.at)) }
            td data-label="Action" { (it.action.name()) }
            td data-label="Status" { (state(it.status.name())) }
        }
    }
}

fn search(portal: &Portal<'_>, wanted: &LogPage) -> Markup {
    html! {
        form.search role="search" action=(portal.link(PortalTab::Logs.path())) {
            (icons::lens())
            label.hidden for="q" { "Find identities" }
            input.field #q name="q" type="search" value=(wanted.q) placeholder="Identity: name or id" autocomplete="off";
            @if let Some(status) = wanted.status { input type="hidden" name="status" value=(status.name()); }
        }
    }
}

fn segments(portal: &Portal<'_>, wanted: &LogPage) -> Markup {
    let all = [
        (None, "All"),
        (Some(Status::Success), "Success"),
        (Some(Status::Failure), "Failure"),
        (Some(Status::Skipped), "Skipped"),
        (Some(Status::Warning), "Warning"),
    ];
    html! {
        nav.seg aria-label="Which status" {
            @for (status, label) in all {
                a href=(portal.link(&wanted.path(status, 1))) aria-current=[(status == wanted.status).then_some("true")] { (label) }
            }
        }
    }
}
