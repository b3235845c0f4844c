//! What the journal holds: lists, single exchanges, exports.

use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Answer, ControlCall, Handler, Outcome, Problem, Route};
use crate::{
    journal::{Exchange, Journal, Seq, TrafficFilter, as_curl, as_har},
    tenant::Tenant,
};

pub(super) const ROUTES: &[Route<Handler>] = &[
    Route(Method::GET, "tenants/{tenant}/requests", Handler::Now(list)),
    Route(Method::DELETE, "tenants/{tenant}/requests", Handler::Now(clear)),
    Route(Method::GET, "tenants/{tenant}/requests/export", Handler::Now(export)),
    Route(Method::GET, "tenants/{tenant}/requests/{seq}", Handler::Now(one)),
];

/// How many exchanges a list answers if nobody says.
const USUAL_LIMIT: usize = 1_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    q: TrafficFilter,
    #[serde(default)]
    since: Seq,
    limit: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AskedExport {
    #[serde(default)]
    q: TrafficFilter,
    #[serde(default)]
    since: Seq,
    #[serde(default)]
    format: Format,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Har,
    Jsonl,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AskedOne {
    r#as: Option<Form>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Form {
    Json,
    Curl,
    Har,
}

/// Exchanges, and where to go on.
#[derive(Serialize)]
pub(super) struct Listed<'a> {
    pub(super) items: Vec<&'a Exchange>,
    /// How many that came after `since` have left the journal.
    pub(super) missed: u64,
    /// The cursor for the next call.
    pub(super) seq: Seq,
    /// The revision of the tenant's state.
    pub(super) rev: u64,
}

/// What a filter means among the exchanges after a cursor.
pub(super) struct Meant {
    /// Those that are meant, oldest first.
    pub(super) items: Vec<Arc<Exchange>>,
    /// All, oldest first.
    pub(super) all: Vec<Arc<Exchange>>,
    pub(super) missed: u64,
    pub(super) next: Seq,
}

impl Meant {
    pub(super) fn since(
        journal: &Journal,
        cursor: Seq,
        filter: &TrafficFilter,
        now: Timestamp,
    ) -> Self {
        let page = journal.since(cursor, usize::MAX);
        let meant = page.items.iter().filter(|it| filter.matches(it, now)).cloned().collect();
        Self { items: meant, all: page.items, missed: page.missed, next: page.next }
    }

    pub(super) fn answer(&self, tenant: &Tenant) -> Answer {
        listed(&self.items, self.missed, self.next, tenant)
    }
}

/// `GET requests`.
fn list(call: &ControlCall) -> Outcome {
    let tenant = call.tenant()?;
    let Asked { q, since, limit } = call.query()?;
    let mut meant = Meant::since(tenant.journal(), since, &q, call.now);
    let limit = limit.unwrap_or(USUAL_LIMIT);
    if meant.items.len() > limit {
        meant.items.truncate(limit);
        // The next call goes on behind the last one answered.
        meant.next = meant.items.last().map_or(since, |it| it.seq);
    }
    Ok(meant.answer(&tenant))
}

/// `DELETE requests`: forgets them; numbers go on.
fn clear(call: &ControlCall) -> Outcome {
    call.tenant()?.journal().clear();
    Ok(Answer::empty(204))
}

/// `GET requests/{seq}`.
fn one(call: &ControlCall) -> Outcome {
    let tenant = call.tenant()?;
    let asked: AskedOne = call.query()?;
    let journal = tenant.journal();
    let found = call.second().parse().ok().and_then(|seq| journal.get(seq));
    let exchange = found.ok_or_else(|| unknown(call.second(), journal))?;
    Ok(match asked.r#as {
        None | Some(Form::Json) => Answer::json(200, &exchange.whole()),
        Some(Form::Har) => Answer::json(200, &as_har([&*exchange], &call.authority, reason)),
        Some(Form::Curl) => Answer::text(
            200,
            "text/plain; charset=utf-8",
            as_curl(&exchange, &call.authority) + "\n",
        ),
    })
}

/// `GET requests/export`.
fn export(call: &ControlCall) -> Outcome {
    let tenant = call.tenant()?;
    let AskedExport { q, since, format } = call.query()?;
    let meant = Meant::since(tenant.journal(), since, &q, call.now);
    let name = tenant.name();
    let exchanges = meant.items.iter().map(|it| &**it);
    let (answer, suffix) = match format {
        Format::Har => (Answer::json(200, &as_har(exchanges, &call.authority, reason)), "har"),
        Format::Jsonl => {
            let line = |it: &Exchange| json!(it.whole()).to_string() + "\n";
            let lines: String = exchanges.map(line).collect();
            (Answer::text(200, "application/jsonl", lines), "jsonl")
        }
    };
    let disposition = format!("attachment; filename=\"{name}.{suffix}\"");
    Ok(answer.header("content-disposition", disposition))
}

/// The answer that lists exchanges.
pub(super) fn listed(items: &[Arc<Exchange>], missed: u64, seq: Seq, tenant: &Tenant) -> Answer {
    let items = items.iter().map(|it| &**it).collect();
    Answer::json(200, &Listed { items, missed, seq, rev: tenant.revision() })
}

fn unknown(seq: &str, journal: &Journal) -> Problem {
    let kept = journal.seqs();
    let there = match kept.end - kept.start {
        0 => "it is empty".to_owned(),
        _ => format!("it holds {} to {}", kept.start, kept.end - 1),
    };
    Problem::new(404, "unknown-request", format!("the journal has no exchange {seq:?}; {there}"))
}

/// The words of a status.
fn reason(status: u16) -> &'static str {
    let status = StatusCode::from_u16(status).ok();
    status.and_then(|it| it.canonical_reason()).unwrap_or_default()
}
