//! What the journal keeps of one request and its answer.
//!
//! This is plain data. It is written once, when the exchange is recorded, and then shared: the dashboard,
//! the control API and the tests read the same [`Exchange`].

use std::{ops::Deref, time::Duration};

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use smol_str::SmolStr;

use super::{ExchangeSubject, Message, SignInAttempt, SignInChange, TurnedSignIns, summary};

/// The number of an exchange in its tenant's journal: 1 for the first one. A number is never used twice.
pub type Seq = u64;

/// One request, its answer and its effects on the tenant: a [`Record`] with its number in a journal.
///
/// It dereferences to its record: `exchange.status`. Its JSON form does not have the two messages.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Exchange {
    /// Its number in the journal.
    pub seq: Seq,
    /// What was recorded.
    #[serde(flatten)]
    pub record: Record,
    /// The one-line summary: at most 120 columns of plain text.
    pub summary: String,
}

/// What is recorded of one request and its answer.
///
/// The code that answers a request fills the record. The secrets are then removed from it, and the journal
/// makes it an [`Exchange`].
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
    /// When the head of the request had been read.
    pub at: Timestamp,
    /// The time from then until the answer was ready to be sent.
    #[serde(rename = "durationMs", serialize_with = "milliseconds")]
    pub took: Duration,
    /// Who sent it, as far as the request shows: `entra`, `curl`, `demo`, else the IP address.
    pub from: SmolStr,
    /// The request as received, with secrets masked; made by [`Message::recorded`].
    #[serde(skip)]
    pub request: Message,
    /// The answer as sent, with secrets masked; made by [`Message::recorded`].
    #[serde(skip)]
    pub response: Message,
    /// The method of the request, in upper case.
    pub method: SmolStr,
    /// The path and query of the request.
    pub target: SmolStr,
    /// The status of the answer; 0 if there was no answer.
    pub status: u16,
    /// The operation that was requested, in SCIM terms.
    pub operation: Operation,
    /// How the caller authenticated.
    pub auth: Auth,
    /// The object that was changed or requested, if there was exactly one. Its id is empty if it was never
    /// created.
    pub subject: Option<ExchangeSubject>,
    /// What changed, in order; empty if nothing changed.
    pub effects: Vec<Effect>,
    /// What the server accepted although a stricter server would refuse it.
    pub findings: Vec<Finding>,
    /// The error, if the status is 400 or above.
    pub problem: Option<Problem>,
    /// How many resources a list or search returned.
    pub hits: Option<Hits>,
    /// The sign-in and its result, if it was a sign-in or the end of a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<Box<SignInAttempt>>,
    /// The users whose sign-in has another result now, if the request was for all users. For single users
    /// the effects have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_ins: Option<Box<TurnedSignIns>>,
    /// Whether the answer names its own number.
    #[serde(skip)]
    pub(crate) names_itself: bool,
    /// Further text for the summary, such as the user configuration that applied.
    pub remark: Option<String>,
    /// The fault that was injected.
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
    /// A record that has no number in a journal yet, with its summary.
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
    /// A record of an answer 200 to `method target`; everything else is empty.
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

    /// Whether the request got no answer because of a fault.
    pub fn is_unanswered(&self) -> bool {
        self.status == 0 && self.fault.is_some()
    }

    /// Whether the request was refused or failed, or got no answer because of a fault.
    pub fn is_error(&self) -> bool {
        self.status >= 400 || self.is_unanswered()
    }

    /// The status as text; three dashes if there was no answer.
    pub fn code(&self) -> String {
        if self.status == 0 { "---".to_owned() } else { self.status.to_string() }
    }
}

/// The operation that a request asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Operation {
    /// `POST` of a resource.
    Create,
    /// `GET` of one resource by its id.
    Get,
    /// `GET` of a list, without a filter.
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
    /// Any call of the admin console's API, including the login.
    Admin,
    /// A user signs in to MediusFlow.
    SignIn,
    /// A user's session ends.
    SignOut,
    /// A request to the mock Microsoft Entra ID while a user signs in.
    Entra,
    /// A path or method that does not exist.
    #[default]
    Unknown,
}

impl Operation {
    /// Every operation, in the order of declaration.
    pub const ALL: [Self; 14] = [
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
        Self::SignIn,
        Self::SignOut,
        Self::Entra,
        Self::Unknown,
    ];
}

/// How the caller authenticated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Auth {
    /// With the current key or token.
    #[serde(rename = "ok")]
    Accepted,
    /// With no `Authorization` header, or with one of another scheme.
    Missing,
    /// With an unknown key or token.
    #[serde(rename = "bad")]
    Wrong,
    /// With a key or token that has expired.
    Expired,
    /// With an old key that was replaced by a newer one.
    Replaced,
    /// With a key or token that was valid until a reset, or until another state was put in place.
    Ended,
    /// The address requires no authentication.
    #[serde(rename = "none")]
    NotNeeded,
    /// The key was not checked: a fault or a limit answered first, or the request could not be read.
    #[default]
    Unchecked,
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
    /// The version before and after, if there was one (`W/"41"`).
    pub version: (Option<SmolStr>, Option<SmolStr>),
    /// The changed attributes, in the order of the schema.
    pub changes: Vec<AttributeChange>,
    /// The result of a sign-in of the user before and after the operation, if they differ.
    #[serde(skip_serializing_if = "SignInChange::is_silent")]
    pub sign_in: Option<Box<SignInChange>>,
}

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EffectKind {
    /// It was created.
    Created,
    /// It was changed.
    Changed,
    /// The request was accepted and changed nothing.
    Unchanged,
    /// It was deleted.
    Deleted,
}

/// One attribute before and after.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AttributeChange {
    /// The attribute's path, such as `name.givenName` or `members`. The path of an extension attribute
    /// begins with its schema's URN.
    pub path: SmolStr,
    /// The value before and after.
    #[serde(flatten)]
    pub value: ValueChange,
}

/// The value of an attribute before and after a change.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", untagged)]
pub enum ValueChange {
    /// A single value before and after; `None` where the attribute was unassigned. Text is not quoted.
    Single {
        /// The value before.
        before: Option<String>,
        /// The value after.
        after: Option<String>,
    },
    /// A multi-valued attribute: the number of values before and after, and the values that were added and
    /// removed (at most one hundred of each).
    Multiple {
        /// The number of values before.
        before: usize,
        /// The number of values after.
        after: usize,
        /// The added values, at most 100.
        added: Vec<NamedValue>,
        /// The removed values, at most 100.
        removed: Vec<NamedValue>,
    },
}

/// One value of a multi-valued attribute, with a name for display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NamedValue {
    /// The value itself, such as a member's id or a mail address.
    pub value: SmolStr,
    /// Its name for display (a member's displayName), or the value again.
    pub name: SmolStr,
}

/// Something that the server accepted although a stricter server would refuse it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Finding {
    /// The name of the quirk, such as `stringBoolean`.
    pub quirk: SmolStr,
    /// Where it was in the request: an attribute path or the number of an operation.
    pub at: String,
    /// What was accepted, in one sentence.
    pub what: String,
    /// The section of the RFC that requires something else, such as `RFC 7643 §2.3.2`.
    pub section: SmolStr,
    /// The clients that are known to send it.
    pub sent_by: SmolStr,
    /// What to send to a server that does not accept it, in the imperative.
    pub instead: SmolStr,
    /// An example of the form that every server accepts.
    pub form: SmolStr,
}

/// A fault that was injected.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Fault {
    /// The id of the fault rule; `prefer` for a fault that the request asked for.
    pub rule: SmolStr,
    /// The number of this match among the matches of the rule and the request's subject, from 1.
    pub n: u64,
    /// The random number from 0 to 1 that was drawn. The rule's probability was above it.
    pub roll: f64,
    /// `before` if the operation was not performed, `after` if it was performed.
    pub phase: SmolStr,
    /// What happened, such as `status 503` or `delay 250ms, reset`.
    pub action: String,
}

/// The error that a refused request got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Problem {
    /// `scimType` of a SCIM error or `code` of a problem document, if there is one.
    pub code: Option<SmolStr>,
    /// The detail of the error, without secrets.
    pub detail: String,
}

/// The number of resources that a list or search returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Hits {
    /// The 1-based index of the first returned resource.
    pub start_index: usize,
    /// How many were returned.
    pub answered: usize,
    /// How many match.
    pub total: usize,
}

#[expect(clippy::cast_precision_loss, reason = "no exchange takes a hundred years")]
fn milliseconds<S: Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(took.as_micros() as f64 / 1_000.0)
}
