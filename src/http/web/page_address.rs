//! The addresses of pages, whatever the method: in which form a request that no handler sees is refused there, and in
//! whose journal that is.

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{Bytes, Data, Payload},
};

use super::{
    handler::PageHandler,
    sign_in_step::{RecordedSteps, SignInStep, StepCaller},
    step_refusal,
};
use crate::{
    http::{
        App, LARGEST_BODY,
        answer::Answer,
        api::{RefusedAt, TenantApi},
        arrival::{Arrival, RequestContext},
        body,
        problem::ProblemDetails,
        record::{self, SentRequest},
    },
    journal::Operation,
};

/// The address of a page that a request has, whatever its method.
pub(in crate::http) struct PageAddress {
    pub(super) handler: PageHandler,
    /// When the request came, and to which tenant; `None` for an address without a tenant, or an unknown one.
    pub(super) arrival: Option<Arrival>,
}

/// A request for a page that no row answers.
pub(in crate::http) struct UnansweredPage {
    pub(in crate::http) problem: ProblemDetails,
    pub(super) address: Option<PageAddress>,
}

/// A form that makes no call.
pub(super) struct SentForm<'a> {
    pub(super) app: &'a Data<App>,
    pub(super) request: &'a HttpRequest,
    pub(super) arrival: Arrival,
    pub(super) body: &'a Bytes,
}

impl SentForm<'_> {
    /// Sends what the page itself answered. A refusal is recorded; showing a page is not.
    pub(super) async fn record_unmade(self, mut answer: Answer) -> HttpResponse {
        let Self { app, request, arrival, body } = self;
        if answer.record.status < 400 {
            return answer.into_response();
        }
        answer.record.operation = Operation::Admin;
        answer.record.remark = answer.record.problem.as_ref().map(|it| it.detail.clone());
        let (app, request) = (app.clone(), request.clone());
        let context = RequestContext { app, request, arrival, api: TenantApi::Admin, click: None };
        record::finish(&context, body, answer).await
    }
}

impl PageAddress {
    /// Refuses a request at this address, and records it where that belongs.
    pub(in crate::http) async fn refuse(
        self,
        app: &Data<App>,
        request: &HttpRequest,
        body: &Bytes,
        problem: ProblemDetails,
    ) -> HttpResponse {
        let is_recorded = self.is_recorded(request.method());
        let server = app.authority(request);
        let now = self.arrival.as_ref().map_or_else(|| app.clock.now(), |it| it.at);
        let tenant = self.arrival.as_ref().map(|it| it.tenant.clone());
        let tenant = tenant.as_ref().map(|it| it.name().as_str());
        let at = RefusedAt { server: &server, now, tenant };
        let (api, answer) = match self.step() {
            Some(step) => {
                let api = step_refusal::api(step.kind);
                (api, api.refusal(problem, at))
            }
            None => (TenantApi::Admin, step_refusal::page(Operation::Admin, problem, at)),
        };
        if !is_recorded {
            return answer.into_response();
        }
        let Some(arrival) = self.arrival else {
            return record::unrouted(app, &SentRequest::of(request), now, body, answer);
        };
        let (app, request) = (app.clone(), request.clone());
        let context = RequestContext { app, request, arrival, api, click: None };
        record::finish(&context, body, answer).await
    }

    /// The step of a sign-in that is here, if it is one.
    fn step(&self) -> Option<SignInStep> {
        if let PageHandler::Step(step) = self.handler { Some(step) } else { None }
    }

    /// Whether a request with this method is recorded: showing a page is not.
    fn is_recorded(&self, method: &Method) -> bool {
        let is_shown = matches!(*method, Method::GET | Method::HEAD);
        let always = self.step().is_some_and(|it| it.recorded == RecordedSteps::All);
        always || !is_shown
    }

    /// Whether a refused request with this method belongs to the journal of a tenant.
    pub(in crate::http) fn records(&self, method: &Method) -> bool {
        self.arrival.is_some() && self.is_recorded(method)
    }

    /// Whether a request with another method or of an unknown tenant is answered in the form of this address.
    fn has_own_refusals(&self) -> bool {
        let is_program = self.step().is_some_and(|it| it.kind.caller == StepCaller::Program);
        self.arrival.is_some() || is_program
    }
}

impl UnansweredPage {
    /// Refuses the request in the form of its address; gives it back if that is no address of a tenant.
    pub(in crate::http) async fn refuse(
        self,
        app: &Data<App>,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<HttpResponse, (ProblemDetails, Payload)> {
        let Self { problem, address } = self;
        match address.filter(PageAddress::has_own_refusals) {
            Some(address) => {
                // The address is wrong, whether or not the body can be read.
                let body =
                    body::read(app, LARGEST_BODY, request, payload).await.unwrap_or_default();
                Ok(address.refuse(app, request, &body, problem).await)
            }
            None => Err((problem, payload)),
        }
    }
}
