use mediusflow_mock::entra::{
    CycleOutcome, ErrorCode, Job, MissingCredentials, QuarantineReason, Response, SecretToken,
};
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{Fault, World, configuration, html, refusal};

#[test]
fn test_connection_asks_for_a_user_and_a_group_that_do_not_exist() {
    let mut world = World::new();

    assert_eq!(world.test_connection(), Ok(()));

    let sent = world.wire.sent();
    assert_eq!(sent.len(), 2);
    assert!(sent[0].path.starts_with("/Users?filter=userName+eq+%22"), "{}", sent[0].path);
    let group = "/Groups?excludedAttributes=members&filter=displayName+eq+%22";
    assert!(sent[1].path.starts_with(group), "{}", sent[1].path);
}

#[test]
fn requests_have_the_headers_of_the_service_and_no_user_agent() {
    let mut world = World::new();

    world.cycle();

    let post = world.wire.sent().into_iter().find(|it| it.method == "POST").unwrap();
    let names: Vec<_> = post.headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["Authorization", "ADSCIMVersion", "ActivityId", "Content-Type"]);
    let exchanges = world.server.requests();
    let exchange = exchanges.iter().find(|it| it.method.as_str() == "POST").unwrap();
    let shown = format!("{exchange:?}").to_lowercase();
    assert!(!shown.contains("user-agent"), "{shown}");
    assert!(shown.contains("adscimversion"), "{shown}");
}

#[test]
fn a_wrong_token_is_a_validation_failure_and_quarantines() {
    let mut world = World::new();
    let mut wrong = configuration(&world.server, "", "");
    wrong.secret_token = Some(SecretToken::new("wrong").unwrap());
    world.job.configure(wrong).unwrap();

    assert_eq!(world.test_connection(), Err(ErrorCode::CredentialValidationFailure));
    let report = world.run();

    let reason = QuarantineReason::EncounteredQuarantineException;
    assert_eq!(report.ended, CycleOutcome::Quarantined(reason));
    assert_eq!(world.count("Users"), 0);
    let quarantine = world.job.quarantine().unwrap();
    assert_eq!(quarantine.code, Some(ErrorCode::CredentialValidationFailure));
}

#[test]
fn a_tenant_url_that_is_not_found_is_told_as_the_service_tells_it() {
    let mut world = World::new();
    let mut wrong = configuration(&world.server, "", "");
    wrong.tenant_url = Some(format!("{}/nowhere", world.server.url()).parse().unwrap());
    world.job.configure(wrong).unwrap();

    world.run();

    let quarantine = world.job.quarantine().unwrap();
    assert_eq!(quarantine.code, Some(ErrorCode::ServiceIncompatible));
    assert!(quarantine.message.starts_with("An HTTP/404 Not Found response was returned"));
}

#[rstest]
#[case(html(200), ErrorCode::ServiceIncompatible)]
#[case(refusal(403, "no"), ErrorCode::CredentialValidationFailure)]
#[case(refusal(500, "oh"), ErrorCode::CredentialValidationUnavailable)]
#[case(Fault::Lost, ErrorCode::CredentialValidationUnavailable)]
#[case(Fault::Timeout, ErrorCode::CredentialValidationUnavailable)]
fn each_failure_of_the_probe_has_its_code(#[case] fault: Fault, #[case] code: ErrorCode) {
    let mut world = World::new();
    world.wire.fail_at("GET", "/Users", fault);

    assert_eq!(world.test_connection(), Err(code));
}

/// A target that finds this resource whatever it is asked for.
fn always(resource: Value) -> Fault {
    let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                       "totalResults": 1, "itemsPerPage": 1, "startIndex": 1,
                       "Resources": [resource] });
    Fault::Answer(Response { status: 200, body: body.to_string(), ..Response::default() })
}

#[rstest]
#[case("/Users", json!({ "id": "1", "userName": "root@elsewhere" }))]
#[case("/Groups", json!({ "id": "1", "displayName": "Administrators" }))]
fn a_target_that_finds_somebody_by_a_random_guid_does_not_pass(
    #[case] path: &'static str,
    #[case] found: Value,
) {
    let mut world = World::new();
    world.wire.fail_at("GET", path, always(found));

    assert_eq!(world.test_connection(), Err(ErrorCode::ServiceIncompatibleFiltering));
}

#[test]
fn an_account_that_was_not_asked_for_is_not_taken_over() {
    let mut world = World::new();
    let stranger = json!({ "id": "1", "userName": "root@elsewhere" });
    world.wire.fail(|it| it.url.contains("adele"), always(stranger));

    world.run();

    assert_eq!(world.writes(), ["POST /Users"]);
    let line = world.log("adele");
    assert_eq!(line.error, Some(ErrorCode::ServiceIncompatibleFiltering));
    assert!(line.reason.contains("root@elsewhere"), "{}", line.reason);
}

#[test]
fn two_matches_of_which_a_page_shows_one_are_duplicates() {
    let mut world = World::new();
    let page = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                       "totalResults": 2, "itemsPerPage": 1, "startIndex": 1,
                       "Resources": [{ "id": "1", "userName": "adele@contoso.com" }] });
    let page = Response { status: 200, body: page.to_string(), ..Response::default() };
    world.wire.fail(|it| it.url.contains("adele"), Fault::Answer(page));

    world.run();

    assert_eq!(world.log("adele").error, Some(ErrorCode::DuplicateTargetEntries));
    assert_eq!(world.writes(), ["POST /Users"]);
}

#[test]
fn without_tenant_url_or_token_there_is_no_job() {
    let world = World::new();
    let whole = configuration(&world.server, "", "");
    let without = |token: bool| {
        let mut it = whole.clone();
        if token {
            it.secret_token = None;
        } else {
            it.tenant_url = None;
        }
        Job::new(it, "contoso", 1).unwrap_err()
    };

    assert_eq!(without(true), MissingCredentials::SecretToken);
    assert_eq!(without(false), MissingCredentials::TenantUrl);
    assert!(SecretToken::new("").is_err());
    assert!(world.wire.sent().is_empty());
}
