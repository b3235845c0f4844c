//! The report of what a strict server would refuse.

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    Answer, ControlCall, ControlHandler, HandlerResult, ProblemDetails, Route, requests::page_since,
};
use crate::{
    journal::{BrokenRule, Report, Seq, TrafficFilter, as_curl},
    scim::Quirk,
};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[Route::get(
    "tenants/{tenant}/report",
    "The report of what a strict server would refuse",
    ControlHandler::Now(report),
)
.query("from:string since:integer")
.answers("Report")];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReportQuery {
    /// The value of `from:` in a traffic filter.
    from: Option<String>,
    #[serde(default)]
    since: Seq,
}

/// `GET report`.
fn report(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let ReportQuery { from, since } = call.query()?;
    let from = from.map_or(Ok(TrafficFilter::default()), |it| senders(&it))?;
    let page = page_since(tenant.journal(), since, usize::MAX)?;
    let report = Report::of(&page, |it| from.matches(it, call.now));
    let quirks = tenant.snapshot().profile().dialect.quirks;
    let refused = Quirk::ALL.iter().filter(|it| !quirks.contains(**it)).map(|it| it.name());
    let findings = report.rules().iter().map(|it| shown(it, &call.authority));
    let missed = report.missed();
    let mut body = json!({
        "findings": findings.collect::<Vec<_>>(),
        "read": report.read(),
        "unread": report.unread(),
        "missed": missed.total(),
        "refused": refused.collect::<Vec<_>>(),
    });
    if missed.total() > 0 {
        body["missedReasons"] = json!(missed);
    }
    body["seq"] = page.next.into();
    body["rev"] = tenant.revision().into();
    Ok(Answer::json(200, &body))
}

/// A filter for the exchanges of a sender.
///
/// # Errors
///
/// 400 `invalid-query`.
fn senders(from: &str) -> Result<TrafficFilter, ProblemDetails> {
    TrafficFilter::senders(from).map_err(|error| {
        let detail = format!("the query does not fit: from: {error}");
        ProblemDetails::new(400, "invalid-query", detail).field("from")
    })
}

fn shown(BrokenRule { finding, count, places, first }: &BrokenRule, base_url: &str) -> Json {
    json!({
        "rule": finding.quirk,
        "section": finding.section,
        "what": finding.what,
        "instead": finding.instead,
        "form": finding.form,
        "sentBy": finding.sent_by,
        "count": count,
        "at": places,
        "first": {
            "seq": first.seq,
            "at": first.at,
            "from": first.from,
            "summary": first.summary,
            "curl": as_curl(first, base_url),
        },
    })
}
