//! The history of one user or group in the journal.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::{Answer, ControlCall, ControlHandler, HandlerResult, ProblemDetails, Route};
use crate::{
    journal::{Exchange, blame, history},
    scim::quoted,
    tenant::Tenant,
};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get(
        "tenants/{tenant}/users/{id}/history",
        "The exchanges that changed a user",
        ControlHandler::Now(|it| lives(it, "User")),
    ),
    Route::get(
        "tenants/{tenant}/users/{id}/blame",
        "Which exchange last set each attribute of a user",
        ControlHandler::Now(|it| blamed(it, "User")),
    ),
    Route::get(
        "tenants/{tenant}/groups/{id}/history",
        "The exchanges that changed a group",
        ControlHandler::Now(|it| lives(it, "Group")),
    ),
    Route::get(
        "tenants/{tenant}/groups/{id}/blame",
        "Which exchange last set each attribute of a group",
        ControlHandler::Now(|it| blamed(it, "Group")),
    ),
];

/// `GET .../history`: the exchanges that changed it, oldest first, each with its effect.
fn lives(call: &ControlCall, kind: &str) -> HandlerResult {
    let (tenant, seen) = about(call, kind)?;
    let items: Vec<Json> = history(&seen, call.second())
        .map(|(exchange, effect)| {
            json!({
                "seq": exchange.seq,
                "at": exchange.at,
                "from": exchange.from,
                "summary": exchange.summary,
                "effect": effect,
            })
        })
        .collect();
    Ok(answer(&tenant, items))
}

/// `GET .../blame`: for each attribute, the exchange that last set it. Attributes that are not listed have
/// not changed since the journal began.
fn blamed(call: &ControlCall, kind: &str) -> HandlerResult {
    let (tenant, seen) = about(call, kind)?;
    let items = blame(&seen, call.second());
    Ok(answer(&tenant, items))
}

/// The tenant and its exchanges.
///
/// # Errors
///
/// 404 for an object that does not exist and is not in the journal.
fn about(
    call: &ControlCall,
    kind: &str,
) -> Result<(Arc<Tenant>, Vec<Arc<Exchange>>), ProblemDetails> {
    let tenant = call.tenant()?;
    let id = call.second();
    let seen = tenant.journal().since(0, usize::MAX).items;
    let is_there = tenant.snapshot().resources().get(kind, id).is_some();
    if is_there || history(&seen, id).any(|(_, effect)| effect.subject.kind == kind) {
        return Ok((tenant, seen));
    }
    let word = kind.to_lowercase();
    let detail = format!("there is no {word} {}, and the journal knows of none", quoted(id));
    Err(ProblemDetails::new(404, "unknown-resource", detail))
}

fn answer(tenant: &Tenant, items: impl serde::Serialize) -> Answer {
    let kept = tenant.journal().seqs();
    Answer::json(
        200,
        &json!({
            "items": items,
            "journalFrom": kept.start,
            "seq": kept.end - 1,
            "rev": tenant.revision(),
        }),
    )
}
