//! The console's list of the users: its first and its last page, and a search that nobody matches, which has
//! to look at every user.

use std::time::Instant;

use mediusflow_mock::{MockServer, internals::TenantInternals as _};

use crate::{
    browser::Browser,
    load::Load,
    table::{Table, count, least},
};

/// How often each page is asked for; the best one counts.
const ROUNDS: usize = 9;

/// How many requests by id make the floor of one round.
const FLOOR: usize = 500;

/// How many users a page shows.
const ROWS: usize = 50;

/// A row for each number of users.
pub(crate) fn table(sizes: &[usize]) -> Table {
    let head =
        ["users", "GET by id", "first page", "last page", "search in vain", "first page, size"];
    let mut table = Table::new(head.map(str::to_owned).to_vec());
    for users in sizes {
        table.row(row(*users));
    }
    table
}

fn row(users: usize) -> Vec<String> {
    let server = MockServer::builder().users(users).groups(0).start().expect("a free port");
    let cookie = console_cookie(&server);
    let page = |query: &str| {
        let address = format!("/NordlysQA/admin/users{query}");
        format!(
            "GET {address} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nAccept: text/html\r\n\r\n",
            server.address()
        )
    };
    let by_id = by_id(&server);
    let mut load = Load::connect(server.address(), 1);
    let rows = load.ask(page("").as_bytes(), 200).len();
    let mut time = |request: &str, times: usize| {
        least((0..ROUNDS).map(|_| {
            let started = Instant::now();
            for _ in 0..times {
                load.ask(request.as_bytes(), 200);
            }
            started.elapsed().as_secs_f64() * 1e3 / f64::from(u32::try_from(times).unwrap_or(1))
        }))
    };
    let floor = time(&by_id, FLOOR);
    let last = format!("?page={}", users.div_ceil(ROWS));
    let pages = ["", &last, "?q=nobody-is-called-so"].map(|it| time(&page(it), 1));
    let beside = |it: f64| format!("{it:.2} ms ({:.0}×)", it / floor);
    let [first, last, search] = pages.map(beside);
    vec![
        count(users),
        format!("{:.0} µs", floor * 1e3),
        first,
        last,
        search,
        format!("{} bytes", count(rows)),
    ]
}

/// The cookie of somebody who is logged in to the console of the default tenant.
fn console_cookie(server: &MockServer) -> String {
    let page = Browser::of(server).post("/admin/", &[("tenantName", "NordlysQA")]);
    let line = page.header("set-cookie").expect("the console lets in who names the tenant");
    line.split(';').next().unwrap_or_default().to_owned()
}

/// A `GET` of the first user.
fn by_id(server: &MockServer) -> String {
    let key = server.secret_key().expect("the seeded tenant has a key");
    let state = server.tenant().snapshot();
    let id = state.resources().all("User").next().expect("there are users").id.clone();
    let path = format!("/NordlysQA/scim/v2/Users/{id}");
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n")
}
