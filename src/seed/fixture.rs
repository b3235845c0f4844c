//! Reading JSON fixtures so that every complaint has a line and a column.
//!
//! Two kinds of mistakes: JSON that is not of the type wanted, which [`parse`] reports, and values
//! that do not fit together (an unknown parent company), which whoever notices reports with [`at`].

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::scim::expected_first;

/// Reads a fixture. `file` is only named in the error.
///
/// # Errors
///
/// [`FixtureError`] at the first character that is no JSON, at the first value of the wrong type,
/// at an unknown field, or at the object that lacks one.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, FixtureError> {
    serde_json::from_str(text).map_err(|error| {
        let end = offset_of(text, error.line(), error.column());
        let message = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = message.strip_suffix(&place).unwrap_or(&message);
        let offset = match error.classify() {
            Category::Data => start_of_fault(text, end, message),
            Category::Syntax => char_before(text, end),
            Category::Eof | Category::Io => end,
        };
        FixtureError::new(file, text, offset, expected_first(message))
    })
}

/// A mistake in a fixture that is JSON of the right type: the value at `pointer` (RFC 6901) does
/// not fit. If there is no such value, the nearest one around it is pointed at.
pub(super) fn at(
    file: &str,
    text: &str,
    pointer: &str,
    message: impl Into<String>,
) -> FixtureError {
    FixtureError::new(file, text, find(text, pointer), message.into())
}

/// Where a fixture is wrong, and how. Printed as
/// `tenants/nordlys.json:12:19: expected a boolean, found "yes"`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct FixtureError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What was expected, and what was found.
    pub message: String,
}

impl FixtureError {
    /// A mistake at `offset` bytes into `text`.
    fn new(file: &str, text: &str, offset: usize, message: String) -> Self {
        let before = &text[..offset];
        let start_of_line = before.rfind('\n').map_or(0, |it| it + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[start_of_line..].chars().count() + 1;
        Self { file: file.into(), line, column, message }
    }
}

/// Where the value at a JSON pointer starts, in bytes.
fn find(text: &str, pointer: &str) -> usize {
    let Ok(mut here) = serde_json::from_str::<&RawValue>(text) else { return 0 };
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        match children(here).remove(&step) {
            Some(child) => here = child,
            None => break,
        }
    }
    start(text, here)
}

/// Where the value or name starts that the reader objected to: it stopped at `end`, right after it
/// or, at the wrong kind of list or object, right before it.
fn start_of_fault(text: &str, end: usize, message: &str) -> usize {
    let last = char_before(text, end);
    if message.starts_with("unknown field") || message.starts_with("duplicate field") {
        return text[..last].rfind('"').unwrap_or(last);
    }
    let Ok(mut here) = serde_json::from_str::<&RawValue>(text) else { return end };
    let is_meant = |it: &&RawValue| {
        let start = start(text, it);
        start == end || (start..start + it.get().len()).contains(&last)
    };
    while let Some(inner) = children(here).into_values().find(is_meant) {
        here = inner;
    }
    start(text, here)
}

/// The members of an object by name, the values of an array by index; empty for anything else.
fn children(value: &RawValue) -> BTreeMap<String, &RawValue> {
    let text = value.get();
    if text.starts_with('[') {
        let values: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
        return values.into_iter().enumerate().map(|(index, it)| (index.to_string(), it)).collect();
    }
    serde_json::from_str(text).unwrap_or_default()
}

/// How far into `text` a value lies that was borrowed from it: the distance of their addresses.
fn start(text: &str, value: &RawValue) -> usize {
    value.get().as_ptr() as usize - text.as_ptr() as usize
}

/// The byte after `column` bytes of a line, as `serde_json` counts.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    start_of_char(text, lines.map(str::len).sum::<usize>() + column)
}

/// Where the character before `end` starts.
fn char_before(text: &str, end: usize) -> usize {
    start_of_char(text, end.saturating_sub(1))
}

/// Where the character starts that has a byte at `offset`; the end of the text if none has.
fn start_of_char(text: &str, offset: usize) -> usize {
    let mut offsets = (0..=offset.min(text.len())).rev();
    offsets.find(|it| text.is_char_boundary(*it)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the errors matter here")]
    struct Town {
        name: String,
        people: Vec<u8>,
        coast: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    enum Kind {
        Rocks,
    }

    #[rstest]
    #[case("{\n  \"name\": \"Å\", people", "f.json:2:16: key must be a string")]
    #[case("{\n  \"name\": \"Å\",", "f.json:2:15: EOF while parsing a value")]
    #[case("", "f.json:1:1: EOF while parsing a value")]
    #[case(
        "{\"name\": \"Å\", \"people\": [1, \"ö\"]}",
        "f.json:1:29: expected a whole number that is not negative, found string \"ö\""
    )]
    #[case(
        "{\"name\": \"Å\",\n \"people\": [1,\n  256, 3]}",
        "f.json:3:3: expected a whole number that is not negative, found integer `256`"
    )]
    #[case(
        "{\"name\": \"Åå\", \"peple\": []}",
        "f.json:1:16: unknown field `peple`, expected one of `name`, `people`, `coast`"
    )]
    #[case("{\"name\": \"Å\", \"name\": \"Ö\"}", "f.json:1:15: duplicate field `name`")]
    #[case("\n  {\"name\": \"Å\"}", "f.json:2:3: missing field `people`")]
    #[case(
        "{\"name\": \"Å\", \"people\": [], \"coast\": \"Sand\"}",
        "f.json:1:38: unknown value `Sand`, expected `Rocks`"
    )]
    #[case(
        "{\"name\": {\"first\": \"Å\"}, \"people\": []}",
        "f.json:1:10: expected a string, found object"
    )]
    #[case("[]", "f.json:1:1: expected an object, found list of 0")]
    fn json_of_another_type_is_reported_where_it_starts(#[case] text: &str, #[case] why: &str) {
        assert_eq!(parse::<Town>("f.json", text).unwrap_err().to_string(), why);
    }

    const TEXT: &str =
        "{\n  \"towns\": [\n    {\"n\u{e5}/me\": \"Malm\u{f6}\", \"x\": 1}, 7\n  ]\n}";

    #[rstest]
    #[case("", 1, 1)]
    #[case("/towns", 2, 12)]
    #[case("/towns/0", 3, 5)]
    #[case("/towns/0/n\u{e5}~1me", 3, 15)]
    #[case("/towns/0/x", 3, 29)]
    #[case("/towns/1", 3, 33)]
    #[case("/towns/2", 2, 12)]
    #[case("/towns/1/x", 3, 33)]
    #[case("/villages/1", 1, 1)]
    fn a_pointer_leads_to_its_value_or_the_nearest_around_it(
        #[case] pointer: &str,
        #[case] line: usize,
        #[case] column: usize,
    ) {
        let error = at("f.json", TEXT, pointer, "expected something else");

        assert_eq!((error.line, error.column), (line, column));
        assert_eq!(error.to_string(), format!("f.json:{line}:{column}: expected something else"));
    }
}
