//! The header lines and the body of a request or an answer, in the form that the journal keeps.

use std::borrow::Cow;

use serde::Serialize;
use smol_str::{SmolStr, StrExt as _};

use super::Seq;
use super::mask::{Secrets, is_harmless, mask_body, mask_header_of};
use super::text::boundary;

/// The default of how many bytes of a body are kept: 64 KiB.
pub const BODY_CAP: usize = 64 * 1024;

/// What stands in the body of an answer for the number of its own exchange, until it is recorded. Pages escape
/// what others typed, so nobody else writes it.
pub(crate) const OWN_NUMBER: &str = "<!--exchange-->";

/// The header lines and the body of a request or an answer.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Message {
    /// The header lines in the order received, with names in lower case and secret values masked.
    pub headers: Vec<(SmolStr, String)>,
    /// The body as text, with secret values masked. Bytes that are not UTF-8 are replaced.
    pub body: String,
    /// The size of the whole body in bytes, also if `body` was cut.
    pub size: usize,
    /// Whether only the beginning of the body is kept.
    pub cut: bool,
}

impl Message {
    /// A message for the journal: header names in lower case, secrets masked in headers and body, at most
    /// `cap` bytes of the body (before masking), and the size of the whole body.
    pub fn recorded<'a, H>(headers: H, body: &[u8], cap: usize) -> Self
    where
        H: IntoIterator<Item = (&'a str, &'a str)>,
    {
        Self::hiding(headers, body, cap, &mut Secrets::default())
    }

    /// Like [`Message::recorded`], but the names of `secrets` count too. The masked values are added to
    /// `secrets`, so that [`Record::hide`](super::Record::hide) masks them in all other texts.
    pub(crate) fn hiding<'a, H>(
        headers: H,
        body: &[u8],
        cap: usize,
        secrets: &mut Secrets<'_>,
    ) -> Self
    where
        H: IntoIterator<Item = (&'a str, &'a str)>,
    {
        let headers = headers.into_iter().map(|(name, value)| {
            let value = mask_header_of(name, value, secrets).into_owned();
            (name.to_ascii_lowercase_smolstr(), value)
        });
        let headers = headers.collect();
        // The body is cut before it is masked, so that the cost of a huge body is limited. Four more bytes
        // are read, the length of the longest character that the cut could split.
        let kept = &body[..body.len().min(cap.saturating_add(4))];
        // Nearly every body is valid UTF-8, and checking that is faster than replacing bytes.
        let kept = std::str::from_utf8(kept)
            .map_or_else(|_odd| String::from_utf8_lossy(kept), Cow::Borrowed);
        let end = boundary(&kept, cap);
        let cut = body.len() > cap;
        Self {
            headers,
            body: if !cut && secrets.has_no_names() && is_harmless(&kept) {
                kept.into_owned()
            } else {
                mask_body(&kept[..end], secrets).into_owned()
            },
            size: body.len(),
            cut,
        }
    }

    /// Puts the number of the exchange in the place of [`OWN_NUMBER`].
    pub(super) fn put_number(&mut self, seq: Seq) {
        let numbered = self.body.replace(OWN_NUMBER, &seq.to_string());
        self.size = self.size + numbered.len() - self.body.len();
        self.body = numbered;
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
    fn a_number_is_put_in_its_place_and_the_size_follows() {
        let mut message = Message::recorded([], b"see <!--exchange-->", 64);

        message.put_number(41);

        assert_eq!((message.body.as_str(), message.size), ("see 41", 6));
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(Message::recorded([], b"a\xffb", 10).body, "a\u{fffd}b");
    }
}
