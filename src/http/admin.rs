//! The admin console's API: the tutorial's eleven steps and what they need.
//!
//! The tutorial describes a user interface only, so this API is this project's own design.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json, json};

use super::{
    answer::Answer,
    bearer::Unauthorized,
    body,
    call::Call,
    problem::{HandlerResult, ProblemDetails},
    routes::{self, Route, RouteMatch},
};
use crate::{
    journal::{Auth, Operation},
    medius::{MasterDataId, MasterEntry},
    tenant::{Refusal, State},
};

mod configurations;
mod directory;
mod login_options;
mod schemas;
mod settings;
mod setup;

/// The handler of a call.
#[derive(Clone, Copy)]
pub(super) enum AdminHandler {
    /// A call about the console or a list.
    Whole(fn(&Call<'_>) -> HandlerResult),
    /// A call about one object: the handler gets the segment of `{id}`.
    One(fn(&Call<'_>, &str) -> HandlerResult),
}

use AdminHandler::{One, Whole};

/// Every address below `/{tenant}/admin/v1/`.
pub(super) const ROUTES: &[Route<AdminHandler>] = &[
    Route::get(
        "setup",
        "The eleven steps with their state, and which are still open",
        Whole(|call| Ok(setup::steps(call))),
    )
    .answers("Setup"),
    Route::get("connection", "Step 2: verifies the connection", Whole(setup::verify)),
    Route::get(
        "integration",
        "The Microsoft Entra tenant ID",
        Whole(|call| Ok(setup::integration(call))),
    ),
    Route::put(
        "integration",
        "Steps 3 and 4: saves the Microsoft Entra tenant ID",
        Whole(setup::save_integration),
    )
    .takes("Integration"),
    Route::put(
        "provisioning",
        "Step 5: chooses user provisioning",
        Whole(setup::choose_provisioning),
    )
    .takes("Provisioning"),
    Route::get(
        "secret-key",
        "Whether there is a secret key",
        Whole(|call| Ok(setup::secret_key(call))),
    ),
    Route::post(
        "secret-key",
        "Steps 6 and 7: generates a secret key, shown once; 409 unless it is confirmed",
        Whole(setup::generate_key),
    )
    .takes("SecretKeyRequest")
    .creates("Object"),
    Route::get("scim-link", "Step 11: copies the SCIM link", Whole(setup::scim_link))
        .answers("ScimLink"),
    Route::get(
        "scim-settings",
        "The SCIM settings of the tenant",
        Whole(|call| Ok(settings::get(call))),
    ),
    Route::patch("scim-settings", "Changes the settings in the body", Whole(settings::change))
        .takes("Object"),
    Route::get("scim-schemas", "The tenant's own schemas", Whole(|call| Ok(schemas::get(call)))),
    Route::put(
        "scim-schemas",
        "Replaces the tenant's own schemas, extensions and resource types",
        Whole(schemas::replace),
    )
    .takes("Object"),
    Route::delete("scim-schemas", "Deletes the tenant's own schemas", Whole(schemas::remove))
        .no_content(),
    Route::get(
        "configurations",
        "The user configurations",
        Whole(|call| Ok(configurations::list(call))),
    )
    .answers("Items"),
    Route::post(
        "configurations",
        "Steps 8 to 10: adds a user configuration",
        Whole(configurations::add),
    )
    .takes("Configuration")
    .creates("Object"),
    Route::get("configurations/{id}", "A user configuration", One(configurations::get))
        .or(&[304])
        .versioned(),
    Route::put(
        "configurations/{id}",
        "Replaces a user configuration",
        One(configurations::replace),
    )
    .takes("Configuration")
    .versioned(),
    Route::delete(
        "configurations/{id}",
        "Deletes a user configuration",
        One(configurations::delete),
    )
    .no_content()
    .versioned(),
    Route::get("companies", "The companies", Whole(|call| Ok(directory::companies(call))))
        .answers("Companies"),
    Route::get("companies/{id}", "A company, by id or name", One(directory::company))
        .answers("Company"),
    Route::get("roles", "The roles", Whole(|call| Ok(directory::roles(call)))).answers("Roles"),
    Route::get(
        "authorization-groups",
        "The authorization groups",
        Whole(|call| Ok(directory::authorization_groups(call))),
    )
    .answers("AuthorizationGroups"),
    Route::get("locales", "The locales", Whole(|call| Ok(directory::locales(call)))),
    Route::get("login-options", "The login options", Whole(|call| Ok(login_options::list(call))))
        .answers("Items"),
    Route::get(
        "login-options/{name}",
        "A login option, by display name or issuer",
        One(login_options::get),
    )
    .answers("LoginOption"),
    Route::put("login-options/{name}", "Replaces a login option", One(login_options::replace))
        .takes("LoginOption")
        .answers("LoginOption"),
    Route::get(
        "sign-in-settings",
        "The settings of sign-ins",
        Whole(|call| Ok(settings::sign_in(call))),
    )
    .answers("SignInSettings"),
    Route::patch(
        "sign-in-settings",
        "Changes settings of sign-ins",
        Whole(settings::change_sign_in),
    )
    .takes("SignInSettings")
    .answers("SignInSettings"),
    Route::get("users", "MediusFlow's own view of the users, by pages", Whole(directory::users))
        .query("offset:integer limit:1..1000")
        .answers("Items"),
    Route::get("users/{id}", "MediusFlow's own view of a user", One(directory::user)),
    Route::post(
        "users/reapply",
        "Applies the configurations to all users again",
        Whole(|call| directory::reapply(call, None)),
    ),
    Route::post(
        "users/{id}/reapply",
        "Applies the configurations to a user again",
        One(|call, id| directory::reapply(call, Some(id))),
    ),
];

/// The first segments of all paths.
pub(super) fn first_segments() -> impl Iterator<Item = &'static str> {
    let mut first: Vec<&str> = ROUTES.iter().filter_map(|it| it.path.split('/').next()).collect();
    first.dedup();
    first.into_iter()
}

/// Whether a call lacks a valid access token.
pub(super) fn is_locked_out(call: &Call<'_>) -> bool {
    call.state().console().admit_admin(call.bearer(), call.now).is_err()
}

/// Answers a call of a tenant's admin console.
pub(super) fn answer(call: &Call<'_>) -> Answer {
    let state = call.state();
    let mut answer = match state.console().admit_admin(call.bearer(), call.now) {
        Ok(_) => {
            let mut answer = route(call).unwrap_or_else(ProblemDetails::into_answer);
            answer.record.auth = Auth::Accepted;
            answer
        }
        Err(refusal) => unauthorized(call, refusal),
    };
    answer.record.operation = Operation::Admin;
    answer
}

/// Answers a call that a test makes through the control API. It needs no access token.
pub(super) fn as_test(call: &Call<'_>) -> Answer {
    let mut answer = route(call).unwrap_or_else(ProblemDetails::into_answer);
    answer.record.operation = Operation::Admin;
    answer.record.auth = Auth::NotNeeded;
    answer
}

/// The answer to a call whose body could not be read.
pub(super) fn refuse(problem: ProblemDetails) -> Answer {
    let mut answer = problem.into_answer();
    answer.record.operation = Operation::Admin;
    answer
}

fn route(call: &Call<'_>) -> HandlerResult {
    let RouteMatch { route, path_parameters } =
        routes::find(ROUTES.iter(), call.method.as_str(), &call.segments)?;
    route.refuse_unknown_parameters(&call.query)?;
    match route.handler {
        Whole(answer) => answer(call),
        One(answer) => answer(call, path_parameters[0]),
    }
}

/// The answer to an expired token.
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
    let told = Unauthorized::new(refusal, &call.headers, &realm, expected);
    let mut answer = ProblemDetails::new(401, "unauthorized", told.detail)
        .header("www-authenticate", told.challenge)
        .into_answer();
    answer.record.auth = told.auth;
    answer
}

impl Call<'_> {
    fn admin_body<T: DeserializeOwned>(&self) -> Result<T, ProblemDetails> {
        body::typed(self.header("content-type"), &self.body)
    }
}

/// A list in the format of this API.
#[derive(Serialize)]
struct ItemList<'a, T> {
    items: &'a [T],
    total: usize,
    /// The offset of the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<usize>,
}

/// A list with the number of users of each item, by its name or id.
pub(super) fn counted<T: Serialize>(
    items: &[T],
    users: impl Iterator<Item = (String, usize)>,
) -> Answer {
    let applied: Map<String, Json> = users.map(|(name, count)| (name, count.into())).collect();
    let total = items.len();
    Answer::json(200, &json!({"items": items, "total": total, "appliedUsers": applied}))
}

/// A list of master data, with the number of users of each entry.
pub(super) fn master_list<E: MasterEntry + Serialize>(state: &State) -> Answer {
    let users = state.users_by_entry(E::KIND);
    let all = state.master().data.entries::<E>();
    let (ids, items): (Vec<MasterDataId>, Vec<&E>) = all.unzip();
    let count = |id| users.get(id).copied().unwrap_or_default();
    let applied = ids.iter().zip(&items).map(|(id, it)| (it.label().to_owned(), count(id)));
    counted(&items, applied)
}
