//! Why a call was refused, as the page that made it shows it.

use maud::{Markup, html};

use super::{frame, request::ApiAnswer};
use crate::journal::Problem;

/// Why a call was refused.
pub(in crate::http::web) struct Trouble {
    pub(in crate::http::web) status: u16,
    what: String,
    help: Option<String>,
    field: Option<String>,
}

/// A field of a form.
#[derive(Clone, Copy)]
pub(in crate::http::web) struct FormField {
    /// Its name in the form and in the call, and its id in the page.
    pub(in crate::http::web) name: &'static str,
    /// What people call it.
    pub(in crate::http::web) label: &'static str,
}

impl Trouble {
    /// What a refusal says.
    pub(in crate::http::web) fn of(answer: &ApiAnswer) -> Self {
        let text = |member: &str| answer.text(member).map(str::to_owned);
        let silent = || match answer.status {
            0 => "the call got no whole answer: the connection ended".to_owned(),
            status => format!("the call was answered {status}, without a reason"),
        };
        Self {
            // A broken answer is no status; to the page it is a bad gateway (RFC 9110 §15.6.3).
            status: if answer.status < 400 { 502 } else { answer.status },
            what: text("detail").unwrap_or_else(silent),
            help: text("hint"),
            field: text("field"),
        }
    }

    /// A trouble that the page itself finds.
    pub(in crate::http::web) fn new(status: u16, what: &str, help: &str) -> Self {
        Self { status, what: what.into(), help: Some(help.into()), field: None }
    }

    /// A trouble that the page itself finds with a field.
    pub(in crate::http::web) fn at_field(field: &str, what: &str) -> Self {
        Self { status: 400, what: what.into(), help: None, field: Some(field.into()) }
    }

    /// What is wrong, as a fragment.
    pub(in crate::http::web) fn what(&self) -> &str {
        &self.what
    }

    /// What is wrong with a field, if that is it: in words, without the path that programs read, and without the
    /// names that a form shows.
    pub(in crate::http::web) fn at(&self, name: &str) -> Option<&str> {
        let field = self.field.as_deref()?;
        let is_it = field == name || field.split(['.', '[']).any(|it| it == name);
        let words = self.what.strip_prefix(field).and_then(|it| it.strip_prefix(": "));
        let words = words.unwrap_or(&self.what);
        is_it.then(|| words.split_once(" There are: ").map_or(words, |(said, _)| said))
    }

    /// What is shown above a form with these fields: the way to the one that is wrong, where that is said, or
    /// else what is wrong.
    pub(in crate::http::web) fn above(&self, fields: &[FormField]) -> Markup {
        let Some(field) = fields.iter().find(|it| self.at(it.name).is_some()) else {
            return self.notice();
        };
        html! {
            div.notice role="alert" {
                span { b { "Nothing was saved." } " Look at " a href={ "#" (field.name) } { (field.label) } "." }
            }
        }
    }

    /// Whether it is about one of these fields, which say so themselves.
    pub(in crate::http::web) fn is_at(&self, names: &[&str]) -> bool {
        names.iter().any(|it| self.at(it).is_some())
    }

    /// The same for the journal.
    pub(in crate::http::web) fn problem(&self) -> Problem {
        Problem { code: None, detail: self.what.clone() }
    }

    /// What is shown at the top of the page.
    pub(in crate::http::web) fn notice(&self) -> Markup {
        frame::notice(&self.what, self.help.as_deref())
    }
}
