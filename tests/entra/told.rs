//! What is said of objects of which not all is written: never more than was looked at and done.

use mediusflow_mock::entra::{
    Action, ErrorCode, JobEnvironment, LogEntry, Restart, Status, Subject,
};
use mediusflow_mock::scim::{Dialect, Profile, UnknownAttributes};
use rstest::rstest;
use serde_json::json;

use super::support::{World, refusal, upn};

/// The lines of the last cycle about a user or group, as `status code`.
fn lines(world: &World, name: &str) -> Vec<String> {
    let logs = world.job.logs();
    let last = &logs.last().unwrap().cycle_id;
    let about =
        |it: &&LogEntry| it.cycle_id == *last && it.source_name.to_lowercase().starts_with(name);
    let code = |it: &LogEntry| it.error.map_or("", ErrorCode::name);
    logs.iter().filter(about).map(|it| format!("{} {}", it.status.name(), code(it))).collect()
}

fn with_finance(toml: &str) -> World {
    let mut world = World::with(toml, "");
    world.group("Finance Team", &["adele"]);
    world.assign("Finance Team");
    world.cycle();
    world
}

#[test]
fn a_group_whose_members_change_does_not_match() {
    let mut world = with_finance("");
    world.member("join", "alex", "Finance Team");

    let counts = world.run().execution.unwrap().counts;

    assert_eq!(lines(&world, "finance"), ["success "]);
    assert_eq!((counts.updated, counts.skipped), (1, 1), "alex himself has not changed");
}

#[test]
fn a_group_whose_members_are_refused_does_not_match() {
    let mut world = with_finance("");
    world.member("join", "alex", "Finance Team");
    world.wire.fail_at("PATCH", "/Groups", refusal(400, "no"));

    let counts = world.run().execution.unwrap().counts;

    assert_eq!(
        lines(&world, "finance"),
        ["failure SystemForCrossDomainIdentityManagementBadRequest"]
    );
    assert_eq!((counts.failed_references, counts.skipped), (1, 1), "alex himself has not changed");
}

#[test]
fn a_user_whose_manager_is_out_of_scope_does_not_match() {
    let mut world = World::new();
    world.cycle();
    world.manager("adele", Some("megan"));

    let counts = world.run().execution.unwrap().counts;

    assert_eq!(lines(&world, "adele"), ["warning UnableToResolveReferenceAttributeValue"]);
    assert_eq!(counts.skipped, 0);
}

#[test]
fn who_matches_in_all_is_told_once_after_the_references_were_looked_at() {
    let mut world = with_finance("");
    world.job.restart(Restart::default());

    let counts = world.run().execution.unwrap().counts;

    assert_eq!(lines(&world, "finance"), ["skipped RedundantExport"]);
    assert_eq!((counts.updated, counts.skipped), (0, 4), "two users, a group, and megan");
}

#[test]
fn references_that_want_the_action_update_are_told_to_be_left_out() {
    let toml = "[groups]\ntarget-object-actions = ['Create', 'Delete']";
    let mut world = with_finance(toml);
    let left_out = "skipped EntrySynchronizationSkipped";
    assert_eq!(lines(&world, "finance"), ["success ", left_out]);
    assert_eq!(world.log("finance").reason, "Update is not among the target object actions.");

    world.member("join", "alex", "Finance Team");
    world.cycle();

    assert_eq!(lines(&world, "finance"), [left_out]);
    assert_eq!(world.writes(), Vec::<String>::new());
}

#[rstest]
#[case::cycle(
    false,
    "AppRoleAssignmentsComplex takes no roles away: the target still has approver."
)]
#[case::on_demand(true, "roles are not provisioned on demand.")]
fn roles_that_stay_are_named(#[case] is_on_demand: bool, #[case] rest: &str) {
    let toml = "
        [users]
        attribute-mappings = [
          { target = 'userName', direct = 'userPrincipalName', matching-precedence = 1 },
          { target = 'roles', expression = 'AppRoleAssignmentsComplex([appRoleAssignments])' },
        ]";
    let unknown_attributes = UnknownAttributes::Drop;
    let dialect = Dialect { unknown_attributes, ..Dialect::of(Profile::Rfc) };
    let mut world = World::at(dialect, toml, "");
    for role in ["approver", "auditor"] {
        world.change(json!({ "change": "addRole", "value": role, "displayName": role }));
    }
    let assign = |world: &mut World, role: &str| {
        world.user("unassign", "adele");
        let object = upn("adele");
        world.change(json!({ "change": "assign", "object": object, "role": role }));
    };
    assign(&mut world, "approver");
    world.cycle();
    assign(&mut world, "auditor");
    if is_on_demand {
        let (outside, subject) =
            (JobEnvironment::new(&world.wire, &world.clock), Subject::User("adele@contoso.com"));
        world.job.provision_on_demand(&world.directory, subject, outside).unwrap();
    } else {
        world.cycle();
        world.set("adele", "surname", "Wilke");
        world.cycle();
    }

    let line = world.log("adele");
    assert_eq!(line.error, Some(ErrorCode::RedundantExport));
    assert_eq!(line.reason, format!("The other attributes of the user match; {rest}"));
}

#[test]
fn on_demand_a_group_tells_that_only_the_named_members_were_looked_at() {
    let mut world = with_finance("");
    let (outside, subject) =
        (JobEnvironment::new(&world.wire, &world.clock), Subject::Group("Finance Team", &[]));

    let report = world.job.provision_on_demand(&world.directory, subject, outside).unwrap();

    assert_eq!(
        report.steps[3].details["errorMessage"],
        "The group's own attributes match; only the named members were looked at."
    );
}

#[test]
fn a_mapping_that_writes_true_disables_nobody() {
    let toml = "
        [users]
        attribute-mappings = [
          { target = 'userName', direct = 'userPrincipalName', matching-precedence = 1 },
          { target = 'active', direct = 'IsSoftDeleted' },
        ]";
    let mut world = World::with(toml, "");
    world.cycle();
    world.user("unassign", "adele");

    let counts = world.run().execution.unwrap().counts;

    assert_eq!((counts.updated, counts.disabled), (1, 0));
    assert_eq!(world.target_user("adele")["active"], true);
    assert_eq!(
        (world.log("adele").action, world.log("adele").status),
        (Action::Update, Status::Success)
    );
}
