//! What ends a job while it works: nothing hangs, and nothing is left behind.

use std::{thread, time::Duration};

use serde_json::json;

use crate::World;

/// A world whose job is in the middle of a cycle: its first write is kept back.
fn at_work() -> World {
    let world = World::with_job(30, 2);
    let rule = json!({"match": {"operation": "user.create"}, "action": {"delay": "60s"}});
    let added = world.post("/faults", &rule);
    assert_eq!(added.status, 201, "{added:?}");
    assert_eq!(world.post("/entra/cycle", &json!({})).status, 202);
    let begun = world.get("/requests/wait?q=method:POST&state=received&timeout=30s");
    assert_eq!(begun.status, 200, "{begun:?}");
    world
}

#[test]
fn a_reset_ends_the_cycle_and_forgets_the_job() {
    let world = at_work();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| world.post("/entra/cycle?wait=true", &json!({})));
        assert_eq!(world.post("/reset", &json!({})).status, 200);

        // Refused as stopped, or as unknown if it came later than the reset.
        let refused = waiting.join().unwrap();
        assert!([404, 409].contains(&refused.status), "{refused:?}");
    });
    assert_eq!(world.get("/entra").json["code"], "no-job");
    assert!(world.server.users().is_empty());
}

#[test]
fn a_reset_in_process_ends_the_job_too() {
    let world = World::with_job(3, 0);

    world.server.reset();

    assert_eq!(world.get("/entra").json["code"], "no-job");
}

#[test]
fn a_tenant_can_be_deleted_while_its_job_works() {
    let world = at_work();

    assert_eq!(world.control.delete("").status, 204);

    assert_eq!(world.get("/entra").json["code"], "unknown-tenant");
}

#[test]
fn a_job_can_be_deleted_while_it_works() {
    let world = at_work();

    assert_eq!(world.control.delete("/entra").status, 204);

    assert_eq!(world.control.delete("/entra").json["code"], "no-job");
    let again = world.put("/entra", &json!({}));
    assert_eq!((again.status, &again.json["cycles"]), (200, &json!([])));
}

#[test]
fn the_server_stops_without_waiting_for_a_job() {
    let world = at_work();

    // The answer that is kept back is woken, and nothing else is sent: this returns.
    world.server.stop(Duration::from_mins(1));
}
