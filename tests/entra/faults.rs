//! Faults of the tenant itself, as its control API makes them: whatever goes wrong, nobody is there
//! twice and no change is lost.

use mediusflow_mock::entra::{Ended, ErrorCode, QuarantineReason};
use rstest::rstest;
use serde_json::{Value, json};

use super::support::World;

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
    assert_eq!(report.ended, Ended::Completed);
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

    assert_eq!(world.run().ended, Ended::Completed);

    assert_eq!(world.job.escrows(), 0);
    is_level(&mut world);
}

#[rstest]
#[case::expired_key(json!({"expiredKey": true}))]
#[case::wrong_base_path(json!({"wrongBasePath": true}))]
fn a_tenant_that_lets_nobody_in_puts_the_job_into_quarantine(#[case] action: Value) {
    let mut world = World::new();
    world.set("adele", "surname", "Wilke");
    let added = world.server.fault(&json!({"action": action})).unwrap();

    let report = world.run();
    assert!(matches!(report.ended, Ended::Quarantined(_)), "{:?}", report.ended);
    let reason = world.job.quarantine().unwrap().reason;
    assert_eq!(reason, QuarantineReason::EncounteredQuarantineException);

    world.server.tenant().faults().remove(&added);
    world.later(24);
    is_level(&mut world);
}
