//! Companies, roles and authorization groups, which a test may change; in MediusFlow that is done in
//! the product, and the console only lists them.

use actix_web::http::Method;
use serde::{Serialize, de::DeserializeOwned};

use super::{Answer, Call, Handler, Outcome, Problem, Route};
use crate::{
    http::{admin::master_list, body},
    journal::Operation,
    medius::{
        AuthorizationGroup, Company, MasterData, MasterDataDraft, MasterDataError, MasterKind,
        Role, path_of,
    },
    tenant::MasterError,
};

const COMPANIES: Handler = Handler::AsTest(answer::<Company>, "companies");
const ROLES: Handler = Handler::AsTest(answer::<Role>, "roles");
const GROUPS: Handler = Handler::AsTest(answer::<AuthorizationGroup>, "authorization-groups");

pub(super) const ROUTES: &[Route<Handler>] = &[
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

/// Something of a list of the master data.
trait Entry: Clone + Serialize + DeserializeOwned {
    /// What it is, in the journal and in errors.
    const KIND: (&'static str, &'static str);
    /// What its list is called in the master data.
    const LIST: &'static str;

    /// By which references to it are found.
    const MASTER_KIND: MasterKind;

    fn list(draft: &mut MasterDataDraft) -> &mut Vec<Self>;
    fn all(data: &MasterData) -> &[Self];
    fn name(&self) -> &str;

    fn is_called(&self, key: &str) -> bool {
        crate::scim::is_same(self.name(), key)
    }
}

impl Entry for Company {
    const KIND: (&'static str, &'static str) = ("Company", "company");
    const LIST: &'static str = "companies";
    const MASTER_KIND: MasterKind = MasterKind::Company;

    fn list(draft: &mut MasterDataDraft) -> &mut Vec<Self> {
        &mut draft.companies
    }

    fn all(data: &MasterData) -> &[Self] {
        data.companies()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn is_called(&self, key: &str) -> bool {
        Self::is_called(self, key)
    }
}

impl Entry for Role {
    const KIND: (&'static str, &'static str) = ("Role", "role");
    const LIST: &'static str = "roles";
    const MASTER_KIND: MasterKind = MasterKind::Role;

    fn list(draft: &mut MasterDataDraft) -> &mut Vec<Self> {
        &mut draft.roles
    }

    fn all(data: &MasterData) -> &[Self] {
        data.roles()
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Entry for AuthorizationGroup {
    const KIND: (&'static str, &'static str) = ("AuthorizationGroup", "authorization group");
    const LIST: &'static str = "authorizationGroups";
    const MASTER_KIND: MasterKind = MasterKind::AuthorizationGroup;

    fn list(draft: &mut MasterDataDraft) -> &mut Vec<Self> {
        &mut draft.authorization_groups
    }

    fn all(data: &MasterData) -> &[Self] {
        data.authorization_groups()
    }

    fn name(&self) -> &str {
        &self.name
    }
}

fn answer<E: Entry>(call: &Call<'_>) -> Answer {
    let key = call.segments.get(1).map(String::as_str);
    let outcome = match (&call.method, key) {
        (&Method::GET, None) => {
            let state = call.tenant.snapshot();
            let all = E::all(&state.master().data);
            Ok(master_list(&state, E::MASTER_KIND, all, E::name))
        }
        (&Method::GET, Some(key)) => one::<E>(call, key).map(|it| Answer::json(200, &it)),
        (&Method::PUT, Some(key)) => replace::<E>(call, key),
        (_, Some(key)) => delete::<E>(call, key),
        (_, None) => add::<E>(call),
    };
    let mut answer = outcome.unwrap_or_else(Problem::into_answer);
    answer.record.operation = Operation::Admin;
    answer
}

fn add<E: Entry>(call: &Call<'_>) -> Outcome {
    let new: E = body(call)?;
    let mut place = 0;
    let edited = call.tenant.edit_master(|draft| {
        place = E::list(draft).len();
        E::list(draft).push(new.clone());
        Ok::<_, Refused>(())
    });
    let data = edited.map_err(|it| it.of_entry::<E>(place))?;
    let added = called::<E>(&data, new.name())?;
    Ok(of(Answer::json(201, &added), &added, "added"))
}

fn replace<E: Entry>(call: &Call<'_>, key: &str) -> Outcome {
    let next: E = body(call)?;
    let mut place = 0;
    let edited = call.tenant.edit_master(|draft| {
        let list = E::list(draft);
        let at = list.iter().position(|it| it.is_called(key));
        place = at.ok_or_else(|| unknown::<E>(key))?;
        let before = std::mem::replace(&mut list[place], next.clone());
        if before.name() != next.name() {
            draft.rename(E::MASTER_KIND, before.name(), next.name());
        }
        Ok::<_, Refused>(())
    });
    let data = edited.map_err(|it| it.of_entry::<E>(place))?;
    let saved = called::<E>(&data, next.name())?;
    Ok(of(Answer::json(200, &saved), &saved, "saved"))
}

fn delete<E: Entry>(call: &Call<'_>, key: &str) -> Outcome {
    let gone = one::<E>(call, key)?;
    let edited = call.tenant.edit_master(|draft| {
        let list = E::list(draft);
        let at = list.iter().position(|it| it.is_called(key));
        list.remove(at.ok_or_else(|| unknown::<E>(key))?);
        Ok::<_, Refused>(())
    });
    edited.map_err(|it| it.of_removal(&gone))?;
    Ok(of(Answer::empty(204), &gone, "deleted"))
}

fn one<E: Entry>(call: &Call<'_>, key: &str) -> Result<E, Problem> {
    called(&call.tenant.snapshot().master().data, key)
}

fn called<E: Entry>(data: &MasterData, key: &str) -> Result<E, Problem> {
    let found = E::all(data).iter().find(|it| it.is_called(key));
    found.cloned().ok_or_else(|| unknown::<E>(key))
}

fn body<E: Entry>(call: &Call<'_>) -> Result<E, Problem> {
    body::typed(call.header("content-type"), &call.body)
}

fn unknown<E: Entry>(key: &str) -> Problem {
    Problem::new(404, "unknown-entry", format!("there is no {} {key:?}", E::KIND.1))
}

fn of<E: Entry>(answer: Answer, it: &E, what: &str) -> Answer {
    let words = format!("{} {} {what}", E::KIND.1, it.name());
    answer.about(E::KIND.0, it.name()).remark(words)
}

/// Why an edit is refused, before it is told to the caller.
enum Refused {
    Problem(Problem),
    Master(MasterError),
}

impl Refused {
    /// The problem of an entry that the body describes, at this place of its list.
    fn of_entry<E: Entry>(self, place: usize) -> Problem {
        match self.told() {
            Ok(problem) => problem,
            Err(error) => {
                // Within the entry, the caller knows the body; beside it, what else does not fit.
                let own = format!("/{}/{place}", E::LIST);
                let inside = error.pointer.strip_prefix(&own);
                let inside = inside.filter(|it| it.is_empty() || it.starts_with('/'));
                let field = path_of(inside.unwrap_or(&error.pointer));
                let problem = Problem::new(400, "invalid-body", error.message);
                if field.is_empty() { problem } else { problem.field(field) }
            }
        }
    }

    /// The problem of an entry that cannot be taken away, since the rest would not fit without it.
    fn of_removal<E: Entry>(self, gone: &E) -> Problem {
        self.told().unwrap_or_else(|error| {
            let (what, name) = (E::KIND.1, gone.name());
            let detail = format!(
                "the {what} {name:?} is in use: without it, at {}: {}",
                path_of(&error.pointer),
                error.message
            );
            Problem::new(409, "in-use", detail)
        })
    }

    /// What can be told whatever was edited, else where the parts would not fit together.
    fn told(self) -> Result<Problem, MasterDataError> {
        match self {
            Self::Problem(problem) => Ok(problem),
            Self::Master(MasterError::Unfit(error)) => Err(error),
            Self::Master(error) => {
                let users = if let MasterError::InUse { users, .. } = &error { *users } else { 0 };
                Ok(Problem::new(409, "in-use", error.to_string()).with("appliedUsers", &users))
            }
        }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<MasterError> for Refused {
    fn from(error: MasterError) -> Self {
        Self::Master(error)
    }
}
