//! The settings of the tenant, of SCIM and of sign-ins: a page of the console that only the mock has.

use super::{Answer, Call, HandlerResult, ProblemDetails};
use crate::{
    http::settings::SettingsBody,
    tenant::{SettingsError, SignInSettingsChange},
};

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

/// `GET sign-in-settings`.
pub(super) fn sign_in(call: &Call<'_>) -> Answer {
    about_sign_in(Answer::json(200, &call.tenant.sign_in_settings()), "sign-in settings read")
}

/// `PATCH sign-in-settings`: changes the settings in the body, and returns all of them.
pub(super) fn change_sign_in(call: &Call<'_>) -> HandlerResult {
    let change: SignInSettingsChange = call.admin_body()?;
    let settings = call.tenant.change_sign_in_settings(&change);
    let words = format!("sign-in settings changed ({})", change.names().join(", "));
    Ok(about_sign_in(Answer::json(200, &settings), words))
}

fn about_sign_in(answer: Answer, words: impl Into<String>) -> Answer {
    answer.about("SignInSettings", "sign-in settings").remark(words)
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
