//! What a test does to sign-ins: signs somebody in, answers the picker, ends sessions, rotates keys.

use actix_web::{HttpRequest, HttpResponse};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    Answer, ControlCall, ControlHandler, HandlerResult, ProblemDetails, Route, answered,
    tenant_answer,
};
use crate::{
    fault::Fields,
    http::{arrival::Arrival, web},
    tenant::{AccountPick, LoggedInUser, LoginSession},
};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::post("tenants/{tenant}/sign-in", "Signs somebody in", ControlHandler::SignIn)
        .takes("SignIn")
        .answers("SignedIn"),
    Route::put(
        "tenants/{tenant}/sign-in",
        "Has the account picker answer itself",
        ControlHandler::Change(put_pick),
    )
    .takes("AccountPick")
    .answers("AccountPick"),
    Route::delete(
        "tenants/{tenant}/sign-in",
        "Has the account picker ask again",
        ControlHandler::Change(delete_pick),
    )
    .no_content(),
    Route::get("tenants/{tenant}/sign-ins", "Who is logged in", ControlHandler::Now(list))
        .answers("Items"),
    Route::delete("tenants/{tenant}/sign-ins", "Logs everybody out", ControlHandler::Change(end)),
    Route::post(
        "tenants/{tenant}/sign-in/rotate-key",
        "Has mock Entra sign with its next key",
        ControlHandler::Change(rotate),
    )
    .takes("KeyRotation?"),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignInBody {
    user: String,
    option: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PickBody {
    account: String,
    times: Option<u32>,
}

/// `POST sign-in`: as a person does it, recorded as done by the test.
pub(super) async fn sign_in(call: ControlCall, request: &HttpRequest) -> HttpResponse {
    let read = call.body().and_then(|it: SignInBody| Ok((it, call.tenant()?)));
    let outcome = match read {
        Ok((SignInBody { user, option }, tenant)) => {
            let arrival = Arrival { epoch: call.epoch, ..Arrival::new(tenant, call.server_now) };
            let wanted = web::TestSignIn { user, option };
            web::sign_in(call.app, request, arrival, wanted).await
        }
        Err(problem) => Err(problem),
    };
    answered(outcome).into_response()
}

/// `PUT sign-in`.
fn put_pick(call: &ControlCall) -> HandlerResult {
    let PickBody { account, times } = call.body()?;
    if times == Some(0) {
        let detail = "times must be 1 or more, found 0";
        return Err(ProblemDetails::new(400, "invalid-body", detail).field("times"));
    }
    let body = json!({"account": account, "times": times});
    let pick = AccountPick { account: account.into(), times };
    call.tenant()?.sign_ins().answer_with(Some(pick));
    Ok(Answer::json(200, &body))
}

/// `DELETE sign-in`.
fn delete_pick(call: &ControlCall) -> HandlerResult {
    call.tenant()?.sign_ins().answer_with(None);
    Ok(Answer::empty(204))
}

/// `GET sign-ins`: who is logged in to MediusFlow, oldest first.
fn list(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let sessions = tenant.sign_ins().sessions(call.now);
    let items: Vec<Json> = sessions.iter().map(shown).collect();
    Ok(tenant_answer(200, &tenant, &json!({"items": items, "total": items.len()})))
}

/// `DELETE sign-ins`: ends the sessions of MediusFlow, and those of mock Entra.
fn end(call: &ControlCall) -> HandlerResult {
    let ended = call.tenant()?.sign_ins().log_out_all(call.now);
    Ok(Answer::json(200, &json!({"ended": ended})))
}

/// `POST sign-in/rotate-key {"grace": "1d"}`.
fn rotate(call: &ControlCall) -> HandlerResult {
    let body: Json = call.body()?;
    let mut fields = Fields::of(&body)?;
    let grace = fields.take("grace").map(|it| it.duration()).transpose()?;
    fields.finish()?;
    let grace = grace.and_then(|it| SignedDuration::try_from(it).ok()).unwrap_or(GRACE);
    let rotation = call.tenant()?.sign_ins().rotate(grace, call.now);
    Ok(Answer::json(
        200,
        &json!({
            "key": rotation.key,
            "before": rotation.before,
            "publishedUntil": rotation.published_until,
        }),
    ))
}

/// How long a rotated key stays published if nobody says (assumed).
const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// A session without its cookie.
fn shown(session: &LoginSession) -> Json {
    let (kind, user) = match &session.who.user {
        LoggedInUser::Provisioned(id) => ("User", id),
        LoggedInUser::Console(name) => ("ConsoleUser", name),
    };
    json!({
        "kind": kind,
        "user": user,
        "option": session.option,
        "began": session.began,
        "expires": session.expires,
    })
}
