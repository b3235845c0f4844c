//! The clock of a tenant.

use serde_json::{Value as Json, json};

use super::{Answer, ControlCall, ControlHandler, HandlerResult, Route};
use crate::{
    fault::{FieldError, Fields},
    tenant::{ClockSetting, Tenant},
};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get("tenants/{tenant}/clock", "The tenant's clock", ControlHandler::Now(get))
        .answers("Clock"),
    Route::put("tenants/{tenant}/clock", "Sets the tenant's clock", ControlHandler::Change(put))
        .takes("Clock")
        .answers("Clock"),
    Route::post(
        "tenants/{tenant}/clock/advance",
        "Moves the tenant's clock forward",
        ControlHandler::Change(advance),
    )
    .takes("Advance")
    .answers("Clock"),
];

const MODES: [&str; 4] = ["real", "frozen", "offset", "scaled"];

/// `GET clock`.
fn get(call: &ControlCall) -> HandlerResult {
    Ok(shown(call, &*call.tenant()?))
}

/// `PUT clock`.
fn put(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let setting = read(&call.body()?, call)?;
    tenant.set_clock(setting);
    Ok(shown(call, &tenant))
}

/// `POST clock/advance`: moves the clock forward, or back by a negative duration.
fn advance(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let body: Json = call.body()?;
    let mut fields = Fields::of(&body)?;
    let by = fields.take("by");
    fields.finish()?;
    let by = by.ok_or_else(|| missing("by", "by how much, such as \"90d\""))?.signed_duration()?;
    tenant.advance_clock(by);
    Ok(shown(call, &tenant))
}

fn read(body: &Json, call: &ControlCall) -> Result<ClockSetting, FieldError> {
    let mut fields = Fields::of(body)?;
    let mode = fields.take("mode");
    let mode = mode.ok_or_else(|| missing("mode", "a mode: real, frozen, offset or scaled"))?;
    let setting = match MODES[mode.one_of(&MODES)?] {
        "frozen" => {
            ClockSetting::Frozen { at: fields.take("at").map_or(Ok(call.now), |it| it.time())? }
        }
        "offset" => {
            let by = fields.take("by");
            let by = by.ok_or_else(|| missing("by", "by how much, such as \"-2h\""))?;
            ClockSetting::Offset { by: by.signed_duration()? }
        }
        "scaled" => {
            let factor = fields.take("factor");
            let factor = factor.ok_or_else(|| missing("factor", "a factor, such as 60"))?;
            let factor = factor.number(0.0, 1e6)?;
            let from = fields.take("from").map_or(Ok(call.now), |it| it.time())?;
            ClockSetting::Scaled { factor, since: call.server_now, from }
        }
        _ => ClockSetting::Real,
    };
    fields.pass(&["now", "serverNow", "since"]);
    fields.finish()?;
    Ok(setting)
}

/// The setting in the format of `PUT clock`, with the tenant's time and the server's time.
fn shown(call: &ControlCall, tenant: &Tenant) -> Answer {
    let setting = tenant.clock().setting();
    let mut shown = match setting {
        ClockSetting::Real => json!({"mode": "real"}),
        ClockSetting::Frozen { at } => json!({"mode": "frozen", "at": at}),
        ClockSetting::Offset { by } => json!({"mode": "offset", "by": format!("{by:#}")}),
        ClockSetting::Scaled { factor, from, since } => {
            json!({"mode": "scaled", "factor": factor, "from": from, "since": since})
        }
    };
    shown["now"] = json!(setting.at(call.server_now));
    shown["serverNow"] = json!(call.server_now);
    Answer::json(200, &shown)
}

fn missing(field: &str, expected: &str) -> FieldError {
    let detail = format!("the body needs `{field}`: {expected}");
    FieldError { field: field.to_owned(), detail, word: None }
}
