//! What one member of a large group costs, and what a filter costs that no index answers.

use mediusflow_mock::internals::TenantInternals as _;
use std::{collections::VecDeque, sync::Arc};

use mediusflow_mock::{
    internals::tenant::State,
    scim::{Profile, urn},
};
use serde_json::{Value as Json, json};

use crate::{
    Extent,
    load::{CONNECTIONS, Load},
    subject::{GROUPS, Subject, USERS, new_user, patch},
    table::{Table, count, least},
};

/// How many snapshots are held: that of each of the last so many requests.
const HELD: usize = 1_000;

/// How often the full scan is asked for.
const SCANS: usize = 11;

/// Measures groups of each size, by turns, and the scan.
pub(crate) fn table(extent: &Extent) -> Table {
    let largest = extent.members.iter().max().copied().unwrap_or_default();
    let mut subject = Subject::start(largest, Profile::Mediusflow);
    let groups: Vec<String> = extent.members.iter().map(|it| group(&mut subject, *it)).collect();
    let newcomers = newcomers(&mut subject);
    let mut micros = vec![Vec::new(); 2 * groups.len()];
    let requests = extent.requests / 8;
    for _ in 0..extent.rounds {
        for (at, group) in groups.iter().enumerate() {
            micros[2 * at].push(run(&mut subject, group, (&newcomers, requests), 0));
            micros[2 * at + 1].push(run(&mut subject, group, (&newcomers, requests), HELD));
        }
    }
    let micros: Vec<f64> = micros.into_iter().map(least).collect();
    let sizes = extent.members.iter().map(|it| format!("{} members", count(*it)));
    let head = ["one member added or taken, or one scan".to_owned()].into_iter().chain(sizes);
    let mut table = Table::new(head.chain(["target".to_owned()]).collect());
    for (held, name) in
        ["PATCH of one member", "PATCH of one member, snapshots held"].iter().enumerate()
    {
        let cells = micros.iter().skip(held).step_by(2).map(|it| format!("{it:.0} µs"));
        let target = "the same within 2×".to_owned();
        table.row([(*name).to_owned()].into_iter().chain(cells).chain([target]));
    }
    drop(subject);
    let name = format!("`title co`, {} users", count(extent.middle()));
    let mut row = vec![name, format!("{:.0} ms", scan(extent.middle()))];
    row.resize(extent.members.len() + 1, String::new());
    table.row(row.into_iter().chain(["< 150 ms at 100,000".to_owned()]));
    table
}

/// Makes a group of the first so many users.
fn group(subject: &mut Subject, size: usize) -> String {
    let members: Vec<Json> =
        subject.users[..size].iter().map(|(id, _)| json!({"value": id.as_str()})).collect();
    let name = format!("Group of {size}");
    let body = json!({"schemas": [urn::GROUP], "displayName": name, "members": members});
    id_of(&subject.load.ask(&subject.with_body("POST", GROUPS, &body), 201))
}

/// Makes as many users as there are connections: each adds and takes its own, so that every request
/// changes something, whatever their order.
fn newcomers(subject: &mut Subject) -> Vec<String> {
    let make = |at: usize| {
        let body = new_user(&format!("member-{at}"));
        id_of(&subject.load.ask(&subject.with_body("POST", USERS, &body), 201))
    };
    (0..CONNECTIONS).map(make).collect()
}

fn id_of(answer: &[u8]) -> String {
    let answer: Json = serde_json::from_slice(answer).expect("the server answers JSON");
    answer["id"].as_str().expect("a resource has an id").to_owned()
}

/// Microseconds a request.
fn run(
    subject: &mut Subject,
    group: &str,
    (users, count): (&[String], usize),
    snapshots: usize,
) -> f64 {
    let target = format!("{GROUPS}/{group}");
    let one = |at: usize| {
        let id = &users[at % users.len()];
        let operation = if (at / users.len()).is_multiple_of(2) {
            json!({"op": "Add", "path": "members", "value": [{"value": id}]})
        } else {
            json!({"op": "Remove", "path": format!("members[value eq \"{id}\"]")})
        };
        subject.with_body("PATCH", &target, &patch(&operation))
    };
    // Each is taken as often as it is added.
    let turn = 2 * users.len();
    let requests: Vec<_> = (0..count / turn * turn).map(one).collect();
    let tenant = subject.server.tenant();
    let mut held: VecDeque<Arc<State>> = VecDeque::new();
    let hold = || {
        if snapshots > 0 {
            held.push_back(tenant.snapshot());
        }
        if held.len() > snapshots {
            held.pop_front();
        }
    };
    subject.load.run(&requests, 204, hold).micros()
}

/// Milliseconds for a filter that looks at every user, one request at a time, as the client sees it.
fn scan(users: usize) -> f64 {
    let subject = Subject::start(users, Profile::Rfc);
    let mut load = Load::connect(subject.server.address(), 1);
    let request = subject.bare("GET", &format!("{USERS}?filter=title%20co%20%22pecial%22"));
    let one = |_| load.run(std::slice::from_ref(&request), 200, || ()).micros() / 1_000.0;
    least((0..SCANS).map(one))
}
