use mediusflow_mock::entra::{
    OnDemandOutcome, OnDemandRefusal, OnDemandReport, Outside, Status, Subject,
};
use serde_json::json;

use super::support::{World, refusal, upn};

fn provision(world: &mut World, subject: Subject<'_>) -> Result<OnDemandReport, OnDemandRefusal> {
    let outside = Outside::new(&world.wire, &world.clock);
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
