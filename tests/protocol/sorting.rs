//! `sortBy` and `sortOrder` over HTTP (RFC 7644 §3.4.2.3).

use mediusflow_mock::scim::Profile;
use rstest::rstest;
use serde_json::json;

use crate::support::{SEARCH, Stage, of, stage};

fn three_users(stage: &Stage) {
    stage.user(json!({"userName": "carl", "title": "b"}));
    stage.user(json!({"userName": "Anna", "title": "A"}));
    stage.user(json!({"userName": "bo"}));
}

#[rstest]
#[case("sortBy=userName", ["Anna", "bo", "carl"])]
#[case("sortBy=USERNAME&sortOrder=descending", ["carl", "bo", "Anna"])]
#[case("sortBy=title", ["Anna", "carl", "bo"])]
#[case("sortBy=title&sortOrder=descending", ["bo", "carl", "Anna"])]
#[case("sortBy=meta.created", ["carl", "Anna", "bo"])]
#[case("sortBy=active", ["carl", "Anna", "bo"])]
#[case("sortOrder=descending", ["carl", "Anna", "bo"])]
#[case("sortBy=userName&startIndex=2&count=1", ["bo", "", ""])]
#[case("sortBy=userName&filter=title+pr", ["Anna", "carl", ""])]
fn a_list_is_sorted(#[case] query: &str, #[case] names: [&str; 3]) {
    let stage = stage();
    three_users(&stage);

    let list = stage.get(&format!("/Users?{query}"));

    let names: Vec<&str> = names.into_iter().filter(|it| !it.is_empty()).collect();
    assert_eq!(list.each("userName"), names, "{query}");
}

#[test]
fn the_profile_of_the_tutorial_sorts_too() {
    let stage = of(Profile::Mediusflow);
    three_users(&stage);

    let list = stage.get("/Users?sortBy=userName");

    assert_eq!(list.each("userName"), ["Anna", "bo", "carl"]);
    assert_eq!(stage.get("/ServiceProviderConfig").json["sort"], json!({"supported": true}));
}

#[test]
fn a_search_by_post_is_sorted() {
    let stage = stage();
    three_users(&stage);

    let body = json!({"schemas": [SEARCH], "sortBy": "userName", "sortOrder": "descending"});
    let list = stage.post("/Users/.search", &body);

    assert_eq!(list.each("userName"), ["carl", "bo", "Anna"]);
}

#[rstest]
#[case("sortBy=usrName", "did you mean userName?")]
#[case("sortBy=shoeSize", "sortBy: User has no attribute shoeSize")]
#[case("sortBy=name", "name one of its sub-attributes")]
#[case("sortBy=password", "never returned")]
#[case("sortBy=", "not the path of an attribute")]
#[case("sortBy=userName&sortOrder=desc", "did you mean descending?")]
fn an_invalid_order_is_refused(#[case] query: &str, #[case] words: &str) {
    let refused = stage().get(&format!("/Users?{query}"));

    refused.is_refused(400, "invalidValue", words);
}
