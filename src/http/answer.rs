//! Answers and what is recorded of them.

use std::{
    borrow::Cow,
    convert::Infallible,
    hash::{DefaultHasher, Hasher as _},
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    HttpResponse,
    body::{BodySize, MessageBody},
    http::StatusCode,
    web::Bytes,
};
use serde::Serialize;

use smol_str::SmolStr;

use crate::{
    journal::{ExchangeSubject, Finding, Problem, Record},
    scim::{NotedQuirk, ScimError},
    tenant::names_etag,
};

/// An answer before it is sent.
pub(super) struct Answer {
    pub(super) headers: Vec<(Cow<'static, str>, String)>,
    pub(super) body: Bytes,
    /// What is recorded of it: its status, and what is known besides its bytes.
    pub(super) record: Record,
    /// A guess at the intended address of a request that reached no tenant.
    pub(super) guess: Option<String>,
}

/// The content type of every SCIM answer (RFC 7644 §3.1).
pub(super) const SCIM_JSON: &str = "application/scim+json";

/// The capacity for the JSON of one user, so that the buffer usually does not grow.
const USUAL_SIZE: usize = 2 * 1024;

impl Answer {
    /// An answer without a body.
    pub(super) fn empty(status: u16) -> Self {
        Self {
            headers: Vec::new(),
            body: Bytes::new(),
            record: Record { status, ..Record::default() },
            guess: None,
        }
    }

    /// A SCIM answer.
    pub(super) fn scim(status: u16, body: &impl Serialize) -> Self {
        Self::of(status, SCIM_JSON, body)
    }

    /// A SCIM error (RFC 7644 §3.12).
    pub(super) fn scim_error(error: &ScimError) -> Self {
        let mut answer = Self::scim(error.code(), error);
        answer.record.problem = Some(Problem {
            code: error.scim_type().map(Into::into),
            detail: error.detail().to_owned(),
        });
        answer
    }

    /// A JSON answer of the admin console or the control API.
    pub(super) fn json(status: u16, body: &impl Serialize) -> Self {
        Self::of(status, "application/json", body)
    }

    /// The same answer with a newline at the end of its body. Answers of the control API end with a
    /// newline; those of the SCIM service do not.
    pub(super) fn ended(mut self) -> Self {
        if !self.body.is_empty() && !self.body.ends_with(b"\n") {
            self.body = [&*self.body, b"\n"].concat().into();
        }
        self
    }

    /// The same answer with a weak entity tag, a hash of its bytes; or 304 if `If-None-Match` contains this
    /// tag.
    pub(super) fn tagged(self, if_none_match: Option<&str>) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(&self.body);
        let etag = format!("W/\"{:016x}\"", hasher.finish());
        if self.record.status == 200 && if_none_match.is_some_and(|it| names_etag(it, &etag)) {
            return Self::empty(304).recorded_as(self.record).header("etag", etag);
        }
        self.header("etag", etag)
    }

    /// The same answer with this record, but with its own status and problem.
    pub(super) fn recorded_as(self, record: Record) -> Self {
        let Record { status, problem, .. } = self.record;
        Self { record: Record { status, problem, ..record }, ..self }
    }

    /// An answer in another format than JSON.
    pub(super) fn text(status: u16, content_type: &str, body: String) -> Self {
        Self {
            headers: vec![("content-type".into(), content_type.to_owned())],
            body: body.into(),
            ..Self::empty(status)
        }
    }

    /// The same answer with another header line.
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same answer, about this object.
    pub(super) fn about(mut self, kind: &str, name: &str) -> Self {
        self.record.subject = Some(ExchangeSubject::new(kind, name, name));
        self
    }

    /// The same answer with a remark for the journal's summary.
    pub(super) fn remark(mut self, remark: impl Into<String>) -> Self {
        self.record.remark = Some(remark.into());
        self
    }

    /// An answer in JSON. It ends with a newline, so that a shell prompt begins on the next line; a SCIM
    /// answer does not.
    pub(super) fn of(status: u16, content_type: &str, body: &impl Serialize) -> Self {
        let mut bytes = Vec::with_capacity(USUAL_SIZE);
        serde_json::to_writer(&mut bytes, body).expect("views and errors have text keys only");
        if content_type != SCIM_JSON {
            bytes.push(b'\n');
        }
        Self {
            headers: vec![("content-type".into(), content_type.to_owned())],
            body: bytes.into(),
            ..Self::empty(status)
        }
    }

    /// The HTTP response.
    pub(super) fn into_response(self) -> HttpResponse {
        self.into_parts().0
    }

    /// The HTTP response, and what is recorded of it.
    pub(super) fn into_parts(self) -> (HttpResponse, Record) {
        (response(self.record.status, self.headers, self.body), self.record)
    }
}

/// The HTTP response.
fn response(status: u16, headers: Vec<(Cow<'static, str>, String)>, body: Bytes) -> HttpResponse {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(code);
    for (name, value) in headers {
        // Each cookie has a line of its own (RFC 6265 §3).
        if name == "set-cookie" {
            response.append_header((name.as_ref(), value));
        } else {
            response.insert_header((name.as_ref(), value));
        }
    }
    // These answers have no body; a client would read one as the beginning of the next answer.
    if matches!(status, 204 | 205 | 304) {
        return response.finish();
    }
    if body.len() > PIECE {
        return response.body(Pieces(body));
    }
    response.body(body)
}

/// How many bytes of a body are written at a time.
const PIECE: usize = 256 * 1024;

/// A large body, which is copied to its connection in pieces. Copying a whole state at once would block all
/// other requests of the worker.
struct Pieces(Bytes);

impl MessageBody for Pieces {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let next = PIECE.min(self.0.len());
        let piece = self.0.split_to(next);
        Poll::Ready((!piece.is_empty()).then_some(Ok(piece)))
    }
}

/// The findings of a request, in the form of the journal.
pub(super) fn findings(noted: Vec<NotedQuirk>) -> Vec<Finding> {
    noted
        .into_iter()
        .map(|it| Finding {
            quirk: SmolStr::new_static(it.quirk.name()),
            at: it.at.to_string(),
            what: it.quirk.what().to_owned(),
            section: SmolStr::new_static(it.quirk.section()),
            sent_by: SmolStr::new_static(it.quirk.sent_by()),
            instead: SmolStr::new_static(it.quirk.instead()),
            form: it.form,
        })
        .collect()
}
