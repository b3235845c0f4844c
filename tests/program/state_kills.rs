//! A server that is killed at any moment leaves a state file that loads.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{path::Path, sync::mpsc, thread};

use serde_json::{Value as Json, json};

use crate::{running::folder, state_file::Kept};

/// How many servers are killed, one after the other. `MEDIUSFLOW_MOCK_KILLS=100` makes them more.
const USUAL: u64 = 6;

/// The most answers that a server gives before it is killed.
const MOST_ANSWERS: u64 = 40;

/// The most turns that a test waits after an answer, some milliseconds.
const MOST_TURNS: u64 = 400_000;

#[test]
fn a_server_that_is_killed_at_any_moment_leaves_a_file_that_loads() {
    let kills = std::env::var("MEDIUSFLOW_MOCK_KILLS").map_or(USUAL, |it| it.parse().unwrap());
    let file = folder("state-kills").join("state.json");
    let mut chance = Chance(20_260);
    let (mut answered, mut kept, mut interrupted) = (0, 0, 0);
    for round in 0..=kills {
        let mut server = Kept::start(&file, &["--users", "200", "--save-every", "1ms"]);
        let loaded = &server.ready["state"]["loaded"];
        assert_eq!(loaded.is_null(), round == 0, "the server of round {round} began anew");
        let saved = writers(&server);
        // A state that was: the first so many users, none that was never sent, and never fewer.
        assert!(saved.iter().copied().eq(0..saved.len() as u64), "round {round}: {saved:?}");
        let count = saved.len() as u64;
        assert!(count >= kept && count <= answered + 1, "round {round}: {kept} {count} {answered}");
        kept = count;
        if round == kills {
            server.running.kill();
            break;
        }
        answered = write_until_killed(&mut server, kept, &mut chance);
        interrupted += u64::from(leftover(&file));
    }
    println!("{kills} kills, {interrupted} of them while the file was written; {kept} users kept");
    assert!(kept > 0, "nothing was saved between the kills");
}

/// Creates users until the server is killed, at a moment of chance; returns how many were answered.
fn write_until_killed(server: &mut Kept, first: u64, chance: &mut Chance) -> u64 {
    let users = server.url("/_mock/v1/tenants/NordlysQA/users");
    let (answers, answered) = mpsc::channel();
    let writer = thread::spawn(move || {
        let agent = ureq::agent();
        for number in first.. {
            let body = json!({"userName": format!("writer-{number}")});
            if agent.post(&users).send_json(body).is_err() {
                return number;
            }
            let _seen_enough = answers.send(());
        }
        unreachable!("numbers do not end")
    });
    for _ in 0..=chance.below(MOST_ANSWERS) {
        answered.recv().unwrap();
    }
    for _ in 0..chance.below(MOST_TURNS) {
        std::hint::spin_loop();
    }
    server.running.kill();
    writer.join().unwrap()
}

/// The numbers of the users that this test created, in their order.
fn writers(server: &Kept) -> Vec<u64> {
    let query = "filter=userName%20sw%20%22writer-%22&attributes=userName&count=1000";
    let mut numbers = Vec::new();
    loop {
        let start = numbers.len() + 1;
        let path = format!("/_mock/v1/tenants/NordlysQA/users?{query}&startIndex={start}");
        let page = server.get(&path);
        let users = page["Resources"].as_array().cloned().unwrap_or_default();
        if users.is_empty() {
            return numbers;
        }
        let number = |it: &Json| it["userName"].as_str().unwrap()["writer-".len()..].parse::<u64>();
        numbers.extend(users.iter().map(|it| number(it).unwrap()));
    }
}

fn leftover(file: &Path) -> bool {
    file.with_file_name("state.json.tmp").exists()
}

/// Numbers that look random and are the same in every run (Knuth's MMIX generator).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}
