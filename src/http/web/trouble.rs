//! Why a call was refused, as the page that made it shows it.

use maud::Markup;

use super::{frame, request::ApiAnswer};
use crate::journal::Problem;

/// Why a call was refused.
pub(in crate::http::web) struct Trouble {
    pub(in crate::http::web) status: u16,
    what: String,
    help: Option<String>,
    field: Option<String>,
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

    /// What is wrong, as a fragment.
    pub(in crate::http::web) fn what(&self) -> &str {
        &self.what
    }

    /// What is wrong with a field, if that is it.
    pub(in crate::http::web) fn at(&self, name: &str) -> Option<&str> {
        let field = self.field.as_deref()?;
        let first = field.split(['.', '[']).next().unwrap_or_default();
        (first == name || field == name).then_some(&*self.what)
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
