//! Reading a client's value by its attribute's type.

use std::fmt;

use jiff::{Timestamp, civil};
use serde_json::Value as Json;

use super::{AttributeDefinition, AttributeType, nearest};
use crate::scim::{
    dialect::{Quirk, Rules, UnknownAttributes},
    error::{ScimError, ScimType},
    value::{List, Object, Value},
};

/// Where in the request a value stands, for errors and findings; costs nothing until printed.
#[derive(Clone, Copy, Debug)]
pub(in crate::scim) struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Urn(&'a str),
    Name(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    /// An attribute of the resource or, with a URN, of an extension.
    pub(in crate::scim) fn name(name: &'a str) -> Self {
        Self { parent: None, step: Step::Name(name) }
    }

    /// An extension.
    pub(in crate::scim) fn urn(urn: &'a str) -> Self {
        Self { parent: None, step: Step::Urn(urn) }
    }

    /// A part of this place.
    pub(in crate::scim) fn sub(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Name(name) }
    }

    fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match (self.parent.map(|it| it.step), self.step) {
            (_, Step::Urn(urn)) => f.write_str(urn),
            (None, Step::Name(name)) => f.write_str(name),
            (Some(Step::Urn(_)), Step::Name(name)) => write!(f, ":{name}"),
            (Some(_), Step::Name(name)) => write!(f, ".{name}"),
            (_, Step::Index(index)) => write!(f, "[{index}]"),
        }
    }
}

impl AttributeDefinition {
    /// Reads the value of this attribute; `None` when it says nothing (`null`, `[]`, or an object
    /// of which nothing remains: RFC 7643 §2.5).
    ///
    /// # Errors
    ///
    /// `invalidValue` when the value does not fit the type, `invalidSyntax` for a sub-attribute
    /// that is unknown or named twice.
    pub(in crate::scim) fn admit(
        &self,
        rules: &Rules<'_>,
        at: Place<'_>,
        value: &Json,
    ) -> Result<Option<Value>, ScimError> {
        match value {
            // RFC 7643 §2.5 lets null stand for "unassigned"; a reference that is null is Entra's
            // way to say nothing: see fixtures/entra/.
            Json::Null if self.is_named("$ref") && !rules.tolerates(Quirk::NullRef, at) => {
                Err(self.misfit(at, value))
            }
            Json::Null => Ok(None),
            Json::Array(values) if self.is_multi_valued() => self.admit_all(rules, at, values),
            // An element of a longer list is read by `admit_all`; this is the list itself.
            _ if self.is_multi_valued() => Err(ScimError::new(
                ScimType::InvalidValue,
                format!("{at} is multi-valued: expected an array, found {}", noun(value)),
            )),
            Json::Array(values) => match values.as_slice() {
                [] => Ok(None),
                [only] if rules.tolerates(Quirk::WrappedSingleValue, at) => {
                    // Entra's engine of 2018 wraps texts, too: [{"$ref": null, "value": "x"}].
                    let inner = only.get("value").filter(|_| !self.is_complex());
                    self.admit_one(rules, at, inner.unwrap_or(only))
                }
                _ => Err(self.misfit(at, value)),
            },
            _ => self.admit_one(rules, at, value),
        }
    }

    /// Reads the values of a multi-valued attribute; equal ones are kept once (RFC 7643 §2.4).
    ///
    /// # Errors
    ///
    /// As [`AttributeDefinition::admit`], and `invalidValue` when more than one is primary.
    fn admit_all(
        &self,
        rules: &Rules<'_>,
        at: Place<'_>,
        values: &[Json],
    ) -> Result<Option<Value>, ScimError> {
        let mut list = List::default();
        let mut primary = None;
        for (index, value) in values.iter().enumerate() {
            let place = at.index(index);
            let Some(value) = self.admit_one(rules, place, value)? else { continue };
            if is_primary(&value)
                && let Some(first) = primary.replace(index)
            {
                // "The primary attribute value "true" MUST appear no more than once" (RFC 7643
                // §2.4).
                return Err(ScimError::new(
                    ScimType::InvalidValue,
                    format!("{at}[{first}] and {place} are both primary, expected one at most"),
                ));
            }
            if !list.contains(&value) {
                list.push(value);
            }
        }
        Ok((!list.is_empty()).then_some(Value::List(list)))
    }

    /// Reads one value: that of a single-valued attribute, or an element of a list.
    ///
    /// # Errors
    ///
    /// As [`AttributeDefinition::admit`].
    pub(in crate::scim) fn admit_one(
        &self,
        rules: &Rules<'_>,
        at: Place<'_>,
        value: &Json,
    ) -> Result<Option<Value>, ScimError> {
        let admitted = match (self.kind(), value) {
            (_, Json::Null) => return Ok(None),
            (AttributeType::Complex, Json::Object(members)) => {
                return self.admit_complex(rules, at, members);
            }
            (AttributeType::Complex, Json::String(text)) => {
                return self.admit_bare(rules, at, text);
            }
            (AttributeType::Boolean, Json::Bool(it)) => Value::Boolean(*it),
            (AttributeType::Boolean, Json::String(text)) => {
                match boolean(text).filter(|_| rules.tolerates(Quirk::StringBoolean, at)) {
                    Some(it) => Value::Boolean(it),
                    None => return Err(self.misfit(at, value)),
                }
            }
            (AttributeType::Integer, Json::Number(number)) => match number.as_i64() {
                Some(it) => Value::Integer(it),
                None => return Err(self.misfit(at, value)),
            },
            (AttributeType::Decimal, Json::Number(number)) => match number.as_f64() {
                Some(it) => Value::Decimal(it),
                None => return Err(self.misfit(at, value)),
            },
            (AttributeType::String | AttributeType::Reference, Json::String(text)) => {
                Value::Text(text.into())
            }
            (AttributeType::DateTime, Json::String(text)) if instant(text).is_some() => {
                Value::Text(text.into())
            }
            (AttributeType::Binary, Json::String(text)) if is_base64(text) => {
                Value::Text(text.into())
            }
            _ => return Err(self.misfit(at, value)),
        };
        Ok(Some(admitted))
    }

    fn admit_complex(
        &self,
        rules: &Rules<'_>,
        at: Place<'_>,
        members: &serde_json::Map<String, Json>,
    ) -> Result<Option<Value>, ScimError> {
        let mut object = Object::default();
        for (key, value) in members {
            let Some(sub) = self.sub_attribute(key) else {
                unknown(rules, at.sub(key), self.sub_attributes().iter().map(|it| &**it.name()))?;
                continue;
            };
            if object.get(sub.name()).is_some() {
                return Err(named_twice(at.sub(sub.name())));
            }
            let place = at.sub(sub.name());
            if sub.is_named("$ref") && value.is_null() {
                sub.admit(rules, place, value)?;
            }
            // "readOnly attributes … SHALL be ignored" (RFC 7644 §3.3, §3.5.1).
            if sub.is_read_only() {
                continue;
            }
            if let Some(value) = sub.admit(rules, place, value)? {
                object.set(sub.name(), value);
            }
        }
        self.without_empty_reference(rules, at, object)
    }

    /// A bare text for a complex value: its significant sub-attribute.
    fn admit_bare(
        &self,
        rules: &Rules<'_>,
        at: Place<'_>,
        text: &str,
    ) -> Result<Option<Value>, ScimError> {
        let misfit = || self.misfit(at, &Json::String(text.to_owned()));
        let value = self.default_sub_attribute().ok_or_else(misfit)?;
        if !rules.tolerates(Quirk::BareManager, at) {
            return Err(misfit());
        }
        let object = Object::from_iter([(value.name().clone(), Value::from(text))]);
        self.without_empty_reference(rules, at, object)
    }

    fn without_empty_reference(
        &self,
        rules: &Rules<'_>,
        at: Place<'_>,
        object: Object,
    ) -> Result<Option<Value>, ScimError> {
        let is_empty = object.text("value").is_some_and(|it| it.is_empty());
        if is_empty && self.is_resource_reference() {
            if rules.tolerates(Quirk::EmptyManager, at) {
                return Ok(None);
            }
            return Err(ScimError::new(
                ScimType::InvalidValue,
                format!("{at}.value is empty, expected the id of a resource"),
            ));
        }
        for sub in self.sub_attributes().iter().filter(|it| it.is_required()) {
            if object.get(sub.name()).is_none() && !object.is_empty() {
                return Err(ScimError::new(
                    ScimType::InvalidValue,
                    format!("{at}.{} is required", sub.name()),
                ));
            }
        }
        Ok((!object.is_empty()).then_some(Value::Object(object)))
    }

    fn misfit(&self, at: Place<'_>, found: &Json) -> ScimError {
        let expected = match self.kind() {
            AttributeType::String => "a string",
            AttributeType::Boolean => "true or false",
            AttributeType::Decimal => "a number",
            AttributeType::Integer => "a whole number",
            AttributeType::DateTime => "a dateTime such as \"2026-01-31T08:00:00Z\"",
            AttributeType::Binary => "base64 text",
            AttributeType::Reference => "a URI as a string",
            AttributeType::Complex => "an object",
        };
        ScimError::new(
            ScimType::InvalidValue,
            format!("{at} must be {expected}, found {}", noun(found)),
        )
    }
}

/// Decides about an attribute that no schema defines.
///
/// # Errors
///
/// `invalidSyntax` when the tenant refuses unknown attributes; names the nearest known one.
pub(in crate::scim) fn unknown<'a>(
    rules: &Rules<'_>,
    at: Place<'_>,
    known: impl Iterator<Item = &'a str>,
) -> Result<(), ScimError> {
    if rules.dialect.unknown_attributes == UnknownAttributes::Drop {
        return Ok(());
    }
    let asked = match at.step {
        Step::Name(name) | Step::Urn(name) => name,
        Step::Index(_) => "",
    };
    let hint = nearest(asked, known).map(|it| format!(", did you mean {it}?")).unwrap_or_default();
    let kind = &rules.resource_type.name;
    Err(ScimError::new(
        ScimType::InvalidSyntax,
        format!("{at} is not an attribute of {kind} (RFC 7643 §3){hint}"),
    ))
}

pub(in crate::scim) fn named_twice(at: Place<'_>) -> ScimError {
    // "Attribute names are case insensitive" (RFC 7643 §2.1): both spellings are one attribute.
    ScimError::new(ScimType::InvalidSyntax, format!("{at} is given twice, in different case"))
}

/// Whether a value of a multi-valued attribute is its primary one.
pub(in crate::scim) fn is_primary(value: &Value) -> bool {
    value.as_object().and_then(|it| it.get("primary")).and_then(Value::as_boolean) == Some(true)
}

/// The boolean that a text spells, in any case.
pub(in crate::scim) fn boolean(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word))
        .map(|(_, it)| it)
}

/// The point in time that a dateTime names (RFC 7643 §2.3.5: `xsd:dateTime`); one without an
/// offset is read as UTC.
pub(in crate::scim) fn instant(text: &str) -> Option<Timestamp> {
    if !text.contains(['T', 't']) {
        return None;
    }
    text.parse::<Timestamp>().ok().or_else(|| {
        let civil = text.parse::<civil::DateTime>().ok()?;
        civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|it| it.timestamp())
    })
}

/// Whether the text is base64 of RFC 4648, either alphabet, padded or not (RFC 7643 §2.3.6).
fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    let is_letter = |it: u8| it.is_ascii_alphanumeric() || b"+/-_".contains(&it);
    body.bytes().all(is_letter)
        && body.len() % 4 != 1
        && (padding == 0 || (padding <= 2 && text.len().is_multiple_of(4)))
}

/// What a JSON value is, for an error's detail; long texts are cut.
pub(in crate::scim) fn noun(value: &Json) -> String {
    match value {
        Json::Null => "null".into(),
        Json::Bool(it) => it.to_string(),
        Json::Number(it) => format!("the number {it}"),
        Json::String(text) if text.chars().count() > 40 => "a long string".into(),
        Json::String(text) => format!("the string {:?}", text),
        Json::Array(_) => "an array".into(),
        Json::Object(_) => "an object".into(),
    }
}
