//! Calls that a test makes in place of a client or an administrator. They need no key and may filter by
//! every attribute, and their changes are recorded in the journal as made by `test`.
//!
//! The services themselves answer these calls. Only the addresses differ, and errors are problem details as
//! everywhere in this API.

use actix_web::{HttpRequest, HttpResponse, http::Method, web::Bytes};
use serde_json::{Value as Json, json};
use smol_str::SmolStr;

use super::{Answer, Call, ControlCall, ControlHandler, ProblemDetails, Route};
use crate::{
    http::{
        admin,
        api::TenantApi,
        arrival::{Arrival, RequestContext},
        pipeline,
        scim::{
            self,
            routes::{LIST, SHOWN},
        },
    },
    scim::urn,
};

/// The handlers, each with the endpoint of its service.
const USERS: ControlHandler = ControlHandler::AsTest(scim::as_test, "Users");
const GROUPS: ControlHandler = ControlHandler::AsTest(scim::as_test, "Groups");
const CONFIGURATIONS: ControlHandler = ControlHandler::AsTest(admin::as_test, "configurations");
const LOGIN_OPTIONS: ControlHandler = ControlHandler::AsTest(admin::as_test, "login-options");

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get("tenants/{tenant}/users", "The users, in the format of SCIM", USERS)
        .query(LIST)
        .answers("ListResponse"),
    Route::post("tenants/{tenant}/users", "Creates a user", USERS).takes("NewUser").creates("User"),
    Route::get("tenants/{tenant}/users/{id}", "A user", USERS).query(SHOWN).answers("User"),
    Route::put("tenants/{tenant}/users/{id}", "Replaces a user", USERS)
        .takes("NewUser")
        .answers("User"),
    Route::patch("tenants/{tenant}/users/{id}", "Changes a user", USERS)
        .takes("PatchOp")
        .or(&[204])
        .answers("User"),
    Route::delete("tenants/{tenant}/users/{id}", "Deletes a user", USERS).no_content(),
    Route::get("tenants/{tenant}/groups", "The groups, in the format of SCIM", GROUPS)
        .query(LIST)
        .answers("ListResponse"),
    Route::post("tenants/{tenant}/groups", "Creates a group", GROUPS)
        .takes("NewGroup")
        .creates("Group"),
    Route::get("tenants/{tenant}/groups/{id}", "A group", GROUPS).query(SHOWN).answers("Group"),
    Route::put("tenants/{tenant}/groups/{id}", "Replaces a group", GROUPS)
        .takes("NewGroup")
        .answers("Group"),
    Route::patch("tenants/{tenant}/groups/{id}", "Changes a group", GROUPS)
        .takes("PatchOp")
        .or(&[204])
        .answers("Group"),
    Route::delete("tenants/{tenant}/groups/{id}", "Deletes a group", GROUPS).no_content(),
    Route::get("tenants/{tenant}/configurations", "The user configurations", CONFIGURATIONS)
        .answers("Items"),
    Route::post("tenants/{tenant}/configurations", "Adds a user configuration", CONFIGURATIONS)
        .takes("Configuration")
        .creates("Object"),
    Route::get("tenants/{tenant}/configurations/{id}", "A user configuration", CONFIGURATIONS)
        .or(&[304])
        .versioned(),
    Route::put(
        "tenants/{tenant}/configurations/{id}",
        "Replaces a user configuration",
        CONFIGURATIONS,
    )
    .takes("Configuration")
    .versioned(),
    Route::delete(
        "tenants/{tenant}/configurations/{id}",
        "Deletes a user configuration",
        CONFIGURATIONS,
    )
    .no_content()
    .versioned(),
    Route::get("tenants/{tenant}/login-options", "The login options", LOGIN_OPTIONS)
        .answers("Items"),
    Route::get("tenants/{tenant}/login-options/{name}", "A login option", LOGIN_OPTIONS)
        .answers("LoginOption"),
    Route::put("tenants/{tenant}/login-options/{name}", "Replaces a login option", LOGIN_OPTIONS)
        .takes("LoginOption")
        .answers("LoginOption"),
];

/// Answers a call with one of the tenant's services.
pub(super) async fn answer(
    call: ControlCall,
    request: &HttpRequest,
    service: fn(&Call<'_>) -> Answer,
    segment: &str,
) -> HttpResponse {
    let tenant = match call.tenant() {
        Ok(tenant) => tenant,
        Err(problem) => return problem.into_answer().into_response(),
    };
    let arrival = Arrival { epoch: call.epoch, ..Arrival::new(tenant, call.server_now) };
    let segments =
        std::iter::once(segment.to_owned()).chain(call.path_parameters.into_iter().skip(1));
    let asked = Call::new(&call.app, request, &arrival, segments.collect());
    let body = call.body.map(|it| with_schemas(segment, &asked.method, it));
    let asked = Call { body, ..asked }.into_owned();
    let (app, request) = (call.app, request.clone());
    let context = RequestContext { app, request, arrival, api: TenantApi::Admin, click: None };
    let work = move |asked: &Call<'_>| as_test(service(asked), asked);
    if asked.method == Method::GET {
        return pipeline::perform(&context, asked, work).await.1.into_response();
    }
    pipeline::run_without_faults(context, asked, work).await
}

/// The answer of a service in the format of the control API.
fn as_test(mut answer: Answer, asked: &Call<'_>) -> Answer {
    answer.record.from = SmolStr::new_static("test");
    if answer.record.status >= 400 {
        return as_problem(answer);
    }
    point_to_control_api(&mut answer, asked);
    answer.ended()
}

/// Changes `Location` to an address of the control API, since the caller may have no key for the service.
fn point_to_control_api(answer: &mut Answer, asked: &Call<'_>) {
    let list = asked.segments[0].to_lowercase();
    let (authority, tenant) = (&asked.authority, asked.tenant.name());
    let locations = answer.headers.iter_mut().filter(|(name, _)| name == "location");
    for (_, location) in locations {
        let id = location.rsplit('/').next().unwrap_or_default();
        *location = format!("{authority}/_mock/v1/tenants/{tenant}/{list}/{id}");
    }
}

/// Adds the `schemas` of a SCIM message, which a test may leave out.
fn with_schemas(segment: &str, method: &Method, body: Bytes) -> Bytes {
    let core = match (segment, method) {
        ("Users" | "Groups", &Method::PATCH) => urn::PATCH_OP,
        ("Users", _) => urn::USER,
        ("Groups", _) => urn::GROUP,
        _ => return body,
    };
    match serde_json::from_slice(&body) {
        Ok(Json::Object(mut members)) if !members.contains_key("schemas") => {
            let extensions = members.keys().filter(|it| it.starts_with("urn:"));
            let schemas: Vec<&str> =
                std::iter::once(core).chain(extensions.map(String::as_str)).collect();
            let schemas = json!(schemas);
            members.insert("schemas".into(), schemas);
            Json::Object(members).to_string().into()
        }
        // The service reports all other errors.
        _ => body,
    }
}

/// A SCIM error as problem details.
fn as_problem(answer: Answer) -> Answer {
    let is_scim = answer.headers.iter().any(|(_, value)| value == "application/scim+json");
    if !is_scim {
        return answer;
    }
    let record = answer.record;
    let told = record.problem.as_ref().unwrap_or_else(|| unreachable!("a refusal says why"));
    let code = match (told.code.as_deref(), record.status) {
        (Some("uniqueness"), _) => "uniqueness",
        (Some("mutability"), _) => "mutability",
        (Some("noTarget"), _) => "no-target",
        (Some("invalidFilter"), _) => "invalid-filter",
        (Some("invalidPath"), _) => "invalid-path",
        (Some("invalidValue"), _) => "invalid-value",
        (Some("invalidSyntax"), _) => "invalid-body",
        (Some(_), _) => "invalid-parameter",
        (None, 404) => "unknown-resource",
        (None, 412) => "precondition-failed",
        (None, 415) => "unsupported-content-type",
        (None, _) => "refused",
    };
    let problem = ProblemDetails::new(record.status, code, told.detail.as_str());
    problem.into_answer().recorded_as(record)
}
