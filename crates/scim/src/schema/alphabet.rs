//! The alphabets in which the bytes of an attribute are written.

/// The alphabets of RFC 4648 in which bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base64Alphabet {
    /// That of its section 4, with `+` and `/`.
    Standard,
    /// That of its section 5, with `-` and `_`, where an attribute's definition says so.
    Url,
}

impl Base64Alphabet {
    /// Whether bytes are written so; "trailing padding characters MAY be omitted" (RFC 7643 §2.3.6).
    pub(crate) fn encodes(self, text: &str) -> bool {
        let others = match self {
            Self::Standard => b"+/",
            Self::Url => b"-_",
        };
        let body = text.trim_end_matches('=');
        let padding = text.len() - body.len();
        body.bytes().all(|it| it.is_ascii_alphanumeric() || others.contains(&it))
            && body.len() % 4 != 1
            && (padding == 0 || (padding <= 2 && text.len().is_multiple_of(4)))
    }
}
