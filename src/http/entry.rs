//! Where a request enters: its body is read, its tenant found, its answer recorded.

use std::time::Instant;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header::CONTENT_LENGTH},
    web::{Bytes, Data, Payload},
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
use crate::{
    scim::{ScimError, decode},
    tenant::Tenant,
};

/// Which of a tenant's two services is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Api {
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
    let received = Received { at: app.clock.now(), started: Instant::now() };
    let Address { tenant: name, api, tail } = address;
    let Some(tenant) = app.tenants.get(name) else {
        return unknown_tenant(app, *api, name).into_response();
    };
    let body = match read(request, payload).await {
        Ok(body) => body,
        Err(refused) => {
            let answer = api.refuse(refused.status, refused.code, refused.detail);
            return record::finish(request, (&tenant, received), &Bytes::new(), answer);
        }
    };
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

struct Refused {
    status: u16,
    code: &'static str,
    detail: String,
}

/// Reads a body up to the cap; more is not kept.
async fn read(request: &HttpRequest, payload: Payload) -> Result<Bytes, Refused> {
    let too_large = || Refused {
        status: 413,
        code: "body-too-large",
        detail: format!("the body is larger than {LARGEST_BODY} bytes"),
    };
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    if announced.and_then(|it| it.parse::<u64>().ok()).is_some_and(|it| it > LARGEST_BODY as u64) {
        return Err(too_large());
    }
    match payload.to_bytes_limited(LARGEST_BODY).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) => Err(Refused {
            status: 400,
            code: "body-unreadable",
            detail: format!("the body could not be read: {error}"),
        }),
        Err(_over_the_limit) => Err(too_large()),
    }
}

fn segments(tail: &str) -> Vec<String> {
    tail.split('/').filter(|it| !it.is_empty()).map(segment).collect()
}

/// A segment of a path decoded; there, `+` is itself.
fn segment(text: &str) -> String {
    if text.contains(['%', '+']) { decode(&text.replace('+', "%2B")) } else { text.to_owned() }
}

fn unknown_tenant(app: &App, api: Api, name: &str) -> Answer {
    let known: Vec<String> =
        app.tenants.all().iter().map(|it| Tenant::name(it).to_string()).collect();
    let detail = format!("there is no tenant {name:?}; there are: {}", known.join(", "));
    api.refuse(404, "unknown-tenant", detail)
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
