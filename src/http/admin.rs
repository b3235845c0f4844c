//! The admin console's API: the tutorial's eleven steps and what they need.
//!
//! The tutorial documents a user interface, so these addresses are this project's own design.

use std::sync::Arc;

use actix_web::http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json, json};

use super::{
    App,
    answer::Answer,
    bearer::Unauthorized,
    body,
    call::Call,
    entry::unknown_tenant,
    openapi,
    problem::Problem,
    routes::{self, Route},
};
use crate::{
    journal::{Auth, Operation},
    medius::{MasterKind, fold},
    tenant::{Refusal, State, Tenant},
};

mod configurations;
mod directory;
mod schemas;
mod settings;
mod setup;

/// A call's answer, or why it is refused.
type Outcome = Result<Answer, Problem>;

/// What answers at an address, given the segment in the place of `{id}` (empty if there is none).
type Handler = fn(&Call<'_>, &str) -> Outcome;

/// Every address below `/{tenant}/admin/v1/`.
const ROUTES: &[Route<Handler>] = &[
    Route(Method::GET, "setup", |call, _| Ok(setup::steps(call))),
    Route(Method::GET, "connection", |call, _| setup::verify(call)),
    Route(Method::GET, "integration", |call, _| Ok(setup::integration(call))),
    Route(Method::PUT, "integration", |call, _| setup::save_integration(call)),
    Route(Method::PUT, "provisioning", |call, _| setup::choose_provisioning(call)),
    Route(Method::GET, "secret-key", |call, _| Ok(setup::secret_key(call))),
    Route(Method::POST, "secret-key", |call, _| setup::generate_key(call)),
    Route(Method::GET, "scim-link", |call, _| setup::scim_link(call)),
    Route(Method::GET, "scim-settings", |call, _| Ok(settings::get(call))),
    Route(Method::PATCH, "scim-settings", |call, _| settings::change(call)),
    Route(Method::GET, "scim-schemas", |call, _| Ok(schemas::get(call))),
    Route(Method::PUT, "scim-schemas", |call, _| schemas::replace(call)),
    Route(Method::DELETE, "scim-schemas", |call, _| schemas::remove(call)),
    Route(Method::GET, "configurations", |call, _| Ok(configurations::list(call))),
    Route(Method::POST, "configurations", |call, _| configurations::add(call)),
    Route(Method::GET, "configurations/{id}", configurations::get),
    Route(Method::PUT, "configurations/{id}", configurations::replace),
    Route(Method::DELETE, "configurations/{id}", configurations::delete),
    Route(Method::GET, "companies", |call, _| Ok(directory::companies(call))),
    Route(Method::GET, "companies/{id}", directory::company),
    Route(Method::GET, "roles", |call, _| Ok(directory::roles(call))),
    Route(Method::GET, "authorization-groups", |call, _| Ok(directory::authorization_groups(call))),
    Route(Method::GET, "locales", |call, _| Ok(directory::locales(call))),
    Route(Method::GET, "login-options", |call, _| Ok(directory::login_options(call))),
    Route(Method::GET, "users", |call, _| directory::users(call)),
    Route(Method::GET, "users/{id}", directory::user),
    Route(Method::POST, "users/reapply", |call, _| directory::reapply(call, None)),
    Route(Method::POST, "users/{id}/reapply", |call, id| directory::reapply(call, Some(id))),
];

/// The first segment of every address: what a call is about.
pub(super) fn first_segments() -> impl Iterator<Item = &'static str> {
    let mut first: Vec<&str> = ROUTES.iter().filter_map(|it| it.1.split('/').next()).collect();
    first.dedup();
    first.into_iter()
}

/// Every address, for the test that compares them with the document that tells of them.
#[cfg(test)]
pub(super) fn addresses() -> impl Iterator<Item = (String, String)> {
    ROUTES.iter().map(|Route(method, path, _)| (method.to_string(), (*path).to_owned()))
}

/// Whether a call has not the access token that it needs.
pub(super) fn is_locked_out(call: &Call<'_>) -> bool {
    call.state().console().admit_admin(call.bearer(), call.now).is_err()
}

/// Answers a call of a tenant's console.
pub(super) fn answer(call: &Call<'_>) -> Answer {
    let state = call.state();
    let mut answer = match state.console().admit_admin(call.bearer(), call.now) {
        Ok(_) => {
            let mut answer = route(call).unwrap_or_else(Problem::into_answer);
            answer.record.auth = Auth::Accepted;
            answer
        }
        Err(refusal) => unauthorized(call, refusal),
    };
    answer.record.operation = Operation::Admin;
    answer
}

/// Answers a call that the test makes itself: it needs no access token.
pub(super) fn as_test(call: &Call<'_>) -> Answer {
    let mut answer = route(call).unwrap_or_else(Problem::into_answer);
    answer.record.operation = Operation::Admin;
    answer.record.auth = Auth::NotNeeded;
    answer
}

/// The answer to a call whose body could not be read.
pub(super) fn refuse(problem: Problem) -> Answer {
    let mut answer = problem.into_answer();
    answer.record.operation = Operation::Admin;
    answer
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Credentials {
    tenant_name: String,
    user_name: Option<String>,
}

/// The tenant that somebody wants to log in to, as far as the body tells; `now` is the server's time.
pub(super) fn named_tenant(app: &App, body: &[u8], now: Timestamp) -> Option<Arc<Tenant>> {
    let body: Json = serde_json::from_slice(body).ok()?;
    app.tenants.find(body.get("tenantName")?.as_str()?, now)
}

/// The answer to a login that names no tenant that is there.
pub(super) fn refuse_login(app: &App, content_type: Option<&str>, body: &[u8]) -> Answer {
    refuse(match body::typed::<Credentials>(content_type, body) {
        Ok(it) => unknown_tenant(app, &it.tenant_name).field("tenantName"),
        Err(problem) => problem,
    })
}

/// Step 1: logs in to the tenant that the body [names](named_tenant).
pub(super) fn authenticate(
    tenant: &Tenant,
    content_type: Option<&str>,
    body: &[u8],
    now: Timestamp,
) -> Answer {
    let mut answer = log_in(tenant, content_type, body, now);
    answer.record.operation = Operation::Admin;
    answer.record.auth = Auth::NotNeeded;
    answer
}

fn log_in(tenant: &Tenant, content_type: Option<&str>, body: &[u8], now: Timestamp) -> Answer {
    let credentials: Credentials = match body::typed(content_type, body) {
        Ok(it) => it,
        Err(problem) => return refuse(problem),
    };
    match tenant.authenticate(credentials.user_name.as_deref(), now) {
        Ok(token) => {
            let body = json!({
                "accessToken": token.reveal(),
                "expiresAt": token.expires,
                "tenant": tenant.name().as_str(),
            });
            Answer::json(200, &body)
                .about("Tenant", tenant.name().as_str())
                .remark(format!("{} authenticated", token.user_name))
        }
        Err(error) => Problem::from(error).into_answer(),
    }
}

fn route(call: &Call<'_>) -> Outcome {
    let (open, pattern, holes) = routes::find(ROUTES.iter(), &call.method, &call.segments)?;
    body::only(call.query, &openapi::admin_parameters(&call.method, pattern))?;
    open(call, holes.first().copied().unwrap_or_default())
}

/// The answer to a token that was good and is not any more.
pub(super) fn expired(call: &Call<'_>) -> Answer {
    let mut answer = unauthorized(call, Refusal::Expired);
    answer.record.operation = Operation::Admin;
    answer
}

fn unauthorized(call: &Call<'_>, refusal: Refusal) -> Answer {
    let realm = format!("{} admin console", call.tenant.name());
    let expected = "log in with POST /admin/v1/authenticate and send the accessToken in \
                    Authorization: Bearer";
    let refusal = call.tenant.why_refused(refusal, call.bearer());
    let told = Unauthorized::new(refusal, call.headers, &realm, expected);
    let mut answer = Problem::new(401, "unauthorized", told.detail)
        .header("www-authenticate", told.challenge)
        .into_answer();
    answer.record.auth = told.auth;
    answer
}

impl Call<'_> {
    fn admin_body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        body::typed(self.header("content-type"), &self.body)
    }
}

/// A list as every list of this API answers it.
#[derive(Serialize)]
struct Listing<'a, T> {
    items: &'a [T],
    total: usize,
    /// The offset of the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<usize>,
}

fn list<T: Serialize>(items: &[T]) -> Answer {
    Answer::json(200, &Listing { items, total: items.len(), next: None })
}

/// A list that says of each of its items, by name or id, to how many users it was applied.
pub(super) fn counted<T: Serialize>(
    items: &[T],
    name: impl Fn(&T) -> &str,
    users: impl Fn(&str) -> usize,
) -> Answer {
    let applied = items.iter().map(|it| (name(it).to_owned(), users(name(it)).into()));
    let applied: Map<String, Json> = applied.collect();
    let total = items.len();
    Answer::json(200, &json!({"items": items, "total": total, "appliedUsers": applied}))
}

/// A list of the master data, with the number of users of each entry.
pub(super) fn master_list<T: Serialize>(
    state: &State,
    kind: MasterKind,
    items: &[T],
    name: impl Fn(&T) -> &str,
) -> Answer {
    let users = state.users_by_name(kind);
    counted(items, name, |it| users.get(&fold(it.trim())).copied().unwrap_or_default())
}
