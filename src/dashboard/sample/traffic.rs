//! Exchanges of every kind, one after the other.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{PEOPLE, start};
use crate::journal::{
    AttributeChange, Auth, Effect, EffectKind, ExchangeSubject, Finding, Hits, Message, NamedValue,
    Operation, Problem, Record, ValueChange,
};

const SCIM: &str = "/NordlysQA/scim/v2";

/// The exchange of that number, counted from 0.
pub(in super::super) fn record(number: u64) -> Record {
    let n = usize::try_from(number).unwrap();
    let user = person(n * 5);
    let mut record = match n * 7 % 11 {
        0 => find(n),
        1 => {
            let mut record = change(user, Operation::Create, EffectKind::Created, vec![]);
            record.remark = Some("SE default".into());
            record
        }
        2 | 3 => {
            patch(user, vec![value("title", "Clerk", "Head"), value("department", "AP", "AR")])
        }
        4 => tolerated(patch(user, vec![value("active", "true", "false")])),
        5 => patch(finance(), vec![members()]),
        6 => missing_key(),
        7 => conflict(user),
        8 => change(user, Operation::Modify, EffectKind::Unchanged, vec![]),
        9 => fault(),
        _ => change(user, Operation::Delete, EffectKind::Deleted, vec![]),
    };
    record.at = at(number);
    record.took = match record.status {
        503 => Duration::from_micros(250_000 + number % 7 * 500),
        _ => Duration::from_micros(700 + number % 37 * 100),
    };
    record
}

/// When the exchange of that number was: clients come in bursts, twenty exchanges in six seconds.
pub(in super::super) fn at(number: u64) -> Timestamp {
    const BURST: [i64; 20] =
        [0, 1, 2, 9, 10, 11, 12, 13, 14, 25, 26, 27, 30, 35, 40, 41, 42, 43, 44, 59];
    let number = usize::try_from(number).unwrap();
    let tenths = i64::try_from(number / 20).unwrap() * 60 + BURST[number % 20];
    start() + SignedDuration::from_millis(tenths * 100)
}

fn person(index: usize) -> ExchangeSubject {
    let index = index % PEOPLE.len();
    ExchangeSubject::new("User", format!("{index:08x}"), PEOPLE[index].0)
}

fn finance() -> ExchangeSubject {
    ExchangeSubject::new("Group", "00000000", "Finance")
}

fn request(method: &str, target: &str, operation: Operation, body: &str) -> Record {
    let headers = [
        ("host", "127.0.0.1:8420"),
        ("authorization", "Bearer mfk_test_nordlysqa_9f3c"),
        ("content-type", "application/scim+json"),
        ("user-agent", "Entra/1.0"),
    ];
    let mut record = Record::new(start(), method, &format!("{SCIM}{target}"));
    record.from = "entra".into();
    record.operation = operation;
    record.auth = Auth::Accepted;
    record.request = Message::recorded(headers, body.as_bytes(), 4096);
    record.response = Message::recorded([("content-type", "application/scim+json")], b"{}", 4096);
    record
}

fn find(n: usize) -> Record {
    let (_, login) = PEOPLE[n % PEOPLE.len()];
    let target = format!("/Users?filter=userName+eq+%22{login}%40acme.se%22");
    let mut record = request("GET", &target, Operation::Find, "");
    record.hits = Some(Hits { start_index: 1, answered: n % 2, total: n % 2 });
    record
}

fn change(
    subject: ExchangeSubject,
    operation: Operation,
    kind: EffectKind,
    changes: Vec<AttributeChange>,
) -> Record {
    let (method, status) = match operation {
        Operation::Create => ("POST", 201),
        Operation::Delete => ("DELETE", 204),
        _ => ("PATCH", 200),
    };
    let target = match operation {
        Operation::Create => format!("/{}s", subject.kind),
        _ => format!("/{}s/{}", subject.kind, subject.id),
    };
    let body = match operation {
        Operation::Create => format!("{{\"userName\":\"{}\",\"active\":true}}", subject.name),
        Operation::Delete => String::new(),
        _ => PATCH.to_owned(),
    };
    let mut record = request(method, &target, operation, &body);
    let version = match kind {
        EffectKind::Changed => (Some("W/\"41\"".into()), Some("W/\"42\"".into())),
        _ => (None, None),
    };
    record.effects =
        vec![Effect { subject: subject.clone(), kind, version, changes, sign_in: None }];
    record.subject = Some(subject);
    record.status = status;
    record
}

const PATCH: &str = "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\
    \"Operations\":[{\"op\":\"Add\",\"path\":\"members\",\"value\":[{\"value\":\"b31d\"}]}]}";

fn patch(subject: ExchangeSubject, changes: Vec<AttributeChange>) -> Record {
    change(subject, Operation::Modify, EffectKind::Changed, changes)
}

fn value(path: &str, before: &str, after: &str) -> AttributeChange {
    let [before, after] = [before, after].map(|it| Some(it.to_owned()));
    AttributeChange { path: path.into(), value: ValueChange::Single { before, after } }
}

fn members() -> AttributeChange {
    let came = [("b31d", "Zoë O'Brien"), ("c2e7", "王小明"), ("d0f4", "Ida Holm")];
    let added = came.map(|(value, name)| NamedValue { value: value.into(), name: name.into() });
    let value =
        ValueChange::Multiple { before: 2, after: 5, added: added.to_vec(), removed: Vec::new() };
    AttributeChange { path: "members".into(), value }
}

fn tolerated(mut record: Record) -> Record {
    record.findings = vec![Finding {
        quirk: "stringBoolean".into(),
        at: "Operations[0].value".into(),
        what: "\"False\" was taken for false".into(),
        section: "RFC 7643 §2.3.2".into(),
        sent_by: "Microsoft Entra ID".into(),
        instead: "write true or false without quotes".into(),
        form: "{\"active\": false}".into(),
    }];
    record
}

fn refused(mut record: Record, status: u16, code: Option<&str>, detail: &str) -> Record {
    record.status = status;
    record.effects.clear();
    record.problem = Some(Problem { code: code.map(Into::into), detail: detail.into() });
    record
}

fn missing_key() -> Record {
    let mut record = request("GET", "/Users", Operation::List, "");
    record.request = Message::recorded([("user-agent", "curl/8.5.0")], b"", 0);
    record.auth = Auth::Missing;
    record.from = "curl".into();
    refused(record, 401, None, "no bearer token")
}

fn conflict(user: ExchangeSubject) -> Record {
    let record = change(user, Operation::Create, EffectKind::Created, vec![]);
    refused(record, 409, Some("uniqueness"), "userName in use by 90aa")
}

fn fault() -> Record {
    let mut record = refused(patch(finance(), vec![]), 503, None, "try again later");
    record.remark = Some("by fault \"flaky\"".into());
    record
}
