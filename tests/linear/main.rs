//! Concurrent requests behave as if they had come one after the other.
//!
//! Several threads create, rename, find and delete users and change a group over HTTP, on few names,
//! so that they meet. When each request was sent and when its answer was there is noted, and a
//! search looks for an order of all of them that explains every answer (Wing and Gong, *Testing and
//! verifying concurrent objects*, 1993). There is one, or the test fails.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod client;
mod history;
mod model;

use std::{
    sync::{Barrier, Mutex, atomic::Ordering},
    thread,
};

use client::Client;
use history::{Clock, Event, is_linear};
use mediusflow_mock::MockServer;
use model::{Answer, Directory, Operation};

/// How many histories are made and checked.
const ROUNDS: usize = 120;
/// How many clients there are.
const THREADS: usize = 4;
/// How many requests each sends in a round.
const REQUESTS: usize = 8;
/// How many names there are for users.
const NAMES: u64 = 3;

/// What the clients of one round share: its group, and the ids that they have heard of.
struct Round {
    group: String,
    ids: Mutex<Vec<String>>,
    history: Mutex<Vec<Event<Operation, Answer>>>,
}

#[test]
fn every_history_has_an_order_that_explains_it() {
    let server = server();
    let main = Client::new(&server);
    let rounds: Vec<Round> = (0..ROUNDS).map(|at| Round::new(&main, at)).collect();
    let (start, clock) = (Barrier::new(THREADS), Clock::default());

    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (rounds, start, clock, client) = (&rounds, &start, &clock, Client::new(&server));
            scope.spawn(move || {
                for (at, round) in rounds.iter().enumerate() {
                    start.wait();
                    round.play(&client, clock, (at, thread));
                }
            });
        }
    });

    for (at, round) in rounds.into_iter().enumerate() {
        let history = round.history.into_inner().unwrap();
        assert_eq!(history.len(), THREADS * REQUESTS);
        assert!(is_linear(&Directory::default(), &history), "round {at}: {history:#?}");
    }
}

#[test]
fn forty_clients_who_add_a_member_each_leave_forty_members() {
    let server = server();
    let client = Client::new(&server);
    let group = client.create_group("Forty");

    together(&server, 40, |client, at| {
        let answer = client.perform(&group, &Operation::Add(format!("member-{at}")));
        assert_eq!(answer, Answer::Done);
    });

    let expected = (0..40).map(|at| format!("member-{at}")).collect();
    assert_eq!(client.perform(&group, &Operation::Members), Answer::Ids(expected));
}

#[test]
fn of_a_hundred_clients_who_create_one_user_one_succeeds() {
    let server = server();
    let answers = Mutex::new(Vec::new());

    together(&server, 100, |client, _| {
        let answer = client.perform("", &Operation::Create("anna".into()));
        answers.lock().unwrap().push(answer);
    });

    let answers = answers.into_inner().unwrap();
    let created = answers.iter().filter(|it| matches!(it, Answer::Created(_))).count();
    let conflicts = answers.iter().filter(|it| **it == Answer::Conflict).count();
    assert_eq!((created, conflicts), (1, 99));
}

/// A server that answers on several threads, since one would bring its own order.
fn server() -> MockServer {
    MockServer::builder().users(0).groups(0).workers(THREADS).start().unwrap()
}

/// Has so many clients do something, who are connected already and begin at once.
fn together(server: &MockServer, clients: usize, act: impl Fn(&Client, usize) + Sync) {
    let start = Barrier::new(clients);
    thread::scope(|scope| {
        for at in 0..clients {
            let (start, act) = (&start, &act);
            scope.spawn(move || {
                let client = Client::new(server);
                client.perform("", &Operation::Find("nobody".into()));
                start.wait();
                act(&client, at);
            });
        }
    });
}

impl Round {
    fn new(client: &Client, at: usize) -> Self {
        Self {
            group: client.create_group(&format!("Round {at}")),
            ids: Mutex::default(),
            history: Mutex::default(),
        }
    }

    /// Sends the requests of one client, which follow from the round and its number.
    fn play(&self, client: &Client, clock: &Clock, (round, thread): (usize, usize)) {
        let mut dice = Dice((round * THREADS + thread) as u64);
        for _ in 0..REQUESTS {
            let operation = self.operation(&mut dice, round);
            let sent = clock.fetch_add(1, Ordering::SeqCst);
            let answer = client.perform(&self.group, &operation);
            let answered = clock.fetch_add(1, Ordering::SeqCst);
            if let Answer::Created(id) = &answer {
                self.ids.lock().unwrap().push(id.clone());
            }
            let event = Event { sent, answered, operation, answer };
            self.history.lock().unwrap().push(event);
        }
    }

    fn operation(&self, dice: &mut Dice, round: usize) -> Operation {
        let kind = dice.below(10);
        let name = format!("user-{}-of-{round}", dice.below(NAMES));
        let ids = self.ids.lock().unwrap();
        if kind < 3 || ids.is_empty() {
            return Operation::Create(name);
        }
        // The latest ids: older ones are gone, mostly.
        let latest = usize::try_from(dice.below(NAMES)).unwrap().min(ids.len() - 1);
        let id = ids[ids.len() - 1 - latest].clone();
        match kind {
            3 | 4 => Operation::Delete(id),
            5 => Operation::Rename(id, name),
            6 => Operation::Add(id),
            7 => Operation::Remove(id),
            8 => Operation::Members,
            _ => Operation::Find(name),
        }
    }
}

/// Numbers that look like chance and are the same in every run (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}
