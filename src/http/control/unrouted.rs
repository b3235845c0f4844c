//! The requests that reached no tenant, each with a guess at the intended address.

use serde::Serialize;
use serde_json::json;

use super::{
    Answer, ControlCall, ControlHandler, HandlerResult, Route,
    requests::{MatchingExchanges, RequestsQuery},
};
use crate::journal::FullExchange;

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get(
        "unrouted",
        "The requests that reached no tenant, each with a guess at the intended address",
        ControlHandler::Now(list),
    )
    .query("q:string since:integer limit:integer")
    .answers("Unrouted"),
    Route::delete(
        "unrouted",
        "Deletes the requests that reached no tenant",
        ControlHandler::Now(|call| Ok(clear(call))),
    )
    .no_content(),
];

/// An exchange with a guess at the intended address.
#[derive(Serialize)]
struct UnroutedExchange<'a> {
    #[serde(flatten)]
    exchange: FullExchange<'a>,
    guess: Option<&'a str>,
}

/// `GET unrouted`.
fn list(call: &ControlCall) -> HandlerResult {
    let asked: RequestsQuery = call.query()?;
    let meant = MatchingExchanges::asked(&call.app.unrouted, &asked, call.server_now)?;
    let guessed = meant
        .items
        .iter()
        .map(|it| UnroutedExchange { exchange: it.full(), guess: it.remark.as_deref() });
    let items: Vec<_> = guessed.collect();
    let missed = meant.missed.total();
    let mut body = json!({"items": items, "missed": missed, "seq": meant.next});
    if missed > 0 {
        body["missedReasons"] = json!(meant.missed);
    }
    Ok(Answer::json(200, &body))
}

/// `DELETE unrouted`: removes them; numbers continue.
fn clear(call: &ControlCall) -> Answer {
    call.app.unrouted.clear();
    Answer::empty(204)
}
