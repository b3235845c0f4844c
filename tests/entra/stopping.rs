//! Cycles that are told to stop.

use std::cell::Cell;

use mediusflow_mock::entra::{CycleOutcome, JobEnvironment};

use crate::support::World;

#[test]
fn a_cycle_stops_between_two_objects_and_the_next_one_goes_on_without_duplicates() {
    let mut world = World::new();
    world.assign("megan");
    let asked = Cell::new(0);
    let is_stopped = || asked.replace(asked.get() + 1) == 1;
    let outside = JobEnvironment {
        is_stopped: &is_stopped,
        ..JobEnvironment::new(&world.wire, &world.clock)
    };

    let report = world.job.cycle(&mut world.directory, outside);

    assert_eq!(report.ended, CycleOutcome::Stopped);
    assert_eq!(report.execution.unwrap().counts.created, 1);
    assert!(world.job.quarantine().is_none());
    world.cycle();
    assert_eq!(world.writes().iter().filter(|it| it.starts_with("POST")).count(), 2);
    world.cycle();
    assert!(world.writes().is_empty());
}
