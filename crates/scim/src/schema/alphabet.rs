//! The base64 alphabets of binary attributes.

/// The base64 alphabets of RFC 4648.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base64Alphabet {
    /// Section 4, with `+` and `/`.
    Standard,
    /// Section 5, with `-` and `_`, for an attribute whose definition says so.
    Url,
}

impl Base64Alphabet {
    /// Whether a text is written in this alphabet; "trailing padding characters MAY be omitted"
    /// (RFC 7643 §2.3.6).
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
