//! Named snapshots, and the reset between two tests.

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    Answer, ControlCall, ControlHandler, HandlerResult, ProblemDetails, Route, entra, tenant_answer,
};
use crate::{
    scim::encode,
    tenant::{Forgotten, SecretKey, Snapshot, TenantOptions},
};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::post(
        "tenants/{tenant}/reset",
        "Restores state, journal, faults, limits and clock of the start, or of a snapshot",
        ControlHandler::Now(reset),
    )
    .takes("Reset?"),
    Route::post(
        "tenants/{tenant}/seed",
        "Replaces the people by generated ones; the setup and the key stay",
        ControlHandler::Now(seed),
    )
    .takes("Seed?"),
    Route::get("tenants/{tenant}/snapshots", "The snapshots", ControlHandler::Now(list))
        .answers("Items"),
    Route::post("tenants/{tenant}/snapshots", "Takes a snapshot", ControlHandler::Change(take))
        .takes("Named")
        .creates("Object"),
    Route::get("tenants/{tenant}/snapshots/{name}", "A snapshot", ControlHandler::Now(get)),
    Route::delete(
        "tenants/{tenant}/snapshots/{name}",
        "Deletes a snapshot",
        ControlHandler::Change(delete),
    )
    .no_content(),
    Route::post(
        "tenants/{tenant}/snapshots/{name}/restore",
        "Restores a snapshot; the journal continues",
        ControlHandler::Change(restore),
    ),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Reset {
    /// The name of a snapshot; the initial state if absent.
    to: Option<String>,
}

/// `POST reset`: restores state and journal as at the start. Requests that are still running have no
/// effect.
fn reset(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let body: Reset = call.body()?;
    let reset = tenant.reset_in(call.epoch, body.to.as_deref());
    if let Some(forgotten) = reset.map_err(|it| ProblemDetails::from(it).field("to"))? {
        entra::forget(&call.app, &tenant);
        forgotten.drop_aside();
    } else if body.to.is_some() || tenant.is_closed() {
        return Err(ProblemDetails::tenant_reset());
    }
    // Else another reset did the same in the meantime, and the current state may belong to the next test.
    Ok(tenant_answer(200, &tenant, &json!({"tenant": tenant.name().as_str()})))
}

/// The body of `POST seed`. Absent members have the values of the server's own tenants.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedRequest {
    seed: Option<u64>,
    users: Option<usize>,
    groups: Option<usize>,
    companies: Option<usize>,
    locale: Option<String>,
}

/// `POST seed`: replaces the people by generated ones. The setup of the tenant stays. The journal and
/// running requests are treated as in a reset. Later resets restore this state.
fn seed(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let body: SeedRequest = call.body()?;
    let present = tenant.snapshot();
    let options = TenantOptions {
        seed: Some(body.seed.unwrap_or_else(|| present.seed())),
        users: body.users,
        groups: body.groups,
        companies: body.companies,
        locale: body.locale,
        // Only the default number of people depends on it.
        fresh: Some(!present.console().setup().uses_user_provisioning()),
        ..TenantOptions::default()
    };
    let state = call.app.factory.with_others(tenant.name(), &present, &options)?;
    let (users, groups) = (state.resources().len("User"), state.resources().len("Group"));
    let forgotten =
        tenant.restart_in(call.epoch, state).ok_or_else(ProblemDetails::tenant_reset)?;
    entra::forget(&call.app, &tenant);
    forgotten.drop_aside();
    let now = tenant.snapshot();
    let body = json!({
        "tenant": tenant.name().as_str(),
        "secretKey": now.console().secret_key().map(SecretKey::reveal),
        "seed": options.seed,
        "users": users,
        "groups": groups,
    });
    Ok(tenant_answer(200, &tenant, &body))
}

/// `GET snapshots`, ordered by name.
fn list(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let items: Vec<Json> =
        tenant.snapshots().iter().map(|(name, it)| described(name, it)).collect();
    Ok(tenant_answer(200, &tenant, &json!({"total": items.len(), "items": items})))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SnapshotName {
    name: String,
}

/// `POST snapshots`: takes a snapshot, and replaces one with the same name.
fn take(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let SnapshotName { name } = call.body()?;
    let taken = tenant.take_snapshot(&name, call.now)?;
    let of = tenant.name();
    let segment = encode(&name);
    let location = format!("{}/_mock/v1/tenants/{of}/snapshots/{segment}", call.authority);
    Ok(tenant_answer(201, &tenant, &described(&name, &taken)).header("location", location))
}

/// `GET snapshots/{name}`.
fn get(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let name = call.second();
    let snapshot = tenant.snapshot_named(name)?;
    Ok(tenant_answer(200, &tenant, &described(name, &snapshot)))
}

/// `DELETE snapshots/{name}`.
fn delete(call: &ControlCall) -> HandlerResult {
    let gone = call.tenant()?.delete_snapshot(call.second())?;
    Forgotten::state(gone.state).drop_aside();
    Ok(Answer::empty(204))
}

/// `POST snapshots/{name}/restore`: restores the state; the journal continues.
fn restore(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let name = call.second();
    Forgotten::state(tenant.restore(name)?).drop_aside();
    Ok(tenant_answer(200, &tenant, &json!({"name": name})))
}

fn described(name: &str, it: &Snapshot) -> Json {
    let resources = it.state.resources();
    json!({
        "name": name,
        "takenAt": it.taken,
        "users": resources.len("User"),
        "groups": resources.len("Group"),
    })
}
