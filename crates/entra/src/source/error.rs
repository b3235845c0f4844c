//! Errors of changes and of directory files.

use smol_str::SmolStr;

/// Why a change of the directory is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// No object has this id or name.
    #[error("no user or group `{name}` in the directory{}", hint(.near.as_deref()))]
    Unknown {
        /// What was looked for.
        name: SmolStr,
        /// The nearest name.
        near: Option<String>,
    },
    /// Another user has this `userPrincipalName`, or another object has this id.
    #[error("`{0}` is taken")]
    Taken(SmolStr),
    /// The attribute does not exist or cannot be set.
    #[error("{0}")]
    Attribute(String),
    /// The change does not apply to the object: a group has no manager.
    #[error("{name}: {why}")]
    Unfit {
        /// The object.
        name: SmolStr,
        /// Why.
        why: &'static str,
    },
}

/// A mistake in a directory file, printed as `people.csv:7: accountEnabled: expected ..`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {}{message}", field_shown(.field))]
pub struct DirectoryFileError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The attribute or column; empty if the line as a whole is wrong.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

fn hint(near: Option<&str>) -> String {
    near.map_or_else(String::new, |it| format!("; did you mean `{it}`?"))
}

fn field_shown(field: &str) -> String {
    if field.is_empty() { String::new() } else { format!("{field}: ") }
}
