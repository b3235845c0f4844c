//! An exchange on its way into the journal: everything but its number and its summary.

use std::{borrow::Cow, time::Duration};

use jiff::Timestamp;
use smol_str::{SmolStr, StrExt as _};

use super::mask::{Secrets, is_harmless, mask_body_of, mask_header_of};
use super::text::boundary;
use super::{
    Auth, Effect, Exchange, Fault, Finding, Hits, Message, Operation, Problem, Seq, Subject,
};

/// How many bytes of a body are kept unless someone says otherwise: 64 KiB.
pub const BODY_CAP: usize = 64 * 1024;

/// An exchange that has no place in a journal yet; [`Journal::record`](super::Journal::record)
/// gives it one, and makes its summary.
///
/// The fields mean what those of [`Exchange`] mean.
///
/// ```
/// use mediusflow_mock::journal::{Draft, Journal, Limits, Operation};
///
/// let journal = Journal::new(Limits::default());
/// let mut draft = Draft::new(jiff::Timestamp::UNIX_EPOCH, "GET", "/NordlysQA/scim/v2/Users/4f2c");
/// draft.operation = Operation::Get;
/// draft.status = 404;
/// let exchange = journal.record(draft);
///
/// assert_eq!((exchange.seq, exchange.summary.as_str()), (1, "404 user 4f2c"));
/// ```
#[derive(Clone, Debug)]
pub struct Draft {
    /// When the request's head had been read.
    pub at: Timestamp,
    /// From there until the answer was ready to leave.
    pub took: Duration,
    /// Who sent it.
    pub from: SmolStr,
    /// The request, best made by [`Message::recorded`].
    pub request: Message,
    /// The answer, best made by [`Message::recorded`].
    pub response: Message,
    /// The method, in upper case.
    pub method: SmolStr,
    /// The path and query, as received.
    pub target: SmolStr,
    /// The status of the answer; 0 if there is none.
    pub status: u16,
    /// What was asked for.
    pub operation: Operation,
    /// How the caller proved who it is.
    pub auth: Auth,
    /// The object touched or asked for; its id is empty when it never came to be.
    pub subject: Option<Subject>,
    /// What changed, in order.
    pub effects: Vec<Effect>,
    /// What was tolerated.
    pub findings: Vec<Finding>,
    /// What a refused request was told.
    pub problem: Option<Problem>,
    /// What a list or search answered.
    pub hits: Option<Hits>,
    /// Further words for the summary.
    pub remark: Option<String>,
    /// The fault that was made to happen.
    pub fault: Option<Fault>,
}

impl Draft {
    /// A draft of an answer 200 to `method target`, with everything else empty.
    pub fn new(at: Timestamp, method: &str, target: &str) -> Self {
        Self {
            at,
            took: Duration::ZERO,
            from: SmolStr::default(),
            request: Message::default(),
            response: Message::default(),
            method: method.into(),
            target: target.into(),
            status: 200,
            operation: Operation::Unknown,
            auth: Auth::NotNeeded,
            subject: None,
            effects: Vec::new(),
            findings: Vec::new(),
            problem: None,
            hits: None,
            remark: None,
            fault: None,
        }
    }

    /// The finished exchange.
    pub(super) fn finish(self, seq: Seq, summary: String) -> Exchange {
        Exchange {
            seq,
            summary,
            at: self.at,
            took: self.took,
            from: self.from,
            request: self.request,
            response: self.response,
            method: self.method,
            target: self.target,
            status: self.status,
            operation: self.operation,
            auth: self.auth,
            subject: self.subject,
            effects: self.effects,
            findings: self.findings,
            problem: self.problem,
            hits: self.hits,
            remark: self.remark,
            fault: self.fault,
        }
    }
}

impl Message {
    /// A message as the journal may keep it: header names in lower case, secrets masked in headers
    /// and body, at most `cap` bytes of the body (masks aside), its whole size noted.
    pub fn recorded<'a, H>(headers: H, body: &[u8], cap: usize) -> Self
    where
        H: IntoIterator<Item = (&'a str, &'a str)>,
    {
        Self::hiding(headers, body, cap, &mut Secrets::default())
    }

    /// As [`Message::recorded`], where the names of `secrets` count too; what is masked is added to
    /// them, so that [`Draft::hide`] masks it wherever else it stands.
    pub fn hiding<'a, H>(headers: H, body: &[u8], cap: usize, secrets: &mut Secrets<'_>) -> Self
    where
        H: IntoIterator<Item = (&'a str, &'a str)>,
    {
        let headers = headers.into_iter().map(|(name, value)| {
            let value = mask_header_of(name, value, secrets).into_owned();
            (name.to_ascii_lowercase_smolstr(), value)
        });
        let headers = headers.collect();
        // Cut before masking, so that a huge body costs no more than the part that is kept. The
        // four bytes more are the longest piece of a character that the cut could split.
        let kept = &body[..body.len().min(cap.saturating_add(4))];
        // Nearly every body is UTF-8, and that is told faster than it is mended.
        let kept = std::str::from_utf8(kept)
            .map_or_else(|_odd| String::from_utf8_lossy(kept), Cow::Borrowed);
        let end = boundary(&kept, cap);
        let cut = body.len() > cap;
        Self {
            headers,
            body: if !cut && secrets.has_no_names() && is_harmless(&kept) {
                kept.into_owned()
            } else {
                mask_body_of(&kept[..end], secrets).into_owned()
            },
            size: body.len(),
            cut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_is_cut_between_characters_and_keeps_its_size() {
        let body = "å".repeat(100);

        let message = Message::recorded([], body.as_bytes(), 33);

        assert_eq!(message.body, "å".repeat(16));
        assert_eq!(message.size, 200);
        assert!(message.cut);
    }

    #[test]
    fn secrets_are_masked_in_headers_and_body() {
        let headers = [("Authorization", "Bearer mfk_test_0123456789_9f3c"), ("ACCEPT", "*/*")];

        let message = Message::recorded(headers, br#"{"secretKey":"mfk_0123456789_9f3c"}"#, 1024);

        assert_eq!(message.headers[0], ("authorization".into(), "Bearer ••••9f3c".to_owned()));
        assert_eq!(message.headers[1], ("accept".into(), "*/*".to_owned()));
        assert_eq!(message.body, r#"{"secretKey":"••••9f3c"}"#);
        assert!(!message.cut);
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(Message::recorded([], b"a\xffb", 10).body, "a\u{fffd}b");
    }
}
