use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::{
    Intent, Projection, Quirk, ResourceView, SpecifiedAttributes, UnknownAttributes, accept,
    sample::{Alone, MEDIUS_USER, Sample, at, outcome, refusal, shown},
    urn,
};

#[rstest]
#[case::string("User", json!({"title": 1}), "title must be a string, found the number 1; put it in double quotes")]
#[case::boolean("User", json!({"active": "maybe"}),
    "active must be true or false, found the string \"maybe\"")]
#[case::number("User", json!({"active": 1}), "active must be true or false, found the number 1")]
#[case::complex("User", json!({"name": "Barbara"}),
    "name must be an object, found the string \"Barbara\"; write {\"formatted\": \"Barbara\"}")]
#[case::complex_list("User", json!({"name": ["a", "b"]}), "name must be an object, found an array")]
#[case::several("User", json!({"title": ["a", "b"]}), "title must be a string, found an array")]
#[case::no_list("User", json!({"emails": "a@b"}),
    "emails is multi-valued: expected an array, found the string \"a@b\"; \
     write [{\"value\": \"a@b\"}]")]
#[case::nested_list("User", json!({"emails": [[]]}), "emails[0] must be an object, found an array")]
#[case::in_a_list("User", json!({"emails": [{"value": "a@b"}, {"value": true}]}),
    "emails[1].value must be a string, found true; put it in double quotes")]
#[case::reference("User", json!({"profileUrl": 7}),
    "profileUrl must be a URI as a string, found the number 7; put it in double quotes")]
#[case::base64("User", json!({"x509Certificates": [{"value": "*"}]}),
    "x509Certificates[0].value must be base64 text, found the string \"*\"")]
#[case::bare_base64("User", json!({"x509Certificates": ["*"]}),
    "x509Certificates[0].value must be base64 text, found the string \"*\"")]
#[case::in_an_extension("User", json!({urn::ENTERPRISE_USER: {"department": {}}}),
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department must be a string, \
     found an object")]
#[case::extension("User", json!({urn::ENTERPRISE_USER: "x"}),
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User must be an object, \
     found the string \"x\"")]
#[case::integer("Device", json!({"ports": 1.5}), "ports must be a whole number, found the number 1.5; it has no fraction, no exponent and at most 64 bits")]
#[case::large("Device", json!({"ports": 18_446_744_073_709_551_615_u64}),
    "ports must be a whole number, found the number 18446744073709551615; it has no fraction, no exponent and at most 64 bits")]
#[case::decimal("Device", json!({"weight": "1.5"}), "weight must be a number, found the string \"1.5\"; write it without quotes")]
#[case::date("Device", json!({"built": "2026-01-31"}),
    "built must be a dateTime such as \"2026-01-31T08:00:00Z\", found the string \"2026-01-31\"")]
#[case::required_part("Device", json!({"slots": [{"value": "a"}]}), "slots[0].size is required")]
#[case::long("Device", json!({"built": "2".repeat(41)}),
    "built must be a dateTime such as \"2026-01-31T08:00:00Z\", found a long string")]
fn a_value_of_another_type_is_refused(
    #[case] kind: &str,
    #[case] mut body: Json,
    #[case] detail: &str,
) {
    let sample = if kind == "User" { Sample::users() } else { Sample::devices() };
    body[if kind == "User" { "userName" } else { "serial" }] = json!("x");

    assert_eq!(outcome(sample.accept(body)), format!("invalidValue: {detail}"));
}

#[test]
fn every_type_is_stored_as_sent() {
    let body = json!({
        "serial": "S-1", "weight": 1.5, "ports": 4, "built": "2026-01-31T08:00:00+02:00",
        "firmware": "AQID", "home": "https://a.example/", "notes": ["b", "a"],
        "badge": {"number": 7}, "slots": [{"value": "a", "size": 1}],
    });

    assert_eq!(shown(&Sample::devices().accept(body.clone()).unwrap()), body);
}

#[rstest]
#[case::padded("AQI=", true)]
#[case::unpadded("AQI", true)]
#[case::both_letters("+/8=", true)]
#[case::url_alphabet("-_8", false)]
#[case::both_alphabets("+_8", false)]
#[case::line_break("AQ\nID", false)]
#[case::empty("", true)]
#[case::one_letter("A", false)]
#[case::too_much_padding("AQ===", false)]
#[case::blank("AQ I", false)]
fn binaries_are_base64(#[case] text: &str, #[case] is_good: bool) {
    let body = json!({"serial": "S-1", "firmware": text});

    assert_eq!(Sample::devices().accept(body).is_ok(), is_good);
}

#[rstest]
#[case::utc("2026-01-31T08:00:00Z", true)]
#[case::offset("2026-01-31T08:00:00.123+02:00", true)]
#[case::no_offset("2026-01-31T08:00:00", true)]
#[case::day("2026-01-31", false)]
#[case::no_such_day("2026-02-31T08:00:00Z", false)]
#[case::words("yesTerday", false)]
fn dates_are_date_times(#[case] text: &str, #[case] is_good: bool) {
    let body = json!({"serial": "S-1", "built": text});

    assert_eq!(Sample::devices().accept(body).is_ok(), is_good);
}

#[test]
fn names_are_read_in_any_case_and_stored_as_the_schema_spells_them() {
    let body = json!({
        "SCHEMAS": [urn::USER.to_uppercase(), urn::ENTERPRISE_USER],
        "USERNAME": "x", "Name": {"GIVENNAME": "Barbara"}, "externalID": "7",
        "EMAILS": [{"Value": "a@b", "TYPE": "work"}],
        urn::ENTERPRISE_USER.to_lowercase(): {"DEPARTMENT": "Tours"},
    });

    let accepted = Sample::users().strict().accept(body).unwrap();

    assert_eq!(
        shown(&accepted),
        json!({
            "userName": "x", "name": {"givenName": "Barbara"}, "externalId": "7",
            "emails": [{"value": "a@b", "type": "work"}],
            urn::ENTERPRISE_USER: {"department": "Tours"},
        })
    );
}

#[rstest]
#[case::attribute(json!({"title": "a", "TITLE": "b"}), "TITLE")]
#[case::beside_null(json!({"title": "a", "Title": null}), "Title")]
#[case::sub_attribute(json!({"name": {"givenName": "a", "GivenName": "b"}}), "name.givenName")]
#[case::in_a_list(json!({"emails": [{"value": "a", "Value": "b"}]}), "emails[0].value")]
#[case::extension(json!({MEDIUS_USER: {}, MEDIUS_USER.to_uppercase(): {}}),
    "URN:IETF:PARAMS:SCIM:SCHEMAS:EXTENSION:MEDIUS:2.0:USER")]
#[case::in_an_extension(json!({urn::ENTERPRISE_USER: {"division": "a", "Division": "b"}}),
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division")]
fn a_name_that_is_given_twice_is_refused(#[case] mut body: Json, #[case] at: &str) {
    body["userName"] = json!("x");

    let expected =
        format!("invalidSyntax: {at} is given twice, in different case; leave one of the two out");
    assert_eq!(outcome(Sample::users().accept(body)), expected);
}

#[rstest]
#[case::near(json!({"tilte": "x"}), "tilte is not an attribute of User, did you mean title?")]
#[case::far(json!({"shoeSize": 44}), "shoeSize is not an attribute of User")]
#[case::of_an_extension(json!({"department": "x"}),
    "department is not an attribute of User, did you mean \
     urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department?")]
#[case::sub_attribute(json!({"name": {"givenNam": "x"}}),
    "name.givenNam is not an attribute of User, did you mean givenName?")]
#[case::in_an_extension(json!({MEDIUS_USER: {"configurationFiler": "x"}}),
    "urn:ietf:params:scim:schemas:extension:medius:2.0:User:configurationFiler is not an \
     attribute of User, did you mean configurationFilter?")]
#[case::urn(json!({"urn:ietf:params:scim:schemas:extension:medius:2.0User": {"x": 1}}),
    "urn:ietf:params:scim:schemas:extension:medius:2.0User is not an attribute of User, \
     did you mean urn:ietf:params:scim:schemas:extension:medius:2.0:User?")]
fn an_unknown_attribute_is_refused_with_a_guess(#[case] mut body: Json, #[case] detail: &str) {
    body["userName"] = json!("x");

    assert_eq!(outcome(Sample::users().accept(body)), format!("invalidSyntax: {detail}"));
}

#[test]
fn an_unknown_attribute_is_dropped_if_the_dialect_says_so() {
    let mut sample = Sample::users();
    sample.dialect.unknown_attributes = UnknownAttributes::Drop;
    let body = json!({"userName": "x", "shoeSize": 44, "name": {"nick": "y"}});

    assert_eq!(outcome(sample.accept(body)), r#"{"userName":"x"}"#);
}

#[test]
fn an_unassigned_attribute_is_dropped_even_if_it_is_unknown() {
    let body = json!({
        "userName": "x", "title": null, "emails": [], "name": {"middleName": null}, "addresses": [{}],
        "active": [], "manager": null, "shoeSize": [],
        urn::ENTERPRISE_USER: {"manager": {}}, MEDIUS_USER: null,
    });

    assert_eq!(outcome(Sample::users().strict().accept(body)), r#"{"userName":"x"}"#);
}

#[test]
fn read_only_attributes_are_ignored() {
    let body = json!({
        "userName": "x", "id": 7, "meta": "x", "groups": true,
        urn::ENTERPRISE_USER: {"manager": {"value": "m", "displayName": []}},
    });

    let accepted = Sample::users().accept(body).unwrap();

    let manager = json!({"manager": {"value": "m"}});
    assert_eq!(shown(&accepted), json!({"userName": "x", urn::ENTERPRISE_USER: manager}));
}

#[test]
fn equal_values_are_kept_once() {
    let body = json!({
        "displayName": "x",
        "members": [{"value": "a"}, {"value": "b"}, {"value": "a", "display": "A"}],
    });

    let accepted = Sample::groups().accept(body).unwrap();

    assert_eq!(shown(&accepted)["members"], json!([{"value": "a"}, {"value": "b"}]));
}

#[test]
fn two_primary_values_are_refused_and_named() {
    let emails =
        json!([{"value": "a", "primary": true}, {"value": "b"}, {"value": "c", "primary": "True"}]);

    assert_eq!(
        outcome(Sample::users().accept(json!({"userName": "x", "emails": emails}))),
        "invalidValue: emails[0] and emails[2] are both primary, expected one at most; leave primary out of all but one"
    );
}

#[rstest]
#[case::text(json!({"userName": "x", "schemas": urn::USER}), "found a long string")]
#[case::no_text(json!({"userName": "x", "schemas": [1]}), "found an element that is no string")]
#[case::other(json!({"userName": "x", "schemas": [urn::GROUP]}),
    "found [\"urn:ietf:params:scim:schemas:core:2.0:Group\"]")]
fn a_body_without_its_core_schema_is_refused(#[case] body: Json, #[case] found: &str) {
    let expected = "invalidSyntax: schemas must be an array that holds \
                    \"urn:ietf:params:scim:schemas:core:2.0:User\", ";

    assert_eq!(outcome(Sample::users().accept(body)), format!("{expected}{found}"));
}

#[rstest]
#[case::none(json!({"userName": "x", "schemas": null}))]
#[case::empty(json!({"userName": "x", "schemas": []}))]
fn a_body_with_unassigned_schemas_is_noted(#[case] body: Json) {
    assert_eq!(Sample::users().noted(body.clone()), ["missingSchemas"]);
    assert_eq!(
        outcome(Sample::users().strict().accept(body)),
        "invalidSyntax: schemas must be an array that holds \
         \"urn:ietf:params:scim:schemas:core:2.0:User\", found none; \
         add schemas with the URN of the resource's schema"
    );
}

#[test]
fn a_body_that_is_not_an_object_is_refused() {
    let sample = Sample::users();

    let refused = accept(&sample.rules(), &json!([]), Intent::Create).unwrap_err();

    assert_eq!(refusal(&refused), "invalidSyntax: the body must be a JSON object, found an array");
}

#[rstest]
#[case::missing(json!({}))]
#[case::null(json!({"userName": null}))]
#[case::blank(json!({"userName": " "}))]
fn a_missing_required_attribute_is_refused(#[case] body: Json) {
    let expected = "invalidValue: userName is required for a User; give it a value";

    assert_eq!(outcome(Sample::users().accept(body)), expected);
}

#[rstest]
#[case::string_boolean(Quirk::StringBoolean, json!({"active": "TRUE"}), json!({"active": true}))]
#[case::bare_manager(Quirk::BareManager, json!({urn::ENTERPRISE_USER: {"manager": "m"}}),
    json!({urn::ENTERPRISE_USER: {"manager": {"value": "m"}}}))]
#[case::null_ref(Quirk::NullRef,
    json!({urn::ENTERPRISE_USER: {"manager": {"value": "m", "$ref": null}}}),
    json!({urn::ENTERPRISE_USER: {"manager": {"value": "m"}}}))]
#[case::empty_manager(Quirk::EmptyManager, json!({urn::ENTERPRISE_USER: {"manager": {"value": ""}}}),
    json!({}))]
#[case::wrapped(Quirk::WrappedSingleValue, json!({"title": ["x"]}), json!({"title": "x"}))]
#[case::wrapped_text(Quirk::WrappedSingleValue, json!({"title": [{"$ref": null, "value": "x"}]}),
    json!({"title": "x"}))]
#[case::wrapped_object(Quirk::WrappedSingleValue, json!({"name": [{"givenName": "x"}]}),
    json!({"name": {"givenName": "x"}}))]
#[case::display_name(Quirk::NameDisplayName, json!({"name": {"displayName": "x", "givenName": "y"}}),
    json!({"displayName": "x", "name": {"givenName": "y"}}))]
#[case::own_display_name(Quirk::NameDisplayName,
    json!({"Name": {"displayName": "x"}, "displayName": "own"}), json!({"displayName": "own"}))]
#[case::unlisted(Quirk::UnlistedExtension,
    json!({"schemas": [urn::USER], MEDIUS_USER: {"identityProvider": "x"}}),
    json!({MEDIUS_USER: {"identityProvider": "x"}}))]
#[case::unknown_schema(Quirk::UnknownSchemaUri, json!({"schemas": [urn::USER, "urn:x"]}), json!({}))]
#[case::bare_value(Quirk::BareMultiValue, json!({"emails": {"value": "a@b"}}),
    json!({"emails": [{"value": "a@b"}]}))]
#[case::unknown_extension(Quirk::UnknownExtension, json!({"urn:x:1": {"y": 1}}), json!({}))]
fn a_quirk_is_tolerated_and_noted_if_it_is_switched_on(
    #[case] quirk: Quirk,
    #[case] mut body: Json,
    #[case] mut expected: Json,
) {
    body["userName"] = json!("x");
    expected["userName"] = json!("x");

    let tolerant = Sample::users().only(quirk);
    assert_eq!(outcome(tolerant.accept(body.clone())), expected.to_string());
    assert_eq!(tolerant.noted(body.clone()), [quirk.name()]);
    assert!(Sample::users().without(quirk).accept(body).is_err());
}

#[rstest]
#[case::listed(json!({MEDIUS_USER: {"identityProvider": "x"}}))]
#[case::unlisted_and_empty(json!({"schemas": [urn::USER], MEDIUS_USER: {"identityProvider": null}}))]
#[case::boolean(json!({"active": true}))]
#[case::empty_wrapping(json!({"title": []}))]
fn valid_bodies_have_no_notes(#[case] mut body: Json) {
    body["userName"] = json!("x");

    assert!(Sample::users().noted(body).is_empty());
}

#[rstest]
#[case::same(json!({"serial": "S-1", "badge": {"number": 7, "color": "red"}}), Ok(()))]
#[case::left_out(json!({"badge": {"number": 7}}), Ok(()))]
#[case::other(json!({"serial": "S-2"}), Err("serial"))]
#[case::sub_attribute(json!({"serial": "S-1", "badge": {"number": 8}}), Err("badge.number"))]
#[case::sub_attribute_left_out(json!({"serial": "S-1", "badge": {"color": "red"}}), Err("badge.number"))]
fn a_put_cannot_change_immutable_attributes(
    #[case] body: Json,
    #[case] expected: Result<(), &str>,
) {
    let sample = Sample::devices();
    let current = sample.made(json!({"serial": "S-1", "badge": {"number": 7}}));

    let replaced = sample.replace(&current, body).map(drop).map_err(|it| refusal(&it));

    let expected = expected.map_err(|path| {
        format!("mutability: {path} is immutable and has another value; send the value that it has")
    });
    assert_eq!(replaced, expected);
}

#[test]
fn a_put_removes_the_attributes_that_it_leaves_out_except_unreadable_ones() {
    let sample = Sample::users();
    let current = sample.made(json!({"userName": "x", "title": "y", "password": "secret"}));

    let replaced = sample.replace(&current, json!({"userName": "x"})).unwrap();

    assert_eq!(shown(&replaced), json!({"userName": "x", "password": "secret"}));
}

/// Valid bodies of users, with every shape of value.
fn bodies() -> impl Strategy<Value = Json> {
    let text = "[a-zA-ZåÅ@. ]{1,12}";
    let email = (text, prop::option::of("work|home"));
    // No address occurs twice, since a strict tenant refuses that.
    let emails = prop::collection::vec(email, 0..4).prop_map(|all| {
        let all = all.into_iter().enumerate();
        let all =
            all.map(|(n, (value, kind))| json!({"value": format!("{n}{value}"), "type": kind}));
        all.collect::<Vec<_>>()
    });
    let user = (
        text,
        prop::option::of(text),
        prop::option::of(any::<bool>()),
        emails,
        prop::option::of((text, prop::option::of(text))),
        prop::option::of((text, prop::option::of("[a-f0-9]{8}"))),
    );
    user.prop_map(|(name, title, active, emails, person, enterprise)| {
        json!({
            "userName": format!("{name}x"), "title": title, "active": active, "emails": emails,
            "name": person.map(|(given, family)| json!({"givenName": given, "familyName": family})),
            urn::ENTERPRISE_USER: enterprise
                .map(|(department, manager)| json!({"department": department, "manager": {"value": manager}})),
        })
    })
}

proptest! {
    #[test]
    fn a_resource_as_it_is_shown_can_be_sent_back_unchanged(body in bodies()) {
        let sample = Sample::users().strict();
        let user = sample.made(body);
        let derive = Alone(&sample.resource_type);
        let view = ResourceView {
            resource: &user,
            resource_type: &sample.resource_type,
            projection: &Projection::Default,
            specified: &SpecifiedAttributes::default(),
            derive: &derive,
        };

        let again = sample.replace(&user, serde_json::to_value(view).unwrap()).unwrap();

        prop_assert_eq!(again.attributes(), user.attributes());
        prop_assert!(user.with(again, at(1)).is_none());
    }
}
