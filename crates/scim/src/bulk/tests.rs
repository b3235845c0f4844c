use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value as Json, json};

use super::*;
use crate::{Profile, sample::refusal};

fn request(operations: Json) -> BulkRequest {
    let body = json!({"schemas": [urn::BULK_REQUEST], "Operations": operations});
    BulkRequest::parse(&body, &Dialect::of(Profile::Rfc).strict()).unwrap()
}

/// A POST that refers to other operations of the request.
fn post(bulk_id: &str, references: &[&str]) -> Json {
    let members: Vec<Json> =
        references.iter().map(|it| json!({"value": format!("bulkId:{it}")})).collect();
    let data = json!({"displayName": bulk_id, "members": members});
    json!({"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data})
}

fn put(path: &str, reference: &str) -> Json {
    let data = json!({"manager": {"value": reference}});
    json!({"method": "PUT", "path": path, "data": data})
}

fn steps(operations: Json) -> Vec<BulkStep> {
    let mut order = BulkOrder::new(&request(operations).operations);
    std::iter::from_fn(|| order.next_step()).collect()
}

use BulkStep::{Begin, Perform};

#[rstest]
#[case::as_sent(json!([post("a", &[]), post("b", &["a"])]), &[Perform(0), Perform(1)])]
#[case::backwards(json!([post("b", &["a"]), post("a", &[])]), &[Perform(1), Perform(0)])]
#[case::unknown_waits_for_nothing(json!([post("b", &["zzz"])]), &[Perform(0)])]
#[case::circle(json!([post("a", &["b"]), post("b", &["a"])]), &[Begin(0), Perform(1)])]
#[case::itself(json!([post("a", &["a"])]), &[Begin(0)])]
#[case::only_the_circle_is_broken(
    json!([post("before", &["a"]), post("a", &["b"]), post("b", &["a"])]),
    &[Begin(1), Perform(0), Perform(2)]
)]
#[case::by_path(json!([put("/Users/bulkId:a", "x"), post("a", &[])]), &[Perform(1), Perform(0)])]
#[case::one_resource_in_its_order(
    json!([put("/Users/1", "bulkId:a"), {"method": "DELETE", "path": "/Users/1"}, post("a", &[])]),
    &[Perform(2), Perform(0), Perform(1)]
)]
fn an_operation_waits_for_the_resources_that_it_refers_to(
    #[case] operations: Json,
    #[case] expected: &[BulkStep],
) {
    assert_eq!(steps(operations), expected);
}

#[test]
fn names_are_found_in_values_and_in_paths_of_a_patch() {
    let operation = json!({
        "method": "PATCH",
        "path": "/Groups/bulkId:group",
        "data": {"Operations": [
            {"op": "add", "path": "members", "value": [{"value": "bulkId:anna"}]},
            {"op": "remove", "path": "members[value eq \"bulkId:bo\" or value eq \"bulkId:cy\"]"},
            {"op": "add", "path": "manager", "value": "bulkId:anna"},
            {"op": "replace", "path": "displayName", "value": "not \"bulkId:x\""}
        ]}
    });
    let task = request(json!([operation])).operations.remove(0).task.unwrap();

    let references = task.references();
    let resolved = task.resolved(&|name| (name != "cy").then(|| name.to_uppercase().into()));

    assert_eq!(references.path.as_deref(), Some("group"));
    assert_eq!(references.data, ["anna", "bo", "cy"]);
    let operations = &resolved["Operations"];
    assert_eq!(operations[0]["value"], json!([{"value": "ANNA"}]));
    assert_eq!(operations[1]["path"], "members[value eq \"BO\" or value eq \"bulkId:cy\"]");
    assert_eq!(operations[2]["value"], "ANNA");
    assert_eq!(operations[3]["value"], "not \"bulkId:x\"");
}

#[test]
fn data_is_split_into_a_part_for_now_and_a_part_for_later() {
    let data = json!({
        "userName": "bo",
        "members": [{"value": "bulkId:open", "type": "User"}, {"value": "1"}, "bulkId:open"],
        "urn:x": {"department": "IT", "manager": {"value": "bulkId:open"}, "other": "bulkId:there"}
    });
    let operation = json!({"method": "POST", "path": "/Users", "bulkId": "b", "data": data});
    let task = request(json!([operation])).operations.remove(0).task.unwrap();

    let (now, later) = task.split(&|name| name == "open");

    assert_eq!(
        now,
        json!({
            "userName": "bo",
            "members": [{"value": "1"}],
            "urn:x": {"department": "IT", "other": "bulkId:there"}
        })
    );
    assert_eq!(
        later,
        json!({
            "members": [{"value": "bulkId:open", "type": "User"}, "bulkId:open"],
            "urn:x": {"manager": {"value": "bulkId:open"}}
        })
    );
}

#[rstest]
#[case(json!(1), "an operation must be an object, found the number 1")]
#[case(json!({}), "method is missing, expected POST, PUT, PATCH or DELETE")]
#[case(json!({"method": "post"}), "method is \"post\", expected POST")]
#[case(json!({"method": "GET", "path": "/Users/1"}), "method is \"GET\"")]
#[case(json!({"method": 1}), "method must be a string, found the number 1")]
#[case(json!({"method": "POST", "bulkId": "a", "data": {}}), "the path of a POST is an endpoint")]
#[case(json!({"method": "POST", "path": "/Users/1", "bulkId": "a", "data": {}}), "the path of a POST")]
#[case(json!({"method": "PUT", "path": "/Users", "data": {}}), "the path of a PUT is a resource")]
#[case(json!({"method": "DELETE", "path": "/Users/1/emails"}), "the path of a DELETE is a resource")]
#[case(json!({"method": "POST", "path": "/Users", "data": {}}), "a POST needs a bulkId")]
#[case(json!({"method": "POST", "path": "/Users", "bulkId": 1, "data": {}}), "bulkId must be a string")]
#[case(json!({"method": "PATCH", "path": "/Users/1"}), "a PATCH needs data")]
#[case(json!({"method": "PUT", "path": "/Users/1", "data": []}), "data must be an object")]
#[case(json!({"method": "DELETE", "path": "/Users/1", "version": 2}), "version must be a string")]
fn an_invalid_operation_does_not_affect_the_others(#[case] operation: Json, #[case] start: &str) {
    let request = request(json!([operation, {"method": "DELETE", "path": "Users/1"}]));

    let refused = refusal(request.operations[0].task.as_ref().unwrap_err());
    assert!(refused.starts_with(&format!("invalidSyntax: {start}")), "{refused}");
    assert!(request.operations[1].task.is_ok());
}

#[test]
fn a_repeated_bulk_id_is_refused_after_its_first_post() {
    let request = request(json!([post("a", &[]), post("a", &[]), post("b", &[])]));

    let is_ok: Vec<bool> = request.operations.iter().map(|it| it.task.is_ok()).collect();
    assert_eq!(is_ok, [true, false, true]);
    let refused = refusal(request.operations[1].task.as_ref().unwrap_err());
    assert!(refused.starts_with("invalidValue: bulkId \"a\" is that of operation 1"), "{refused}");
}

#[rstest]
#[case(json!({}), "invalidSyntax: schemas must be")]
#[case(json!([]), "invalidSyntax: schemas must be")]
#[case(json!({"schemas": [urn::BULK_REQUEST]}), "invalidSyntax: Operations is missing")]
#[case(json!({"schemas": [urn::BULK_REQUEST], "Operations": {}}), "invalidSyntax: Operations must be")]
#[case(
    json!({"schemas": [urn::BULK_REQUEST], "Operations": [], "failOnErrors": 0}),
    "invalidValue: failOnErrors"
)]
#[case(
    json!({"schemas": [urn::BULK_REQUEST], "Operations": [], "failOnErrors": "1"}),
    "invalidValue: failOnErrors"
)]
#[case(
    json!({"schemas": [urn::BULK_REQUEST], "Operations": vec![json!({}); 1_001]}),
    "413: 1001 operations exceed the maxOperations (1000)"
)]
fn a_body_that_is_not_a_bulk_request_is_refused(#[case] body: Json, #[case] start: &str) {
    let refused =
        refusal(&BulkRequest::parse(&body, &Dialect::of(Profile::Rfc).strict()).unwrap_err());

    assert!(refused.starts_with(start), "{refused}");
}

proptest! {
    #[test]
    fn every_operation_is_done_once_and_after_those_that_it_needs_except_in_a_circle(
        references in prop::collection::vec(prop::collection::vec(0..8_usize, 0..3), 1..8),
    ) {
        let names: Vec<String> = (0..references.len()).map(|it| it.to_string()).collect();
        let operations = names.iter().zip(&references).map(|(name, references)| {
            let references: Vec<String> = references.iter().map(usize::to_string).collect();
            post(name, &references.iter().map(String::as_str).collect::<Vec<_>>())
        });

        let steps = steps(operations.collect());

        let mut seen = Vec::new();
        for step in steps {
            let (Perform(at) | Begin(at)) = step;
            let is_ready =
                references[at].iter().all(|it| *it >= references.len() || seen.contains(it));
            prop_assert_eq!(is_ready, matches!(step, Perform(_)));
            seen.push(at);
        }
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..references.len()).collect::<Vec<_>>());
    }
}
