//! Exchanges of every kind, one after the other.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{PEOPLE, start};
use crate::journal::{
    Auth, Change, Delta, Draft, Effect, EffectKind, Element, Finding, Hits, Message, Operation,
    Problem, Subject,
};

const SCIM: &str = "/NordlysQA/scim/v2";

/// The exchange of that number, counted from 0.
pub(in super::super) fn draft(number: u64) -> Draft {
    let n = usize::try_from(number).unwrap();
    let user = person(n * 5);
    let mut draft = match n * 7 % 11 {
        0 => find(n),
        1 => {
            let mut draft = change(user, Operation::Create, EffectKind::Created, vec![]);
            draft.remark = Some("SE default".into());
            draft
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
    draft.at = at(number);
    draft.took = match draft.status {
        503 => Duration::from_micros(250_000 + number % 7 * 500),
        _ => Duration::from_micros(700 + number % 37 * 100),
    };
    draft
}

/// When the exchange of that number was: clients come in bursts, twenty exchanges in six seconds.
pub(in super::super) fn at(number: u64) -> Timestamp {
    const BURST: [i64; 20] =
        [0, 1, 2, 9, 10, 11, 12, 13, 14, 25, 26, 27, 30, 35, 40, 41, 42, 43, 44, 59];
    let number = usize::try_from(number).unwrap();
    let tenths = i64::try_from(number / 20).unwrap() * 60 + BURST[number % 20];
    start() + SignedDuration::from_millis(tenths * 100)
}

fn person(index: usize) -> Subject {
    let index = index % PEOPLE.len();
    Subject::new("User", format!("{index:08x}"), PEOPLE[index].0)
}

fn finance() -> Subject {
    Subject::new("Group", "00000000", "Finance")
}

fn request(method: &str, target: &str, operation: Operation, body: &str) -> Draft {
    let headers = [
        ("host", "127.0.0.1:8420"),
        ("authorization", "Bearer mfk_test_nordlysqa_9f3c"),
        ("content-type", "application/scim+json"),
        ("user-agent", "Entra/1.0"),
    ];
    let mut draft = Draft::new(start(), method, &format!("{SCIM}{target}"));
    draft.from = "entra".into();
    draft.operation = operation;
    draft.auth = Auth::Accepted;
    draft.request = Message::recorded(headers, body.as_bytes(), 4096);
    draft.response = Message::recorded([("content-type", "application/scim+json")], b"{}", 4096);
    draft
}

fn find(n: usize) -> Draft {
    let (_, login) = PEOPLE[n % PEOPLE.len()];
    let target = format!("/Users?filter=userName+eq+%22{login}%40acme.se%22");
    let mut draft = request("GET", &target, Operation::Find, "");
    draft.hits = Some(Hits { start_index: 1, answered: n % 2, total: n % 2 });
    draft
}

fn change(subject: Subject, operation: Operation, kind: EffectKind, changes: Vec<Change>) -> Draft {
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
    let mut draft = request(method, &target, operation, &body);
    let version = match kind {
        EffectKind::Changed => (Some("W/\"41\"".into()), Some("W/\"42\"".into())),
        _ => (None, None),
    };
    draft.effects = vec![Effect { subject: subject.clone(), kind, version, changes }];
    draft.subject = Some(subject);
    draft.status = status;
    draft
}

const PATCH: &str = "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\
    \"Operations\":[{\"op\":\"Add\",\"path\":\"members\",\"value\":[{\"value\":\"b31d\"}]}]}";

fn patch(subject: Subject, changes: Vec<Change>) -> Draft {
    change(subject, Operation::Modify, EffectKind::Changed, changes)
}

fn value(path: &str, before: &str, after: &str) -> Change {
    let [before, after] = [before, after].map(|it| Some(it.to_owned()));
    Change { path: path.into(), delta: Delta::Value { before, after } }
}

fn members() -> Change {
    let came = [("b31d", "Zoë O'Brien"), ("c2e7", "王小明"), ("d0f4", "Ida Holm")];
    let added = came.map(|(value, name)| Element { value: value.into(), name: name.into() });
    let delta = Delta::Values { before: 2, after: 5, added: added.to_vec(), removed: Vec::new() };
    Change { path: "members".into(), delta }
}

fn tolerated(mut draft: Draft) -> Draft {
    draft.findings = vec![Finding {
        quirk: "stringBoolean".into(),
        at: "Operations[0].value".into(),
        what: "\"False\" was taken for false".into(),
        section: "RFC 7643 §2.3.2".into(),
        sent_by: "Microsoft Entra ID".into(),
        instead: "write true or false without quotes".into(),
        form: "{\"active\": false}".into(),
    }];
    draft
}

fn refused(mut draft: Draft, status: u16, code: Option<&str>, detail: &str) -> Draft {
    draft.status = status;
    draft.effects.clear();
    draft.problem = Some(Problem { code: code.map(Into::into), detail: detail.into() });
    draft
}

fn missing_key() -> Draft {
    let mut draft = request("GET", "/Users", Operation::List, "");
    draft.request = Message::recorded([("user-agent", "curl/8.5.0")], b"", 0);
    draft.auth = Auth::Missing;
    draft.from = "curl".into();
    refused(draft, 401, None, "no bearer token")
}

fn conflict(user: Subject) -> Draft {
    let draft = change(user, Operation::Create, EffectKind::Created, vec![]);
    refused(draft, 409, Some("uniqueness"), "userName in use by 90aa")
}

fn fault() -> Draft {
    let mut draft = refused(patch(finance(), vec![]), 503, None, "try again later");
    draft.remark = Some("by fault \"flaky\"".into());
    draft
}
