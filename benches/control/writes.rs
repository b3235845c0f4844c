//! The cost of the decision whether a user may sign in, in a write.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use mediusflow_mock::{
    MockServer,
    internals::{
        TenantInternals as _,
        tenant::{OperationTarget, Terms, name_identifier},
    },
};
use serde_json::{Value, json};

use crate::table::{Table, count};

/// The number of users that a round writes to.
const WRITTEN: usize = 500;

/// The median times of a write that does not need the decision (`title`) and of one that does (`active`),
/// both without HTTP and journal; of one decision; and of finding a user by name identifier.
pub(crate) fn table(is_quick: bool) -> Table {
    let head = ["users", "PATCH title", "PATCH active", "decision", "name identifier"];
    let mut table = Table::new(head.map(str::to_owned).to_vec());
    let sizes: &[usize] = if is_quick { &[500, 10_000] } else { &[1_000, 100_000, 1_000_000] };
    for users in sizes {
        table.row(row(*users, if is_quick { 4 } else { 40 }));
    }
    table
}

fn row(users: usize, rounds: usize) -> Vec<String> {
    let server = MockServer::builder().users(users).groups(0).start().expect("a free port");
    let tenant = server.tenant();
    let state = tenant.snapshot();
    let ids: Vec<_> = state.resources().all("User").take(WRITTEN).map(|it| it.id.clone()).collect();
    let resource_type = state.profile().schemas.resource_type("User").expect("users are built in");
    let patched = |path: &str, values: [Value; 2]| {
        median(rounds * ids.len(), |n| {
            let value = &values[n / ids.len() % 2];
            let operation = json!({"op": "replace", "path": path, "value": value});
            let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [operation]});
            let place =
                OperationTarget { resource_type, id: &ids[n % ids.len()], terms: Terms::default() };
            timed(|| drop(tenant.modify(place, &body, server.now())))
        })
    };
    let title = patched("title", [json!("Clerk"), json!("Head")]);
    let active = patched("active", [json!(false), json!(true)]);
    let user = |n: usize| state.resources().get("User", &ids[n % ids.len()]).expect("it stays");
    let decision = median(rounds * ids.len(), |n| {
        let user = user(n);
        timed(|| {
            black_box(state.sign_in(user, None).result());
        })
    });
    let found = median(rounds * ids.len(), |n| {
        let name = name_identifier(user(n));
        timed(|| {
            black_box(state.identified(name).count());
        })
    });
    [count(users)].into_iter().chain([title, active, decision, found].map(nanoseconds)).collect()
}

fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

fn median(rounds: usize, mut round: impl FnMut(usize) -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..rounds).map(&mut round).collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn nanoseconds(time: Duration) -> String {
    format!("{} ns", count(usize::try_from(time.as_nanos()).unwrap_or(usize::MAX)))
}
