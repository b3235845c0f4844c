//! What a server costs a test: its start and end, the journal, a wait.

use mediusflow_mock::internals::TenantInternals as _;
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use mediusflow_mock::MockServer;

use crate::{
    load::{CONNECTIONS, Load},
    micros, middle,
    resident::resident,
    table::{Table, count},
    timed,
};

/// How many servers are started and dropped in a row.
const SERVERS: usize = 200;

/// How many rounds each side has whose ratio is told; its best one counts.
const ROUNDS: usize = 9;

/// All of it in one table.
pub(crate) fn table(is_quick: bool) -> Table {
    let (exchanges, requests) = if is_quick { (20_000, 1_000) } else { (1_000_000, 20_000) };
    let mut table = Table::new(vec!["once".into(), "measured".into()]);
    let mut row = |name: String, measured: String| table.row([name, measured]);
    // First, while the process is small.
    row(format!("memory that {} exchanges leave behind", count(exchanges)), memory(exchanges));
    row("start to first answer, 25 users".into(), micros(middle((0..31).map(|_| start()))));
    row(format!("{SERVERS} servers started, called and dropped"), many());
    row("the journal's part of a GET by id".into(), journal(requests));
    let (plain, woken) = wait(if is_quick { 100 } else { 2_000 });
    row("a request sent until it is answered".into(), micros(plain));
    row("a request sent until a wait for it is answered, too".into(), micros(woken));
    table
}

/// How much the process grows while so many exchanges pass through a journal with the default caps.
fn memory(exchanges: usize) -> String {
    let server = MockServer::start().expect("a free port");
    let requests = vec![get(&server); 10_000];
    let mut load = Load::connect(server.address(), CONNECTIONS);
    load.run(&requests[..1_000], 200, || ());
    let before = resident();
    for _ in 0..exchanges / requests.len() {
        load.run(&requests, 200, || ());
    }
    let (grown, journal) = (resident().saturating_sub(before), server.tenant());
    let kept = journal.journal().since(0, usize::MAX).items.len();
    format!("{} MiB, with {} exchanges kept", grown >> 20, count(kept))
}

/// From the call until an answer has been read.
fn start() -> Duration {
    let started = Instant::now();
    let server = MockServer::start().expect("a free port");
    Load::connect(server.address(), 1).ask(&get(&server), 200);
    started.elapsed()
}

/// Time for each, and the threads that are left.
fn many() -> String {
    let before = threads();
    let started = Instant::now();
    for _ in 0..SERVERS {
        start();
    }
    let took = started.elapsed();
    // The last one's threads end by themselves: dropping a server does not wait for them.
    let until = Instant::now() + Duration::from_secs(5);
    while threads() > before && Instant::now() < until {
        std::thread::yield_now();
    }
    let left = threads().saturating_sub(before);
    format!("{:.0} ms, {left} threads left", took.as_secs_f64() * 1e3)
}

/// A request with the journal on to one with it off, by turns.
fn journal(requests: usize) -> String {
    let server = MockServer::start().expect("a free port");
    let tenant = server.tenant();
    let requests = vec![get(&server); requests];
    let mut load = Load::connect(server.address(), CONNECTIONS);
    let mut best = [f64::INFINITY; 2];
    for round in 0..2 * ROUNDS {
        let side = round % 2;
        if side == 0 {
            tenant.journal().resume();
        } else {
            tenant.journal().pause();
        }
        best[side] = best[side].min(load.run(&requests, 200, || ()).micros());
    }
    let [on, off] = best;
    format!("{:.1} µs of {on:.1} µs ({:.2}×)", on - off, on / off)
}

/// A round trip by itself, and one that a long poll waits for, by turns.
fn wait(rounds: usize) -> (Duration, Duration) {
    let server = MockServer::start().expect("a free port");
    let request = get(&server);
    let mut load = Load::connect(server.address(), 1);
    let mut waits = TcpStream::connect(server.address()).expect("the server listens");
    waits.set_nodelay(true).expect("a connected socket takes the option");
    let (mut plain, mut woken) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        plain.push(timed(|| drop(load.ask(&request, 200))));
        let newest = server.tenant().journal().seqs().end - 1;
        let path = format!("/_mock/v1/tenants/NordlysQA/requests/wait?since={newest}");
        write!(waits, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("the server reads");
        // It has begun to wait when the one worker has answered what came after it.
        load.ask(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", 200);
        woken.push(timed(|| {
            load.ask(&request, 200);
            let mut answer = [0; 16 * 1024];
            let read = waits.read(&mut answer).expect("the server answers");
            assert!(answer[..read].starts_with(b"HTTP/1.1 200"), "the wait is in vain");
        }));
    }
    (middle(plain), middle(woken))
}

/// A GET of the default tenant's first user.
pub(crate) fn get(server: &MockServer) -> Vec<u8> {
    let key = server.secret_key().expect("the seeded tenant has a key");
    let state = server.tenant().snapshot();
    let user = state.resources().all("User").next().expect("there are users").id.clone();
    let path = format!("/NordlysQA/scim/v2/Users/{user}");
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n").into()
}

/// How many threads this process has, where the system tells (Linux).
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}
