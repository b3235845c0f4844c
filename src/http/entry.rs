//! Where a request enters: its body is read, its tenant found, its answer recorded.

use std::{future::poll_fn, pin::pin};

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodyStream, MessageBody as _},
    http::{Method, header::CONTENT_LENGTH},
    web::{Bytes, BytesMut, Data, Payload},
};

use super::{
    App, LARGEST_BODY, admin,
    answer::Answer,
    call::Call,
    problem::Problem,
    record::{self, Received},
    scim,
};
use crate::scim::{ScimError, decode};

/// Which of a tenant's two services is addressed.
#[derive(Clone, Copy)]
pub(super) enum Api {
    Scim,
    Admin,
}

/// Answers a request to a tenant, and records both.
pub(super) async fn serve(
    app: &Data<App>,
    request: &HttpRequest,
    payload: Payload,
    api: Api,
) -> HttpResponse {
    let _running = app.begin();
    let received = Received::now(&app.clock);
    let info = request.match_info();
    let name = info.query("tenant");
    let Some(tenant) = app.tenants.get(name) else {
        return unknown_tenant(app, api, name).into_response();
    };
    let method = request.method();
    let mut call = Call {
        tenant: tenant.clone(),
        method: if method == Method::HEAD { Method::GET } else { method.clone() },
        segments: segments(info.get("tail").unwrap_or_default()),
        query: request.query_string(),
        headers: request.headers(),
        body: Bytes::new(),
        now: received.at,
        authority: app.authority(request),
    };
    let read = read(request, payload).await.map(|body| call.body = body);
    let answer = match (api, read) {
        (Api::Scim, Ok(())) => scim::answer(&call),
        (Api::Scim, Err(refused)) => scim::refuse(&call, &refused.scim_error()),
        (Api::Admin, Ok(())) => admin::answer(&call),
        (Api::Admin, Err(refused)) => admin::refuse(refused.problem()),
    };
    record::finish(request, (&tenant, received), &call.body, answer)
}

/// `POST /admin/v1/authenticate`: the one call of a tenant whose path does not name it.
pub(super) async fn authenticate(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let _running = app.begin();
    let received = Received::now(&app.clock);
    if request.method() != Method::POST {
        return admin::method_not_allowed(request.method(), "POST").into_answer().into_response();
    }
    let body = match read(&request, payload).await {
        Ok(body) => body,
        Err(refused) => {
            return admin::refuse(refused.problem()).into_response();
        }
    };
    let content_type = request.headers().get("content-type").and_then(|it| it.to_str().ok());
    let (tenant, answer) = admin::authenticate(&app, content_type, &body, received.at);
    match tenant {
        Some(tenant) => record::finish(&request, (&tenant, received), &body, answer),
        None => answer.into_response(),
    }
}

/// How much of a body that is too large is read all the same.
const MOST_DISCARDED: usize = 4 * LARGEST_BODY;

/// How much room is made for a body because its size was announced, and not because it came.
const FIRST_ROOM: usize = 64 * 1024;

/// Why a body was not read.
struct Refused {
    status: u16,
    code: &'static str,
    detail: String,
}

impl Refused {
    fn problem(self) -> Problem {
        Problem::new(self.status, self.code, self.detail)
    }

    fn scim_error(self) -> ScimError {
        ScimError::status(self.status, self.detail)
    }
}

/// Reads a body up to the cap. What is beyond is read too, and not kept: a client that still sends
/// would not see the answer (but a broken pipe).
async fn read(request: &HttpRequest, payload: Payload) -> Result<Bytes, Refused> {
    let mut pieces = pin!(BodyStream::new(payload));
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    let announced = announced.and_then(|it| it.parse().ok()).unwrap_or(0);
    let mut body = BytesMut::with_capacity(announced.min(FIRST_ROOM));
    let mut size = 0;
    if announced <= MOST_DISCARDED {
        while let Some(piece) = poll_fn(|context| pieces.as_mut().poll_next(context)).await {
            let piece = piece.map_err(|error| Refused {
                status: 400,
                code: "body-unreadable",
                detail: format!("the body could not be read: {error}"),
            })?;
            size += piece.len();
            if size <= LARGEST_BODY {
                body.extend_from_slice(&piece);
            } else if size > MOST_DISCARDED {
                break;
            }
        }
    }
    if size.max(announced) > LARGEST_BODY {
        return Err(Refused {
            status: 413,
            code: "body-too-large",
            detail: format!("the body is larger than {LARGEST_BODY} bytes"),
        });
    }
    Ok(body.freeze())
}

fn segments(tail: &str) -> Vec<String> {
    tail.split('/').filter(|it| !it.is_empty()).map(|it| decode(&it.replace('+', "%2B"))).collect()
}

fn unknown_tenant(app: &App, api: Api, name: &str) -> Answer {
    let known: Vec<String> = app.tenants.all().iter().map(|it| it.name().to_string()).collect();
    let detail = format!("there is no tenant {name:?}; there are: {}", known.join(", "));
    match api {
        Api::Scim => Answer::scim_error(&ScimError::status(404, detail)),
        Api::Admin => Problem::new(404, "unknown-tenant", detail).into_answer(),
    }
}
