//! App roles, and values that have to be free in the target (MAP, FUNC), through HTTP.

use mediusflow_mock::{entra::ErrorCode, scim::Profile};
use serde_json::{Value, json};

use super::support::World;

/// A job whose users are mapped by name, and by one more row.
fn mapped(row: &str) -> World {
    let toml = format!(
        "[users]\nattribute-mappings = [\n\
         {{ target = 'userName', direct = 'userPrincipalName', matching-precedence = 1 }},\n\
         {row}\n]\n"
    );
    // The other profile finds nobody by `externalId`.
    World::at(Profile::Rfc, &toml, "")
}

fn with_roles(function: &str, target: &str) -> World {
    let mut world = mapped(&format!(
        "{{ target = '{target}', expression = '{function}([appRoleAssignments])' }}"
    ));
    for (value, name) in [("approver", "Approver"), ("auditor", "Auditor")] {
        world.change(json!({ "change": "addRole", "value": value, "displayName": name }));
    }
    world
}

fn assign(world: &mut World, role: &str) {
    world.change(json!({ "change": "assign", "object": "adele@contoso.com", "role": role }));
}

fn roles(world: &World) -> Vec<Value> {
    let roles = world.target_user("adele")["roles"].clone();
    roles.as_array().cloned().unwrap_or_default().iter().map(|it| it["value"].clone()).collect()
}

/// The first PATCH of the last cycle.
fn operation(world: &World) -> Value {
    world.patches().first().map_or(Value::Null, |it| it[0].clone())
}

#[test]
fn roles_come_whole_with_a_new_user() {
    let mut world = with_roles("AppRoleAssignmentsComplex", "roles");
    world.user("unassign", "adele");
    assign(&mut world, "Approver");
    assign(&mut world, "auditor");

    world.cycle();

    assert_eq!(roles(&world), ["approver", "auditor"]);
    let posts = world.wire.sent().into_iter().filter(|it| it.method == "POST");
    let all: Vec<_> = posts.map(|it| it.body["roles"].clone()).collect();
    let sent = all.iter().find(|it| it[0]["value"] == "approver").expect("adele is sent");
    let kind = "WindowsAzureActiveDirectoryRole";
    assert_eq!(
        sent[0],
        json!({ "primary": true, "type": kind, "display": "Approver", "value": "approver" })
    );
    assert_eq!(sent[1]["primary"], false);
}

#[test]
fn another_role_is_added_as_json_inside_a_text() {
    let mut world = with_roles("AppRoleAssignmentsComplex", "roles");
    world.user("unassign", "adele");
    assign(&mut world, "approver");
    world.cycle();

    assign(&mut world, "auditor");
    world.run();

    let operation = operation(&world);
    assert_eq!((&operation["op"], &operation["path"]), (&json!("Add"), &json!("roles")));
    let inside: Vec<Value> = operation["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| serde_json::from_str(it["value"].as_str().unwrap()).unwrap())
        .collect();
    let auditor = json!({ "id": "auditor", "value": "auditor", "displayName": "Auditor" });
    assert!(inside.contains(&auditor), "{inside:?}");
}

#[test]
fn asserted_roles_replace_those_that_were_there() {
    let mut world = with_roles("AssertiveAppRoleAssignmentsComplex", "roles");
    world.user("unassign", "adele");
    assign(&mut world, "approver");
    world.cycle();

    world.user("unassign", "adele");
    assign(&mut world, "auditor");
    world.cycle();

    assert_eq!(operation(&world)["op"], "Replace");
    assert_eq!(roles(&world), ["auditor"]);
}

#[test]
fn a_single_role_is_the_value_of_the_primary_one() {
    let target = r#"roles[primary eq "True"].value"#;
    let mut world = with_roles("SingleAppRoleAssignment", target);
    world.user("unassign", "adele");
    assign(&mut world, "approver");

    world.cycle();
    assert_eq!(roles(&world), ["approver"]);
    world.user("unassign", "adele");
    assign(&mut world, "auditor");
    world.cycle();

    assert_eq!(roles(&world), ["auditor"]);
}

#[test]
fn the_first_value_that_is_free_in_the_target_is_taken_and_kept() {
    let row = r#"{ target = 'externalId', apply = 'Only during object creation',
        expression = 'SelectUniqueValue("first", "second")' }"#;
    let mut world = mapped(row);

    world.cycle();
    let taken = ["adele", "alex"].map(|it| world.target_user(it)["externalId"].clone());
    let asked = world.wire.sent().into_iter().filter(|it| it.path.contains("externalId"));
    let asked: Vec<_> = asked.map(|it| it.path).collect();
    world.set("adele", "userPrincipalName", "adele.wilke@contoso.com");
    world.assign("megan");
    world.run();

    assert_eq!(taken, ["first", "second"]);
    let query = |value: &str| format!("/Users?filter=externalId+eq+%22{value}%22");
    assert_eq!(asked, [query("first"), query("first"), query("second")]);
    assert_eq!(world.target_user("adele.wilke")["externalId"], "first");
    assert_eq!(world.log("megan").error, Some(ErrorCode::EntryConflict));
    assert_eq!(world.count("Users"), 2);
}
