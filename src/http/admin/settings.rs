//! The SCIM settings of the tenant, a page of the console that only the mock has.

use super::{Answer, Call, HandlerResult, ProblemDetails};
use crate::{http::settings::SettingsBody, tenant::SettingsError};

/// `GET scim-settings`.
pub(super) fn get(call: &Call<'_>) -> Answer {
    about(Answer::json(200, &call.tenant.scim_settings()), "SCIM settings read")
}

/// `PATCH scim-settings`: changes the settings in the body, and returns all settings.
pub(super) fn change(call: &Call<'_>) -> HandlerResult {
    let body: SettingsBody = call.admin_body()?;
    let words = format!("SCIM settings changed ({})", body.names().join(", "));
    let settings = call.tenant.change_scim_settings(&body.try_into()?);
    Ok(about(Answer::json(200, &settings), words))
}

fn about(answer: Answer, words: impl Into<String>) -> Answer {
    answer.about("ScimSettings", "SCIM settings").remark(words)
}

impl From<SettingsError> for ProblemDetails {
    fn from(error: SettingsError) -> Self {
        let code = match error {
            SettingsError::Unknown { .. } => "unknown-setting",
            SettingsError::Invalid { .. } => "invalid-setting",
        };
        let problem = Self::new(400, code, error.to_string()).field(error.name());
        match error {
            SettingsError::Unknown { meant: Some(meant), .. } => problem.meant(&meant),
            _ => problem,
        }
    }
}
