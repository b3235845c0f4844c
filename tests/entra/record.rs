use mediusflow_mock::entra::{JobEnvironment, Progress, csv_logs};
use std::cell::RefCell;

use super::support::{World, refusal, tally};

#[test]
fn a_log_line_has_every_field_of_graph() {
    let mut world = World::new();
    world.cycle();

    let shown = world.job.log_to_graph(world.log("adele"));

    for field in [
        "id",
        "activityDateTime",
        "tenantId",
        "jobId",
        "cycleId",
        "changeId",
        "provisioningAction",
        "durationInMilliseconds",
        "provisioningStatusInfo",
        "provisioningSteps",
        "modifiedProperties",
        "servicePrincipal",
        "sourceSystem",
        "targetSystem",
        "initiatedBy",
        "sourceIdentity",
        "targetIdentity",
    ] {
        assert!(!shown[field].is_null(), "{field} is missing in {shown}");
    }
    assert_eq!(shown["provisioningAction"], "create");
    assert_eq!(shown["provisioningStatusInfo"]["status"], "success");
    let steps: Vec<_> = shown["provisioningSteps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["provisioningStepType"].clone())
        .collect();
    assert_eq!(steps, ["import", "scoping", "matching", "export"]);
}

#[test]
fn a_failure_has_its_error_information() {
    let mut world = World::new();
    world.wire.fail_at("POST", "/Users", refusal(409, "userName is taken"));
    world.run();

    let shown = world.job.log_to_graph(world.log("adele"));

    let error = &shown["provisioningStatusInfo"]["errorInformation"];
    assert_eq!(error["errorCode"], "EntryConflict");
    assert!(error["reason"].as_str().unwrap().contains("userName is taken"));
    assert_eq!(error["errorCategory"], "failure");
}

#[test]
fn the_three_files_are_joined_by_the_change_id() {
    let mut world = World::new();
    world.set("adele", "department", "=1+1, \"x\"");
    world.cycle();

    let csv = csv_logs(world.job.logs(), "MediusFlow");

    let id = world.log("adele").change_id.as_str();
    for file in [&csv.logs, &csv.steps, &csv.modified] {
        assert!(file.contains(id));
        assert!(file.ends_with("\r\n"));
    }
    assert!(csv.modified.contains("\"'=1+1, \"\"x\"\"\""), "{}", csv.modified);
    assert_eq!(csv.logs.lines().count(), 3);
}

#[test]
fn the_same_runs_leave_the_same_logs() {
    let run = || {
        let mut world = World::new();
        world.cycle();
        world.set("adele", "surname", "Wilke");
        world.cycle();
        serde_json::to_value(world.job.logs()).unwrap()
    };

    assert_eq!(run(), run());
}

#[test]
fn logs_are_kept_for_thirty_days() {
    let mut world = World::new();
    world.cycle();
    assert_eq!(tally(world.job.logs()), [("Create success".to_owned(), 2)].into());

    world.later(31 * 24);
    world.cycle();

    assert!(world.job.logs().is_empty());
}

#[test]
fn progress_goes_to_a_hundred_percent() {
    let mut world = World::new();
    for nth in 0..200 {
        let name = format!("user{nth}");
        world.hire(&name);
        world.assign(&name);
    }
    let told: RefCell<Vec<Progress>> = RefCell::default();
    let note = |it: &Progress| told.borrow_mut().push(*it);
    let outside =
        JobEnvironment { progress: &note, ..JobEnvironment::new(&world.wire, &world.clock) };

    world.job.cycle(&mut world.directory, outside);

    let told = told.into_inner();
    let percents: Vec<_> = told.iter().map(Progress::percent).collect();
    assert!(percents.is_sorted() && percents[0] < 50, "{percents:?}");
    assert_eq!(percents.last(), Some(&100));
    assert_eq!(told.last().unwrap().users, 202);
}

#[test]
fn the_status_is_graphs() {
    let mut world = World::new();
    assert_eq!(world.job.status()["status"]["code"], "NotRun");
    world.wire.fail_at("POST", "/Users", refusal(500, "oh"));
    world.run();

    let status = world.job.status();
    let last = &status["status"]["lastExecution"];
    assert_eq!(status["schedule"]["interval"], "PT40M");
    assert_eq!(last["state"], "EntryLevelErrors");
    assert_eq!(
        (last["countExported"].clone(), last["countEscrowed"].clone()),
        (1.into(), 1.into())
    );

    world.cycle();
    let status = world.job.status();
    assert_eq!(status["status"]["lastSuccessfulExecution"]["state"], "Succeeded");
    assert_eq!(status["status"]["synchronizedEntryCountByType"][0]["value"], 2);
}
