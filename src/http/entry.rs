//! The entry of a request: reads its address, finds its tenant, and refuses requests that reach none.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data, Payload},
};

#[cfg(feature = "web")]
use super::web;
use super::{
    App, LARGEST_BODY, admin,
    answer::Answer,
    api::{RefusedAt, TenantApi},
    arrival::{Arrival, RequestContext},
    body::{has_body, leave, read},
    call::Call,
    control, guess, login, pending, pipeline,
    problem::ProblemDetails,
    record::{self, SentRequest},
    routes::{method, segment, segments},
    scim, server,
};
use crate::{
    journal::{Auth, Record},
    tenant::{JOB_EPOCH, Tenant},
};

/// The target of a path.
#[derive(Debug, PartialEq, Eq)]
enum Address<'a> {
    /// A service of a tenant: `/{tenant}/scim/v2` or `/{tenant}/admin/v1`.
    Tenant { name: String, api: TenantApi, tail: &'a str },
    /// The control API: `/_mock/v1`.
    Control { tail: &'a str },
    /// The server itself, or nothing.
    Server,
}

impl<'a> Address<'a> {
    /// Parses a path. `tail` is the part after the base of a service.
    fn read(path: &'a str) -> Self {
        Self::of_tenant(path).or_else(|| Self::of_control(path)).unwrap_or(Self::Server)
    }

    fn of_tenant(path: &'a str) -> Option<Self> {
        let (tenant, rest) = path.strip_prefix('/')?.split_once('/')?;
        let (api, rest) = match rest.strip_prefix("scim/v2") {
            Some(rest) => (TenantApi::Scim, rest),
            None => (TenantApi::Admin, rest.strip_prefix("admin/v1")?),
        };
        let tail = if rest.is_empty() { rest } else { rest.strip_prefix('/')? };
        (!tenant.is_empty()).then(|| Self::Tenant { name: segment(tenant), api, tail })
    }

    fn of_control(path: &'a str) -> Option<Self> {
        let (mock, rest) = path.strip_prefix('/')?.split_once('/')?;
        let (version, tail) = rest.split_once('/').unwrap_or((rest, ""));
        (segment(mock) == "_mock" && segment(version) == "v1").then_some(Self::Control { tail })
    }
}

/// Answers a request.
pub(super) async fn serve(app: Data<App>, request: HttpRequest, payload: Payload) -> HttpResponse {
    match Address::read(request.path()) {
        Address::Tenant { name, api, tail } => {
            let _running = app.begin();
            let received = app.clock.now();
            let Some(tenant) = app.tenants.find(&name, received) else {
                let problem = app.unknown_tenant(&name);
                return unrouted(&app, &request, payload, api, problem).await;
            };
            let arrival = Arrival::new(tenant, received);
            let context = RequestContext {
                app: app.clone(),
                request: request.clone(),
                arrival,
                api,
                click: None,
            };
            serve_tenant(context, &request, payload, tail).await
        }
        Address::Control { tail } => match control::find(&app, &request, tail) {
            Ok(found) => control::answer(app, &request, payload, found).await,
            Err(problem) if problem.is_unrouted() => {
                unrouted(&app, &request, payload, TenantApi::Admin, problem).await
            }
            Err(problem) => {
                leave(payload).await;
                problem.into_answer().into_response()
            }
        },
        Address::Server => serve_server(app, &request, payload).await,
    }
}

/// Answers a request to an address of the server itself, or to a page.
async fn serve_server(app: Data<App>, request: &HttpRequest, payload: Payload) -> HttpResponse {
    // No tenant is called as an address of the server.
    #[cfg(feature = "web")]
    if !is_of_server(request)
        && let Some(found) = web::find(&app, request)
    {
        return match found {
            Ok(found) => web::serve(app, request, payload, found, control::click).await,
            Err(refused) => match refused.refuse(&app, request, payload).await {
                Ok(response) => response,
                Err((problem, payload)) => {
                    unrouted(&app, request, payload, TenantApi::Admin, problem).await
                }
            },
        };
    }
    match server::find(method(request).as_str(), request.path()) {
        Ok(server::ServerHandler::Answer(answer)) => answer(&app, request),
        Ok(server::ServerHandler::LogIn) => login::serve(&app, request, payload).await,
        Err(problem) => unrouted(&app, request, payload, TenantApi::Admin, problem).await,
    }
}

/// Whether a path is an address of the server besides its index, which is a page, too.
#[cfg(feature = "web")]
fn is_of_server(request: &HttpRequest) -> bool {
    let path = request.path();
    path != "/" && server::find(method(request).as_str(), path).is_ok()
}

/// Answers a request to a service of a tenant.
async fn serve_tenant(
    context: RequestContext,
    request: &HttpRequest,
    payload: Payload,
    tail: &str,
) -> HttpResponse {
    let RequestContext { app, arrival, api, .. } = &context;
    let (api, tenant) = (*api, arrival.tenant.clone());
    if is_of_ended_job(app, request, &tenant) {
        return context.overtaken().into_response();
    }
    let _begun = tenant.journal().begin();
    let mut call = Call::new(app, request, arrival, segments(tail));
    let mut refused = None;
    if has_body(request) && is_locked_out(api, &call) {
        // The service must answer from the state that refused, even if another key was generated since.
        call.stale = Some(tenant.snapshot());
        leave(payload).await;
    } else {
        let arrived = || {
            let known = Record { auth: Auth::NotNeeded, ..Record::default() };
            record::arrived(&context, known)
        };
        let body = read(app, LARGEST_BODY, request, payload);
        match pending::listed(tenant.journal(), arrived, body).await {
            Ok(body) => call.body = body,
            Err(it) => refused = Some(it),
        }
    }
    let work = move |call: &Call<'_>| match (api, refused) {
        (TenantApi::Scim, None) => scim::answer(call),
        (TenantApi::Scim, Some(refused)) => scim::refuse(call, refused.scim_answer()),
        (TenantApi::Admin, None) => admin::answer(call),
        (TenantApi::Admin, Some(refused)) => admin::refuse(refused.problem()),
        #[cfg(feature = "web")]
        (TenantApi::SignIn(_), _) => unreachable!("its addresses are those of pages"),
    };
    pipeline::run(context, call, work).await
}

/// Whether a request was sent by a provisioning job that has been stopped since, by a reset or together
/// with its tenant.
fn is_of_ended_job(app: &App, request: &HttpRequest, tenant: &Arc<Tenant>) -> bool {
    let Some(epoch) = request.headers().get(JOB_EPOCH) else { return false };
    let has_job = app.provisioning.as_ref().is_some_and(|it| it.view(tenant).is_some());
    !has_job || epoch.to_str().ok().and_then(|it| it.parse().ok()) != Some(tenant.epoch())
}

/// Whether a call lacks a valid key. Its body is not read then.
fn is_locked_out(api: TenantApi, call: &Call<'_>) -> bool {
    match api {
        TenantApi::Scim => scim::is_locked_out(call),
        TenantApi::Admin => admin::is_locked_out(call),
        #[cfg(feature = "web")]
        TenantApi::SignIn(_) => false,
    }
}

/// Refuses a request that reaches no tenant, with a guess at the intended address, and records both.
async fn unrouted(
    app: &App,
    request: &HttpRequest,
    payload: Payload,
    api: TenantApi,
    problem: ProblemDetails,
) -> HttpResponse {
    // The address is wrong, whether or not the body can be read.
    let body = read(app, LARGEST_BODY, request, payload).await.unwrap_or_default();
    // A page of another tenant is told by its path.
    let is_page = problem.guess().is_some_and(|it| it.starts_with('/'));
    let is_told = api == TenantApi::Admin
        && problem.guess().is_some()
        && (is_page || problem.is_unknown_address());
    let is_right = problem.is_wrong_method();
    let meant =
        (!is_told && !is_right).then(|| guess::guess(app, request.path(), request.headers()));
    let problem = match meant.flatten() {
        Some(meant) => problem.meant(&meant),
        None => problem,
    };
    let guess = problem.guess().map(str::to_owned);
    let server = app.authority(request);
    let at = RefusedAt { server: &server, now: app.clock.now(), tenant: None };
    let answer = as_page(app, request, Answer { guess, ..api.refusal(problem, at) });
    record::unrouted(app, &SentRequest::of(request), app.clock.now(), &body, answer)
}

/// Refuses a request for any service, in the format of the service of its path, and records both. Its body
/// is not read.
#[cfg_attr(
    not(feature = "web"),
    expect(clippy::unused_async, reason = "only what a page refuses waits for its recording")
)]
pub(super) async fn refuse(
    app: &Data<App>,
    request: &HttpRequest,
    problem: ProblemDetails,
) -> HttpResponse {
    #[cfg(feature = "web")]
    if problem.is_foreign_origin()
        && let Some(address) = web::address(app, request).filter(|it| it.records(request.method()))
    {
        return address.refuse(app, request, &Bytes::new(), problem).await;
    }
    let api = match Address::read(request.path()) {
        Address::Tenant { api, .. } => api,
        Address::Control { .. } | Address::Server => TenantApi::Admin,
    };
    let server = app.authority(request);
    let at = RefusedAt { server: &server, now: app.clock.now(), tenant: None };
    let answer = as_page(app, request, api.refusal(problem, at));
    record::unrouted(app, &SentRequest::of(request), app.clock.now(), &Bytes::new(), answer)
}

/// A refusal at no address of a service as a page, if the client reads pages.
#[cfg(feature = "web")]
fn as_page(app: &App, request: &HttpRequest, answer: Answer) -> Answer {
    if Address::read(request.path()) == Address::Server {
        return web::as_page(app, request, answer);
    }
    answer
}

#[cfg(not(feature = "web"))]
fn as_page(_app: &App, _request: &HttpRequest, answer: Answer) -> Answer {
    answer
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/NordlysQA/scim/v2", Some(("NordlysQA", TenantApi::Scim, "")))]
    #[case("/Nordlys%51A/scim/v2/Users/a%2Fb", Some(("NordlysQA", TenantApi::Scim, "Users/a%2Fb")))]
    #[case("/a+b/admin/v1/", Some(("a+b", TenantApi::Admin, "")))]
    #[case("/NordlysQA/scim/v20/Users", None)]
    #[case("/NordlysQA/scim", None)]
    #[case("//scim/v2", None)]
    #[case("/favicon.ico", None)]
    fn an_address_is_a_tenant_a_service_and_the_rest(
        #[case] path: &str,
        #[case] expected: Option<(&str, TenantApi, &str)>,
    ) {
        let expected = expected.map_or(Address::Server, |(name, api, tail)| Address::Tenant {
            name: name.into(),
            api,
            tail,
        });

        assert_eq!(Address::read(path), expected);
    }

    #[rstest]
    #[case("/_mock/v1", Some(""))]
    #[case("/%5Fmock/v1/tenants/a%2Fb", Some("tenants/a%2Fb"))]
    #[case("/_mock/v10/tenants", None)]
    #[case("/_mock", None)]
    fn the_control_api_is_below_its_version(#[case] path: &str, #[case] tail: Option<&str>) {
        let expected = tail.map_or(Address::Server, |tail| Address::Control { tail });

        assert_eq!(Address::read(path), expected);
    }
}
