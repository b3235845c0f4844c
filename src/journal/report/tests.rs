use expect_test::expect;

use super::super::{Journal, Limits, Record, sample};
use super::*;

fn finding(quirk: &str, at: &str) -> Finding {
    Finding {
        quirk: quirk.into(),
        at: at.into(),
        what: "the operation is not in lower case".into(),
        section: "RFC 7644 §3.5.2".into(),
        sent_by: "Microsoft Entra ID".into(),
        instead: "write the operation in lower case".into(),
        form: "{\"op\": \"replace\"}".into(),
    }
}

fn patch(findings: Vec<Finding>) -> Record {
    Record { findings, ..sample::record(Operation::Modify, "/Users/4f2c") }
}

fn report(records: Vec<Record>) -> Report {
    let journal = Journal::new(Limits::default());
    for record in records {
        journal.record(record);
    }
    Report::of(&journal.since(0, usize::MAX), |_| true)
}

#[test]
fn a_rule_is_counted_once_for_each_exchange_that_breaks_it() {
    let twice = vec![finding("opCase", "Operations[0]"), finding("opCase", "Operations[1]")];
    let report = report(vec![
        patch(vec![]),
        patch(twice),
        patch(vec![finding("nullRef", "members"), finding("opCase", "Operations[0]")]),
    ]);

    let told: Vec<_> = report
        .rules()
        .iter()
        .map(|it| (it.finding.quirk.as_str(), it.count, it.places.len(), it.first.seq))
        .collect();
    assert_eq!(told, [("opCase", 2, 2, 2), ("nullRef", 1, 1, 3)]);
    assert_eq!((report.read(), report.unread()), (3, 0));
}

#[test]
fn what_nobody_read_is_not_said_to_be_right() {
    let mut denied = patch(vec![]);
    denied.auth = Auth::Missing;
    let mut edit = patch(vec![finding("opCase", "Operations[0]")]);
    edit.target = "/_mock/v1/tenants/NordlysQA/users/4f2c".into();

    let report = report(vec![denied, edit]);

    assert_eq!((report.read(), report.unread(), report.rules().len()), (0, 1, 0));
    let told = report.to_text("http://127.0.0.1:8420");
    assert!(told.starts_with("no request of a client was read"), "{told}");
    assert!(told.ends_with("1 was not read (no valid key, a fault or a limit)"), "{told}");
}

#[test]
fn what_was_refused_is_told() {
    let mut refused = patch(vec![]);
    refused.status = 409;

    let report = report(vec![patch(vec![]), refused]);

    let told = report.to_text("http://127.0.0.1:8420");
    let expected = "a strict server would refuse nothing of 2 requests; 1 was refused, and may \
                    deviate in what was not looked at";
    assert_eq!(told, expected);
}

#[test]
fn what_has_left_the_journal_is_told() {
    let journal = Journal::new(Limits { exchanges: 1, ..Limits::default() });
    journal.record(patch(vec![finding("opCase", "Operations[0]")]));
    journal.record(patch(vec![]));

    let report = Report::of(&journal.since(0, usize::MAX), |_| true);

    assert_eq!(report.missed().total(), 1);
    assert!(report.to_text("http://x").contains("1 had left the journal"));
}

#[test]
fn it_reads_as_what_to_change() {
    let report = report(vec![patch(vec![finding("opCase", "Operations[0].op")])]);

    expect![[r#"
        a strict server would refuse 1 thing, in 1 request

        opCase (RFC 7644 §3.5.2), 1 request: the operation is not in lower case
          at Operations[0].op
          write the operation in lower case
          every server takes: {"op": "replace"}
          first: #1 PATCH user 4f2c no change
            curl -sS -i -X PATCH http://127.0.0.1:8420/NordlysQA/scim/v2/Users/4f2c \
              --data-raw '{}'"#]]
    .assert_eq(&report.to_text("http://127.0.0.1:8420"));
}
