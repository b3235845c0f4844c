//! Requests of a sign-in. Each is an step with the tenant and goes the way of every call
//! ([`pipeline`]), so that faults meet it and the journal has it.

use std::sync::Arc;

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::{
        Method,
        header::{HeaderValue, ORIGIN},
    },
    web::{Data, Payload},
};
use maud::html;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::{PageMatch, form::Form, frame, guard, request::PageRequest, site::Site};
use crate::{
    http::{
        App,
        answer::Answer,
        api::TenantApi,
        arrival::{Arrival, RequestContext},
        body,
        body_limits::RequestBody,
        call::Call,
        pipeline,
        problem::ProblemDetails,
        record,
    },
    journal::Operation,
    oidc::{Issuer, Parameters},
    tenant::{AccountSource, EntraAccount, SignInSecret, SignIns, State, Tenant},
};

/// An address of a sign-in.
#[derive(Clone, Copy)]
pub(in crate::http) struct SignInStep {
    /// What fault rules call it, behind `signin.`.
    pub(in crate::http) name: &'static str,
    caller: StepCaller,
    recorded: RecordedSteps,
    work: fn(&SignInRequest) -> Answer,
}

/// Who asks at an address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StepCaller {
    /// A browser that pages of this server send there; other sites may lead there by a link.
    Browser,
    /// A browser, whoever sends it: what it gets there needs a person (OpenID Connect Core §3.1.2.1).
    AnyBrowser,
    /// A program, which has no cookies and no `Origin`.
    Program,
}

/// The requests at an address that are recorded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RecordedSteps {
    /// All.
    All,
    /// Those that say what they were, by an operation.
    Told,
}

/// A request of a sign-in, as its handler sees it.
pub(in crate::http) struct SignInRequest {
    pub(in crate::http) page: PageRequest,
    /// The parameters of the query or the form.
    pub(in crate::http) parameters: Parameters,
    /// The state of the tenant.
    pub(in crate::http) state: Arc<State>,
    /// The accounts of the source directory, if the tenant has a provisioning job.
    directory: Option<Arc<[EntraAccount]>>,
}

/// The longest query that is read, in bytes.
const LONGEST_QUERY: usize = 8 * 1024;

/// The largest form that is read, in bytes.
const LARGEST_FORM: usize = 64 * 1024;

impl SignInStep {
    /// An address for browsers.
    pub(in crate::http) const fn browser(
        name: &'static str,
        work: fn(&SignInRequest) -> Answer,
    ) -> Self {
        Self { name, caller: StepCaller::Browser, recorded: RecordedSteps::All, work }
    }

    /// An address for programs.
    pub(in crate::http) const fn program(
        name: &'static str,
        work: fn(&SignInRequest) -> Answer,
    ) -> Self {
        Self { caller: StepCaller::Program, ..Self::browser(name, work) }
    }

    /// The same address, where forms of other sites are taken, too.
    pub(in crate::http) const fn for_any(self) -> Self {
        Self { caller: StepCaller::AnyBrowser, ..self }
    }

    /// The same address, where only what says its operation is recorded.
    pub(in crate::http) const fn if_told(self) -> Self {
        Self { recorded: RecordedSteps::Told, ..self }
    }

    /// Whether forms of other sites are taken here.
    pub(in crate::http) fn takes_foreign_forms(self) -> bool {
        self.caller == StepCaller::AnyBrowser
    }

    /// Refuses a request that its handler does not see.
    pub(in crate::http) fn refuse(self, site: &Site, problem: ProblemDetails) -> Answer {
        let mut answer = problem.into_answer();
        answer.record.operation = operation(self.name);
        if self.caller == StepCaller::Program {
            answer
        } else {
            frame::refusal(site, answer, html! {})
        }
    }

    /// Refuses what a page of another site made the browser send.
    fn admit(self, request: &HttpRequest) -> Result<(), ProblemDetails> {
        match self.caller {
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
}

/// Whether a browser is led here as a whole, by a GET.
fn is_navigation(request: &HttpRequest) -> bool {
    let said = |name: &str| request.headers().get(name).map(HeaderValue::as_bytes);
    request.method() != Method::POST
        && said("sec-fetch-mode").is_none_or(|it| it == b"navigate")
        && said("sec-fetch-dest").is_none_or(|it| it == b"document")
}

impl SignInRequest {
    /// The URL that stands for `https://login.microsoftonline.com`.
    pub(in crate::http) fn authority(&self) -> String {
        format!("{}/{}/entra", self.page.site.url, self.page.tenant().name())
    }

    /// The saved Microsoft Entra tenant ID.
    pub(in crate::http) fn tenant_id(&self) -> Option<String> {
        Some(self.state.console().setup().entra_tenant()?.to_string())
    }

    /// The address to which Entra sends the answers of MediusFlow's own sign-ins.
    pub(in crate::http) fn own_redirect_uri(&self) -> String {
        format!("{}/{}/signin-oidc", self.page.site.url, self.page.tenant().name())
    }

    /// The sign-ins of the tenant.
    pub(in crate::http) fn book(&self) -> &SignIns {
        self.page.tenant().sign_ins()
    }

    /// Where accounts come from.
    pub(in crate::http) fn accounts(&self) -> AccountSource<'_> {
        match &self.directory {
            Some(all) => AccountSource::Directory(all),
            None => AccountSource::Users(&self.state),
        }
    }

    /// The same request once more, for another thread.
    pub(in crate::http) fn again(&self) -> Self {
        Self {
            page: self.page.again(),
            parameters: self.parameters.clone(),
            state: self.state.clone(),
            directory: self.directory.clone(),
        }
    }

    /// A new secret of this kind.
    pub(in crate::http) fn secret(&self, kind: SignInSecret) -> String {
        kind.of(self.page.tenant().name(), random())
    }
}

/// The mock Entra of a Microsoft Entra tenant.
pub(in crate::http) fn issuer<'a>(authority: &'a str, tenant_id: &'a str) -> Issuer<'a> {
    Issuer { authority, tenant_id }
}

/// Random bytes.
pub(in crate::http) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the system has a source of randomness");
    bytes
}

/// A random GUID.
pub(in crate::http) fn random_guid() -> String {
    uuid::Builder::from_random_bytes(random()).into_uuid().to_string()
}

/// What an step is where nothing else is known of it.
pub(in crate::http) fn operation(name: &str) -> Operation {
    match name {
        "login" | "local" | "callback" => Operation::SignIn,
        "logout" => Operation::SignOut,
        _ => Operation::Entra,
    }
}

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
        Err(problem) => step.refuse(&site, problem),
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

/// A sign-in that somebody else asks for by this request, without parameters.
pub(super) fn of_request(
    app: &Data<App>,
    request: &HttpRequest,
    tenant: &Arc<Tenant>,
) -> SignInRequest {
    let path_parameters = vec![tenant.name().to_string()];
    let page = PageRequest::new(
        app.clone(),
        request,
        Form::default(),
        path_parameters,
        Some(tenant.clone()),
    );
    let directory = app.provisioning.as_ref().and_then(|it| it.accounts(tenant));
    let parameters = Parameters::default();
    SignInRequest { page, parameters, state: tenant.snapshot(), directory }
}

/// Reads the body of a request that may be sent here.
async fn read(
    app: &App,
    request: &HttpRequest,
    payload: Payload,
    step: SignInStep,
) -> Result<RequestBody, ProblemDetails> {
    let body = body::read(app, LARGEST_FORM, request, payload).await;
    step.admit(request)?;
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
