//! A name is the same however it is typed (RFC 7644 §5: the mappings of PRECIS).

use mediusflow_mock::scim::Profile;
use rstest::rstest;
use serde_json::json;

use crate::support::{GROUP, SEARCH, Stage, USER, of, stage};

/// `renée`, composed and with a combining accent.
const COMPOSED: &str = "ren\u{e9}e@x.y";
const DECOMPOSED: &str = "RENE\u{301}E@x.y";
const FULL_WIDTH: &str = "\u{ff42}ob@x.y";

#[rstest]
#[case::composed_of_two(COMPOSED, DECOMPOSED)]
#[case::of_two_composed(DECOMPOSED, COMPOSED)]
#[case::full_width("bob@x.y", FULL_WIDTH)]
#[case::usual_width("\u{ff22}\u{ff2f}\u{ff22}\u{ff20}x.y", "bob@x.y")]
#[case::half_width("\u{ff76}\u{ff9e}@x.y", "\u{30ac}@x.y")]
#[case::sigma("\u{3a3}\u{399}\u{3a3}@x.y", "\u{3c3}\u{3b9}\u{3c2}@x.y")]
fn a_name_in_use_is_refused_however_it_is_typed(#[case] taken: &str, #[case] other: &str) {
    let stage = of(Profile::Mediusflow);
    let id = stage.user(json!({"userName": taken}));
    let another = stage.user(json!({"userName": "another"}));
    stage.group(json!({"displayName": taken}));
    let by_put = json!({"schemas": [USER], "userName": other});
    let by_patch = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "userName", "value": other}],
    });

    let user = stage.post("/Users", &json!({"schemas": [USER], "userName": other}));
    let group = stage.post("/Groups", &json!({"schemas": [GROUP], "displayName": other}));
    let put = stage.send("PUT", &format!("/Users/{another}"), &[], Some(&by_put));
    let patch = stage.send("PATCH", &format!("/Users/{another}"), &[], Some(&by_patch));
    let own = stage.send("PUT", &format!("/Users/{id}"), &[], Some(&by_put));

    for refused in [user, group, put, patch] {
        refused.is_refused(409, "uniqueness", "is in use");
    }
    assert_eq!((own.status, own.json["userName"].as_str()), (200, Some(other)), "as it was sent");
}

#[rstest]
#[case::eq("userName eq \"{composed}\"")]
#[case::eq_full_width("userName eq \"rene\u{301}e\u{ff20}x.y\"")]
#[case::one_of_several("userName eq \"{composed}\" or userName eq \"nobody\"")]
#[case::co("userName co \"\u{c9}E\"")]
#[case::sw("userName sw \"REN\u{c9}\"")]
#[case::ew("userName ew \"e\u{301}e\u{ff20}X.Y\"")]
#[case::ge("userName ge \"{composed}\" and userName le \"{composed}\"")]
#[case::gt("userName gt \"ren\u{e8}e\"")]
#[case::not_ne("not (userName ne \"{composed}\")")]
#[case::another_text("name.familyName eq \"\u{c5}berg\"")]
#[case::a_part("emails[value eq \"{composed}\"]")]
fn a_filter_finds_a_name_however_it_is_typed(#[case] filter: &str) {
    let filter = filter.replace("{composed}", COMPOSED);
    let stage = stage();
    stage.user(json!({"userName": "bob"}));
    stage.user(json!({
        "userName": DECOMPOSED,
        "name": {"familyName": "A\u{30a}BERG"},
        "emails": [{"value": DECOMPOSED}],
    }));
    let body = json!({"schemas": [SEARCH], "filter": filter, "attributes": ["userName"]});

    let of_type = stage.post("/Users/.search", &body);
    let anywhere = stage.post("/.search", &body);

    assert_eq!(of_type.each("userName"), [DECOMPOSED]);
    assert_eq!(anywhere.each("userName"), [DECOMPOSED]);
}

#[test]
fn a_group_is_found_however_its_name_is_typed() {
    let stage = of(Profile::Mediusflow);
    stage.group(json!({"displayName": "\u{c5}sa"}));

    let found = stage.get("/Groups?filter=displayName%20eq%20%22A%CC%8ASA%22");

    assert_eq!(found.each("displayName"), ["\u{c5}sa"]);
}

#[test]
fn a_value_is_selected_however_it_is_typed() {
    let stage = stage();
    let id = stage.user(json!({"userName": "a", "emails": [
        {"value": COMPOSED, "type": "work"}, {"value": "b@x.y", "type": "home"},
    ]}));
    let path = format!("emails[value eq \"{DECOMPOSED}\"]");
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "remove", "path": path}],
    });

    let removed = stage.send("PATCH", &format!("/Users/{id}"), &[], Some(&body));

    assert_eq!(removed.json["emails"], json!([{"value": "b@x.y", "type": "home"}]));
}

#[test]
fn names_are_sorted_and_paged_as_they_are_compared() {
    let stage = stage();
    let names = ["\u{ff42}", "c", "A\u{30a}", "\u{e5}b", "a", "rene\u{301}", "ren\u{e9}a"];
    for name in names {
        stage.user(json!({"userName": name}));
    }

    let sorted = stage.get("/Users?sortBy=userName");
    let mut walked = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = stage.get(&format!("/Users?sortBy=userName&count=2&cursor={cursor}"));
        walked.extend(page.each("userName").into_iter().map(str::to_owned));
        let Some(next) = page.json["nextCursor"].as_str() else { break };
        cursor = next.to_owned();
    }

    let wanted = ["a", "\u{ff42}", "c", "rene\u{301}", "ren\u{e9}a", "A\u{30a}", "\u{e5}b"];
    assert_eq!(sorted.each("userName"), wanted);
    assert_eq!(walked, wanted);
}

#[test]
fn the_journal_finds_a_name_however_it_is_typed() {
    let stage: Stage = stage();
    stage.user(json!({"userName": DECOMPOSED}));
    stage.user(json!({"userName": FULL_WIDTH}));
    let found = |filter: &str| {
        let found = stage.server.requests().into_iter();
        let filter: mediusflow_mock::internals::journal::TrafficFilter = filter.parse().unwrap();
        found.filter(|it| filter.matches(it, jiff::Timestamp::UNIX_EPOCH)).count()
    };

    assert_eq!(found(&format!("user:{COMPOSED}")), 1);
    assert_eq!(found("user:bob@x.y"), 1);
    assert_eq!(found("bob@x"), 1);
}
