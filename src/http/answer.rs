//! What a request is answered, and what the journal is to know of it.

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
    journal::{Auth, Effect, Fault, Finding, Hits, Operation, Problem, Subject},
    scim::{Noted, ScimError},
    tenant::names_etag,
};

/// An answer on its way out.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(Cow<'static, str>, String)>,
    pub(super) body: Bytes,
    /// What a refused request is told, for the journal.
    pub(super) problem: Option<Problem>,
    pub(super) notes: Notes,
}

/// What the journal is to know of an exchange beyond its bytes.
pub(super) struct Notes {
    pub(super) operation: Operation,
    pub(super) auth: Auth,
    pub(super) subject: Option<Subject>,
    pub(super) effects: Vec<Effect>,
    pub(super) findings: Vec<Finding>,
    pub(super) hits: Option<Hits>,
    pub(super) remark: Option<String>,
    pub(super) fault: Option<Fault>,
    /// What was probably meant by a request that reached no tenant.
    pub(super) guess: Option<String>,
    /// Who called, if that is known better than the request tells.
    pub(super) from: Option<&'static str>,
}

/// The content type of every SCIM answer (RFC 7644 §3.1).
pub(super) const SCIM_JSON: &str = "application/scim+json";

/// Room for the answer about a user, so that it is written without moving.
const USUAL_SIZE: usize = 2 * 1024;

impl Default for Notes {
    fn default() -> Self {
        Self {
            operation: Operation::Unknown,
            auth: Auth::Unchecked,
            subject: None,
            effects: Vec::new(),
            findings: Vec::new(),
            hits: None,
            remark: None,
            fault: None,
            guess: None,
            from: None,
        }
    }
}

impl Answer {
    /// An answer without a body.
    pub(super) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
            problem: None,
            notes: Notes::default(),
        }
    }

    /// A SCIM answer.
    pub(super) fn scim(status: u16, body: &impl Serialize) -> Self {
        Self::of(status, SCIM_JSON, body)
    }

    /// A SCIM error (RFC 7644 §3.12).
    pub(super) fn scim_error(error: &ScimError) -> Self {
        let mut answer = Self::scim(error.code(), error);
        answer.problem = Some(Problem {
            code: error.scim_type().map(Into::into),
            detail: error.detail().to_owned(),
        });
        answer
    }

    /// A JSON answer of the admin console or the control API.
    pub(super) fn json(status: u16, body: &impl Serialize) -> Self {
        Self::of(status, "application/json", body)
    }

    /// The same answer with a newline at the end of its body: one of the SCIM service, which has
    /// none, as the control API gives it.
    pub(super) fn ended(mut self) -> Self {
        if !self.body.is_empty() && !self.body.ends_with(b"\n") {
            self.body = [&*self.body, b"\n"].concat().into();
        }
        self
    }

    /// The same answer with a weak tag that follows from its bytes, or 304 if it is one of those that
    /// `If-None-Match` names.
    pub(super) fn tagged(self, if_none_match: Option<&str>) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(&self.body);
        let etag = format!("W/\"{:016x}\"", hasher.finish());
        if self.status == 200 && if_none_match.is_some_and(|it| names_etag(it, &etag)) {
            return Self { notes: self.notes, ..Self::empty(304) }.header("etag", etag);
        }
        self.header("etag", etag)
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
        self.notes.subject = Some(Subject::new(kind, name, name));
        self
    }

    /// The same answer with words for the journal's summary.
    pub(super) fn remark(mut self, remark: impl Into<String>) -> Self {
        self.notes.remark = Some(remark.into());
        self
    }

    /// An answer in JSON. A newline ends it, so that no prompt follows it on its line; a SCIM answer
    /// has none.
    pub(super) fn of(status: u16, content_type: &str, body: &impl Serialize) -> Self {
        let mut bytes = Vec::with_capacity(USUAL_SIZE);
        serde_json::to_writer(&mut bytes, body).expect("views and errors have text keys only");
        if content_type != SCIM_JSON {
            bytes.push(b'\n');
        }
        Self {
            status,
            headers: vec![("content-type".into(), content_type.to_owned())],
            body: bytes.into(),
            problem: None,
            notes: Notes::default(),
        }
    }

    /// The bytes for the wire.
    pub(super) fn into_response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        for (name, value) in self.headers {
            response.insert_header((name.as_ref(), value));
        }
        // A body behind one of these would be read as the beginning of the next answer.
        let is_bare = matches!(self.status, 204 | 205 | 304);
        if is_bare {
            return response.finish();
        }
        if self.body.len() > PIECE {
            return response.body(Pieces(self.body));
        }
        response.body(self.body)
    }
}

/// How much of a body is written at a time.
const PIECE: usize = 256 * 1024;

/// A large body, which is copied to its connection piece by piece: the copy of a whole state would
/// keep everybody else waiting.
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

/// What was tolerated, in the journal's words.
pub(super) fn findings(noted: Vec<Noted>) -> Vec<Finding> {
    noted
        .into_iter()
        .map(|it| Finding {
            quirk: SmolStr::new_static(it.quirk.name()),
            at: it.at.to_string(),
            what: it.quirk.what().to_owned(),
            section: SmolStr::new_static(it.quirk.section()),
            sent_by: SmolStr::new_static(it.quirk.sent_by()),
            instead: SmolStr::new_static(it.quirk.instead()),
            form: SmolStr::new_static(it.quirk.form()),
        })
        .collect()
}
