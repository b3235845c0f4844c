//! Exchanges to test with: one of every kind that a reader meets.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    AttributeChange, Auth, Effect, EffectKind, Exchange, ExchangeSubject, Finding, Hits, Message,
    NamedValue, Operation, Problem, Record, Secrets, ValueChange, mask::mask_body,
};

/// The marks of [`all`], in order.
pub(super) const MARKS: &str = "++    ~~~~~~=~-!!!!!✗+~ ";

pub(super) const BASE: &str = "/NordlysQA/scim/v2";

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_768_383_000 + second).unwrap()
}

/// A record of an answer to Entra ID, 3 ms after second 0.
pub(super) fn record(operation: Operation, target: &str) -> Record {
    let method = match operation {
        Operation::Create | Operation::Bulk | Operation::Admin => "POST",
        Operation::Replace => "PUT",
        Operation::Modify => "PATCH",
        Operation::Delete => "DELETE",
        _ => "GET",
    };
    let target =
        if operation == Operation::Admin { target.to_owned() } else { format!("{BASE}{target}") };
    Record {
        took: Duration::from_micros(3_100),
        from: "entra".into(),
        operation,
        auth: Auth::Accepted,
        request: message("{}"),
        response: message("{}"),
        ..Record::new(at(0), method, &target)
    }
}

pub(super) fn message(body: &str) -> Message {
    Message::recorded([("user-agent", "Entra/1.0")], body.as_bytes(), 1024)
}

pub(super) fn subject(kind: &str, name: &str, id: &str) -> ExchangeSubject {
    ExchangeSubject::new(kind, id, name)
}

fn anna() -> ExchangeSubject {
    let user_name = Some("anna.larsson@acme.se".into());
    subject("User", "Anna Larsson", "4f2c").with_user_name(user_name)
}

fn finance() -> ExchangeSubject {
    subject("Group", "Finance", "8991")
}

/// A write that did `kind` to `subject`.
pub(super) fn write(
    operation: Operation,
    subject: ExchangeSubject,
    kind: EffectKind,
    changes: Vec<AttributeChange>,
) -> Record {
    let id =
        if operation == Operation::Create { String::new() } else { format!("/{}", subject.id) };
    let status = match operation {
        Operation::Create => 201,
        Operation::Delete => 204,
        _ => 200,
    };
    let effect =
        Effect { subject: subject.clone(), kind, version: (None, None), changes, sign_in: None };
    Record {
        status,
        effects: vec![effect],
        ..record(operation, &format!("/{}s{id}", subject.kind))
    }
    .about(subject)
}

fn patch(subject: ExchangeSubject, changes: Vec<AttributeChange>) -> Record {
    write(Operation::Modify, subject, EffectKind::Changed, changes)
}

impl Record {
    pub(super) fn about(mut self, subject: ExchangeSubject) -> Self {
        self.subject = Some(subject);
        self
    }

    pub(super) fn remarked(mut self, remark: &str) -> Self {
        self.remark = Some(remark.to_owned());
        self
    }

    pub(super) fn refused(mut self, status: u16, code: &str, detail: &str) -> Self {
        let code = (!code.is_empty()).then(|| code.into());
        self.status = status;
        self.effects.clear();
        self.problem = Some(Problem { code, detail: detail.to_owned() });
        self
    }

    pub(super) fn hits(mut self, start_index: usize, answered: usize, total: usize) -> Self {
        self.hits = Some(Hits { start_index, answered, total });
        self
    }
}

pub(super) fn value(path: &str, before: Option<&str>, after: Option<&str>) -> AttributeChange {
    let [before, after] = [before, after].map(|it| it.map(str::to_owned));
    AttributeChange { path: path.into(), value: ValueChange::Single { before, after } }
}

pub(super) fn element(value: &str) -> NamedValue {
    member(value, value)
}

pub(super) fn member(name: &str, value: &str) -> NamedValue {
    NamedValue { value: value.into(), name: name.into() }
}

fn members(before: usize, added: &[NamedValue], removed: &[NamedValue]) -> AttributeChange {
    let after = before + added.len() - removed.len();
    let value =
        ValueChange::Multiple { before, after, added: added.to_vec(), removed: removed.to_vec() };
    AttributeChange { path: "members".into(), value }
}

/// The records of [`all`].
pub(super) fn records() -> Vec<Record> {
    [reads_and_writes(), refusals(), others()].concat()
}

fn reads_and_writes() -> Vec<Record> {
    let manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value";
    let by_name = "/Users?filter=userName+eq+%22anna.larsson%40acme.se%22";
    let probe = "/Users?filter=userName+eq+%224f2c91aa-0a5b-5c1d-9e8f-000000000001%22";
    let [zoe, xiao, ida] =
        [member("Zoë O'Brien", "b31d"), member("王小明", "c2e7"), member("Ida Holm", "d0f4")];
    let title = value("title", Some("Clerk"), Some("Head"));
    let department = value("department", None, Some("Sales"));
    let manager = value(manager, None, Some("Ida Holm"));
    let mut odd = patch(anna(), vec![value("active", Some("true"), Some("false"))]);
    odd.findings = vec![Finding {
        quirk: "stringBoolean".into(),
        at: "Operations[0].value".into(),
        what: "\"False\" was taken for false".into(),
        section: "RFC 7643 §2.3.2".into(),
        sent_by: "Microsoft Entra ID".into(),
        instead: "write true or false without quotes".into(),
        form: "{\"active\": false}".into(),
    }];
    let create = write(Operation::Create, anna(), EffectKind::Created, vec![]);
    vec![
        create.clone().remarked("SE default (3 roles, 2 companies)"),
        create.remarked("no configuration matches \"NO\", fallback"),
        record(Operation::Find, by_name).hits(1, 0, 0),
        record(Operation::Find, probe).hits(1, 0, 0),
        record(Operation::List, "/Users?count=100").hits(1, 100, 1_204),
        record(Operation::Get, "/Users/4f2c").about(anna()),
        patch(anna(), vec![title.clone(), department]),
        odd,
        patch(anna(), vec![manager, value("meta.version", None, None)]),
        patch(finance(), vec![members(2, &[zoe, xiao, ida], &[])]),
        patch(finance(), vec![members(5, &[], &[member("Nils Ek", "90aa")])]),
        patch(finance(), vec![value("displayName", Some("Fin"), Some("Finance"))]),
        write(Operation::Modify, anna(), EffectKind::Unchanged, vec![]),
        write(Operation::Replace, anna(), EffectKind::Changed, vec![title]),
        write(Operation::Delete, anna(), EffectKind::Deleted, vec![]).remarked("was inactive"),
    ]
}

fn refusals() -> Vec<Record> {
    let by_type = "/Users?filter=emails%5Btype+eq+%22work%22%5D";
    let mut missing = record(Operation::List, "/Users").refused(401, "", "no key");
    missing.auth = Auth::Missing;
    missing.from = "curl".into();
    let mut wrong = record(Operation::List, "/Users").refused(401, "", "no such key");
    wrong.auth = Auth::Wrong;
    wrong.request = Message::recorded([("Authorization", "Bearer mfk_0123456789_77b1")], b"", 0);
    vec![
        record(Operation::Create, "/Users").about(subject("User", "Anna Larsson", "")).refused(
            409,
            "uniqueness",
            "userName in use by 90aa",
        ),
        missing,
        wrong,
        record(Operation::Find, by_type).refused(
            400,
            "invalidFilter",
            "emails[type eq \"work\"] not supported",
        ),
        record(Operation::Get, "/Users/4f2c").refused(404, "", "gone").remarked("deleted 2m ago"),
        patch(finance(), vec![]).refused(503, "", "").remarked("by fault \"flaky\""),
    ]
}

fn others() -> Vec<Record> {
    let key = subject("SecretKey", "9f3c", "9f3c");
    let generated = Effect {
        subject: key,
        kind: EffectKind::Changed,
        version: (None, None),
        changes: vec![],
        sign_in: None,
    };
    let mut generate = record(Operation::Admin, "/NordlysQA/admin/v1/secret-key");
    generate.effects = vec![generated];
    let mut bulk = write(Operation::Bulk, finance(), EffectKind::Created, vec![]);
    bulk.target = format!("{BASE}/Bulk").into();
    vec![
        bulk,
        generate.remarked("secret key generated (…9f3c), old one revoked"),
        record(Operation::Admin, "/admin/v1/authenticate"),
    ]
}

/// The record as the journal would keep it.
pub(super) fn exchange(record: Record) -> Exchange {
    Exchange { seq: 1, ..Exchange::unnumbered(record) }
}

/// One exchange of every kind, numbered from 1, a second apart.
pub(super) fn all() -> Vec<Exchange> {
    let numbered = (1..).zip(records()).map(|(seq, record)| {
        let at = record.at + Duration::from_secs(seq - 1);
        Exchange { seq, ..exchange(Record { at, ..record }) }
    });
    numbered.collect()
}

/// A body with its secrets masked, where no others are known.
pub(super) fn mask_alone(body: &str) -> String {
    mask_body(body, &mut Secrets::default()).into_owned()
}
