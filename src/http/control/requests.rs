//! The exchanges of the journal: lists, single exchanges, exports.

use std::sync::Arc;

use actix_web::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Answer, ControlCall, ControlHandler, HandlerResult, ProblemDetails, Route};
use crate::{
    journal::{
        Exchange, Journal, JournalPage, MissingExchanges, Seq, TrafficFilter, as_curl, as_har,
    },
    scim::{WorkBudget, quoted},
    tenant::Tenant,
};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get(
        "tenants/{tenant}/requests",
        "The exchanges that a traffic filter matches",
        ControlHandler::Now(list),
    )
    .query("q:string since:integer limit:integer")
    .answers("Exchanges"),
    Route::delete(
        "tenants/{tenant}/requests",
        "Deletes the exchanges",
        ControlHandler::Change(clear),
    )
    .no_content(),
    Route::get(
        "tenants/{tenant}/requests/export",
        "The exchanges as HAR or as JSON lines",
        ControlHandler::Now(export),
    )
    .query("q:string since:integer format:string")
    .answers("Export"),
    Route::get(
        "tenants/{tenant}/requests/{seq}",
        "An exchange as JSON, as a curl command or as HAR",
        ControlHandler::Now(one),
    )
    .query("as:string")
    .answers("Exchange"),
];

/// The default number of exchanges in a list.
const USUAL_LIMIT: usize = 1_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RequestsQuery {
    #[serde(default)]
    q: TrafficFilter,
    #[serde(default)]
    since: Seq,
    limit: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TrafficExportQuery {
    #[serde(default)]
    q: TrafficFilter,
    #[serde(default)]
    since: Seq,
    #[serde(default)]
    format: ExportFormat,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum ExportFormat {
    #[default]
    Har,
    Jsonl,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ExchangeQuery {
    r#as: Option<ExchangeFormat>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ExchangeFormat {
    Json,
    Curl,
    Har,
}

/// A list of exchanges, with the cursor of the next call.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExchangeList<'a> {
    pub(super) items: Vec<&'a Exchange>,
    /// How many exchanges after `since` were removed from the journal.
    pub(super) missed: u64,
    /// Why they were removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) missed_reasons: Option<MissingExchanges>,
    /// The cursor for the next call.
    pub(super) seq: Seq,
    /// The revision of the tenant's state.
    pub(super) rev: u64,
}

/// The exchanges after a cursor that match a filter.
pub(super) struct MatchingExchanges {
    /// The matching exchanges, oldest first.
    pub(super) items: Vec<Arc<Exchange>>,
    /// The exchanges after the cursor that were removed from the journal.
    pub(super) missed: MissingExchanges,
    pub(super) next: Seq,
}

impl MatchingExchanges {
    /// At most `limit` of them.
    ///
    /// # Errors
    ///
    /// As [`page_since`], and 400 `too-much-work`.
    pub(super) fn since(
        journal: &Journal,
        cursor: Seq,
        limit: usize,
        filter: &TrafficFilter,
        now: Timestamp,
    ) -> Result<Self, ProblemDetails> {
        let page = page_since(journal, cursor, usize::MAX)?;
        let work = WorkBudget::default();
        let is_meant = |it: &&Arc<Exchange>| filter.matches_within(it, now, &work);
        // One more than wanted, to know whether there are more.
        let meant = page.items.iter().filter(is_meant).take(limit.saturating_add(1));
        let mut items: Vec<_> = meant.cloned().collect();
        work.refuse_if_spent()?;
        let mut next = page.next;
        if items.len() > limit {
            items.truncate(limit);
            // The next call begins after the last one in the answer.
            next = items.last().map_or(cursor, |it| it.seq);
        }
        Ok(Self { items, missed: page.why, next })
    }

    /// The exchanges that a query asks for.
    ///
    /// # Errors
    ///
    /// As [`Self::since`].
    pub(super) fn asked(
        journal: &Journal,
        asked: &RequestsQuery,
        now: Timestamp,
    ) -> Result<Self, ProblemDetails> {
        let limit = asked.limit.unwrap_or(USUAL_LIMIT);
        Self::since(journal, asked.since, limit, &asked.q, now)
    }

    pub(super) fn answer(&self, tenant: &Tenant) -> Answer {
        listed(&self.items, self.missed, self.next, tenant)
    }
}

/// The exchanges after a cursor of a caller.
///
/// # Errors
///
/// 409 `stale-cursor`: the cursor is from before a reset, so the exchanges after it are not known.
pub(super) fn page_since(
    journal: &Journal,
    cursor: Seq,
    limit: usize,
) -> Result<JournalPage, ProblemDetails> {
    let page = journal.since(cursor, limit);
    let Some((first, last)) = page.stale else { return Ok(page) };
    let detail = if cursor > last {
        format!("since={cursor}: the latest exchange is {last}")
    } else {
        format!("since={cursor}: the tenant was reset or made again, and counts from {first} on")
    };
    Err(ProblemDetails::new(409, "stale-cursor", detail)
        .field("since")
        .hint("take `seq` from an answer after the reset, or leave `since` out")
        .with("seq", &last))
}

/// `GET requests`.
fn list(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let asked: RequestsQuery = call.query()?;
    let meant = MatchingExchanges::asked(tenant.journal(), &asked, call.now)?;
    Ok(meant.answer(&tenant))
}

/// `DELETE requests`: removes the exchanges; numbers continue.
fn clear(call: &ControlCall) -> HandlerResult {
    call.tenant()?.journal().clear();
    Ok(Answer::empty(204))
}

/// `GET requests/{seq}`.
fn one(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let asked: ExchangeQuery = call.query()?;
    let journal = tenant.journal();
    let found = call.second().parse().ok().and_then(|seq| journal.get(seq));
    let exchange = found.ok_or_else(|| unknown(call.second(), journal))?;
    Ok(match asked.r#as {
        None | Some(ExchangeFormat::Json) => Answer::json(200, &exchange.full()),
        Some(ExchangeFormat::Har) => {
            Answer::json(200, &as_har([&*exchange], &call.authority, reason))
        }
        Some(ExchangeFormat::Curl) => Answer::text(
            200,
            "text/plain; charset=utf-8",
            as_curl(&exchange, &call.authority) + "\n",
        ),
    })
}

/// `GET requests/export`.
fn export(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let TrafficExportQuery { q, since, format } = call.query()?;
    let meant = MatchingExchanges::since(tenant.journal(), since, usize::MAX, &q, call.now)?;
    let name = tenant.name();
    let exchanges = meant.items.iter().map(|it| &**it);
    let (answer, suffix) = match format {
        ExportFormat::Har => {
            (Answer::json(200, &as_har(exchanges, &call.authority, reason)), "har")
        }
        ExportFormat::Jsonl => {
            let line = |it: &Exchange| json!(it.full()).to_string() + "\n";
            let lines: String = exchanges.map(line).collect();
            (Answer::text(200, "application/jsonl", lines), "jsonl")
        }
    };
    let disposition = format!("attachment; filename=\"{name}.{suffix}\"");
    Ok(answer.header("content-disposition", disposition))
}

/// The answer that lists exchanges.
pub(super) fn listed(
    items: &[Arc<Exchange>],
    missed: MissingExchanges,
    seq: Seq,
    tenant: &Tenant,
) -> Answer {
    let (items, rev) = (items.iter().map(|it| &**it).collect(), tenant.revision());
    let reasons = Some(missed).filter(|it| it.total() > 0);
    let missed = missed.total();
    Answer::json(200, &ExchangeList { items, missed, missed_reasons: reasons, seq, rev })
}

fn unknown(seq: &str, journal: &Journal) -> ProblemDetails {
    let kept = journal.seqs();
    let there = match kept.end - kept.start {
        0 => "it is empty".to_owned(),
        _ => format!("it holds {} to {}", kept.start, kept.end - 1),
    };
    ProblemDetails::new(
        404,
        "unknown-request",
        format!("the journal has no exchange {}; {there}", quoted(seq)),
    )
}

/// The reason phrase of a status.
fn reason(status: u16) -> &'static str {
    let status = StatusCode::from_u16(status).ok();
    status.and_then(|it| it.canonical_reason()).unwrap_or_default()
}
