//! What the journal keeps of one request and its answer.
//!
//! Plain data, written once by the recording layer and then shared: the dashboard, the control
//! API and the tests read the same [`Exchange`].

use std::{ops::Deref, time::Duration};

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use smol_str::SmolStr;

use super::{Message, summary};

/// The place of an exchange in its tenant's journal: 1 for the first one, never used twice.
pub type Seq = u64;

/// One request, its answer, and what it did to the tenant: a [`Record`] with its place in a journal.
///
/// It can be read like its record: `exchange.status`. As JSON it is without the two messages.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Exchange {
    /// Its place in the journal.
    pub seq: Seq,
    /// What was recorded.
    #[serde(flatten)]
    pub record: Record,
    /// The one-line summary: at most 120 columns of plain text.
    pub summary: String,
}

/// What is recorded of one request and its answer.
///
/// Who answers a request fills it; the secrets are taken out of it, and the journal makes it an [`Exchange`].
///
/// ```
/// use mediusflow_mock::{internals::journal::{Journal, Limits}, traffic::{Operation, Record}};
///
/// let journal = Journal::new(Limits::default());
/// let mut record = Record::new(jiff::Timestamp::UNIX_EPOCH, "GET", "/NordlysQA/scim/v2/Users/4f2c");
/// record.operation = Operation::Get;
/// record.status = 404;
/// let exchange = journal.record(record);
///
/// assert_eq!((exchange.seq, exchange.summary.as_str()), (1, "404 user 4f2c"));
/// ```
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Record {
    /// When the request's head had been read.
    pub at: Timestamp,
    /// From there until the answer was ready to leave.
    #[serde(rename = "durationMs", serialize_with = "milliseconds")]
    pub took: Duration,
    /// Who sent it, as far as the request tells: `entra`, `curl`, `demo`, else the address.
    pub from: SmolStr,
    /// The request as received, secrets masked; best made by [`Message::recorded`].
    #[serde(skip)]
    pub request: Message,
    /// The answer as sent, secrets masked; best made by [`Message::recorded`].
    #[serde(skip)]
    pub response: Message,
    /// The method of the request, in upper case.
    pub method: SmolStr,
    /// The path and query of the request.
    pub target: SmolStr,
    /// The status of the answer; 0 if there was none.
    pub status: u16,
    /// What was asked for, in SCIM words.
    pub operation: Operation,
    /// How the caller proved who it is.
    pub auth: Auth,
    /// The object that was touched or asked for, if there was exactly one; its id is empty when it
    /// never came to be.
    pub subject: Option<ExchangeSubject>,
    /// What changed, in order; empty when nothing did.
    pub effects: Vec<Effect>,
    /// What was tolerated although a stricter server would refuse it.
    pub findings: Vec<Finding>,
    /// What went wrong, if the status is 400 or above.
    pub problem: Option<Problem>,
    /// How many resources a list or search answered.
    pub hits: Option<Hits>,
    /// Further words for the summary, such as the user configuration that applied.
    pub remark: Option<String>,
    /// The fault that was made to happen.
    pub fault: Option<Fault>,
}

/// An exchange with its two messages, as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FullExchange<'a> {
    #[serde(flatten)]
    exchange: &'a Exchange,
    request: &'a Message,
    response: &'a Message,
}

impl Exchange {
    /// A record that has no place in a journal yet, with its summary.
    pub(super) fn unnumbered(record: Record) -> Self {
        Self { seq: 0, summary: summary(&record), record }
    }

    /// The exchange with its two messages, as JSON.
    pub(crate) fn full(&self) -> FullExchange<'_> {
        FullExchange { exchange: self, request: &self.request, response: &self.response }
    }
}

impl Deref for Exchange {
    type Target = Record;

    fn deref(&self) -> &Record {
        &self.record
    }
}

impl Record {
    /// A record of an answer 200 to `method target`, with everything else empty.
    pub fn new(at: Timestamp, method: &str, target: &str) -> Self {
        Self {
            at,
            method: method.into(),
            target: target.into(),
            status: 200,
            auth: Auth::NotNeeded,
            ..Self::default()
        }
    }

    /// Whether a fault left the request without an answer.
    pub fn is_unanswered(&self) -> bool {
        self.status == 0 && self.fault.is_some()
    }

    /// Whether the request was refused or failed, or was left without an answer by a fault.
    pub fn is_error(&self) -> bool {
        self.status >= 400 || self.is_unanswered()
    }

    /// The status as text, three dashes if there was no answer.
    pub fn code(&self) -> String {
        if self.status == 0 { "---".to_owned() } else { self.status.to_string() }
    }
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Operation {
    /// `POST` of a resource.
    Create,
    /// `GET` of one resource by its id.
    Get,
    /// `GET` of a list without a filter.
    List,
    /// `GET` of a list with a filter, or `POST /.search`.
    Find,
    /// `PUT`.
    Replace,
    /// `PATCH`.
    #[serde(rename = "patch")]
    Modify,
    /// `DELETE`.
    Delete,
    /// `POST /Bulk`.
    Bulk,
    /// `/Schemas`, `/ResourceTypes`, `/ServiceProviderConfig`.
    Discover,
    /// Anything of the admin console's API, authentication included.
    Admin,
    /// A path or method that nothing answers to.
    #[default]
    Unknown,
}

impl Operation {
    /// Every operation, in the order of their declaration.
    pub const ALL: [Self; 11] = [
        Self::Create,
        Self::Get,
        Self::List,
        Self::Find,
        Self::Replace,
        Self::Modify,
        Self::Delete,
        Self::Bulk,
        Self::Discover,
        Self::Admin,
        Self::Unknown,
    ];
}

/// How the caller proved who it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Auth {
    /// With the key or token in force.
    #[serde(rename = "ok")]
    Accepted,
    /// With no `Authorization` header, or one of another scheme.
    Missing,
    /// With a key or token that is not known.
    #[serde(rename = "bad")]
    Wrong,
    /// With a key or token that was valid once: its time is over.
    Expired,
    /// With a key that was valid once: a newer one replaced it.
    Replaced,
    /// With a key or token that was valid once: a reset, or another state put in place, ended it.
    Ended,
    /// The address wants none.
    #[serde(rename = "none")]
    NotNeeded,
    /// Nobody looked: a fault or a limit answered before, or the request could not be read.
    #[default]
    Unchecked,
}

/// The object that an exchange is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExchangeSubject {
    /// The resource type's name, such as `User`; for admin objects `Configuration`, `SecretKey`, …
    pub kind: SmolStr,
    /// Its id.
    pub id: SmolStr,
    /// Its name for a reader: displayName, else userName, else the id.
    pub name: SmolStr,
    /// A user's userName, where the name is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<SmolStr>,
}

impl ExchangeSubject {
    /// An object that has no userName, or none that differs from its name.
    pub fn new(kind: impl Into<SmolStr>, id: impl Into<SmolStr>, name: impl Into<SmolStr>) -> Self {
        Self { kind: kind.into(), id: id.into(), name: name.into(), user_name: None }
    }

    /// The same, a user of this userName.
    #[must_use]
    pub fn with_user_name(mut self, user_name: Option<SmolStr>) -> Self {
        self.user_name = user_name.filter(|it| *it != self.name);
        self
    }
}

/// What one operation did to one object.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Effect {
    /// The object.
    pub subject: ExchangeSubject,
    /// What happened to it.
    pub kind: EffectKind,
    /// The version before and after, where there was one (`W/"41"`).
    pub version: (Option<SmolStr>, Option<SmolStr>),
    /// What differs, attribute by attribute, in schema order.
    pub changes: Vec<AttributeChange>,
}

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EffectKind {
    /// It was made.
    Created,
    /// It differs from before.
    Changed,
    /// The request was accepted and changed nothing.
    Unchanged,
    /// It is gone.
    Deleted,
}

/// One attribute before and after.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AttributeChange {
    /// The attribute's path, such as `name.givenName` or `members`; extension attributes carry
    /// their schema's URN.
    pub path: SmolStr,
    /// What it was and is.
    #[serde(flatten)]
    pub value: ValueChange,
}

/// How an attribute differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", untagged)]
pub enum ValueChange {
    /// A single value: before and after, `None` where it was unassigned. Text is unquoted.
    Single {
        /// The value before.
        before: Option<String>,
        /// The value after.
        after: Option<String>,
    },
    /// A multi-valued attribute: how many there were and are, and the ones that came and went (the
    /// first hundred of each, named for a reader).
    Multiple {
        /// How many values there were.
        before: usize,
        /// How many there are.
        after: usize,
        /// Those that came: at most 100.
        added: Vec<NamedValue>,
        /// Those that went: at most 100.
        removed: Vec<NamedValue>,
    },
}

/// One value of a multi-valued attribute, named for a reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NamedValue {
    /// The value itself, such as a member's id or a mail address.
    pub value: SmolStr,
    /// What a reader calls it (a member's displayName), or the value again.
    pub name: SmolStr,
}

/// Something tolerated that a stricter server would refuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Finding {
    /// The name of the quirk, such as `stringBoolean`.
    pub quirk: SmolStr,
    /// Where in the request: an attribute path or an operation's number.
    pub at: String,
    /// What was tolerated, one sentence.
    pub what: String,
    /// The section of the RFC that says otherwise, such as `RFC 7643 §2.3.2`.
    pub section: SmolStr,
    /// Who is known to send it.
    pub sent_by: SmolStr,
    /// What to send to a server that does not tolerate it, as an order.
    pub instead: SmolStr,
    /// The form that every server takes, as an example.
    pub form: SmolStr,
}

/// A fault that was made to happen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Fault {
    /// The id of the rule; `prefer` for one that the request asked for.
    pub rule: SmolStr,
    /// The how manieth match of that rule and the request's subject it was.
    pub n: u64,
    /// The roll, from 0 up to 1: the rule's probability was above it.
    pub roll: f64,
    /// `before` if nothing was applied, `after` if the operation was done.
    pub phase: SmolStr,
    /// What was done, such as `status 503` or `delay 250ms, reset`.
    pub action: String,
}

/// What a refused request was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Problem {
    /// `scimType` of a SCIM error or `code` of a problem document, if there is one.
    pub code: Option<SmolStr>,
    /// The detail, without secrets.
    pub detail: String,
}

/// What a list or search answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Hits {
    /// The 1-based index of the first resource answered.
    pub start_index: usize,
    /// How many were answered.
    pub answered: usize,
    /// How many match.
    pub total: usize,
}

#[expect(clippy::cast_precision_loss, reason = "no exchange takes a hundred years")]
fn milliseconds<S: Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(took.as_micros() as f64 / 1_000.0)
}
