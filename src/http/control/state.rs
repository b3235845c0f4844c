//! Exports, imports and compares the state of a tenant as a document.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{
    Answer, ControlCall, ControlHandler, HandlerResult, ProblemDetails, Route, tenant_answer,
};
use crate::{
    http::settings::SettingsBody,
    tenant::{Extent, Forgotten, Import, ImportError, Tenant},
};

/// The largest state that is read, in bytes: enough for a few hundred thousand users.
const LARGEST_STATE: usize = 512 * 1024 * 1024;

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get("tenants/{tenant}/state", "The whole state", ControlHandler::Now(export))
        .query("secrets:boolean"),
    Route::put("tenants/{tenant}/state", "Replaces the whole state", ControlHandler::Now(import))
        .takes("Object")
        .up_to(LARGEST_STATE),
    Route::get("tenants/{tenant}/state/digest", "The state's SHA-256", ControlHandler::Now(digest)),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StateExportQuery {
    /// Whether the export contains keys, tokens and passwords.
    #[serde(default)]
    secrets: bool,
}

/// `GET state?secrets=true`: a document that `PUT state` can read. It contains only the state, so cursor
/// and revision are only in headers.
fn export(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let StateExportQuery { secrets } = call.query()?;
    let extent = if secrets { Extent::Secret } else { Extent::Open };
    Ok(Answer::json(200, &tenant.snapshot().export(tenant.name(), extent)))
}

/// `PUT state`: replaces the state, completely or not at all. The journal continues, and resets still
/// restore the initial state.
fn import(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    let state = tenant.read_state(call.body::<Import<'_, SettingsBody>>()?)?;
    let (users, groups) = (state.resources().len("User"), state.resources().len("Group"));
    // Reading a large document takes long and happens without a lock. Only the replacement is checked
    // against the epoch.
    Forgotten::state(call.change(|it| it.replace_state(state))?).drop_aside();
    Ok(tenant_answer(200, &tenant, &json!({"users": users, "groups": groups})))
}

/// `GET state/digest`: equal for two tenants with the same name and the same content, whatever the order of
/// the changes was.
fn digest(call: &ControlCall) -> HandlerResult {
    let tenant = call.tenant()?;
    Ok(tenant_answer(200, &tenant, &json!({"sha256": digest_of(&tenant)})))
}

fn digest_of(tenant: &Tenant) -> String {
    let state = tenant.snapshot();
    let document = state.export(tenant.name(), Extent::Ordered);
    let bytes = serde_json::to_vec(&document).expect("a state has text keys only");
    Sha256::digest(&bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes whatever is written");
        text
    })
}

impl From<ImportError> for ProblemDetails {
    fn from(error: ImportError) -> Self {
        Self::new(400, "invalid-state", error.to_string()).field(error.place)
    }
}
