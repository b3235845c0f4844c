use mediusflow_mock::entra::{ErrorCode, Restart};
use serde_json::{Value, json};

use super::support::{ENTERPRISE, World, refusal};

fn manager(world: &World, name: &str) -> Value {
    let id = world.target_user(name)[ENTERPRISE]["manager"]["value"].clone();
    id.as_str().map_or(Value::Null, |it| world.named(it).into())
}

#[test]
fn a_manager_is_asked_for_and_then_set() {
    let mut world = World::new();
    world.cycle();

    world.manager("adele", Some("alex"));
    world.cycle();

    assert_eq!(manager(&world, "adele"), "{alex}");
    let sent = world.wire.sent();
    assert_eq!(world.named(&sent[2].path), "/Users/{adele}");
    let query = world.named(&sent[3].path);
    assert_eq!(
        query,
        "/Users?filter=id+eq+%22{adele}%22+and+manager+eq+%22{alex}%22&attributes=id"
    );
    world.cycle();
    assert_eq!(world.writes(), Vec::<String>::new());
}

#[test]
fn a_manager_is_changed_and_taken_away() {
    let mut world = World::new();
    world.assign("megan");
    world.manager("adele", Some("alex"));
    world.cycle();

    world.manager("adele", Some("megan"));
    world.cycle();
    assert_eq!(manager(&world, "adele"), "{megan}");

    world.manager("adele", None);
    world.cycle();
    assert_eq!(manager(&world, "adele"), Value::Null);
}

#[test]
fn a_manager_who_is_created_in_the_same_cycle_is_linked() {
    let mut world = World::new();
    world.hire("zoe");
    world.assign("zoe");
    world.manager("adele", Some("zoe"));

    world.cycle();

    assert_eq!(manager(&world, "adele"), "{zoe}");
}

#[test]
fn a_manager_out_of_scope_is_not_repaired_until_a_restart() {
    let mut world = World::new();
    world.manager("adele", Some("megan"));
    let counts = world.run().execution.unwrap().counts;
    assert_eq!(manager(&world, "adele"), Value::Null);
    assert_eq!(world.log("adele").error, Some(ErrorCode::UnableToResolveReference));
    let reason = "We were unable to assign Megan Berg as the manager of Adele Berg.";
    assert_eq!(world.log("adele").reason, reason);
    assert_eq!((counts.not_assigned, counts.failed_references), (1, 0));

    world.assign("megan");
    world.cycle();
    assert_eq!(manager(&world, "adele"), Value::Null);

    world.job.restart(Restart::default());
    world.cycle();
    assert_eq!(manager(&world, "adele"), "{megan}");
}

#[test]
fn members_join_and_leave() {
    let mut world = World::new();
    world.group("Finance Team", &["adele"]);
    world.assign("Finance Team");
    world.cycle();

    world.member("join", "megan", "Finance Team");
    world.cycle();
    assert_eq!(world.writes(), ["POST /Users", "PATCH /Groups/{Finance Team}"]);
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele", "megan"]);

    world.member("leave", "megan", "Finance Team");
    world.cycle();
    assert_eq!(world.writes(), ["PATCH /Users/{megan}", "PATCH /Groups/{Finance Team}"]);
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele"]);
    assert_eq!(world.target_user("megan")["active"], false);
}

#[test]
fn a_member_out_of_scope_is_not_repaired_until_a_restart() {
    let toml = r#"
        scope = "Sync all users and groups"
        [[users.scoping-filters]]
        title = "Sales"
        clauses = [{ attribute = "department", operator = "EQUALS", value = "Sales" }]"#;
    let mut world = World::with(toml, "");
    world.set("adele", "department", "Sales");
    world.group("Finance Team", &["adele", "megan"]);
    world.cycle();
    world.set("megan", "department", "Sales");
    world.cycle();
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele"]);

    world.job.restart(Restart::default());
    world.cycle();

    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele", "megan"]);
}

#[test]
fn a_nested_group_is_not_expanded() {
    let mut world = World::new();
    world.group("Inner Team", &["megan"]);
    world.group("Outer Team", &["adele"]);
    world.change(json!({"change": "join", "object": "Inner Team", "group": "Outer Team"}));
    world.assign("Outer Team");

    world.cycle();

    assert_eq!(world.target_members("Outer Team").unwrap(), ["adele"]);
    assert_eq!(world.target_members("Inner Team"), None);
    assert_eq!(world.target_user("megan"), Value::Null);
}

#[test]
fn a_group_is_renamed_and_large_ones_come_in_batches() {
    let mut world = World::new();
    let names: Vec<String> = (0..250).map(|it| format!("user{it}")).collect();
    for name in &names {
        world.hire(name);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    world.group("Finance Team", &names);
    world.assign("Finance Team");
    world.cycle();

    let batches = world.wire.sent().iter().filter(|it| it.method == "PATCH").count();
    assert_eq!(batches, 3);
    assert_eq!(world.target_members("Finance Team").unwrap().len(), 250);

    world.change(json!({"change": "setAttribute", "object": "Finance Team",
                        "attribute": "displayName", "value": "Money Team"}));
    world.cycle();
    assert_eq!(world.writes(), ["PATCH /Groups/{Money Team}"]);
}

#[test]
fn a_group_that_was_there_gets_only_the_members_it_lacks() {
    let mut world = World::new();
    world.cycle();
    let id = world.target_user("adele")["id"].clone();
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                      "displayName": "Finance Team", "members": [{"value": id}]});
    assert_eq!(world.call("POST", "/Groups", Some(body)).status, 201);
    world.group("Finance Team", &["adele", "alex"]);
    world.assign("Finance Team");

    world.cycle();

    let added = world.patches().pop().unwrap();
    let value = json!([{"$ref": null, "value": "{alex}"}]);
    assert_eq!(added, json!([{"op": "Add", "path": "members", "value": value}]));
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele", "alex"]);
}

#[test]
fn a_member_whose_creation_failed_joins_when_it_succeeds() {
    let mut world = World::new();
    world.group("Finance Team", &["adele", "alex"]);
    world.assign("Finance Team");
    world.wire.fail_at("POST", "/Users", refusal(500, "try later"));
    world.run();
    assert_eq!(world.target_members("Finance Team").unwrap().len(), 1);

    world.cycle();

    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele", "alex"]);
    assert_eq!(world.job.escrows(), 0);
}

#[test]
fn memberships_of_a_restored_user_come_back_with_a_restart() {
    let mut world = World::new();
    world.group("Finance Team", &["adele", "alex"]);
    world.assign("Finance Team");
    world.cycle();
    world.user("softDelete", "adele");
    world.cycle();
    assert_eq!(world.target_members("Finance Team").unwrap(), ["alex"]);

    world.user("restore", "adele");
    world.cycle();
    assert_eq!(world.target_members("Finance Team").unwrap(), ["alex"]);

    world.job.restart(Restart::default());
    world.cycle();
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele", "alex"]);
}

#[test]
fn failed_references_are_tried_later_and_later_and_end() {
    let mut world = World::new();
    world.cycle();
    world.manager("adele", Some("alex"));
    let mut tried = 0;
    for _ in 0..(40 * 4) {
        world.wire.heal();
        world.wire.fail_at("PATCH", "/Users", refusal(400, "no"));
        world.run();
        tried += world.writes().len();
        world.later(6);
    }

    assert!((28..=33).contains(&tried), "{tried}");
    assert_eq!(world.job.escrows(), 0);
    assert_eq!(manager(&world, "adele"), Value::Null);
}
