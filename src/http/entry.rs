//! Where a request enters: its body is read, its tenant found, its answer recorded.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    rt,
    web::{Bytes, Data, Payload},
};

use super::{
    App, LARGEST_BODY, admin,
    answer::Answer,
    beside::{OwnedCall, beside, is_short},
    body::{self, Refused, has_body, leave, read},
    call::Call,
    control, guess, health,
    inject::{self, Epochs, Scene},
    pending,
    problem::Problem,
    record::{self, Received},
    scim,
};
use crate::{
    journal::{Auth, Record},
    scim::{decode, nearest},
    tenant::{Busy, Hold, JOB_EPOCH, Tenant},
};

/// Which of a tenant's two services is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Api {
    Scim,
    Admin,
}

/// Answers a request.
pub(super) async fn serve(app: Data<App>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let path = request.path();
    if let Some(address) = Address::read(path) {
        return serve_tenant(&app, &request, payload, &address).await;
    }
    if let Some(tail) = below_mock(path) {
        return control::serve(app, &request, payload, tail).await;
    }
    match health::find(method(&request).as_str(), path).map(|it| it.handler) {
        Ok(health::Handler::Answer(answer)) => answer(&app, &request),
        Ok(health::Handler::LogIn) => authenticate(&app, &request, payload).await,
        Err(problem) => unrouted(&app, &request, payload, (Api::Admin, problem)).await,
    }
}

/// What follows `/_mock/v1`, if a path begins with it.
fn below_mock(path: &str) -> Option<&str> {
    let (mock, rest) = path.strip_prefix('/')?.split_once('/')?;
    let (version, tail) = rest.split_once('/').unwrap_or((rest, ""));
    (segment(mock) == "_mock" && segment(version) == "v1").then_some(tail)
}

/// The method; HEAD is read as GET.
pub(super) fn method(request: &HttpRequest) -> Method {
    if request.method() == Method::HEAD { Method::GET } else { request.method().clone() }
}

/// Reads the body of a request that reaches no tenant, and refuses it.
pub(super) async fn unrouted(
    app: &App,
    request: &HttpRequest,
    payload: Payload,
    refusal: (Api, Problem),
) -> HttpResponse {
    // Where the body cannot be read, the address is wrong all the same.
    let body = read(app, LARGEST_BODY, request, payload).await;
    let body = body.map(|it| it.clone()).unwrap_or_default();
    refuse_unrouted(app, request, &body, refusal)
}

/// Refuses a request that reaches no tenant, with a guess at what was meant, and records both.
pub(super) fn refuse_unrouted(
    app: &App,
    request: &HttpRequest,
    body: &Bytes,
    refusal: (Api, Problem),
) -> HttpResponse {
    let received = Received::now(&app.clock);
    record::unrouted((app, request), received, body, answered(app, request, refusal))
}

/// The answer to a request that reaches no tenant, with a guess at what was meant.
fn answered(app: &App, request: &HttpRequest, (api, problem): (Api, Problem)) -> Answer {
    let is_told = api == Api::Admin && problem.guess().is_some() && problem.is_unknown_address();
    let is_right = problem.is_wrong_method();
    let meant =
        (!is_told && !is_right).then(|| guess::guess(app, request.path(), request.headers()));
    let meant = meant.flatten();
    let problem = match meant {
        Some(meant) => problem.meant(&meant),
        None => problem,
    };
    let guess = problem.guess().map(str::to_owned);
    let mut answer = match api {
        Api::Scim => Answer::scim_error(&problem.into_scim_error()),
        Api::Admin => problem.into_answer(),
    };
    answer.guess = guess;
    answer
}

/// An address below a tenant's name.
#[derive(Debug, PartialEq, Eq)]
struct Address<'a> {
    tenant: String,
    api: Api,
    /// What follows the base of the service.
    tail: &'a str,
}

impl<'a> Address<'a> {
    /// Takes a path apart; `None` if it lies below neither service.
    fn read(path: &'a str) -> Option<Self> {
        let (tenant, rest) = path.strip_prefix('/')?.split_once('/')?;
        let (api, rest) = match rest.strip_prefix("scim/v2") {
            Some(rest) => (Api::Scim, rest),
            None => (Api::Admin, rest.strip_prefix("admin/v1")?),
        };
        let tail = if rest.is_empty() { rest } else { rest.strip_prefix('/')? };
        (!tenant.is_empty()).then(|| Self { tenant: segment(tenant), api, tail })
    }
}

/// Answers a request to a tenant, and records both.
async fn serve_tenant(
    app: &Data<App>,
    request: &HttpRequest,
    payload: Payload,
    address: &Address<'_>,
) -> HttpResponse {
    let _running = app.begin();
    let received = Received::now(&app.clock);
    let Address { tenant: name, api, tail } = address;
    let Some(tenant) = app.tenants.find(name, received.at) else {
        return unrouted(app, request, payload, (*api, unknown_tenant(app, name))).await;
    };
    let epochs @ Epochs { tenant: epoch, .. } = Epochs::of(&tenant);
    if is_of_ended_job(app, request, &tenant) {
        return was_reset(*api).into_response();
    }
    let _begun = tenant.journal().begin();
    let received = received.by(&tenant);
    let mut call = Call {
        tenant: tenant.clone(),
        method: method(request),
        segments: segments(tail),
        query: request.query_string(),
        headers: request.headers(),
        body: Bytes::new(),
        now: received.at,
        authority: app.authority(request),
        stale: None,
    };
    let mut held = None;
    let read = if has_body(request) && is_locked_out(*api, &call) {
        // The answer is that of the state which refused, whatever key there is by now.
        call.stale = Some(tenant.snapshot());
        leave(payload).await;
        Ok(())
    } else {
        let arrived = || {
            let known = Record { auth: Auth::NotNeeded, ..Record::default() };
            record::arrived(request, &tenant, received, known)
        };
        let body = read(app, LARGEST_BODY, request, payload);
        let read = pending::listed(tenant.journal(), arrived, body).await;
        read.map(|body| call.body = held.insert(body).clone())
    };
    let work = Work { api: *api, epoch, read };
    if inject::asks(&tenant, request) {
        let scene = Scene { app, request, api: *api, received, epochs };
        return inject::serve(scene, call, async |call: &Call<'_>| work.done(call).await).await;
    }
    if is_short(*api, &call)
        && let Some(hold) = tenant.hold_now()
    {
        let answer = work.perform(&call, hold);
        return record::finish(request, (&tenant, epoch, received), &call.body, answer).await;
    }
    let (app, request, tenant) = (app.clone(), request.clone(), tenant.clone());
    let (owned, body, moments) = (OwnedCall::of(&call), call.body, received.moments());
    // A task of its own, so that it is recorded also when the client does not wait for the answer.
    let task = rt::spawn(async move {
        let _held = held;
        let answer = beside(move || work.perform_when_held(&owned.call())).await;
        let received = Received::of(&app.clock, moments);
        record::finish(&request, (&tenant, epoch, received), &body, answer).await
    });
    task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// What is to be done once a body has been read, or could not be.
struct Work {
    api: Api,
    epoch: u64,
    read: Result<(), Refused>,
}

impl Work {
    /// Does it here, or beside if it may take long.
    async fn done(self, call: &Call<'_>) -> Answer {
        if is_short(self.api, call)
            && let Some(hold) = call.tenant.hold_now()
        {
            return self.perform(call, hold);
        }
        let owned = OwnedCall::of(call);
        beside(move || self.perform_when_held(&owned.call())).await
    }

    /// Waits for a reset that is under way; to be called beside the worker.
    fn perform_when_held(self, call: &Call<'_>) -> Answer {
        self.perform(call, call.tenant.hold())
    }

    fn perform(self, call: &Call<'_>, hold: Hold<'_>) -> Answer {
        let Self { api, epoch, read } = self;
        let answer = hold.during(epoch, || match (api, read) {
            (Api::Scim, Ok(())) => scim::answer(call),
            (Api::Scim, Err(refused)) => scim::refuse(call, refused.scim_answer()),
            (Api::Admin, Ok(())) => admin::answer(call),
            (Api::Admin, Err(refused)) => admin::refuse(refused.problem()),
        });
        answer.unwrap_or_else(|| was_reset(api))
    }
}

/// Whether a request was sent by a job that a reset, or the end of the tenant, ended meanwhile.
fn is_of_ended_job(app: &App, request: &HttpRequest, tenant: &Arc<Tenant>) -> bool {
    let Some(epoch) = request.headers().get(JOB_EPOCH) else { return false };
    let has_job = app.provisioning.as_ref().is_some_and(|it| it.view(tenant).is_some());
    !has_job || epoch.to_str().ok().and_then(|it| it.parse().ok()) != Some(tenant.epoch())
}

/// Refuses a request that is let in to no service, in the words of the one that its path names, and
/// records both. Its body is not read.
pub(super) fn refuse(app: &App, request: &HttpRequest, problem: Problem) -> HttpResponse {
    let answer = match Address::read(request.path()) {
        Some(Address { api: Api::Scim, .. }) => Answer::scim_error(&problem.into_scim_error()),
        _ => problem.into_answer(),
    };
    record::unrouted((app, request), Received::now(&app.clock), &Bytes::new(), answer)
}

/// Whether a call has not the key that it needs, so that its body is not looked at.
fn is_locked_out(api: Api, call: &Call<'_>) -> bool {
    match api {
        Api::Scim => scim::is_locked_out(call),
        Api::Admin => admin::is_locked_out(call),
    }
}

/// Why a request that a reset overtook is not carried out: the next test must not find what it would
/// do.
pub(super) fn overtaken() -> Problem {
    let detail = "the tenant was reset or deleted while the request was on its way";
    Problem::new(503, "tenant-reset", detail)
}

/// The answer to a request that a reset overtook.
pub(super) fn was_reset(api: Api) -> Answer {
    let problem = overtaken();
    match api {
        Api::Scim => Answer::scim_error(&problem.into_scim_error()),
        Api::Admin => problem.into_answer(),
    }
}

/// `POST /admin/v1/authenticate`: the one call of a tenant whose path does not name it.
async fn authenticate(app: &Data<App>, request: &HttpRequest, payload: Payload) -> HttpResponse {
    let _running = app.begin();
    let received = Received::now(&app.clock);
    let body = match read(app, LARGEST_BODY, request, payload).await {
        Ok(body) => body,
        Err(refused) => {
            return admin::refuse(refused.problem()).into_response();
        }
    };
    if let Err(problem) = body::only(request.query_string(), &[]) {
        return record::unrouted((app, request), received, &body, admin::refuse(problem));
    }
    let content_type = request.headers().get("content-type").and_then(|it| it.to_str().ok());
    let named = {
        let (app, body, at) = (app.clone(), Bytes::clone(&body), received.at);
        beside(move || admin::named_tenant(&app, &body, at)).await
    };
    let Some(tenant) = named else {
        let answer = admin::refuse_login(app, content_type, &body);
        return record::unrouted((app, request), received, &body, answer);
    };
    let epochs @ Epochs { tenant: epoch, .. } = Epochs::of(&tenant);
    let received = received.by(&tenant);
    let perform = async |at| {
        let (tenant, busy, body) = (tenant.clone(), Busy::of(&tenant), Bytes::clone(&body));
        let content_type = content_type.map(str::to_owned);
        let work = move || {
            let _busy = busy;
            let login = || admin::authenticate(&tenant, content_type.as_deref(), &body, at);
            tenant.during(epoch, login).unwrap_or_else(|| was_reset(Api::Admin))
        };
        beside(work).await
    };
    if !inject::asks(&tenant, request) {
        let answer = perform(received.at).await;
        return record::finish(request, (&tenant, epoch, received), &body, answer).await;
    }
    let call = Call {
        tenant: tenant.clone(),
        method: Method::POST,
        segments: vec!["authenticate".into()],
        query: request.query_string(),
        headers: request.headers(),
        body: body.clone(),
        now: received.at,
        authority: app.authority(request),
        stale: None,
    };
    let scene = Scene { app, request, api: Api::Admin, received, epochs };
    inject::serve(scene, call, async |call: &Call<'_>| perform(call.now).await).await
}

pub(super) fn segments(tail: &str) -> Vec<String> {
    tail.split('/').filter(|it| !it.is_empty()).map(segment).collect()
}

/// A segment of a path decoded; there, `+` is itself.
pub(super) fn segment(text: &str) -> String {
    if text.contains(['%', '+']) { decode(&text.replace('+', "%2B")) } else { text.to_owned() }
}

/// The 404 that names the tenants there are, the first of them if they are many.
pub(super) fn unknown_tenant(app: &App, name: &str) -> Problem {
    const NAMED: usize = 20;
    let all = app.tenants.all();
    let names = || all.iter().map(|it| it.name().as_str());
    let known: Vec<&str> = names().take(NAMED).collect();
    let more =
        if all.len() > NAMED { format!(" and {} more", all.len() - NAMED) } else { String::new() };
    let detail = format!("there is no tenant {name:?}; there are: {}{more}", known.join(", "));
    let problem = Problem::new(404, "unknown-tenant", detail);
    match nearest(name, names()) {
        Some(meant) => problem.meant(meant),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/NordlysQA/scim/v2", Some(("NordlysQA", Api::Scim, "")))]
    #[case("/Nordlys%51A/scim/v2/Users/a%2Fb", Some(("NordlysQA", Api::Scim, "Users/a%2Fb")))]
    #[case("/a+b/admin/v1/", Some(("a+b", Api::Admin, "")))]
    #[case("/NordlysQA/scim/v20/Users", None)]
    #[case("/NordlysQA/scim", None)]
    #[case("//scim/v2", None)]
    #[case("/favicon.ico", None)]
    fn an_address_is_a_tenant_a_service_and_the_rest(
        #[case] path: &str,
        #[case] expected: Option<(&str, Api, &str)>,
    ) {
        let expected =
            expected.map(|(tenant, api, tail)| Address { tenant: tenant.into(), api, tail });

        assert_eq!(Address::read(path), expected);
    }
}
