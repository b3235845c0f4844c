//! The four events that take a user away, row by row of the table "Deprovisioning events" (HOW).

use mediusflow_mock::entra::{Action, ErrorCode, Restart, Status};
use rstest::rstest;

use super::support::World;

/// Users whom no mapping disables.
const NO_ACTIVE: &str = "
    [users]
    attribute-mappings = [
      { target = 'userName', direct = 'userPrincipalName', matching-precedence = 1 },
    ]";

/// `active` is mapped, but not from `IsSoftDeleted`, or not after creation.
const OTHER_ACTIVE: &str = "
    [users]
    attribute-mappings = [
      { target = 'userName', direct = 'userPrincipalName', matching-precedence = 1 },
      { target = 'active', constant = 'True' },
    ]";
const CREATION_ACTIVE: &str = "
    [users]
    attribute-mappings = [
      { target = 'userName', direct = 'userPrincipalName', matching-precedence = 1 },
      { target = 'active', apply = 'Only during object creation',
        expression = 'Not([IsSoftDeleted])' },
    ]";
const NO_UPDATE: &str = "[users]\ntarget-object-actions = ['Create', 'Delete']";
const SKIP: &str = "skip-out-of-scope-deletions = true";

#[rstest]
#[case::not_mapped(NO_ACTIVE, "IsSoftDeleted")]
#[case::mapped_from_elsewhere(OTHER_ACTIVE, "IsSoftDeleted")]
#[case::mapped_for_creation(CREATION_ACTIVE, "IsSoftDeleted")]
#[case::no_update(NO_UPDATE, "Update is not among the target object actions")]
#[case::skipped(SKIP, "skip-out-of-scope-deletions")]
fn nothing_is_written_where_the_table_says_nothing(
    #[case] toml: &str,
    #[case] why: &str,
    #[values("unassign", "disable", "softDelete")] event: &str,
) {
    let mut world = World::with(toml, "");
    world.cycle();

    world.user(event, "adele");
    world.cycle();

    assert_eq!(world.writes(), Vec::<String>::new());
    let line = world.log("adele");
    assert_eq!((line.action, line.status), (Action::Other, Status::Skipped));
    assert_eq!(line.error, Some(ErrorCode::EntrySynchronizationSkipped));
    assert!(line.reason.contains(why), "{}", line.reason);
    assert_ne!(world.target_user("adele")["active"], false);

    world.user("hardDelete", "adele");
    world.cycle();
    assert_eq!(world.writes().len(), 1);
    assert_eq!(world.log("adele").action, Action::Delete);
}

#[rstest]
fn a_gallery_application_without_soft_delete_may_delete(
    #[values("unassign", "disable", "softDelete")] event: &str,
) {
    let toml = format!("[settings]\nwithout-soft-delete = \"delete\"\n{NO_ACTIVE}");
    let mut world = World::with(&toml, "");
    world.cycle();

    world.user(event, "adele");
    world.cycle();

    assert_eq!(world.log("adele").action, Action::Delete);
    assert_eq!(world.count("Users"), 1);
}

#[test]
fn disabling_needs_update_and_no_delete() {
    let toml = "[users]\ntarget-object-actions = ['Create', 'Update']";
    let mut world = World::with(toml, "");
    world.cycle();

    world.user("disable", "adele");
    world.cycle();
    assert_eq!(world.target_user("adele")["active"], false);

    world.user("hardDelete", "adele");
    world.cycle();
    assert_eq!(world.writes(), Vec::<String>::new());
    let line = world.log("adele");
    assert!(line.reason.contains("Delete is not among the target object actions"), "{line:?}");
}

#[test]
fn what_nobody_does_is_no_accidental_deletion() {
    let toml = format!(
        "[settings]\nprevent-accidental-deletions = true\naccidental-deletion-threshold = 1\n\
         {NO_UPDATE}"
    );
    let mut world = World::with(&toml, "");
    world.cycle();

    world.user("disable", "adele");
    world.cycle();

    assert!(world.job.quarantine().is_none());
}

#[test]
fn a_group_that_is_unassigned_or_deleted_is_left_where_deletions_are_skipped() {
    let mut world = World::with(SKIP, "");
    for name in ["Finance Team", "Legal Team"] {
        world.group(name, &["adele"]);
        world.assign(name);
    }
    world.cycle();

    world.change(serde_json::json!({"change": "unassign", "object": "Finance Team"}));
    world.change(serde_json::json!({"change": "softDelete", "object": "Legal Team"}));
    world.cycle();

    assert_eq!(world.writes(), Vec::<String>::new());
    assert_eq!(world.count("Groups"), 2);
}

#[test]
fn a_disabled_user_is_read_before_it_is_called_the_same() {
    let mut world = World::new();
    world.cycle();
    world.user("disable", "adele");
    world.cycle();

    world.job.restart(Restart::default());
    world.cycle();

    assert_eq!(world.log("adele").error, Some(ErrorCode::RedundantExport));
    let mut sent = world.wire.sent().into_iter();
    assert!(sent.any(|it| world.named(&it.path) == "/Users/{adele}" && it.method == "GET"));

    // Somebody enabled the account in the target: the restart sees it.
    let id = world.target_user("adele")["id"].as_str().unwrap().to_owned();
    let body = serde_json::json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": true}]});
    assert!(world.call("PATCH", &format!("/Users/{id}"), Some(body)).status < 300);
    world.job.restart(Restart::default());
    world.cycle();
    assert_eq!(world.target_user("adele")["active"], false);
}

#[test]
fn a_disabled_user_who_is_gone_in_the_target_is_not_made_anew_by_a_restart() {
    let mut world = World::new();
    world.cycle();
    world.user("disable", "adele");
    world.cycle();
    let id = world.target_user("adele")["id"].as_str().unwrap().to_owned();
    world.call("DELETE", &format!("/Users/{id}"), None);

    world.job.restart(Restart::default());
    world.cycle();

    assert_eq!(world.log("adele").error, Some(ErrorCode::NotEffectivelyEntitled));
    assert_eq!(world.count("Users"), 1);
}
