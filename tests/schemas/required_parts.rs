//! The error for a missing required sub-attribute has the path of that sub-attribute, in every kind
//! of request.

use mediusflow_mock::{
    MockServer, schemas_from,
    scim::{Profile, Schemas},
};
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::support::{COST as EXTENSION, Stage, USER};

fn schemas() -> Schemas {
    let bundle = json!({
        "schemas": [{
            "id": EXTENSION, "name": "Parts",
            "attributes": [
                {"name": "badge", "type": "complex", "subAttributes": [
                    {"name": "number", "required": true}, {"name": "color"},
                ]},
                {"name": "keys", "type": "complex", "multiValued": true, "subAttributes": [
                    {"name": "value", "required": true}, {"name": "type"}, {"name": "hint"},
                ]},
            ],
        }],
        "schemaExtensions": [{"resourceType": "User", "schema": EXTENSION, "required": false}],
    });
    schemas_from(&[("parts.json", &bundle.to_string())]).unwrap()
}

#[rstest]
#[case::of_one_value(r#"{"op":"add","path":"{E}:badge.color","value":"red"}"#, "{E}:badge.number")]
#[case::whole(r#"{"op":"add","path":"{E}:badge","value":{"color":"red"}}"#, "{E}:badge.number")]
#[case::of_each(r#"{"op":"add","path":"{E}:keys.hint","value":"h"}"#, "{E}:keys.value")]
#[case::of_a_selected_one(
    r#"{"op":"add","path":"{E}:keys[type eq \"door\"].hint","value":"h"}"#,
    "{E}:keys[type eq \"door\"].value"
)]
#[case::of_an_element(
    r#"{"op":"add","path":"{E}:keys","value":[{"value":"k"},{"hint":"h"}]}"#,
    "{E}:keys[1].value"
)]
#[case::in_an_object(
    r#"{"op":"add","value":{"{E}":{"keys":[{"hint":"h"}]}}}"#,
    "{E}:keys[0].value"
)]
fn a_missing_sub_attribute_is_named_by_its_path(#[case] operation: &str, #[case] path: &str) {
    let builder = MockServer::builder().profile(Profile::Rfc).users(0).groups(0);
    let stage = Stage::on(builder.schemas(schemas()));
    let made = stage.post("/Users", &json!({"schemas": [USER], "userName": "ada"}));
    let operation: Json = serde_json::from_str(&operation.replace("{E}", EXTENSION)).unwrap();

    let refused = stage.patch(&format!("/Users/{}", made.id()), &json!([operation]));

    let path = path.replace("{E}", EXTENSION);
    assert_eq!(refused.json["scimType"], "invalidValue", "{refused:?}");
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains(&format!("operation 1: {path} is required")), "{detail}");
}

#[rstest]
#[case(r#"{"op":"remove","path":"{E}:badge.number"}"#, "{E}:badge.number")]
#[case(r#"{"op":"remove","path":"{E}:keys.value"}"#, "{E}:keys.value")]
#[case(
    r#"{"op":"remove","path":"{E}:keys[type eq \"door\"].value"}"#,
    "{E}:keys[type eq \"door\"].value"
)]
fn a_removed_sub_attribute_is_named_once(#[case] operation: &str, #[case] path: &str) {
    let builder = MockServer::builder().profile(Profile::Rfc).users(0).groups(0);
    let stage = Stage::on(builder.schemas(schemas()));
    let all = json!({"badge": {"number": "1"}, "keys": [{"value": "k", "type": "door"}]});
    let body = json!({"schemas": [USER, EXTENSION], "userName": "ada", EXTENSION: all});
    let made = stage.post("/Users", &body);
    let operation: Json = serde_json::from_str(&operation.replace("{E}", EXTENSION)).unwrap();

    let refused = stage.patch(&format!("/Users/{}", made.id()), &json!([operation]));

    let path = path.replace("{E}", EXTENSION);
    assert_eq!(refused.json["scimType"], "mutability", "{refused:?}");
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains(&format!("operation 1: {path} is required")), "{detail}");
}
