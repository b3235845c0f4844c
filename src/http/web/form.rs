//! What a browser sends: the fields of a form or of a query.

use crate::{http::problem::ProblemDetails, scim::quoted};

/// Names and values in the order in which they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::http) struct Form(Vec<(String, String)>);

/// The content type of a form (HTML, "application/x-www-form-urlencoded").
const URL_ENCODED: &str = "application/x-www-form-urlencoded";

impl Form {
    /// Reads the body of a form.
    ///
    /// # Errors
    ///
    /// 415 for another content type; else as [`Form::of_query`].
    pub(in crate::http) fn of_body(
        content_type: &str,
        body: &[u8],
    ) -> Result<Self, ProblemDetails> {
        if !body.is_empty() && !content_type.trim().eq_ignore_ascii_case(URL_ENCODED) {
            let found = if content_type.is_empty() { "none" } else { content_type };
            let detail = format!("the content type must be {URL_ENCODED}, found {found}");
            return Err(ProblemDetails::new(415, "unsupported-content-type", detail));
        }
        match std::str::from_utf8(body) {
            Ok(text) => Self::of_query(text),
            Err(_not_utf8) => {
                Err(ProblemDetails::new(400, "invalid-body", "the form is not UTF-8"))
            }
        }
    }

    /// Reads a query.
    ///
    /// # Errors
    ///
    /// 400 naming the first field that is no text.
    pub(in crate::http) fn of_query(text: &str) -> Result<Self, ProblemDetails> {
        let pairs = text.split('&').filter(|it| !it.is_empty());
        let pairs = pairs.map(|it| {
            let (name, value) = it.split_once('=').unwrap_or((it, ""));
            let name = decoded(name).ok_or_else(|| unreadable(name))?;
            let value = decoded(value).ok_or_else(|| unreadable(&name))?;
            Ok((name, value))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    /// The value of a field; that of the first, if there are several.
    pub(in crate::http) fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// The value of a field without outer blanks; `None` if nothing is left.
    pub(in crate::http) fn text(&self, name: &str) -> Option<&str> {
        self.one(name).map(str::trim).filter(|it| !it.is_empty())
    }

    /// The values of all fields of this name.
    pub(in crate::http) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// Whether there is a field of this name.
    pub(in crate::http) fn has(&self, name: &str) -> bool {
        self.one(name).is_some()
    }
}

fn unreadable(name: &str) -> ProblemDetails {
    let detail = format!("the field {} is no text", quoted(name));
    ProblemDetails::new(400, "invalid-parameter", detail).field(name)
}

/// Decodes a name or value; `None` for bytes that are no UTF-8, a `%` without two digits, and the NUL.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok().filter(|it| !it.contains('\0'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a=%FF", "a")]
    #[case("a=1&b=%00", "b")]
    #[case("a=%", "a")]
    #[case("a=%4", "a")]
    #[case("a=%+1", "a")]
    fn a_field_that_is_no_text_is_named(#[case] query: &str, #[case] name: &str) {
        let problem = Form::of_query(query).unwrap_err();

        assert_eq!(problem.detail(), format!("the field \"{name}\" is no text"));
    }

    #[test]
    fn a_form_has_each_value_of_a_field() {
        let form = Form::of_query("companies=A%26B&companies=C+D&name=+x+&empty=").unwrap();

        assert_eq!(form.all("companies").collect::<Vec<_>>(), ["A&B", "C D"]);
        assert_eq!((form.one("name"), form.text("name")), (Some(" x "), Some("x")));
        assert_eq!((form.one("empty"), form.text("empty")), (Some(""), None));
        assert!(form.has("empty") && !form.has("other"));
    }

    #[test]
    fn a_body_of_another_type_is_refused() {
        assert!(Form::of_body("application/json", b"{}").is_err());
        assert!(Form::of_body("", b"").is_ok());
        assert!(Form::of_body("application/x-www-form-urlencoded", b"a=b").is_ok());
    }

    proptest! {
        #[test]
        fn any_text_comes_through(text in "[^\0]{0,20}") {
            let encode = |sent: String, byte: u8| sent + &format!("%{byte:02X}");
            let sent = text.bytes().fold(String::new(), encode);
            let form = Form::of_query(&format!("a={sent}")).unwrap();

            prop_assert_eq!(form.one("a"), Some(text.as_str()));
        }
    }
}
