//! Bulk requests.

use mediusflow_mock::scim::{
    bulk::{BulkRequest, BulkResponse},
    urn,
};
use serde_json::{Map, Value as Json, json};

use super::sample::{BASE, NOW, assert_sound, json_or_text, profiles, tenant, with_ids};

/// The request is refused as a whole, or each operation is answered once, unless it asks to stop at
/// errors; and the tenant is sound afterwards.
///
/// A text that is no JSON object is read as one operation a line, `method|path|bulkId|data`, with a
/// number in a line of its own for `failOnErrors`.
///
/// # Panics
///
/// If not.
pub fn bulk(text: &str) {
    for profile in profiles() {
        let (tenant, ids) = tenant(profile);
        let body = body(&with_ids(text, &ids));
        let Ok(request) = BulkRequest::parse(&body, &tenant.snapshot().profile().dialect) else {
            return;
        };
        let done = tenant.bulk(&request, BASE, NOW);
        let sent = request.operations.len();
        if request.fail_on_errors.is_none() {
            assert_eq!(done.results.len(), sent, "some operation was not answered");
        }
        assert!(done.results.len() <= sent, "some operation was answered twice");
        for result in &done.results {
            if let Err(error) = &result.outcome {
                assert!((400..500).contains(&error.code()), "a client's mistake is {error:?}");
            }
        }
        let answer = serde_json::to_string(&BulkResponse { operations: done.results });
        answer.expect("an answer has text keys only");
        assert_sound(&tenant);
    }
}

fn body(text: &str) -> Json {
    if let Ok(body @ Json::Object(_)) = serde_json::from_str(text) {
        return body;
    }
    let mut body = json!({"schemas": [urn::BULK_REQUEST]});
    let mut operations = Vec::new();
    for line in text.lines() {
        match line.parse::<u8>() {
            Ok(most) => body["failOnErrors"] = most.into(),
            Err(_) => operations.push(operation(line)),
        }
    }
    body["Operations"] = operations.into();
    body
}

fn operation(line: &str) -> Json {
    let names = ["method", "path", "bulkId", "data"];
    let parts = names.into_iter().zip(line.splitn(names.len(), '|'));
    let parts = parts.filter(|(_, it)| !it.is_empty()).map(|(name, part)| {
        let value = if name == "data" { json_or_text(part) } else { part.into() };
        (name.to_owned(), value)
    });
    Json::Object(parts.collect::<Map<_, _>>())
}
