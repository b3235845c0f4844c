use rstest::rstest;
use serde_json::json;

use crate::{
    Projection, Resource, ResourceView, SpecifiedAttributes,
    sample::{Alone, MEDIUS_USER, Sample, refusal},
    urn,
};

fn names(text: &str) -> Vec<String> {
    text.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// A resource as it is shown with `attributes` and `excludedAttributes`.
fn shown(sample: &Sample, resource: &Resource, only: &str, except: &str) -> String {
    let projection = Projection::parse(&sample.rules(), &names(only), &names(except)).unwrap();
    let derive = Alone(&sample.resource_type);
    let resource_type = &sample.resource_type;
    let (projection, specified) = (&projection, &SpecifiedAttributes::default());
    let view = ResourceView { resource, resource_type, projection, specified, derive: &derive };
    serde_json::to_string(&view).unwrap()
}

fn barbara(sample: &Sample) -> Resource {
    sample.made(json!({
        MEDIUS_USER: {"identityProvider": "x"},
        urn::ENTERPRISE_USER: {"manager": {"value": "m-1"}, "department": "Tours"},
        "emails": [{"type": "work", "value": "b@work"}, {"value": "b@home"}],
        "name": {"givenName": "Barbara", "familyName": "Jensen"},
        "password": "secret", "externalId": "7", "userName": "barbara",
    }))
}

#[test]
fn a_resource_is_shown_in_the_order_of_its_schemas() {
    let sample = Sample::users();

    expect_test::expect![[r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","urn:ietf:params:scim:schemas:extension:medius:2.0:User"],"id":"id-1","externalId":"7","userName":"barbara","name":{"familyName":"Jensen","givenName":"Barbara"},"emails":[{"value":"b@work","type":"work"},{"value":"b@home"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Tours","manager":{"value":"m-1"}},"urn:ietf:params:scim:schemas:extension:medius:2.0:User":{"identityProvider":"x"},"meta":{"created":"2026-05-28T20:26:40Z","lastModified":"2026-05-28T20:26:40Z"}}"#]]
    .assert_eq(&shown(&sample, &barbara(&sample), "", ""));
}

#[rstest]
#[case::one("userName", r#""userName":"barbara""#)]
#[case::any_case("USERNAME", r#""userName":"barbara""#)]
#[case::by_core_urn(
    "urn:ietf:params:scim:schemas:core:2.0:User:userName",
    r#""userName":"barbara""#
)]
#[case::schema_order(
    "name,userName",
    r#""userName":"barbara","name":{"familyName":"Jensen","givenName":"Barbara"}"#
)]
#[case::part("name.givenName", r#""name":{"givenName":"Barbara"}"#)]
#[case::parts(
    "name.givenName,name.FAMILYNAME",
    r#""name":{"familyName":"Jensen","givenName":"Barbara"}"#
)]
#[case::part_of_values("emails.type", r#""emails":[{"type":"work"}]"#)]
#[case::part_and_whole(
    "emails.type,emails",
    r#""emails":[{"value":"b@work","type":"work"},{"value":"b@home"}]"#
)]
#[case::filter(
    "emails[type eq \"work\"].value",
    r#""emails":[{"value":"b@work"},{"value":"b@home"}]"#
)]
#[case::absent_part("name.middleName", "")]
#[case::absent("title", "")]
#[case::unknown("shoeSize", "")]
#[case::password("password", "")]
#[case::extension_attribute(
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Tours"}"#
)]
#[case::unqualified(
    "department",
    r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Tours"}"#
)]
#[case::extension_part(
    "manager.value",
    r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"m-1"}}"#
)]
#[case::derived_part("manager.displayName", "")]
#[case::extension(
    "urn:ietf:params:scim:schemas:extension:medius:2.0:User",
    r#""urn:ietf:params:scim:schemas:extension:medius:2.0:User":{"identityProvider":"x"}"#
)]
#[case::other_types_schema("urn:ietf:params:scim:schemas:core:2.0:Group", "")]
#[case::meta_part("meta.created", r#""meta":{"created":"2026-05-28T20:26:40Z"}"#)]
fn attributes_selects_the_shown_attributes_besides_those_always_returned(
    #[case] only: &str,
    #[case] expected: &str,
) {
    let sample = Sample::users();

    let shown = shown(&sample, &barbara(&sample), only, "");

    let minimum = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","urn:ietf:params:scim:schemas:extension:medius:2.0:User"],"id":"id-1""#;
    let rest = shown.strip_prefix(minimum).unwrap().trim_start_matches(',');
    assert_eq!(rest.strip_suffix('}'), Some(expected));
}

#[rstest]
#[case::one("userName", &["/userName"])]
#[case::part("name.givenName", &["/name/givenName"])]
#[case::every_part("name.givenName,name.familyName", &["/name"])]
#[case::part_of_values("emails.type", &["/emails/0/type"])]
#[case::list("emails", &["/emails"])]
#[case::minimum("id,schemas", &[])]
#[case::unknown("shoeSize", &[])]
#[case::meta("meta", &["/meta"])]
#[case::extension_attribute("department", &["/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/department"])]
#[case::all_of_an_extension("department,manager", &["/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"])]
#[case::extension("urn:ietf:params:scim:schemas:extension:medius:2.0:User",
    &["/urn:ietf:params:scim:schemas:extension:medius:2.0:User"])]
#[case::core("urn:ietf:params:scim:schemas:core:2.0:User",
    &["/externalId", "/userName", "/name", "/emails", "/meta"])]
fn excluded_attributes_are_left_out_and_nothing_else(#[case] except: &str, #[case] gone: &[&str]) {
    let sample = Sample::users();
    let barbara = barbara(&sample);
    let mut expected: serde_json::Value =
        serde_json::from_str(&shown(&sample, &barbara, "", "")).unwrap();
    for pointer in gone {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        expected.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
    }

    let shown: serde_json::Value =
        serde_json::from_str(&shown(&sample, &barbara, "", except)).unwrap();

    assert_eq!(shown, expected);
}

#[rstest]
#[case::by_default(
    "",
    "",
    r#""serial":"S","label":"L","slots":[{"value":"a","size":1,"key":"k"}]"#
)]
#[case::always("serial", "", r#""serial":"S","label":"L""#)]
#[case::always_excluded("", "label,slots", r#""serial":"S","label":"L""#)]
#[case::request("comment", "", r#""label":"L","comment":"C""#)]
#[case::request_excluded("", "comment,slots", r#""serial":"S","label":"L""#)]
#[case::never("secret", "", r#""label":"L""#)]
#[case::always_in_a_value("slots.size", "", r#""label":"L","slots":[{"size":1,"key":"k"}]"#)]
#[case::request_in_a_value("slots.hint", "", r#""label":"L","slots":[{"hint":"h","key":"k"}]"#)]
#[case::request_needs_its_name(
    "slots",
    "",
    r#""label":"L","slots":[{"value":"a","size":1,"key":"k"}]"#
)]
#[case::never_in_a_value("slots.pin", "", r#""label":"L","slots":[{"key":"k"}]"#)]
#[case::always_in_a_value_excluded(
    "",
    "slots.key,slots.size,serial",
    r#""label":"L","slots":[{"value":"a","key":"k"}]"#
)]
fn each_attribute_is_returned_when_its_schema_says(
    #[case] only: &str,
    #[case] except: &str,
    #[case] expected: &str,
) {
    let sample = Sample::devices();
    let device = sample.made(json!({
        "serial": "S", "label": "L", "comment": "C", "secret": "X",
        "slots": [{"value": "a", "size": 1, "hint": "h", "pin": "p", "key": "k"}],
    }));

    let shown = shown(&sample, &device, only, except);

    let (start, rest) = shown.split_once(r#""id":"id-1","#).unwrap();
    assert_eq!(start, r#"{"schemas":["urn:example:2.0:Device"],"#);
    assert_eq!(
        rest.split_once(r#","meta""#).map_or(&rest[..rest.len() - 1], |(it, _)| it),
        expected
    );
}

#[test]
fn references_are_shown_with_derived_sub_attributes() {
    let sample = Sample::groups();
    let group = sample.made(json!({"displayName": "x", "members": [{"value": "u-1"}]}));
    let members = |only| {
        let shown = shown(&sample, &group, only, "");
        shown.split_once("\"members\":").map(|(_, it)| it.to_owned())
    };

    let whole = r#"[{"value":"u-1","display":"Somebody","type":"User"}]}"#;
    assert_eq!(members("members").as_deref(), Some(whole));
    assert_eq!(members("members.display").as_deref(), Some(r#"[{"display":"Somebody"}]}"#));
    assert_eq!(members("members.$ref"), None);
}

#[rstest]
#[case::both(
    "userName",
    "title",
    "attributes and excludedAttributes exclude each other, give one of them"
)]
#[case::grammar(
    "user name",
    "",
    "\"user name\" is not the name of an attribute: \
    expected the end of the path, found \"name\" (byte 5: user ▸name)"
)]
fn a_name_that_does_not_follow_the_grammar_is_refused(
    #[case] only: &str,
    #[case] except: &str,
    #[case] detail: &str,
) {
    let refused = Projection::parse(&Sample::users().rules(), &names(only), &names(except));

    assert_eq!(refusal(&refused.unwrap_err()), format!("invalidValue: {detail}"));
}
