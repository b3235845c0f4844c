//! Waits and assertions with time.

use std::thread;

use serde_json::json;

use crate::{ANNA, World};

#[test]
fn a_wait_for_what_is_so_ends_at_once() {
    let world = World::new();
    world.provision(ANNA, json!({}));

    let came = world.control.get(&format!("/sign-in/wait?user={ANNA}&result=works"));

    assert_eq!((came.status, came.at("/result")), (200, "works"), "{came:?}");
}

#[test]
fn a_wait_ends_when_the_user_is_disabled() {
    let world = World::new();
    let id = world.provision(ANNA, json!({}));
    let wait = format!("/sign-in/wait?user={ANNA}&result=disabled&timeout=20s");

    let came = thread::scope(|scope| {
        let waits = scope.spawn(|| world.control.get(&wait));
        world.set(&id, "active", false);
        waits.join().unwrap()
    });

    assert_eq!((came.status, came.at("/reason/code")), (200, "disabled"), "{came:?}");
}

#[test]
fn a_wait_in_vain_says_what_is_so() {
    let world = World::new();
    world.provision(ANNA, json!({}));

    let wait = |user: &str| {
        world.control.get(&format!("/sign-in/wait?user={user}&result=disabled&timeout=0ms"))
    };

    wait(ANNA).is_problem(408, "wait-timeout", &["expected disabled, found works"]);
    let nobody = wait("ana@contoso.com");
    nobody.is_problem(408, "wait-timeout", &["found notProvisioned"]);
    assert_eq!(nobody.at("/hint"), "did you mean \"anna@contoso.com\"?");
}

#[test]
fn a_verification_waits_for_the_turns_that_are_missing() {
    let world = World::new();
    let id = world.provision(ANNA, json!({}));
    let expected = ["notProvisioned", "works", "disabled", "works"];
    let expected = json!({"user": ANNA, "sequence": expected, "within": "20s"});

    let met = thread::scope(|scope| {
        let asked = scope.spawn(|| world.verify(&expected));
        world.set(&id, "active", false);
        world.set(&id, "active", true);
        asked.join().unwrap()
    });

    assert_eq!(met.status, 200, "{met:?}");
    assert_eq!(met.json["sequence"], expected["sequence"]);
}

#[test]
fn a_verification_ends_at_once_when_nothing_can_mend_it() {
    let world = World::new();
    world.provision(ANNA, json!({}));

    let failed =
        world.verify(&json!({"user": ANNA, "sequence": ["works", "disabled"], "within": "10m"}));

    failed.is_problem(422, "verification-failed", &["found notProvisioned, works"]);
}

#[test]
fn a_deleted_tenant_ends_the_waits() {
    let world = World::new();
    let wait = format!("/sign-in/wait?user={ANNA}&result=works&timeout=20s");

    let ended = thread::scope(|scope| {
        let waits = scope.spawn(|| world.control.get(&wait));
        loop {
            let tenant = world.control.get("").json;
            if tenant["waiters"] == 1 {
                break;
            }
            thread::yield_now();
        }
        world.control.delete("");
        waits.join().unwrap()
    });

    ended.is_problem(404, "unknown-tenant", &["NordlysQA"]);
}
