mod quirks;

use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::{
    Resource, ScimType,
    patch::PatchOp,
    sample::{MEDIUS_USER, Sample, at, refusal, shown},
    urn,
};

fn op(op: &str, path: &str, value: &Json) -> Json {
    json!({"op": op, "path": path, "value": value})
}

fn emails() -> Json {
    json!([
        {"value": "a@work", "type": "work", "primary": true},
        {"value": "a@home", "type": "home"},
    ])
}

fn barbara(sample: &Sample) -> Resource {
    sample.made(json!({
        "userName": "barbara", "title": "Guide", "active": true, "emails": emails(),
        "name": {"givenName": "Barbara", "familyName": "Jensen"},
        urn::ENTERPRISE_USER: {"department": "Tours", "manager": {"value": "m-1"}},
    }))
}

/// The attributes that operations changed, as JSON; a removed attribute is `null`.
fn changed(sample: &Sample, before: &Resource, operations: Json) -> Json {
    let after = shown(&sample.patch(before, operations).unwrap());
    let before = shown(&before.to_accepted());
    let members = |it: &Json| it.as_object().unwrap().clone();
    let mut names: Vec<String> =
        members(&before).into_iter().chain(members(&after)).map(|(name, _)| name).collect();
    names.dedup();
    let differs = names.into_iter().filter(|it| before[it] != after[it]);
    differs.map(|it| (it.clone(), after[&it].clone())).collect()
}

#[rstest]
// RFC 7644 §3.5.2.1: add
#[case::single(json!({"op": "add", "path": "nickName", "value": "Babs"}), json!({"nickName": "Babs"}))]
#[case::single_again(json!({"op": "add", "path": "title", "value": "Boss"}), json!({"title": "Boss"}))]
#[case::complex(json!({"op": "add", "path": "name", "value": {"middleName": "J"}}),
    json!({"name": {"givenName": "Barbara", "familyName": "Jensen", "middleName": "J"}}))]
#[case::sub_attribute(json!({"op": "add", "path": "name.middleName", "value": "J"}),
    json!({"name": {"givenName": "Barbara", "familyName": "Jensen", "middleName": "J"}}))]
#[case::values(json!({"op": "add", "path": "phoneNumbers", "value": [{"value": "1"}, {"value": "2"}]}),
    json!({"phoneNumbers": [{"value": "1"}, {"value": "2"}]}))]
#[case::one_value(json!({"op": "add", "path": "emails", "value": {"value": "b"}}),
    json!({"emails": [{"value": "a@work", "type": "work", "primary": true},
        {"value": "a@home", "type": "home"}, {"value": "b"}]}))]
#[case::same_value_and_type(
    json!({"op": "add", "path": "emails", "value": {"value": "a@home", "type": "home", "display": "H"}}),
    json!({"emails": [{"value": "a@work", "type": "work", "primary": true},
        {"value": "a@home", "type": "home", "display": "H"}]}))]
#[case::extension(json!({"op": "add", "path": MEDIUS_USER, "value": {"identityProvider": "x"}}),
    json!({MEDIUS_USER: {"identityProvider": "x"}}))]
#[case::extension_attribute(
    json!({"op": "add", "path": format!("{}:division", urn::ENTERPRISE_USER), "value": "x"}),
    json!({urn::ENTERPRISE_USER: {"department": "Tours", "division": "x", "manager": {"value": "m-1"}}}))]
#[case::without_path(
    json!({"op": "add", "value": {"NICKNAME": "Babs", "emails": [{"value": "b"}],
        "schemas": ["urn:whatever"], urn::ENTERPRISE_USER: {"division": "x"}}}),
    json!({"nickName": "Babs", "emails": [{"value": "a@work", "type": "work", "primary": true},
        {"value": "a@home", "type": "home"}, {"value": "b"}],
        urn::ENTERPRISE_USER: {"department": "Tours", "division": "x", "manager": {"value": "m-1"}}}))]
#[case::core_by_its_urn(json!({"op": "add", "path": format!("{}:nickName", urn::USER), "value": "x"}),
    json!({"nickName": "x"}))]
#[case::bare_core_urn(json!({"op": "add", "path": urn::USER, "value": {"nickName": "x"}}),
    json!({"nickName": "x"}))]
#[case::selected(json!({"op": "add", "path": "emails[type eq \"home\"]", "value": {"display": "H"}}),
    json!({"emails": [{"value": "a@work", "type": "work", "primary": true},
        {"value": "a@home", "type": "home", "display": "H"}]}))]
// RFC 7644 §3.5.2.3: replace
#[case::replace_single(json!({"op": "replace", "path": "active", "value": false}), json!({"active": false}))]
#[case::replace_absent(json!({"op": "replace", "path": "locale", "value": "sv"}), json!({"locale": "sv"}))]
#[case::replace_complex(json!({"op": "replace", "path": "name", "value": {"familyName": "J"}}),
    json!({"name": {"givenName": "Barbara", "familyName": "J"}}))]
#[case::replace_part_by_null(json!({"op": "replace", "path": "name", "value": {"familyName": null}}),
    json!({"name": {"givenName": "Barbara"}}))]
#[case::replace_list(json!({"op": "replace", "path": "emails", "value": [{"value": "b"}]}),
    json!({"emails": [{"value": "b"}]}))]
#[case::replace_list_by_one(json!({"op": "replace", "path": "emails", "value": {"value": "b"}}),
    json!({"emails": [{"value": "b"}]}))]
#[case::replace_by_nothing(json!({"op": "replace", "path": "emails", "value": []}), json!({"emails": null}))]
#[case::replace_by_null(json!({"op": "replace", "path": "title", "value": null}), json!({"title": null}))]
#[case::replace_selected(
    json!({"op": "replace", "path": "emails[type eq \"home\"]", "value": {"value": "b", "type": "other"}}),
    json!({"emails": [{"value": "a@work", "type": "work", "primary": true}, {"value": "b", "type": "other"}]}))]
#[case::replace_selected_sub(
    json!({"op": "replace", "path": "emails[type eq \"home\" and value ew \"home\"].value", "value": "b"}),
    json!({"emails": [{"value": "a@work", "type": "work", "primary": true}, {"value": "b", "type": "home"}]}))]
#[case::replace_sub_of_all(json!({"op": "replace", "path": "emails.type", "value": "other"}),
    json!({"emails": [{"value": "a@work", "type": "other", "primary": true}, {"value": "a@home", "type": "other"}]}))]
#[case::replace_sub_of_none(json!({"op": "replace", "path": "ims.value", "value": "x"}),
    json!({"ims": [{"value": "x"}]}))]
#[case::replace_to_equal_values(
    json!({"op": "replace", "path": "emails[value co \"@\"]", "value": {"value": "b"}}),
    json!({"emails": [{"value": "b"}]}))]
#[case::replace_extension_by_null(json!({"op": "replace", "value": {urn::ENTERPRISE_USER: null}}),
    json!({urn::ENTERPRISE_USER: null}))]
// RFC 7644 §3.5.2.2: remove
#[case::remove_single(json!({"op": "remove", "path": "title"}), json!({"title": null}))]
#[case::remove_sub(json!({"op": "remove", "path": "name.givenName"}), json!({"name": {"familyName": "Jensen"}}))]
#[case::remove_list(json!({"op": "remove", "path": "emails"}), json!({"emails": null}))]
#[case::remove_selected(json!({"op": "remove", "path": "emails[type eq \"work\"]"}),
    json!({"emails": [{"value": "a@home", "type": "home"}]}))]
#[case::remove_every_selected(json!({"op": "remove", "path": "emails[value pr]"}), json!({"emails": null}))]
#[case::remove_sub_of_selected(json!({"op": "remove", "path": "emails[type eq \"home\"].type"}),
    json!({"emails": [{"value": "a@work", "type": "work", "primary": true}, {"value": "a@home"}]}))]
#[case::remove_sub_of_all(json!({"op": "remove", "path": "emails.value"}),
    json!({"emails": [{"type": "work", "primary": true}, {"type": "home"}]}))]
#[case::remove_extension(json!({"op": "remove", "path": urn::ENTERPRISE_USER}), json!({urn::ENTERPRISE_USER: null}))]
#[case::remove_extension_attribute(
    json!({"op": "remove", "path": format!("{}:manager", urn::ENTERPRISE_USER)}),
    json!({urn::ENTERPRISE_USER: {"department": "Tours"}}))]
fn operations_change_a_user_as_the_rfc_says(#[case] operation: Json, #[case] expected: Json) {
    let sample = Sample::users().strict();
    let before = barbara(&sample);

    assert_eq!(changed(&sample, &before, json!([operation])), expected);
}

#[rstest]
#[case::add_same(json!({"op": "add", "path": "title", "value": "Guide"}))]
#[case::add_same_value(json!({"op": "add", "path": "emails", "value": [{"value": "a@home", "type": "home"}]}))]
#[case::add_less(json!({"op": "add", "path": "emails", "value": [{"type": "work", "value": "a@work"}]}))]
#[case::add_nothing(json!({"op": "add", "path": "emails", "value": []}))]
#[case::replace_same(json!({"op": "replace", "path": "emails", "value": emails()}))]
#[case::replace_same_part(json!({"op": "replace", "path": "name", "value": {"givenName": "Barbara"}}))]
#[case::remove_absent(json!({"op": "remove", "path": "nickName"}))]
#[case::remove_absent_part(json!({"op": "remove", "path": "name.middleName"}))]
#[case::remove_unmatched(json!({"op": "remove", "path": "emails[type eq \"other\"]"}))]
#[case::remove_from_none(json!({"op": "remove", "path": "ims[value eq \"x\"]"}))]
#[case::remove_absent_extension(json!({"op": "remove", "path": MEDIUS_USER}))]
#[case::nothing(json!({"op": "add", "value": {}}))]
fn an_operation_without_effect_changes_nothing(#[case] operation: Json) {
    let sample = Sample::users().strict();
    let before = barbara(&sample);

    let accepted = sample.patch(&before, json!([operation])).unwrap();

    assert_eq!(before.with(accepted, at(1)), None);
}

#[rstest]
#[case::unknown(op("add", "tilte", &json!("x")), "invalidPath: User has no attribute tilte, did you mean title?")]
#[case::unknown_sub(op("add", "name.givenNam", &json!("x")),
    "invalidPath: User has no attribute name.givenNam, did you mean name.givenName?")]
#[case::unknown_urn(op("add", "urn:x:y", &json!("x")), "invalidPath: User has no attribute urn:x:y")]
#[case::sub_of_simple(op("add", "title.x", &json!("x")), "invalidPath: User has no attribute title.x")]
#[case::grammar(op("add", "emails[", &json!("x")), "invalidPath: path \"emails[\": \
    expected a sub-attribute of emails, \"not\" or \"(\", found the end (byte 7: emails[▸)")]
#[case::wrong_type(op("replace", "active", &json!(3)), "invalidValue: active must be true or false, found the number 3")]
#[case::complex_by_text(op("replace", "name", &json!("x")), "invalidValue: name must be an object, found the string \"x\"; write {\"formatted\": \"x\"}")]
#[case::in_list(op("add", "emails", &json!([{"value": 1}])), "invalidValue: emails[0].value must be a string, found the number 1; put it in double quotes")]
#[case::read_only(op("replace", "id", &json!("x")), "mutability: id is read-only and cannot be changed")]
#[case::read_only_sub(op("replace", "meta.created", &json!("x")),
    "mutability: meta.created is read-only and cannot be changed")]
#[case::remove_read_only(json!({"op": "remove", "path": "groups"}),
    "mutability: groups is read-only and cannot be changed")]
#[case::remove_schemas(json!({"op": "remove", "path": format!("{}:schemas", urn::USER)}),
    "mutability: schemas is kept by the server and cannot be changed")]
#[case::remove_required(json!({"op": "remove", "path": "userName"}), "mutability: userName is required for a User; replace it instead of removing it")]
#[case::blank_required(op("replace", "userName", &json!("")), "invalidValue: userName is required for a User; give it a value")]
#[case::no_match(op("replace", "emails[value ew \"x\"].display", &json!("x")),
    "noTarget: no value matches emails[value ew \"x\"].display; \
     add the whole value, without a filter")]
#[case::sub_of_simple_filter(op("replace", "emails[x eq 1]", &json!({})), "invalidFilter: emails has no sub-attribute x")]
#[case::remove_all(json!({"op": "remove"}), "noTarget: a remove needs a path")]
#[case::no_value(json!({"op": "add", "path": "title"}), "invalidValue: add needs a value")]
#[case::no_op(json!({"path": "title"}), "invalidSyntax: op is missing, expected add, replace or remove")]
#[case::op_copy(json!({"op": "copy", "path": "title"}), "invalidSyntax: op is \"copy\", expected add, replace or remove; it is of JSON Patch (RFC 6902); add the value that is to be copied")]
#[case::op_move(json!({"op": "move", "path": "title"}), "invalidSyntax: op is \"move\", expected add, replace or remove; it is of JSON Patch (RFC 6902); add the value in one operation and remove it in another")]
#[case::op_test(json!({"op": "test", "path": "title"}), "invalidSyntax: op is \"test\", expected add, replace or remove; it is of JSON Patch (RFC 6902); send the version in If-Match instead")]
#[case::op_merge(json!({"op": "merge", "value": {}}), "invalidSyntax: op is \"merge\", expected add, replace or remove, did you mean replace?")]
#[case::op_type(json!({"op": 1}), "invalidSyntax: op must be a string, found the number 1")]
#[case::path_type(json!({"op": "add", "path": 1}), "invalidPath: path must be a string, found the number 1")]
#[case::no_object(json!("x"), "invalidSyntax: expected an object, found the string \"x\"")]
#[case::whole_by_text(json!({"op": "add", "value": "x"}),
    "invalidValue: add without a path needs an object as value, found the string \"x\"")]
#[case::unknown_member(json!({"op": "add", "value": {"tilte": 1}}),
    "invalidSyntax: tilte is not an attribute of User, did you mean title?")]
#[case::extension_by_text(op("add", MEDIUS_USER, &json!("x")),
    "invalidValue: urn:ietf:params:scim:schemas:extension:medius:2.0:User must be an object, found the string \"x\"")]
#[case::extension_member(op("add", MEDIUS_USER, &json!({"x": 1})),
    "invalidSyntax: urn:ietf:params:scim:schemas:extension:medius:2.0:User:x is not an attribute of User")]
#[case::other_types_schema(op("add", urn::GROUP, &json!({})),
    "invalidPath: User has no attribute or extension urn:ietf:params:scim:schemas:core:2.0:Group")]
fn an_operation_that_cannot_be_done_is_refused_with_a_reason(
    #[case] operation: Json,
    #[case] expected: &str,
) {
    let sample = Sample::users();

    let refused = sample.patch(&barbara(&sample), json!([operation])).unwrap_err();

    assert_eq!(refusal(&refused).replacen("operation 1: ", "", 1), expected);
}

#[rstest]
#[case::no_object(json!([]), "invalidSyntax: the body must be a JSON object, found an array")]
#[case::other_schema(json!({"schemas": [urn::USER], "Operations": [{}]}),
    "invalidSyntax: schemas must be [\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"], \
     found an array")]
#[case::none(json!({"schemas": [urn::PATCH_OP]}), "invalidSyntax: Operations must hold at least one operation")]
#[case::empty(json!({"schemas": [urn::PATCH_OP], "Operations": []}),
    "invalidSyntax: Operations must hold at least one operation")]
#[case::no_list(json!({"schemas": [urn::PATCH_OP], "operations": {}}),
    "invalidSyntax: Operations must be an array, found an object")]
#[case::many(json!({"schemas": [urn::PATCH_OP], "Operations": vec![json!({}); 10_001]}),
    "413: 10001 operations in one PATCH, expected 10000 at most; send them in several requests")]
fn a_body_that_is_not_a_patch_is_refused(#[case] body: Json, #[case] expected: &str) {
    let sample = Sample::users();

    assert_eq!(refusal(&PatchOp::parse(&sample.rules(), &body).unwrap_err()), expected);
}

#[test]
fn operations_apply_in_order_and_an_error_has_the_number_of_its_operation() {
    let sample = Sample::users();
    let user = barbara(&sample);
    let good = json!([op("add", "nickName", &json!("a")), op("replace", "nickName", &json!("b"))]);
    let bad = json!([op("add", "nickName", &json!("a")), op("add", "id", &json!("b"))]);

    assert_eq!(changed(&sample, &user, good), json!({"nickName": "b"}));
    let refused = sample.patch(&user, bad).unwrap_err();
    assert_eq!(refused.scim_type(), Some(ScimType::Mutability));
    assert!(refused.detail().starts_with("operation 2: id is read-only"), "{refused}");
}

#[test]
fn a_required_attribute_can_be_removed_and_added_in_one_request() {
    let sample = Sample::users();
    let both = json!([{"op": "remove", "path": "userName"}, op("add", "userName", &json!("y"))]);

    assert_eq!(changed(&sample, &barbara(&sample), both), json!({"userName": "y"}));
}

#[rstest]
#[case::added(op("add", "emails", &json!([{"value": "b", "primary": true}])), ["a@work false", "a@home", "b true"].as_slice())]
#[case::selected(op("replace", "emails[type eq \"home\"].primary", &json!(true)), &["a@work false", "a@home true"])]
#[case::merged(op("add", "emails", &json!([{"value": "a@home", "type": "home", "primary": true}])),
    &["a@work false", "a@home true"])]
#[case::last_of_all(op("replace", "emails.primary", &json!(true)), &["a@work false", "a@home true"])]
#[case::replaced(op("replace", "emails", &json!([{"value": "b", "primary": true}])), &["b true"])]
#[case::given_up(op("replace", "emails[type eq \"work\"].primary", &json!(false)), &["a@work false", "a@home"])]
fn a_new_primary_value_makes_the_old_one_secondary(
    #[case] operation: Json,
    #[case] expected: &[&str],
) {
    let sample = Sample::users();

    let after = shown(&sample.patch(&barbara(&sample), json!([operation])).unwrap());

    let email = |it: &Json| {
        let value = it["value"].as_str().unwrap();
        it["primary"]
            .as_bool()
            .map_or_else(|| value.to_owned(), |primary| format!("{value} {primary}"))
    };
    let emails: Vec<String> = after["emails"].as_array().unwrap().iter().map(email).collect();
    assert_eq!(emails, expected);
}

#[rstest]
#[case::first(json!({}), op("add", "home", &json!("x")), Ok(json!({"home": "x"})))]
#[case::immutable(json!({}), op("replace", "serial", &json!("S-2")), Err("serial is immutable"))]
#[case::immutable_same(json!({}), op("replace", "serial", &json!("S-1")), Ok(json!({})))]
#[case::immutable_gone(json!({}), json!({"op": "remove", "path": "serial"}), Err("serial is immutable"))]
#[case::immutable_part_new(json!({}), op("add", "badge", &json!({"number": 7})), Ok(json!({"badge": {"number": 7}})))]
#[case::immutable_part(json!({"badge": {"number": 7}}), op("replace", "badge", &json!({"number": 8})),
    Err("badge.number is immutable"))]
#[case::immutable_part_by_path(json!({"badge": {"number": 7}}), op("replace", "badge.number", &json!(8)),
    Err("badge.number is immutable"))]
#[case::immutable_part_gone(json!({"badge": {"number": 7}}), json!({"op": "remove", "path": "badge.number"}),
    Err("badge.number is immutable"))]
#[case::beside_immutable_part(json!({"badge": {"number": 7}}), op("replace", "badge", &json!({"color": "red"})),
    Ok(json!({"badge": {"number": 7, "color": "red"}})))]
#[case::simple_values(json!({"notes": ["a"]}), op("add", "notes", &json!(["a", "b"])), Ok(json!({"notes": ["a", "b"]})))]
#[case::one_simple_value(json!({"notes": ["a"]}), op("add", "notes", &json!("b")), Ok(json!({"notes": ["a", "b"]})))]
#[case::selected_simple_value(json!({"notes": ["a", "b"]}), json!({"op": "remove", "path": "notes[value eq \"A\"]"}),
    Ok(json!({"notes": ["b"]})))]
#[case::exchanged_simple_value(json!({"notes": ["a", "b"]}), op("replace", "notes[value sw \"a\"]", &json!("c")),
    Ok(json!({"notes": ["c", "b"]})))]
#[case::read_only(json!({}), op("add", "online", &json!(true)), Err("online is read-only"))]
#[case::required_part(json!({"slots": [{"value": "a", "size": 1}]}),
    json!({"op": "remove", "path": "slots[value eq \"a\"].size"}), Err("size is required"))]
#[case::with_required_part(json!({"slots": [{"value": "a", "size": 1}]}), op("replace", "slots.size", &json!(2)),
    Ok(json!({"slots": [{"value": "a", "size": 2}]})))]
fn characteristics_of_attributes_are_respected(
    #[case] extra: Json,
    #[case] operation: Json,
    #[case] expected: Result<Json, &str>,
) {
    let sample = Sample::devices();
    let mut body = extra;
    body["serial"] = json!("S-1");
    let device = sample.made(body);

    match expected {
        Ok(expected) => assert_eq!(changed(&sample, &device, json!([operation])), expected),
        Err(detail) => {
            let refused = sample.patch(&device, json!([operation])).unwrap_err();
            assert_eq!(refused.scim_type(), Some(ScimType::Mutability));
            assert!(refused.detail().contains(detail), "{refused}");
        }
    }
}

fn group(sample: &Sample) -> Resource {
    let members = json!([{"value": "u-1"}, {"value": "u-2"}, {"value": "u-3"}]);
    sample.made(json!({"displayName": "Tours", "members": members}))
}

#[rstest]
#[case::add(op("add", "members", &json!([{"value": "u-2"}, {"value": "u-4"}])), &["u-1", "u-2", "u-3", "u-4"])]
#[case::remove_one(json!({"op": "remove", "path": "members[value eq \"u-2\"]"}), &["u-1", "u-3"])]
#[case::remove_other_case(json!({"op": "remove", "path": "members[value eq \"U-2\"]"}), &["u-1", "u-2", "u-3"])]
#[case::remove_some(json!({"op": "remove", "path": "members[value eq \"u-2\" or value eq \"u-1\"]"}), &["u-3"])]
#[case::remove_not(json!({"op": "remove", "path": "members[not (value eq \"u-2\")]"}), &["u-2"])]
#[case::remove_all(json!({"op": "remove", "path": "members"}), &[])]
#[case::replace(op("replace", "members", &json!([{"value": "u-9"}])), &["u-9"])]
fn members_are_added_and_removed(#[case] operation: Json, #[case] expected: &[&str]) {
    let sample = Sample::groups().strict();

    let after = shown(&sample.patch(&group(&sample), json!([operation])).unwrap());

    let members = after["members"].as_array().into_iter().flatten();
    let members: Vec<&str> = members.map(|it| it["value"].as_str().unwrap()).collect();
    assert_eq!(members, expected);
}

#[rstest]
#[case::value("members[value eq \"u-1\"].value", "u-9", "mutability")]
#[case::all_values("members.value", "u-9", "mutability")]
#[case::derived_part("members[value eq \"u-1\"].display", "x", "mutability")]
#[case::derived_filter("members[display eq \"x\"]", "x", "invalidFilter")]
fn an_existing_member_cannot_be_changed(
    #[case] path: &str,
    #[case] value: &str,
    #[case] expected: &str,
) {
    let sample = Sample::groups();

    let refused = sample.patch(&group(&sample), json!([op("replace", path, &json!(value))]));

    assert_eq!(refused.unwrap_err().scim_type().map(ScimType::as_str), Some(expected));
}
