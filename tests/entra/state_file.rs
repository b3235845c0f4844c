use mediusflow_mock::entra::{
    ErrorCode, JobEnvironment, Response, SimulatedClock, Simulation, Status,
};
use rstest::rstest;
use serde_json::json;

use super::support::{Fault, NOW, World, configuration, refusal};

#[test]
fn a_job_goes_on_where_its_state_file_ends() {
    let mut world = World::new();
    world.group("Finance Team", &["adele"]);
    world.assign("Finance Team");
    world.wire.fail_at("POST", "/Users", refusal(500, "oh"));
    world.run();
    let text = Simulation { directory: world.directory.clone(), job: world.job.clone() }.to_json();

    let read = configuration(&world.server, "", "");
    let mut simulation = Simulation::from_json(read, "state.json", &text).unwrap();
    assert_eq!(simulation.job, world.job);
    assert_eq!(simulation.to_json(), text);
    let clock = SimulatedClock::at(NOW + jiff::SignedDuration::from_hours(2));
    simulation.job.cycle(&mut simulation.directory, JobEnvironment::new(&world.wire, &clock));

    assert_eq!(world.count("Users"), 2);
    assert_eq!(world.target_members("Finance Team").unwrap(), ["adele"]);
}

#[test]
fn a_state_file_holds_no_secret() {
    let mut world = World::new();
    world.cycle();
    let key = world.server.secret_key().unwrap();

    let text = Simulation { directory: world.directory, job: world.job }.to_json();

    assert!(!text.contains(&key));
}

#[rstest]
#[case("{\n  \"format\": 7", "state.json:2:13: invalid type: integer `7`, expected a string")]
#[case("", "state.json:1:1: EOF while parsing a value")]
#[case("{\"form\":1}", "state.json:1:7: unknown field `form`, expected one of")]
fn a_broken_state_file_is_told_by_its_place(#[case] text: &str, #[case] message: &str) {
    let world = World::new();
    let read = configuration(&world.server, "", "");

    let error = Simulation::from_json(read, "state.json", text).unwrap_err().to_string();

    assert!(error.starts_with(message), "{error}");
}

#[test]
fn a_state_file_of_another_format_is_refused() {
    let world = World::new();
    let read = configuration(&world.server, "", "");
    let text = Simulation { directory: world.directory, job: world.job }.to_json();
    let text = text.replace("mediusflow-mock/entra/1", "other/2");

    let error = Simulation::from_json(read, "state.json", &text).unwrap_err().to_string();

    assert_eq!(error, "state.json:1:1: format: expected mediusflow-mock/entra/1, found other/2");
}

#[test]
fn a_target_that_gives_one_id_twice_fails_the_second_object_and_leaves_a_state_that_is_read_again()
{
    let mut world = World::new();
    let taken = || {
        let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "a1" });
        Fault::Answer(Response { status: 201, body: body.to_string(), ..Response::default() })
    };
    world.wire.fail_at("POST", "/Users", taken());
    world.wire.fail_at("POST", "/Users", taken());

    let counts = world.run().execution.unwrap().counts;

    assert_eq!((counts.created, counts.failed), (1, 1));
    let line = world.log("alex");
    assert_eq!((line.status, line.error), (Status::Failure, Some(ErrorCode::ServiceIncompatible)));
    let reason = "the target answered the id a1, which is Adele Berg's.";
    assert!(line.reason.starts_with(reason), "{}", line.reason);
    let read = configuration(&world.server, "", "");
    let text = Simulation { directory: world.directory, job: world.job.clone() }.to_json();
    let simulation = Simulation::from_json(read, "state.json", &text).unwrap();
    assert_eq!(simulation.job, world.job);
}
