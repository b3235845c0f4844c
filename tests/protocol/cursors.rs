//! Pages by cursor (RFC 9865).

use jiff::{SignedDuration, Timestamp};
use mediusflow_mock::internals::TenantInternals as _;
use mediusflow_mock::{
    ManualClock, MockServer, ServerClock,
    internals::tenant::Terms,
    scim::{CURSOR_TIMEOUT, Profile},
};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::support::{Answer, SEARCH, Stage, USER, stage};

fn users(stage: &Stage, count: usize) -> Vec<String> {
    (0..count)
        .map(|n| stage.user(json!({"userName": format!("user{}", (n * 7) % count)})))
        .collect()
}

fn cursor<'a>(page: &'a Answer, name: &str) -> Option<&'a str> {
    page.json.get(name).map(|it| it.as_str().unwrap())
}

#[rstest]
#[case::as_made("", ["user0", "user2", "user4", "user1", "user3"])]
#[case::sorted("sortBy=userName&", ["user0", "user1", "user2", "user3", "user4"])]
#[case::backwards(
    "sortBy=userName&sortOrder=descending&", ["user4", "user3", "user2", "user1", "user0"]
)]
#[case::filtered("filter=userName+sw+%22user%22&", ["user0", "user2", "user4", "user1", "user3"])]
#[case::nothing_to_sort_by("sortBy=title&", ["user0", "user2", "user4", "user1", "user3"])]
fn cursors_lead_to_the_last_page_and_back(#[case] query: &str, #[case] names: [&str; 5]) {
    let stage = stage();
    users(&stage, 5);
    let page = |cursor: &str| stage.get(&format!("/Users?{query}count=2&cursor={cursor}"));

    let first = page("");
    let second = page(cursor(&first, "nextCursor").unwrap());
    let last = page(cursor(&second, "nextCursor").unwrap());
    let back = page(cursor(&last, "previousCursor").unwrap());
    let start = page(cursor(&back, "previousCursor").unwrap());

    let walked = [&first, &second, &last].map(|it| it.each("userName")).concat();
    assert_eq!(walked, names);
    assert_eq!((cursor(&first, "previousCursor"), cursor(&last, "nextCursor")), (None, None));
    assert_eq!(
        (back.each("userName"), start.each("userName")),
        (second.each("userName"), first.each("userName"))
    );
    assert_eq!(
        (cursor(&start, "previousCursor"), last.json["itemsPerPage"].as_u64()),
        (None, Some(1))
    );
    for page in [first, second, last] {
        assert_eq!(page.json["totalResults"], 5);
        assert_eq!(page.json.get("startIndex"), None);
    }
}

#[test]
fn pages_without_a_cursor_are_by_index() {
    let stage = stage();
    users(&stage, 3);

    let page = stage.get("/Users?count=1");

    assert_eq!((page.json["startIndex"].as_u64(), cursor(&page, "nextCursor")), (Some(1), None));
}

#[test]
fn a_cursor_of_a_get_is_valid_for_the_same_search_by_post() {
    let stage = stage();
    users(&stage, 3);
    let first = stage.get("/Users?count=2&cursor");

    let body = json!({"schemas": [SEARCH], "count": 2, "cursor": cursor(&first, "nextCursor")});
    let rest = stage.post("/Users/.search", &body);

    assert_eq!(rest.each("userName").len(), 1);
}

#[test]
fn cursors_at_the_root_lead_from_type_to_type() {
    let stage = stage();
    users(&stage, 2);
    stage.group(json!({"displayName": "Finance"}));

    let first = stage.get("?count=2&cursor");
    let rest = stage.get(&format!("?count=2&cursor={}", cursor(&first, "nextCursor").unwrap()));

    assert_eq!(first.each("userName").len(), 2);
    assert_eq!((rest.each("displayName"), cursor(&rest, "nextCursor")), (vec!["Finance"], None));
    let back = stage.get(&format!("?count=2&cursor={}", cursor(&rest, "previousCursor").unwrap()));
    assert_eq!(back.each("userName"), first.each("userName"));
}

#[rstest]
#[case("count=-5", 0)]
#[case("count=0", 0)]
#[case("count=99999999999999999999", 3)]
fn a_count_is_clamped(#[case] count: &str, #[case] expected: usize) {
    let stage = stage();
    users(&stage, 3);

    let page = stage.get(&format!("/Users?cursor=&{count}"));

    assert_eq!((page.json["totalResults"].as_u64(), page.each("id").len()), (Some(3), expected));
    assert_eq!(cursor(&page, "nextCursor"), None);
}

#[test]
fn a_cursor_is_valid_for_its_own_query_only() {
    let stage = stage();
    users(&stage, 5);
    stage.group(json!({"displayName": "Finance"}));
    let first = stage.get("/Users?count=2&sortBy=userName&cursor");
    let next = cursor(&first, "nextCursor").unwrap();
    let get = |query: &str| stage.get(&format!("{query}&cursor={next}"));

    for other in
        ["/Groups?count=2&sortBy=displayName", "/Users?count=2", "?count=2&sortBy=userName"]
    {
        get(other).is_refused(400, "invalidCursor", "another query");
    }
    get("/Users?count=3&sortBy=userName").is_refused(400, "invalidCount", "must stay 2");
    get("/Users?count=2&sortBy=userName&startIndex=1").is_refused(
        400,
        "invalidValue",
        "one of them",
    );
    assert_eq!(get("/Users?count=2&sortBy=userName").status, 200);
}

#[rstest]
#[case("1")]
#[case("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
#[case("%00%c3%bf")]
#[case("ze7L30kMiiLX6x")]
fn a_forged_cursor_is_refused(#[case] forged: &str) {
    let refused = stage().get(&format!("/Users?cursor={forged}"));

    refused.is_refused(400, "invalidCursor", "RFC 9865 §2.1");
}

#[test]
fn a_cursor_of_another_tenant_is_refused() {
    let one = stage();
    users(&one, 2);
    let other =
        Stage::on(MockServer::builder().profile(Profile::Rfc).tenant("Other").start().unwrap());
    let page = other.get("/Users?count=1&cursor");

    let refused =
        one.get(&format!("/Users?count=1&cursor={}", cursor(&page, "nextCursor").unwrap()));

    refused.is_refused(400, "invalidCursor", "not made here");
}

#[test]
fn a_cursor_expires_as_announced() {
    let clock = ManualClock::at(Timestamp::constant(1_780_000_000, 0));
    let server = MockServer::builder().clock(ServerClock::Manual(clock.clone())).start().unwrap();
    let stage = Stage::on(server);
    let first = stage.get("/Users?count=2&cursor");
    let path = format!("/Users?count=2&cursor={}", cursor(&first, "nextCursor").unwrap());

    clock.advance(SignedDuration::from_secs(CURSOR_TIMEOUT));
    let in_time = stage.get(&path);
    clock.advance(SignedDuration::from_secs(1));
    let late = stage.get(&path);

    assert_eq!(in_time.status, 200);
    late.is_refused(400, "expiredCursor", "3600 seconds");
    let announced = &stage.get("/ServiceProviderConfig").json["pagination"];
    assert_eq!(
        *announced,
        json!({
            "cursor": true, "index": true, "defaultPaginationMethod": "index",
            "defaultPageSize": 100, "maxPageSize": 1000, "cursorTimeout": CURSOR_TIMEOUT,
        })
    );
}

/// A change between two pages.
#[derive(Clone, Debug)]
enum Meanwhile {
    /// A user with a name that starts with this letter is created.
    Create(char),
    /// One of the users is deleted.
    Delete(prop::sample::Index),
}

fn meanwhile() -> impl Strategy<Value = Meanwhile> {
    prop_oneof![
        prop::char::range('a', 'z').prop_map(Meanwhile::Create),
        any::<prop::sample::Index>().prop_map(Meanwhile::Delete),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_user_that_is_not_changed_is_on_exactly_one_page_while_others_change(
        letters in prop::collection::vec(prop::char::range('a', 'z'), 1..20),
        events in prop::collection::vec(prop::collection::vec(meanwhile(), 0..3), 0..10),
        count in 1..5_usize,
        query in prop::sample::select(vec![
            "", "sortBy=userName&", "sortBy=userName&sortOrder=descending&", "filter=active+ne+false&",
        ]),
    ) {
        let stage = stage();
        let tenant = stage.server.tenant();
        let user = tenant.schemas().resource_type("User").unwrap().clone();
        let mut made = 0;
        let mut create = |letter: char| {
            made += 1;
            let body = json!({"schemas": [USER], "userName": format!("{letter}{made}")});
            let made = tenant.create(&user, &body, Terms::default(), Timestamp::UNIX_EPOCH);
            made.unwrap().resource.id.to_string()
        };
        let mut alive: Vec<String> = letters.into_iter().map(&mut create).collect();
        let mut stayed = alive.clone();
        let mut seen: Vec<String> = Vec::new();
        let mut events = events.into_iter();
        let mut next = Some(String::new());
        while let Some(cursor) = next {
            let page = stage.get(&format!("/Users?{query}count={count}&cursor={cursor}"));
            seen.extend(page.each("id").into_iter().map(str::to_owned));
            next = page.json.get("nextCursor").and_then(Json::as_str).map(str::to_owned);
            for event in events.next().unwrap_or_default() {
                match event {
                    Meanwhile::Create(letter) => alive.push(create(letter)),
                    Meanwhile::Delete(index) if !alive.is_empty() => {
                        let id = alive.remove(index.index(alive.len()));
                        stayed.retain(|it| *it != id);
                        prop_assert_eq!(stage.send("DELETE", &format!("/Users/{id}"), &[], None).status, 204);
                    }
                    Meanwhile::Delete(_) => {}
                }
            }
        }

        let once: std::collections::BTreeSet<&String> = seen.iter().collect();
        prop_assert_eq!(once.len(), seen.len(), "somebody was seen twice");
        for id in &stayed {
            prop_assert!(seen.contains(id), "{} was skipped", id);
        }
    }
}
