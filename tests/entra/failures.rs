use mediusflow_mock::entra::{
    Action, CycleOutcome, ErrorCode, JobClock as _, Response, Restart, Status,
};
use rstest::rstest;
use serde_json::json;

use super::support::{Fault, World, html, refusal};

#[rstest]
#[case(refusal(400, "no"), ErrorCode::BadRequest)]
#[case(refusal(403, "no"), ErrorCode::InsufficientRights)]
#[case(refusal(405, "no"), ErrorCode::MethodNotAllowed)]
#[case(refusal(409, "taken"), ErrorCode::EntryConflict)]
#[case(refusal(422, "no"), ErrorCode::UnprocessableEntity)]
#[case(refusal(429, "slow down"), ErrorCode::TooManyRequests)]
#[case(refusal(500, "oh"), ErrorCode::InternalServerError)]
#[case(refusal(501, "no"), ErrorCode::NotImplemented)]
#[case(html(200), ErrorCode::ServiceIncompatible)]
#[case(refusal(413, "too large"), ErrorCode::BadRequest)]
#[case(html(201), ErrorCode::ServiceIncompatible)]
#[case(Fault::Lost, ErrorCode::WebExceptionProtocolError)]
#[case(Fault::LostAnswer, ErrorCode::WebExceptionProtocolError)]
#[case(Fault::Timeout, ErrorCode::Timeout)]
fn a_failed_creation_is_logged_and_done_once_in_the_next_cycle(
    #[case] fault: Fault,
    #[case] code: ErrorCode,
) {
    let mut world = World::new();
    world.wire.fail_at("POST", "/Users", fault);
    let report = world.run();
    assert_eq!(report.ended, CycleOutcome::Completed);
    assert_eq!(world.job.escrows(), 1);
    let line = world.log("adele");
    assert_eq!(
        (line.action, line.status, line.error),
        (Action::Create, Status::Failure, Some(code))
    );
    assert!(line.reason.contains("This operation was retried 0 times."), "{}", line.reason);

    world.cycle();

    assert_eq!(world.count("Users"), 2);
    assert_eq!(world.target_user("adele")["active"], true);
    assert_eq!(world.job.escrows(), 0);
}

#[rstest]
#[case(refusal(500, "oh"))]
#[case(html(200))]
#[case(Fault::Lost)]
#[case(Fault::LostAnswer)]
fn no_change_is_lost_when_a_patch_fails(#[case] fault: Fault) {
    let mut world = World::new();
    world.group("Finance Team", &["adele"]);
    world.assign("Finance Team");
    world.cycle();
    world.set("adele", "surname", "Wilke");
    world.member("join", "alex", "Finance Team");
    world.wire.fail_at("PATCH", "/Users", fault.clone());
    world.wire.fail_at("PATCH", "/Groups", fault);
    world.run();

    world.cycle();

    assert_eq!(world.target_user("adele")["name"]["familyName"], "Wilke");
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele", "alex"]);
    world.cycle();
    assert_eq!(world.writes(), Vec::<String>::new());
}

#[test]
fn retries_come_later_and_later_and_end() {
    let mut world = World::new();
    world.cycle();
    world.set("adele", "surname", "Wilke");
    let always = |world: &World| {
        world.wire.heal();
        world.wire.fail_at("PATCH", "/Users", refusal(400, "no"));
    };
    let mut tried = 0;
    let began = world.clock.now();
    while world.clock.now().duration_since(began).as_hours() < 40 * 24 {
        always(&world);
        world.run();
        tried += world.writes().len();
        world.later(5);
    }

    assert!(world.job.disabled().is_some());
    // The first, the next cycle, after 6, 12 and 24 hours, and daily until the 28th day.
    assert!((28..=33).contains(&tried), "{tried}");
    assert_eq!(world.job.escrows(), 0);
}

#[test]
fn retry_after_is_waited_for_on_the_clock() {
    let mut world = World::new();
    let busy = |seconds: &str| {
        let retry_after = Some(seconds.to_owned());
        Fault::Answer(Response { status: 429, retry_after, ..Response::default() })
    };
    world.wire.fail_at("POST", "/Users", busy("30"));
    world.wire.fail_at("POST", "/Users", busy("Tue, 03 Mar 2026 12:41:30 GMT"));
    let before = world.clock.now();

    world.cycle();

    let waited = world.clock.now().duration_since(before).as_secs() - 40 * 60;
    assert_eq!(waited, 90);
    assert_eq!(world.count("Users"), 2);
}

#[test]
fn a_longer_retry_after_than_ten_minutes_is_left_to_a_later_cycle() {
    let mut world = World::new();
    let retry_after = Some("86400".to_owned());
    let busy = Fault::Answer(Response { status: 429, retry_after, ..Response::default() });
    world.wire.fail_at("POST", "/Users", busy);

    world.run();

    assert_eq!(world.log("adele").error, Some(ErrorCode::TooManyRequests));
}

#[test]
fn the_rate_is_kept_on_the_clock() {
    let mut world = World::with("[settings]\nrequests-per-second = 10\n", "");
    for nth in 0..20 {
        let name = format!("user{nth}");
        world.hire(&name);
        world.assign(&name);
    }
    let before = world.clock.now();

    world.run();

    let micros = world.clock.now().duration_since(before).as_micros() - 40 * 60 * 1_000_000;
    let requests = i128::try_from(world.wire.sent().len()).unwrap();
    assert!(micros >= (requests - 1) * 100_000, "{requests} requests in {micros} µs");
}

#[test]
fn two_matches_in_the_target_are_duplicates() {
    let mut world = World::new();
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                      "totalResults": 2, "Resources": [{"id": "1"}, {"id": "2"}]});
    let answer = Response { status: 200, body: body.to_string(), ..Response::default() };
    world.wire.fail_at("GET", "adele", Fault::Answer(answer));

    world.run();

    assert_eq!(world.log("adele").error, Some(ErrorCode::DuplicateTargetEntries));
    assert_eq!(world.writes(), ["POST /Users"]);
}

#[test]
fn two_sources_of_one_match_are_duplicates() {
    let toml = r#"
        [users]
        attribute-mappings = [
          { target = "userName", direct = "department", matching-precedence = 1 },
        ]"#;
    let mut world = World::with(toml, "");
    world.set("adele", "department", "Sales");
    world.set("alex", "department", "Sales");

    world.run();

    assert_eq!(world.log("alex").error, Some(ErrorCode::DuplicateSourceEntries));
    assert_eq!(world.count("Users"), 1);
}

#[test]
fn who_has_no_matching_value_fails() {
    let toml = r#"
        [users]
        attribute-mappings = [
          { target = "userName", direct = "department", matching-precedence = 1 },
        ]"#;
    let mut world = World::with(toml, "");

    world.run();

    assert_eq!(world.log("alex").error, Some(ErrorCode::ImportSkipped));
}

#[test]
fn a_user_who_was_deleted_in_the_target_is_made_anew_by_a_restart() {
    let mut world = World::new();
    world.manager("alex", Some("adele"));
    world.cycle();
    let id = world.target_user("adele")["id"].as_str().unwrap().to_owned();
    assert_eq!(world.call("DELETE", &format!("/Users/{id}"), None).status, 204);

    world.set("adele", "surname", "Wilke");
    world.run();
    assert_eq!(world.log("adele").error, Some(ErrorCode::InvalidAnchor));
    assert_eq!(world.count("Users"), 1);

    world.job.restart(Restart::default());
    world.cycle();
    assert_eq!(world.target_user("adele")["name"]["familyName"], "Wilke");
    assert_eq!(world.patches().last().unwrap()[0]["value"], "{adele}");
}

#[test]
fn what_is_gone_already_is_deleted_without_failure() {
    let mut world = World::new();
    world.cycle();
    let id = world.target_user("adele")["id"].as_str().unwrap().to_owned();
    world.call("DELETE", &format!("/Users/{id}"), None);

    world.user("hardDelete", "adele");
    world.cycle();

    assert_eq!(world.writes(), Vec::<String>::new());
    assert_eq!(world.log("adele").status, Status::Skipped);
    assert_eq!(world.job.escrows(), 0);
}

#[test]
fn a_key_that_expires_in_the_middle_ends_the_cycle_and_loses_nothing() {
    let mut world = World::new();
    world.wire.fail(
        |it| it.method == "POST" && it.body.as_ref().is_some_and(|it| it.contains("alex")),
        refusal(401, "the secret key has expired"),
    );

    let report = world.run();
    assert!(matches!(report.ended, CycleOutcome::Quarantined(_)));
    assert_eq!(world.count("Users"), 1);

    world.cycle();
    assert_eq!(world.count("Users"), 2);
    assert!(world.job.quarantine().is_none());
}

#[test]
fn an_object_that_fails_for_four_weeks_ends_the_job_and_is_named_everywhere() {
    let mail = "notification-email = 'it@contoso.com'";
    let mut world = World::with(mail, "");
    world.cycle();
    world.set("adele", "surname", "Wilke");
    world.wire.fail_at("PATCH", "/Users", refusal(400, "no"));
    world.run();
    // A failure of somebody who is gone by now ends nothing.
    world.hire("zoe");
    world.assign("zoe");
    world.wire.fail_at("POST", "/Users", refusal(400, "no"));
    world.wire.fail_at("PATCH", "/Users", refusal(400, "no"));
    world.run();
    assert_eq!(world.job.escrows(), 2);
    world.user("hardDelete", "zoe");
    world.wire.heal();
    world.later(28 * 24);

    let report = world.run();

    assert_eq!(report.ended, CycleOutcome::Disabled);
    assert!(world.wire.sent().is_empty());
    let line = world.job.logs().last().unwrap();
    assert_eq!((&*line.source_name, line.status), ("Adele Berg", Status::Failure));
    assert!(line.reason.contains("the job is switched off"), "{}", line.reason);
    let is_whole = |text: &str| {
        let since = text.split("since ").nth(1).unwrap();
        since.find('Z').unwrap() == "2026-01-01T00:00:00".len()
    };
    assert!(is_whole(&line.reason), "{}", line.reason);
    let why = world.job.disabled().unwrap().to_owned();
    assert!(why.contains("Adele Berg") && !why.contains("Zoe"), "{why}");
    assert_eq!(world.job.status()["disabled"], why.as_str());
    let mails = world.job.take_mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains(&why) && is_whole(&mails[0].text), "{}", mails[0].text);

    world.job.restart(Restart::default());
    world.cycle();
    assert_eq!(world.target_user("adele")["name"]["familyName"], "Wilke");
    assert!(world.job.disabled().is_none());
}

#[rstest]
#[case(501, ErrorCode::NotImplemented)]
#[case(400, ErrorCode::BadRequest)]
#[case(405, ErrorCode::MethodNotAllowed)]
#[case(500, ErrorCode::InternalServerError)]
fn a_refused_reference_is_a_failure_with_what_was_tried(
    #[case] status: u16,
    #[case] code: ErrorCode,
    #[values("PATCH /Users", "PATCH /Groups")] at: &'static str,
) {
    let mut world = World::new();
    world.manager("adele", Some("alex"));
    world.group("Finance Team", &["adele"]);
    world.assign("Finance Team");
    let (method, path) = at.split_once(' ').unwrap();
    world.wire.fail_at(method, path, refusal(status, "not here"));

    let report = world.run();

    assert_eq!(report.execution.unwrap().counts.failed_references, 1);
    let name = if path == "/Users" { "adele" } else { "finance" };
    let line = world.log(name);
    assert_eq!((line.status, line.error), (Status::Failure, Some(code)));
    assert_eq!(line.http_status, Some(status));
    assert_eq!(line.modified.len(), 1);
    assert!(line.modified[0].new.is_some() && line.reason.contains("not here"), "{line:?}");
}

#[rstest]
#[case::creation("POST", &["userName", "active"])]
#[case::change("PATCH", &["name.familyName", "name.formatted"])]
fn a_failure_lists_what_was_tried(#[case] method: &'static str, #[case] tried: &[&str]) {
    let mut world = World::new();
    if method == "PATCH" {
        world.cycle();
        world.set("adele", "surname", "Wilke");
    }
    world.wire.fail_at(method, "/Users", refusal(400, "no"));

    world.run();

    let line = world.log("adele");
    assert_eq!(line.status, Status::Failure);
    let names: Vec<_> = line.modified.iter().map(|it| it.name.as_str()).take(2).collect();
    assert_eq!(names, tried);
    assert!(line.modified.iter().all(|it| it.new.is_some()), "{line:?}");
}
