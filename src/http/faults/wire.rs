//! Answers as bytes, for answers that actix must not write completely.

use actix_web::http::StatusCode;
use serde_json::json;

use super::Answer;
use crate::scim::urn;

/// The bytes of an answer with a part of its body. The head announces the whole body.
pub(super) fn cut(answer: &Answer, after: usize) -> Vec<u8> {
    let status = StatusCode::from_u16(answer.record.status).unwrap_or(StatusCode::OK);
    let mut bytes = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in &answer.headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", answer.body.len()).as_bytes());
    bytes.extend_from_slice(&answer.body[..after.min(answer.body.len())]);
    bytes
}

/// Bytes that are not HTTP, made with a random number.
pub(super) fn garbage(number: u64) -> Vec<u8> {
    // The first byte cannot begin a method, a version or a TLS record.
    let mut bytes = vec![0x00];
    bytes.extend_from_slice(&number.to_le_bytes().repeat(8));
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes
}

/// A SCIM error ([RFC 7644 §3.12](https://www.rfc-editor.org/rfc/rfc7644#section-3.12)) with any
/// `scimType`, also an invalid one.
pub(super) fn scim_error(status: u16, scim_type: Option<&str>, detail: &str) -> Answer {
    let mut body = json!({"schemas": [urn::ERROR], "status": status.to_string(), "detail": detail});
    if let Some(scim_type) = scim_type {
        body["scimType"] = json!(scim_type);
    }
    let mut answer = Answer::scim(status, &body);
    answer.record.problem = Some(crate::journal::Problem {
        code: scim_type.map(Into::into),
        detail: detail.to_owned(),
    });
    answer
}
