//! App roles, and values that have to be free in the target (MAP, FUNC), through HTTP.

use mediusflow_mock::{
    entra::{ErrorCode, JobEnvironment, Restart, Subject},
    scim::{Dialect, Profile, UnknownAttributes},
};
use rstest::rstest;
use serde_json::{Value, json};

use super::support::World;

/// A job whose users are mapped by name, and by one more row.
fn mapped(row: &str, flag: &str) -> World {
    let toml = format!(
        "[users]\nattribute-mappings = [\n\
         {{ target = 'userName', direct = 'userPrincipalName', matching-precedence = 1 }},\n\
         {row}\n]\n"
    );
    // The other profile finds nobody by `externalId`. A strict target refuses the `displayName` of a
    // role, which Microsoft sends for `AppRoleAssignmentsComplex`.
    let unknown_attributes = UnknownAttributes::Drop;
    World::at(Dialect { unknown_attributes, ..Dialect::of(Profile::Rfc) }, &toml, flag)
}

fn with_roles(function: &str, target: &str, flag: &str) -> World {
    let row = format!("{{ target = '{target}', expression = '{function}([appRoleAssignments])' }}");
    let mut world = mapped(&row, flag);
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

/// The roles of the last PATCH or POST that has some, byte for byte.
fn sent(world: &World) -> String {
    let exchanges = world.server.requests();
    let mut bodies = exchanges.iter().map(|it| it.request.body.clone());
    let body = bodies.rfind(|it| it.contains("roles")).expect("roles are sent");
    let body = body.split_once(r#""Operations":"#).map_or(&*body, |(_, operations)| operations);
    let from = if body.starts_with('[') { 0 } else { body.find(r#""roles""#).unwrap() };
    let end = body[from..].find("}]").unwrap() + from + 2;
    let end = if from == 0 { body.len() - 1 } else { end };
    body[from..end].to_owned()
}

/// The id of a role.
fn id(world: &World, value: &str) -> String {
    let roles = world.directory.roles().iter();
    roles.clone().find(|it| it.value.as_deref() == Some(value)).unwrap().id.to_string()
}

const KIND: &str = r#""type":"WindowsAzureActiveDirectoryRole""#;
const PRIMARY: &str = r#"roles[primary eq "True"].value"#;

#[rstest]
#[case("SingleAppRoleAssignment", PRIMARY, &[r#"{"primary":true,KIND,"value":"approver"}"#])]
#[case("AppRoleAssignmentsComplex", "roles", &[
    r#"{"primary":false,KIND,"displayName":"Approver","value":"approver"}"#,
    r#"{"primary":false,KIND,"displayName":"Auditor","value":"auditor"}"#,
])]
#[case("AssertiveAppRoleAssignmentsComplex", "roles", &[
    r#"{"primary":false,KIND,"display":"Approver","value":"approver"}"#,
    r#"{"primary":false,KIND,"display":"Auditor","value":"auditor"}"#,
])]
fn a_new_user_has_roles_as_in_microsofts_sample(
    #[case] function: &str,
    #[case] target: &str,
    #[case] expected: &[&str],
    #[values("", "?aadOptscim062020")] flag: &str,
) {
    let mut world = with_roles(function, target, flag);
    world.user("unassign", "adele");
    for role in ["approver", "auditor"].iter().take(expected.len()) {
        assign(&mut world, role);
    }

    world.cycle();

    let roles = expected.join(",").replace("KIND", KIND);
    assert_eq!(sent(&world), format!(r#""roles":[{roles}]"#));
    world.job.restart(Restart::default());
    world.cycle();
    assert_eq!(world.writes(), Vec::<String>::new());
}

#[rstest]
#[case("SingleAppRoleAssignment", PRIMARY, "")]
#[case("AppRoleAssignmentsComplex", "roles", "")]
#[case("AssertiveAppRoleAssignmentsComplex", "roles", "")]
#[case("SingleAppRoleAssignment", PRIMARY, "?aadOptscim062020")]
#[case("AppRoleAssignmentsComplex", "roles", "?aadOptscim062020")]
#[case("AssertiveAppRoleAssignmentsComplex", "roles", "?aadOptscim062020")]
fn another_role_is_written_as_in_microsofts_sample(
    #[case] function: &str,
    #[case] target: &str,
    #[case] flag: &str,
) {
    let mut world = with_roles(function, target, flag);
    world.user("unassign", "adele");
    assign(&mut world, "approver");
    world.cycle();

    world.user("unassign", "adele");
    assign(&mut world, "auditor");
    world.cycle();

    let id = id(&world, "auditor");
    let inside = format!(r#"{{"id":"{id}","value":"auditor","displayName":"Auditor"}}"#);
    let value = match (function, flag) {
        ("AssertiveAppRoleAssignmentsComplex", _) => {
            format!(r#"{{"primary":false,{KIND},"display":"Auditor","value":"auditor"}}"#)
        }
        (_, "") => format!(r#"{{"value":{}}}"#, Value::from(inside)),
        ("SingleAppRoleAssignment", _) => {
            format!(r#"{{"primary":true,{KIND},"value":"auditor"}}"#)
        }
        _ => format!(r#"{{"primary":false,{KIND},"displayName":"Auditor","value":"auditor"}}"#),
    };
    let op = match (function, flag) {
        ("AssertiveAppRoleAssignmentsComplex", _) => "replace",
        (_, "") => "Add",
        _ => "add",
    };
    assert_eq!(sent(&world), format!(r#"[{{"op":"{op}","path":"roles","value":[{value}]}}]"#));
    if function == "AssertiveAppRoleAssignmentsComplex" {
        assert_eq!(roles(&world), ["auditor"]);
    }
    // What is there is there, however the target shows it.
    world.job.restart(Restart::default());
    world.cycle();
    assert_eq!(world.writes(), Vec::<String>::new());
}

#[test]
fn a_single_role_comes_back_when_it_is_assigned_again() {
    let mut world = with_roles("SingleAppRoleAssignment", PRIMARY, "");
    for role in ["approver", "auditor", "approver"] {
        world.user("unassign", "adele");
        assign(&mut world, role);
        world.cycle();
    }

    assert!(sent(&world).contains("approver"), "{}", sent(&world));
}

#[test]
fn roles_are_not_provisioned_on_demand() {
    let mut world = with_roles("AppRoleAssignmentsComplex", "roles", "");
    world.user("unassign", "adele");
    assign(&mut world, "approver");
    let outside = JobEnvironment::new(&world.wire, &world.clock);

    let subject = Subject::User("adele@contoso.com");
    world.job.provision_on_demand(&world.directory, subject, outside).unwrap();
    assert_eq!(roles(&world), Vec::<Value>::new());

    world.cycle();
    assert_eq!(roles(&world).len(), 1);
}

#[test]
fn the_first_value_that_is_free_in_the_target_is_taken_and_kept() {
    let row = r#"{ target = 'externalId', apply = 'Only during object creation',
        expression = 'SelectUniqueValue("first", "second")' }"#;
    let mut world = mapped(row, "");

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
