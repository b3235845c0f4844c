//! Schemas that are added and removed while the tenant runs: `.../admin/v1/scim-schemas`.

use mediusflow_mock::MockServer;
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::support::{Answer, COST, DEVICE, Stage, device, examples, plain, stage, user};

fn bundle() -> Json {
    serde_json::to_value(examples().own()).unwrap()
}

fn put(stage: &Stage, bundle: &Json) -> Answer {
    stage.console("PUT", "/scim-schemas", bundle)
}

/// Asserts that a call is refused, and that nothing changed.
#[track_caller]
fn is_refused(stage: &Stage, answer: &Answer, status: u16, code: &str, words: &str) {
    assert_eq!((answer.status, &answer.json["code"]), (status, &json!(code)), "{answer:?}");
    assert!(answer.detail().contains(words), "{:?} has no {words:?}", answer.detail());
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(stage.console("GET", "/scim-schemas", &Json::Null).json, bundle());
    assert_eq!(stage.get("/Devices").status, 200);
}

#[test]
fn schemas_are_put_read_used_and_removed() {
    let stage = plain();
    let empty = json!({"schemas": [], "resourceTypes": [], "schemaExtensions": []});
    assert_eq!(stage.console("GET", "/scim-schemas", &Json::Null).json, empty);

    let answer = put(&stage, &bundle());

    assert_eq!((answer.status, &answer.json), (200, &bundle()));
    let summary = stage.server.requests().pop().unwrap().summary.clone();
    assert!(summary.contains("SCIM schemas set"), "{summary}");
    let id = stage.device("Laptop", "S-1");
    stage.user("ada", &json!({"costCenter": "1"}));
    let gone = stage.console("DELETE", "/scim-schemas", &Json::Null);
    assert_eq!((gone.status, &gone.json["code"]), (409, &json!("schemas-in-use")));
    assert_eq!(stage.scim("DELETE", &format!("/Devices/{id}"), &Json::Null).status, 204);
    let ada = stage.get("/Users").json["Resources"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(stage.scim("DELETE", &format!("/Users/{ada}"), &Json::Null).status, 204);
    assert_eq!(stage.console("DELETE", "/scim-schemas", &Json::Null).status, 204);
    assert_eq!(stage.get("/Devices").status, 404);
    assert_eq!(stage.console("GET", "/scim-schemas", &Json::Null).json, empty);
}

#[rstest]
#[case::bulk("/Bulk")]
#[case::me("/Me")]
#[case::schemas("/Schemas")]
#[case::types("/ResourceTypes")]
#[case::config("/ServiceProviderConfig")]
fn the_endpoints_of_the_protocol_are_reserved(#[case] endpoint: &str) {
    let stage = stage();
    let mut wrong = bundle();
    wrong["resourceTypes"][0]["endpoint"] = json!(endpoint);

    let answer = put(&stage, &wrong);

    assert_eq!(answer.json["field"], "resourceTypes[0].endpoint");
    is_refused(&stage, &answer, 400, "invalid-schemas", &format!("{endpoint} is reserved"));
}

#[rstest]
#[case::contradiction(
    "/schemas/1/attributes/2/type", json!("integer"),
    "schemas[1].attributes[2].canonicalValues: expected no canonicalValues, since kind is no string"
)]
#[case::unknown_schema(
    "/resourceTypes/0/schema", json!("urn:example:nothing"),
    "resourceTypes[0].schema: expected the URN of a schema (RFC 7643 §6)"
)]
#[case::built_in(
    "/schemas/0/id", json!("urn:ietf:params:scim:schemas:core:2.0:Group"),
    "schemas[0].id: expected a URN of its own, found urn:ietf:params:scim:schemas:core:2.0:Group, \
     which is built in"
)]
fn a_bundle_that_contradicts_itself_is_refused_whole(
    #[case] pointer: &str,
    #[case] value: Json,
    #[case] words: &str,
) {
    let stage = stage();
    let mut wrong = bundle();
    *wrong.pointer_mut(pointer).unwrap() = value;

    is_refused(&stage, &put(&stage, &wrong), 400, "invalid-schemas", words);
}

#[test]
fn a_value_of_another_type_is_reported_with_line_and_column() {
    let stage = stage();
    let mut wrong = bundle();
    wrong["schemas"][0]["attributes"][0]["type"] = json!("money");

    let answer = put(&stage, &wrong);

    let words = "expected a type (RFC 7643 §2.3): string, boolean, decimal";
    is_refused(&stage, &answer, 400, "invalid-body", words);
    assert!(answer.detail().contains("line 1 column"), "{}", answer.detail());
}

#[test]
fn a_type_with_resources_cannot_be_removed() {
    let stage = stage();
    for n in 0..3 {
        stage.device("Laptop", &format!("S-{n}"));
    }
    let mut less = bundle();
    less["resourceTypes"] = json!([]);

    let answer = put(&stage, &less);

    is_refused(&stage, &answer, 409, "schemas-in-use", "resource type Device has 3 of them");
}

#[rstest]
#[case::removed(None, ":limit, which would have no place")]
#[case::of_another_type(Some(json!({"name": "limit", "type": "string"})), ":limit, which would")]
#[case::of_several(Some(json!({"name": "limit", "type": "integer", "multiValued": true})), ":limit")]
#[case::spelled_otherwise(Some(json!({"name": "Limit", "type": "integer"})), ":limit")]
#[case::read_only(
    Some(json!({"name": "limit", "type": "integer", "mutability": "readOnly"})),
    ":limit"
)]
fn an_attribute_with_values_cannot_be_removed(#[case] instead: Option<Json>, #[case] words: &str) {
    let stage = stage();
    let id = stage.user("ada", &json!({"costCenter": "1", "limit": 5}));
    let mut other = bundle();
    let attributes = other["schemas"][0]["attributes"].as_array_mut().unwrap();
    attributes.remove(2);
    attributes.extend(instead);

    let answer = put(&stage, &other);

    let words = format!("User {id} has a value of {COST}{words}");
    is_refused(&stage, &answer, 409, "schemas-in-use", &words);
}

#[test]
fn an_extension_with_values_cannot_be_detached() {
    let stage = stage();
    stage.user("ada", &json!({"costCenter": "1"}));
    let mut other = bundle();
    other["schemaExtensions"] = json!([]);

    is_refused(&stage, &put(&stage, &other), 409, "schemas-in-use", COST);
}

#[test]
fn a_change_that_all_values_fit_takes_effect_at_once() {
    let stage = stage();
    let ada = stage.user("ada", &Json::Null);
    let mut laptop = device("Laptop", "S-1");
    laptop["weight"] = json!(1.5);
    laptop["owner"] = json!({"value": ada});
    let id = stage.post("/Devices", &laptop).id();
    let mut other = bundle();
    let attributes = other["schemas"][1]["attributes"].as_array_mut().unwrap();
    // displayName becomes unique and required stays; a reference comes before the old one.
    attributes[0]["uniqueness"] = json!("server");
    attributes.insert(
        0,
        json!({"name": "spare", "type": "complex", "subAttributes": [
            {"name": "value", "caseExact": true},
            {"name": "$ref", "type": "reference", "referenceTypes": ["Device"]}]}),
    );

    assert_eq!(put(&stage, &other).status, 200);

    stage.post("/Devices", &device("LAPTOP", "S-2")).is_refused(409, "uniqueness", &id);
    let mut phone = device("Phone", "S-3");
    phone["spare"] = json!({"value": id});
    let phone = stage.post("/Devices", &phone);
    let address = format!("{}/Devices/{id}", stage.server.scim_url());
    assert_eq!(phone.json["spare"], json!({"value": id, "$ref": address}));
    let by_owner = stage.find("/Devices", &format!("owner eq \"{ada}\""));
    assert_eq!(by_owner.each("displayName"), ["Laptop"]);
    stage.scim("DELETE", &format!("/Users/{ada}"), &Json::Null);
    assert_eq!(stage.get(&format!("/Devices/{id}")).json.get("owner"), None);
    stage.scim("DELETE", &format!("/Devices/{id}"), &Json::Null);
    assert_eq!(stage.get("/Devices").json["Resources"][0].get("spare"), None);
}

#[test]
fn a_type_can_replace_a_removed_one() {
    let stage = stage();
    let id = stage.device("Laptop", "S-1");
    stage.scim("DELETE", &format!("/Devices/{id}"), &Json::Null);
    let desk = json!({
        "schemas": [{"id": "urn:example:Desk", "name": "Desk", "attributes": [{"name": "place"},
            {"name": "user", "type": "complex", "subAttributes": [{"name": "value", "caseExact": true},
                {"name": "$ref", "type": "reference", "referenceTypes": ["User"]}]}]}],
        "resourceTypes": [{"name": "Desk", "endpoint": "/Desks", "schema": "urn:example:Desk"}]});

    assert_eq!(put(&stage, &desk).status, 200);
    let ada = stage.user("ada", &Json::Null);
    let body = json!({"schemas": ["urn:example:Desk"], "place": "3rd", "user": {"value": ada}});
    let ids: Vec<String> = (0..3).map(|_| stage.post("/Desks", &body).id()).collect();
    assert_eq!(stage.find("/Desks", &format!("user eq \"{ada}\"")).json["totalResults"], 3);
    stage.scim("DELETE", &format!("/Users/{ada}"), &Json::Null);
    assert_eq!(stage.get(&format!("/Desks/{}", ids[0])).json.get("user"), None);
    assert_eq!(stage.get("/Devices").status, 404);
}

#[test]
fn settings_and_schemas_do_not_overwrite_each_other() {
    let stage = stage();
    stage.user("ada", &json!({"costCenter": "1"}));

    let changed = stage.console("PATCH", "/scim-settings", &json!({"groupNames": "free"}));
    assert_eq!(changed.status, 200);
    assert_eq!(
        stage.find("/Users", &format!("{COST}:costCenter eq \"1\"")).each("userName"),
        ["ada"]
    );
    assert_eq!(put(&stage, &bundle()).status, 200);
    let settings = stage.console("GET", "/scim-settings", &Json::Null);
    assert_eq!(settings.json["groupNames"], "free");
}

#[test]
fn the_schemas_of_a_tenant_do_not_affect_other_tenants() {
    let stage = plain();
    put(&stage, &bundle());

    let production = format!("{}/Nordlys/scim/v2/Schemas/{DEVICE}", stage.server.url());
    let config = ureq::Agent::config_builder().http_status_as_error(false).build();
    let answer = ureq::Agent::from(config).get(&production).call().unwrap();

    assert_eq!(answer.status().as_u16(), 404);
}

#[test]
fn seeded_users_work_with_schemas_from_the_start() {
    let stage = Stage::on(MockServer::builder().schemas(examples()));

    assert_eq!(stage.get("/Users").json["totalResults"], 25);
    assert_eq!(stage.post("/Users", &user("ada", &json!({"costCenter": "1"}))).status, 201);
}
