//! The SCIM service: reads a request, calls the tenant, and makes the answer.

use std::sync::Arc;

use actix_web::http::Method;
use serde_json::Value as Json;
use smol_str::SmolStr;

use super::{
    accept::acceptable,
    answer::{Answer, findings},
    bearer::Unauthorized,
    call::{Call, ConditionalHeaders},
    routes::allowed,
};
use crate::{
    journal::{Auth, EffectKind, ExchangeSubject, Operation, Record},
    scim::{
        Discovery, NotedQuirk, Projection, Quirk, ResourceType, ResourceView, Rules, ScimError,
        ScimType, SearchRequest, nearest,
    },
    tenant::{
        Done, OperationError, OperationTarget, Refusal, State, Terms, names_etag, names_version,
        stale, subject as subject_of,
    },
};

mod bulk;
mod discovery;
mod me;
pub(super) mod routes;
mod search;

/// Answers a SCIM request.
pub(super) fn answer(call: &Call<'_>) -> Answer {
    let state = call.state();
    let sent: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let me = me::user(call, &state, &sent);
    let segments = me.map_or(sent, |it| vec!["Users", &it.id]);
    let mut record = first_record(call, &state, &segments);
    let is_open = state.profile().dialect.discovery == Discovery::Open;
    let outcome = if is_open && discovery::is_discovery(&segments) {
        record.auth = Auth::NotNeeded;
        readable(call).and_then(|()| discovery::answer(call, &state, &segments))
    } else {
        guarded(call, &state, &segments, &mut record)
    };
    let answer = outcome.unwrap_or_else(|error| Answer::scim_error(&error));
    let answer = answer.recorded_as(record);
    match me.filter(|_| answer.record.auth == Auth::Accepted) {
        // "In any response, the HTTP "Location" header MUST be the permanent location" (RFC 7644
        // §3.11).
        Some(user) => answer.header("location", state.present(&call.scim_base()).location(user)),
        None => answer,
    }
}

/// Whether a request lacks a valid key.
pub(super) fn is_locked_out(call: &Call<'_>) -> bool {
    let state = call.state();
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let is_open = state.profile().dialect.discovery == Discovery::Open;
    let needs_key = !(is_open && discovery::is_discovery(&segments));
    needs_key && state.console().admit(call.bearer(), call.now).is_err()
}

/// Answers a request that a test makes through the control API. It needs no secret key, and it may filter
/// by every attribute.
pub(super) fn as_test(call: &Call<'_>) -> Answer {
    let state = call.tenant.snapshot().filterable();
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let mut record = first_record(call, &state, &segments);
    record.auth = Auth::NotNeeded;
    let outcome = route(call, &state, &segments, &mut record);
    outcome.unwrap_or_else(|error| Answer::scim_error(&error)).recorded_as(record)
}

/// The answer to a request whose body could not be read.
pub(super) fn refuse(call: &Call<'_>, refusal: Answer) -> Answer {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let record = first_record(call, &call.tenant.snapshot(), &segments);
    refusal.recorded_as(record)
}

/// The record of a request that is not performed.
pub(super) fn unperformed(call: &Call<'_>) -> Record {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let state = call.state();
    let mut record = first_record(call, &state, &segments);
    if let (Operation::Create, [endpoint], Ok(body)) =
        (record.operation, segments.as_slice(), call.scim_body(&mut Record::default()))
    {
        record.subject = state.profile().schemas.endpoint(endpoint).map(|it| wanted(it, &body));
    }
    record
}

/// The answer to an expired key.
pub(super) fn expired(call: &Call<'_>) -> Answer {
    let told = unauthorized(call, &call.state(), Refusal::Expired);
    refused_key(told)
}

fn refused_key(told: Unauthorized) -> Answer {
    let answer = Answer::scim_error(&ScimError::status(401, told.detail));
    let mut answer = answer.header("www-authenticate", told.challenge);
    answer.record.auth = told.auth;
    answer
}

/// The record of what the method and the path of a request show.
fn first_record(call: &Call<'_>, state: &State, segments: &[&str]) -> Record {
    Record {
        operation: operation(call, segments),
        subject: subject(state, segments),
        ..Record::default()
    }
}

/// Answers a caller, if it has the secret key and the tenant uses user provisioning.
///
/// Before user provisioning is chosen there is no key. A caller with a key then gets 403 with the missing
/// step, and not 401.
fn guarded(
    call: &Call<'_>,
    state: &State,
    segments: &[&str],
    record: &mut Record,
) -> Result<Answer, ScimError> {
    let console = state.console();
    if let Err(refusal) = console.admit(call.bearer(), call.now) {
        let told = unauthorized(call, state, refusal);
        record.auth = told.auth;
        if refusal != Refusal::Missing && !console.setup().uses_user_provisioning() {
            let detail = "user provisioning is not chosen in the admin console, nor is there a \
                          secret key (tutorial, steps 2.5 and 2.6)";
            return Err(ScimError::status(403, detail).by("RFC 7644 §2"));
        }
        return Ok(refused_key(told));
    }
    record.auth = Auth::Accepted;
    readable(call)?;
    if discovery::is_discovery(segments) {
        return discovery::answer(call, state, segments);
    }
    route(call, state, segments, record)
}

/// Refuses a request whose answer the client does not accept, or whose query is invalid.
///
/// # Errors
///
/// 406, and 400.
fn readable(call: &Call<'_>) -> Result<(), ScimError> {
    acceptable(&call.headers)?;
    SearchRequest::refuse_unreadable(&call.query)
}

fn route(
    call: &Call<'_>,
    state: &State,
    segments: &[&str],
    record: &mut Record,
) -> Result<Answer, ScimError> {
    note_parameters(call, state, record)?;
    let schemas = &state.profile().schemas;
    let types = schemas.resource_types();
    let (first, rest) = match segments {
        [] | [".search"] => return search::answer(call, state, segments, types, record),
        ["Bulk"] => return bulk::answer(call, state, record),
        [first, rest @ ..] => (first, rest),
    };
    let is_named = |it: &&Arc<ResourceType>| it.endpoint.strip_prefix('/') == Some(first);
    let Some(resource_type) = types.iter().find(is_named) else {
        return Err(match *first {
            "Me" if rest.is_empty() => me::refusal(call, state),
            _ => unknown(types, segments),
        });
    };
    match (rest, &call.method) {
        ([], &Method::POST) => create(call, state, resource_type, record),
        ([] | [".search"], _) => {
            search::answer(call, state, segments, std::slice::from_ref(resource_type), record)
        }
        ([id], _) => {
            let (base, conditions) = (call.scim_base(), call.conditions());
            one(
                call,
                state,
                OperationTarget { resource_type, id, terms: terms(&base, &conditions) },
                record,
            )
        }
        _ => {
            let hint = format!("a resource is at {}/ and its id", resource_type.endpoint);
            Err(nothing(types, segments).hint(hint))
        }
    }
}

fn unknown(types: &[Arc<ResourceType>], segments: &[&str]) -> ScimError {
    let known = types.iter().map(|it| it.endpoint.as_str());
    let others: Vec<String> = routes::common_endpoints().map(|it| format!("/{it}")).collect();
    let asked = format!("/{}", segments.first().copied().unwrap_or_default());
    nothing(types, segments).meant(nearest(&asked, known.chain(others.iter().map(String::as_str))))
}

/// The 404 for a path, with the existing endpoints.
fn nothing(types: &[Arc<ResourceType>], segments: &[&str]) -> ScimError {
    let known: Vec<&str> = types.iter().map(|it| it.endpoint.as_str()).collect();
    let path = segments.join("/");
    ScimError::status(404, format!("nothing answers at /{path}, there are {}", known.join(", ")))
        .by("RFC 7644 §3.2")
}

fn one(
    call: &Call<'_>,
    state: &State,
    place: OperationTarget<'_>,
    record: &mut Record,
) -> Result<Answer, ScimError> {
    let tenant = &call.tenant;
    // Everything that can be refused is read before anything changes.
    let projection = |record: &mut Record| projection(call, state, place.resource_type, record);
    match call.method {
        Method::GET => get(call, state, place, &projection(record)?),
        Method::PUT => {
            let projection = projection(record)?;
            let body = call.scim_body(record)?;
            let done = tenant.replace(place, &body, call.now);
            let done = done.map_err(|it| refused(it, record))?;
            Ok(shown(call, 200, &projection, done, record))
        }
        Method::PATCH => {
            let projection = projection(record)?;
            let body = call.scim_body(record)?;
            let done = tenant.modify(place, &body, call.now);
            let done = done.map_err(|it| refused(it, record))?;
            if answers_with_resource(&done, &projection) {
                return Ok(shown(call, 200, &projection, done, record));
            }
            let etag = done.state.present(place.terms.base).etag(&done.resource);
            note(done, record);
            Ok(Answer::empty(204).header("etag", etag))
        }
        Method::DELETE => {
            note(tenant.delete(place, call.now)?, record);
            Ok(Answer::empty(204))
        }
        _ => Ok(not_allowed(call, "Users/{id}")),
    }
}

/// Whether a PATCH is answered with 200 and the resource, or with 204.
///
/// A server may choose, but "MUST return a 200 OK if the "attributes" parameter is specified" (RFC 7644
/// §3.5.2).
fn answers_with_resource(done: &Done, projection: &Projection) -> bool {
    let dialect = &done.state.profile().dialect;
    dialect.answers_modified(&done.resource.kind) || *projection != Projection::Default
}

fn get(
    call: &Call<'_>,
    state: &State,
    place: OperationTarget<'_>,
    projection: &Projection,
) -> Result<Answer, ScimError> {
    let kind = &place.resource_type.name;
    let found = state.resources().get(kind, place.id);
    let resource = found.ok_or_else(|| state.missing(place))?;
    let version = resource.etag();
    if let Some(wanted) = place.terms.if_match.filter(|it| !names_version(it, &version)) {
        return Err(stale(wanted, &state.present(place.terms.base).etag(resource)));
    }
    let presentation = state.present(place.terms.base);
    let etag = presentation.etag(resource);
    let is_known = place.terms.if_none_match.is_some_and(|it| names_etag(it, &etag));
    let life = call.tenant.life();
    let is_shown_alike = !call.tenant.has_moved() && call.segments != ["Me"];
    if is_known
        && is_shown_alike
        && !presentation.may_differ(resource, place.resource_type, projection, life)
    {
        return Ok(Answer::empty(304).header("etag", etag));
    }
    let view = presentation.view(resource, place.resource_type, projection);
    Ok(Answer::scim(200, &view).header("etag", etag))
}

fn create(
    call: &Call<'_>,
    state: &State,
    resource_type: &ResourceType,
    record: &mut Record,
) -> Result<Answer, ScimError> {
    let projection = projection(call, state, resource_type, record)?;
    let body = call.scim_body(record)?;
    record.subject = Some(wanted(resource_type, &body));
    let (base, conditions) = (call.scim_base(), call.conditions());
    let terms = terms(&base, &conditions);
    let created = call.tenant.create(resource_type, &body, terms, call.now);
    let done = created.map_err(|it| {
        let error = refused(it, record);
        // "If-None-Match: *" at an endpoint means: create the resource unless it already exists.
        let is_conditional = conditions.if_none_match.as_ref().is_some_and(|it| it.trim() == "*");
        match error.scim_type() {
            Some(ScimType::Uniqueness) if is_conditional => {
                ScimError::status(412, format!("If-None-Match is *, and {}", error.detail()))
            }
            _ => error,
        }
    })?;
    if done.effect.kind != EffectKind::Created {
        return Ok(shown(call, 200, &projection, done, record));
    }
    let location = done.state.present(&call.scim_base()).location(&done.resource);
    Ok(shown(call, 201, &projection, done, record).header("location", location))
}

/// Answers a performed operation with the resource in its new state.
fn shown(
    call: &Call<'_>,
    status: u16,
    projection: &Projection,
    done: Done,
    record: &mut Record,
) -> Answer {
    let schemas = &done.state.profile().schemas;
    let resource_type =
        schemas.resource_type(&done.resource.kind).expect("a resource has one of the types");
    let base = call.scim_base();
    let presentation = done.state.present(&base);
    let view = presentation.view(&done.resource, resource_type, projection);
    let view = ResourceView { specified: &done.specified, ..view };
    let answer = Answer::scim(status, &view).header("etag", presentation.etag(&done.resource));
    note(done, record);
    answer
}

/// The refusal of an operation. Its deviations are recorded as findings.
fn refused(OperationError { error, noted }: OperationError, record: &mut Record) -> ScimError {
    record.findings.extend(findings(noted));
    error
}

/// Records what an operation did.
fn note(done: Done, record: &mut Record) {
    record.subject = Some(done.effect.subject.clone());
    record.findings.extend(findings(done.noted));
    record.remark = done.remark;
    record.effects = vec![done.effect];
}

/// The attributes that the query asks for.
fn projection(
    call: &Call<'_>,
    state: &State,
    resource_type: &ResourceType,
    record: &mut Record,
) -> Result<Projection, ScimError> {
    let profile = state.profile();
    let rules = Rules::new(resource_type, &profile.schemas, &profile.dialect);
    let projection = SearchRequest::from_query(&call.query)?.projection(&rules);
    record.findings.extend(findings(rules.into_noted()));
    projection
}

/// Records unknown query parameters, and those that occur twice: the sender expects an effect that they do
/// not have.
///
/// # Errors
///
/// `invalidValue`, if the tenant does not tolerate them.
fn note_parameters(call: &Call<'_>, state: &State, record: &mut Record) -> Result<(), ScimError> {
    let unknown = SearchRequest::unknown_parameters(&call.query)?;
    if let Some(first) = unknown.first()
        && !state.profile().dialect.quirks.contains(Quirk::UnknownParameter)
    {
        return Err(SearchRequest::unknown_parameter(&shortened(first)));
    }
    let noted = unknown
        .iter()
        .take(MOST_TOLD)
        .map(|it| NotedQuirk::new(Quirk::UnknownParameter, shortened(it)));
    record.findings.extend(findings(noted.collect()));
    let repeated = SearchRequest::repeated_parameters(&call.query)?;
    if let Some(first) = repeated.first()
        && !state.profile().dialect.quirks.contains(Quirk::DuplicateKeys)
    {
        let detail = format!("{first} stands twice in the query");
        return Err(ScimError::new(ScimType::InvalidValue, detail).hinting(Quirk::DuplicateKeys));
    }
    let noted = repeated.iter().map(|it| NotedQuirk::new(Quirk::DuplicateKeys, format!("?{it}=")));
    record.findings.extend(findings(noted.collect()));
    Ok(())
}

/// The largest number of findings for the parameters of one query.
const MOST_TOLD: usize = 10;

/// The beginning of a name that a client sent.
fn shortened(name: &str) -> String {
    name.chars().take(40).collect()
}

fn terms<'a>(base: &'a str, of: &'a ConditionalHeaders) -> Terms<'a> {
    let (if_match, if_none_match) = (of.if_match.as_deref(), of.if_none_match.as_deref());
    Terms { base, if_match, if_none_match }
}

/// The 405 for a path of the [`routes`] that has other methods: "the origin server MUST generate an Allow
/// header field" (RFC 9110 §15.5.6).
fn not_allowed(call: &Call<'_>, path: &str) -> Answer {
    let allowed = allowed(routes::routes().filter(|it| it.path == path));
    let detail = format!("{} is not allowed here, expected {allowed}", call.method);
    Answer::scim_error(&ScimError::status(405, detail)).header("allow", allowed)
}

fn unauthorized(call: &Call<'_>, state: &State, refusal: Refusal) -> Unauthorized {
    let realm = call.tenant.name().as_str();
    let expected = match state.console().secret_key() {
        Some(_) => format!(
            "the secret key of tenant {realm} is expected in Authorization: Bearer \
             (tutorial, step 2.6); {}/_mock/v1/tenants/{realm} has it as secretKey, \
             beyond its own machine for the control token",
            call.authority
        ),
        None => format!("tenant {realm} has no secret key yet (tutorial, step 2.6)"),
    };
    let refusal = call.tenant.why_refused(refusal, call.bearer());
    Unauthorized::new(refusal, &call.headers, realm, &expected)
}

/// The operation that a request asks for.
pub(super) fn operation(call: &Call<'_>, segments: &[&str]) -> Operation {
    match (segments, &call.method) {
        _ if discovery::is_discovery(segments) => Operation::Discover,
        (["Bulk"], &Method::POST) => Operation::Bulk,
        ([] | [_], &Method::GET) => Operation::List,
        ([".search"] | [_, ".search"], &Method::POST) => Operation::Find,
        ([_], &Method::POST) => Operation::Create,
        ([_, _], &Method::GET) => Operation::Get,
        ([_, _], &Method::PUT) => Operation::Replace,
        ([_, _], &Method::PATCH) => Operation::Modify,
        ([_, _], &Method::DELETE) => Operation::Delete,
        _ => Operation::Unknown,
    }
}

/// The resource of a path, as it is before the request.
fn subject(state: &State, segments: &[&str]) -> Option<ExchangeSubject> {
    let [endpoint, id] = segments else { return None };
    let kind = &state.profile().schemas.endpoint(endpoint)?.name;
    let found = state.resources().get(kind, id).map(|it| subject_of(it));
    Some(found.unwrap_or_else(|| ExchangeSubject::new(kind.clone(), *id, *id)))
}

/// The resource that a POST would create. It has no id yet.
fn wanted(resource_type: &ResourceType, body: &Json) -> ExchangeSubject {
    let text = |name: &str| body.get(name).and_then(Json::as_str).map(SmolStr::new);
    let user_name = text("userName");
    let name = text("displayName").or_else(|| user_name.clone()).unwrap_or_default();
    ExchangeSubject::new(resource_type.name.clone(), "", name).with_user_name(user_name)
}
