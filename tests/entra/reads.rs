//! The target is read before anything is compared or written, and answers are taken as they come.

use mediusflow_mock::entra::{Action, ErrorCode, Response, Status};
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{Fault, World};

/// What was sent after the probe, as `METHOD /path`.
fn sent(world: &World) -> Vec<String> {
    let sent = world.wire.sent().into_iter().skip(2);
    sent.map(|it| format!("{} {}", it.method, world.named(&it.path))).collect()
}

fn answer(status: u16, body: &Value) -> Fault {
    let content_type = "application/scim+json".into();
    Fault::Answer(Response { status, content_type, body: body.to_string(), retry_after: None })
}

#[test]
fn a_linked_object_is_read_by_its_id_before_each_write() {
    let mut world = World::new();
    world.group("Finance Team", &["adele"]);
    world.assign("Finance Team");
    world.manager("adele", Some("alex"));
    world.cycle();

    world.set("adele", "surname", "Wilke");
    world.cycle();
    assert_eq!(sent(&world), ["GET /Users/{adele}", "PATCH /Users/{adele}"]);

    world.user("disable", "alex");
    world.cycle();
    assert_eq!(sent(&world), ["GET /Users/{alex}", "PATCH /Users/{alex}"]);

    world.manager("adele", None);
    world.cycle();
    assert_eq!(sent(&world), ["GET /Users/{adele}", "PATCH /Users/{adele}"]);

    world.member("leave", "adele", "Finance Team");
    world.cycle();
    let group = "/Groups/{Finance Team}";
    let expected = [format!("GET {group}?excludedAttributes=members"), format!("PATCH {group}")];
    assert_eq!(sent(&world)[1..], expected); // behind the member, who changed as well

    let id = world.job.target_id(&user_id(&world, "alex")).unwrap().to_owned();
    world.user("hardDelete", "alex");
    world.cycle();
    assert_eq!(sent(&world), [format!("GET /Users/{id}"), format!("DELETE /Users/{id}")]);
}

fn user_id(world: &World, name: &str) -> String {
    world.directory.find(&super::support::upn(name)).unwrap().object_id.to_string()
}

#[test]
fn what_differs_from_the_answer_is_written_and_nothing_else() {
    let mut world = World::new();
    world.cycle();
    let id = world.target_user("adele")["id"].as_str().unwrap().to_owned();
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "name.familyName", "value": "Wilke"}]});
    assert!(world.call("PATCH", &format!("/Users/{id}"), Some(body)).status < 300);

    world.set("adele", "surname", "Wilke");
    world.cycle();

    let paths: Vec<_> = world.patches()[0].as_array().unwrap().clone();
    assert_eq!(paths.len(), 1, "{paths:?}");
    assert_eq!(paths[0]["path"], "name.formatted");
}

#[test]
fn a_linked_object_that_is_gone_fails_before_anything_is_written() {
    let mut world = World::new();
    world.manager("adele", Some("alex"));
    world.cycle();
    let id = world.target_user("adele")["id"].as_str().unwrap().to_owned();
    world.call("DELETE", &format!("/Users/{id}"), None);

    world.set("adele", "surname", "Wilke");
    world.manager("adele", None);
    let report = world.run();

    assert_eq!(world.writes(), Vec::<String>::new());
    assert_eq!(report.execution.unwrap().counts.failed, 1);
    let line = world.log("adele");
    assert_eq!((line.action, line.status), (Action::Update, Status::Failure));
    assert_eq!(line.error, Some(ErrorCode::InvalidAnchor));
    assert_eq!(world.job.escrows(), 1);
}

#[test]
fn another_object_than_was_asked_for_is_not_written_to() {
    let mut world = World::new();
    world.cycle();
    let other = world.target_user("alex");
    world.set("adele", "surname", "Wilke");
    world.wire.fail(|it| it.method == "GET" && !it.url.contains('?'), answer(200, &other));

    world.run();

    assert_eq!(world.writes(), Vec::<String>::new());
    assert_eq!(world.log("adele").error, Some(ErrorCode::ServiceIncompatible));
}

#[test]
fn a_created_resource_may_come_with_status_200() {
    let mut world = World::new();
    world.wire.fail_at("POST", "/Users", answer(200, &json!({"id": "a1"})));

    world.cycle();

    assert_eq!(world.job.target_id(&user_id(&world, "adele")), Some("a1"));
    assert_eq!(world.log("adele").status, Status::Success);
}

#[test]
fn an_id_that_is_a_number_is_taken_as_its_text() {
    let mut world = World::new();
    world.wire.fail_at("POST", "/Users", answer(201, &json!({"id": 4711})));
    world.cycle();
    assert_eq!(world.job.target_id(&user_id(&world, "adele")), Some("4711"));

    world.set("adele", "surname", "Wilke");
    world.wire.fail_at("GET", "/Users/4711", answer(200, &json!({"id": 4711})));
    world.wire.fail_at("PATCH", "/Users/4711", answer(200, &json!({"id": 4711})));
    world.cycle();
    assert_eq!(world.log("adele").status, Status::Success);
}

#[rstest]
#[case(200, json!({"userName": "adele@contoso.com"}))]
#[case(201, json!({"userName": "adele@contoso.com"}))]
#[case(201, json!({"id": ""}))]
#[case(201, json!({"id": null}))]
#[case(201, json!({"id": {"value": "a1"}}))]
#[case(201, json!([{"id": "a1"}]))]
#[case(202, json!({"id": "a1"}))]
#[case(204, json!(null))]
fn a_creation_without_an_id_says_what_was_expected(#[case] status: u16, #[case] body: Value) {
    let mut world = World::new();
    world.wire.fail_at("POST", "/Users", answer(status, &body));

    world.run();

    let line = world.log("adele");
    assert_eq!(line.status, Status::Failure, "{line:?}");
    assert!(line.reason.contains("expected 201 Created with an id"), "{}", line.reason);
    assert!(line.reason.contains(&format!("HTTP {status}")), "{}", line.reason);
    assert_eq!(world.job.target_id(&user_id(&world, "adele")), None);
}

#[rstest]
#[case("PATCH")]
#[case("DELETE")]
fn an_error_with_a_good_status_is_no_success(#[case] method: &'static str) {
    let mut world = World::new();
    world.cycle();
    world.set("adele", "surname", "Wilke");
    world.user("hardDelete", "alex");
    let error = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                       "status": "400", "detail": "not here"});
    world.wire.fail_at(method, "/Users/", answer(200, &error));

    let report = world.run();

    assert_eq!(report.execution.unwrap().counts.failed, 1);
    let name = if method == "PATCH" { "adele" } else { "alex" };
    assert_eq!(world.log(name).status, Status::Failure);
    assert!(world.log(name).reason.contains("not here"), "{}", world.log(name).reason);
}

const LISTED: &str = "
    [[users.target-attributes]]
    name = 'name.familyName'
    exact-case = true";

#[rstest]
#[case::usual("", "DAHL", &[])]
#[case::not_ascii("", "ÅDAHL", &["name.familyName", "name.formatted"])]
#[case::exact(LISTED, "DAHL", &["name.familyName"])]
fn another_case_is_a_change_only_where_case_is_exact(
    #[case] toml: &str,
    #[case] surname: &str,
    #[case] written: &[&str],
) {
    let mut world = World::with(toml, "");
    world.set("adele", "surname", "Dahl");
    world.cycle();

    world.set("adele", "surname", surname);
    world.cycle();

    let patches = world.patches();
    let paths: Vec<&str> = patches
        .iter()
        .flat_map(|it| it.as_array().unwrap())
        .map(|it| it["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, written);
}

#[test]
fn a_target_attribute_may_be_listed_with_its_properties() {
    let toml = "
        [users]
        target-attributes = [
          'note',
          { name = 'tags', multi-valued = true },
          { name = 'onCall', type = 'Boolean', required = true },
        ]
        attribute-mappings = [
          { target = 'userName', direct = 'userPrincipalName', matching-precedence = 1 },
          { target = 'tags', direct = 'department' },
          { target = 'onCall', direct = 'jobTitle' },
        ]";
    let mut world = World::with(toml, "");
    world.set("adele", "department", "Sales");
    world.set("adele", "jobTitle", "true");
    world.wire.fail_at("POST", "/Users", answer(201, &json!({"id": "a1"})));

    world.run();

    let sent = world.wire.sent();
    let post = sent.iter().find(|it| it.method == "POST").unwrap();
    assert_eq!((&post.body["tags"], &post.body["onCall"]), (&json!(["Sales"]), &json!(true)));
    assert_eq!(world.writes(), ["POST /Users"]);
    let line = world.log("alex");
    assert_eq!((line.status, line.error), (Status::Failure, Some(ErrorCode::MissingValues)));
    assert!(line.reason.contains("onCall"), "{}", line.reason);
}

#[rstest]
#[case(r#"roles[primary eq "True"].display"#, "roles", json!({"primary": true, "display": "x"}))]
#[case(r#"roles[primary eq "FALSE"].display"#, "roles", json!({"primary": false, "display": "x"}))]
#[case("roles[primary eq true].display", "roles", json!({"primary": true, "display": "x"}))]
#[case(r#"emails[primary eq "true" and type eq "work"].display"#, "emails",
    json!({"primary": true, "type": "work", "display": "x"}))]
fn a_selector_is_a_value_of_its_attributes_type(
    #[case] target: &str,
    #[case] list: &str,
    #[case] element: Value,
) {
    let toml = format!(
        "[users]\nattribute-mappings = [\n\
         {{ target = 'userName', direct = 'userPrincipalName', matching-precedence = 1 }},\n\
         {{ target = '{target}', constant = 'x' }},\n]"
    );
    let mut world = World::with(&toml, "");
    world.wire.fail_at("POST", "/Users", answer(201, &json!({"id": "a1"})));

    world.run();

    let sent = world.wire.sent();
    let post = sent.iter().find(|it| it.method == "POST").unwrap();
    assert_eq!(post.body[list], json!([element]));
}
