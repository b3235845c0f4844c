//! Reads request bodies up to a limit, and parses them as JSON.

use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll},
};

use actix_web::{
    HttpRequest,
    body::{BodyStream, MessageBody as _},
    http::header::{CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING},
    web::{Payload, Query},
};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use tokio::time::timeout;

use super::{App, answer::Answer, body_limits::RequestBody, problem::ProblemDetails};
use crate::scim::{ScimError, SearchRequest, in_plain_words, nearest, quoted};

/// A body that is too large is still read up to this multiple of the limit.
const MOST_DISCARDED: usize = 4;

/// The largest buffer that is allocated because of an announced size, before any bytes arrive.
const FIRST_ROOM: usize = 64 * 1024;

/// Why a body could not be read.
pub(super) struct UnreadBody {
    status: u16,
    code: &'static str,
    detail: String,
    /// The accepted encodings, if the encoding was the reason.
    accepts: Option<&'static str>,
}

impl UnreadBody {
    fn new(status: u16, code: &'static str, detail: String) -> Self {
        Self { status, code, detail, accepts: None }
    }

    pub(super) fn problem(self) -> ProblemDetails {
        let problem = ProblemDetails::new(self.status, self.code, self.detail);
        match self.accepts {
            Some(accepts) => problem.header("accept-encoding", accepts),
            None => problem,
        }
    }

    pub(super) fn scim_answer(self) -> Answer {
        let answer = Answer::scim_error(&ScimError::status(self.status, self.detail));
        match self.accepts {
            Some(accepts) => answer.header("accept-encoding", accepts),
            None => answer,
        }
    }
}

/// Reads a body up to a limit. The rest is read as well but not kept: otherwise a client that is still
/// sending would see a broken pipe instead of the answer.
pub(super) async fn read(
    app: &App,
    most: usize,
    request: &HttpRequest,
    payload: Payload,
) -> Result<RequestBody, UnreadBody> {
    let most_discarded = most.saturating_mul(MOST_DISCARDED);
    let mut pieces = pin!(BodyStream::new(payload));
    let announced = announced(request).unwrap_or(0);
    let mut coming = app.body_limits.begin(announced.min(FIRST_ROOM));
    if announced <= most_discarded {
        loop {
            let piece = poll_fn(|context| pieces.as_mut().poll_next(context));
            let piece = timeout(coming.patience(), piece).await.map_err(|_elapsed| too_slow())?;
            let Some(piece) = piece.transpose().map_err(|it| unreadable(&it))? else { break };
            coming.see(piece.len());
            if coming.seen().max(announced) <= most {
                coming.keep(&piece).map_err(|_full| no_room(app))?;
            } else if coming.seen() > most_discarded {
                break;
            }
        }
    }
    if coming.seen().max(announced) > most {
        let detail = format!("the body is larger than {most} bytes (maxPayloadSize)");
        return Err(UnreadBody::new(413, "body-too-large", detail));
    }
    match encoding(request) {
        Some(encoding) if coming.seen() > 0 => {
            let detail = format!("the content encoding must be identity, found {encoding}");
            let refused = UnreadBody::new(415, "unsupported-content-encoding", detail);
            Err(UnreadBody { accepts: Some("identity"), ..refused })
        }
        _ => Ok(coming.end()),
    }
}

/// The first content encoding other than `identity` ([RFC 9110
/// §8.4](https://www.rfc-editor.org/rfc/rfc9110#section-8.4)).
fn encoding(request: &HttpRequest) -> Option<&str> {
    let mut lines = request.headers().get_all(CONTENT_ENCODING);
    lines.find_map(|line| {
        let mut members = line.to_str().unwrap_or("(not text)").split(',').map(str::trim);
        members.find(|it| !it.is_empty() && !it.eq_ignore_ascii_case("identity"))
    })
}

/// Drops the received part of a body that is not needed. If it is complete, the connection can be used for
/// further requests. Does not wait for more.
pub(super) async fn leave(payload: Payload) {
    let mut pieces = pin!(BodyStream::new(payload));
    for _ in 0..2 {
        let rest = |context: &mut Context<'_>| {
            while let Poll::Ready(Some(Ok(_))) = pieces.as_mut().poll_next(context) {}
            Poll::Ready(())
        };
        poll_fn(rest).await;
        // actix delivers the bytes that came with the head only after the handler was polled once.
        tokio::task::yield_now().await;
    }
}

/// Whether the headers of a request announce a body.
pub(super) fn has_body(request: &HttpRequest) -> bool {
    announced(request).is_some_and(|it| it > 0) || request.headers().contains_key(TRANSFER_ENCODING)
}

fn announced(request: &HttpRequest) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_slow() -> UnreadBody {
    let detail =
        "the body did not come in time: it stood still, or came slower than 1 KiB a second";
    UnreadBody::new(408, "body-timeout", detail.into())
}

fn unreadable(error: &impl std::fmt::Display) -> UnreadBody {
    let detail = format!("the body could not be read: {error}");
    UnreadBody::new(400, "body-unreadable", detail)
}

fn no_room(app: &App) -> UnreadBody {
    let most = app.body_limits.most();
    let detail = format!("the bodies of all requests together are larger than {most} bytes");
    UnreadBody::new(503, "too-many-bodies", detail)
}

/// Whether a content type is a JSON type.
pub(super) fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    ["application/scim+json", "application/json"]
        .iter()
        .any(|it| media_type.eq_ignore_ascii_case(it))
}

/// Checks that a body is one JSON object. It is not kept: a large one would take ten times its size.
///
/// # Errors
///
/// The error, with line and column.
fn expect_object(body: &[u8]) -> Result<(), String> {
    if body.is_empty() {
        return Err("the body is empty, expected JSON".into());
    }
    serde_json::from_slice::<IgnoredAny>(body).map_err(|error| no_json(&error))?;
    match body.trim_ascii_start() {
        [b'{', ..] => Ok(()),
        _ => Err("the body must be a JSON object".into()),
    }
}

/// The error message for a body that is not JSON, with line and column.
pub(super) fn no_json(error: &serde_json::Error) -> String {
    let why = error.to_string();
    // JSON allows numbers of any size; only those that are larger than every double are refused.
    match why.strip_prefix("number out of range") {
        Some(place) => format!("the body has a number that is too large{place}"),
        None => format!("the body is no JSON: {why}"),
    }
}

/// Reads the body of a call of the admin console or the control API.
///
/// # Errors
///
/// 415 for another content type; 400 `invalid-body` for an invalid body, with the wrong field and a
/// suggestion.
pub(super) fn typed<'a, T: Deserialize<'a>>(
    content_type: Option<&str>,
    body: &'a [u8],
) -> Result<T, ProblemDetails> {
    let content_type = content_type.unwrap_or("none");
    if !body.is_empty() && !is_json(content_type) {
        let detail = format!("the content type must be application/json, found {content_type}");
        return Err(ProblemDetails::new(415, "unsupported-content-type", detail)
            .hint("send Content-Type: application/json"));
    }
    let invalid = |detail: String| ProblemDetails::new(400, "invalid-body", detail);
    // First, so that a body that is no JSON is not said to lack a member.
    expect_object(body).map_err(invalid)?;
    let reader = &mut serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(reader).map_err(|error| {
        // Numbers, escapes and the nesting (128 levels) are only checked where they are kept.
        if error.inner().is_syntax() {
            return invalid(no_json(error.inner()));
        }
        let words = in_plain_words(&error.inner().to_string());
        // The body is valid JSON, so "expected value" means that one of some known strings is expected.
        let words = words.replacen("expected value", "expected a string", 1);
        let error = ShapeError::of(&error.path().to_string(), &words);
        error.told_by(invalid(format!("the body does not fit: {words}")))
    })
}

/// Reads the query string of a call of the control API.
///
/// # Errors
///
/// 400 `invalid-query` for an unknown parameter, with a suggestion, or for an invalid value.
pub(super) fn query<T: DeserializeOwned>(query: &str) -> Result<T, ProblemDetails> {
    let read = Query::<T>::from_query(query);
    read.map(Query::into_inner).map_err(|error| {
        // The prefix of actix-web adds nothing to our own message.
        let whole = error.to_string();
        let words = in_plain_words(whole.trim_start_matches("Query deserialize error: "));
        let error = misfit_in::<T>(query, &whole).filter(|_| !words.starts_with("missing "));
        let (field, found) = error.unwrap_or_default();
        let is_told = ["unknown ", "missing ", "duplicate "].iter().any(|it| words.starts_with(it));
        let place = if is_told || field.is_empty() {
            String::new()
        } else {
            format!("{field}: found {}, ", quoted(&found))
        };
        let detail = format!("the query does not fit: {place}{words}");
        ShapeError::of(&field, &words).told_by(ProblemDetails::new(400, "invalid-query", detail))
    })
}

/// The parameter that causes this error message, and its value. serde reads the parameters in order but
/// does not report which one fails.
fn misfit_in<T: DeserializeOwned>(query: &str, words: &str) -> Option<(String, String)> {
    let ends = query.match_indices('&').map(|(at, _)| at).chain([query.len()]);
    let fails = |end: &usize| {
        Query::<T>::from_query(&query[..*end]).is_err_and(|it| it.to_string() == words)
    };
    let read = &query[..ends.into_iter().find(fails)?];
    let wrong = read.rsplit('&').next()?;
    Query::<Vec<(String, String)>>::from_query(wrong).ok()?.into_inner().pop()
}

/// Refuses an unknown parameter, because its sender would expect that it has an effect.
///
/// # Errors
///
/// 400 `invalid-query` with a suggestion; also for a query that is not UTF-8 after decoding.
pub(super) fn only(query: &str, known: &[&str]) -> Result<(), ProblemDetails> {
    SearchRequest::refuse_unreadable(query)
        .map_err(|it| ProblemDetails::new(400, "invalid-query", it.detail().to_owned()))?;
    let pairs = Query::<Vec<(String, String)>>::from_query(query);
    let pairs = pairs.map(Query::into_inner).unwrap_or_default(); // reported where it is parsed
    let mut names = pairs.into_iter().map(|(name, _)| name);
    let Some(name) = names.find(|it| !known.contains(&it.as_str())) else { return Ok(()) };
    let expected = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let detail = format!("unknown parameter `{name}`, expected {expected}");
    let problem = ProblemDetails::new(400, "invalid-query", detail).field(&name);
    Err(match nearest(&name, known.iter().copied()) {
        Some(meant) => problem.meant(meant),
        None => problem,
    })
}

/// The parts of an error message of serde about an invalid body.
struct ShapeError {
    /// The path of the field, such as `locale.timeZone`.
    field: Option<String>,
    /// A suggestion.
    hint: Option<String>,
}

impl ShapeError {
    /// Reads an error message of serde: "unknown field `a`, expected `b` or `c`", "missing field `a`".
    fn of(path: &str, words: &str) -> Self {
        let mut names = words.split('`').skip(1).step_by(2);
        let kind = words.split('`').next().unwrap_or_default();
        let (name, path) = (names.next().unwrap_or_default(), path.trim_start_matches('.'));
        let field = match kind {
            // serde_path_to_error does not report a name that could not be read.
            "unknown value " if path.ends_with('?') => {
                format!("{}{name}", path.trim_end_matches('?'))
            }
            "missing field " | "duplicate field " => {
                format!("{path}.{name}").trim_start_matches('.').to_owned()
            }
            _ => path.to_owned(),
        };
        let hint = match kind {
            "unknown field " | "unknown value " => {
                nearest(name, names).map(|it| format!("did you mean {}?", quoted(it)))
            }
            "missing field " => Some(format!("add {}", quoted(name))),
            _ => None,
        };
        Self { field: Some(field).filter(|it| !it.is_empty()), hint }
    }

    /// Adds the field and the suggestion to a problem.
    fn told_by(self, mut problem: ProblemDetails) -> ProblemDetails {
        if let Some(field) = self.field {
            problem = problem.field(field);
        }
        if let Some(hint) = self.hint {
            problem = problem.hint(hint);
        }
        problem
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde::Deserialize;
    use serde_json::Value as Json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape is used")]
    struct Outer {
        time_zone: String,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape is used")]
    struct Inner {
        time_zone: String,
        colour: Option<Colour>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Colour {
        Red,
        Green,
    }

    #[rstest]
    #[case(r#"{"timezone": "x"}"#, Some("timezone"), Some("did you mean \"timeZone\"?"))]
    #[case(r#"{"timeZone": "x", "colour": 1}"#, Some("colour"), None)]
    #[case(r#"{"timeZone": 1}"#, Some("timeZone"), None)]
    #[case(r"{}", Some("timeZone"), Some("add \"timeZone\""))]
    #[case(r#"{"timeZone": "x", "inner": {}}"#, Some("inner.timeZone"), Some("add \"timeZone\""))]
    #[case(
        r#"{"timeZone": "x", "inner": {"timeZon": 1}}"#,
        Some("inner.timeZon"),
        Some("did you mean \"timeZone\"?")
    )]
    #[case(
        r#"{"timeZone": "x", "inner": {"timeZone": "y", "colour": "grene"}}"#,
        Some("inner.colour"),
        Some("did you mean \"green\"?")
    )]
    fn a_body_that_does_not_fit_is_told_where_and_what_would(
        #[case] body: &str,
        #[case] field: Option<&str>,
        #[case] hint: Option<&str>,
    ) {
        let problem = typed::<Outer>(Some("application/json"), body.as_bytes()).unwrap_err();

        let told: Json = serde_json::from_slice(&problem.into_answer().body).unwrap();

        assert_eq!(told["field"].as_str(), field, "{told}");
        assert_eq!(told["hint"].as_str(), hint, "{told}");
    }

    #[test]
    fn a_number_is_asked_for_in_plain_words() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only its shape is used")]
        struct Page {
            users: usize,
        }
        let problem = typed::<Page>(Some("application/json"), br#"{"users": -1}"#).unwrap_err();

        let said = "invalid value: integer `-1`, expected a whole number that is not negative";
        assert!(problem.detail().contains(said), "{}", problem.detail());
    }

    #[rstest]
    #[case("timezone=x", "unknown field `timezone`", Some("did you mean \"timeZone\"?"))]
    #[case("", "missing field `timeZone`", Some("add \"timeZone\""))]
    fn a_query_that_does_not_fit_is_told_what_would(
        #[case] text: &str,
        #[case] words: &str,
        #[case] hint: Option<&str>,
    ) {
        let problem = query::<Outer>(text).unwrap_err();

        assert!(
            problem.detail().starts_with(&format!("the query does not fit: {words}")),
            "{}",
            problem.detail()
        );
        let told: Json = serde_json::from_slice(&problem.into_answer().body).unwrap();
        assert_eq!(told["hint"].as_str(), hint, "{told}");
    }
}
