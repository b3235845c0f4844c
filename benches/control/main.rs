//! What tests pay: for a server, a wait, the journal, a tenant of their own, and for going back.
//!
//! `cargo bench --bench control` prints four tables: what a server costs, what those who wait cost
//! everybody else, what the decision who may sign in adds to a write, and the median time of what is done
//! with tenants, at several sizes. A reset, a snapshot and a restore exchange a pointer, so their rows
//! should not grow; a tenant is made anew under a name that was not there before, and again under one that
//! was. What another thread does meanwhile (freeing what was there) is not measured. Nothing here is
//! asserted: a machine that is busy makes other numbers.

#![expect(clippy::print_stdout, reason = "a report is printed")]

use mediusflow_mock::internals::TenantInternals as _;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use mediusflow_mock::MockServer;
use ureq::Agent;

#[path = "../shared/load.rs"]
#[expect(dead_code, reason = "a part of the load generator is used")]
mod load;
mod long;
#[path = "../shared/resident.rs"]
mod resident;
mod server;
#[path = "../shared/table.rs"]
#[expect(dead_code, reason = "only the table is used")]
mod table;
mod waits;
mod writes;

use table::{Table, count};

fn main() {
    let has = |flag: &str| std::env::args().any(|it| it == flag);
    let is_quick = has("--quick");
    let print = |table: Table| {
        println!("{}", if has("--markdown") { table.markdown() } else { table.plain() });
    };
    print(long::table(is_quick));
    if has("--long") {
        return;
    }
    print(server::table(is_quick));
    print(waits::table(is_quick));
    print(writes::table(is_quick));
    let sizes: &[usize] = if is_quick { &[0, 25, 1_000] } else { &[0, 25, 1_000, 100_000] };
    let rounds = if is_quick { 20 } else { 200 };
    let head = ["users", "create", "create again", "like another", "snapshot", "restore", "reset"];
    let mut table = Table::new(head.map(str::to_owned).to_vec());
    for users in sizes {
        table.row(row(*users, if *users > 10_000 { 3 } else { rounds }, rounds));
    }
    print(table);
}

/// The times at one size: so many rounds of what grows with it, and of what should not.
fn row(users: usize, slow: usize, rounds: usize) -> Vec<String> {
    let server = MockServer::builder().users(users).start().expect("a free port");
    let at = Control::of(&server);
    let tenant = server.tenant();
    let create = |name: &str| at.post("/tenants", &format!("{{\"name\":\"{name}\"}}"));
    let fresh = median(slow, |n| create(&format!("Bench{n}")));
    let again = median(slow, |n| {
        at.delete(&format!("/tenants/Bench{n}"));
        create(&format!("Bench{n}"))
    });
    let like = "{\"from\":{\"tenant\":\"NordlysQA\"}}";
    let like = median(slow, |_| at.post("/tenants", like));
    let snapshot =
        median(rounds, |_| timed(|| drop(tenant.take_snapshot("bench", Timestamp::UNIX_EPOCH))));
    let restore = median(rounds, |_| timed(|| drop(tenant.restore("bench"))));
    let reset = median(rounds, |_| {
        timed(|| tenant.reset(None).expect("there is always a start").drop_aside())
    });
    [count(users)].into_iter().chain([fresh, again, like, snapshot, restore, reset]).collect()
}

/// Calls the control API of a server.
struct Control {
    agent: Agent,
    base: String,
}

impl Control {
    fn of(server: &MockServer) -> Self {
        let base = format!("{}/_mock/v1", server.url());
        Self { agent: Agent::new_with_defaults(), base }
    }

    /// How long a POST takes, the connection's round trip included.
    fn post(&self, path: &str, body: &str) -> Duration {
        let request = self.agent.post(format!("{}{path}", self.base));
        let request = request.header("content-type", "application/json");
        timed(|| {
            // Read to its end, so that the connection is used again.
            let mut answer = request.send(body).expect("the server answers");
            drop(answer.body_mut().read_to_vec());
        })
    }

    fn delete(&self, path: &str) {
        drop(self.agent.delete(format!("{}{path}", self.base)).call());
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(rounds: usize, measure: impl FnMut(usize) -> Duration) -> String {
    micros(middle((0..rounds).map(measure)))
}

/// The time in the middle.
fn middle(times: impl IntoIterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.into_iter().collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn micros(time: Duration) -> String {
    format!("{:.1} µs", time.as_secs_f64() * 1e6)
}
