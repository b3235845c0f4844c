//! User configurations: steps 8 to 10.

use super::{Answer, Call, Outcome, list as answer_list};
use crate::medius::{ConfigurationDraft, UserConfiguration};

/// `GET configurations`.
pub(super) fn list(call: &Call<'_>) -> Answer {
    let state = call.tenant.snapshot();
    let all = state.console().configurations();
    answer_list(all).about("Configuration", "configurations").remark("configurations read")
}

/// `POST configurations`: "Add new configuration", its defaults, "Save".
pub(super) fn add(call: &Call<'_>) -> Outcome {
    let draft: ConfigurationDraft = call.admin_body()?;
    let added = call.tenant.add_configuration(draft)?;
    let location = format!("{}/configurations/{}", call.admin_base(), added.id);
    let answer = Answer::json(201, &*added).header("location", location);
    Ok(of(answer, &added, "added"))
}

/// `GET configurations/{id}`.
pub(super) fn get(call: &Call<'_>, id: &str) -> Outcome {
    let state = call.tenant.snapshot();
    let found = state.console().configuration(id)?;
    Ok(of(Answer::json(200, &**found), found, "read"))
}

/// `PUT configurations/{id}`.
pub(super) fn replace(call: &Call<'_>, id: &str) -> Outcome {
    let draft: ConfigurationDraft = call.admin_body()?;
    let next = call.tenant.replace_configuration(id, draft)?;
    Ok(of(Answer::json(200, &*next), &next, "saved"))
}

/// `DELETE configurations/{id}`.
pub(super) fn delete(call: &Call<'_>, id: &str) -> Outcome {
    let gone = call.tenant.delete_configuration(id)?;
    Ok(of(Answer::empty(204), &gone, "deleted"))
}

fn of(answer: Answer, it: &UserConfiguration, what: &str) -> Answer {
    answer.about("Configuration", &it.name).remark(format!("configuration {} {what}", it.name))
}
