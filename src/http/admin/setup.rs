//! The steps of the tutorial's Step 2, with its names.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Call, HandlerResult, ProblemDetails};
use crate::{
    medius::{EntraTenantId, ProvisioningMode},
    scim::quoted,
    tenant::{ConsoleError, SecretKey},
};

/// `GET setup`: the eleven steps, and which of them are still open.
pub(super) fn steps(call: &Call<'_>) -> Answer {
    let state = call.tenant.snapshot();
    let steps = state.steps_at(call.now, &call.authority);
    let open = state.open_steps(call.now);
    let body = json!({"items": steps, "total": steps.len(), "openSteps": open});
    Answer::json(200, &body).about("Setup", "setup").remark("setup read")
}

/// `GET connection`: step 2, "Verify the connection with MediusFlow".
pub(super) fn verify(call: &Call<'_>) -> HandlerResult {
    let name = call.tenant.name();
    let master = call.tenant.master();
    let data = &master.data;
    let (companies, roles) = (data.companies().len(), data.roles().len());
    let environment = name.environment().to_string();
    call.tenant.verify_connection(&name.described())?;
    let body = json!({
        "verified": true,
        "tenant": name.as_str(),
        "environment": environment,
        "companies": companies,
        "roles": roles,
    });
    let words = format!("connection verified ({companies} companies, {roles} roles)");
    Ok(Answer::json(200, &body).about("Connection", name.as_str()).remark(words))
}

/// `GET integration`: the saved Microsoft Entra tenant ID; null before step 4.
pub(super) fn integration(call: &Call<'_>) -> Answer {
    let state = call.tenant.snapshot();
    let id = state.console().setup().entra_tenant();
    let answer = Answer::json(200, &json!({"entraTenantId": id}));
    answer.about("Integration", "integration").remark("integration read")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct IntegrationRequest {
    entra_tenant_id: String,
}

/// `PUT integration`: steps 3 and 4, "Microsoft Entra tenant ID" and "Save configuration".
pub(super) fn save_integration(call: &Call<'_>) -> HandlerResult {
    let body: IntegrationRequest = call.admin_body()?;
    let id: EntraTenantId =
        body.entra_tenant_id.parse().map_err(|error: crate::medius::EntraTenantIdError| {
            ProblemDetails::new(400, "invalid-entra-tenant-id", error.to_string())
                .field("entraTenantId")
        })?;
    call.tenant.save_entra_tenant(id)?;
    let answer = Answer::json(200, &json!({"entraTenantId": id}));
    Ok(answer.about("Integration", "integration").remark(format!("Entra tenant {id} saved")))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ProvisioningRequest {
    mode: ProvisioningMode,
}

/// `PUT provisioning`: step 5, "Use user provisioning" and "OK".
pub(super) fn choose_provisioning(call: &Call<'_>) -> HandlerResult {
    let body: ProvisioningRequest = call.admin_body()?;
    call.tenant.choose_mode(body.mode)?;
    let answer = Answer::json(200, &json!({"mode": body.mode}));
    Ok(answer.about("Provisioning", "provisioning").remark("user provisioning chosen"))
}

/// `GET secret-key`: whether there is a secret key, its last four characters, and whether it has expired.
pub(super) fn secret_key(call: &Call<'_>) -> Answer {
    let state = call.tenant.snapshot();
    let key = state.console().secret_key();
    let body = json!({
        "exists": key.is_some(),
        "masked": key.map(SecretKey::masked),
        "expiresAt": key.and_then(|it| it.expires),
        "expired": key.is_some_and(|it| it.expired(call.now).is_some()),
    });
    Answer::json(200, &body).about("SecretKey", "secret key").remark("secret key asked for")
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct SecretKeyRequest {
    confirm: bool,
    expires_at: Option<String>,
}

/// `POST secret-key`: steps 6 and 7, "Generate secret key" and, with `confirm`, the "OK" of the
/// notification, which generates the key. Only this answer shows the key.
pub(super) fn generate_key(call: &Call<'_>) -> HandlerResult {
    let body: SecretKeyRequest =
        if call.body.is_empty() { SecretKeyRequest::default() } else { call.admin_body()? };
    let expires = body.expires_at.map(|it| expiry(&it, call.now)).transpose()?;
    if !body.confirm {
        return Err(ConsoleError::Setup(call.tenant.unconfirmed_key()).into());
    }
    let (key, old) = call.tenant.generate_key(expires)?;
    let answer = Answer::json(
        201,
        &json!({
            "secretKey": key.reveal(),
            "expiresAt": key.expires,
            "replaced": old.as_ref().map(SecretKey::masked),
            "hint": "shown once: copy it into Entra's Secret Token",
        }),
    );
    let last_four = |masked: String| masked.replace('•', "");
    let revoked = if old.is_some() { ", old one revoked" } else { "" };
    let words = format!("secret key generated (…{}){revoked}", last_four(key.masked()));
    let location = format!("{}/secret-key", call.admin_base());
    let answer = answer.header("location", location);
    Ok(answer.about("SecretKey", "secret key").remark(words))
}

/// Reads the expiry time of a key.
///
/// # Errors
///
/// 400 for an invalid time, or one in the past.
fn expiry(text: &str, now: Timestamp) -> Result<Timestamp, ProblemDetails> {
    let invalid = |detail| ProblemDetails::new(400, "invalid-expiry", detail).field("expiresAt");
    let at: Timestamp = text.parse().map_err(|_error| {
        let expected = "a time such as 2026-12-31T23:59:59Z";
        invalid(format!("expiresAt must be {expected}, found {}", quoted(text)))
    })?;
    if at <= now {
        return Err(invalid(format!("expiresAt is {at}, which is over already")));
    }
    Ok(at)
}

/// `GET scim-link`: step 11, "Copy SCIM link". The link does not depend on steps 6 to 10; the answer lists
/// the open steps.
pub(super) fn scim_link(call: &Call<'_>) -> HandlerResult {
    let link = call.scim_base();
    call.tenant.copy_link(&link)?;
    let open = call.tenant.snapshot().open_steps(call.now);
    let answer = Answer::json(200, &json!({"tenantUrl": link, "openSteps": open}));
    Ok(answer.about("ScimLink", "SCIM link").remark("SCIM link copied"))
}
