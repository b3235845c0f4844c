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
    health,
    problem::Problem,
    record::{self, Received},
    scim,
};
use crate::scim::{ScimError, decode};

/// Which of a tenant's two services is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Api {
    Scim,
    Admin,
}

/// `/{tenant}/scim/v2` and `/{tenant}/admin/v1`, with all that is below them.
pub(super) async fn below_tenant(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    match Address::read(request.path()) {
        Some(address) => serve(&app, &request, payload, &address).await,
        None => health::nothing_here(&request),
    }
}

/// An address below a tenant's name.
#[derive(Debug, PartialEq, Eq)]
struct Address<'a> {
    tenant: String,
    api: Api,
    /// What follows the base of the service.
    tail: &'a str,
}

impl<'a> Address<'a> {
    /// Takes a path apart; `None` if it lies below neither service.
    fn read(path: &'a str) -> Option<Self> {
        let (tenant, rest) = path.strip_prefix('/')?.split_once('/')?;
        let (api, rest) = match rest.strip_prefix("scim/v2") {
            Some(rest) => (Api::Scim, rest),
            None => (Api::Admin, rest.strip_prefix("admin/v1")?),
        };
        let tail = if rest.is_empty() { rest } else { rest.strip_prefix('/')? };
        (!tenant.is_empty()).then(|| Self { tenant: segment(tenant), api, tail })
    }
}

/// Answers a request to a tenant, and records both.
async fn serve(
    app: &Data<App>,
    request: &HttpRequest,
    payload: Payload,
    address: &Address<'_>,
) -> HttpResponse {
    let _running = app.begin();
    let received = Received::now(&app.clock);
    let Address { tenant: name, api, tail } = address;
    let Some(tenant) = app.tenants.get(name) else {
        return unknown_tenant(app, *api, name).into_response();
    };
    let method = request.method();
    let mut call = Call {
        tenant: tenant.clone(),
        method: if method == Method::HEAD { Method::GET } else { method.clone() },
        segments: segments(tail),
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
            detail: format!("the body is larger than {LARGEST_BODY} bytes (maxPayloadSize)"),
        });
    }
    Ok(body.freeze())
}

fn segments(tail: &str) -> Vec<String> {
    tail.split('/').filter(|it| !it.is_empty()).map(segment).collect()
}

/// A segment of a path decoded; there, `+` is itself.
fn segment(text: &str) -> String {
    if text.contains(['%', '+']) { decode(&text.replace('+', "%2B")) } else { text.to_owned() }
}

fn unknown_tenant(app: &App, api: Api, name: &str) -> Answer {
    let known: Vec<String> = app.tenants.all().iter().map(|it| it.name().to_string()).collect();
    let detail = format!("there is no tenant {name:?}; there are: {}", known.join(", "));
    match api {
        Api::Scim => Answer::scim_error(&ScimError::status(404, detail)),
        Api::Admin => Problem::new(404, "unknown-tenant", detail).into_answer(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/NordlysQA/scim/v2", Some(("NordlysQA", Api::Scim, "")))]
    #[case("/Nordlys%51A/scim/v2/Users/a%2Fb", Some(("NordlysQA", Api::Scim, "Users/a%2Fb")))]
    #[case("/a+b/admin/v1/", Some(("a+b", Api::Admin, "")))]
    #[case("/NordlysQA/scim/v20/Users", None)]
    #[case("/NordlysQA/scim", None)]
    #[case("//scim/v2", None)]
    #[case("/favicon.ico", None)]
    fn an_address_is_a_tenant_a_service_and_the_rest(
        #[case] path: &str,
        #[case] expected: Option<(&str, Api, &str)>,
    ) {
        let expected =
            expected.map(|(tenant, api, tail)| Address { tenant: tenant.into(), api, tail });

        assert_eq!(Address::read(path), expected);
    }
}
