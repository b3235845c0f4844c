use rstest::rstest;
use serde_json::{Value as Json, json};

use super::{barbara, changed, group, op};
use crate::{
    Quirk,
    sample::{Sample, outcome},
    urn,
};

#[rstest]
#[case::op_case(Quirk::OpCase, op("Replace", "title", &json!("x")), json!({"title": "x"}))]
#[case::string_boolean(Quirk::StringBoolean, op("replace", "active", &json!("False")), json!({"active": false}))]
#[case::dotted(Quirk::DottedKeys, json!({"op": "replace", "value": {"name.familyName": "J"}}),
    json!({"name": {"givenName": "Barbara", "familyName": "J"}}))]
#[case::dotted_urn(Quirk::DottedKeys,
    json!({"op": "replace", "value": {format!("{}:department", urn::ENTERPRISE_USER): "x"}}),
    json!({urn::ENTERPRISE_USER: {"department": "x", "manager": {"value": "m-1"}}}))]
#[case::dotted_filter(Quirk::DottedKeys, json!({"op": "replace", "value": {"emails[type eq \"home\"].value": "b"}}),
    json!({"emails": [{"value": "a@work", "type": "work", "primary": true}, {"value": "b", "type": "home"}]}))]
#[case::remove_by_value(Quirk::MembersRemoveValue,
    json!({"op": "remove", "path": "emails", "value": [{"value": "A@HOME"}]}),
    json!({"emails": [{"value": "a@work", "type": "work", "primary": true}]}))]
#[case::bare_manager(Quirk::BareManager, op("add", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", &json!("m-2")),
    json!({urn::ENTERPRISE_USER: {"department": "Tours", "manager": {"value": "m-2"}}}))]
#[case::create(Quirk::CreateOnAbsentFilter, op("add", "ims[type eq \"xmpp\" and primary eq true].value", &json!("b")),
    json!({"ims": [{"value": "b", "type": "xmpp", "primary": true}]}))]
#[case::create_whole(Quirk::CreateOnAbsentFilter, op("replace", "ims[type eq \"xmpp\"]", &json!({"value": "b"})),
    json!({"ims": [{"value": "b", "type": "xmpp"}]}))]
#[case::null_ref(Quirk::NullRef,
    op("add", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", &json!({"value": "m-2", "$ref": null})),
    json!({urn::ENTERPRISE_USER: {"department": "Tours", "manager": {"value": "m-2"}}}))]
#[case::display_name(Quirk::NameDisplayName, op("replace", "name.displayName", &json!("x")), json!({"displayName": "x"}))]
#[case::display_name_in_name(Quirk::NameDisplayName, op("replace", "name", &json!({"displayName": "x"})),
    json!({"displayName": "x"}))]
#[case::unqualified(Quirk::UnqualifiedExtensionAttribute, op("replace", "department", &json!("x")),
    json!({urn::ENTERPRISE_USER: {"department": "x", "manager": {"value": "m-1"}}}))]
#[case::wrapped(Quirk::WrappedSingleValue, op("replace", "title", &json!(["x"])), json!({"title": "x"}))]
#[case::wrapped_object(Quirk::WrappedSingleValue, op("replace", "name", &json!([{"familyName": "J"}])),
    json!({"name": {"givenName": "Barbara", "familyName": "J"}}))]
#[case::wrapped_text(Quirk::WrappedSingleValue, op("replace", "name.familyName", &json!([{"$ref": null, "value": "J"}])),
    json!({"name": {"givenName": "Barbara", "familyName": "J"}}))]
#[case::empty_manager(Quirk::EmptyManager, op("replace", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", &json!({"value": ""})),
    json!({urn::ENTERPRISE_USER: {"department": "Tours"}}))]
#[case::single_filter(Quirk::SingleValueFilter,
    json!({"op": "remove", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager[value eq \"m-1\"]"}),
    json!({urn::ENTERPRISE_USER: {"department": "Tours"}}))]
#[case::unknown_extension(Quirk::UnknownExtension,
    json!({"op": "replace", "value": {"urn:x:1": {"y": 1}, "title": "x"}}), json!({"title": "x"}))]
#[case::read_only(Quirk::ReadOnlyInPatch, json!({"op": "replace", "value": {"id": "x", "title": "x"}}), json!({"title": "x"}))]
fn a_quirk_is_tolerated_and_noted_if_it_is_switched_on(
    #[case] quirk: Quirk,
    #[case] operation: Json,
    #[case] expected: Json,
) {
    let tolerant = Sample::users().documented().only(quirk);
    let user = barbara(&tolerant);
    let operations = json!([operation]);

    assert_eq!(changed(&tolerant, &user, operations.clone()), expected);
    assert_eq!(tolerant.noted_of(&user, operations.clone()), [quirk.name()]);
    let intolerant = Sample::users().documented().without(quirk);
    let outcome = outcome(intolerant.patch(&user, operations));
    assert!(!outcome.starts_with('{'), "{outcome}");
}

#[test]
fn a_remove_with_an_empty_list_of_values_keeps_all_values() {
    let sample = Sample::groups();

    let none = json!({"op": "remove", "path": "members", "value": []});

    assert_eq!(changed(&sample, &group(&sample), json!([none])), json!({}));
}
