//! The client of the target's SCIM service. It limits the rate of requests and turns error
//! responses into coded failures.

use std::cell::Cell;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use smol_str::SmolStr;

use super::attributes::ObjectType;
use super::clock::JobClock;
use super::configuration::{SecretToken, TenantUrl};
use super::record::ErrorCode;
use super::transport::{Request, Response, Transport, TransportError};
use super::wire::{
    FoundResources, OrderedBody, PatchDialect, found, in_path, is_error, resource_id,
};

/// The number of attempts for a request to which the target responds with `Retry-After`.
const ATTEMPTS: u32 = 4;
/// The longest `Retry-After` that the client waits for. With a longer one the request fails and is
/// tried in a later cycle (assumed).
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// The error of a target that finds a user by a name that no user has.
const SOMEBODY_FOUND: &str = "resources for a filter by a random GUID, which nobody has: expected an \
    empty ListResponse. The target seems to ignore filters";

/// The client of one cycle.
pub(super) struct TargetClient<'a> {
    pub(super) url: &'a TenantUrl,
    pub(super) token: &'a SecretToken,
    pub(super) dialect: PatchDialect,
    pub(super) transport: &'a dyn Transport,
    pub(super) clock: &'a dyn JobClock,
    /// The time between two requests.
    pub(super) pace: SignedDuration,
    /// When the next request may be sent.
    pub(super) next: Cell<Timestamp>,
    /// The `ActivityId` of the cycle.
    pub(super) activity: String,
}

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: ErrorCode,
    pub(super) reason: String,
    /// Whether the credentials are refused, so that nothing else can succeed.
    pub(super) refused: bool,
    /// The status of the answer, if there was one.
    pub(super) http_status: Option<u16>,
}

/// A successful response of the target.
struct JsonResponse {
    status: u16,
    body: Json,
}

impl Failure {
    pub(super) fn new(code: ErrorCode, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), refused: false, http_status: None }
    }
}

impl TargetClient<'_> {
    /// Queries resources.
    pub(super) fn query(&self, of: ObjectType, query: &str) -> Result<FoundResources, Failure> {
        let answer = self.send("GET", &format!("/{}?{query}", endpoint(of)), None)?.body;
        found(&answer).map_err(|why| incompatible(&answer.to_string(), why))
    }

    /// Reads a user, or a group without its members (SCIM, "Get user by ID", "Get group by ID").
    pub(super) fn read(&self, of: ObjectType, id: &str) -> Result<Json, Failure> {
        let without = match of {
            ObjectType::User => "",
            ObjectType::Group => "?excludedAttributes=members",
        };
        let path = format!("/{}/{}{without}", endpoint(of), in_path(id));
        self.send("GET", &path, None).map(|it| it.body)
    }

    /// Creates a resource and returns its id.
    pub(super) fn create(&self, of: ObjectType, body: &Json) -> Result<SmolStr, Failure> {
        let answer = self.send("POST", &format!("/{}", endpoint(of)), Some(body))?;
        let JsonResponse { status, body } = answer;
        resource_id(&body).ok_or_else(|| Failure {
            http_status: Some(status),
            ..without_id(status, &body.to_string())
        })
    }

    /// Changes a resource.
    pub(super) fn patch(&self, of: ObjectType, id: &str, body: &Json) -> Result<(), Failure> {
        self.send("PATCH", &format!("/{}/{}", endpoint(of), in_path(id)), Some(body)).map(drop)
    }

    /// Deletes a resource. It is no error if the resource does not exist.
    pub(super) fn delete(&self, of: ObjectType, id: &str) -> Result<(), Failure> {
        match self.send("DELETE", &format!("/{}/{}", endpoint(of), in_path(id)), None) {
            Err(failure) if failure.code == ErrorCode::InvalidAnchor => Ok(()),
            other => other.map(drop),
        }
    }

    /// Checks that the target accepts the credentials and responds correctly: queries objects that
    /// do not exist (SCIM, "Test Connection").
    pub(super) fn probe(&self, of: ObjectType, query: &str) -> Result<(), Failure> {
        let path = format!("/{}?{query}", endpoint(of));
        let response = self.exchange("GET", &path, None).map_err(unavailable)?;
        let http_status = Some(response.status);
        let refused = |code, reason: String| Failure { code, reason, refused: true, http_status };
        match response.status {
            200 => {
                let body: Json = serde_json::from_str(&response.body).map_err(|_not_json| {
                    let Failure { code, reason, .. } = incompatible(&response.body, "no JSON");
                    refused(code, reason)
                })?;
                let unexpected = |code, why: &str| {
                    refused(code, format!("we received this unexpected response: {why}"))
                };
                match found(&body) {
                    Ok(FoundResources { total: 0, .. }) => Ok(()),
                    Ok(_) => {
                        Err(unexpected(ErrorCode::ServiceIncompatibleFiltering, SOMEBODY_FOUND))
                    }
                    Err(why) => Err(unexpected(ErrorCode::ServiceIncompatible, why)),
                }
            }
            401 | 403 => {
                let reason = format!(
                    "the credentials are not accepted: HTTP {}{}",
                    response.status,
                    detail(&response.body)
                );
                Err(refused(ErrorCode::CredentialValidationFailure, reason))
            }
            404 => {
                let reason = "An HTTP/404 Not Found response was returned rather than the expected \
                    HTTP/200 OK response. To address this issue, ensure that the tenant URL is \
                    correct. The tenant URL is usually in a format like: https://<>/scim. If the \
                    tenant URL is correct, contact the application developer to ensure that the \
                    SCIM endpoint conforms with RFC 7644 section 3.4.2.";
                Err(refused(ErrorCode::ServiceIncompatible, reason.into()))
            }
            429 | 500.. => {
                let Failure { reason, .. } = failure(&response, "GET");
                Err(refused(ErrorCode::CredentialValidationUnavailable, reason))
            }
            status => {
                let detail = detail(&response.body);
                let reason = format!("we received this unexpected response: HTTP {status}{detail}");
                Err(refused(ErrorCode::ServiceIncompatible, reason))
            }
        }
    }

    fn send(
        &self,
        method: &'static str,
        path: &str,
        body: Option<&Json>,
    ) -> Result<JsonResponse, Failure> {
        let response = self.exchange(method, path, body).map_err(|error| match error {
            TransportError::Timeout => Failure::new(ErrorCode::Timeout, error.to_string()),
            TransportError::Broken(why) => Failure::new(ErrorCode::WebExceptionProtocolError, why),
        })?;
        let taken = taken(method, &response);
        taken.map_err(|it| Failure { http_status: Some(response.status), ..it })
    }

    /// Sends a request at the configured rate, and again after `Retry-After`.
    fn exchange(
        &self,
        method: &'static str,
        path: &str,
        body: Option<&Json>,
    ) -> Result<Response, TransportError> {
        let mut headers = vec![
            ("Authorization", format!("Bearer {}", self.token.expose())),
            ("ADSCIMVersion", "5.0".into()),
            ("ActivityId", self.activity.clone()),
        ];
        if body.is_some() {
            headers.push(("Content-Type", "application/scim+json".into()));
        }
        let url = format!("{}{path}", self.url.base());
        let text =
            |body: &Json| serde_json::to_string(&OrderedBody(body)).expect("JSON has text keys");
        let request = Request { method, url, headers, body: body.map(text) };
        for attempt in 1.. {
            self.keep_pace();
            let response = self.transport.send(&request)?;
            let wait = match response.status {
                429 | 503 => response.retry_after.as_deref().and_then(|it| self.patience(it)),
                _ => None,
            };
            match wait {
                Some(time) if attempt < ATTEMPTS => self.clock.wait(time),
                _ => return Ok(response),
            }
        }
        unreachable!("the last attempt returns")
    }

    fn keep_pace(&self) {
        if self.pace.is_zero() {
            return;
        }
        let now = self.clock.now();
        let due = self.next.get().max(now);
        if due > now {
            self.clock.wait(due.duration_since(now));
        }
        self.next.set(due.saturating_add(self.pace).unwrap_or(due));
    }

    /// The time of a `Retry-After`: seconds, or a date (RFC 9110 §10.2.3).
    fn patience(&self, text: &str) -> Option<SignedDuration> {
        let time = if let Ok(seconds) = text.trim().parse::<u32>() {
            SignedDuration::from_secs(seconds.into())
        } else {
            let date = jiff::fmt::rfc2822::DateTimeParser::new();
            date.parse_timestamp(text.trim()).ok()?.duration_since(self.clock.now())
        };
        (time <= PATIENCE).then(|| time.max(SignedDuration::ZERO))
    }
}

/// Checks that a response is a success.
fn taken(method: &str, response: &Response) -> Result<JsonResponse, Failure> {
    let status = response.status;
    match (method, status) {
        // SCIM documents 201; Microsoft's validation template passes 200 as well.
        ("GET", 200) | ("POST", 200 | 201) => serde_json::from_str(&response.body)
            .map(|body| JsonResponse { status, body })
            .map_err(|_not_json| incompatible(&response.body, "the body is no JSON")),
        ("POST", 202..=299) => Err(without_id(status, &response.body)),
        ("PATCH" | "DELETE", 200..=299) => {
            // An HTML page with status 200 comes from a proxy before the service.
            let html = response.content_type.starts_with("text/html");
            let body: Json = serde_json::from_str(&response.body).unwrap_or_default();
            match (html, is_error(&body)) {
                (true, _) => Err(incompatible(&response.body, "HTML")),
                (_, true) => Err(incompatible(&response.body, "an error with a good status")),
                _ => Ok(JsonResponse { status, body }),
            }
        }
        _ => Err(failure(response, method)),
    }
}

fn endpoint(of: ObjectType) -> &'static str {
    match of {
        ObjectType::User => "Users",
        ObjectType::Group => "Groups",
    }
}

fn unavailable(error: TransportError) -> Failure {
    Failure {
        code: ErrorCode::CredentialValidationUnavailable,
        reason: format!("the target application cannot be reached: {error}"),
        refused: true,
        http_status: None,
    }
}

fn without_id(status: u16, body: &str) -> Failure {
    let reason = format!("expected 201 Created with an id, found HTTP {status}{}", detail(body));
    Failure::new(ErrorCode::ServiceIncompatible, reason)
}

fn incompatible(body: &str, why: &str) -> Failure {
    Failure::new(
        ErrorCode::ServiceIncompatible,
        format!(
            "We are not able to deserialize the resource received from your SCIM endpoint because \
             your SCIM endpoint is not fully compatible with the Azure Active Directory SCIM \
             client. Here is the resource we received: {} ({why})",
            excerpt(body)
        ),
    )
}

/// The code of an error response (LOGHOW).
fn failure(response: &Response, method: &str) -> Failure {
    let json: Json = serde_json::from_str(&response.body).unwrap_or_default();
    let kind = json["scimType"].as_str().unwrap_or_default();
    let code = match (response.status, kind) {
        (400, "invalidFilter") => ErrorCode::ServiceIncompatibleFiltering,
        (400, "uniqueness") | (409, _) => ErrorCode::EntryConflict,
        (401, _) => ErrorCode::CredentialValidationFailure,
        (402, _) => ErrorCode::LicenseLimitExceeded,
        (403, _) => ErrorCode::InsufficientRights,
        (404, _) if method == "POST" => ErrorCode::ServiceIncompatible,
        (404 | 410, _) => ErrorCode::InvalidAnchor,
        (405, _) => ErrorCode::MethodNotAllowed,
        (422, _) => ErrorCode::UnprocessableEntity,
        (408 | 504, _) => ErrorCode::Timeout,
        (429, _) => ErrorCode::TooManyRequests,
        (501, _) => ErrorCode::NotImplemented,
        // Too large, an unsupported type, and so on: the same request fails again.
        (400..=499, _) => ErrorCode::BadRequest,
        (500.., _) => ErrorCode::InternalServerError,
        _ => ErrorCode::WebExceptionProtocolError,
    };
    let reason = format!("StatusCode: {}{}", response.status, detail(&response.body));
    Failure { refused: response.status == 401, ..Failure::new(code, reason) }
}

/// The message of an error body, short enough for a log line.
fn detail(body: &str) -> String {
    let json: Json = serde_json::from_str(body).unwrap_or_default();
    match json["detail"].as_str() {
        Some(detail) => format!(" Message: {detail}"),
        None if body.is_empty() => String::new(),
        None => format!(" Web Response: {}", excerpt(body)),
    }
}

fn excerpt(body: &str) -> String {
    let mut short: String = body.chars().take(300).collect();
    if short.len() < body.len() {
        short.push('…');
    }
    short
}
