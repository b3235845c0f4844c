//! The life of a user as an assertion.

use rstest::rstest;
use serde_json::json;

use crate::{ANNA, World, operations, support::Answer};

#[test]
fn provisioned_disabled_enabled() {
    let world = World::new();
    let id = world.provision(ANNA, json!({}));
    world.set(&id, "active", false);
    world.set(&id, "title", "Clerk");
    world.set(&id, "active", true);

    world.turned(ANNA, &["notProvisioned", "works", "disabled", "works"]);
    world.turned(&id, &["notProvisioned", "works", "disabled", "works"]);
}

#[test]
fn a_deletion_is_not_provisioned_again() {
    let world = World::new();
    let first = world.provision(ANNA, json!({}));
    world.scim.delete(&format!("/Users/{first}"));
    world.provision(ANNA, json!({}));

    world.turned(ANNA, &["notProvisioned", "works", "notProvisioned", "works"]);
    // By the id it is the first of them alone.
    world.turned(&first, &["notProvisioned", "works", "notProvisioned"]);
}

#[test]
fn a_new_user_name_is_another_one_to_whoever_asks_by_name() {
    let world = World::new();
    let id = world.provision(ANNA, json!({}));
    world.set(&id, "userName", "anna.ek@contoso.com");
    world.set(&id, "active", false);

    world.turned(ANNA, &["notProvisioned", "works", "notProvisioned"]);
    world.turned("anna.ek@contoso.com", &["notProvisioned", "works", "disabled"]);
    world.turned(&id, &["notProvisioned", "works", "disabled"]);
}

#[test]
fn who_takes_a_name_identifier_turns_its_holder_too() {
    let world = World::new();
    let anna = world.provision(ANNA, json!({}));
    let bo = world.provision("bo@contoso.com", json!({}));
    world.set_medius(&bo, "nameIdentifier", ANNA);
    world.scim.delete(&format!("/Users/{bo}"));

    world.turned(ANNA, &["notProvisioned", "works", "ambiguous", "works"]);
    world.turned("bo@contoso.com", &["notProvisioned", "works", "notProvisioned"]);
    let effect = &world.control.get("/requests/3").json["effects"][0]["signIn"];
    assert_eq!((&effect["before"], &effect["after"]), (&json!("works"), &json!("notProvisioned")));
    assert_eq!(effect["others"][0]["user"]["id"], json!(anna));
}

#[test]
fn a_configuration_that_comes_counts_when_it_is_applied() {
    let world = World::new();
    world.without_default();
    let id = world.provision(ANNA, json!({}));
    let draft = json!({"name": "All", "filter": "", "companies": ["NOSE"]});
    assert_eq!(world.control.post("/configurations", &draft).status, 201);
    world.turned(ANNA, &["notProvisioned", "noConfiguration"]);

    let console = crate::Client::console(&world.server);
    assert_eq!(console.post("/users/reapply", &json!({})).status, 200);

    world.turned(&id, &["notProvisioned", "noConfiguration", "works"]);
    let seen = world.control.get("/requests?q=signin:works").json;
    let turned = &seen["items"][0]["signIns"];
    assert_eq!((&turned["total"], &turned["users"][0]["user"]["id"]), (&json!(1), &json!(id)));
}

#[test]
fn another_filter_turns_whom_no_configuration_is_for() {
    let world = World::new();
    world.without_default();
    let id = world.provision(ANNA, json!({}));
    world.set_medius(&id, "configurationFilter", "SE-AP");

    world.turned(ANNA, &["notProvisioned", "noConfiguration", "works"]);
}

#[test]
fn a_bulk_tells_each_of_its_turns() {
    let world = World::new();
    let id = world.provision(ANNA, json!({}));
    let patch = |active: bool| {
        let patch = operations(json!([{"op": "replace", "path": "active", "value": active}]));
        json!({"method": "PATCH", "path": format!("/Users/{id}"), "data": patch})
    };
    let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [patch(false), patch(true), patch(false)]});

    assert_eq!(world.scim.post("/Bulk", &bulk).status, 200);

    world.turned(ANNA, &["notProvisioned", "works", "disabled", "works", "disabled"]);
}

#[rstest]
#[case("active", json!(false), Some(("works", "disabled")))]
#[case("title", json!("Clerk"), None)]
#[case("displayName", json!("Anna"), None)]
#[case("userName", json!("anna2@contoso.com"), None)]
fn an_effect_says_what_turned_and_nothing_else(
    #[case] path: &str,
    #[case] value: serde_json::Value,
    #[case] turned: Option<(&str, &str)>,
) {
    let world = World::new();
    let id = world.provision(ANNA, json!({}));

    world.set(&id, path, value);

    let effect = &world.control.get("/requests/2").json["effects"][0];
    let expected = turned.map(|(before, after)| json!({"before": before, "after": after}));
    assert_eq!(effect.get("signIn").cloned(), expected, "{effect}");
}

#[test]
fn a_summary_is_as_ever_and_filters_find_what_turned() {
    let world = World::new();
    let id = world.provision(ANNA, json!({"displayName": "Anna Ek"}));
    world.set(&id, "active", false);
    world.set(&id, "active", true);
    world.set(&id, "title", "Clerk");
    world.scim.delete(&format!("/Users/{id}"));
    let seqs = |q: &str| {
        let found = world.control.get(&format!("/requests?q={q}")).json;
        let items = found["items"].as_array().unwrap().iter();
        items.map(|it| it["seq"].as_u64().unwrap()).collect::<Vec<_>>()
    };

    assert_eq!(seqs("signin:works"), [1, 3]);
    assert_eq!(seqs("signin:disabled"), [2]);
    assert_eq!(seqs("signin:refused"), [2, 5]);
    assert_eq!(seqs("signin:notProvisioned"), [5]);
    assert_eq!(seqs("op:signin"), [0; 0]);
    let summary = world.control.get("/requests/2").json["summary"].clone();
    assert_eq!(summary, "PATCH user Anna Ek active → false");
}

#[test]
fn a_history_names_the_exchange_of_each_turn() {
    let world = World::new();
    let id = world.provision(ANNA, json!({"displayName": "Anna Ek"}));
    world.set(&id, "active", false);

    let history = world.history(ANNA);

    assert_eq!(history["sequence"], json!(["notProvisioned", "works", "disabled"]));
    let items = history["items"].as_array().unwrap();
    assert_eq!((&items[0]["seq"], &items[0]["from"]), (&json!(1), &json!("notProvisioned")));
    assert_eq!((&items[1]["seq"], &items[1]["to"]), (&json!(2), &json!("disabled")));
    assert_eq!(items[1]["by"], "PATCH user Anna Ek active → false");
    assert!(items[1]["at"].as_str().unwrap().ends_with('Z'));
    assert_eq!((&history["complete"], &history["seq"]), (&json!(true), &json!(2)));
}

/// What is found after a cursor.
fn since(world: &World, cursor: u64, sequence: &[&str]) -> Answer {
    world.verify(&json!({"user": ANNA, "since": cursor, "sequence": sequence}))
}

#[test]
fn a_cursor_leaves_out_what_came_before() {
    let world = World::new();
    let id = world.provision(ANNA, json!({}));
    world.set(&id, "active", false);
    world.set(&id, "active", true);

    assert_eq!(since(&world, 1, &["works", "disabled", "works"]).status, 200);
    assert_eq!(since(&world, 2, &["disabled", "works"]).status, 200);
    assert_eq!(since(&world, 3, &["works"]).status, 200);
    since(&world, 4, &["works"]).is_problem(409, "stale-cursor", &["since=4"]);
}

#[test]
fn a_sequence_that_differs_is_told_with_what_made_each_turn() {
    let world = World::new();
    let id = world.provision(ANNA, json!({}));
    world.set(&id, "active", false);

    let failed = world.verify(&json!({"user": ANNA, "sequence": ["notProvisioned", "works"]}));

    failed.is_problem(
        422,
        "verification-failed",
        &["expected notProvisioned, works, found notProvisioned, works, disabled"],
    );
    assert_eq!(failed.json["actual"]["items"][1]["seq"], 2);
}

#[test]
fn who_was_there_before_works_from_the_beginning() {
    let world = World::new();
    let somebody = world.scim.first_user();

    world.turned(somebody["userName"].as_str().unwrap(), &["works"]);
    world.turned(somebody["id"].as_str().unwrap(), &["works"]);
}
