//! What was tolerated silently once: each has a name, a finding that says where, and is refused by a
//! strict tenant.

use mediusflow_mock::scim::{Dialect, Profile};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{BULK, ENTERPRISE, GROUP, PATCH_OP, Tenant, USER};

fn lenient() -> Tenant {
    Tenant::with(Dialect::of(Profile::Rfc))
}

/// Sends a request to a tenant that has the user Ada and a group: `{ada}`, `{crew}` and `{E}` in it
/// stand for their ids and the URN of the enterprise extension. Answers the status.
fn sent(tenant: &Tenant, line: &str, body: &str) -> (u16, String) {
    let (ada, crew) = (tenant.user("ada"), tenant.group("crew"));
    let filled = |text: &str| {
        text.replace("{ada}", &ada)
            .replace("{crew}", &crew)
            .replace("{E}", ENTERPRISE)
            .replace("{U}", USER)
            .replace("{G}", GROUP)
            .replace("{P}", PATCH_OP)
            .replace("{B}", BULK)
    };
    let (line, body) = (filled(line), filled(body));
    let (method, path) = line.split_once(' ').unwrap();
    let body = Some(body).filter(|it| !it.is_empty());
    let answer = tenant.typed("application/scim+json", (method, path), body);
    (answer.status, answer.detail().to_owned())
}

#[rstest]
#[case::dotted_filter("dottedExtensionPath", "GET /Users?filter={E}.department+eq+%22x%22", "")]
#[case::dotted_present("dottedExtensionPath", "GET /Users?filter={E}.manager.displayName+pr", "")]
#[case::dotted_core("dottedExtensionPath", "GET /Users?filter={U}.name.givenName+pr", "")]
#[case::dotted_sort("dottedExtensionPath", "GET /Users?sortBy={E}.department", "")]
#[case::dotted_attributes("dottedExtensionPath", "GET /Users/{ada}?attributes={E}.department", "")]
#[case::dotted_remove(
    "dottedExtensionPath",
    "PATCH /Users/{ada}",
    r#"{"schemas":["{P}"],"Operations":[{"op":"remove","path":"{E}.department"}]}"#
)]
#[case::dotted_value_filter(
    "dottedExtensionPath",
    "PATCH /Users/{ada}",
    r#"{"schemas":["{P}"],"Operations":[{"op":"remove","path":"{U}.emails[type eq \"work\"]"}]}"#
)]
#[case::filter_excluded(
    "filterInAttributes",
    "GET /Users?excludedAttributes=userName,emails%5Btype+eq+%22work%22%5D.value",
    ""
)]
#[case::filter_of_a_post(
    "filterInAttributes",
    "POST /Users?attributes=emails%5Btype+pr%5D",
    r#"{"schemas":["{U}"],"userName":"bo"}"#
)]
#[case::filter_of_a_search("filterInAttributes", "POST /Users/.search",
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"attributes":["emails[type pr]"]}"#)]
#[case::filter_at_the_root("filterInAttributes", "GET /?attributes=emails%5Btype+pr%5D", "")]
#[case::key_of_a_patch(
    "duplicateKeys",
    "PATCH /Users/{ada}",
    r#"{"schemas":["{P}"],"Operations":[{"op":"add","path":"title","value":"a","value":"b"}]}"#
)]
#[case::key_of_a_search(
    "duplicateKeys",
    "POST /.search",
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"count":1,"count":2}"#
)]
#[case::key_of_a_bulk(
    "duplicateKeys",
    "POST /Bulk",
    r#"{"schemas":["{B}"],"Operations":[],"Operations":[]}"#
)]
#[case::value_of_a_put("duplicateValues", "PUT /Users/{ada}",
    r#"{"schemas":["{U}"],"userName":"ada","roles":[{"value":"a","type":"x"},{"type":"x","value":"a"}]}"#)]
#[case::value_of_a_patch("duplicateValues", "PATCH /Groups/{crew}",
    r#"{"schemas":["{P}"],"Operations":[{"op":"add","path":"members","value":[{"value":"{ada}"},{"value":"{ada}"}]}]}"#)]
#[case::urn_of_a_post(
    "duplicateValues",
    "POST /Users",
    r#"{"schemas":["{U}","{U}"],"userName":"bo"}"#
)]
#[case::urn_in_another_case(
    "duplicateValues",
    "PUT /Groups/{crew}",
    r#"{"schemas":["{G}","URN:ietf:params:scim:schemas:core:2.0:group"],"displayName":"crew"}"#
)]
#[case::member_of_a_put(
    "unknownMember",
    "PUT /Groups/{crew}",
    r#"{"schemas":["{G}"],"displayName":"crew","members":[{"value":"{ada}"},{"value":"ghost"}]}"#
)]
#[case::member_of_a_patch("unknownMember", "PATCH /Groups/{crew}",
    r#"{"schemas":["{P}"],"Operations":[{"op":"add","path":"members","value":[{"value":"ghost"}]}]}"#)]
#[case::schemas_of_a_put("missingSchemas", "PUT /Groups/{crew}", r#"{"displayName":"crew"}"#)]
#[case::schemas_of_an_extension(
    "missingSchemas",
    "POST /Users",
    r#"{"userName":"bo","{E}":{"department":"Sales"}}"#
)]
#[case::empty_path(
    "emptyPath",
    "PATCH /Users/{ada}",
    r#"{"schemas":["{P}"],"Operations":[{"op":"add","path":"","value":{"title":"a"}}]}"#
)]
#[case::member_name("memberDisplayName", "PATCH /Groups/{crew}",
    r#"{"schemas":["{P}"],"Operations":[{"op":"add","path":"members","value":[{"value":"{ada}","displayname":"A"}]}]}"#)]
#[case::parameter_of_one("unknownParameter", "GET /Users/{ada}?attribute=title", "")]
#[case::parameter_case("unknownParameter", "GET /Users?Filter=userName+eq+%22ada%22", "")]
#[case::parameter_without_value("unknownParameter", "GET /Users?verbose", "")]
#[case::parameter_of_a_post(
    "unknownParameter",
    "POST /Users?x=1",
    r#"{"schemas":["{U}"],"userName":"bo"}"#
)]
#[case::parameter_of_a_delete("unknownParameter", "DELETE /Users/{ada}?hard=true", "")]
#[case::parameter_at_the_root("unknownParameter", "GET /?_=17", "")]
#[case::parameter_of_a_bulk(
    "unknownParameter",
    "POST /Bulk?dryRun=1",
    r#"{"schemas":["{B}"],"Operations":[]}"#
)]
#[case::parameter_twice("duplicateKeys", "GET /Users?count=1&startIndex=1&count=2", "")]
#[case::parameter_twice_in_escapes("duplicateKeys", "GET /Users?count=1&%63ount=1", "")]
#[case::parameter_twice_at_the_root("duplicateKeys", "GET /?count=1&count=1", "")]
#[case::almost_the_flag("unknownParameter", "GET /Users?aadOptscim062021", "")]
fn a_tolerated_quirk_is_a_finding_and_a_strict_tenant_refuses_it(
    #[case] quirk: &str,
    #[case] line: &str,
    #[case] body: &str,
) {
    let (tenant, strict) = (lenient(), Tenant::strict());

    let (status, detail) = sent(&tenant, line, body);
    let found = tenant.findings();
    let (refused, told) = sent(&strict, line, body);

    assert!((200..300).contains(&status), "{status}: {detail}");
    assert_eq!(found, [quirk]);
    assert_eq!(refused, 400, "{told}");
    let way = mediusflow_mock::scim::Quirk::named(quirk).unwrap();
    assert!(told.contains(way.instead()) && told.contains(way.section()), "{told}");
}

#[rstest]
#[case::message(
    "PATCH /Users/{ada}",
    r#"{"schemas":["{P}"],"Operations":[],
    "operations":[{"op":"add","path":"title","value":"a"}]}"#,
    "Operations is given twice"
)]
#[case::operation(
    "PATCH /Users/{ada}",
    r#"{"schemas":["{P}"],"Operations":[
    {"op":"add","path":"title","value":"a","Value":"b"}]}"#,
    "value is given twice"
)]
#[case::bulk(
    "POST /Bulk",
    r#"{"schemas":["{B}"],"Operations":[],"OPERATIONS":[]}"#,
    "Operations is given twice"
)]
#[case::limit_of_a_bulk(
    "POST /Bulk",
    r#"{"schemas":["{B}"],"Operations":[],
    "failOnErrors":1,"failonerrors":2}"#,
    "failOnErrors is given twice"
)]
#[case::search(
    "POST /.search",
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
    "count":1,"Count":2}"#,
    "count is given twice"
)]
#[case::blanks_around_a_path(
    "PATCH /Users/{ada}",
    r#"{"schemas":["{P}"],"Operations":[
    {"op":"add","path":" title ","value":"a"}]}"#,
    "has blanks around it"
)]
fn invalid_requests_are_refused_by_every_tenant(
    #[case] line: &str,
    #[case] body: &str,
    #[case] expected: &str,
) {
    for tenant in [lenient(), Tenant::with(Dialect::of(Profile::Mediusflow)), Tenant::strict()] {
        let (status, detail) = sent(&tenant, line, body);

        assert_eq!(status, 400, "{detail}");
        assert!(detail.contains(expected), "{detail}");
    }
}

#[rstest]
#[case::flag("GET /Users?aadOptscim062020", "")]
#[case::flag_with_a_value("GET /Users?aadOptscim062020=&count=1", "")]
#[case::every_parameter(
    "GET /Users?filter=userName+pr&sortBy=userName&sortOrder=ascending&startIndex=1&count=1",
    ""
)]
#[case::other_parameters("GET /Users?cursor=&attributes=userName", "")]
#[case::known_member("PATCH /Groups/{crew}",
    r#"{"schemas":["{P}"],"Operations":[{"op":"add","path":"members","value":[{"value":"{ada}"}]}]}"#)]
#[case::two_lists("PUT /Users/{ada}",
    r#"{"schemas":["{U}"],"userName":"ada","emails":[{"value":"a"},{"value":"a","type":"x"}],"roles":[{"value":"a"}]}"#)]
#[case::null_path(
    "PATCH /Users/{ada}",
    r#"{"schemas":["{P}"],"Operations":[{"op":"add","path":null,"value":{"title":"a"}}]}"#
)]
#[case::names_in_two_objects(
    "PUT /Users/{ada}",
    r#"{"schemas":["{U}"],"userName":"ada","emails":[{"value":"a"},{"value":"b"}]}"#
)]
#[case::discovery("GET /ServiceProviderConfig?fliter=x", "")]
fn valid_requests_have_no_findings(#[case] line: &str, #[case] body: &str) {
    let strict = Tenant::strict();

    let (status, detail) = sent(&strict, line, body);

    assert_eq!(status, 200, "{detail}");
    assert_eq!(strict.findings(), Vec::<String>::new());
}

#[test]
fn a_bulk_without_a_limit_continues_after_errors() {
    let tenant = lenient();
    let delete = |id: &str| json!({"method": "DELETE", "path": format!("/Users/{id}")});
    let ada = tenant.user("ada");
    let bulk = |limit: Value| json!({"schemas": [BULK], "failOnErrors": limit, "Operations": [delete("a"), delete("b"), delete(&ada)]});

    let limited = tenant.scim("POST", "/Bulk", &bulk(json!(1)));
    let whole = tenant.scim("POST", "/Bulk", &bulk(json!(0)));
    let found = tenant.findings();
    let negative = tenant.scim("POST", "/Bulk", &bulk(json!(-1)));

    assert_eq!(limited.json["Operations"].as_array().unwrap().len(), 1);
    assert_eq!(whole.json["Operations"].as_array().unwrap().len(), 3);
    assert_eq!(found, ["zeroFailOnErrors"]);
    assert_eq!(negative.kind(), (400, "invalidValue"));
}

#[test]
fn a_dotted_key_of_a_body_does_not_count_as_an_unknown_extension() {
    let tenant = lenient();
    let key = format!("{ENTERPRISE}.manager");

    let refused = tenant.scim(
        "POST",
        "/Users",
        &json!({"schemas": [USER], "userName": "ada", key: {"value": "1"}}),
    );

    assert_eq!(refused.kind(), (400, "invalidSyntax"), "nothing is lost without a word");
}
