//! Companies, roles and authorization groups, which a test may change; in MediusFlow that is done in
//! the product, and the console only lists them.

use actix_web::http::Method;
use serde::{Serialize, de::DeserializeOwned};

use super::{Answer, Call, Handler, Outcome, Problem, Route};
use crate::{
    http::{admin::master_list, body},
    journal::Operation,
    medius::{AuthorizationGroup, Company, MasterData, MasterDataDraft, MasterKind, Role},
    tenant::MasterError,
};

const COMPANIES: Handler = Handler::AsTest(answer::<Company>, "companies");
const ROLES: Handler = Handler::AsTest(answer::<Role>, "roles");
const GROUPS: Handler = Handler::AsTest(answer::<AuthorizationGroup>, "authorization-groups");

pub(super) const ROUTES: &[Route<Handler>] = &[
    Route(Method::GET, "tenants/{tenant}/companies", COMPANIES),
    Route(Method::POST, "tenants/{tenant}/companies", COMPANIES),
    Route(Method::GET, "tenants/{tenant}/companies/{id}", COMPANIES),
    Route(Method::PUT, "tenants/{tenant}/companies/{id}", COMPANIES),
    Route(Method::DELETE, "tenants/{tenant}/companies/{id}", COMPANIES),
    Route(Method::GET, "tenants/{tenant}/roles", ROLES),
    Route(Method::POST, "tenants/{tenant}/roles", ROLES),
    Route(Method::GET, "tenants/{tenant}/roles/{name}", ROLES),
    Route(Method::PUT, "tenants/{tenant}/roles/{name}", ROLES),
    Route(Method::DELETE, "tenants/{tenant}/roles/{name}", ROLES),
    Route(Method::GET, "tenants/{tenant}/authorization-groups", GROUPS),
    Route(Method::POST, "tenants/{tenant}/authorization-groups", GROUPS),
    Route(Method::GET, "tenants/{tenant}/authorization-groups/{name}", GROUPS),
    Route(Method::PUT, "tenants/{tenant}/authorization-groups/{name}", GROUPS),
    Route(Method::DELETE, "tenants/{tenant}/authorization-groups/{name}", GROUPS),
];

/// Something of a list of the master data.
trait Entry: Clone + Serialize + DeserializeOwned {
    /// What it is, in the journal and in errors.
    const KIND: (&'static str, &'static str);

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
    answer.notes.operation = Operation::Admin;
    answer
}

fn add<E: Entry>(call: &Call<'_>) -> Outcome {
    let new: E = body(call)?;
    let data = call.tenant.edit_master(|draft| {
        E::list(draft).push(new.clone());
        Ok::<_, Problem>(())
    })?;
    let added = called::<E>(&data, new.name())?;
    Ok(of(Answer::json(201, &added), &added, "added"))
}

fn replace<E: Entry>(call: &Call<'_>, key: &str) -> Outcome {
    let next: E = body(call)?;
    let data = call.tenant.edit_master(|draft| {
        let found = E::list(draft).iter_mut().find(|it| it.is_called(key));
        let found = found.ok_or_else(|| unknown::<E>(key))?;
        let before = std::mem::replace(found, next.clone());
        if before.name() != next.name() {
            draft.rename(E::MASTER_KIND, before.name(), next.name());
        }
        Ok::<_, Problem>(())
    })?;
    let saved = called::<E>(&data, next.name())?;
    Ok(of(Answer::json(200, &saved), &saved, "saved"))
}

fn delete<E: Entry>(call: &Call<'_>, key: &str) -> Outcome {
    let gone = one::<E>(call, key)?;
    call.tenant.edit_master(|draft| {
        let list = E::list(draft);
        let at = list.iter().position(|it| it.is_called(key));
        list.remove(at.ok_or_else(|| unknown::<E>(key))?);
        Ok::<_, Problem>(())
    })?;
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

impl From<MasterError> for Problem {
    fn from(error: MasterError) -> Self {
        match error {
            MasterError::Unfit(error) => {
                // Below the list and the place in it, neither of which the caller has seen.
                let field = error.pointer.splitn(4, '/').nth(3);
                let problem = Self::new(400, "invalid-body", error.message);
                field.into_iter().fold(problem, Self::field)
            }
            MasterError::InUse { users, .. } => {
                Self::new(409, "in-use", error.to_string()).with("appliedUsers", &users)
            }
        }
    }
}
