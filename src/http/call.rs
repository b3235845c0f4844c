//! A request to a tenant, in the form that handlers get.

use std::{borrow::Cow, sync::Arc};

#[cfg(feature = "web")]
use actix_web::web::Bytes;
use actix_web::{
    HttpRequest,
    http::{Method, header::HeaderMap},
};
use jiff::Timestamp;
use serde_json::Value as Json;

#[cfg(feature = "web")]
use super::arrival::CallHead;
use super::{
    App,
    answer::findings,
    api::RefusedAt,
    arrival::Arrival,
    bearer::bearer,
    body::{is_json, no_json},
    body_limits::RequestBody,
    routes::method,
};
use crate::{
    journal::Record,
    scim::{NotedQuirk, Quirk, ScimError, ScimType, read_json},
    tenant::{State, Tenant},
};

/// The conditional headers of a request ([RFC 9110
/// §13.1](https://www.rfc-editor.org/rfc/rfc9110#section-13.1)).
pub(super) struct ConditionalHeaders {
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
}

/// A request to a tenant.
pub(super) struct Call<'a> {
    /// The tenant.
    pub(super) tenant: Arc<Tenant>,
    /// The method; HEAD is read as GET.
    pub(super) method: Method,
    /// The segments of the path after the base of the API, percent-decoded, without empty ones.
    pub(super) segments: Vec<String>,
    /// The query string as sent.
    pub(super) query: Cow<'a, str>,
    /// The header lines.
    pub(super) headers: Cow<'a, HeaderMap>,
    /// The whole body.
    pub(super) body: RequestBody,
    /// The time of the request, by the tenant's clock.
    pub(super) now: Timestamp,
    /// The URL of the server, without a slash at its end.
    pub(super) authority: String,
    /// The earlier state from which a read is answered, if any.
    pub(super) stale: Option<Arc<State>>,
}

impl<'a> Call<'a> {
    /// A call with these segments, whose body has not been read yet.
    pub(super) fn new(
        app: &App,
        request: &'a HttpRequest,
        arrival: &Arrival,
        segments: Vec<String>,
    ) -> Self {
        Self {
            tenant: arrival.tenant.clone(),
            method: method(request),
            segments,
            query: Cow::Borrowed(request.query_string()),
            headers: Cow::Borrowed(request.headers()),
            body: RequestBody::default(),
            now: arrival.at,
            authority: app.authority(request),
            stale: None,
        }
    }

    /// The call that a click on a page makes: with this head and body.
    #[cfg(feature = "web")]
    pub(super) fn into_click(self, head: &CallHead, body: Bytes) -> Call<'static> {
        Call {
            method: head.method.clone(),
            query: Cow::Borrowed(""),
            headers: Cow::Owned(head.headers.clone()),
            body: RequestBody::default().map(|_| body),
            ..self.into_owned()
        }
    }

    /// The same call with owned data, so that it can be moved to another thread.
    pub(super) fn into_owned(self) -> Call<'static> {
        Call {
            query: Cow::Owned(self.query.into_owned()),
            headers: Cow::Owned(self.headers.into_owned()),
            ..self
        }
    }

    /// Where and when it is refused, if it is.
    pub(super) fn refused_at(&self) -> RefusedAt<'_> {
        RefusedAt {
            server: &self.authority,
            now: self.now,
            tenant: Some(self.tenant.name().as_str()),
        }
    }

    /// The state to read from.
    pub(super) fn state(&self) -> Arc<State> {
        self.stale.clone().unwrap_or_else(|| self.tenant.snapshot())
    }

    /// The base URL of the tenant's SCIM service, as "Copy SCIM link" shows it.
    pub(super) fn scim_base(&self) -> String {
        format!("{}/{}/scim/v2", self.authority, self.tenant.name())
    }

    /// The base URL of the tenant's admin console.
    pub(super) fn admin_base(&self) -> String {
        format!("{}/{}/admin/v1", self.authority, self.tenant.name())
    }

    /// The text of a header, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The conditional headers of the request.
    pub(super) fn conditions(&self) -> ConditionalHeaders {
        let (if_match, if_none_match) =
            (self.condition("if-match"), self.condition("if-none-match"));
        ConditionalHeaders { if_match, if_none_match }
    }

    /// The value of a conditional header, with all of its lines joined. A tag that is not UTF-8 never
    /// matches a resource (RFC 9110 §8.8.3).
    pub(super) fn condition(&self, name: &str) -> Option<String> {
        let lines = self.headers.get_all(name).map(|it| String::from_utf8_lossy(it.as_bytes()));
        let lines: Vec<_> = lines.collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }

    /// The bearer token.
    pub(super) fn bearer(&self) -> Option<&str> {
        bearer(&self.headers)
    }

    /// The body of a SCIM request as JSON. A member name that occurs twice is recorded as a finding.
    ///
    /// # Errors
    ///
    /// 415 for another content type, `invalidSyntax` for a body that is not JSON.
    pub(super) fn scim_body(&self, record: &mut Record) -> Result<Json, ScimError> {
        let sent = self.header("content-type").unwrap_or("none");
        if !self.body.is_empty() && !is_json(sent) {
            let detail = format!(
                "the content type must be application/scim+json or application/json, found {sent}"
            );
            return Err(ScimError::status(415, detail));
        }
        let invalid = |detail: String| ScimError::new(ScimType::InvalidSyntax, detail);
        if self.body.is_empty() {
            return Err(invalid("the body is empty, expected JSON".into()));
        }
        let (json, twice) = read_json(&self.body).map_err(|error| invalid(no_json(&error)))?;
        if let Some(first) = twice.first()
            && !self.state().profile().dialect.quirks.contains(Quirk::DuplicateKeys)
        {
            return Err(invalid(format!("{first} stands twice in its object"))
                .hinting(Quirk::DuplicateKeys));
        }
        let noted = twice.into_iter().map(|at| NotedQuirk::new(Quirk::DuplicateKeys, at));
        record.findings.extend(findings(noted.collect()));
        Ok(json)
    }
}
