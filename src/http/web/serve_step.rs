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

use super::{
    PageMatch,
    form::Form,
    guard,
    request::PageRequest,
    sign_in_step::{RecordedSteps, SignInRequest, SignInStep, StepCaller, StepRest, StepWork},
    step_refusal,
};
use crate::{
    http::{
        App,
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
    tenant::Tenant,
};

/// The longest query that is read, in bytes.
const LONGEST_QUERY: usize = 8 * 1024;

/// The largest form that is read, in bytes.
const LARGEST_FORM: usize = 64 * 1024;

/// A request of a sign-in on its way.
struct BegunStep {
    context: RequestContext,
    call: Call<'static>,
    asked: Result<SignInRequest, ProblemDetails>,
}

/// Answers a request of a sign-in.
pub(super) async fn serve(
    app: Data<App>,
    request: &HttpRequest,
    payload: Payload,
    found: PageMatch,
    step: SignInStep,
) -> HttpResponse {
    let BegunStep { context, call, asked } = begin(app, request, payload, found, step).await;
    let tenant = context.arrival.tenant.clone();
    let _begun = tenant.journal().begin();
    let prepare = async move |context: &RequestContext| -> StepRest {
        match (asked, step.work) {
            (Ok(asked), StepWork::Now(work)) => Box::new(move |_: &Call<'_>| work(&asked)),
            (Ok(asked), StepWork::Calling(work)) => work(context, asked).await,
            (Err(problem), _) => {
                let api = context.api;
                Box::new(move |call: &Call<'_>| api.refusal(problem, call.refused_at()))
            }
        }
    };
    if step.recorded == RecordedSteps::All {
        return pipeline::run_prepared(context, call, prepare).await;
    }
    let work = prepare(&context).await;
    let (call, answer) = pipeline::perform(&context, call, work).await;
    if answer.record.operation == Operation::Unknown {
        return answer.into_response();
    }
    record::finish(&context, &call.body, answer).await
}

/// Reads a request of a sign-in.
async fn begin(
    app: Data<App>,
    request: &HttpRequest,
    payload: Payload,
    found: PageMatch,
    step: SignInStep,
) -> BegunStep {
    let PageMatch { path_parameters, tenant, .. } = found;
    let tenant = tenant.expect("every row of a sign-in begins with a tenant");
    let mut arrival = Arrival::new(tenant.clone(), app.clock.now());
    let read = read(&app, request, payload, step).await;
    let mut call = Call::new(&app, request, &arrival, vec![step.kind.name.into()]).into_owned();
    let asked = read.and_then(|body| {
        let text = match *request.method() {
            Method::POST => form_text(request.content_type(), &body)?,
            _ => request.query_string().to_owned(),
        };
        call.body = body;
        let form = Form::of_query(&text)?;
        let parameters = Parameters::read(&text)
            .map_err(|error| ProblemDetails::new(400, "invalid-parameter", error.to_string()))?;
        if let Some(epoch) = ended_epoch(&tenant, &parameters, &path_parameters) {
            arrival.epoch = epoch;
        }
        let page =
            PageRequest::new(app.clone(), request, form, path_parameters, Some(tenant.clone()));
        let directory = app.provisioning.as_ref().and_then(|it| it.accounts(&tenant));
        Ok(SignInRequest { page, parameters, state: tenant.snapshot(), directory })
    });
    let context = RequestContext {
        app,
        request: request.clone(),
        arrival,
        api: step_refusal::api(step.kind),
        click: None,
    };
    BegunStep { context, call, asked }
}

/// The epoch that a request goes on in although it is over: the one in which its sign-in was begun. Such a request
/// is answered as one during which the tenant was reset.
fn ended_epoch(tenant: &Tenant, parameters: &Parameters, path: &[String]) -> Option<u64> {
    let [state, code] = ["state", "code"].map(|name| parameters.sole(name));
    let handle = path.get(2).map(String::as_str);
    let keys = [state, code, handle];
    keys.into_iter().flatten().find_map(|it| tenant.sign_ins().ended_in(it))
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

/// Refuses what a page of another site made the browser send.
fn admit(step: SignInStep, request: &HttpRequest) -> Result<(), ProblemDetails> {
    match step.kind.caller {
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
