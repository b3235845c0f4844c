//! A request for a page, and the calls that a button makes.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, body::to_bytes, http::header::HeaderMap, web::Data};
use jiff::Timestamp;
use serde_json::Value as Json;

use super::{form::Form, site::Site};
use crate::{
    http::{App, answer::Answer, page},
    scim::encode,
    tenant::Tenant,
};

/// A button of the console.
#[derive(Clone, Copy)]
pub(in crate::http) struct Click {
    /// The call that it makes, by what the form says.
    pub(in crate::http) call: fn(&PageRequest) -> ClickRequest,
    /// What is shown then.
    pub(in crate::http) after: fn(&PageRequest, &ApiAnswer) -> Answer,
}

/// What a form asks for.
pub(in crate::http) enum ClickRequest {
    /// A call.
    Call(ApiCall),
    /// Nothing that can be done: this is shown.
    Refused(Box<Answer>),
}

/// A call of the console's API.
pub(in crate::http) struct ApiCall {
    pub(in crate::http) method: &'static str,
    /// The segments below `/{tenant}/admin/v1`.
    pub(in crate::http) segments: Vec<String>,
    pub(in crate::http) body: Option<Json>,
}

/// What a call of the console's API answered.
pub(in crate::http) struct ApiAnswer {
    /// The status; 0 if a fault broke the answer off.
    pub(in crate::http) status: u16,
    /// The body; null if it is no JSON.
    pub(in crate::http) body: Json,
}

/// A request for a page, as its handler sees it.
pub(in crate::http) struct PageRequest {
    pub(in crate::http) app: Data<App>,
    pub(in crate::http) site: Site,
    /// The path as it was sent.
    pub(in crate::http) path: String,
    pub(in crate::http) headers: HeaderMap,
    /// The fields of the form that was sent, or of the query.
    pub(in crate::http) form: Form,
    /// The segments in the path parameters of the row, decoded.
    pub(in crate::http) path_parameters: Vec<String>,
    /// What time it is by the clock of the tenant that the path names, else by the server's.
    pub(in crate::http) now: Timestamp,
    /// The revisions of the tenant when the request came: what a page shows is not older.
    seen: String,
    tenant: Option<Arc<Tenant>>,
}

impl ApiCall {
    /// A call without a body, at these segments.
    pub(in crate::http) fn new<const N: usize>(method: &'static str, segments: [&str; N]) -> Self {
        Self { method, segments: segments.map(str::to_owned).into(), body: None }
    }

    /// The address of the call at a tenant of this name, below the server's own.
    pub(in crate::http) fn target(&self, tenant: &str) -> String {
        let segments: Vec<String> = self.segments.iter().map(|it| encode(it)).collect();
        format!("/{tenant}/admin/v1/{}", segments.join("/"))
    }

    /// The same call with this body.
    pub(in crate::http) fn with(self, body: Json) -> Self {
        Self { body: Some(body), ..self }
    }
}

impl ApiAnswer {
    /// What a call answered; nothing where a fault broke it off.
    pub(in crate::http) async fn read(answer: Option<HttpResponse>) -> Self {
        let Some(answer) = answer else { return Self { status: 0, body: Json::Null } };
        let status = answer.status().as_u16();
        let bytes = to_bytes(answer.into_body()).await.unwrap_or_default();
        Self { status, body: serde_json::from_slice(&bytes).unwrap_or_default() }
    }

    pub(in crate::http) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The text of a member of the body.
    pub(in crate::http) fn text(&self, member: &str) -> Option<&str> {
        self.body.get(member)?.as_str()
    }
}

impl PageRequest {
    pub(in crate::http) fn new(
        app: Data<App>,
        request: &HttpRequest,
        form: Form,
        path_parameters: Vec<String>,
        tenant: Option<Arc<Tenant>>,
    ) -> Self {
        let now = app.clock.now();
        Self {
            site: Site::new(app.authority(request)),
            path: request.path().to_owned(),
            headers: request.headers().clone(),
            now: tenant.as_ref().map_or(now, |it| it.now(now)),
            seen: tenant.as_ref().map(|it| revisions(&app, it)).unwrap_or_default(),
            app,
            form,
            path_parameters,
            tenant,
        }
    }

    /// The same request once more, for another thread.
    pub(in crate::http) fn again(&self) -> Self {
        Self {
            app: self.app.clone(),
            site: self.site.clone(),
            path: self.path.clone(),
            headers: self.headers.clone(),
            form: self.form.clone(),
            path_parameters: self.path_parameters.clone(),
            now: self.now,
            seen: self.seen.clone(),
            tenant: self.tenant.clone(),
        }
    }

    /// The revisions of the tenant that the page has seen; another one is a reason to show it again.
    pub(in crate::http) fn seen(&self) -> &str {
        &self.seen
    }

    /// The tenant that the path names.
    pub(in crate::http) fn tenant(&self) -> &Arc<Tenant> {
        self.tenant.as_ref().expect("the row's path begins with a tenant")
    }

    /// The path of an address below the tenant, such as `/NordlysQA/admin/users`.
    pub(in crate::http) fn path_of(&self, below: &str) -> String {
        format!("/{}/{below}", self.tenant().name())
    }

    /// A link to an address below the tenant.
    pub(in crate::http) fn link(&self, below: &str) -> String {
        self.site.link(&self.path_of(below))
    }

    /// Sends the browser to another address below the tenant.
    pub(in crate::http) fn see_other(&self, below: &str) -> Answer {
        see_other(self.link(below))
    }
}

/// The revisions of a tenant's state, of its journal and of its job: they move whenever a page may differ.
pub(in crate::http) fn revisions(app: &App, tenant: &Arc<Tenant>) -> String {
    let job = app.provisioning.as_ref().and_then(|it| it.view(tenant));
    let job = job.map_or(0, |it| it.revision);
    format!("{}.{}.{job}", tenant.revision(), tenant.journal().revision())
}

/// Sends the browser to another address, which it gets.
pub(in crate::http) fn see_other(link: String) -> Answer {
    page::secured(Answer::empty(303).header("location", link))
}
