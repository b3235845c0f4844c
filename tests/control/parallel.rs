//! Many clients at once: what follows from a seed does not depend on who was first.

use mediusflow_mock::internals::ServerInternals as _;
use std::{
    collections::BTreeMap,
    sync::{Arc, Barrier},
    thread,
};

use mediusflow_mock::MockServer;
use serde_json::json;

use crate::{
    Control, DEFAULT, empty, scim,
    support::{Client, server, small, user},
};

const THREADS: usize = 16;
const EACH: usize = 8;

/// Makes the same users from many threads, each in another order; answers their ids by name.
fn make_users(server: &MockServer, shift: usize) -> BTreeMap<String, String> {
    let start = Arc::new(Barrier::new(THREADS));
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (start, client) = (start.clone(), Client::scim(server));
            thread::spawn(move || {
                start.wait();
                let names = (0..EACH).map(|n| {
                    let n = (n * (2 * shift + 1) + thread + shift) % EACH;
                    format!("user{}@contoso.com", (thread + shift) % THREADS * EACH + n)
                });
                let made = names.map(|name| {
                    let answer = client.post("/Users", &user(&name, empty()));
                    assert_eq!(answer.status, 201, "{answer:?}");
                    (name, answer.at("/id").to_owned())
                });
                made.collect::<Vec<_>>()
            })
        })
        .collect();
    threads.into_iter().flat_map(|it| it.join().unwrap()).collect()
}

#[test]
fn ids_and_keys_are_the_same_under_parallel_load_in_any_order() {
    let [one, other] = [0, 3].map(|shift| {
        let server = small().seed(5).workers(2).start().unwrap();
        let ids = make_users(&server, shift);
        let digest = Control::of(&server).get(&format!("{DEFAULT}/state/digest"));
        (ids, server.secret_key(), digest.at("/sha256").to_owned())
    });

    assert_eq!(one.0.len(), THREADS * EACH);
    assert_eq!(one, other);
}

#[test]
fn each_test_in_its_own_tenant_sees_only_its_own_data() {
    let server = server();

    thread::scope(|scope| {
        for number in 0..THREADS {
            let server = &server;
            scope.spawn(move || {
                let control = Control::of(server);
                let name = format!("Test{number}");
                let made = control.tenant(&json!({"name": name, "users": number}));
                let client = scim(server, &made);
                for round in 0..3 {
                    client.post("/Users", &user("anna@contoso.com", empty()));
                    assert_eq!(client.all("/Users").len(), number + 1);
                    let list = control.get(&format!("/tenants/{name}/requests"));
                    assert_eq!(list.json["items"].as_array().unwrap().len(), 2, "round {round}");
                    control.post(&format!("/tenants/{name}/reset"), &empty());
                    assert_eq!(control.get(&format!("/tenants/{name}")).json["users"], number);
                }
                assert_eq!(control.delete(&format!("/tenants/{name}")).status, 204);
            });
        }
    });

    assert_eq!(server.tenants().all().len(), 2);
}

#[test]
fn tenants_of_one_name_and_seed_are_the_same_on_any_server() {
    let [one, other] = [(); 2].map(|()| {
        let server = server();
        let made = Control::of(&server).tenant(&json!({"name": "Mine", "seed": 4}));
        let path = "/tenants/Mine/state/digest";
        (made["secretKey"].clone(), Control::of(&server).get(path).at("/sha256").to_owned())
    });

    assert_eq!(one, other);
}
