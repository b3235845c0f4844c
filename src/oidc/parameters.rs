//! The parameters of a query or a form, as OAuth reads them.

use std::{collections::BTreeSet, fmt};

use crate::scim::quoted;

/// Parameters in `application/x-www-form-urlencoded`
/// ([RFC 6749 Appendix B](https://www.rfc-editor.org/rfc/rfc6749#appendix-B)).
///
/// "Parameters sent without a value MUST be treated as if they were omitted" and "MUST NOT be included more
/// than once" (§3.1, §3.2): the first is done here, the second is asked by who reads a request.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    list: Vec<(String, String)>,
}

/// Why parameters cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// A parameter holds bytes that are no text.
    #[error("the parameter {} is not percent-encoded UTF-8 without NUL", quoted(_0))]
    NoText(String),
    /// A parameter stands more than once.
    #[error("the parameter {} stands more than once", quoted(_0))]
    Twice(String),
}

impl Parameters {
    /// Reads a query string or the body of a form.
    ///
    /// # Errors
    ///
    /// [`ParameterError::NoText`] for a `%` that begins no byte, bytes that are no UTF-8, and NUL.
    pub fn read(text: &str) -> Result<Self, ParameterError> {
        let mut list = Vec::new();
        for pair in text.split('&').filter(|it| !it.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let unreadable = || ParameterError::NoText(name.to_owned());
            let name = decoded(name).ok_or_else(unreadable)?;
            let value = decoded(value).ok_or_else(unreadable)?;
            if !value.is_empty() {
                list.push((name, value));
            }
        }
        Ok(Self { list })
    }

    /// The value of a parameter that may stand once.
    ///
    /// # Errors
    ///
    /// [`ParameterError::Twice`].
    pub fn one(&self, name: &str) -> Result<Option<&str>, ParameterError> {
        let mut found = self.list.iter().filter(|(it, _)| it == name).map(|(_, it)| it.as_str());
        let first = found.next();
        if found.next().is_some() {
            return Err(ParameterError::Twice(name.to_owned()));
        }
        Ok(first)
    }

    /// Refuses a parameter that stands more than once, whether or not anybody reads it.
    ///
    /// # Errors
    ///
    /// [`ParameterError::Twice`].
    pub fn each_once(&self) -> Result<(), ParameterError> {
        let mut seen = BTreeSet::new();
        match self.list.iter().find(|(name, _)| !seen.insert(name)) {
            Some((name, _)) => Err(ParameterError::Twice(name.clone())),
            None => Ok(()),
        }
    }

    /// The value of a parameter, if it stands exactly once.
    pub fn sole(&self, name: &str) -> Option<&str> {
        self.one(name).ok().flatten()
    }
}

/// Values may be codes, verifiers and secrets.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.list.iter().map(|(name, _)| name)).finish()
    }
}

/// A name or value decoded; nothing if it is no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let (digits, behind) = rest.split_at_checked(2)?;
                rest = behind;
                digit(digits[0])? << 4 | digit(digits[1])?
            }
            other => *other,
        });
    }
    String::from_utf8(bytes).ok().filter(|it| !it.contains('\0'))
}

/// The value of a hexadecimal digit.
fn digit(letter: u8) -> Option<u8> {
    let value = char::from(letter).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_form_is_decoded_and_empty_values_are_left_out() {
        let read = Parameters::read("a=b+c%2Bd&e=&f&%C3%A5=%E6%9C%B1").unwrap();

        assert_eq!(read.one("a"), Ok(Some("b c+d")));
        assert_eq!(read.one("e"), Ok(None));
        assert_eq!(read.one("f"), Ok(None));
        assert_eq!(read.one("å"), Ok(Some("朱")));
    }

    #[test]
    fn a_parameter_stands_once() {
        let read = Parameters::read("a=1&b=2&a=1&c=&c=3").unwrap();

        assert_eq!(read.one("a"), Err(ParameterError::Twice("a".into())));
        assert_eq!(read.one("c"), Ok(Some("3")));
        assert_eq!(read.sole("a"), None);
        assert_eq!(read.sole("b"), Some("2"));
    }

    #[rstest]
    #[case("state=%FF")]
    #[case("state=%00")]
    #[case("state=%")]
    #[case("state=%4")]
    #[case("state=%zz")]
    #[case("state=%+1")]
    fn what_is_no_text_is_refused_by_name(#[case] text: &str) {
        let error = Parameters::read(text).unwrap_err();

        assert_eq!(error, ParameterError::NoText("state".into()));
    }
}
