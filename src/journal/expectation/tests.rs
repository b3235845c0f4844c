use expect_test::expect;

use super::super::{Journal, Limits, MissingExchanges, Operation, sample};
use super::*;

fn seen() -> Vec<Arc<Exchange>> {
    let journal = Journal::new(Limits::default());
    for (operation, status) in
        [(Operation::Find, 200), (Operation::Create, 201), (Operation::Create, 409)]
    {
        let mut record = sample::record(operation, "/Users");
        record.status = status;
        journal.record(record);
    }
    journal.since(0, usize::MAX).items
}

fn expected(r#match: &str, order: &[&str]) -> Expectation {
    Expectation {
        r#match: r#match.parse().unwrap(),
        order: order.iter().map(|it| it.parse().unwrap()).collect(),
        ..Expectation::default()
    }
}

fn check(expected: &Expectation) -> Result<Vec<Arc<Exchange>>, UnmetExpectation> {
    expected.check(&seen(), MissingExchanges::default(), sample::at(1))
}

fn told(expected: Expectation) -> String {
    check(&expected).unwrap_err().to_string()
}

#[test]
fn a_count_that_fits_answers_what_is_meant() {
    let two = Expectation { count: Some(Count::exactly(2)), ..expected("op:create", &[]) };

    let meant = check(&two).unwrap();

    assert_eq!(meant.iter().map(|it| it.seq).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn too_few_names_the_nearest_misses_part_by_part() {
    expect![[r"
        expected 2 exchanges matching op:create status:201, found 1 of 3
          nearest: #3 409 CREATE
            status:201 does not hold: 409
          nearest: #1 FIND user → 0 hits
            op:create does not hold: find
            status:201 does not hold: 200"]]
    .assert_eq(&told(Expectation {
        count: Some(Count::exactly(2)),
        ..expected("op:create status:201", &[])
    }));
}

#[test]
fn too_many_names_those_beyond_the_limit() {
    expect![[r"
        expected no exchange matching op:create, found 2 of 3
          unexpected: #2 CREATE user
          unexpected: #3 409 CREATE"]]
    .assert_eq(&told(Expectation { count: Some(Count::exactly(0)), ..expected("op:create", &[]) }));
}

#[test]
fn an_order_may_have_others_in_between() {
    let meant = check(&expected("", &["op:find", "status:409"]));

    assert!(meant.is_ok());
}

#[test]
fn a_wrong_order_names_the_place() {
    expect![[r"
        expected an exchange in place 2 of the order matching op:find, found none of the 1 behind place 1
          nearest: #3 409 CREATE
            op:find does not hold: create"]]
    .assert_eq(&told(expected("", &["status:201", "op:find"])));
}

#[test]
fn nobody_else_means_nobody_else() {
    let both = Expectation { no_others: true, ..expected("op:create", &["op:find"]) };
    assert!(check(&both).is_ok());

    expect![[r"
        expected no other exchanges, found 1 of 3
          unexpected: #1 FIND user → 0 hits"]]
    .assert_eq(&told(Expectation { no_others: true, ..expected("op:create", &[]) }));
}

#[test]
fn a_count_is_a_number_or_a_range() {
    let read = |text: &str| serde_json::from_str::<Count>(text).map_err(|it| it.to_string());

    assert_eq!(read("3"), Ok(Count::exactly(3)));
    assert_eq!(read(r#"{"atMost": 2}"#), Ok(Count { at_least: 0, at_most: Some(2) }));
    assert!(read(r#"{"atLeast": 3, "atMost": 2}"#).unwrap_err().contains("atLeast"));
    assert!(read(r#""3""#).unwrap_err().contains("count must be a number"));
}

#[test]
fn what_says_nothing_is_refused() {
    let none = || Expectation::default();
    let flawed = [
        none(),
        Expectation { no_others: true, ..none() },
        Expectation { no_others: true, count: Some(Count::exactly(2)), ..none() },
        Expectation { count: Some(Count::at_least(0)), ..expected("op:create", &[]) },
        Expectation { count: Some(Count::at_most(usize::MAX)), ..expected("op:create", &[]) },
        expected("", &["op:create", ""]),
        expected("", &vec!["op:create"; 101]),
    ];

    for it in flawed {
        assert!(matches!(check(&it), Err(UnmetExpectation::Vacuous(_))), "{it:?}");
    }
    assert_eq!(Expectation { count: Some(Count::exactly(3)), ..none() }.flaw(), None);
    assert_eq!(expected("", &["op:create"]).flaw(), None);
}

#[test]
fn each_place_of_an_order_names_one_exchange() {
    let alone = |it: Expectation| check(&Expectation { no_others: true, ..it });

    assert!(alone(expected("", &["op:find", "op:create", "op:create"])).is_ok());
    assert!(alone(expected("status:201", &["op:find", "op:create"])).is_ok());
    assert!(alone(expected("op:create", &["op:find", "op:create"])).is_ok());
    assert!(alone(expected("op:find", &["op:create"])).is_err());
    expect![[r"
        expected no other exchanges, found 1 of 3
          unexpected: #3 409 CREATE"]]
    .assert_eq(&told(Expectation { no_others: true, ..expected("", &["op:find", "op:create"]) }));
}

#[test]
fn an_order_and_a_count_without_a_match_are_both_held() {
    let wrong = Expectation { count: Some(Count::exactly(2)), ..expected("", &["op:find"]) };

    assert_eq!(told(wrong).lines().next(), Some("expected 2 exchanges, found 3 of 3"));
}

#[test]
fn what_cannot_be_known_is_neither_met_nor_refuted() {
    let missed = MissingExchanges { evicted_by_count: 4, ..MissingExchanges::default() };
    let check = |it: &Expectation| it.check(&seen(), missed, sample::at(1));
    let counted = |count: Count| Expectation { count: Some(count), ..expected("op:create", &[]) };

    assert!(check(&counted(Count::at_least(2))).is_ok());
    assert!(check(&expected("", &["op:find", "op:create"])).is_ok());
    assert!(matches!(check(&counted(Count::exactly(1))), Err(UnmetExpectation::Mismatch(_))));
    let alone = Expectation { no_others: true, ..expected("op:create | op:find", &[]) };
    let unknown = [
        counted(Count::exactly(2)),
        counted(Count::at_most(5)),
        counted(Count::at_least(3)),
        expected("", &["op:create", "op:find"]),
        alone,
    ];
    for it in &unknown {
        assert!(matches!(check(it), Err(UnmetExpectation::Incomplete { .. })), "{it:?}");
    }
    assert_eq!(
        check(&unknown[0]).unwrap_err().to_string(),
        "expected 2 exchanges matching op:create, but 4 of the exchanges have left the journal: \
         4 evicted by the journal's limit of exchanges"
    );
}
