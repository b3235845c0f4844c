//! Why a user configuration is refused: the field, the value, and the existing names.

use std::fmt;

use super::{nearest, path_of};
use crate::scim::quoted;

/// How many existing names an error lists. Of the others it gives the number.
const LISTED: usize = 12;

/// A user configuration that cannot be saved.
///
/// It prints for an administrator, such as `roles[1]: no role is called "Expence AP", did you mean
/// "Expense AP"? There are: Admin, Auditor, Expense AP`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", self.field())]
pub struct UserConfigurationError {
    /// Where in the draft, as a JSON pointer such as `/roles/1`.
    pub pointer: String,
    /// What is wrong there.
    pub problem: ConfigurationProblem,
}

impl UserConfigurationError {
    /// The path in the draft, as people write it: `roles[1]`, `locale.timeZone`.
    pub fn field(&self) -> String {
        path_of(&self.pointer)
    }

    /// The same error at another pointer.
    pub(super) fn at(self, pointer: &str) -> Self {
        Self { pointer: pointer.into(), ..self }
    }

    pub(crate) fn new(pointer: impl Into<String>, problem: ConfigurationProblem) -> Self {
        Self { pointer: pointer.into(), problem }
    }
}

/// What is wrong with one field of a user configuration.
///
/// The rules on names, filters and virtual companies are assumed; that a configuration needs "just
/// a valid company name" is documented (tutorial step 9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigurationProblem {
    /// The tenant has no entry with that name.
    Unknown(Unknown),
    /// The company is not in use.
    InactiveCompany {
        /// Its name.
        name: String,
    },
    /// The company is only a node of the tree. It has no invoices, so users cannot work for it.
    VirtualCompany {
        /// Its name.
        name: String,
    },
    /// No company is named.
    NoCompany {
        /// The companies that can be named.
        known: Vec<String>,
    },
    /// The configuration has an empty name.
    EmptyName,
    /// Another configuration has the name.
    DuplicateName {
        /// The name, in the spelling of the other one.
        name: String,
    },
    /// Another configuration has the filter, so it would be unclear which one applies.
    DuplicateFilter {
        /// The filter, in the spelling of the other one; empty for the default configuration.
        filter: String,
        /// The name of the other configuration.
        holder: String,
    },
    /// An entry is named twice.
    Twice {
        /// Its name.
        name: String,
    },
    /// A field that an applied configuration must have is left out.
    Missing,
    /// A field that must not be empty is empty.
    Empty,
    /// The draft has the id of another configuration.
    OtherId {
        /// The id in the draft.
        found: String,
        /// The id of the configuration that is replaced.
        expected: String,
    },
}

impl fmt::Display for ConfigurationProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(unknown) => unknown.fmt(f),
            Self::InactiveCompany { name } => {
                write!(f, "the company {} is not active", quoted(name))
            }
            Self::VirtualCompany { name } => write!(
                f,
                "the company {} is virtual: it holds no invoices, name the companies below it",
                quoted(name)
            ),
            Self::NoCompany { known } => {
                write!(f, "expected at least one company. There are: {}", Listing(known))
            }
            Self::EmptyName => f.write_str("expected a name or no name at all, found an empty one"),
            Self::DuplicateName { name } => {
                write!(f, "another configuration is called {} already", quoted(name))
            }
            Self::DuplicateFilter { filter, holder } if filter.is_empty() => write!(
                f,
                "the configuration {} has the empty filter already: it is the default one",
                quoted(holder)
            ),
            Self::DuplicateFilter { filter, holder } => {
                write!(
                    f,
                    "the configuration {} has the filter {} already",
                    quoted(holder),
                    quoted(filter)
                )
            }
            Self::Twice { name } => write!(f, "expected each once, found {} twice", quoted(name)),
            Self::Empty => f.write_str("expected a text, found an empty one"),
            Self::Missing => f.write_str("expected a text, found none"),
            Self::OtherId { found, expected } => {
                write!(f, "expected {} or no id at all, found {}", quoted(expected), quoted(found))
            }
        }
    }
}

/// A value that names no entry of the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The kind of entry, such as `company` or `time zone`.
    pub kind: &'static str,
    /// The value.
    pub value: String,
    /// The name that was probably meant.
    pub suggestion: Option<String>,
    /// The names that exist.
    pub known: Vec<String>,
}

impl Unknown {
    pub(super) fn new(kind: &'static str, value: &str, known: Vec<String>) -> Self {
        let suggestion = nearest(value, known.iter().map(String::as_str)).map(Into::into);
        Self { kind, value: value.into(), suggestion, known }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, value, suggestion, known } = self;
        write!(f, "no {kind} is called {}", quoted(value))?;
        match suggestion {
            Some(suggestion) => write!(f, ", did you mean {}?", quoted(suggestion))?,
            None => f.write_str(".")?,
        }
        write!(f, " There are: {}", Listing(known))
    }
}

/// Names separated by commas, the first [`LISTED`] of them.
struct Listing<'a>(&'a [String]);

impl fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(LISTED)];
        f.write_str(&shown.join(", "))?;
        match self.0.len() - shown.len() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_names_is_shortened() {
        let known = (1..=14).map(|it| format!("C{it}")).collect();

        let printed = Unknown::new("company", "Nordlys", known).to_string();

        assert_eq!(
            printed,
            "no company is called \"Nordlys\". There are: C1, C2, C3, C4, C5, C6, C7, C8, C9, \
             C10, C11, C12 and 2 more"
        );
    }
}
