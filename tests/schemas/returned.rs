//! Attributes that are part of an answer only if the request asks for them or gives them a value
//! (RFC 7643 §7, `returned`).

use mediusflow_mock::{
    MockServer, schemas_from,
    scim::{Profile, Schemas},
};
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::support::{Answer, COST as EXTENSION, Stage, USER};

/// An extension of users of which almost everything is returned on request only.
fn schemas() -> Schemas {
    let bundle = json!({
        "schemas": [{
            "id": EXTENSION, "name": "Notes",
            "attributes": [
                {"name": "shown"},
                {"name": "note", "returned": "request"},
                {"name": "badge", "type": "complex", "returned": "request", "subAttributes": [
                    {"name": "number"}, {"name": "color"}, {"name": "pin", "returned": "request"},
                ]},
                {"name": "keys", "type": "complex", "multiValued": true, "subAttributes": [
                    {"name": "value"}, {"name": "type"}, {"name": "hint", "returned": "request"},
                ]},
            ],
        }],
        "schemaExtensions": [{"resourceType": "User", "schema": EXTENSION, "required": false}],
    });
    schemas_from(&[("notes.json", &bundle.to_string())]).unwrap()
}

fn whole() -> Json {
    json!({
        "shown": "s", "note": "n", "badge": {"number": "1", "color": "red", "pin": "p"},
        "keys": [{"value": "k", "type": "door", "hint": "h"}],
    })
}

fn stage() -> Stage {
    let builder = MockServer::builder().profile(Profile::Rfc).users(0).groups(0);
    Stage::on(builder.schemas(schemas()))
}

fn user(extension: &Json) -> Json {
    json!({"schemas": [USER, EXTENSION], "userName": "ada", EXTENSION: extension})
}

/// The address of a user with all these attributes, and that of the tenant.
fn ada(stage: &Stage) -> String {
    format!("/Users/{}", stage.post("/Users", &user(&whole())).id())
}

fn patched(stage: &Stage, path: &str, operation: &str, query: &str) -> Answer {
    let operation = operation.replace("{E}", EXTENSION);
    let operations: Json = serde_json::from_str(&format!("[{operation}]")).unwrap();
    let answer = stage.patch(&format!("{path}{query}"), &operations);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

#[test]
fn the_answer_to_a_post_has_the_attributes_that_it_set_and_a_get_does_not() {
    let stage = stage();

    let made = stage.post("/Users", &user(&whole()));

    assert_eq!(made.json[EXTENSION], whole());
    let read = stage.get(&format!("/Users/{}", made.id())).json[EXTENSION].clone();
    let shown = json!({"shown": "s", "keys": [{"value": "k", "type": "door"}]});
    assert_eq!(read, shown);
    let listed = stage.get("/Users").json["Resources"][0][EXTENSION].clone();
    assert_eq!(listed, shown);
    let asked = format!("{EXTENSION}:note,{EXTENSION}:badge.pin,{EXTENSION}:keys.hint");
    let asked = stage.get(&format!("/Users?attributes={asked}"));
    let expected = json!({"note": "n", "badge": {"pin": "p"}, "keys": [{"hint": "h"}]});
    assert_eq!(asked.json["Resources"][0][EXTENSION], expected);
}

#[test]
fn a_value_without_shown_sub_attributes_is_left_out() {
    let stage = stage();
    let keys = json!([{"hint": "h"}, {"value": "k"}]);

    let made = stage.post("/Users", &user(&json!({"keys": keys})));
    let path = format!("/Users/{}", made.id());
    let alone = stage.post(
        "/Users",
        &json!({"schemas": [USER, EXTENSION], "userName": "bo", EXTENSION: {"keys": [{"hint": "h"}]}}),
    );

    assert_eq!(stage.get(&path).json[EXTENSION], json!({"keys": [{"value": "k"}]}));
    let hidden = stage.get(&format!("/Users/{}", alone.id()));
    assert!(hidden.json.get(EXTENSION).is_none(), "{}", hidden.json);
}

#[test]
fn the_answer_to_a_put_has_the_attributes_that_it_set() {
    let stage = stage();
    let path = ada(&stage);

    let put = stage.scim("PUT", &path, &user(&json!({"shown": "s", "note": "m"})));
    let without = stage.scim("PUT", &path, &user(&json!({"shown": "t"})));

    assert_eq!(put.json[EXTENSION], json!({"shown": "s", "note": "m"}));
    assert_eq!(without.json[EXTENSION], json!({"shown": "t"}));
}

#[rstest]
#[case::other(r#"{"op":"replace","path":"title","value":"x"}"#, json!({}))]
#[case::one(r#"{"op":"replace","path":"{E}:note","value":"m"}"#, json!({"note": "m"}))]
#[case::same(r#"{"op":"replace","path":"{E}:note","value":"n"}"#, json!({"note": "n"}))]
#[case::part(r#"{"op":"add","path":"{E}:badge.color","value":"blue"}"#,
    json!({"badge": {"number": "1", "color": "blue"}}))]
#[case::part_on_request(r#"{"op":"add","path":"{E}:badge.pin","value":"q"}"#,
    json!({"badge": {"number": "1", "color": "red", "pin": "q"}}))]
#[case::taken_away(r#"{"op":"remove","path":"{E}:badge.color"}"#, json!({"badge": {"number": "1"}}))]
#[case::all_gone(r#"{"op":"remove","path":"{E}:note"}"#, json!({}))]
#[case::without_path(r#"{"op":"add","value":{"{E}":{"note":"m"}}}"#, json!({"note": "m"}))]
#[case::as_a_whole(r#"{"op":"add","path":"{E}","value":{"note":"m"}}"#, json!({"note": "m"}))]
#[case::dotted(r#"{"op":"add","value":{"{E}:note":"m"}}"#, json!({"note": "m"}))]
#[case::selected(r#"{"op":"replace","path":"{E}:keys[type eq \"door\"].hint","value":"i"}"#,
    json!({"keys": [{"value": "k", "type": "door", "hint": "i"}]}))]
#[case::added(r#"{"op":"add","path":"{E}:keys","value":[{"value":"l","hint":"i"}]}"#,
    json!({"keys": [{"value": "k", "type": "door", "hint": "h"}, {"value": "l", "hint": "i"}]}))]
fn the_answer_to_a_patch_has_the_attributes_that_it_names(
    #[case] operation: &str,
    #[case] differs: Json,
) {
    let stage = stage();
    let path = ada(&stage);
    let mut expected = json!({"shown": "s", "keys": [{"value": "k", "type": "door"}]});
    expected.as_object_mut().unwrap().extend(differs.as_object().unwrap().clone());

    let answer = patched(&stage, &path, operation, "");

    assert_eq!(answer.json[EXTENSION], expected);
}

#[test]
fn attributes_and_excluded_attributes_take_precedence() {
    let stage = stage();
    let path = ada(&stage);
    let note = r#"{"op":"replace","path":"{E}:note","value":"m"}"#;

    let only = patched(&stage, &path, note, "?attributes=userName");
    let named = patched(&stage, &path, note, &format!("?attributes={EXTENSION}:note"));
    let except = patched(&stage, &path, note, &format!("?excludedAttributes={EXTENSION}:note"));
    let other = patched(&stage, &path, note, &format!("?excludedAttributes={EXTENSION}:shown"));

    assert_eq!(only.json.get(EXTENSION), None);
    assert_eq!(named.json[EXTENSION], json!({"note": "m"}));
    assert_eq!(except.json[EXTENSION].get("note"), None);
    assert_eq!(other.json[EXTENSION]["note"], "m");
    assert_eq!(stage.get(&path).json[EXTENSION].get("note"), None);
}
