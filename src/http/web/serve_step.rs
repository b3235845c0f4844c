//! Takes each step of a sign-in through the pipeline of every call, so that faults meet it and the journal has
//! it.

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::{
        Method,
        header::{HeaderValue, ORIGIN},
    },
    web::{Data, Payload},
};
use maud::html;

use super::{
    PageMatch,
    form::Form,
    frame, guard,
    request::PageRequest,
    sign_in_step::{RecordedSteps, SignInRequest, SignInStep, StepCaller},
    site::Site,
};
use crate::{
    http::{
        App,
        answer::Answer,
        api::{TenantApi, sign_in_operation},
        arrival::{Arrival, RequestContext},
        body,
        body_limits::RequestBody,
        call::Call,
        pipeline,
        problem::ProblemDetails,
        record,
    },
    journal::Operation,
    oidc::Parameters,
};

/// The longest query that is read, in bytes.
const LONGEST_QUERY: usize = 8 * 1024;

/// The largest form that is read, in bytes.
const LARGEST_FORM: usize = 64 * 1024;

/// A request of a sign-in on its way.
pub(super) struct BegunStep {
    pub(super) context: RequestContext,
    pub(super) call: Call<'static>,
    pub(super) asked: Result<SignInRequest, ProblemDetails>,
}

/// Answers a request of a sign-in.
pub(super) async fn serve(
    app: Data<App>,
    request: &HttpRequest,
    payload: Payload,
    found: PageMatch,
    step: SignInStep,
) -> HttpResponse {
    let site = Site::new(app.authority(request));
    let BegunStep { context, call, asked } = begin(app, request, payload, found, step).await;
    let tenant = context.arrival.tenant.clone();
    let _begun = tenant.journal().begin();
    let work = move |_: &Call<'_>| match asked {
        Ok(asked) => (step.work)(&asked),
        Err(problem) => refuse(step, &site, problem),
    };
    if step.recorded == RecordedSteps::All {
        return pipeline::run(context, call, work).await;
    }
    let (call, answer) = pipeline::perform(&context, call, work).await;
    if answer.record.operation == Operation::Unknown {
        return answer.into_response();
    }
    record::finish(&context, &call.body, answer).await
}

/// Reads a request of a sign-in.
pub(super) async fn begin(
    app: Data<App>,
    request: &HttpRequest,
    payload: Payload,
    found: PageMatch,
    step: SignInStep,
) -> BegunStep {
    let PageMatch { path_parameters, tenant, .. } = found;
    let tenant = tenant.expect("every row of a sign-in begins with a tenant");
    let arrival = Arrival::new(tenant.clone(), app.clock.now());
    let read = read(&app, request, payload, step).await;
    let mut call = Call::new(&app, request, &arrival, vec![step.name.into()]).into_owned();
    let asked = read.and_then(|body| {
        let text = match *request.method() {
            Method::POST => form_text(request.content_type(), &body)?,
            _ => request.query_string().to_owned(),
        };
        call.body = body;
        let form = Form::of_query(&text)?;
        let parameters = Parameters::read(&text)
            .map_err(|error| ProblemDetails::new(400, "invalid-parameter", error.to_string()))?;
        let page =
            PageRequest::new(app.clone(), request, form, path_parameters, Some(tenant.clone()));
        let directory = app.provisioning.as_ref().and_then(|it| it.accounts(&tenant));
        Ok(SignInRequest { page, parameters, state: tenant.snapshot(), directory })
    });
    let context = RequestContext {
        app,
        request: request.clone(),
        arrival,
        api: TenantApi::SignIn,
        click: None,
    };
    BegunStep { context, call, asked }
}

/// Reads the body of a request that may be sent here.
async fn read(
    app: &App,
    request: &HttpRequest,
    payload: Payload,
    step: SignInStep,
) -> Result<RequestBody, ProblemDetails> {
    let body = body::read(app, LARGEST_FORM, request, payload).await;
    admit(step, request)?;
    if request.query_string().len() > LONGEST_QUERY {
        let detail = format!("the query is longer than {LONGEST_QUERY} bytes");
        return Err(ProblemDetails::new(414, "query-too-long", detail));
    }
    body.map_err(body::UnreadBody::problem)
}

/// The text of a form.
fn form_text(content_type: &str, body: &[u8]) -> Result<String, ProblemDetails> {
    Form::of_body(content_type, body)?;
    let text = std::str::from_utf8(body);
    Ok(text.unwrap_or_default().to_owned())
}

/// Refuses a request that its handler does not see.
pub(super) fn refuse(step: SignInStep, site: &Site, problem: ProblemDetails) -> Answer {
    let mut answer = problem.into_answer();
    answer.record.operation = sign_in_operation(step.name);
    if step.caller == StepCaller::Program { answer } else { frame::refusal(site, answer, html! {}) }
}

/// Refuses what a page of another site made the browser send.
fn admit(step: SignInStep, request: &HttpRequest) -> Result<(), ProblemDetails> {
    match step.caller {
        StepCaller::AnyBrowser => Ok(()),
        // A navigation: who follows a link to the login page, and the redirects behind it.
        StepCaller::Browser if is_navigation(request) => Ok(()),
        StepCaller::Browser => guard::admit(request),
        StepCaller::Program if request.headers().contains_key(ORIGIN) => {
            let detail = "pages may not call this address: it is for programs";
            Err(ProblemDetails::new(403, "foreign-origin", detail))
        }
        StepCaller::Program => Ok(()),
    }
}

/// Whether a browser is led here as a whole, by a GET.
fn is_navigation(request: &HttpRequest) -> bool {
    let said = |name: &str| request.headers().get(name).map(HeaderValue::as_bytes);
    request.method() != Method::POST
        && said("sec-fetch-mode").is_none_or(|it| it == b"navigate")
        && said("sec-fetch-dest").is_none_or(|it| it == b"document")
}
