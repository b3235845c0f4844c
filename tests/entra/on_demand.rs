use mediusflow_mock::entra::{
    ErrorCode, JobEnvironment, OnDemandOutcome, OnDemandRefusal, OnDemandReport, Response, Status,
    Subject,
};
use serde_json::json;

use super::support::{Fault, World, refusal, upn};

fn provision(world: &mut World, subject: Subject<'_>) -> Result<OnDemandReport, OnDemandRefusal> {
    let outside = JobEnvironment::new(&world.wire, &world.clock);
    world.job.provision_on_demand(&world.directory, subject, outside)
}

fn user(world: &mut World, name: &str) -> Result<OnDemandReport, OnDemandRefusal> {
    provision(world, Subject::User(&upn(name)))
}

#[test]
fn four_steps_are_shown() {
    let mut world = World::new();

    let report = user(&mut world, "adele").unwrap();

    assert_eq!(report.result, OnDemandOutcome::Success);
    let names: Vec<_> = report.steps.iter().map(|it| it.name).collect();
    assert_eq!(
        names,
        [
            "Import user",
            "Determine if user is in scope",
            "Match user between source and target",
            "Perform action"
        ]
    );
    assert!(report.steps.iter().all(|it| it.status == Status::Success));
    assert_eq!(report.steps[3].details["action"], "Create");
    assert_eq!(world.count("Users"), 1);
}

#[test]
fn the_second_time_nothing_differs() {
    let mut world = World::new();
    user(&mut world, "adele").unwrap();

    let report = user(&mut world, "adele").unwrap();

    assert_eq!(report.result, OnDemandOutcome::Skipped);
    assert_eq!(report.steps[3].details["errorCode"], "RedundantExport");
}

#[test]
fn who_is_not_assigned_is_skipped_with_the_reason() {
    let mut world = World::new();

    let report = user(&mut world, "megan").unwrap();

    assert_eq!(report.result, OnDemandOutcome::Skipped);
    assert_eq!(report.steps[1].details["Assigned to application"], false);
    assert_eq!(report.steps[3].details["errorCode"], "NotEffectivelyEntitled");
    assert_eq!(world.count("Users"), 0);
}

#[test]
fn a_failed_connection_is_the_only_step() {
    let mut world = World::new();
    world.wire.fail_at("GET", "/Users", refusal(401, "expired"));

    let report = user(&mut world, "adele").unwrap();

    assert_eq!(report.result, OnDemandOutcome::Failure);
    assert_eq!(report.steps.len(), 1);
    assert_eq!(report.steps[0].name, "Test connection");
}

#[test]
fn the_flag_of_the_tenant_url_is_not_honoured() {
    let mut world = World::with("", "?aadOptscim062020");
    world.cycle();
    world.set("adele", "surname", "Wilke");

    user(&mut world, "adele").unwrap();

    assert_eq!(world.patches()[0][0]["op"], "Replace");
}

#[test]
fn an_unassigned_user_is_disabled_but_a_disabled_or_deleted_one_is_refused() {
    let mut world = World::new();
    world.cycle();
    world.user("unassign", "adele");
    user(&mut world, "adele").unwrap();
    assert_eq!(world.target_user("adele")["active"], false);

    world.user("disable", "alex");
    assert!(user(&mut world, "alex").is_err());
    world.user("softDelete", "alex");
    assert!(user(&mut world, "alex").is_err());
    assert!(user(&mut world, "nobody").unwrap_err().to_string().contains("no user or group"));
}

#[test]
fn a_group_comes_with_five_members_at_most() {
    let mut world = World::new();
    world.group("Finance Team", &["adele", "megan"]);
    world.assign("Finance Team");
    let (adele, megan) = (upn("adele"), upn("megan"));
    let six = [adele.as_str(); 6];

    let too_many = provision(&mut world, Subject::Group("Finance Team", &six));
    assert_eq!(too_many, Err(OnDemandRefusal::TooManyMembers(6)));
    assert!(provision(&mut world, Subject::Group("Finance Team", &[&upn("alex")])).is_err());
    let report = provision(&mut world, Subject::Group("Finance Team", &[&adele, &megan])).unwrap();

    let names: Vec<_> = report.steps.iter().map(|it| it.name).collect();
    assert_eq!(names[..2], ["Import group", "Determine if group is in scope"]);
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele", "megan"]);
}

#[test]
fn a_nested_group_is_refused() {
    let mut world = World::new();
    world.group("Inner Team", &[]);
    world.group("Outer Team", &[]);
    world.change(json!({"change": "join", "object": "Inner Team", "group": "Outer Team"}));

    assert!(provision(&mut world, Subject::Group("Outer Team", &["Inner Team"])).is_err());
}

fn finance(world: &mut World, named: &[&str]) -> OnDemandReport {
    let names: Vec<String> = named.iter().map(|it| upn(it)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    provision(world, Subject::Group("Finance Team", &names)).unwrap()
}

fn with_finance(members: &[&str]) -> World {
    let mut world = World::new();
    world.group("Finance Team", members);
    world.assign("Finance Team");
    world
}

#[test]
fn a_refused_membership_is_a_failure_of_each_member_that_was_named() {
    let mut world = with_finance(&["adele", "alex"]);
    world.wire.fail_at("PATCH", "/Groups", refusal(400, "members cannot be changed here"));

    let report = finance(&mut world, &["adele", "alex"]);

    assert_eq!(report.result, OnDemandOutcome::Failure);
    assert_eq!(report.steps[3].status, Status::Failure);
    assert_eq!(report.members.len(), 2);
    for member in &report.members {
        assert_eq!((member.status, member.http_status), (Status::Failure, Some(400)));
        assert_eq!(member.error, Some(ErrorCode::BadRequest));
        assert!(member.reason.contains("members cannot be changed here"), "{member:?}");
    }
    let tried: Vec<_> = world.log("finance").modified.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(tried, ["members", "members"]);
}

#[test]
fn only_the_members_that_are_named_are_added_and_nobody_leaves() {
    let mut world = with_finance(&["adele", "megan"]);
    world.cycle();
    world.member("leave", "megan", "Finance Team");
    world.member("join", "alex", "Finance Team");
    world.hire("zoe");
    world.member("join", "zoe", "Finance Team");

    let report = finance(&mut world, &["alex"]);

    assert_eq!(report.result, OnDemandOutcome::Success);
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele", "alex", "megan"]);
    let none = finance(&mut world, &[]);
    assert_eq!(none.result, OnDemandOutcome::Skipped);
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele", "alex", "megan"]);
    world.cycle();
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele", "alex", "zoe"]);
}

#[test]
fn a_member_that_is_there_already_is_asked_for_and_skipped() {
    let mut world = with_finance(&["adele", "alex"]);
    world.cycle();

    let report = finance(&mut world, &["adele"]);

    assert_eq!(report.result, OnDemandOutcome::Skipped);
    assert_eq!(report.members[0].error, Some(ErrorCode::RedundantExport));
    let last = world.wire.sent().pop().unwrap();
    assert!(world.named(&last.path).contains("members+eq+%22{adele}%22"), "{last:?}");

    // Somebody took her out in the target: the answer counts, not what was sent once.
    let id = last.path.split("%22").nth(1).unwrap().to_owned();
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                      "Operations": [{"op": "remove", "path": "members"}]});
    assert!(world.call("PATCH", &format!("/Groups/{id}"), Some(body)).status < 300);
    assert_eq!(finance(&mut world, &["adele"]).result, OnDemandOutcome::Success);
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele"]);
}

#[test]
fn a_member_who_cannot_be_provisioned_fails_with_its_own_reason() {
    let mut world = with_finance(&["adele", "alex"]);
    world.wire.fail_at("POST", "/Users", refusal(409, "userName is taken"));

    let report = finance(&mut world, &["adele", "alex"]);

    assert_eq!(report.result, OnDemandOutcome::Failure);
    let (adele, alex) = (&report.members[0], &report.members[1]);
    assert_eq!((adele.status, adele.http_status), (Status::Failure, Some(409)));
    assert!(adele.reason.contains("userName is taken"), "{adele:?}");
    assert_eq!(alex.status, Status::Success);
    assert_eq!(world.target_members("Finance Team").unwrap(), ["alex"]);
}

#[test]
fn a_group_that_is_gone_fails_before_its_members_are_added() {
    let mut world = with_finance(&["adele"]);
    world.cycle();
    world.wire.fail_at("GET", "/Groups/", refusal(404, "no such group"));
    world.member("join", "alex", "Finance Team");

    let report = finance(&mut world, &["alex"]);

    assert_eq!(report.result, OnDemandOutcome::Failure);
    assert_eq!(report.steps[2].status, Status::Failure);
    assert_eq!(report.steps[2].details["errorCode"], "InvalidAnchor");
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele"]);
}

#[test]
fn members_are_not_written_without_update() {
    let mut world = World::with("[groups]\ntarget-object-actions = ['Create']", "");
    world.group("Finance Team", &["adele"]);
    world.assign("Finance Team");

    let report = finance(&mut world, &["adele"]);

    assert!(report.members[0].reason.contains("Update is not among"), "{report:?}");
    assert_eq!(world.target_members("Finance Team").unwrap(), [""; 0]);
}

#[test]
fn several_matches_fail_in_the_step_of_the_match_with_all_of_them() {
    let mut world = World::new();
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                      "totalResults": 3, "Resources": [
                          {"id": "1", "userName": "adele@contoso.com"},
                          {"id": 2, "userName": "ADELE@contoso.com"}]});
    let answer = Response { status: 200, body: body.to_string(), ..Response::default() };
    world.wire.fail_at("GET", "adele", Fault::Answer(answer));

    let report = user(&mut world, "adele").unwrap();

    assert_eq!(report.result, OnDemandOutcome::Failure);
    let states: Vec<_> = report.steps.iter().map(|it| it.status).collect();
    assert_eq!(states, [Status::Success, Status::Success, Status::Failure, Status::Skipped]);
    let details = &report.steps[2].details;
    assert_eq!(details["errorCode"], "DuplicateTargetEntries");
    let ids: Vec<_> =
        details["candidates"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
    assert_eq!(ids, ["1", "2"]);
    let reason = &world.log("adele").reason;
    assert!(reason.contains("1, 2, 1 that the answer does not hold"), "{reason}");
}

#[test]
fn who_has_no_matching_value_fails_in_the_step_of_the_import() {
    let toml = "
        [users]
        attribute-mappings = [
          { target = 'userName', direct = 'department', matching-precedence = 1 },
        ]";
    let mut world = World::with(toml, "");

    let report = user(&mut world, "adele").unwrap();

    let states: Vec<_> = report.steps.iter().map(|it| it.status).collect();
    assert_eq!(states, [Status::Failure, Status::Skipped, Status::Skipped, Status::Skipped]);
    assert_eq!(report.steps[0].details["errorCode"], "ImportSkipped");
}
