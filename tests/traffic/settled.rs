//! Never, settled, and what cannot be known.

use mediusflow_mock::internals::TenantInternals as _;
use std::{
    sync::{Arc, Mutex, mpsc},
    task::{Wake, Waker},
    thread,
};

use mediusflow_mock::{
    ExpectError, MockServer,
    internals::tenant::Wanted,
    traffic::{Count, Expectation, UnmetExpectation},
};
use serde_json::{Value, json};

use crate::{
    control,
    support::{Answer, Client, server, user},
};

fn verify(server: &MockServer, expected: &Value) -> Answer {
    control(server).post("/requests/verify", expected)
}

fn create(server: &MockServer, name: &str) -> u16 {
    Client::scim(server).post("/Users", &user(name, json!({}))).status
}

/// Looks at the tenant until somebody waits.
fn until_somebody_waits(server: &MockServer) {
    while server.tenant().waiters().count() == 0 {
        thread::yield_now();
    }
}

#[test]
fn an_assertion_that_is_always_true_is_refused() {
    let server = server();
    let empty = [
        json!({}),
        json!({"noOthers": true}),
        json!({"since": 0}),
        json!({"within": "1s"}),
        json!({"for": "1s"}),
        json!({"order": []}),
        json!({"order": [], "noOthers": true}),
        json!({"match": ""}),
        json!({"match": "", "noOthers": true}),
        json!({"count": 0, "noOthers": true}),
        json!({"match": "op:create", "count": {}}),
        json!({"match": "op:create", "count": {"atLeast": 0}}),
        json!({"match": "op:create", "count": {"atMost": u64::MAX}}),
        json!({"match": "op:create", "count": {"atLeast": 0, "atMost": u64::MAX}}),
        json!({"order": ["op:create", ""]}),
    ];

    for it in empty {
        verify(&server, &it).is_problem(400, "empty-assertion", &["says nothing"]);
    }
    assert_eq!(verify(&server, &json!({"count": 0})).status, 200);
}

#[test]
fn in_rust_an_assertion_that_is_always_true_panics() {
    let server = server();

    assert!(matches!(server.expect("", Count::at_least(0)), Err(ExpectError::Vacuous(_))));
    assert!(matches!(server.expect("op:creat", 1), Err(ExpectError::Filter(_))));
    let alone = Expectation { no_others: true, ..Expectation::default() };
    assert!(matches!(server.verify(&alone), Err(UnmetExpectation::Vacuous(_))));
}

#[test]
fn others_are_all_exchanges_that_no_part_of_the_assertion_matches() {
    let server = server();
    for name in ["a", "b", "c"] {
        assert_eq!(create(&server, name), 201);
    }

    let failed = verify(&server, &json!({"order": ["op:create"], "noOthers": true}));

    failed.is_problem(422, "verification-failed", &["no other exchanges", "2 of 3"]);
    assert_eq!(failed.json["unexpected"].as_array().unwrap().len(), 2);
    let all = json!({"order": ["op:create", "op:create", "op:create"], "noOthers": true});
    assert_eq!(verify(&server, &all).status, 200);
    let both = json!({"match": "user:b", "order": ["user:a", "user:c"], "noOthers": true});
    assert_eq!(verify(&server, &both).status, 200);
}

#[test]
fn never_passes_when_its_time_is_over_and_fails_at_once_at_a_match() {
    let server = server();
    let never = |time: &str| json!({"match": "op:delete", "count": 0, "for": time});
    create(&server, "a");

    assert_eq!(verify(&server, &never("20ms")).status, 200);

    let failed = thread::scope(|scope| {
        let waits = scope.spawn(|| verify(&server, &never("600s")));
        until_somebody_waits(&server);
        create(&server, "b");
        let id = Client::scim(&server).first_user()["id"].as_str().unwrap().to_owned();
        Client::scim(&server).delete(&format!("/Users/{id}"));
        waits.join().unwrap()
    });
    failed.is_problem(422, "verification-failed", &["no exchange matching op:delete", "found 1"]);
}

#[test]
fn a_client_that_sends_twice_does_not_pass_for_one_that_sends_once() {
    let server = server();
    let once = json!({"match": "op:create", "count": 1, "within": "60s", "for": "60s"});

    let failed = thread::scope(|scope| {
        let waits = scope.spawn(|| verify(&server, &once));
        until_somebody_waits(&server);
        create(&server, "a");
        create(&server, "a");
        waits.join().unwrap()
    });

    failed.is_problem(422, "verification-failed", &["expected 1 exchange", "found 2"]);
}

#[test]
fn a_request_that_is_still_answered_is_waited_for_before_it_is_settled() {
    let server = server();
    create(&server, "a");
    let mut wire = crate::support::Wire::to(&server);
    let key = server.secret_key().unwrap();
    wire.send(format!(
        "POST /NordlysQA/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\n\
         Authorization: Bearer {key}\r\nContent-Length: 2\r\n\r\n{{"
    ));
    assert_eq!(
        control(&server).get("/requests/wait?state=received&q=method:POST&count=2").status,
        200
    );

    let soon = json!({"match": "method:POST", "count": 1, "within": "1ms", "for": "1ms"});
    let open = verify(&server, &soon);
    let closed = thread::scope(|scope| {
        let once = json!({"match": "method:POST", "count": 1, "within": "60s", "for": "1ms"});
        let waits = scope.spawn(move || verify(&server, &once));
        wire.send("}").answer();
        waits.join().unwrap()
    });

    open.is_problem(408, "wait-timeout", &["still being answered"]);
    assert_eq!(open.json["running"], 1);
    closed.is_problem(422, "verification-failed", &["found 2"]);
}

#[test]
fn an_upper_bound_does_not_pass_where_exchanges_are_missing() {
    let server = server();
    for name in ["a", "b"] {
        create(&server, name);
    }
    control(&server).delete("/requests");
    create(&server, "c");
    let unknown = |expected: Value| {
        let answer = verify(&server, &expected);
        answer.is_problem(409, "journal-incomplete", &["2 of the exchanges", "2 deleted"]);
        assert_eq!(answer.json["missed"], 2);
        assert_eq!(answer.json["missedReasons"]["deleted"], 2);
        assert!(answer.at("/hint").contains("50000 exchanges and 64 MiB"), "{answer:?}");
    };

    unknown(json!({"match": "op:create", "count": 1}));
    unknown(json!({"match": "op:create", "count": {"atMost": 5}}));
    unknown(json!({"match": "op:create", "noOthers": true}));
    unknown(json!({"match": "op:delete", "count": 0, "for": "600s"}));
    unknown(json!({"match": "op:create", "count": {"atLeast": 2}}));
    unknown(json!({"order": ["op:create", "op:create"]}));
    unknown(json!({"match": "op:delete", "within": "1ms"}));
    let wait = control(&server).get("/requests/wait?q=op:delete&timeout=1ms");
    wait.is_problem(409, "journal-incomplete", &["2 deleted"]);
    let exact = control(&server).get("/requests/wait?q=op:create&exactly=1");
    exact.is_problem(409, "journal-incomplete", &["2 deleted"]);

    assert_eq!(verify(&server, &json!({"match": "op:create"})).status, 200);
    assert_eq!(verify(&server, &json!({"match": "op:create", "count": 1, "since": 2})).status, 200);
    verify(&server, &json!({"match": "op:create", "count": 0})).is_problem(
        422,
        "verification-failed",
        &["found 1"],
    );
    assert!(matches!(
        server.verify(&Expectation::of("op:create".parse().unwrap(), 1)),
        Err(UnmetExpectation::Incomplete { .. })
    ));
}

#[test]
fn a_reset_ends_every_wait_for_exchanges() {
    let server = server();
    let control = control(&server);
    let within = json!({"match": "op:delete", "within": "600s"});

    let answers = thread::scope(|scope| {
        let waits = [
            scope.spawn(|| control.get("/requests/wait?q=op:delete&timeout=600s")),
            scope.spawn(|| control.get("/requests/wait?q=op:delete&state=received&timeout=600s")),
            scope.spawn(|| control.post("/requests/verify", &within)),
        ];
        while server.tenant().waiters().count() < 3 {
            thread::yield_now();
        }
        // One that began just after the first reset ends with the next one.
        while server.tenant().waiters().count() > 0 {
            server.reset();
        }
        waits.map(|it| it.join().unwrap())
    });

    for answer in answers {
        answer.is_problem(409, "tenant-reset", &["was reset"]);
    }
}

#[test]
fn a_state_that_lasted_only_a_moment_ends_a_wait() {
    const CREATES: usize = 40;
    let server = server();
    let before = server.users().len();
    let path = format!("/state/wait?users=&exactly={}&timeout=60s", before + 5);

    let came = thread::scope(|scope| {
        let waits = scope.spawn(|| control(&server).get(&path));
        until_somebody_waits(&server);
        let server = &server;
        for thread in 0..8 {
            scope.spawn(move || {
                for n in 0..CREATES / 8 {
                    create(server, &format!("user{thread}x{n}"));
                }
            });
        }
        waits.join().unwrap()
    });

    assert_eq!(came.status, 200, "{came:?}");
    assert_eq!(came.json["count"], before + 5);
}

#[test]
fn a_wait_for_state_can_have_a_filter_on_derived_attributes() {
    let server = server();
    let scim = Client::scim(&server);
    let ann = scim.post("/Users", &user("ann", json!({}))).at("/id").to_owned();
    let wait = "/state/wait?users=groups.display%20eq%20%22Pilots%22&timeout=60s";

    let came = thread::scope(|scope| {
        let waits = scope.spawn(|| control(&server).get(wait));
        until_somebody_waits(&server);
        let group = scim.post("/Groups", &crate::support::group("Pilots", &[]));
        let add = json!([{"op": "add", "path": "members", "value": [{"value": ann}]}]);
        let path = format!("/Groups/{}", group.at("/id"));
        assert!(scim.patch(&path, &crate::support::operations(add)).status < 300);
        waits.join().unwrap()
    });

    assert_eq!(came.json["count"], 1, "{came:?}");
}

#[test]
fn a_failed_wait_for_state_reports_the_nearest_state() {
    let server = server();
    let (tenant, scim) = (server.tenant(), Client::scim(&server));
    let (count, base) = (Count::at_least(8), server.scim_url());
    let (kind, filter, predicate) = ("User".into(), String::new(), None);
    let watch = tenant.watch_state(Wanted { kind, predicate, filter, count, base });

    let made = scim.post("/Users", &user("ann", json!({})));
    scim.delete(&format!("/Users/{}", made.at("/id")));
    let seen = loop {
        let seen = watch.seen(Waker::noop());
        if seen.latest.is_some_and(|(_, rev)| rev == tenant.revision()) {
            break seen;
        }
        thread::yield_now();
    };
    let missed = control(&server).get("/state/wait?users=&atLeast=8&timeout=1ms");

    assert_eq!(seen.latest.map(|it| it.0), Some(5));
    assert_eq!(seen.nearest.map(|it| it.0), Some(6));
    assert_eq!(seen.met, None);
    missed.is_problem(408, "wait-timeout", &["expected at least 8 users, found 5"]);
    assert_eq!(missed.json["nearest"]["count"], 5);
}

#[test]
fn waits_for_requests_and_for_state_count_in_the_same_words() {
    let server = server();
    let control = control(&server);
    Client::scim(&server).get("/Users?count=1");

    for (wait, there) in [("/requests/wait?", 1), ("/state/wait?users=&", 5)] {
        let ask = |words: String| control.get(&format!("{wait}timeout=1ms&{words}"));
        for words in ["count", "atLeast", "atMost", "exactly"] {
            assert_eq!(ask(format!("{words}={there}")).status, 200, "{wait}{words}");
        }
        assert_eq!(ask(format!("atMost={}", there + 1)).status, 200);
        ask(format!("count={}", there + 1)).is_problem(408, "wait-timeout", &["at least"]);
        assert!(ask(format!("exactly={}", there - 1)).status >= 400);
        for nonsense in [
            "count=0",
            "atLeast=0",
            "atMost=18446744073709551615",
            "exactly=1&count=1",
            "atLeast=3&atMost=2",
            "count=1&atLeast=1",
        ] {
            ask(nonsense.to_owned()).is_problem(400, "invalid-query", &[]);
        }
    }
    let over = control.get("/requests/wait?exactly=0&timeout=600s");
    over.is_problem(422, "verification-failed", &["no exchange", "found 1"]);
}

/// Keeps the thread that looks at states waiting, until the test lets it go.
struct Hold(Mutex<mpsc::Receiver<()>>);

impl Wake for Hold {
    fn wake(self: Arc<Self>) {
        // Ends with the test, too, if that panics.
        assert!(self.0.lock().unwrap().recv().is_err());
    }
}

#[test]
fn a_write_before_the_end_of_a_wait_for_state_is_tested() {
    let server = server();
    let tenant = server.tenant();
    let (kind, filter, base) = ("User".into(), String::new(), server.scim_url());
    let count = Count::at_least(server.users().len() + 1);
    let own = tenant.watch_state(Wanted { kind, predicate: None, filter, count, base });
    while own.seen(Waker::noop()).latest.is_none() {
        thread::yield_now();
    }
    let (release, released) = mpsc::channel();
    own.seen(&Arc::new(Hold(Mutex::new(released))).into());
    create(&server, "first"); // from now on the thread waits

    let waits = ["groups.display%20eq%20%22Pilots%22", "title%20eq%20%22Chief%22"];
    let answers = thread::scope(|scope| {
        let begun = waits.map(|filter| {
            let path = format!("/state/wait?users={filter}&timeout=0ms");
            let server = &server;
            scope.spawn(move || control(server).get(&path))
        });
        while server.tenant().waiters().count() < waits.len() {
            thread::yield_now();
        }
        let scim = Client::scim(&server);
        let made = scim.post("/Users", &user("ann", json!({"title": "Chief"})));
        scim.post("/Groups", &crate::support::group("Pilots", &[made.at("/id")]));
        drop(release);
        begun.map(|it| it.join().unwrap())
    });

    for answer in answers {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.json["count"].as_u64().unwrap() > 0);
    }
}
