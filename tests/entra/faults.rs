//! Faults of the tenant itself, as its control API makes them: whatever goes wrong, nobody is there
//! twice and no change is lost.

use mediusflow_mock::internals::TenantInternals as _;
use std::time::Duration;

use mediusflow_mock::entra::{
    Action, CycleOutcome, ErrorCode, JobClock as _, QuarantineReason, Status,
};
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{Fault, World};

/// Everybody is there once, as the directory has it, and the next cycle has nothing to write.
fn is_level(world: &mut World) {
    world.cycle();
    assert_eq!(world.count("Users"), 2);
    assert_eq!(world.target_user("adele")["name"]["familyName"], "Wilke");
    assert_eq!(world.target_user("alex")["active"], true);
    world.cycle();
    assert_eq!(world.writes(), Vec::<String>::new());
    assert_eq!(world.job.escrows(), 0);
    assert!(world.job.quarantine().is_none());
}

/// A rule that meets adele's creation and her first PATCH, once each.
fn once(operation: &str, action: &Value, phase: &str) -> Value {
    let when = json!({"times": 1});
    json!({"match": {"operation": operation}, "when": when, "action": action, "phase": phase})
}

#[rstest]
#[case::internal_error(json!({"status": 500}), "before", ErrorCode::InternalServerError)]
#[case::page(json!({"html": "<h1>Bad gateway</h1>"}), "before", ErrorCode::InternalServerError)]
#[case::reset(json!({"connection": "reset"}), "before", ErrorCode::WebExceptionProtocolError)]
#[case::lost(json!({"connection": "reset"}), "after", ErrorCode::WebExceptionProtocolError)]
#[case::closed(json!({"connection": "close"}), "after", ErrorCode::WebExceptionProtocolError)]
fn one_failure_of_each_write_is_logged_and_mended(
    #[case] action: Value,
    #[case] phase: &str,
    #[case] code: ErrorCode,
) {
    let mut world = World::new();
    world.server.fault(&once("user.create", &action, phase)).unwrap();
    let report = world.run();
    assert_eq!(report.ended, CycleOutcome::Completed);
    assert_eq!(world.log("adele").error, Some(code));

    world.cycle();
    world.set("adele", "surname", "Wilke");
    world.server.fault(&once("user.patch", &action, phase)).unwrap();
    world.run();
    is_level(&mut world);
}

#[test]
fn a_throttled_request_waits_and_succeeds() {
    let mut world = World::new();
    world.set("adele", "surname", "Wilke");
    let action = json!({"status": 429, "retryAfter": 3});
    world.server.fault(&once("user.create", &action, "before")).unwrap();

    let before = world.clock.now();

    assert_eq!(world.run().ended, CycleOutcome::Completed);

    let waited = world.clock.now().duration_since(before).as_secs() - 40 * 60;
    assert_eq!(waited, 3);
    let line = world.log("adele");
    assert_eq!((line.action, line.status, line.error), (Action::Create, Status::Success, None));
    assert_eq!(world.writes(), ["POST /Users", "POST /Users", "POST /Users"]);
    assert_eq!(world.job.escrows(), 0);
    is_level(&mut world);
}

#[test]
fn a_request_that_stays_throttled_is_logged_and_done_in_the_next_cycle() {
    let mut world = World::new();
    world.set("adele", "surname", "Wilke");
    let rule = json!({"match": {"operation": "user.create"}, "action": {"status": 429}});
    let added = world.server.fault(&rule).unwrap();

    assert_eq!(world.run().ended, CycleOutcome::Completed);
    assert_eq!(world.log("adele").error, Some(ErrorCode::TooManyRequests));

    world.server.tenant().faults().remove(&added);
    is_level(&mut world);
}

/// What the client waits at a target that never answers: no test fails if it is too short.
const PATIENCE: Duration = Duration::from_millis(500);

#[rstest]
#[case::creation("POST", "user.create", Action::Create)]
#[case::change("PATCH", "user.patch", Action::Update)]
fn a_request_without_an_answer_is_a_timeout_and_done_in_the_next_cycle(
    #[case] method: &'static str,
    #[case] operation: &str,
    #[case] action: Action,
) {
    let mut world = World::new();
    if action == Action::Update {
        world.cycle();
    }
    world.set("adele", "surname", "Wilke");
    world.user("unassign", "alex");
    world.wire.fail_at(method, "/Users", Fault::Impatient(PATIENCE));
    let rule = json!({"match": {"operation": operation}, "when": {"times": 1},
                      "action": {"connection": "hang"}});
    let added = world.server.fault(&rule).unwrap();

    assert_eq!(world.run().ended, CycleOutcome::Completed);
    let line = world.log("adele");
    assert_eq!(
        (line.action, line.status, line.error),
        (action, Status::Failure, Some(ErrorCode::Timeout))
    );

    world.server.tenant().faults().remove(&added);
    world.assign("alex");
    is_level(&mut world);
}

#[rstest]
#[case::expired_key(json!({"expiredKey": true}), ErrorCode::CredentialValidationFailure)]
#[case::wrong_base_path(json!({"wrongBasePath": true}), ErrorCode::ServiceIncompatible)]
fn a_tenant_that_lets_nobody_in_puts_the_job_into_quarantine(
    #[case] action: Value,
    #[case] code: ErrorCode,
) {
    let mut world = World::new();
    world.set("adele", "surname", "Wilke");
    let added = world.server.fault(&json!({"action": action})).unwrap();

    let report = world.run();
    assert!(matches!(report.ended, CycleOutcome::Quarantined(_)), "{:?}", report.ended);
    let quarantine = world.job.quarantine().unwrap();
    assert_eq!(quarantine.reason, QuarantineReason::EncounteredQuarantineException);
    assert_eq!(quarantine.code, Some(code));
    assert_eq!(world.job.status()["status"]["quarantine"]["error"]["code"], code.name());
    assert!(world.job.logs().is_empty(), "nobody was looked at");

    world.server.tenant().faults().remove(&added);
    world.later(24);
    is_level(&mut world);
}

#[rstest]
#[case::expired_key(json!({"expiredKey": true}), ErrorCode::CredentialValidationFailure)]
#[case::wrong_base_path(json!({"wrongBasePath": true}), ErrorCode::ServiceIncompatible)]
fn a_tenant_that_shuts_the_door_in_the_middle_is_in_the_logs(
    #[case] action: Value,
    #[case] code: ErrorCode,
) {
    let mut world = World::new();
    world.set("adele", "surname", "Wilke");
    let rule = json!({"match": {"operation": "user.create"}, "action": action});
    let added = world.server.fault(&rule).unwrap();

    world.run();
    let line = world.log("alex"); // adele has changed after him
    assert_eq!(
        (line.action, line.status, line.error),
        (Action::Create, Status::Failure, Some(code))
    );

    world.server.tenant().faults().remove(&added);
    world.later(24);
    is_level(&mut world);
}
