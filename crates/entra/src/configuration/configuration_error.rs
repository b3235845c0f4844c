//! Errors of configuration files, with line, column and field.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A mistake in a configuration. Printed as `job.toml:12:1: users.attribute-mappings[3].direct:
/// users have no attribute ..`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {}{message}", shown(.field))]
pub struct ConfigurationError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The path of the field, such as `users.attribute-mappings[3].direct`; empty if the file is
    /// not valid TOML.
    pub field: String,
    /// What was expected, and what was found.
    pub message: String,
}

impl ConfigurationError {
    /// A mistake at `offset` bytes into `text`.
    pub(super) fn new(file: &str, text: &str, offset: usize, message: String) -> Self {
        let offset = (0..=offset.min(text.len())).rev().find(|it| text.is_char_boundary(*it));
        let offset = offset.unwrap_or_default();
        let before = &text[..offset];
        let start_of_line = before.rfind('\n').map_or(0, |it| it + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[start_of_line..].chars().count() + 1;
        let field = DeTable::parse(text).ok().and_then(|it| in_table(it.get_ref(), offset));
        Self { file: file.into(), line, column, field: field.unwrap_or_default(), message }
    }
}

fn shown(field: &str) -> String {
    if field.is_empty() { String::new() } else { format!("{field}: ") }
}

/// The path of the innermost key or value at `offset`. The span of a table is that of its header
/// only, so every table is searched.
fn in_table(table: &DeTable<'_>, offset: usize) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let name = key.get_ref().as_ref();
        if key.span().contains(&offset) && !has_inside(value, offset) {
            return Some(name.to_owned());
        }
        in_value(value, offset).map(|inner| match inner.as_str() {
            "" => name.to_owned(),
            index if index.starts_with('[') => format!("{name}{index}"),
            inner => format!("{name}.{inner}"),
        })
    })
}

fn has_inside(value: &Spanned<DeValue<'_>>, offset: usize) -> bool {
    in_value(value, offset).is_some_and(|it| !it.is_empty())
}

/// The path below the value, empty if the value itself is meant.
fn in_value(value: &Spanned<DeValue<'_>>, offset: usize) -> Option<String> {
    let inner = match value.get_ref() {
        DeValue::Table(table) => in_table(table, offset),
        DeValue::Array(values) => values.iter().enumerate().find_map(|(index, value)| {
            in_value(value, offset).map(|inner| match inner.as_str() {
                "" => format!("[{index}]"),
                inner => format!("[{index}].{inner}"),
            })
        }),
        _ => None,
    };
    inner.or_else(|| value.span().contains(&offset).then(String::new))
}
