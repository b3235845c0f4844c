//! Reads JSON member by member, so that every error names its field.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json};

use crate::scim::Moment;

/// An invalid member.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct FieldError {
    /// Its path, such as `match.operation` or `when.sequence[2]`; empty for the whole body.
    pub field: String,
    /// The expected and the actual value.
    pub detail: String,
    /// If only certain words are allowed: the word that was written, and the allowed ones.
    pub word: Option<(String, Vec<String>)>,
}

/// A JSON object whose members are taken one by one. A member that is left over is an error.
#[derive(Debug)]
pub struct Fields<'a> {
    path: String,
    members: &'a Map<String, Json>,
    known: Vec<&'static str>,
    passed: &'static [&'static str],
}

/// A JSON value and its path.
#[derive(Debug)]
pub struct FieldValue<'a> {
    value: &'a Json,
    path: String,
}

/// The longest duration that is read: ten years, far beyond what a test needs and far below what a
/// clock can hold.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 3_660);

impl<'a> Fields<'a> {
    /// The members of a whole body.
    ///
    /// # Errors
    ///
    /// It is not an object.
    pub fn of(body: &'a Json) -> Result<Self, FieldError> {
        FieldValue { value: body, path: String::new() }.fields()
    }

    /// The member with this name; `None` if it is absent or null.
    pub fn take(&mut self, name: &'static str) -> Option<FieldValue<'a>> {
        self.known.push(name);
        let value = self.members.get(name).filter(|it| !it.is_null())?;
        Some(FieldValue { value, path: below(&self.path, name) })
    }

    /// Allows members that only answers have, so that an answer can be sent back as a request.
    pub fn pass(&mut self, names: &'static [&'static str]) {
        self.passed = names;
    }

    /// Every member by name, for objects with arbitrary names.
    pub fn all(self) -> impl Iterator<Item = (&'a str, FieldValue<'a>)> {
        let path = self.path;
        self.members.iter().map(move |(name, value)| {
            (name.as_str(), FieldValue { value, path: below(&path, name) })
        })
    }

    /// Ends reading.
    ///
    /// # Errors
    ///
    /// There is a member that was not taken.
    pub fn finish(self) -> Result<(), FieldError> {
        let is_known =
            |it: &&String| self.known.contains(&it.as_str()) || self.passed.contains(&it.as_str());
        let unknown = self.members.keys().find(|it| !is_known(it));
        let Some(name) = unknown else { return Ok(()) };
        let known: Vec<String> = self.known.iter().map(|it| (*it).to_owned()).collect();
        Err(FieldError {
            field: below(&self.path, name),
            detail: format!("unknown field `{name}`, expected {}", listed(&known)),
            word: Some((name.clone(), known)),
        })
    }
}

impl<'a> FieldValue<'a> {
    /// The text.
    ///
    /// # Errors
    ///
    /// It is not a text, or it is empty.
    pub fn text(&self) -> Result<&'a str, FieldError> {
        let text = self.value.as_str().filter(|it| !it.is_empty());
        text.ok_or_else(|| self.wrong("a text"))
    }

    /// The whole number, which must be at least `least`.
    ///
    /// # Errors
    ///
    /// It is not such a value.
    pub fn count(&self, least: u64) -> Result<u64, FieldError> {
        let count = self.value.as_u64().filter(|it| *it >= least);
        count.ok_or_else(|| self.wrong(&format!("a whole number from {least}")))
    }

    /// The number, which must be between these two.
    ///
    /// # Errors
    ///
    /// It is not such a value.
    pub fn number(&self, least: f64, most: f64) -> Result<f64, FieldError> {
        let number = self.value.as_f64().filter(|it| (least..=most).contains(it));
        number.ok_or_else(|| self.wrong(&format!("a number from {least} to {most}")))
    }

    /// The boolean value.
    ///
    /// # Errors
    ///
    /// It is not such a value.
    pub fn flag(&self) -> Result<bool, FieldError> {
        self.value.as_bool().ok_or_else(|| self.wrong("true or false"))
    }

    /// The point in time, in the format of SCIM or of RFC 3339.
    ///
    /// # Errors
    ///
    /// It is in neither format.
    pub fn time(&self) -> Result<Timestamp, FieldError> {
        let time = self
            .value
            .as_str()
            .and_then(|it| Moment::parse(it).map_or_else(|| it.parse().ok(), |it| it.timestamp()));
        time.ok_or_else(|| self.wrong("a point in time such as \"2026-03-01T08:00:00Z\""))
    }

    /// The duration, which may be negative: `"250ms"`, `"-2h 30m"`, `"90d"`, or milliseconds.
    ///
    /// # Errors
    ///
    /// It is not such a value.
    pub fn signed_duration(&self) -> Result<SignedDuration, FieldError> {
        let duration = match self.value {
            Json::String(text) => parse_duration(text),
            value => value.as_i64().map(SignedDuration::from_millis),
        };
        let duration = duration.filter(|it| it.abs() <= LONGEST);
        duration.ok_or_else(|| self.wrong("a duration such as \"250ms\", or whole milliseconds"))
    }

    /// The duration, which is not negative.
    ///
    /// # Errors
    ///
    /// It is not such a value.
    pub fn duration(&self) -> Result<Duration, FieldError> {
        let duration = Duration::try_from(self.signed_duration()?).ok();
        duration.ok_or_else(|| self.wrong("a duration that is not negative"))
    }

    /// The object.
    ///
    /// # Errors
    ///
    /// It is not such a value.
    pub fn fields(&self) -> Result<Fields<'a>, FieldError> {
        let members = self.value.as_object().ok_or_else(|| self.wrong("an object"))?;
        Ok(Fields { path: self.path.clone(), members, known: Vec::new(), passed: &[] })
    }

    /// The values of a list. A single value counts as a list with one value.
    pub fn each(&self) -> Vec<Self> {
        match self.value {
            Json::Array(values) => {
                let at = |(index, value)| Self { value, path: format!("{}[{index}]", self.path) };
                values.iter().enumerate().map(at).collect()
            }
            value => vec![Self { value, path: self.path.clone() }],
        }
    }

    /// One of these words, as its index.
    ///
    /// # Errors
    ///
    /// It is not one of them.
    pub fn one_of(&self, words: &[&str]) -> Result<usize, FieldError> {
        let word = self.text()?;
        words.iter().position(|it| *it == word).ok_or_else(|| self.unknown(word, words))
    }

    /// The value itself.
    pub fn json(&self) -> &'a Json {
        self.value
    }

    /// The error for a word that is not one of these.
    pub fn unknown<W: AsRef<str>>(&self, word: &str, words: &[W]) -> FieldError {
        self.unknown_of(self.name(), word, words)
    }

    /// The error for a word that is not one of these words of a kind.
    pub fn unknown_of<W: AsRef<str>>(&self, kind: &str, word: &str, words: &[W]) -> FieldError {
        let words: Vec<String> = words.iter().map(|it| it.as_ref().to_owned()).collect();
        let detail = format!("unknown {kind} `{word}`, expected {}", listed(&words));
        FieldError { field: self.path.clone(), detail, word: Some((word.to_owned(), words)) }
    }

    /// The error for a value of the wrong kind.
    pub fn wrong(&self, expected: &str) -> FieldError {
        let found = match self.value {
            Json::Array(_) => "a list".to_owned(),
            Json::Object(_) => "an object".to_owned(),
            value => value.to_string(),
        };
        let what = if self.path.is_empty() { "the body" } else { &self.path };
        self.because(format!("{what} must be {expected}, found {found}"))
    }

    /// An error at the path of this value.
    pub fn because(&self, detail: impl Into<String>) -> FieldError {
        FieldError { field: self.path.clone(), detail: detail.into(), word: None }
    }

    fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }
}

/// Reads a duration: `250ms`, `1h 30m`, `-2s`, `PT5M`, days as `90d`, or whole milliseconds.
pub fn parse_duration(text: &str) -> Option<SignedDuration> {
    if let Ok(milliseconds) = text.trim().parse() {
        return Some(SignedDuration::from_millis(milliseconds));
    }
    let days = text.trim().strip_suffix('d').and_then(|it| it.trim().parse::<i64>().ok());
    match days {
        // `SignedDuration` cannot parse days; here a day has 24 hours.
        Some(days) => {
            days.checked_mul(24).filter(|it| it.abs() < 1 << 32).map(SignedDuration::from_hours)
        }
        None => text.trim().parse().ok(),
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn listed(words: &[String]) -> String {
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case("250ms", Some(250))]
    #[case("1h 30m", Some(5_400_000))]
    #[case("-2s", Some(-2_000))]
    #[case("PT5M", Some(300_000))]
    #[case("90d", Some(7_776_000_000))]
    #[case(" 40 ", Some(40))]
    #[case("-1d", Some(-86_400_000))]
    #[case("soon", None)]
    #[case("99999999999999d", None)]
    fn spans_are_read(#[case] text: &str, #[case] expected: Option<i128>) {
        assert_eq!(parse_duration(text).map(|it| it.as_millis()), expected);
    }

    #[test]
    fn an_unknown_member_is_an_error_that_lists_the_known_ones() {
        let body = json!({"when": {"probabilty": 1}});
        let mut fields = Fields::of(&body).unwrap();
        let mut when = fields.take("when").unwrap().fields().unwrap();

        assert!(when.take("probability").is_none());
        let error = when.finish().unwrap_err();

        assert_eq!(error.field, "when.probabilty");
        assert_eq!(error.detail, "unknown field `probabilty`, expected probability");
        assert_eq!(error.word, Some(("probabilty".into(), vec!["probability".into()])));
    }
}
