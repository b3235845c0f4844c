//! Searches at the root, over all resource types (RFC 7644 §3.4.2.1, §3.4.3).

use rstest::rstest;
use serde_json::json;

use crate::support::{SEARCH, Stage, stage};

fn people_and_groups() -> Stage {
    let stage = stage();
    let anna = stage.user(json!({"userName": "anna", "displayName": "Smith, Anna"}));
    stage.user(json!({"userName": "bo", "displayName": "Ek, Bo", "title": "Clerk"}));
    stage.group(json!({"displayName": "Smith Family", "members": [{"value": anna}]}));
    stage
}

#[rstest]
#[case::all(None, &["Smith, Anna", "Ek, Bo", "Smith Family"])]
#[case::shared(Some("displayName sw \"smith\""), &["Smith, Anna", "Smith Family"])]
#[case::of_one_type(Some("userName eq \"bo\""), &["Ek, Bo"])]
#[case::of_one_type_or(Some("userName eq \"bo\" or members pr"), &["Ek, Bo", "Smith Family"])]
#[case::no_value_is_not_equal(Some("not (userName eq \"bo\")"), &["Smith, Anna", "Smith Family"])]
#[case::no_value_differs(Some("title ne \"Clerk\""), &["Smith, Anna", "Smith Family"])]
#[case::null(Some("title eq null"), &["Smith, Anna", "Smith Family"])]
#[case::value_path(Some("members[type eq \"User\"]"), &["Smith Family"])]
#[case::type_of_resource(Some("meta.resourceType eq \"Group\""), &["Smith Family"])]
#[case::qualified(
    Some("urn:ietf:params:scim:schemas:core:2.0:User:displayName co \"smith\""), &["Smith, Anna"]
)]
fn a_search_at_the_root_finds_resources_of_every_type(
    #[case] filter: Option<&str>,
    #[case] names: &[&str],
) {
    let stage = people_and_groups();

    let body = json!({"schemas": [SEARCH], "filter": filter});
    let found = stage.post("/.search", &body);

    assert_eq!(found.each("displayName"), names);
    assert_eq!(found.json["totalResults"], names.len());
}

#[test]
fn a_get_of_the_root_is_a_list() {
    let stage = people_and_groups();

    let list = stage.get("?startIndex=2&count=2&attributes=userName");

    assert_eq!(list.each("userName"), ["bo", "-"]);
    assert_eq!((&list.json["totalResults"], &list.json["startIndex"]), (&json!(3), &json!(2)));
}

#[test]
fn a_search_at_the_root_is_sorted_across_types() {
    let stage = people_and_groups();

    let by_name = stage.get("?sortBy=displayName");
    let by_user_name = stage.get("?sortBy=userName&sortOrder=descending");

    assert_eq!(by_name.each("displayName"), ["Ek, Bo", "Smith Family", "Smith, Anna"]);
    assert_eq!(by_user_name.each("displayName"), ["Smith Family", "Ek, Bo", "Smith, Anna"]);
}

#[rstest]
#[case(json!({"filter": "usrName eq \"x\""}), "invalidFilter", "did you mean userName?")]
#[case(json!({"filter": "shoeSize pr or userName pr"}), "invalidFilter", "shoeSize")]
#[case(json!({"filter": "userName eq"}), "invalidFilter", "expected")]
#[case(json!({"sortBy": "shoeSize"}), "invalidValue", "sortBy: User has no attribute shoeSize")]
#[case(json!({"sortBy": "userName", "sortOrder": "up"}), "invalidValue", "sortOrder")]
#[case(json!({"count": "ten"}), "invalidSyntax", "count: ")]
#[case(json!({"count": 1.5}), "invalidSyntax", "count: expected a whole number, found 1.5")]
#[case(json!({"count": [1]}), "invalidSyntax", "count: ")]
#[case(json!({"startIndex": true}), "invalidSyntax", "startIndex: ")]
#[case(json!({"filter": 7}), "invalidSyntax", "filter: ")]
#[case(json!({"sortBy": ["userName"]}), "invalidSyntax", "sortBy: ")]
#[case(json!({"cursor": 7}), "invalidSyntax", "cursor: ")]
#[case(json!({"attributes": "userName"}), "invalidSyntax", "attributes: ")]
#[case(json!({"excludedAttributes": [7]}), "invalidSyntax", "excludedAttributes[0]: ")]
#[case(json!({"schemas": []}), "invalidSyntax", "SearchRequest")]
fn an_invalid_search_at_the_root_is_refused(
    #[case] mut body: serde_json::Value,
    #[case] scim_type: &str,
    #[case] words: &str,
) {
    if body.get("schemas").is_none() {
        body["schemas"] = json!([SEARCH]);
    }

    people_and_groups().post("/.search", &body).is_refused(400, scim_type, words);
}

#[test]
fn the_root_allows_get_and_the_search_endpoint_allows_post() {
    let stage = stage();

    for (method, path, allowed) in
        [("GET", "/.search", "POST"), ("PUT", "/Users/.search", "POST"), ("POST", "", "GET, HEAD")]
    {
        let refused = stage.send(method, path, &[], Some(&json!({})));
        refused.is_refused(405, "", allowed);
        assert_eq!(refused.header("allow"), Some(allowed));
    }
}
