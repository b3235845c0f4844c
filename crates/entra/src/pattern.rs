//! Regular expressions of filters and expressions. The real service uses .NET's.

use regex::Regex;

/// The pattern, compiled.
///
/// # Errors
///
/// If it is not a regular expression, or uses what only .NET has: look-around or backreferences.
pub(super) fn pattern(text: &str) -> Result<Regex, String> {
    Regex::new(text).map_err(|error| {
        let whole = error.to_string();
        let last = whole.lines().last().unwrap_or_default();
        format!("no regular expression: {}", last.strip_prefix("error: ").unwrap_or(last))
    })
}
