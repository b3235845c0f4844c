//! What ends a job while it works: nothing hangs, and nothing is left behind.

use mediusflow_mock::internals::TenantInternals as _;
use std::{thread, time::Duration};

use mediusflow_mock::internals::tenant::JOB_EPOCH;
use serde_json::json;

use crate::{World, support::Client};

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

        // Stopped while it waited, overtaken on its way to the job, or later than the reset.
        let refused = waiting.join().unwrap();
        let code = refused.json["code"].as_str().unwrap_or_default();
        let expected = ["job-stopped", "tenant-reset", "no-job"];
        assert!(expected.contains(&code), "{refused:?}");
    });
    assert_eq!(world.get("/entra").json["code"], "no-job");
    assert!(world.server.users().is_empty());
}

#[test]
fn a_request_of_a_job_that_a_reset_ended_on_its_way_does_nothing() {
    let world = World::with_job(3, 0);
    let send = |name: &str| {
        let epoch = world.server.tenant().epoch();
        let body =
            json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name});
        move |world: &World| {
            let scim = Client::scim(&world.server);
            scim.call("POST", "/Users").header(JOB_EPOCH, &epoch.to_string()).json(&body).send()
        }
    };
    let (in_time, late) = (send("ada@x.example"), send("bo@x.example"));
    assert_eq!(in_time(&world).status, 201);
    let recorded = world.server.requests();
    assert!(recorded[0].request.headers.iter().all(|(name, _)| name != JOB_EPOCH));

    world.server.reset();
    assert_eq!(world.put("/entra", &json!({})).status, 200);

    let refused = late(&world);
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(world.server.users().is_empty());
    assert!(world.server.requests().is_empty());
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
