//! How fast a company is provisioned to a tenant of ours, and what an idle cycle costs.
//!
//! `cargo bench --bench entra` measures 1,000 and 10,000 users; numbers behind `--` measure others,
//! `--markdown` prints the table for a page. The floor is the same client sending as many reads of one
//! user, one after another. At the end of each size, part of the company is disabled, restored and
//! hard-deleted.
#![expect(clippy::print_stdout, reason = "a benchmark prints its numbers")]

#[path = "shared/resident.rs"]
mod resident;
#[path = "shared/table.rs"]
#[expect(dead_code, reason = "only the table is used")]
mod table;

use mediusflow_mock::internals::TenantInternals as _;
use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use mediusflow_mock::MockServer;
use mediusflow_mock::entra::{
    Change, HttpTransport, INTERVAL, Job, JobConfiguration, JobEnvironment, ObjectType, Request,
    Response, SecretToken, SimulatedClock, SourceDirectory, Transport, TransportError,
};
use resident::resident;
use smol_str::SmolStr;
use table::{Table, count};

/// How many reads the floor is measured with at most.
const MOST_READS: u32 = 20_000;

fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|it| it.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000] } else { sizes };
    let head = [
        "users",
        "groups",
        "initial cycle",
        "requests",
        "to the floor",
        "objects a second",
        "idle cycle",
        "changes",
        "directory",
        "job and tenant",
    ];
    let mut table = Table::new(head.map(str::to_owned).to_vec());
    for users in sizes {
        table.row(measure(users));
    }
    let is_markdown = std::env::args().any(|it| it == "--markdown");
    println!("{}", if is_markdown { table.markdown() } else { table.plain() });
}

/// The real transport, counting.
struct Counted {
    inner: HttpTransport,
    requests: Cell<u32>,
}

impl Transport for Counted {
    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.requests.set(self.requests.get() + 1);
        self.inner.send(request)
    }
}

fn measure(users: usize) -> [String; 10] {
    let server = MockServer::builder().users(0).groups(0).start().expect("a free port is there");
    let key = server.secret_key().expect("a seeded tenant has a key");
    let configuration = JobConfiguration {
        requests_per_second: None,
        tenant_url: Some(server.scim_url().parse().expect("a server has a URL")),
        secret_token: SecretToken::new(&key).ok(),
        ..JobConfiguration::default()
    };
    let mut job = Job::new(configuration, "bench", 1).expect("URL and token are given");
    let groups = users / 50;
    let empty = resident();
    let mut directory = SourceDirectory::generate(1, users, groups, None);
    directory.assign_all();
    let full = resident();
    let transport = Counted { inner: HttpTransport::new(), requests: Cell::new(0) };
    let clock = SimulatedClock::at(Timestamp::UNIX_EPOCH);
    let mut cycle = |directory: &mut SourceDirectory| {
        clock.advance(INTERVAL);
        let start = Instant::now();
        let report = job.cycle(directory, JobEnvironment::new(&transport, &clock));
        let counts = report.execution.expect("the job is switched on").counts;
        assert_eq!((counts.failed, counts.failed_references), (0, 0));
        start.elapsed()
    };
    let initial = cycle(&mut directory);
    let (requests, provisioned) = (transport.requests.get(), resident());
    let idle = (0..20).map(|_| cycle(&mut directory)).min().unwrap_or_default();
    let floor = floor(&server, &key, requests);
    let changes = changes(&mut directory, &clock, &mut cycle);
    let seconds = |it: Duration| format!("{:.2} s", it.as_secs_f64());
    let mebibytes = |from: usize, to: usize| format!("{} MiB", to.saturating_sub(from) >> 20);
    [
        count(users),
        count(groups),
        seconds(initial),
        count(requests as usize),
        format!("{:.2}", floor.as_secs_f64() / initial.as_secs_f64()),
        count((users + groups) * 1_000 / (initial.as_millis() as usize).max(1)),
        format!("{:.2} ms", idle.as_secs_f64() * 1_000.0),
        seconds(changes),
        mebibytes(empty, full),
        mebibytes(full, provisioned),
    ]
}

/// How long so many reads of a user take the same client, one after another.
fn floor(server: &MockServer, key: &str, requests: u32) -> Duration {
    let state = server.tenant().snapshot();
    let user = state.resources().all("User").next().expect("users were provisioned").id.clone();
    let request = Request {
        method: "GET",
        url: format!("{}/Users/{user}", server.scim_url()),
        headers: vec![("Authorization", format!("Bearer {key}"))],
        body: None,
    };
    let transport = HttpTransport::new();
    let reads = requests.min(MOST_READS);
    let start = Instant::now();
    for _ in 0..reads {
        assert_eq!(transport.send(&request).expect("the server answers").status, 200);
    }
    start.elapsed() * requests / reads
}

/// A tenth is disabled, a fifth soft-deleted, half of that restored and the rest hard-deleted.
fn changes(
    directory: &mut SourceDirectory,
    clock: &SimulatedClock,
    cycle: &mut impl FnMut(&mut SourceDirectory) -> Duration,
) -> Duration {
    let users = directory.objects().filter(|it| it.object_type() == ObjectType::User);
    let ids: Vec<SmolStr> = users.map(|it| it.object_id.clone()).collect();
    let each = |directory: &mut SourceDirectory, from: usize, change: fn(SmolStr) -> Change| {
        for object in ids.iter().skip(from).step_by(10) {
            directory.apply(&change(object.clone()), Timestamp::UNIX_EPOCH).expect("it is there");
        }
    };
    each(directory, 0, |object| Change::Disable { object });
    each(directory, 1, |object| Change::SoftDelete { object });
    each(directory, 2, |object| Change::SoftDelete { object });
    let mut took = cycle(directory);
    each(directory, 1, |object| Change::Restore { object });
    took += cycle(directory);
    clock.advance(SignedDuration::from_hours(31 * 24));
    took + cycle(directory)
}
