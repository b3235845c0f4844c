//! Edits of filters, and where a filter is wrong.

use mediusflow_mock::scim::{Dialect, Profile};
use rstest::rstest;
use serde_json::json;

use super::{Edit, teaches};
use crate::support::Tenant;

#[rstest]
#[case::filter_undocumented(
    "GET /Users?filter=title+eq+%22x%22",
    Edit("title", "userName", "userName (the tutorial, Step 5)")
)]
fn the_refusal_of_a_filter_names_the_documented_ones(
    #[case] request: &str,
    #[case] edit: Edit<'_>,
) {
    teaches(&Tenant::new(), request, edit);
}

#[test]
fn a_filter_that_the_tutorial_does_not_document_works_in_the_other_profile() {
    let tenant = Tenant::new();
    tenant.user("ada");
    let filter = "/Users?filter=title+eq+%22x%22";

    let refused = tenant.get(filter);
    tenant.change(json!({"profile": "rfc"}));

    assert!(refused.detail().contains("the profile \"rfc\" filters by every attribute"));
    assert_eq!(tenant.get(filter).status, 200);
}

/// Filters that only the profile `rfc` reads.
#[rstest]
#[case::quotes_around_a_number(
    "title+eq+1",
    Edit("1", "%221%22", "put the value in double quotes: \"1\"")
)]
#[case::complex(
    "name+eq+%22x%22",
    Edit("name", "name.familyName", "name one of its sub-attributes")
)]
#[case::sub_attribute(
    "name.givnName+pr",
    Edit("givnName", "givenName", "did you mean name.givenName?")
)]
#[case::operator("active+gt+true", Edit("gt", "eq", "expected one of eq, ne, pr"))]
#[case::date(
    "meta.created+gt+%22yesterday%22",
    Edit("yesterday", "2026-01-31T08:00:00Z", "such as \"2026-01-31T08:00:00Z\"")
)]
#[case::number_for_boolean(
    "active+eq+1",
    Edit("1", "true", "active is compared with true or false")
)]
#[case::leading_zero(
    "title+eq+05",
    Edit("05", "%2205%22", "JSON writes the number as 5; a text is \"05\"")
)]
#[case::plus_sign(
    "title+eq+%2B5",
    Edit("%2B5", "%22%2B5%22", "JSON writes the number as 5; a text is \"+5\"")
)]
#[case::word_for_true(
    "active+eq+yes",
    Edit("yes", "true", "a boolean is true or false, here true; a text is \"yes\"")
)]
#[case::word_for_false(
    "active+eq+No",
    Edit("No", "false", "a boolean is true or false, here false; a text is \"No\"")
)]
#[case::word_as_text("title+eq+yes", Edit("yes", "%22yes%22", "a text is \"yes\""))]
#[case::single_quotes(
    "title+eq+'a+b'",
    Edit("'a+b'", "%22a+b%22", "in double quotes, not in others: \"a b\"")
)]
#[case::single_quotes_and_more(
    "title+eq+'a+b'+or+active+pr",
    Edit("'a+b'", "%22a+b%22", "not in others: \"a b\"")
)]
#[case::double_inside_single(
    "title+eq+'a%22b'",
    Edit("'a%22b'", "%22a%5C%22b%22", "not in others: \"a\\\"b\"")
)]
#[case::typographic(
    "title+eq+%E2%80%9Ca+b%E2%80%9D",
    Edit("%E2%80%9Ca+b%E2%80%9D", "%22a+b%22", "not in others: \"a b\"")
)]
#[case::part_of_a_list(
    "emails[displayName+eq+%22x%22]",
    Edit(
        "displayName",
        "display",
        "emails has no sub-attribute displayName, did you mean display?"
    )
)]
#[case::part_after_a_typo(
    "emials.valeu+pr",
    Edit("emials.valeu", "emails.value", "did you mean emails.value?")
)]
#[case::upper_case("active+eq+True", Edit("True", "true", "JSON writes it in lower case: true"))]
#[case::and("active+pr+%26%26+title+pr", Edit("%26%26", "and", "write and instead of &&"))]
#[case::not("not+title+pr", Edit("title+pr", "(title+pr)", "write not (…)"))]
#[case::brackets("emails.value[type+eq+%22x%22]", Edit(".value", "", "write emails[…]"))]
fn following_the_hint_of_a_filter_succeeds(
    #[case] filter: &str,
    #[case] edit: Edit<'_>,
    #[values(false, true)] strict: bool,
) {
    let dialect = Dialect::of(Profile::Rfc);
    let tenant = Tenant::with(if strict { dialect.strict() } else { dialect });

    teaches(&tenant, &format!("GET /Users?filter={filter}"), edit);
}

#[rstest]
#[case::start("filter=userName+zz+%22ada%22", "(byte 9: userName ▸zz \"ada\")")]
#[case::attribute("filter=usrName+eq+%22ada%22", "(byte 0: ▸usrName eq \"ada\")")]
#[case::second_attribute(
    "filter=userName+pr+and+(not+(shoeSize+gt+4))",
    "(byte 22: userName pr and (not (▸shoeSize gt 4)))"
)]
#[case::value("filter=userName+pr+or+userName+eq+1", "(byte 15: userName pr or ▸userName eq 1)")]
#[case::inside(
    "filter=userName+eq+%22ada%22+andd+id+pr",
    "(byte 18: userName eq \"ada\" ▸andd id pr)"
)]
fn a_filter_error_has_the_byte_and_the_text_around_it(#[case] query: &str, #[case] place: &str) {
    let refused = Tenant::strict().get(&format!("/Users?{query}"));

    assert_eq!(refused.kind(), (400, "invalidFilter"));
    assert!(refused.detail().contains(place), "{}", refused.detail());
}
