use std::thread;

use proptest::prelude::*;

use super::super::Operation;
use super::super::sample::{at, exchange, message, record, records};
use super::*;

fn any() -> Record {
    record(Operation::Get, "/Users/4f2c")
}

fn journal(exchanges: usize, bytes: usize) -> Journal {
    Journal::new(Limits { exchanges, bytes })
}

fn held(journal: &Journal) -> usize {
    journal.since(0, usize::MAX).items.iter().map(|it| memory(it)).sum()
}

fn seqs(items: &[Arc<Exchange>]) -> Vec<Seq> {
    items.iter().map(|it| it.seq).collect()
}

#[test]
fn what_starts_over_has_no_count_of_before_and_never_gives_a_number_twice() {
    let journal = Journal::new(Limits::default());
    let record = || Record::new(Timestamp::UNIX_EPOCH, "GET", "/Users");
    journal.record(record());

    drop(journal.restart_silently());

    assert_eq!(journal.totals(), Totals::default());
    assert_eq!(
        journal.rates(Timestamp::UNIX_EPOCH),
        RecentTraffic::default().rates(Timestamp::UNIX_EPOCH)
    );
    assert_eq!(journal.record(record()).seq, 2);
    drop(journal.clear());
    assert_eq!(journal.totals().exchanges, 1);
}

#[test]
fn the_oldest_leave_when_there_are_too_many() {
    let journal = journal(3, usize::MAX);

    (0..10).for_each(|_| drop(journal.record(any())));

    assert_eq!(journal.seqs(), 8..11);
    assert_eq!(seqs(&journal.pick([7, 10, 8, 11])), [10, 8]);
    assert!(journal.get(7).is_none());
}

#[test]
fn the_oldest_leave_when_they_hold_too_many_bytes() {
    let large = |body: usize| Record { request: message(&"x".repeat(body)), ..any() };
    let each = memory(&exchange(large(1_000)));
    let journal = journal(usize::MAX, 10 * each);

    (0..100).for_each(|_| drop(journal.record(large(1_000))));
    let before = journal.seqs();
    journal.record(large(900));

    assert_eq!(before, 91..101);
    assert!(journal.bytes() <= 10 * each);
    assert_eq!(journal.bytes(), held(&journal));
}

#[test]
fn the_latest_is_kept_whatever_its_size() {
    for journal in [journal(0, usize::MAX), journal(10, 1)] {
        journal.record(any());
        journal.record(any());

        assert_eq!(journal.seqs(), 2..3);
    }
}

#[test]
fn an_exchange_is_recorded_with_its_number_and_summary() {
    let journal = Journal::new(Limits::default());

    let recorded = records().into_iter().map(|it| journal.record(it)).last().unwrap();

    assert_eq!((recorded.seq, recorded.summary.as_str()), (24, "ADMIN POST authenticate"));
    assert!(Arc::ptr_eq(&recorded, &journal.get(24).unwrap()));
    assert_eq!(journal.totals().exchanges, 24);
    assert_eq!(journal.rates(at(0)).seconds[59].exchanges, 24);
}

#[test]
fn a_cursor_pages_through_and_is_told_what_it_missed() {
    let journal = journal(5, usize::MAX);
    (0..8).for_each(|_| drop(journal.record(any())));

    let first = journal.since(0, 2);
    let second = journal.since(first.next, 100);
    let third = journal.since(second.next, 100);

    assert_eq!((first.missed, seqs(&first.items), first.next), (3, vec![4, 5], 5));
    assert_eq!((second.missed, seqs(&second.items), second.next), (0, vec![6, 7, 8], 8));
    assert_eq!((third.missed, seqs(&third.items), third.next), (0, vec![], 8));
    assert_eq!((journal.since(1, 0).missed, journal.since(1, 0).next), (2, 3));
}

#[test]
fn a_cursor_from_the_future_comes_back_to_the_present() {
    let journal = journal(5, usize::MAX);
    journal.record(any());

    let page = journal.since(900, 10);
    journal.record(any());

    assert_eq!((page.missed, page.next), (0, 1));
    assert_eq!(seqs(&journal.since(page.next, 10).items), [2]);
    assert_eq!(journal.since(Seq::MAX, usize::MAX).next, 2);
}

#[test]
fn a_cleared_journal_counts_on() {
    let journal = journal(5, usize::MAX);
    (0..3).for_each(|_| drop(journal.record(any())));

    journal.clear();

    assert_eq!(journal.seqs(), 4..4);
    assert_eq!((journal.bytes(), journal.totals().exchanges), (0, 3));
    assert_eq!((journal.since(1, 9).missed, journal.since(1, 9).next), (2, 3));
    assert_eq!(journal.record(any()).seq, 4);
}

#[test]
fn a_reader_is_told_why_exchanges_are_missing() {
    let large = || Record { request: message(&"x".repeat(900)), ..any() };
    let both = memory(&exchange(any())) + memory(&exchange(large()));
    let journal = journal(2, both - 1);
    (0..5).for_each(|_| drop(journal.record(any())));
    journal.record(large());
    let evicted = journal.since(0, 9).why;
    journal.clear();

    let all = journal.since(0, 9).why;
    let late = journal.since(3, 9).why;

    assert_eq!(journal.seqs(), 7..7);
    assert_eq!((evicted.evicted_by_count, evicted.evicted_by_bytes), (4, 1));
    assert_eq!((all.evicted_by_count, all.evicted_by_bytes, all.deleted), (4, 1, 1));
    assert_eq!((late.total(), late.deleted), (3, 1));
}

#[test]
fn another_life_misses_nothing_of_the_one_before_and_knows_its_cursors() {
    let journal = journal(5, usize::MAX);
    (0..3).for_each(|_| drop(journal.record(any())));
    let before = journal.since(0, 1);

    journal.restart_silently();
    journal.record(any());

    let (beginning, stale) = (journal.since(0, 9), journal.since(before.next, 9));
    assert_eq!((beginning.missed, seqs(&beginning.items), beginning.stale), (0, vec![4], None));
    assert_eq!((stale.stale, journal.since(5, 9).stale), (Some((3, 4)), Some((3, 4))));
    assert_ne!(before.life, beginning.life);
}

#[test]
fn the_revision_moves_with_every_change_and_not_by_reading() {
    let journal = journal(5, usize::MAX);
    let mut seen = vec![journal.revision()];

    journal.record(any());
    seen.push(journal.revision());
    journal.since(0, 9);
    assert_eq!(journal.revision(), seen[1]);
    journal.clear();
    seen.push(journal.revision());

    assert!(seen.is_sorted_by(|a, b| a < b));
}

/// Every number is given once, and a reader meets each once or counts it as missed.
fn race(journal: &Journal) -> Vec<(u64, u64)> {
    const WRITERS: usize = 16;
    const EACH: usize = 1_000;
    let all = (WRITERS * EACH) as u64;
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                scope.spawn(|| (0..EACH).map(|_| journal.record(any()).seq).collect::<Vec<_>>())
            })
            .collect();
        let readers: Vec<_> = [1, 7, 1_000]
            .map(|limit| {
                scope.spawn(move || {
                    let (mut cursor, mut seen, mut missed) = (0, 0, 0);
                    while cursor < all {
                        let page = journal.since(cursor, limit);
                        let first = cursor + page.missed + 1;
                        assert!(page.items.iter().map(|it| it.seq).eq(first..=page.next));
                        seen += page.items.len() as u64;
                        missed += page.missed;
                        cursor = page.next;
                    }
                    (seen, missed)
                })
            })
            .into();
        let mut given: Vec<_> = writers.into_iter().flat_map(|it| it.join().unwrap()).collect();
        given.sort_unstable();
        assert!(given.into_iter().eq(1..=all));
        readers.into_iter().map(|it| it.join().unwrap()).collect()
    })
}

#[test]
fn with_room_for_all_every_reader_sees_each_exchange_once() {
    let journal = Journal::new(Limits::default());

    assert_eq!(race(&journal), [(16_000, 0); 3]);
}

#[test]
fn with_little_room_every_reader_sees_or_misses_each_exchange_once() {
    let journal = journal(50, usize::MAX);

    assert!(race(&journal).iter().all(|(seen, missed)| seen + missed == 16_000));
    assert_eq!(journal.seqs(), 15_951..16_001);
}

#[derive(Clone, Debug)]
enum Step {
    Record(usize),
    Clear,
    Read(usize),
}

proptest! {
    #[test]
    fn the_bounds_hold_and_no_exchange_is_met_twice(
        limits in (0..20usize, 0..60_000usize),
        steps in prop::collection::vec(
            prop_oneof![
                8 => (0..5_000usize).prop_map(Step::Record),
                1 => Just(Step::Clear),
                4 => (0..9usize).prop_map(Step::Read),
            ],
            0..80,
        ),
    ) {
        let journal = journal(limits.0, limits.1);
        let (mut recorded, mut met, mut cursor) = (0, 0, 0);
        for step in steps {
            match step {
                Step::Record(body) => {
                    let request = message(&"x".repeat(body));
                    recorded += 1;
                    prop_assert_eq!(journal.record(Record { request, ..any() }).seq, recorded);
                }
                Step::Clear => drop(journal.clear()),
                Step::Read(limit) => {
                    let page = journal.since(cursor, limit);
                    met += page.missed + page.items.len() as u64;
                    cursor = page.next;
                    prop_assert_eq!(met, cursor);
                }
            }
            let kept = journal.since(0, usize::MAX).items;
            prop_assert!(kept.len() <= limits.0.max(1));
            prop_assert!(kept.len() <= 1 || journal.bytes() <= limits.1);
            prop_assert_eq!(journal.bytes(), held(&journal));
        }
    }
}
