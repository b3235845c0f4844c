//! Companies, roles and authorization groups, which a test may change. In MediusFlow they are changed in
//! the product itself, and the console only lists them.

use actix_web::http::Method;
use serde::{Serialize, de::DeserializeOwned};

use super::{Answer, Call, ControlHandler, HandlerResult, ProblemDetails, Route};
use crate::{
    http::{admin::master_list, body},
    journal::Operation,
    medius::{
        AuthorizationGroup, Company, MasterData, MasterDataError, MasterDataId, MasterEntry,
        UserRole, path_of,
    },
    scim::{encode, quoted},
    tenant::MasterError,
};

const COMPANIES: ControlHandler = ControlHandler::AsTest(answer::<Company>, "companies");
const ROLES: ControlHandler = ControlHandler::AsTest(answer::<UserRole>, "roles");
const GROUPS: ControlHandler =
    ControlHandler::AsTest(answer::<AuthorizationGroup>, "authorization-groups");

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get("tenants/{tenant}/companies", "The companies", COMPANIES).answers("Companies"),
    Route::post("tenants/{tenant}/companies", "Adds a company", COMPANIES)
        .takes("Company")
        .creates("Company"),
    Route::get("tenants/{tenant}/companies/{id}", "A company", COMPANIES).answers("Company"),
    Route::put("tenants/{tenant}/companies/{id}", "Replaces a company", COMPANIES)
        .takes("Company")
        .answers("Company"),
    Route::delete("tenants/{tenant}/companies/{id}", "Deletes a company", COMPANIES).no_content(),
    Route::get("tenants/{tenant}/roles", "The roles", ROLES).answers("Roles"),
    Route::post("tenants/{tenant}/roles", "Adds a role", ROLES).takes("Role").creates("Role"),
    Route::get("tenants/{tenant}/roles/{name}", "A role", ROLES).answers("Role"),
    Route::put("tenants/{tenant}/roles/{name}", "Replaces a role", ROLES)
        .takes("Role")
        .answers("Role"),
    Route::delete("tenants/{tenant}/roles/{name}", "Deletes a role", ROLES).no_content(),
    Route::get("tenants/{tenant}/authorization-groups", "The authorization groups", GROUPS)
        .answers("AuthorizationGroups"),
    Route::post("tenants/{tenant}/authorization-groups", "Adds an authorization group", GROUPS)
        .takes("AuthorizationGroup")
        .creates("AuthorizationGroup"),
    Route::get("tenants/{tenant}/authorization-groups/{name}", "An authorization group", GROUPS)
        .answers("AuthorizationGroup"),
    Route::put(
        "tenants/{tenant}/authorization-groups/{name}",
        "Replaces an authorization group",
        GROUPS,
    )
    .takes("AuthorizationGroup")
    .answers("AuthorizationGroup"),
    Route::delete(
        "tenants/{tenant}/authorization-groups/{name}",
        "Deletes an authorization group",
        GROUPS,
    )
    .no_content(),
];

/// An entry of the master data that a test can change.
trait EditableEntry: MasterEntry + Serialize + DeserializeOwned {
    /// The name of its type in the journal.
    const TYPE: &'static str;
}

impl EditableEntry for Company {
    const TYPE: &'static str = "Company";
}

impl EditableEntry for UserRole {
    const TYPE: &'static str = "Role";
}

impl EditableEntry for AuthorizationGroup {
    const TYPE: &'static str = "AuthorizationGroup";
}

fn answer<E: EditableEntry>(call: &Call<'_>) -> Answer {
    let key = call.segments.get(1).map(String::as_str);
    let outcome = match (&call.method, key) {
        (&Method::GET, None) => Ok(master_list::<E>(&call.tenant.snapshot())),
        (&Method::GET, Some(key)) => {
            let data = call.tenant.master();
            called::<E>(&data.data, key).map(|(_, it)| Answer::json(200, it))
        }
        (&Method::PUT, Some(key)) => replace::<E>(call, key),
        (_, Some(key)) => delete::<E>(call, key),
        (_, None) => add::<E>(call),
    };
    let mut answer = outcome.unwrap_or_else(ProblemDetails::into_answer);
    answer.record.operation = Operation::Admin;
    answer
}

fn add<E: EditableEntry>(call: &Call<'_>) -> HandlerResult {
    let entry: E = body(call)?;
    let mut id = None;
    let edited = call.tenant.edit_master(|edit| {
        id = Some(edit.add(entry));
        Ok::<_, EntryError>(())
    });
    let data = edited.map_err(EntryError::into_problem::<E>)?;
    let name = id.and_then(|it| data.entry::<E>(it)).map(|it| encode(it.label()));
    let list = format!("{}/{}", call.admin_base(), call.segments[0]);
    // `edits` changes it to an address of the control API.
    let location = format!("{list}/{}", name.unwrap_or_default());
    Ok(saved::<E>(&data, id, 201).header("location", location))
}

fn replace<E: EditableEntry>(call: &Call<'_>, key: &str) -> HandlerResult {
    let entry: E = body(call)?;
    let mut id = None;
    let edited = call.tenant.edit_master(|edit| {
        let (found, _) = called::<E>(edit.before(), key)?;
        edit.replace(found, entry);
        id = Some(found);
        Ok::<_, EntryError>(())
    });
    let data = edited.map_err(EntryError::into_problem::<E>)?;
    Ok(saved::<E>(&data, id, 200))
}

fn delete<E: EditableEntry>(call: &Call<'_>, key: &str) -> HandlerResult {
    let mut gone = None;
    let edited = call.tenant.edit_master(|edit| {
        let (id, found) = called::<E>(edit.before(), key)?;
        gone = Some(found.clone());
        edit.remove::<E>(id);
        Ok::<_, EntryError>(())
    });
    edited.map_err(EntryError::into_problem::<E>)?;
    let gone = gone.expect("an edit that succeeds has found what it deletes");
    Ok(of(Answer::empty(204), &gone, "deleted"))
}

/// The answer with an entry that was written.
fn saved<E: EditableEntry>(data: &MasterData, id: Option<MasterDataId>, status: u16) -> Answer {
    let it: &E = id.and_then(|it| data.entry(it)).expect("what was written is there");
    let what = if status == 201 { "added" } else { "saved" };
    of(Answer::json(status, it), it, what)
}

fn called<'a, E: EditableEntry>(
    data: &'a MasterData,
    key: &str,
) -> Result<(MasterDataId, &'a E), ProblemDetails> {
    data.find(key).ok_or_else(|| {
        ProblemDetails::new(
            404,
            "unknown-entry",
            format!("there is no {} {key}", E::KIND.noun(), key = quoted(key)),
        )
    })
}

fn body<E: EditableEntry>(call: &Call<'_>) -> Result<E, ProblemDetails> {
    body::typed(call.header("content-type"), &call.body)
}

fn of<E: EditableEntry>(answer: Answer, it: &E, what: &str) -> Answer {
    let words = format!("{} {} {what}", E::KIND.noun(), it.label());
    answer.about(E::TYPE, it.label()).remark(words)
}

/// Why an edit is refused, before it becomes a problem.
enum EntryError {
    Problem(ProblemDetails),
    Master(MasterError),
}

impl EntryError {
    fn into_problem<E: EditableEntry>(self) -> ProblemDetails {
        match self {
            Self::Problem(problem) => problem,
            Self::Master(MasterError::Unfit(error)) => unfit::<E>(error),
            Self::Master(error) => {
                let problem = ProblemDetails::new(409, "in-use", error.to_string());
                let MasterError::InUse { used_by, users, .. } = &error else { return problem };
                problem.with("usedBy", used_by).with("appliedUsers", users)
            }
        }
    }
}

/// The problem for an invalid entry. Its field is the one of the request's body.
fn unfit<E: EditableEntry>(error: MasterDataError) -> ProblemDetails {
    let place = error.pointer.strip_prefix(&format!("/{}/", E::KIND.list()));
    let inside = place.and_then(|it| Some(it.split_once('/')?.1));
    let problem = ProblemDetails::new(400, "invalid-body", error.message);
    match inside {
        Some(field) => problem.field(path_of(field)),
        None => problem,
    }
}

impl From<ProblemDetails> for EntryError {
    fn from(problem: ProblemDetails) -> Self {
        Self::Problem(problem)
    }
}

impl From<MasterError> for EntryError {
    fn from(error: MasterError) -> Self {
        Self::Master(error)
    }
}
