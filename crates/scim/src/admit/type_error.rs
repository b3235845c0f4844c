//! The error for a value that does not fit its attribute.

use serde_json::Value as Json;

use crate::{
    error::{ScimError, ScimType},
    json::describe,
    location::Location,
    moment::Moment,
    schema::{AttributeDefinition, AttributeType, Base64Alphabet, Returned},
};

impl AttributeDefinition {
    /// The `invalidValue` for a value that does not fit the attribute's type, with the edit that
    /// corrects it.
    pub(super) fn type_error(&self, at: Location<'_>, found: &Json) -> ScimError {
        let (expected, section) = match self.kind() {
            AttributeType::String => ("a string", "RFC 7643 §2.3.1"),
            AttributeType::Boolean => ("true or false", "RFC 7643 §2.3.2"),
            AttributeType::Decimal => ("a number", "RFC 7643 §2.3.3"),
            AttributeType::Integer => ("a whole number", "RFC 7643 §2.3.4"),
            AttributeType::DateTime => {
                ("a dateTime such as \"2026-01-31T08:00:00Z\"", "RFC 7643 §2.3.5")
            }
            AttributeType::Binary if self.alphabet() == Base64Alphabet::Url => {
                ("base64url text", "RFC 7643 §2.3.6")
            }
            AttributeType::Binary => ("base64 text", "RFC 7643 §2.3.6"),
            AttributeType::Reference => ("a URI as a string", "RFC 7643 §2.3.7"),
            AttributeType::Complex => ("an object", "RFC 7643 §2.3.8"),
        };
        let shown = self.shown(found);
        let detail = format!("{at} must be {expected}, found {shown}");
        let refusal = ScimError::new(ScimType::InvalidValue, detail).at(at).by(section);
        match (self.kind(), found) {
            (AttributeType::String | AttributeType::Reference, Json::Number(_) | Json::Bool(_)) => {
                refusal.hint("put it in double quotes")
            }
            (AttributeType::Integer | AttributeType::Decimal, Json::String(text))
                if text.parse::<f64>().is_ok() =>
            {
                refusal.hint("write it without quotes")
            }
            (AttributeType::Integer, Json::Number(_)) => {
                refusal.hint("it has no fraction, no exponent and at most 64 bits")
            }
            (AttributeType::DateTime, Json::String(text)) => dated(refusal, text),
            (AttributeType::Binary, Json::String(text)) => {
                let (other, edit) = match self.alphabet() {
                    Base64Alphabet::Standard => (Base64Alphabet::Url, "write + for - and / for _"),
                    Base64Alphabet::Url => (Base64Alphabet::Standard, "write - for + and _ for /"),
                };
                if other.encodes(text) { refusal.hint(edit) } else { refusal }
            }
            // Where a bare text can be read, the hint is that of the quirk.
            (AttributeType::Complex, Json::String(_)) if self.default_sub_attribute().is_none() => {
                refusal.hint(format_args!("write {}", self.example(found)))
            }
            _ => refusal,
        }
    }

    /// The object that the client probably meant instead of a text.
    pub(super) fn example(&self, text: &Json) -> String {
        let first = self.sub_attributes().first().map(|it| it.name());
        let sub = self.default_sub_attribute().map(|it| it.name()).or(first);
        let name = sub.map_or("value", |it| &**it);
        let is_short = text.as_str().is_some_and(|it| it.chars().count() <= 40);
        if is_short && !self.is_secret() {
            format!("{{\"{name}\": {text}}}")
        } else {
            format!("{{\"{name}\": …}}")
        }
    }

    /// The value that was found, as an error shows it. A value that is never returned, such as a
    /// password, is not repeated in an error either.
    pub(super) fn shown(&self, found: &Json) -> String {
        if self.is_secret() { "something else".into() } else { describe(found) }
    }

    fn is_secret(&self) -> bool {
        self.returned() == Returned::Never
    }
}

/// The refusal of a text that is not a dateTime, with the edit that makes it one if a small one
/// does.
fn dated(refusal: ScimError, text: &str) -> ScimError {
    let upper = text.to_ascii_uppercase();
    let is_leap = |it: &str| it.contains(":60") || it.contains(":61");
    if Moment::parse(&upper).is_some() {
        refusal.hint("write T and Z in upper case")
    } else if Moment::parse(&upper.replacen(' ', "T", 1)).is_some() {
        refusal.hint("write T between the date and the time")
    } else if is_leap(text)
        && Moment::parse(&upper.replace(":60", ":59").replace(":61", ":59")).is_some()
    {
        refusal.hint("leave out the leap second: seconds end at 59")
    } else {
        refusal
    }
}
