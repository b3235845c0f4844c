//! Where a request enters: its body is read, its tenant found, its answer recorded.

use std::{future::poll_fn, pin::pin, time::Instant};

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
use crate::{
    scim::{ScimError, decode},
    tenant::Tenant,
};

/// Which of a tenant's two services is addressed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    Scim,
    Admin,
}

impl Api {
    fn refuse(self, status: u16, code: &'static str, detail: String) -> Answer {
        match self {
            Self::Scim => Answer::scim_error(&ScimError::status(status, detail)),
            Self::Admin => Problem::new(status, code, detail).into_answer(),
        }
    }
}

/// Answers a request to a tenant, and records both.
pub(super) async fn serve(
    app: &Data<App>,
    request: &HttpRequest,
    payload: Payload,
    api: Api,
) -> HttpResponse {
    let _running = app.begin();
    let received = Received { at: app.clock.now(), started: Instant::now() };
    let info = request.match_info();
    let name = info.query("tenant");
    let Some(tenant) = app.tenants.get(name) else {
        return unknown_tenant(app, api, name).into_response();
    };
    let body = match read(request, payload).await {
        Ok(body) => body,
        Err(refused) => {
            let answer = api.refuse(refused.status, refused.code, refused.detail);
            return record::finish(request, (&tenant, received), &Bytes::new(), answer);
        }
    };
    let tail = info.get("tail").unwrap_or_default();
    let call = Call {
        tenant: tenant.clone(),
        method: if request.method() == Method::HEAD {
            Method::GET
        } else {
            request.method().clone()
        },
        segments: segments(tail),
        query: request.query_string(),
        headers: request.headers(),
        body: body.clone(),
        now: received.at,
        authority: app.authority(request),
    };
    let answer = match api {
        Api::Scim => scim::answer(&call),
        Api::Admin => admin::answer(&call),
    };
    record::finish(request, (&tenant, received), &body, answer)
}

/// `POST /admin/v1/authenticate`: the one call of a tenant whose path does not name it.
pub(super) async fn authenticate(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let _running = app.begin();
    let received = Received { at: app.clock.now(), started: Instant::now() };
    if request.method() != Method::POST {
        return admin::method_not_allowed(request.method(), "POST").into_answer().into_response();
    }
    let body = match read(&request, payload).await {
        Ok(body) => body,
        Err(refused) => {
            return Api::Admin.refuse(refused.status, refused.code, refused.detail).into_response();
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

struct Refused {
    status: u16,
    code: &'static str,
    detail: String,
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
    let known: Vec<String> =
        app.tenants.all().iter().map(|it| Tenant::name(it).to_string()).collect();
    let detail = format!("there is no tenant {name:?}; there are: {}", known.join(", "));
    api.refuse(404, "unknown-tenant", detail)
}
