use std::{sync::atomic::AtomicUsize, task::Wake};

use rstest::rstest;

use super::super::{Limits, Operation, Record, sample};
use super::*;

#[derive(Default)]
struct Calls(AtomicUsize);

impl Wake for Calls {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn journal() -> Journal {
    Journal::new(Limits::default())
}

fn watch(journal: &Journal, filter: &str) -> Watch {
    journal.watch(filter.parse().unwrap(), 0, sample::at(0)).unwrap()
}

fn is_empty(journal: &Journal) -> bool {
    let table = journal.watches().table();
    table.by_filter.is_empty() && table.index.is_empty() && table.groups.is_empty()
}

#[rstest]
#[case("")]
#[case("op:create")]
#[case("op:create user:\"anna larsson\"")]
#[case("user:ANNA.larsson@acme.se")]
#[case("user:4f2c,b31d | group:Finance")]
#[case("group:fin,finance -op:get")]
#[case("-is:error path:Users")]
#[case("path:Users,Groups")]
#[case("path:/USERS/ | path:groups")]
#[case("path:\"userName eq\"")]
#[case("path:s")]
#[case("since:1h id:4f2c")]
#[case("user:~anna")]
fn a_wait_counts_what_a_look_at_the_whole_journal_finds(#[case] text: &str) {
    let journal = journal();
    let all = sample::records();
    let (before, after) = all.split_at(all.len() / 2);
    let record = |records: &[Record]| {
        for record in records {
            journal.record(record.clone());
        }
    };
    record(before);
    let other = watch(&journal, "op:get");

    let watch = watch(&journal, text);
    record(after);

    let filter: TrafficFilter = text.parse().unwrap();
    let seen = journal.since(0, usize::MAX).items;
    let found = seen.iter().filter(|it| filter.matches(it, sample::at(0))).count();
    assert!(found > 0);
    assert_eq!(watch.count(), found);
    drop((watch, other));
    assert!(is_empty(&journal));
}

#[test]
fn only_the_wait_for_which_enough_have_come_is_woken() {
    let journal = journal();
    let (few, many) = (watch(&journal, "op:get"), watch(&journal, "op:get"));
    let calls = [(); 2].map(|()| Arc::new(Calls::default()));
    few.arm(1, &Waker::from(calls[0].clone()));
    many.arm(3, &Waker::from(calls[1].clone()));
    let mut told = Vec::new();

    for operation in [Operation::List, Operation::Get, Operation::Get, Operation::Get] {
        journal.record(sample::record(operation, "/Users/4f2c"));
        told.push([0, 1].map(|at| calls[at].0.load(Ordering::SeqCst)));
    }

    assert_eq!(told, [[0, 0], [1, 0], [1, 0], [1, 1]]);
}

/// A record whose body is longer than a regular expression is held against while it is recorded.
fn long(end: &str) -> Record {
    let body = "a".repeat(60_000) + end;
    let request = super::super::Message::recorded([], body.as_bytes(), 64 * 1024);
    Record { request, ..sample::record(Operation::Get, "/Users/4f2c") }
}

fn late(journal: &Journal) -> usize {
    journal.watches().table().groups.values().map(|it| it.late.len()).sum()
}

#[test]
fn what_takes_long_to_test_is_left_to_the_one_who_waits() {
    let journal = journal();
    let watch = watch(&journal, "req:~\"a{4}x|b$\"");
    let calls = Arc::new(Calls::default());

    watch.arm(2, &Waker::from(calls.clone()));
    journal.record(long("x"));
    journal.record(long("y"));
    journal.record(long("b"));

    assert_eq!((late(&journal), calls.0.load(Ordering::SeqCst)), (3, 1));
    assert_eq!(watch.count(), 2);
    assert_eq!(late(&journal), 0);
}

#[test]
fn one_wait_that_takes_long_leaves_others_their_steps() {
    let journal = journal();
    let costly: Vec<Watch> = (0..20).map(|n| watch(&journal, &format!("req:~\"{n}x$\""))).collect();
    let cheap = watch(&journal, "op:get");
    let calls = Arc::new(Calls::default());
    cheap.arm(1, &Waker::from(calls.clone()));

    journal.record(long("7x"));

    assert_eq!((late(&journal), calls.0.load(Ordering::SeqCst)), (20, 1));
    assert_eq!(costly.iter().map(Watch::count).sum::<usize>(), 1);
}

#[test]
fn what_waits_untested_has_a_bound() {
    let journal = journal();
    let watch = watch(&journal, "req:~\"x$\"");

    for _ in 0..=MOST_LATE {
        journal.record(long("y"));
    }

    assert_eq!(late(&journal), MOST_LATE);
    assert_eq!(watch.count(), 1);
}
