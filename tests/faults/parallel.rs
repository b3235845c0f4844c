//! The same seed gives the same faults, whatever the order in which requests arrive.

use std::{collections::BTreeSet, thread};

use serde_json::json;

use crate::{
    add,
    support::{Client, small, user},
};

const THREADS: usize = 8;
const USERS: usize = 160;

/// Creates users from many threads; returns those who were refused.
fn refused(seed: u64, is_reversed: bool) -> BTreeSet<String> {
    let server = small().seed(seed).workers(2).start().unwrap();
    add(
        &server,
        json!({
            "id": "flaky", "match": {"operation": "user.create"},
            "when": {"probability": 0.3}, "action": {"status": 503},
        }),
    );
    let create = |index: usize| {
        let name = format!("user{index}@nordlys.example");
        let answer = Client::scim(&server).post("/Users", &user(&name, json!({})));
        (answer.status == 503).then_some(name)
    };
    let create = &create;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let mut own: Vec<_> = (0..USERS).filter(|it| it % THREADS == thread).collect();
                if is_reversed {
                    own.reverse();
                }
                scope.spawn(move || own.into_iter().filter_map(create).collect::<Vec<_>>())
            })
            .collect();
        threads.into_iter().flat_map(|it| it.join().unwrap()).collect()
    })
}

#[test]
fn parallel_runs_with_one_seed_fault_the_same_subjects() {
    let first = refused(7, false);

    assert_eq!(first, refused(7, true));
    assert_ne!(first, refused(8, false));
    assert!((20..=80).contains(&first.len()), "{} of {USERS}", first.len());
}
