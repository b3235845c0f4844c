use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::{
    ListResponse, Projection, Search, SearchRequest, decode,
    sample::{Sample, refusal},
    urn,
};

fn search(query: &str) -> Search {
    SearchRequest::from_query(query).unwrap().resolve(&Sample::users().rules()).unwrap()
}

#[rstest]
#[case::entra(r#"filter=userName+eq+"a%40b.se""#, r#"userName eq "a@b.se""#)]
#[case::all_escaped("filter=userName%20eq%20%22a%2Bb%22", r#"userName eq "a+b""#)]
#[case::escaped_name("fil%74er=title+pr", "title pr")]
#[case::equals_sign("filter=title+eq+\"=\"", "title eq \"=\"")]
#[case::last_one("filter=title+pr&filter=active+pr", "active pr")]
#[case::beside_others("aadOptscim062020&&sortBy=x&filter=title+pr", "title pr")]
fn a_filter_is_decoded(#[case] query: &str, #[case] expected: &str) {
    assert_eq!(SearchRequest::from_query(query).unwrap().filter.as_deref(), Some(expected));
}

#[rstest]
#[case::plain("a b", "a b")]
#[case::no_digits("%zz", "%zz")]
#[case::sign_is_no_digit("%+1", "% 1")]
#[case::cut("%4", "%4")]
#[case::end("%", "%")]
#[case::several_bytes("%C3%85", "Å")]
#[case::raw("Å", "Å")]
#[case::no_text("%FF", "\u{fffd}")]
fn characters_that_are_not_escapes_are_kept(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(decode(text), expected);
}

#[rstest]
#[case::bytes(
    "filter=userName+eq+%22%ff%22",
    "invalidFilter: filter is no UTF-8 text, found %FF after 13 bytes; \
     percent-encode the bytes of the text in UTF-8"
)]
#[case::latin(
    "attributes=%E5sa",
    "invalidValue: attributes is no UTF-8 text, found %E5 after 0 bytes; \
     percent-encode the bytes of the text in UTF-8"
)]
#[case::cut(
    "count=1&x%C3=1",
    "invalidValue: a parameter's name is no UTF-8 text, found %C3 after 1 bytes; \
     percent-encode the bytes of the text in UTF-8"
)]
#[case::start("startIndex=x", "invalidValue: startIndex must be a whole number, found \"x\"")]
#[case::count("count=1.5", "invalidValue: count must be a whole number, found \"1.5\"")]
#[case::filter(
    "filter=",
    "invalidFilter: expected an attribute, \"not\" or \"(\", found the end (byte 0: ▸)"
)]
#[case::attribute("filter=x+pr", "invalidFilter: User has no attribute x (byte 0: ▸x pr)")]
#[case::both(
    "attributes=a&excludedAttributes=b",
    "invalidValue: attributes and excludedAttributes exclude each other, give one of them"
)]
fn a_query_that_cannot_be_read_is_refused(#[case] query: &str, #[case] expected: &str) {
    let sample = Sample::users();

    let refused = SearchRequest::from_query(query).and_then(|it| it.resolve(&sample.rules()));

    assert_eq!(refusal(&refused.unwrap_err()), expected);
}

#[test]
fn names_of_attributes_are_read_from_lists() {
    let request =
        SearchRequest::from_query("attributes=userName,+title,&attributes=active").unwrap();

    assert_eq!(request.attributes, ["userName", "title", "active"]);
    assert_eq!(search("attributes=").projection, Projection::Default);
    assert_eq!(search("attributes=shoeSize").projection, Projection::Only(Vec::new()));
}

#[rstest]
#[case::whole(json!({"schemas": [urn::SEARCH_REQUEST], "filter": "title pr", "startIndex": 2, "count": 3,
    "attributes": ["title"], "sortBy": "title"}), Ok(()))]
#[case::empty(json!({"schemas": [urn::SEARCH_REQUEST]}), Ok(()))]
#[case::no_schema(json!({"filter": "title pr"}),
    Err("schemas must be [\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"]"))]
#[case::type_of_count(json!({"schemas": [urn::SEARCH_REQUEST], "count": "x"}),
    Err("count: invalid type: string \"x\", expected a number"))]
#[case::no_object(json!([]),
    Err("schemas must be [\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"]"))]
fn a_search_can_be_sent_in_a_body(#[case] body: Json, #[case] expected: Result<(), &str>) {
    let request = SearchRequest::from_body(&body).map(drop).map_err(|it| refusal(&it));

    assert_eq!(request, expected.map_err(|it| format!("invalidSyntax: {it}")));
}

#[test]
fn an_empty_answer_has_total_results_0() {
    let none = ListResponse::<Json> {
        total_results: 0,
        start_index: Some(1),
        next_cursor: None,
        previous_cursor: None,
        resources: Vec::new(),
    };

    assert_eq!(
        serde_json::to_string(&none).unwrap(),
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}"#
    );
}

proptest! {
    #[test]
    fn any_query_is_read_or_refused(query in any::<String>()) {
        let sample = Sample::users();
        if let Ok(request) = SearchRequest::from_query(&query) {
            let _ = request.resolve(&sample.rules());
        }
        prop_assert!(decode(&query).len() <= 3 * query.len());
    }
}
