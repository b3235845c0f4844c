//! What those who wait cost everybody else.

use mediusflow_mock::internals::TenantInternals as _;
use std::{io::Write, net::TcpStream};

use mediusflow_mock::MockServer;

use crate::{
    load::{CONNECTIONS, Load},
    server::get,
    table::{Table, count},
};

/// How many rounds each side has whose ratio is told; its best one counts.
const ROUNDS: usize = 9;

/// The cost of a GET with so many waits on a journal that holds so much, to that of one without.
pub(crate) fn table(is_quick: bool) -> Table {
    let (many, held, requests) = if is_quick { (100, 1_500, 500) } else { (1_000, 15_000, 5_000) };
    let head = ["waits", "exchanges", "what they wait for", "a GET", "without", "ratio"];
    let mut table = Table::new(head.map(str::to_owned).to_vec());
    let filter = |q: &str| format!("requests/wait?q={q}&timeout=600s");
    let all = |path: String| move |_: usize| path.clone();
    let mut row = |waits: usize, what: &str, path: &dyn Fn(usize) -> String| {
        let [with, without] = cost((waits, held), path, requests);
        let micros = |it: f64| format!("{it:.1} µs");
        let ratio = format!("{:.2}", with / without);
        table.row([count(waits), count(held), what.into(), micros(with), micros(without), ratio]);
    };
    row(60, "one filter, not these requests", &all(filter("op:delete")));
    row(many, "one filter, not these requests", &all(filter("op:delete")));
    row(many, "more of these requests than come", &all(filter("op:get") + "&count=10000000"));
    row(many, "a user each", &|n| filter(&format!("op:create%20user:user{n}@contoso.com")));
    row(many, "a user each, whatever happens", &|n| filter(&format!("user:user{n}@contoso.com")));
    row(many, "a path each", &|n| filter(&format!("path:/Users/{n}x")));
    row(many, "a state", &|n| {
        format!("state/wait?users=userName%20eq%20%22user{n}%22&timeout=600s")
    });
    row(many, "quiet", &|_| "requests/wait-idle?quiet=300s&timeout=600s".to_owned());
    table
}

/// The best time of a request beside waits, and without any, by turns.
fn cost(
    (waits, held): (usize, usize),
    path: &dyn Fn(usize) -> String,
    requests: usize,
) -> [f64; 2] {
    let servers = [(); 2].map(|()| MockServer::start().expect("a free port"));
    let mut loads = servers.each_ref().map(|it| Load::connect(it.address(), CONNECTIONS));
    for (server, load) in servers.iter().zip(&mut loads) {
        load.run(&vec![get(server); held], 200, || ());
    }
    // Kept open until the end.
    let open: Vec<TcpStream> = (0..waits).map(|n| wait(&servers[0], &path(n))).collect();
    while servers[0].tenant().waiters().count() < waits {
        std::thread::yield_now();
    }
    let asked = servers.each_ref().map(|it| vec![get(it); requests]);
    let mut best = [f64::INFINITY; 2];
    for round in 0..2 * ROUNDS {
        let side = round % 2;
        best[side] = best[side].min(loads[side].run(&asked[side], 200, || ()).micros());
    }
    assert_eq!(servers[0].tenant().waiters().count(), waits, "a wait ended");
    drop(open);
    best
}

/// A long poll that has been sent.
fn wait(server: &MockServer, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).expect("the server listens");
    let path = format!("/_mock/v1/tenants/NordlysQA/{path}");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("the server reads");
    stream
}
