//! The lists of the console: the tenant's master data, and MediusFlow's own view of the users.

use serde_json::json;

use super::{Answer, Call, HandlerResult, ItemList, ProblemDetails, master_list};
use crate::{
    medius::{AuthorizationGroup, Company, UserRole},
    scim::{decode, quoted},
    tenant::Reapplied,
};

/// The default and the largest number of users on a page.
const PAGE: (usize, usize) = (100, 1_000);

/// `GET companies`: the flattened tree, parents before children.
pub(super) fn companies(call: &Call<'_>) -> Answer {
    master_list::<Company>(&call.tenant.snapshot())
        .about("Company", "companies")
        .remark("companies read")
}

/// `GET companies/{id}`: by company id, external system id or name.
pub(super) fn company(call: &Call<'_>, id: &str) -> HandlerResult {
    let unknown = || {
        ProblemDetails::new(404, "unknown-company", format!("there is no company {}", quoted(id)))
    };
    let master = call.tenant.master();
    let found = master.data.company(id).ok_or_else(unknown)?;
    let words = format!("company {} read", found.name);
    Ok(Answer::json(200, found).about("Company", &found.name).remark(words))
}

/// `GET roles`.
pub(super) fn roles(call: &Call<'_>) -> Answer {
    master_list::<UserRole>(&call.tenant.snapshot()).about("Role", "roles").remark("roles read")
}

/// `GET authorization-groups`.
pub(super) fn authorization_groups(call: &Call<'_>) -> Answer {
    master_list::<AuthorizationGroup>(&call.tenant.snapshot())
        .about("AuthorizationGroup", "authorization groups")
        .remark("authorization groups read")
}

/// `GET locales`: the possible locale settings of a configuration.
pub(super) fn locales(call: &Call<'_>) -> Answer {
    let answer = Answer::json(200, call.tenant.master().data.locales());
    answer.about("Locale", "locales").remark("locales read")
}

/// `GET users?offset=&limit=`: MediusFlow's view of the users, in the order of their creation. `next` is
/// the offset of the next page.
pub(super) fn users(call: &Call<'_>) -> HandlerResult {
    let offset = number(call, "offset")?.unwrap_or(0);
    let limit = number(call, "limit")?.unwrap_or(PAGE.0).min(PAGE.1);
    if limit == 0 {
        let detail = "limit must be 1 or more, found 0";
        return Err(ProblemDetails::new(400, "invalid-parameter", detail).field("limit"));
    }
    let state = call.tenant.snapshot();
    let base = call.scim_base();
    let presentation = state.present(&base);
    let views: Vec<_> = state
        .resources()
        .from("User", offset)
        .take(limit)
        .filter_map(|it| presentation.medius_view(it, state.master()))
        .collect();
    let total = state.resources().len("User");
    let next = Some(offset.saturating_add(limit)).filter(|it| *it < total);
    let answer = Answer::json(200, &ItemList { items: &views, total, next });
    Ok(answer.about("User", "users").remark("users read"))
}

/// `GET users/{id}`.
pub(super) fn user(call: &Call<'_>, id: &str) -> HandlerResult {
    let state = call.tenant.snapshot();
    let base = call.scim_base();
    let presentation = state.present(&base);
    let user = state.resources().get("User", id);
    let view = user.and_then(|it| presentation.medius_view(it, state.master()));
    let Some(view) = view else {
        return Err(ProblemDetails::new(
            404,
            "unknown-user",
            format!("there is no user {}", quoted(id)),
        ));
    };
    let words = format!("user {} read", view.display_name);
    Ok(Answer::json(200, &view).about("User", &view.display_name).remark(words))
}

/// `POST users/reapply` and `POST users/{id}/reapply`: applies the current configurations again.
pub(super) fn reapply(call: &Call<'_>, user: Option<&str>) -> HandlerResult {
    let Reapplied { changed, turned } = call.tenant.reapply(user)?;
    let answer = Answer::json(200, &json!({"changed": changed}));
    let words = format!("configurations applied anew, {changed} changed");
    let mut answer = answer.about("User", user.unwrap_or("users")).remark(words);
    answer.record.sign_ins = (turned.total > 0).then(|| Box::new(turned));
    Ok(answer)
}

/// The value of a query parameter that is a whole number.
///
/// # Errors
///
/// 400 with the name of the parameter.
fn number(call: &Call<'_>, name: &str) -> Result<Option<usize>, ProblemDetails> {
    let pairs = call.query.split('&').map(|it| it.split_once('=').unwrap_or((it, "")));
    let mut values = pairs.filter(|(key, _)| decode(key) == name).map(|(_, value)| value);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        let detail = format!("{name} must be given once");
        return Err(ProblemDetails::new(400, "invalid-parameter", detail).field(name));
    }
    decode(value).parse().map(Some).map_err(|_error| {
        let detail = format!("{name} must be a whole number of 0 or more, found {}", quoted(value));
        ProblemDetails::new(400, "invalid-parameter", detail).field(name)
    })
}
