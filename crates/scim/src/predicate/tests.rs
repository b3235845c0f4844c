use rstest::rstest;
use serde_json::json;

use crate::{
    Quirk, Resource, ScimType,
    sample::{Sample, refusal},
    urn,
};

fn barbara(sample: &Sample) -> Resource {
    sample.made(json!({
        "userName": "Barbara@example.com", "externalId": "B-7", "active": true, "title": "",
        "name": {"familyName": "Åberg"},
        "emails": [
            {"value": "b@work.example", "type": "work", "primary": true},
            {"value": "b@home.example", "type": "home"},
        ],
        "x509Certificates": [{"value": "AQID"}],
        urn::ENTERPRISE_USER: {"department": "Tours", "manager": {"value": "m-1"}},
    }))
}

#[rstest]
// RFC 7644 §3.4.2.2, table 3; case as the schema says
#[case::eq("userName eq \"barbara@EXAMPLE.com\"", true)]
#[case::eq_folds_beyond_ascii("name.familyName eq \"åBERG\"", true)]
#[case::eq_exact("externalId eq \"b-7\"", false)]
#[case::ne("userName ne \"x\"", true)]
#[case::ne_same("userName ne \"BARBARA@example.com\"", false)]
#[case::co("userName co \"@EX\"", true)]
#[case::sw("userName sw \"barb\"", true)]
#[case::sw_itself("userName sw \"barbara@example.com\"", true)]
#[case::sw_later("userName sw \"example\"", false)]
#[case::ew("userName ew \".COM\"", true)]
#[case::gt("userName gt \"a\"", true)]
#[case::gt_itself("userName gt \"barbara@example.com\"", false)]
#[case::ge("userName ge \"barbara@example.com\"", true)]
#[case::lt("userName lt \"c\"", true)]
#[case::le("userName le \"barbara@example.com\"", true)]
#[case::pr("name pr", true)]
#[case::pr_absent("nickName pr", false)]
#[case::pr_empty("title pr", false)]
#[case::pr_part("name.givenName pr", false)]
#[case::pr_list("emails pr", true)]
// unassigned attributes
#[case::absent_eq("nickName eq \"x\"", false)]
#[case::absent_ne("nickName ne \"x\"", true)]
#[case::absent_lt("nickName lt \"x\"", false)]
#[case::eq_null("nickName eq null", true)]
#[case::eq_null_assigned("userName eq null", false)]
#[case::eq_null_empty("title eq null", true)]
#[case::ne_null("userName ne null", true)]
// booleans, references, binaries
#[case::boolean("active eq true", true)]
#[case::boolean_ne("active ne false", true)]
#[case::boolean_text("active eq \"TRUE\"", true)]
#[case::binary("x509Certificates eq \"AQID\"", true)]
#[case::binary_is_exact("x509Certificates.value eq \"aqid\"", false)]
#[case::manager("manager eq \"m-1\"", true)]
#[case::manager_value(
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"m-1\"",
    true
)]
#[case::manager_is_exact("manager eq \"M-1\"", false)]
#[case::manager_derived("manager.displayName pr", false)]
#[case::extension(
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"tours\"",
    true
)]
#[case::core_urn("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"b\"", true)]
// several values: one is enough
#[case::any_value("emails.type eq \"home\"", true)]
#[case::any_is_not("emails.type ne \"home\"", true)]
#[case::none("emails.type eq \"other\"", false)]
#[case::significant_value("emails co \"HOME\"", true)]
#[case::across_values("emails.type eq \"home\" and emails.value co \"work\"", true)]
#[case::one_value("emails[type eq \"home\" and value co \"work\"]", false)]
#[case::one_value_found("emails[type eq \"work\" and value co \"work\"]", true)]
#[case::by_value("emails[value eq \"B@HOME.example\"]", true)]
#[case::not_within("emails[not (type eq \"work\")]", true)]
#[case::or_within("emails[type eq \"x\" or primary eq true]", true)]
#[case::null_within("emails[primary eq null]", true)]
#[case::behind_brackets("emails[type eq \"work\"].value sw \"b@\"", true)]
#[case::behind_brackets_of_another("emails[type eq \"home\"].value co \"work\"", false)]
#[case::behind_brackets_present("emails[type eq \"home\"].display pr", false)]
// logic
#[case::precedence("title pr or userName pr and active eq true", true)]
#[case::not("not (nickName pr)", true)]
#[case::group("(title pr or userName pr) and nickName pr", false)]
// what the server keeps
#[case::id("id eq \"id-1\"", true)]
#[case::id_is_exact("id eq \"ID-1\"", false)]
#[case::schemas("schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"", true)]
#[case::schema_not_in_use(
    "schemas eq \"urn:ietf:params:scim:schemas:extension:medius:2.0:User\"",
    false
)]
#[case::created("meta.created eq \"2026-05-28T20:26:40Z\"", true)]
#[case::created_elsewhere("meta.created eq \"2026-05-28T22:26:40+02:00\"", true)]
#[case::earlier("meta.lastModified gt \"2026-05-28T22:26:39+02:00\"", true)]
#[case::without_offset("meta.lastModified lt \"2026-05-28T20:26:41\"", true)]
#[case::name_display_name("name.displayName eq \"x\"", false)]
fn a_filter_finds_the_users_that_match(#[case] filter: &str, #[case] expected: bool) {
    let sample = Sample::users();

    assert_eq!(sample.finds(filter, &barbara(&sample)), expected);
}

#[rstest]
#[case::integer("ports eq 4", true)]
#[case::integer_by_decimal("ports lt 4.5", true)]
#[case::integer_ne("ports ne 4", false)]
#[case::decimal("weight ge 1.5", true)]
#[case::decimal_by_integer("weight gt 2", false)]
#[case::date("built eq \"2026-01-31T06:00:00Z\"", true)]
#[case::simple_values("notes eq \"B\"", true)]
#[case::simple_value_path("notes[value sw \"a\"]", true)]
#[case::part("badge.number ge 7", true)]
#[case::reference("home eq \"https://A.example/\"", false)]
fn numbers_dates_and_simple_values_compare_by_type(#[case] filter: &str, #[case] expected: bool) {
    let sample = Sample::devices();
    let device = sample.made(json!({
        "serial": "S-1", "ports": 4, "weight": 1.5, "built": "2026-01-31T08:00:00+02:00",
        "notes": ["a", "b"], "badge": {"number": 7}, "home": "https://a.example/",
    }));

    assert_eq!(sample.finds(filter, &device), expected);
}

#[rstest]
#[case::by_value("members[value eq \"u-40\"]", true)]
#[case::value("members.value eq \"u-40\"", true)]
#[case::bare("members eq \"u-40\"", true)]
#[case::not_there("members eq \"u-41\"", false)]
#[case::derived("members.display eq \"somebody\"", true)]
#[case::derived_within("members[type eq \"User\" and value eq \"u-7\"]", true)]
#[case::derived_other("members[type eq \"Group\"]", false)]
#[case::not_any("not (members.type eq \"User\")", false)]
fn members_are_found_by_value_and_by_derived_sub_attributes(
    #[case] filter: &str,
    #[case] expected: bool,
) {
    let sample = Sample::groups();
    let members: Vec<_> = (1..=40).map(|n| json!({"value": format!("u-{n}")})).collect();
    let group = sample.made(json!({"displayName": "x", "members": members}));

    assert_eq!(sample.finds(filter, &group), expected);
}

#[rstest]
#[case::unknown("usrName pr", "User has no attribute usrName, did you mean userName?")]
#[case::unknown_sub(
    "name.giveName pr",
    "User has no attribute name.giveName, did you mean name.givenName?"
)]
#[case::unknown_urn("urn:x:y eq 1", "User has no attribute urn:x:y")]
#[case::within("emails[typ eq \"x\"]", "emails has no sub-attribute typ, did you mean type?")]
#[case::ordered_boolean("active gt true", "gt does not go with active, expected one of eq, ne, pr")]
#[case::part_of_boolean(
    "active co \"t\"",
    "co does not go with active, expected one of eq, ne, pr"
)]
#[case::ordered_binary(
    "x509Certificates.value le \"A\"",
    "le does not go with x509Certificates.value, expected one of eq, ne, co, sw, ew, pr"
)]
#[case::part_of_date(
    "meta.created sw \"2026\"",
    "sw does not go with meta.created, expected one of eq, ne, gt, ge, lt, le, pr"
)]
#[case::boolean_as_number("active eq 1", "active is compared with true or false, found 1")]
#[case::boolean_as_word(
    "active eq \"yes\"",
    "active is compared with true or false, found \"yes\""
)]
#[case::text_unquoted("userName eq 7", "userName is text, put the value in double quotes: \"7\"")]
#[case::date_as_day(
    "meta.created gt \"2026-01-31\"",
    "meta.created is compared with a dateTime such as \"2026-01-31T08:00:00Z\""
)]
#[case::ordered_null("title gt null", "title is text, put the value in double quotes: \"null\"")]
#[case::complex(
    "name eq \"x\"",
    "name is complex, name one of its sub-attributes: \
    name.formatted, .familyName, .givenName, .middleName, .honorificPrefix, .honorificSuffix \
    (RFC 7644 §3.4.2.2)"
)]
#[case::never_returned("password eq \"x\"", "password is never returned, so it cannot be filtered")]
#[case::never_returned_presence(
    "password pr",
    "password is never returned, so it cannot be filtered"
)]
fn a_filter_that_does_not_fit_the_schema_is_refused_with_a_reason(
    #[case] filter: &str,
    #[case] detail: &str,
) {
    let refused = Sample::users().bind(filter).unwrap_err();

    assert_eq!(refusal(&refused), format!("invalidFilter: {detail}"));
}

#[rstest]
#[case::sub_attribute("slots.pin eq \"1\"")]
#[case::within("slots[pin eq \"1\"]")]
#[case::behind_brackets("slots[size eq 1].pin pr")]
fn a_sub_attribute_that_is_never_returned_cannot_be_filtered(#[case] filter: &str) {
    let refused = Sample::devices().bind(filter).unwrap_err();

    assert!(refused.detail().contains("never returned"), "{refused}");
}

#[rstest]
#[case::user_name("User", "userName eq \"a\"", true)]
#[case::user_names("User", "userName eq \"a\" or not (USERNAME sw \"b\")", true)]
#[case::by_urn("User", "urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"a\"", true)]
#[case::id("User", "id eq \"a\"", true)]
#[case::manager_check("User", "id eq \"a\" and manager eq \"b\"", true)]
#[case::manager_check_by_urn(
    "User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq \"b\" and id eq \"a\"",
    true
)]
#[case::manager_alone("User", "manager eq \"b\"", false)]
#[case::external_id("User", "externalId eq \"a\"", false)]
#[case::mixed("User", "userName eq \"a\" and active eq true", false)]
#[case::mail("User", "emails[type eq \"work\"].value eq \"a\"", false)]
#[case::group_name("Group", "displayName eq \"a\"", true)]
#[case::group_external_id("Group", "externalId eq \"a\"", true)]
#[case::members_check("Group", "id eq \"a\" and members eq \"b\"", true)]
#[case::members_alone("Group", "members[value eq \"b\"]", false)]
fn the_documented_profile_allows_the_filters_of_the_tutorial(
    #[case] kind: &str,
    #[case] filter: &str,
    #[case] expected: bool,
) {
    let sample = if kind == "User" { Sample::users() } else { Sample::groups() };

    match sample.documented().bind(filter) {
        Ok(_) => assert!(expected, "{filter} was bound"),
        Err(error) => {
            assert_eq!((error.scim_type(), expected), (Some(ScimType::InvalidFilter), false));
            assert!(error.detail().contains("the profile \"rfc\" filters by every"), "{error}");
        }
    }
}

#[rstest]
#[case::string_boolean(Quirk::StringBoolean, "active eq \"True\"")]
#[case::unqualified(Quirk::UnqualifiedExtensionAttribute, "manager eq \"m\"")]
#[case::display_name(Quirk::NameDisplayName, "name.displayName eq \"x\"")]
fn a_quirk_of_filters_can_be_switched_off(#[case] quirk: Quirk, #[case] filter: &str) {
    assert!(Sample::users().only(quirk).bind(filter).is_ok());
    assert!(Sample::users().without(quirk).bind(filter).is_err());
}

#[rstest]
#[case::one("userName eq \"A\"", &["userName=a"])]
#[case::both("id eq \"A\" and emails[type eq \"work\" and value eq \"X\"]", &["id=A", "emails=x"])]
#[case::significant("manager eq \"M\" and active eq true", &["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value=M"])]
#[case::either("userName eq \"a\" or userName eq \"b\"", &[])]
#[case::not("not (userName eq \"a\")", &[])]
#[case::other_part("emails.type eq \"work\"", &[])]
fn the_keys_of_a_filter_are_the_values_that_every_match_has(
    #[case] filter: &str,
    #[case] expected: &[&str],
) {
    let predicate = Sample::users().bind(filter).unwrap();

    let keys: Vec<String> =
        predicate.keys().map(|(target, text)| format!("{}={text}", target.path())).collect();
    assert_eq!(keys, expected);
}
