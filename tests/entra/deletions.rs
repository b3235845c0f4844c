use mediusflow_mock::entra::{Action, CycleOutcome, QuarantineReason, Restart, Status};

use super::support::World;

#[test]
fn a_soft_deleted_user_is_disabled_restored_and_hard_deleted_after_thirty_days() {
    let mut world = World::new();
    world.cycle();

    world.user("softDelete", "adele");
    world.cycle();
    assert_eq!(world.target_user("adele")["active"], false);
    world.user("restore", "adele");
    world.cycle();
    assert_eq!(world.target_user("adele")["active"], true);

    world.user("softDelete", "adele");
    world.cycle();
    world.later(29 * 24);
    world.cycle();
    assert_eq!(world.writes(), Vec::<String>::new());
    world.later(24);
    world.cycle();

    assert_eq!(world.count("Users"), 1);
    assert_eq!(world.log("adele").action, Action::Delete);
}

#[test]
fn who_was_unassigned_before_is_not_deleted() {
    let mut world = World::new();
    world.cycle();
    world.user("unassign", "adele");
    world.cycle();

    world.user("softDelete", "adele");
    world.cycle();
    world.later(31 * 24);
    world.cycle();

    assert_eq!(world.writes(), Vec::<String>::new());
    assert_eq!(world.target_user("adele")["active"], false);
}

#[test]
fn an_unassigned_group_is_read_and_deleted_and_its_members_are_disabled() {
    let mut world = World::new();
    world.group("Finance Team", &["megan"]);
    world.assign("Finance Team");
    world.cycle();
    assert_eq!(world.target_user("megan")["active"], true);

    let change = serde_json::json!({"change": "unassign", "object": "Finance Team"});
    world.change(change);
    world.cycle();

    assert_eq!(world.target_user("megan")["active"], false);
    assert_eq!(world.target_members("Finance Team"), None);
    let sent = world.wire.sent();
    let last: Vec<_> = sent.iter().rev().take(2).map(|it| it.method).collect();
    assert_eq!(last, ["DELETE", "GET"]);
}

#[test]
fn too_many_deletions_are_staged_until_they_are_allowed() {
    let toml = "prevent-accidental-deletions = true\naccidental-deletion-threshold = 2\n\
                notification-email = \"it@contoso.com\"";
    let mut world = World::with(toml, "");
    world.cycle();
    world.user("unassign", "adele");
    world.user("softDelete", "alex");
    world.assign("megan");

    let report = world.run();

    assert_eq!(report.ended, CycleOutcome::Quarantined(QuarantineReason::TooManyDeletes));
    assert_eq!(world.writes(), ["POST /Users"]);
    assert_eq!(world.log("adele").action, Action::StagedAction);
    assert_eq!(world.job.take_mails().len(), 1);
    world.run();
    assert_eq!(world.job.quarantine().unwrap().reason, QuarantineReason::TooManyDeletes);
    assert!(world.job.take_mails().is_empty());

    world.job.restart(Restart { force_deletes: true, ..Restart::NOTHING });
    world.cycle();

    assert_eq!(world.target_user("adele")["active"], false);
    assert_eq!(world.target_user("alex")["active"], false);
    assert!(world.job.quarantine().is_none());
}

#[test]
fn deletions_of_users_and_groups_count_and_are_logged_as_staged() {
    let toml = "prevent-accidental-deletions = true\naccidental-deletion-threshold = 2";
    let mut world = World::with(toml, "");
    world.group("Finance Team", &["adele"]);
    world.assign("Finance Team");
    world.cycle();
    world.user("hardDelete", "alex");
    world.change(serde_json::json!({"change": "unassign", "object": "Finance Team"}));

    let report = world.run();

    assert_eq!(report.ended, CycleOutcome::Quarantined(QuarantineReason::TooManyDeletes));
    assert_eq!(world.writes(), Vec::<String>::new());
    assert_eq!(world.log("alex").action, Action::StagedDelete);
    assert_eq!(world.log("finance").action, Action::StagedDelete);
    assert_eq!(report.execution.unwrap().counts.staged, 2);

    world.job.restart(Restart { force_deletes: true, ..Restart::NOTHING });
    world.cycle();

    assert_eq!(world.count("Users"), 1);
    assert_eq!(world.target_members("Finance Team"), None);
}

#[test]
fn one_group_below_the_threshold_is_deleted() {
    let toml = "prevent-accidental-deletions = true\naccidental-deletion-threshold = 2";
    let mut world = World::with(toml, "");
    world.group("Finance Team", &["adele"]);
    world.assign("Finance Team");
    world.cycle();

    world.change(serde_json::json!({"change": "unassign", "object": "Finance Team"}));
    world.cycle();

    assert_eq!(world.log("finance").action, Action::Delete);
    assert_eq!(world.target_members("Finance Team"), None);
}

#[test]
fn too_many_deletions_end_when_the_cause_is_mended() {
    let toml = "prevent-accidental-deletions = true\naccidental-deletion-threshold = 2";
    let mut world = World::with(toml, "");
    world.cycle();
    world.user("unassign", "adele");
    world.user("unassign", "alex");
    world.run();

    world.assign("adele");
    world.cycle();

    assert_eq!(world.target_user("adele")["active"], true);
    assert_eq!(world.target_user("alex")["active"], false);
}

#[test]
fn one_deletion_below_the_threshold_is_done() {
    let toml = "prevent-accidental-deletions = true\naccidental-deletion-threshold = 2";
    let mut world = World::with(toml, "");
    world.cycle();

    world.user("unassign", "adele");
    world.cycle();

    assert_eq!(world.log("adele").status, Status::Success);
    assert_eq!(world.target_user("adele")["active"], false);
}
