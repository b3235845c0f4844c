//! Waits wake up when it has happened, and not before.

use mediusflow_mock::internals::TenantInternals as _;
use std::thread;

use serde_json::json;

use crate::{
    control,
    support::{Client, Wire, server, user},
};

#[test]
fn a_wait_that_is_already_met_ends_at_once() {
    let server = server();
    Client::scim(&server).get("/Users?count=1");

    let came = control(&server).get("/requests/wait?q=op:list");

    assert_eq!(came.status, 200, "{came:?}");
    assert_eq!(came.json["items"][0]["seq"], 1);
}

#[test]
fn a_wait_ends_when_enough_exchanges_have_arrived() {
    let server = server();
    let (scim, control) = (Client::scim(&server), control(&server));

    let came = thread::scope(|scope| {
        let waits = scope.spawn(|| control.get("/requests/wait?q=op:create&count=3&timeout=20s"));
        for name in ["a", "b", "c"] {
            scim.post("/Users", &user(name, json!({})));
        }
        waits.join().unwrap()
    });

    assert_eq!(came.status, 200, "{came:?}");
    assert_eq!(came.json["items"].as_array().unwrap().len(), 3);
}

#[test]
fn nothing_is_missed_between_two_waits() {
    let server = server();
    let (scim, control) = (Client::scim(&server), control(&server));
    let mut seen = Vec::new();
    let mut cursor = 0;

    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..50 {
                scim.post("/Users", &user(&format!("user{number}"), json!({})));
            }
        });
        while seen.len() < 50 {
            let came = control.get(&format!("/requests/wait?since={cursor}&timeout=20s"));
            assert_eq!(came.status, 200, "{came:?}");
            let items = came.json["items"].as_array().unwrap();
            seen.extend(items.iter().map(|it| it["seq"].as_u64().unwrap()));
            cursor = came.json["seq"].as_u64().unwrap();
        }
    });

    assert_eq!(seen, (1..=50).collect::<Vec<u64>>());
}

#[test]
fn a_failed_wait_says_what_was_missing() {
    let server = server();
    Client::scim(&server).get("/Users/nobody");

    let missed = control(&server).get("/requests/wait?q=op:get%20status:200&timeout=1ms");

    missed.is_problem(408, "wait-timeout", &["within 1 ms", "at least 1 exchange"]);
    assert_eq!(missed.json["nearest"][0]["seq"], 1);
    assert_eq!(missed.json["seq"], 1);
}

#[test]
fn a_wait_with_an_upper_bound_does_not_end_if_some_arrivals_are_unknown() {
    let server = server();
    let (scim, control) = (Client::scim(&server), control(&server));
    for _ in 0..5 {
        scim.get("/Users?count=1");
    }
    let wait =
        |bounds: &str| control.get(&format!("/requests/wait?state=received&timeout=10m&{bounds}"));

    let exceeded = wait("atMost=3");
    assert_eq!(control.delete("/requests").status, 204);

    exceeded.is_problem(422, "verification-failed", &["at most 3 exchanges", "found 5"]);
    for bounds in ["atMost=3", "exactly=0", "count=1&atMost=3"] {
        wait(bounds).is_problem(409, "journal-incomplete", &["5 of the exchanges"]);
    }
    assert_eq!(wait("exactly=0&since=5").status, 200);
}

#[test]
fn a_wait_with_an_upper_bound_ends_when_that_many_have_arrived() {
    let server = server();
    let scim = Client::scim(&server);
    scim.get("/Users?count=1");

    let over = thread::scope(|scope| {
        let waits = ["exactly=2", "count=2&atMost=2"].map(|bounds| {
            let path = format!("/requests/wait?state=received&q=op:list&timeout=10m&{bounds}");
            let control = control(&server);
            scope.spawn(move || control.get(&path))
        });
        while server.tenant().waiters().count() < waits.len() {
            thread::yield_now();
        }
        // Others of the tenant wake nobody, and are not counted.
        scim.get("/Users/nobody");
        scim.get("/Users?count=1");
        waits.map(|it| it.join().unwrap())
    });

    for answer in over {
        assert_eq!(answer.status, 200, "{answer:?}");
        let items = answer.json["items"].as_array().unwrap();
        assert_eq!(items.iter().map(|it| &it["seq"]).collect::<Vec<_>>(), [1, 3]);
    }
}

#[test]
fn a_request_with_an_incomplete_body_is_received_and_not_completed() {
    let server = server();
    let control = control(&server);
    let mut wire = Wire::to(&server);
    wire.send(format!(
        "POST /NordlysQA/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{",
        server.secret_key().unwrap()
    ));

    let received = control.get("/requests/wait?state=received&q=method:POST&timeout=20s");
    let completed = control.get("/requests/wait?q=method:POST&timeout=1ms");
    let idle = control.get("/requests/wait-idle?timeout=1ms&quiet=0");
    wire.send("}").answer();
    let after = control.get("/requests/wait?q=method:POST&timeout=20s");

    assert_eq!(received.json["items"][0]["status"], 0, "{received:?}");
    completed.is_problem(408, "wait-timeout", &["none of 0"]);
    idle.is_problem(408, "wait-timeout", &[]);
    assert_eq!(idle.json["running"], 1);
    assert!(idle.json["waiting"][0]["target"].as_str().unwrap().ends_with("/Users"));
    assert_eq!(after.json["items"][0]["status"], 400);
}

#[test]
fn a_quiet_tenant_is_idle() {
    let server = server();
    Client::scim(&server).get("/Users?count=1");

    let idle = control(&server).get("/requests/wait-idle?quiet=1ms");

    assert_eq!(idle.status, 200, "{idle:?}");
    assert_eq!(idle.json["seq"], 1);
}

#[test]
fn a_wait_for_state_ends_with_the_change() {
    let server = server();
    let (scim, control) = (Client::scim(&server), control(&server));
    let path = "/state/wait?users=title%20eq%20%22Chief%22&timeout=20s";

    let came = thread::scope(|scope| {
        let waits = scope.spawn(|| control.get(path));
        scim.post("/Users", &user("anna", json!({"title": "chief"})));
        waits.join().unwrap()
    });

    assert_eq!(came.status, 200, "{came:?}");
    assert_eq!(came.json["count"], 1);
}

#[test]
fn a_wait_for_state_knows_numbers_and_groups() {
    let server = server();
    let control = control(&server);

    assert_eq!(control.get("/state/wait?users=&count=5").json["count"], 5);
    assert_eq!(control.get("/state/wait?groups=&count=2").status, 200);
    control.get("/state/wait?users=&count=6&timeout=1ms").is_problem(
        408,
        "wait-timeout",
        &["expected at least 6 users, found 5"],
    );
}

#[test]
fn an_invalid_wait_is_refused() {
    let server = server();
    let control = control(&server);

    control.get("/state/wait").is_problem(400, "invalid-query", &["users=FILTER"]);
    control.get("/state/wait?users=&groups=").is_problem(400, "invalid-query", &["either"]);
    control.get("/state/wait?users=title%20is").is_problem(400, "invalid-filter", &[]);
    control.get("/requests/wait?timeout=1h").is_problem(400, "invalid-duration", &["10 m"]);
    control.get("/requests/wait?state=begun").is_problem(400, "invalid-query", &["received"]);
}

#[test]
fn a_wait_ends_at_once_when_its_tenant_is_deleted() {
    let server = server();
    let waits = [
        "/requests/wait?q=op:delete&timeout=60s",
        "/requests/wait-idle?quiet=60s&timeout=60s",
        "/state/wait?users=&count=99&timeout=60s",
        "/events",
    ];

    let within = json!({"match": "op:delete", "count": 1, "within": "60s"});
    let answers = thread::scope(|scope| {
        let begun = waits.map(|path| scope.spawn(|| control(&server).get(path)));
        let verified = scope.spawn(|| control(&server).post("/requests/verify", &within));
        assert_eq!(control(&server).call("DELETE", "").send().status, 204);
        let mut all: Vec<_> = begun.into_iter().map(|it| it.join().unwrap()).collect();
        all.push(verified.join().unwrap());
        all
    });

    for (answer, is_stream) in answers.iter().zip([false, false, false, true, false]) {
        if !is_stream || answer.status != 200 {
            answer.is_problem(404, "unknown-tenant", &["NordlysQA"]);
        }
    }
}
