//! User configurations: steps 8 to 10.

use super::{Answer, Call, HandlerResult, counted};
use crate::{
    http::call::ConditionalHeaders,
    medius::ConfigurationDraft,
    tenant::{Configured, ConsoleError, Preconditions, names_etag, names_strong_etag},
};

/// `GET configurations`.
pub(super) fn list(call: &Call<'_>) -> Answer {
    let state = call.tenant.snapshot();
    let data = &state.master().data;
    let all = state.console().configurations();
    let shown: Vec<ConfigurationDraft> = all.iter().map(|it| it.document(data)).collect();
    let users = state.users_by_configuration();
    let count = |id| users.get(id).copied().unwrap_or_default();
    counted(&shown, all.iter().map(|it| (it.id.to_string(), count(&it.id))))
        .about("Configuration", "configurations")
        .remark("configurations read")
}

/// `POST configurations`: "Add new configuration", its defaults, "Save".
pub(super) fn add(call: &Call<'_>) -> HandlerResult {
    let added = call.tenant.add_configuration(call.admin_body()?)?;
    let location = format!("{}/configurations/{}", call.admin_base(), added.configuration.id);
    let answer = Answer::json(201, &added.document()).header("location", location);
    Ok(of(answer, &added, "added"))
}

/// `GET configurations/{id}`; 304 if `If-None-Match` contains the current version, 412 if `If-Match` does
/// not.
pub(super) fn get(call: &Call<'_>, id: &str) -> HandlerResult {
    let state = call.tenant.snapshot();
    let found = Configured::new(state.console().configuration(id)?.clone(), &state);
    if let Some(wanted) =
        call.condition("if-match").filter(|it| !names_strong_etag(it, &found.etag()))
    {
        return Err(ConsoleError::Stale { wanted, etag: found.etag() }.into());
    }
    let is_known = call.condition("if-none-match").is_some_and(|it| names_etag(&it, &found.etag()));
    let answer = if is_known { Answer::empty(304) } else { Answer::json(200, &found.document()) };
    Ok(of(answer, &found, "read"))
}

/// `PUT configurations/{id}`; 412 if `If-Match` does not contain the current version, or `If-None-Match`
/// does.
pub(super) fn replace(call: &Call<'_>, id: &str) -> HandlerResult {
    let draft: ConfigurationDraft = call.admin_body()?;
    let conditions = call.conditions();
    let next = call.tenant.replace_configuration(id, draft, preconditions(&conditions))?;
    let what = format!("saved{}", kept_by(call, id));
    Ok(of(Answer::json(200, &next.document()), &next, &what))
}

/// `DELETE configurations/{id}`; 412 if `If-Match` does not contain the current version, or `If-None-Match`
/// does.
pub(super) fn delete(call: &Call<'_>, id: &str) -> HandlerResult {
    let conditions = call.conditions();
    let gone = call.tenant.delete_configuration(id, preconditions(&conditions))?;
    let what = format!("deleted{}", kept_by(call, id));
    Ok(about(Answer::empty(204), &gone.name, &what))
}

fn preconditions(of: &ConditionalHeaders) -> Preconditions<'_> {
    let (if_match, if_none_match) = (of.if_match.as_deref(), of.if_none_match.as_deref());
    Preconditions { if_match, if_none_match }
}

/// A remark with the number of users who keep an earlier version of a configuration.
fn kept_by(call: &Call<'_>, id: &str) -> String {
    match call.tenant.snapshot().users_of_outdated(id) {
        0 => String::new(),
        1 => ", 1 user keeps it as it was".into(),
        users => format!(", {users} users keep it as it was"),
    }
}

/// An answer that contains a configuration.
fn of(answer: Answer, it: &Configured, what: &str) -> Answer {
    about(answer.header("etag", it.etag()), &it.configuration.name, what)
}

fn about(answer: Answer, name: &str, what: &str) -> Answer {
    answer.about("Configuration", name).remark(format!("configuration {name} {what}"))
}
