//! What is measured in a process of its own: memory, and the first start.

use mediusflow_mock::internals::ServerInternals as _;
use mediusflow_mock::internals::TenantInternals as _;
use std::{
    process::Command,
    time::{Duration, Instant},
};

use mediusflow_mock::{
    MockServer, SEED_TIME,
    internals::{
        medius,
        tenant::{ScimProfile, Tenant, Terms},
    },
    scim::{Dialect, Profile},
};

use crate::{
    Extent,
    load::Load,
    resident::resident,
    subject::{Subject, USERS, new_user},
    table::{Table, count, least},
};

/// The first argument of a child process; its task and a number follow.
pub(crate) const FLAG: &str = "--alone";

/// How often each is measured; the least of them counts.
const TIMES: usize = 11;

/// How many users the server has whose start is measured.
const START: usize = 500;

/// How many tenants are made in a row.
const TENANTS: usize = 100;

/// Measures all of it.
pub(crate) fn table(extent: &Extent) -> Table {
    let users = extent.middle();
    let mut table = Table::new(vec!["once".into(), "measured".into(), "target".into()]);
    let mut row = |name: String, value: String, target: &str| {
        table.row([name, value, target.to_owned()]);
    };
    let name = format!("memory a user, {} users of {} bytes", count(users), weight());
    row(name, format!("{:.0} bytes", ask("memory", users)), "< 2,048 bytes at 900");
    let first = least((0..TIMES).map(|_| ask("start", START)));
    row(format!("first start to first answer, {START} users"), ms(first), "< 15 ms");
    row(format!("any later start, {START} users"), ms(ask("restart", START)), "< 15 ms");
    row("stop".into(), ms(ask("stop", START)), "< 20 ms");
    row("a tenant made".into(), ms(ask("tenant", TENANTS)), "< 1 ms");
    table
}

fn ms(it: f64) -> String {
    format!("{it:.2} ms")
}

/// Has a task done by a child process.
fn ask(task: &str, number: usize) -> f64 {
    let program = std::env::current_exe().expect("a running program has a path");
    let output = Command::new(program).args([FLAG, task, &number.to_string()]).output();
    let output = output.expect("the program starts again");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().unwrap_or_else(|_error| {
        panic!("{task}: {text}{}", String::from_utf8_lossy(&output.stderr))
    })
}

/// Does a task as the child.
pub(crate) fn child(task: &str, number: usize) -> f64 {
    match task {
        "memory" => memory(number),
        "start" => start(number).as_secs_f64() * 1e3,
        "restart" => least((0..=TIMES).map(|_| start(number).as_secs_f64() * 1e3)),
        "stop" => least((0..TIMES).map(|_| stop(number).as_secs_f64() * 1e3)),
        "tenant" => tenant(number),
        _ => panic!("there is no task {task}"),
    }
}

/// Bytes of resident memory that a user adds, indexes included, beside a server without any.
#[expect(clippy::cast_precision_loss, reason = "a number for a reader")]
fn memory(users: usize) -> f64 {
    let server = MockServer::builder().users(0).groups(0).start().expect("a free port is free");
    let tenant = server.tenant();
    let schemas = tenant.schemas();
    let user_type = schemas.resource_type("User").expect("users are built in");
    let before = resident();
    for at in 0..users {
        let user = new_user(&format!("newcomer-{at}"));
        let made = tenant.create(user_type, &user, Terms::default(), SEED_TIME);
        made.expect("each has a name of its own");
    }
    resident().saturating_sub(before) as f64 / users as f64
}

/// Bytes of JSON that such a user is sent with.
fn weight() -> usize {
    new_user("newcomer-12345").to_string().len()
}

/// From the call until an answer has been read.
fn start(users: usize) -> Duration {
    let started = Instant::now();
    let server = MockServer::builder().users(users).start().expect("a free port is free");
    let key = server.secret_key().expect("the seeded tenant has a key");
    let request = format!(
        "GET {USERS}?count=1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n"
    );
    Load::connect(server.address(), 1).ask(request.as_bytes(), 200);
    started.elapsed()
}

/// From the call until the server's thread is gone, with connections open.
fn stop(users: usize) -> Duration {
    let Subject { server, mut load, .. } = Subject::start(users, Profile::Mediusflow);
    load.ask(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", 200);
    let started = Instant::now();
    server.stop(Duration::from_secs(1));
    started.elapsed()
}

/// Milliseconds that an empty tenant takes, the schemas being there.
#[expect(clippy::cast_precision_loss, reason = "a number for a reader")]
fn tenant(count: usize) -> f64 {
    let server = MockServer::start().expect("a free port is free");
    let schemas = std::sync::Arc::new(medius::schemas());
    let model = server.tenant();
    let started = Instant::now();
    for at in 0..count {
        let name = format!("Tenant{at}QA").parse().expect("letters and digits make a name");
        let master = model.master();
        let profile = Profile::Mediusflow;
        let profile = ScimProfile::with(profile, Dialect::of(profile), &schemas);
        server.tenants().insert(std::sync::Arc::new(Tenant::new(name, master, profile, 1)));
    }
    started.elapsed().as_secs_f64() * 1e3 / count as f64
}
