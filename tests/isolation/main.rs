//! Many tests on one server at once, each in a tenant of its own with faults and waits of its own:
//! none notices another, and the same names and seed give the same results in every round.
//!
//! `MEDIUSFLOW_MOCK_ROUNDS=50 cargo test --test isolation` runs more rounds than the usual ones.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod client;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Barrier,
    thread,
};

use jiff::Timestamp;
use mediusflow_mock::{MockServer, MockServerBuilder, ServerClock};
use serde_json::{Value, json};

use client::Client;

/// How many tests run at once, and how many users each creates.
const TESTS: usize = 64;
const CREATED: usize = 6;

/// How many users a tenant starts with.
const SEEDED: usize = 2;

/// How many rounds there are if nobody says: one that makes the tenants, one after a reset, one that
/// makes them again.
const ROUNDS: usize = 3;

/// All that a test can tell of its tenant that may not differ between two rounds.
#[derive(Debug, PartialEq)]
struct Seen {
    secret: String,
    /// What each creation was answered; 0 if nothing.
    answers: BTreeMap<String, u16>,
    /// Ids by name.
    users: BTreeMap<String, String>,
    /// What the journal says of each exchange that a fault met.
    faulted: BTreeSet<String>,
    digest: String,
}

/// One test: its tenant, and in which round it runs.
struct Test<'a> {
    control: &'a Client,
    name: String,
    number: usize,
    round: usize,
}

#[test]
fn parallel_tests_do_not_notice_each_other_and_repeat_themselves() {
    let rounds = std::env::var("MEDIUSFLOW_MOCK_ROUNDS").ok();
    let rounds = rounds.map_or(ROUNDS, |it| it.parse().unwrap());
    let server = server().start().unwrap();

    let first = round(&server, 0);
    for number in 1..rounds {
        let again = round(&server, number);
        for (test, (first, again)) in first.iter().zip(&again).enumerate() {
            assert_eq!(first, again, "test {test} in round {number}");
        }
    }

    let secrets: BTreeSet<_> = first.iter().map(|it| &it.secret).collect();
    let digests: BTreeSet<_> = first.iter().map(|it| &it.digest).collect();
    assert_eq!((secrets.len(), digests.len()), (TESTS, TESTS), "each tenant is one of its own");
    // A roll of 0.4 for each of them: that none or all fire has no chance worth a line.
    let faulted: usize = first.iter().map(|it| it.faulted.len()).sum();
    assert!((1..TESTS * CREATED).contains(&faulted), "{faulted} of {}", TESTS * CREATED);
}

#[test]
fn another_server_of_the_same_seed_gives_the_same_and_one_of_another_does_not() {
    let [one, same, other] = [1, 1, 2].map(|seed| {
        let server = server().seed(seed).start().unwrap();
        let control = Client::at(format!("{}/_mock/v1", server.url()));
        Test { control: &control, name: "Alone".into(), number: 0, round: 0 }.run()
    });

    assert_eq!(one, same);
    assert_ne!(one.secret, other.secret);
    assert_ne!(one.users, other.users);
}

/// A server whose clock stands, so that `meta` times are the same in each round.
fn server() -> MockServerBuilder {
    let noon = Timestamp::constant(1_772_539_200, 0); // 2026-03-03T12:00:00Z
    MockServer::builder().users(SEEDED).groups(1).workers(2).clock(ServerClock::Fixed(noon))
}

/// All tests at once, started together; what each saw.
fn round(server: &MockServer, round: usize) -> Vec<Seen> {
    let start = Barrier::new(TESTS);
    thread::scope(|scope| {
        let tests: Vec<_> = (0..TESTS)
            .map(|number| {
                let start = &start;
                scope.spawn(move || {
                    let control = Client::at(format!("{}/_mock/v1", server.url()));
                    let name = format!("Test{number}");
                    start.wait();
                    Test { control: &control, name, number, round }.run()
                })
            })
            .collect();
        tests.into_iter().map(|it| it.join().unwrap()).collect()
    })
}

impl Test<'_> {
    fn run(&self) -> Seen {
        let made = self.tenant();
        let scim = Client::at(made["scimUrl"].as_str().unwrap());
        let scim = scim.with_token(made["secretKey"].as_str().unwrap());
        self.add_faults();

        let (answers, waited) = thread::scope(|scope| {
            let path = format!("/requests/wait?q=op:create&count={CREATED}&timeout=20s");
            let waits = scope.spawn(move || self.get(&path));
            (self.create(&scim), waits.join().unwrap())
        });
        assert_eq!(seqs(&waited).len(), CREATED, "{waited}");
        let journal = self.get("/requests");
        assert_eq!(seqs(&journal), seqs(&waited), "nobody else's requests are here");
        self.is_only_about_me(&journal);

        let seen = self.seen(&made, answers);
        self.reset_wakes_my_sleeper(&scim);
        self.leave();
        seen
    }

    /// Its tenant: made in even rounds, found as the last round's reset left it in odd ones.
    fn tenant(&self) -> Value {
        if self.round % 2 == 1 {
            return self.get("");
        }
        let (status, made) = self.control.post("/tenants", &json!({"name": self.name}));
        assert_eq!(status, 201, "{made}");
        made
    }

    /// In one half of the tests a creation may be refused, in the other its answer be lost; in all of
    /// them lists are kept back.
    fn add_faults(&self) {
        let mut flaky = if self.number.is_multiple_of(2) {
            json!({"id": "flaky", "action": {"status": 503}})
        } else {
            json!({"id": "flaky", "action": {"connection": "close"}, "phase": "after"})
        };
        flaky["match"] = json!({"operation": "user.create"});
        flaky["when"] = json!({"probability": 0.4});
        let late = json!({"match": {"operation": "user.list"}, "action": {"delay": "1h"}});
        for rule in [flaky, late] {
            let (status, added) = self.control.post(&self.path("/faults"), &rule);
            assert_eq!(status, 201, "{added}");
        }
    }

    /// Creates users, in another order each round; what each was answered, by name.
    fn create(&self, scim: &Client) -> BTreeMap<String, u16> {
        let names = (0..CREATED).map(|at| (at + self.round) % CREATED);
        let names = names.map(|at| format!("user{at}@{}.example", self.name.to_lowercase()));
        names
            .map(|name| {
                let body = json!({
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name,
                });
                let status = scim.post("/Users", &body).0;
                (name, status)
            })
            .collect()
    }

    /// Every exchange went to this tenant.
    fn is_only_about_me(&self, journal: &Value) {
        let mine = format!("/{}/", self.name);
        for it in journal["items"].as_array().unwrap() {
            assert!(it["target"].as_str().unwrap().starts_with(&mine), "{it}");
        }
    }

    fn seen(&self, made: &Value, answers: BTreeMap<String, u16>) -> Seen {
        let faulted = self.get("/requests?q=fault:any");
        let faulted = faulted["items"].as_array().unwrap().iter();
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let users = self.get("/users?count=1000");
        let users = users["Resources"].as_array().unwrap().iter();
        let seen = Seen {
            secret: text(&made["secretKey"]),
            users: users.map(|it| (text(&it["userName"]), text(&it["id"]))).collect(),
            faulted: faulted.map(|it| format!("{} {}", it["summary"], it["fault"])).collect(),
            digest: text(&self.get("/state/digest")["sha256"]),
            answers,
        };
        let failed = if self.number.is_multiple_of(2) { 503 } else { 0 };
        let failed: Vec<_> = seen.answers.iter().filter(|(_, it)| **it == failed).collect();
        assert_eq!(failed.len(), seen.faulted.len(), "{seen:?}");
        let created = seen.answers.values().filter(|it| **it != 503).count();
        assert_eq!(seen.users.len(), SEEDED + created, "nobody else's users are here: {seen:?}");
        for (name, status) in &seen.answers {
            let is_there = seen.users.contains_key(name);
            assert_eq!(is_there, *status != 503, "a lost answer leaves {name} created: {seen:?}");
        }
        seen
    }

    /// Keeps an answer back, which nothing but this test's own reset lets go.
    fn reset_wakes_my_sleeper(&self, scim: &Client) {
        thread::scope(|scope| {
            let sleeper = scope.spawn(|| scim.get("/Users").0);
            let waiting = "/requests/wait?q=op:list&state=received&timeout=20s";
            assert_eq!(seqs(&self.get(waiting)), [0], "it has come and is not answered");
            let idle = self.control.get(&self.path("/requests/wait-idle?timeout=1ms&quiet=0"));
            assert_eq!(idle.0, 408, "{}", idle.1);
            assert_eq!(idle.1["waiting"].as_array().unwrap().len(), 1, "{}", idle.1);

            let (status, reset) = self.control.post(&self.path("/reset"), &json!({}));

            assert_eq!((status, sleeper.join().unwrap()), (200, 503), "{reset}");
        });
        assert_eq!(seqs(&self.get("/requests")), [0_u64; 0], "the next test begins with nothing");
    }

    /// Deletes the tenant in odd rounds, so that the next one makes it again.
    fn leave(&self) {
        if self.round % 2 == 1 {
            assert_eq!(self.control.delete(&self.path("")).0, 204);
        }
    }

    fn path(&self, below: &str) -> String {
        format!("/tenants/{}{below}", self.name)
    }

    /// What the control API says of the tenant.
    fn get(&self, below: &str) -> Value {
        let (status, answer) = self.control.get(&self.path(below));
        assert_eq!(status, 200, "{below}: {answer}");
        answer
    }
}

/// The numbers of the exchanges in a list.
fn seqs(list: &Value) -> Vec<u64> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|it| it["seq"].as_u64().unwrap()).collect()
}
