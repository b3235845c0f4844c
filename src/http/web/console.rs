//! The admin console: the tutorial's eleven steps, and what MediusFlow made of the users.
//!
//! The tutorial documents the labels; the addresses, and that the console shows users, are assumed.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
    },
    web::{Bytes, Data},
};

use super::{
    api,
    cookies::{CookieKind, CookieLife},
    csrf, frame,
    handler::PageHandler,
    page_address::SentForm,
    request::{ApiAnswer, ApiCall, Click, ClickRequest, PageRequest},
};
use crate::{
    http::{
        App, admin,
        answer::Answer,
        api::TenantApi,
        arrival::{Arrival, CallHead, RequestContext},
        call::Call,
        login, pipeline,
        problem::{HandlerResult, ProblemDetails},
        routes::Route,
    },
    medius::SetupStep,
};

mod authenticate;
mod configuration;
mod draft;
mod fields;
mod groups;
mod integration;
mod layout;
mod login_options;
mod people;
mod provisioning;
mod secret_key;
mod session;
mod sign_in;
mod sign_ins;
mod steps;
mod user;
mod users;

pub(in crate::http) use people::SegmentCounts;

pub(super) const ROUTES: &[Route<PageHandler>] = &[
    Route::get(
        "admin",
        "Step 1 of the console",
        PageHandler::Page(|page| Ok(authenticate::show(page))),
    )
    .query("next:string tenant:string"),
    Route::post("admin", "Step 1: Authenticate", PageHandler::LogIn).takes("AuthenticateForm"),
    Route::get("{tenant}/admin", "The console", PageHandler::Console(|page| Ok(start(page)))),
    Route::get(
        "{tenant}/admin/changes",
        "When something has changed",
        PageHandler::Changes(|page| session::of(page).is_ok()),
    )
    .answers("Events")
    .or(&[204]),
    Route::post("{tenant}/admin/log-out", "Logs out of the console", PageHandler::Page(log_out)),
    Route::get(
        "{tenant}/admin/integration",
        "Steps 2 to 5",
        PageHandler::Console(|page| Ok(integration::show(page))),
    ),
    Route::post(
        "{tenant}/admin/integration",
        "Verify, Save configuration, OK",
        PageHandler::Click(integration::CLICK),
    ),
    Route::get(
        "{tenant}/admin/user-provisioning-configuration",
        "Steps 6 to 11",
        PageHandler::Console(|page| Ok(provisioning::show(page))),
    ),
    Route::post(
        "{tenant}/admin/user-provisioning-configuration",
        "Copy SCIM link",
        PageHandler::Click(provisioning::CLICK),
    ),
    Route::get(
        "{tenant}/admin/user-provisioning-configuration/secret-key/new",
        "Generate Secret Key",
        PageHandler::Console(|page| Ok(secret_key::show(page))),
    ),
    Route::post(
        "{tenant}/admin/user-provisioning-configuration/secret-key/new",
        "OK: generates the key",
        PageHandler::Click(secret_key::CLICK),
    ),
    Route::get(
        "{tenant}/admin/user-provisioning-configuration/configurations/new",
        "Add new configuration",
        PageHandler::Console(|page| Ok(configuration::new(page))),
    ),
    Route::post(
        "{tenant}/admin/user-provisioning-configuration/configurations/new",
        "Save",
        PageHandler::Click(configuration::ADD),
    ),
    Route::get(
        "{tenant}/admin/user-provisioning-configuration/configurations/{id}",
        "A configuration",
        PageHandler::Console(configuration::show),
    ),
    Route::post(
        "{tenant}/admin/user-provisioning-configuration/configurations/{id}",
        "Save, Delete",
        PageHandler::Click(configuration::EDIT),
    ),
    Route::get(
        "{tenant}/admin/users",
        "The users",
        PageHandler::Console(|page| Ok(users::show(page))),
    )
    .query("q:string show:string page:integer"),
    Route::post(
        "{tenant}/admin/users",
        "Apply configurations again",
        PageHandler::Click(users::CLICK),
    ),
    Route::get("{tenant}/admin/users/{id}", "A user", PageHandler::Console(user::show)),
    Route::post(
        "{tenant}/admin/users/{id}",
        "Apply configurations again to the user",
        PageHandler::Click(user::CLICK),
    ),
    Route::get(
        "{tenant}/admin/groups",
        "The groups",
        PageHandler::Console(|page| Ok(groups::show(page))),
    )
    .query("page:integer"),
    Route::get("{tenant}/admin/groups/{id}", "A group", PageHandler::Console(groups::one))
        .query("page:integer"),
    Route::get(
        "{tenant}/admin/login-options",
        "The login options",
        PageHandler::Console(|page| Ok(login_options::show(page))),
    ),
    Route::get(
        "{tenant}/admin/login-options/{name}",
        "A login option",
        PageHandler::Console(login_options::one),
    ),
    Route::post(
        "{tenant}/admin/login-options/{name}",
        "Save",
        PageHandler::Click(login_options::CLICK),
    ),
    Route::get(
        "{tenant}/admin/sign-ins",
        "The sign-ins",
        PageHandler::Console(|page| Ok(sign_ins::show(page))),
    )
    .query("page:integer"),
];

/// `GET {t}/admin/`: leads to the tab of the first open step, else to the users.
fn start(page: &PageRequest) -> Answer {
    let open = page.tenant().snapshot().open_steps(page.now);
    page.see_other(match open.first() {
        Some(step) if *step <= SetupStep::UseUserProvisioning => "admin/integration",
        Some(_) => "admin/user-provisioning-configuration",
        None => "admin/users",
    })
}

/// Shows a page to who has logged in; leads others to step 1.
pub(super) fn show(page: &PageRequest, show: fn(&PageRequest) -> HandlerResult) -> HandlerResult {
    match session::of(page) {
        Ok(_) => show(page),
        Err(ended) => Ok(session::log_in_first(page, ended)),
    }
}

/// `POST {t}/admin/log-out`: the browser forgets the access token.
fn log_out(page: &PageRequest) -> HandlerResult {
    if let Some(token) = CookieKind::Console.read(&page.site, &page.headers) {
        csrf::check(&token, &page.path_of("admin/log-out"), page.form.one(csrf::FIELD))?;
    }
    let path = page.path_of("");
    let cookie = CookieKind::Console.set(&page.site, &path, "", CookieLife::Not);
    Ok(super::request::see_other(page.site.link("/admin/")).header("set-cookie", cookie))
}

/// `POST /admin/`: step 1, as `POST /admin/v1/authenticate`.
pub(super) async fn log_in(
    app: Data<App>,
    request: &HttpRequest,
    page: PageRequest,
) -> Result<HttpResponse, ProblemDetails> {
    let body = authenticate::credentials(&page.form);
    let target = "/admin/v1/authenticate".to_owned();
    let head = head(&ApiCall::new("POST", []).with(body.clone()), target, None);
    let sent = login::click(&app, request, head, Bytes::from(body.to_string())).await;
    let answer = ApiAnswer::read(sent).await;
    Ok(authenticate::done(&page, &answer).into_response())
}

/// Makes the call that a button stands for, and shows what came of it.
pub(super) async fn click(
    request: &HttpRequest,
    page: PageRequest,
    form: &Bytes,
    click: Click,
) -> Result<HttpResponse, ProblemDetails> {
    let (app, tenant) = (page.app.clone(), page.tenant().clone());
    let arrival = Arrival::new(tenant.clone(), app.clock.now());
    let _begun = tenant.journal().begin();
    let token = match session::of(&page) {
        Ok(session) => session.token,
        // An expired token still proves that the form is its own: the call says that it has expired.
        Err(session::NoSession::Expired(token)) => token,
        Err(ended) => return Ok(session::log_in_first(&page, ended).into_response()),
    };
    csrf::check(&token, &page.path, page.form.one(csrf::FIELD))?;
    let call = match (click.call)(&page) {
        ClickRequest::Call(call) => call,
        ClickRequest::Refused(answer) => {
            let sent = SentForm { app: &app, request, arrival, body: form };
            return Ok(sent.record_unmade(*answer).await);
        }
    };
    let head = head(&call, call.target(tenant.name().as_str()), Some(&token));
    let body = call.body.as_ref().map(ToString::to_string).unwrap_or_default();
    let made = Call::new(&app, request, &arrival, call.segments).into_click(&head, body.into());
    let (request, click_head) = (request.clone(), Some(Box::new(head)));
    let context =
        RequestContext { app, request, arrival, api: TenantApi::Admin, click: click_head };
    let answer = ApiAnswer::read(pipeline::run_click(context, made, admin::answer).await).await;
    if answer.status == 401 {
        let ended = session::NoSession::Expired(token);
        return Ok(session::log_in_first(&page, ended).into_response());
    }
    Ok((click.after)(&page, &answer).into_response())
}

/// The head of a call.
fn head(call: &ApiCall, target: String, token: Option<&str>) -> CallHead {
    let method = call.method.parse().unwrap_or(Method::GET);
    let mut headers = HeaderMap::new();
    for (name, value) in api::headers(call, token) {
        let name = if name == "authorization" { AUTHORIZATION } else { CONTENT_TYPE };
        // A token that is no header value is none that was given out.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    CallHead { method, target, headers, from: "console" }
}

/// The page of a refusal.
fn refused(page: &PageRequest, problem: ProblemDetails) -> Answer {
    frame::refusal(&page.site, problem.into_answer(), maud::html! {})
}

/// A form that no page of ours sends.
fn unknown_button(page: &PageRequest) -> ClickRequest {
    let problem =
        ProblemDetails::new(400, "unknown-button", "the form says nothing that can be done");
    ClickRequest::Refused(Box::new(refused(page, problem)))
}

/// The answer with the access token as the console's cookie.
fn with_session(page: &PageRequest, answer: Answer, tenant: &str, token: &str) -> Answer {
    let path = format!("/{tenant}/");
    let cookie = CookieKind::Console.set(&page.site, &path, token, CookieLife::Session);
    answer.header("set-cookie", cookie)
}
