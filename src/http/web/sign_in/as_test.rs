//! A sign-in that a test does in the place of a person: authorize, token, checks and session, each recorded as
//! done by the test.

use actix_web::{
    HttpRequest,
    http::{
        Method,
        header::{HeaderMap, LOCATION},
    },
    web::{Bytes, Data},
};
use serde_json::json;

use super::{
    callback::finish,
    chooser::{authorize_query, flow, random_hex},
    local::log_in_as,
    refused::Refused,
    relying_party::{EntraCall, IssuerFailure, RelyingParty},
};
use crate::{
    http::{
        App,
        answer::Answer,
        arrival::{Arrival, CallHead, RequestContext},
        call::Call,
        problem::{HandlerResult, ProblemDetails},
        record,
        web::{
            cookies::CookieKind,
            entra::sign_in_as,
            login_decision::entra_account,
            sign_in_step::{SignInRequest, StepKind, of_request},
            step_refusal,
        },
    },
    medius::{LoginOption, StandsFor},
    oidc::Parameters,
    scim::{User, quoted},
    tenant::{LoggedInUser, LoginFlow},
};

/// Who is to sign in, and with what.
pub(in crate::http) struct TestSignIn {
    /// The user name or id.
    pub(in crate::http) user: String,
    /// The login option, if not the user's own.
    pub(in crate::http) option: Option<String>,
}

/// Signs somebody in.
///
/// # Errors
///
/// 422 `sign-in-refused` with the reason; 400 for an unknown login option, 501 for one that stands for
/// nothing here, 503 if the tenant was reset meanwhile.
pub(in crate::http) async fn sign_in(
    app: Data<App>,
    request: &HttpRequest,
    arrival: Arrival,
    wanted: TestSignIn,
) -> HandlerResult {
    let asked = of_request(&app, request, &arrival.tenant);
    let option = option_of(&asked, &wanted)?.clone();
    let is_local = option.stands_for() == StandsFor::LocalAccount;
    let click =
        Some(Box::new(head(&asked, if is_local { "LocalAccount/" } else { "signin-oidc" })));
    let name = if is_local { "local" } else { "callback" };
    let api = step_refusal::api(StepKind::browser(name));
    let request = request.clone();
    let context = RequestContext { app, request, arrival, api, click };
    let answer = match option.stands_for() {
        StandsFor::LocalAccount => {
            let user_name = user_name_of(&asked, &wanted.user);
            in_epoch(&context, || log_in_as(&asked, &user_name))?
        }
        StandsFor::MockEntra => with_entra(&context, &asked, &option, &wanted.user).await?,
        StandsFor::Issuer { .. } | StandsFor::Nothing { .. } => {
            let detail = format!("{} stands for nothing here", quoted(&option.display_name));
            return Err(ProblemDetails::new(501, "not-implemented", detail));
        }
    };
    let told = told(&asked, &answer);
    record::finish(&context, &Bytes::new(), answer).await;
    told
}

/// The login option with which somebody signs in: the one that is wanted, else the user's own, else the
/// tenant's default one.
fn option_of<'a>(
    asked: &'a SignInRequest,
    wanted: &TestSignIn,
) -> Result<&'a LoginOption, ProblemDetails> {
    let data = &asked.state.master().data;
    let Some(key) = &wanted.option else {
        let user = asked.state.user_called(&wanted.user);
        let own = user.and_then(|it| asked.state.login_option_of(it));
        let option = own.or_else(|| data.usual_login_option());
        let none = || ProblemDetails::new(409, "no-login-option", "the tenant has no login option");
        return option.ok_or_else(none);
    };
    data.login_option(key).ok_or_else(|| {
        let names = data.login_options().iter().map(|it| it.display_name.as_str());
        let known = names.collect::<Vec<_>>().join(", ");
        let detail = format!("there is no login option {}; there are: {known}", quoted(key));
        ProblemDetails::new(400, "unknown-login-option", detail).field("option")
    })
}

/// Signs somebody in by way of mock Entra.
async fn with_entra(
    context: &RequestContext,
    asked: &SignInRequest,
    option: &LoginOption,
    user: &str,
) -> HandlerResult {
    let Some(tenant_id) = asked.tenant_id() else {
        return Ok(Refused::by_open_steps(&option.display_name).page(asked));
    };
    let flow = flow(asked, option, &tenant_id, "");
    let relying_party = RelyingParty { context, asked, from: "test" };
    let proven = async {
        let code = code(&relying_party, option, &flow, user).await?;
        let token = relying_party.redeem(&flow, &code).await?;
        relying_party.check(&flow, &token).await
    };
    match proven.await {
        Ok(claims) => in_epoch(context, || finish(asked, &flow, claims)),
        Err(IssuerFailure::Refused(refused)) => Ok(refused.page(asked)),
        Err(IssuerFailure::Reset) => Err(ProblemDetails::tenant_reset()),
    }
}

/// Does something in the epoch in which the test asked.
///
/// # Errors
///
/// 503 `tenant-reset` if a reset came first.
fn in_epoch(context: &RequestContext, work: impl FnOnce() -> Answer) -> HandlerResult {
    let Arrival { tenant, epoch, .. } = &context.arrival;
    tenant.during(*epoch, work).ok_or_else(ProblemDetails::tenant_reset)
}

/// The code that comes of somebody who picks their account.
async fn code(
    relying_party: &RelyingParty<'_>,
    option: &LoginOption,
    flow: &LoginFlow,
    user: &str,
) -> Result<String, IssuerFailure> {
    let asked = relying_party.asked;
    let tenant_id = asked.tenant_id().unwrap_or_default();
    let query = authorize_query(asked, &random_hex(), flow);
    let call = EntraCall {
        step: StepKind::browser("authorize"),
        method: Method::GET,
        target: format!("/{tenant_id}/oauth2/v2.0/authorize?{query}"),
        body: String::new(),
    };
    let (page, account) = (asked.again(), account_of(asked, user));
    let work = move |_: &Call<'_>| sign_in_as(&page, &query, &account);
    let unreachable = || Refused::by_unreachable_issuer(&option.display_name, "the sign-in");
    let refused = |refused| IssuerFailure::Refused(Box::new(refused));
    let response = relying_party.make(call, work).await?.ok_or_else(|| refused(unreachable()))?;
    let location = response.headers().get(LOCATION).and_then(|it| it.to_str().ok());
    let answer = location.and_then(|it| it.split_once('?'));
    let answer = answer.and_then(|(_, query)| Parameters::read(query).ok());
    let answer = answer.ok_or_else(|| refused(unreachable()))?;
    match (answer.sole("code"), answer.sole("error")) {
        (Some(code), None) => Ok(code.to_owned()),
        (_, error) => {
            let described = answer.sole("error_description").unwrap_or_default();
            let error = error.unwrap_or("server_error");
            Err(refused(Refused::by_issuer(&option.display_name, error, described)))
        }
    }
}

/// What a test hears of a login.
fn told(asked: &SignInRequest, answer: &Answer) -> HandlerResult {
    let cookies = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    let cookies = cookies.filter_map(|(_, value)| value.split(';').next());
    let name = format!("{}=", CookieKind::Session.name(&asked.page.site));
    let cookie = cookies.filter(|it| it.len() > name.len()).find(|it| it.starts_with(&name));
    let Some(cookie) = cookie else { return Err(refused(answer)) };
    let session = asked.book().session(&cookie[name.len()..], asked.page.now);
    let base = format!("{}/{}/scim/v2", asked.page.site.url, asked.page.tenant().name());
    let view = session.as_ref().and_then(|it| match &it.who.user {
        LoggedInUser::Provisioned(id) => {
            let user = asked.state.resources().get("User", id)?;
            asked.state.present(&base).medius_view(user, asked.state.master())
        }
        LoggedInUser::Console(_) => None,
    });
    let claims = session.and_then(|it| it.claims);
    let body = json!({"session": {"cookie": cookie}, "claims": claims, "view": view});
    Ok(Answer::json(200, &body))
}

/// The refusal of a login.
fn refused(answer: &Answer) -> ProblemDetails {
    let problem = answer.record.problem.as_ref();
    let text = problem.map_or("the sign-in was refused", |it| &it.detail);
    let code = problem.and_then(|it| it.code.as_deref()).unwrap_or("refused");
    ProblemDetails::new(422, "sign-in-refused", text)
        .with("reason", &json!({"code": code, "text": text}))
}

/// The user name of the account with which who is called so comes, if Entra has one.
fn account_of(asked: &SignInRequest, user: &str) -> String {
    let page = &asked.page;
    let found = entra_account(&page.app, page.tenant(), &asked.state, user);
    found.map_or_else(|| user_name_of(asked, user), |it| it.account.user_principal_name)
}

/// The user name of who is called so, or has this id.
fn user_name_of(asked: &SignInRequest, user: &str) -> String {
    match asked.state.user_called(user) {
        Some(found) => User(found).user_name().to_owned(),
        None => user.to_owned(),
    }
}

/// The request that ends a login, as it is recorded.
fn head(asked: &SignInRequest, below: &str) -> CallHead {
    let target = asked.page.path_of(below);
    let method = if below == "signin-oidc" { Method::GET } else { Method::POST };
    CallHead { method, target, headers: HeaderMap::new(), from: "test" }
}
