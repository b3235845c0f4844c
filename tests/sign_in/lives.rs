//! What was true stays true when the tenant is set back, gets another state, or forgets its traffic.

use serde_json::{Value, json};

use crate::{ANNA, World};

#[test]
fn a_restore_is_a_turn_without_an_exchange() {
    let world = World::new();
    world.control.post("/snapshots", &json!({"name": "before"}));
    let id = world.provision(ANNA, json!({}));
    world.set(&id, "active", false);

    world.control.post("/snapshots/before/restore", &json!({}));
    world.turned(ANNA, &["notProvisioned", "works", "disabled", "notProvisioned"]);
    world.provision(ANNA, json!({}));

    let all = ["notProvisioned", "works", "disabled", "notProvisioned", "works"];
    world.turned(ANNA, &all);
    let items = world.history(ANNA)["items"].as_array().unwrap().clone();
    assert_eq!((&items[2]["seq"], &items[2]["at"]), (&Value::Null, &Value::Null));
    assert_eq!(items[2]["by"], "another state was put in place");
    assert_eq!(items[3]["seq"], 3);
}

#[test]
fn a_life_in_which_nobody_was_written_is_part_of_the_history() {
    let world = World::new();
    world.control.post("/snapshots", &json!({"name": "without"}));
    let id = world.provision(ANNA, json!({}));
    world.control.post("/snapshots", &json!({"name": "with"}));
    for name in ["without", "with", "without"] {
        let restored = world.control.post(&format!("/snapshots/{name}/restore"), &json!({}));
        assert_eq!(restored.status, 200);
    }

    let turned = ["notProvisioned", "works", "notProvisioned", "works", "notProvisioned"];
    world.turned(ANNA, &turned);
    world.turned(&id, &turned);
}

#[test]
fn an_import_turns_whoever_differs_in_it() {
    let world = World::new();
    let id = world.provision(ANNA, json!({}));
    let mut state = world.control.get("/state?secrets=true").json;
    for it in state["resources"]["User"].as_array_mut().unwrap() {
        if it["id"] == *id {
            it["active"] = json!(false);
        }
    }

    assert_eq!(world.control.put("/state", &state).status, 200);

    world.turned(ANNA, &["notProvisioned", "works", "disabled"]);
    world.set(&id, "active", true);
    world.turned(ANNA, &["notProvisioned", "works", "disabled", "works"]);
    // The cursor of the import's own answer is behind it.
    let since = world.verify(&json!({"user": ANNA, "since": 1, "sequence": ["disabled", "works"]}));
    assert_eq!(since.status, 200, "{since:?}");
}

#[test]
fn a_reset_begins_anew() {
    let world = World::new();
    let id = world.provision(ANNA, json!({}));
    world.set(&id, "active", false);

    world.control.post("/reset", &json!({}));

    world.turned(ANNA, &["notProvisioned"]);
    world.turned(&id, &["notProvisioned"]);
    let somebody = world.scim.first_user();
    world.turned(somebody["userName"].as_str().unwrap(), &["works"]);
}

#[test]
fn what_has_left_the_journal_is_not_made_up() {
    let world = World::new();
    let id = world.provision(ANNA, json!({}));
    world.control.delete("/requests");
    world.set(&id, "active", false);

    let whole = world.verify(&json!({"user": ANNA, "sequence": ["works", "disabled"]}));
    whole.is_problem(409, "journal-incomplete", &["left the journal", "DELETE requests"]);

    let since = json!({"user": ANNA, "since": 1, "sequence": ["works", "disabled"]});
    assert_eq!(world.verify(&since).status, 200);
    let history = world.history(ANNA);
    assert_eq!((&history["complete"], &history["sequence"]), (&json!(false), &since["sequence"]));
}
