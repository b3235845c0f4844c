//! A fault that a request asks for itself, in the header `Prefer` ([RFC
//! 7240](https://www.rfc-editor.org/rfc/rfc7240)).

use serde_json::{Map, Value as Json, json};

use super::{action::FaultOutcome, read::FieldError, rule::Rule};

/// The wish of a request about faults.
#[derive(Clone, Debug, PartialEq)]
pub enum Preference {
    /// `mock-no-faults`: no rule applies to the request.
    NoFaults,
    /// `mock-fault="status=503; retry-after=2"`: this fault happens.
    Fault(Box<Rule>),
}

/// What a tenant does with the header `Prefer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreferHeader {
    /// A request may ask for a fault, or for none.
    Honored,
    /// The header changes nothing.
    Ignored,
}

/// The id with which such a fault is recorded.
const ID: &str = "prefer";

/// Reads the values of `Prefer`. Other preferences are ignored.
///
/// # Errors
///
/// The value of `mock-fault` is not a valid action.
pub fn preference<'a>(
    values: impl IntoIterator<Item = &'a str>,
) -> Result<Option<Preference>, FieldError> {
    for value in values {
        for one in parts(value, ',') {
            let (name, value) = one.split_once('=').unwrap_or((one, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "mock-no-faults" => return Ok(Some(Preference::NoFaults)),
                "mock-fault" => {
                    let value = value.trim().trim_matches('"');
                    return fault(value).map(|it| Some(Preference::Fault(Box::new(it))));
                }
                _ => {}
            }
        }
    }
    Ok(None)
}

/// The rule of a value. Its members are those of an action, and `phase`, in kebab case.
fn fault(value: &str) -> Result<Rule, FieldError> {
    let mut action = Map::new();
    let mut rule = json!({"id": ID});
    for part in value.split(';').map(str::trim).filter(|it| !it.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, "true"));
        let (name, value) = (camel(name.trim()), value.trim());
        let value = match value.parse::<u64>() {
            Ok(number) => json!(number),
            Err(_text) if value == "true" => json!(true),
            Err(_text) => json!(value),
        };
        if name == "phase" {
            rule["phase"] = value;
        } else {
            action.insert(name, value);
        }
    }
    rule["action"] = Json::Object(action);
    let rule = Rule::read(&rule, &[]).map_err(|it| {
        let detail = format!("Prefer: mock-fault is wrong: {}", it.detail);
        FieldError { detail, ..it }
    })?;
    if matches!(rule.action().outcome(), FaultOutcome::Stale(_)) {
        return Err(FieldError {
            field: "action.staleBy".into(),
            detail:
                "Prefer: mock-fault is wrong: earlier states are kept only while a rule asks for \
                     them, so stale-by needs a rule"
                    .into(),
            word: None,
        });
    }
    Ok(rule)
}

fn camel(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        name + &initial.to_uppercase() + rest
    })
}

/// The parts of a text between separators that are not in quotes.
fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |it| {
        is_quoted ^= it == '"';
        it == separator && !is_quoted
    })
    .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::super::Phase;
    use super::*;

    #[test]
    fn a_fault_is_read_among_other_preferences() {
        let values = [
            "return=minimal, wait=10",
            r#"respond-async, mock-fault="status=503; retry-after=2; detail=busy, really; phase=after""#,
        ];

        let Ok(Some(Preference::Fault(rule))) = preference(values) else { panic!("no fault") };

        let FaultOutcome::Answer(reply) = rule.action().outcome() else { panic!("no answer") };
        assert_eq!((reply.status, reply.detail.as_deref()), (503, Some("busy, really")));
        assert_eq!(reply.headers, [("retry-after".to_owned(), "2".to_owned())]);
        assert_eq!(rule.phase(), Phase::After);
    }

    #[test]
    fn other_preferences_are_ignored_and_mistakes_are_reported() {
        let detail = |value| preference([value]).map_err(|it| it.detail);

        assert_eq!(detail("return=representation"), Ok(None));
        assert_eq!(detail("mock-no-faults"), Ok(Some(Preference::NoFaults)));
        assert_eq!(
            detail("mock-fault=\"status=7\"").unwrap_err(),
            "Prefer: mock-fault is wrong: action.status must be a status from 200 to 599, found 7"
        );
        assert!(detail("mock-fault=\"stale-by=1\"").unwrap_err().ends_with("needs a rule"));
    }
}
