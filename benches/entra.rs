//! How fast a company is provisioned to a tenant of ours, and what an idle cycle costs.
//!
//! `cargo bench --bench entra` measures 1,000 and 10,000 users; numbers behind `--` measure others.
//! At the end of each size, part of the company is disabled, restored and hard-deleted.
#![expect(clippy::print_stdout, reason = "a benchmark prints its numbers")]

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use mediusflow_mock::entra::{
    Change, Directory, HttpTransport, INTERVAL, Job, JobConfiguration, ObjectType, Outside,
    SecretToken, SimulatedClock,
};
use mediusflow_mock::server::MockServer;
use smol_str::SmolStr;

fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|it| it.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000] } else { sizes };
    println!("users    groups  initial s  objects/s  idle ms  changes s");
    for users in sizes {
        measure(users);
    }
}

fn measure(users: usize) {
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
    let mut directory = Directory::generate(1, users, groups);
    directory.assign_all();
    let (transport, clock) = (HttpTransport::new(), SimulatedClock::at(Timestamp::UNIX_EPOCH));
    let mut cycle = |directory: &mut Directory| {
        clock.advance(INTERVAL);
        let start = Instant::now();
        let report = job.cycle(directory, Outside::new(&transport, &clock));
        let counts = report.execution.expect("the job is switched on").counts;
        assert_eq!((counts.failed, counts.failed_references), (0, 0));
        start.elapsed()
    };
    let initial = cycle(&mut directory);
    let idle = (0..20).map(|_| cycle(&mut directory)).min().unwrap_or_default();
    let changes = changes(&mut directory, &clock, &mut cycle);
    let objects = users + groups;
    println!(
        "{users:<8} {groups:<7} {:<10.2} {:<10} {:<8.2} {:.2}",
        initial.as_secs_f64(),
        objects as u128 * 1_000_000 / initial.as_micros().max(1),
        idle.as_secs_f64() * 1_000.0,
        changes.as_secs_f64(),
    );
}

/// A tenth is disabled, a fifth soft-deleted, half of that restored and the rest hard-deleted.
fn changes(
    directory: &mut Directory,
    clock: &SimulatedClock,
    cycle: &mut impl FnMut(&mut Directory) -> Duration,
) -> Duration {
    let users = directory.objects().filter(|it| it.object_type() == ObjectType::User);
    let ids: Vec<SmolStr> = users.map(|it| it.object_id.clone()).collect();
    let each = |directory: &mut Directory, from: usize, change: fn(SmolStr) -> Change| {
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
