//! The SCIM service: take, call the tenant, answer.

use actix_web::http::Method;
use serde_json::Value as Json;
use smol_str::SmolStr;

use super::{
    answer::{Answer, Notes, findings},
    call::Call,
};
use crate::{
    journal::{Auth, Hits, Operation, Subject},
    scim::{ListResponse, Resource, ResourceType, Rules, ScimError, SearchRequest, name_of},
    tenant::{Done, Place, Refusal, State},
};

mod discovery;

/// Answers a SCIM request.
pub(super) fn answer(call: &Call<'_>) -> Answer {
    let state = call.tenant.snapshot();
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let mut notes = Notes { operation: operation(call, &segments), ..Notes::default() };
    if discovery::is_discovery(&segments) {
        return with_notes(discovery::answer(call, &state, &segments), notes);
    }
    notes.subject = subject(&state, &segments);
    if let Err(refused) = state.console().admit(call.bearer(), call.now) {
        notes.auth = auth_of(refused);
        return unauthorized(call, refused, notes);
    }
    notes.auth = Auth::Accepted;
    if !state.console().setup().uses_user_provisioning() {
        let detail = "user provisioning is not chosen in the admin console (tutorial, step 2.5)";
        return with_notes(Err(ScimError::status(403, detail)), notes);
    }
    with_notes(route(call, &state, &segments, &mut notes), notes)
}

fn route(
    call: &Call<'_>,
    state: &State,
    segments: &[&str],
    notes: &mut Notes,
) -> Result<Answer, ScimError> {
    let schemas = &state.manner().schemas;
    let unknown = || {
        let known: Vec<&str> =
            schemas.resource_types().iter().map(|it| it.endpoint.as_str()).collect();
        let path = segments.join("/");
        ScimError::status(
            404,
            format!("nothing answers at /{path}; there are {}", known.join(", ")),
        )
    };
    let Some((first, rest)) = segments.split_first() else { return Err(unknown()) };
    let Some(resource_type) = schemas.endpoint(first) else { return Err(unknown()) };
    match (rest, &call.method) {
        ([], &Method::GET) => {
            search(call, state, resource_type, SearchRequest::from_query(call.query)?, notes)
        }
        ([], &Method::POST) => create(call, resource_type, notes),
        ([], _) => Err(not_allowed(call, "GET, POST")),
        ([".search"], &Method::POST) => {
            let request = SearchRequest::from_body(&call.scim_body()?)?;
            search(call, state, resource_type, request, notes)
        }
        ([".search"], _) => Err(not_allowed(call, "POST")),
        ([id], _) => one(call, state, Place { resource_type, id }, notes),
        _ => Err(unknown()),
    }
}

fn one(
    call: &Call<'_>,
    state: &State,
    place: Place<'_>,
    notes: &mut Notes,
) -> Result<Answer, ScimError> {
    let tenant = &call.tenant;
    match call.method {
        Method::GET => get(call, state, place),
        Method::PUT => {
            let body = call.scim_body()?;
            matches_version(call, state, place)?;
            let done = tenant.replace(place, &body, call.now)?;
            answer_with(call, (200, place.resource_type), done, notes)
        }
        Method::PATCH => {
            let body = call.scim_body()?;
            matches_version(call, state, place)?;
            let done = tenant.modify(place, &body, call.now)?;
            let dialect = &done.state.manner().dialect;
            let is_shown = match &*place.resource_type.name {
                "User" => dialect.answers_modified_users,
                _ => dialect.answers_modified_others,
            };
            let status = if is_shown { 200 } else { 204 };
            answer_with(call, (status, place.resource_type), done, notes)
        }
        Method::DELETE => {
            matches_version(call, state, place)?;
            let done = tenant.delete(place, call.now)?;
            answer_with(call, (204, place.resource_type), done, notes)
        }
        _ => Err(not_allowed(call, "GET, PUT, PATCH, DELETE")),
    }
}

fn get(call: &Call<'_>, state: &State, place: Place<'_>) -> Result<Answer, ScimError> {
    let resource_type = place.resource_type;
    let rules = Rules::new(resource_type, &state.manner().schemas, &state.manner().dialect);
    let projection = SearchRequest::from_query(call.query)?.projection(&rules)?;
    let resource = existing(state, place)?;
    let etag = resource.etag();
    if call.header("if-none-match").is_some_and(|it| names_etag(it, &etag)) {
        return Ok(Answer::empty(304).header("etag", etag));
    }
    let base = call.scim_base();
    let presentation = state.present(&base);
    let view = presentation.view(resource, resource_type, &projection);
    Ok(Answer::scim(200, &view).header("etag", etag))
}

fn create(
    call: &Call<'_>,
    resource_type: &ResourceType,
    notes: &mut Notes,
) -> Result<Answer, ScimError> {
    let body = call.scim_body()?;
    notes.subject = Some(wanted(resource_type, &body));
    let done = call.tenant.create(resource_type, &body, call.now)?;
    answer_with(call, (201, resource_type), done, notes)
}

fn search(
    call: &Call<'_>,
    state: &State,
    resource_type: &ResourceType,
    request: SearchRequest,
    notes: &mut Notes,
) -> Result<Answer, ScimError> {
    if request.filter.is_some() {
        notes.operation = Operation::Find;
    }
    let manner = state.manner();
    let rules = Rules::new(resource_type, &manner.schemas, &manner.dialect);
    let search = request.resolve(&rules)?;
    let base = call.scim_base();
    let presentation = state.present(&base);
    let found = state.directory().search(&resource_type.name, &search, &presentation);
    let views =
        found.page.iter().map(|it| presentation.view(it, resource_type, &search.projection));
    let list = ListResponse {
        total_results: found.total,
        start_index: search.start_index,
        resources: views.collect(),
    };
    notes.findings = findings(rules.into_noted());
    notes.hits = Some(Hits {
        start_index: search.start_index,
        answered: found.page.len(),
        total: found.total,
    });
    Ok(Answer::scim(200, &list))
}

/// Answers an operation that was done: with the resource, or with nothing (204).
fn answer_with(
    call: &Call<'_>,
    (status, resource_type): (u16, &ResourceType),
    done: Done,
    notes: &mut Notes,
) -> Result<Answer, ScimError> {
    notes.subject = Some(done.effect.subject.clone());
    notes.findings = findings(done.noted);
    notes.remark = done.remark;
    notes.effects = vec![done.effect];
    if status == 204 {
        return Ok(Answer::empty(204));
    }
    let rules =
        Rules::new(resource_type, &done.state.manner().schemas, &done.state.manner().dialect);
    let projection = SearchRequest::from_query(call.query)?.projection(&rules)?;
    let base = call.scim_base();
    let presentation = done.state.present(&base);
    let view = presentation.view(&done.resource, resource_type, &projection);
    let answer = Answer::scim(status, &view).header("etag", done.resource.etag());
    if status != 201 {
        return Ok(answer);
    }
    Ok(answer.header("location", presentation.location(&done.resource)))
}

fn existing<'a>(state: &'a State, place: Place<'_>) -> Result<&'a Resource, ScimError> {
    let kind = &place.resource_type.name;
    let found = state.directory().get(kind, place.id);
    found.map(|it| &**it).ok_or_else(|| ScimError::not_found(kind, place.id))
}

/// Checks `If-Match` (RFC 7644 §3.14) against the resource as it is.
///
/// # Errors
///
/// 404, or 412 when the client has seen another version.
fn matches_version(call: &Call<'_>, state: &State, place: Place<'_>) -> Result<(), ScimError> {
    let Some(wanted) = call.header("if-match") else { return Ok(()) };
    let etag = existing(state, place)?.etag();
    if names_etag(wanted, &etag) {
        return Ok(());
    }
    let detail = format!("If-Match is {wanted}, but the version is {etag} (RFC 7644 §3.14)");
    Err(ScimError::status(412, detail))
}

/// Whether a list of entity tags names this one; weak and strong are alike here.
fn names_etag(list: &str, etag: &str) -> bool {
    let plain = |it: &str| it.trim().trim_start_matches("W/").to_owned();
    list.split(',').any(|it| it.trim() == "*" || plain(it) == plain(etag))
}

fn not_allowed(call: &Call<'_>, allowed: &str) -> ScimError {
    ScimError::status(405, format!("{} is not allowed here, expected {allowed}", call.method))
}

fn unauthorized(call: &Call<'_>, refused: Refusal, notes: Notes) -> Answer {
    let realm = call.tenant.name();
    let challenge = match refused {
        Refusal::Missing => format!("Bearer realm=\"{realm}\""),
        _ => format!("Bearer realm=\"{realm}\", error=\"invalid_token\""),
    };
    let presented = call.bearer().map(|it| format!(" ({})", crate::journal::mask(it)));
    let detail = format!(
        "{refused}{}; the secret key of tenant {realm} is expected in \
         Authorization: Bearer (tutorial, step 2.6)",
        presented.unwrap_or_default()
    );
    let answer = with_notes(Err(ScimError::status(401, detail)), notes);
    answer.header("www-authenticate", challenge)
}

fn auth_of(refused: Refusal) -> Auth {
    match refused {
        Refusal::Missing => Auth::Missing,
        Refusal::Wrong => Auth::Wrong,
        Refusal::Expired => Auth::Expired,
    }
}

fn with_notes(outcome: Result<Answer, ScimError>, notes: Notes) -> Answer {
    let mut answer = outcome.unwrap_or_else(|error| {
        let answer = Answer::scim_error(&error);
        match (error.code(), error.detail().rsplit_once("expected ")) {
            // "the origin server MUST generate an Allow header field" (RFC 9110 §15.5.6).
            (405, Some((_, allowed))) => answer.header("allow", allowed),
            _ => answer,
        }
    });
    let problem = answer.notes.problem.take();
    answer.notes = Notes { problem, ..notes };
    answer
}

/// What a request asks for, told from its method and path alone.
fn operation(call: &Call<'_>, segments: &[&str]) -> Operation {
    match (segments, &call.method) {
        _ if discovery::is_discovery(segments) => Operation::Discover,
        ([_], &Method::GET) => Operation::List,
        ([_], &Method::POST) => Operation::Create,
        ([_, ".search"], &Method::POST) => Operation::Find,
        ([_, _], &Method::GET) => Operation::Get,
        ([_, _], &Method::PUT) => Operation::Replace,
        ([_, _], &Method::PATCH) => Operation::Modify,
        ([_, _], &Method::DELETE) => Operation::Delete,
        _ => Operation::Unknown,
    }
}

/// The resource that a path names, as it is before the request.
fn subject(state: &State, segments: &[&str]) -> Option<Subject> {
    let [endpoint, id] = segments else { return None };
    let kind = &state.manner().schemas.endpoint(endpoint)?.name;
    let name = state.directory().get(kind, id).map(|it| name_of(it));
    Some(Subject {
        kind: kind.clone(),
        id: SmolStr::new(id),
        name: name.unwrap_or_else(|| SmolStr::new(id)),
    })
}

/// The resource that a POST wants to make; it has no id yet.
fn wanted(resource_type: &ResourceType, body: &Json) -> Subject {
    let text = |name: &str| body.get(name).and_then(Json::as_str).map(SmolStr::new);
    let name = text("displayName").or_else(|| text("userName")).unwrap_or_default();
    Subject { kind: resource_type.name.clone(), id: SmolStr::default(), name }
}
