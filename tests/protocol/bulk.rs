//! `POST /Bulk` (RFC 7644 §3.7).

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use mediusflow_mock::{internals::http::LARGEST_BODY, scim::Profile, traffic::EffectKind};
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::support::{Answer, GROUP, Stage, USER, of, stage};

const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn bulk(stage: &Stage, operations: &[Json]) -> Answer {
    stage.post("/Bulk", &json!({"schemas": [BULK], "Operations": operations}))
}

fn user(bulk_id: &str, user_name: &str) -> Json {
    let data = json!({"schemas": [USER], "userName": user_name});
    json!({"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data})
}

fn group(bulk_id: &str, display_name: &str, members: &[&str]) -> Json {
    let members: Vec<Json> = members.iter().map(|it| json!({"value": it})).collect();
    let data = json!({"schemas": [GROUP], "displayName": display_name, "members": members});
    json!({"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data})
}

fn statuses(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let operations = answer.json["Operations"].as_array().unwrap();
    operations.iter().map(|it| it["status"].as_str().unwrap()).collect()
}

fn detail(answer: &Answer, at: usize) -> &str {
    answer.json["Operations"][at]["response"]["detail"].as_str().unwrap()
}

/// The id of the resource that an operation created, from its location.
fn id(answer: &Answer, at: usize) -> String {
    let location = answer.json["Operations"][at]["location"].as_str().unwrap();
    location.rsplit('/').next().unwrap().to_owned()
}

fn members(stage: &Stage, group: &str) -> Vec<String> {
    let group = stage.get(&format!("/Groups/{group}")).json;
    let members = group["members"].as_array().cloned().unwrap_or_default();
    members.iter().map(|it| it["value"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn resources_are_created_replaced_changed_and_deleted() {
    let stage = stage();
    let [put, patch, delete] =
        ["bob", "carl", "dora"].map(|it| stage.user(json!({"userName": it})));
    let operations = [
        user("qwerty", "alice"),
        json!({"method": "PUT", "path": format!("/Users/{put}"), "version": "W/\"1\"",
            "data": {"schemas": [USER], "userName": "bobby"}}),
        json!({"method": "PATCH", "path": format!("/Users/{patch}"), "version": "W/\"1\"",
        "data": {"schemas": [PATCH], "Operations": [
            {"op": "add", "path": "userName", "value": "Dave"}
        ]}}),
        json!({"method": "DELETE", "path": format!("/Users/{delete}"), "version": "W/\"1\""}),
    ];

    let answer = bulk(&stage, &operations);

    assert_eq!(statuses(&answer), ["201", "200", "200", "204"]);
    let made = &answer.json["Operations"][0];
    let location = format!("{}/Users/{}", stage.server.scim_url(), id(&answer, 0));
    assert_eq!(
        *made,
        json!({"location": location, "method": "POST", "bulkId": "qwerty",
            "version": "W/\"1\"", "status": "201"})
    );
    assert_eq!(answer.json["Operations"][2]["version"], "W/\"2\"");
    let gone = json!({"method": "DELETE", "status": "204",
        "location": format!("{}/Users/{delete}", stage.server.scim_url())});
    assert_eq!(answer.json["Operations"][3], gone);
    assert_eq!(stage.get("/Users?sortBy=userName").each("userName"), ["alice", "bobby", "Dave"]);
}

#[test]
fn the_journal_has_every_effect_of_a_bulk() {
    let stage = stage();

    bulk(&stage, &[user("a", "anna"), group("g", "Finance", &["bulkId:a"]), user("b", "ANNA")]);

    let exchange = stage.server.requests().pop().unwrap();
    let kinds: Vec<_> =
        exchange.effects.iter().map(|it| (it.kind, it.subject.name.as_str())).collect();
    assert_eq!(kinds, [(EffectKind::Created, "anna"), (EffectKind::Created, "Finance")]);
    assert_eq!(exchange.summary, "BULK 2 created · 1 of 3 refused");
}

#[rstest]
#[case::in_order([0, 1, 2])]
#[case::backwards([2, 1, 0])]
#[case::mixed([1, 2, 0])]
fn bulk_ids_can_be_used_in_any_order(#[case] order: [usize; 3]) {
    let stage = stage();
    let rename = json!({"method": "PATCH", "path": "/Groups/bulkId:ytrewq", "data": {
        "schemas": [PATCH],
        "Operations": [{"op": "replace", "path": "displayName", "value": "Guides"}]
    }});
    let all = [user("qwerty", "Alice"), group("ytrewq", "Tour Guides", &["bulkId:qwerty"]), rename];

    let answer = bulk(&stage, &order.map(|at| all[at].clone()));

    assert_eq!(statuses(&answer).iter().filter(|it| **it == "201").count(), 2, "{answer:?}");
    let groups = stage.get("/Groups");
    let alice = stage.get("/Users").each("id")[0].to_owned();
    assert_eq!(groups.each("displayName"), ["Guides"]);
    assert_eq!(members(&stage, groups.each("id")[0]), [alice]);
}

#[test]
fn a_reference_in_an_extension_is_replaced_by_the_id() {
    let stage = stage();
    let bob = json!({"schemas": [USER, ENTERPRISE], "userName": "Bob", ENTERPRISE: {
        "employeeNumber": "11250", "manager": {"value": "bulkId:qwerty"}
    }});
    let bob = json!({"method": "POST", "path": "/Users", "bulkId": "ytrewq", "data": bob});

    let answer = bulk(&stage, &[bob, user("qwerty", "Alice")]);

    let made = stage.get(&format!("/Users/{}", id(&answer, 0))).json;
    assert_eq!(made[ENTERPRISE]["manager"]["value"], id(&answer, 1));
}

#[test]
fn resources_that_refer_to_each_other_are_all_created() {
    let stage = stage();
    let three = [
        group("a", "A", &["bulkId:b"]),
        group("b", "B", &["bulkId:c", "bulkId:b"]),
        group("c", "C", &["bulkId:a"]),
    ];

    let answer = bulk(&stage, &three);

    assert_eq!(statuses(&answer), ["201", "201", "201"]);
    let [a, b, c] = [0, 1, 2].map(|at| id(&answer, at));
    assert_eq!(members(&stage, &a), std::slice::from_ref(&b));
    assert_eq!(
        members(&stage, &b).iter().collect::<std::collections::BTreeSet<_>>(),
        [&b, &c].into()
    );
    assert_eq!(members(&stage, &c), std::slice::from_ref(&a));
    for at in 0..3 {
        let now = stage.get(&format!("/Groups/{}", id(&answer, at))).json;
        assert_eq!(answer.json["Operations"][at]["version"], now["meta"]["version"]);
    }
}

#[test]
fn a_circle_of_references_with_an_error_creates_nothing() {
    let stage = stage();
    stage.user(json!({"userName": "taken"}));
    let of = |bulk_id: &str, name: &str, manager: &str| {
        let data = json!({"schemas": [USER, ENTERPRISE], "userName": name,
            ENTERPRISE: {"manager": {"value": format!("bulkId:{manager}")}}});
        json!({"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data})
    };
    let operations =
        [of("a", "anna", "b"), of("b", "taken", "c"), of("c", "carl", "a"), user("d", "dora")];

    let answer = bulk(&stage, &operations);

    assert_eq!(statuses(&answer), ["409", "409", "409", "201"]);
    assert_eq!(answer.json["Operations"][1]["response"]["scimType"], "uniqueness");
    assert!(detail(&answer, 0).contains("\"b\" was refused"), "{answer:?}");
    assert!(detail(&answer, 2).contains("\"a\" was refused"), "{answer:?}");
    assert_eq!(stage.get("/Users?sortBy=userName").each("userName"), ["dora", "taken"]);
}

#[test]
fn an_error_affects_only_operations_that_refer_to_it() {
    let stage = stage();
    stage.user(json!({"userName": "anna"}));
    let operations = [
        user("a", "anna"),
        group("g", "Finance", &["bulkId:a"]),
        group("h", "Sales", &["bulkId:nobody"]),
        json!({"method": "DELETE", "path": "/Users/none"}),
        json!({"method": "PUT", "path": "/Robots/1", "data": {}}),
        json!({"method": "PATCH", "path": "/Users/bulkId:zz", "data": {}}),
        user("b", "bo"),
        user("b", "cy"),
        json!({"method": "FETCH"}),
    ];

    let answer = bulk(&stage, &operations);

    assert_eq!(statuses(&answer), ["409", "409", "400", "404", "404", "400", "201", "400", "400"]);
    assert!(detail(&answer, 1).contains("\"a\" was refused"));
    assert!(detail(&answer, 2).contains("no POST of this request has the bulkId \"nobody\""));
    assert!(detail(&answer, 7).contains("is that of operation 7"));
    let first = &answer.json["Operations"][0];
    assert_eq!((first.get("location"), &first["response"]["status"]), (None, &json!("409")));
    let lost = format!("{}/Users/none", stage.server.scim_url());
    assert_eq!(answer.json["Operations"][3]["location"], lost);
    assert_eq!(stage.get("/Users").each("userName"), ["anna", "bo"]);
}

#[rstest]
#[case(1, &["409"])]
#[case(2, &["409", "201", "409"])]
#[case(3, &["409", "201", "409", "201"])]
fn a_bulk_ends_after_fail_on_errors_errors(#[case] accepted: u32, #[case] expected: &[&str]) {
    let stage = stage();
    stage.user(json!({"userName": "anna"}));
    let operations = [user("a", "anna"), user("b", "bo"), user("c", "anna"), user("d", "dora")];

    let body = json!({"schemas": [BULK], "failOnErrors": accepted, "Operations": operations});
    let answer = stage.post("/Bulk", &body);

    assert_eq!(statuses(&answer), expected);
}

#[test]
fn a_bulk_that_ends_early_leaves_no_incomplete_circle() {
    let stage = stage();
    stage.group(json!({"displayName": "Taken"}));
    stage.user(json!({"userName": "anna"}));
    let operations =
        [group("a", "A", &["bulkId:b"]), user("x", "anna"), group("b", "B", &["bulkId:a"])];

    let body = json!({"schemas": [BULK], "failOnErrors": 1, "Operations": operations});
    let answer = stage.post("/Bulk", &body);

    assert_eq!(statuses(&answer), ["409"]);
    assert_eq!(stage.get("/Groups").each("displayName"), ["Taken"]);
}

#[test]
fn a_stale_version_is_refused() {
    let stage = stage();
    let anna = stage.user(json!({"userName": "anna"}));
    let path = format!("/Users/{anna}");
    let put = json!({"schemas": [USER], "userName": "anna", "title": "Clerk"});
    let operations = [
        json!({"method": "PUT", "path": path, "version": "W/\"1\"", "data": put}),
        json!({"method": "DELETE", "path": path, "version": "W/\"1\""}),
    ];

    let answer = bulk(&stage, &operations);

    assert_eq!(statuses(&answer), ["200", "412"]);
    assert_eq!(stage.get(&path).json["title"], "Clerk");
}

#[test]
fn the_profile_of_the_tutorial_answers_a_patch_in_its_own_way() {
    let stage = of(Profile::Mediusflow);
    let patch = |path: &str| {
        let operations = json!([{"op": "add", "path": "externalId", "value": "x"}]);
        json!({"method": "PATCH", "path": path,
            "data": {"schemas": [PATCH], "Operations": operations}})
    };
    let operations = [
        user("a", "anna"),
        group("g", "G", &[]),
        patch("/Users/bulkId:a"),
        patch("/Groups/bulkId:g"),
    ];

    assert_eq!(statuses(&bulk(&stage, &operations)), ["201", "201", "200", "204"]);
}

#[test]
fn a_finding_names_its_operation() {
    let stage = stage();
    let data = json!({"schemas": [USER], "userName": "bo", "active": "True"});
    let operation = json!({"method": "POST", "path": "/Users", "bulkId": "b", "data": data});

    bulk(&stage, &[user("a", "anna"), operation]);

    let exchange = stage.server.requests().pop().unwrap();
    assert_eq!(exchange.findings[0].at, "operation 2: active");
}

#[test]
fn limits_are_announced_and_enforced() {
    let stage = stage();
    let announced = stage.get("/ServiceProviderConfig").json["bulk"].clone();
    let most = announced["maxOperations"].as_u64().unwrap();
    let operation = json!({"method": "DELETE", "path": "/Users/1"});
    let operations = vec![operation; usize::try_from(most).unwrap() + 1];

    let refused = bulk(&stage, &operations);
    let allowed = bulk(&stage, &operations[1..]);

    assert_eq!(
        announced,
        json!({"supported": true, "maxOperations": 1000, "maxPayloadSize": LARGEST_BODY})
    );
    refused.is_refused(413, "", "maxOperations (1000)");
    assert_eq!(statuses(&allowed).len(), 1_000);
}

#[test]
fn a_payload_over_the_limit_is_refused_before_it_is_read() {
    let stage = stage();
    let mut stream = TcpStream::connect(stage.server.address()).unwrap();
    let key = stage.server.secret_key().unwrap();

    let head = format!(
        "POST /NordlysQA/scim/v2/Bulk HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/scim+json\r\nContent-Length: 4294967296\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = vec![0; 4096];
    let read = stream.read(&mut answer).unwrap();

    let answer = String::from_utf8_lossy(&answer[..read]);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("16777216 bytes (maxPayloadSize)"), "{answer}");
}

#[rstest]
#[case(json!({"schemas": [BULK]}), "invalidSyntax", "Operations is missing")]
#[case(json!({"schemas": [BULK], "Operations": {}}), "invalidSyntax", "Operations must be an array")]
#[case(json!({"schemas": [BULK], "Operations": [], "failOnErrors": -1}), "invalidValue", "failOnErrors")]
#[case(json!({"schemas": [BULK], "Operations": [], "failOnErrors": "1"}), "invalidValue", "failOnErrors")]
#[case(json!({"schemas": BULK, "Operations": []}), "invalidSyntax", "schemas must be")]
#[case(json!([]), "invalidSyntax", "schemas must be")]
fn a_body_that_is_not_a_bulk_request_is_refused(
    #[case] body: Json,
    #[case] scim_type: &str,
    #[case] words: &str,
) {
    stage().post("/Bulk", &body).is_refused(400, scim_type, words);
}

#[rstest]
#[case::no_object(json!("DELETE"), "an operation must be an object")]
#[case::method_is_no_text(json!({"method": 7}), "method must be a string")]
#[case::no_method(json!({"path": "/Users/1"}), "method is missing")]
#[case::get(json!({"method": "GET", "path": "/Users/1"}), "expected POST, PUT, PATCH or DELETE")]
#[case::no_path(json!({"method": "DELETE"}), "a resource such as /Users/2819, found \"\"")]
#[case::deep_path(json!({"method": "DELETE", "path": "/Users/1/2"}), "a resource such as")]
#[case::no_bulk_id(json!({"method": "POST", "path": "/Users", "data": {}}), "a POST needs a bulkId")]
#[case::empty_bulk_id(
    json!({"method": "POST", "path": "/Users", "bulkId": "", "data": {}}), "a POST needs a bulkId"
)]
#[case::no_data(json!({"method": "POST", "path": "/Users", "bulkId": "x"}), "a POST needs data")]
#[case::version(json!({"method": "DELETE", "path": "/Users/1", "version": 1}), "version must be a string")]
fn an_invalid_operation_is_refused_and_the_next_one_is_done(
    #[case] operation: Json,
    #[case] words: &str,
) {
    let stage = stage();

    let answer = bulk(&stage, &[operation, user("a", "anna")]);

    assert_eq!(statuses(&answer), ["400", "201"]);
    assert!(detail(&answer, 0).starts_with("bulk operation 1: "), "{answer:?}");
    assert!(detail(&answer, 0).contains(words), "{answer:?}");
    assert_eq!(stage.get("/Users").each("userName"), ["anna"]);
}

#[test]
fn only_post_is_allowed_at_bulk() {
    let stage = stage();

    let refused = stage.get("/Bulk");

    refused.is_refused(405, "", "POST");
    assert_eq!(refused.header("allow"), Some("POST"));
    stage.post("/Bulk", &json!({"schemas": [USER]})).is_refused(
        400,
        "invalidSyntax",
        "BulkRequest",
    );
}
