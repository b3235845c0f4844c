//! Reads the values that a client sends, by the definition of their attribute.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::{
    dialect::UnknownAttributes,
    error::{ScimError, ScimType},
    location::Location,
    moment::Moment,
    quirk::Quirk,
    rules::Rules,
    schema::{AttributeDefinition, AttributeType},
    text::nearest_of_few,
    value::{List, Object, Value},
};

mod address;
mod canonical;
mod type_error;

impl AttributeDefinition {
    /// Reads the value of this attribute. `None` if it is unassigned: `null`, `[]`, or an object of
    /// which nothing remains (RFC 7643 §2.5).
    ///
    /// # Errors
    ///
    /// `invalidValue` when the value does not fit the type, `invalidSyntax` for a sub-attribute
    /// that is unknown or named twice.
    pub(crate) fn admit(
        &self,
        rules: &Rules<'_>,
        at: Location<'_>,
        value: &Json,
    ) -> Result<Option<Value>, ScimError> {
        match value {
            _ if !self.is_multi_valued() => {
                self.admit_one(rules, at, self.unwrapped(rules, at, value)?)
            }
            Json::Null => Ok(None),
            Json::Array(values) => self.admit_all(rules, at, values),
            // OneLogin sends its one e-mail address bare; see fixtures/onelogin/.
            Json::Object(_) if rules.tolerates(Quirk::BareMultiValue, at) => {
                self.admit_all(rules, at, std::slice::from_ref(value))
            }
            _ => {
                let shown = self.shown(value);
                let detail = format!("{at} is multi-valued: expected an array, found {shown}");
                let refusal = ScimError::new(ScimType::InvalidValue, detail).at(at);
                Err(match value {
                    Json::String(_) if self.default_sub_attribute().is_some() => {
                        refusal.hint(format_args!("write [{}]", self.example(value)))
                    }
                    _ => refusal.hint(Quirk::BareMultiValue.instead()),
                }
                .by("RFC 7643 §2.4"))
            }
        }
    }

    /// The single value of a client that sends it in an array, as Entra's engine of 2018 did; see
    /// fixtures/entra/wrapped-single-value.json.
    ///
    /// # Errors
    ///
    /// `invalidValue` when there are several values, or the tenant does not tolerate the array.
    pub(crate) fn unwrapped<'v>(
        &self,
        rules: &Rules<'_>,
        at: Location<'_>,
        value: &'v Json,
    ) -> Result<&'v Json, ScimError> {
        let Json::Array(values) = value else { return Ok(value) };
        match values.as_slice() {
            [] => Ok(&Json::Null),
            [only] if rules.tolerates(Quirk::WrappedSingleValue, at) => Ok(match only {
                Json::Object(members) if !self.is_complex() => members.get("value").unwrap_or(only),
                _ => only,
            }),
            [_] => Err(self.type_error(at, value).hinting(Quirk::WrappedSingleValue)),
            _ => Err(self.type_error(at, value)),
        }
    }

    /// Reads the values of a multi-valued attribute. Equal values are kept once (RFC 7643 §2.4).
    ///
    /// # Errors
    ///
    /// As [`AttributeDefinition::admit`], and `invalidValue` when more than one is primary.
    pub(crate) fn admit_all(
        &self,
        rules: &Rules<'_>,
        at: Location<'_>,
        values: &[Json],
    ) -> Result<Option<Value>, ScimError> {
        let mut list = List::default();
        let mut primary = None;
        for (index, value) in values.iter().enumerate() {
            let location = at.index(index);
            let (sent, skipped) = (value, rules.skipped());
            let read = rules.or_skip(self.admit_one(rules, location, value))?;
            if rules.skipped() > skipped {
                continue; // The rest of the value is not what the client sent.
            }
            let Some(value) = read else {
                rules.or_skip(self.refuse_unusable_element(location, sent))?;
                continue;
            };
            if value.is_primary()
                && let Some(first) = primary.replace(index)
            {
                // "The primary attribute value "true" MUST appear no more than once" (RFC 7643
                // §2.4).
                rules.or_skip::<()>(Err(ScimError::new(
                    ScimType::InvalidValue,
                    format!("{at}[{first}] and {location} are both primary, expected one at most"),
                )
                .at(location.sub("primary"))
                .hint("leave primary out of all but one")
                .by("RFC 7643 §2.4")))?;
            }
            if !list.contains(&value) {
                list.push(value);
            } else if !rules.tolerates(Quirk::DuplicateValues, location) {
                let detail = format!("{location} is a value that {at} has before it already");
                let refusal = ScimError::new(ScimType::InvalidValue, detail).at(location);
                return Err(refusal.hinting(Quirk::DuplicateValues));
            }
        }
        Ok((!list.is_empty()).then_some(Value::List(list)))
    }

    /// Refuses an element that has data of which nothing can be kept. Without this error a member
    /// without a `value` would be dropped silently.
    fn refuse_unusable_element(&self, at: Location<'_>, element: &Json) -> Result<(), ScimError> {
        let says = element.as_object().is_some_and(|it| it.values().any(|it| !it.is_null()));
        if !says {
            return Ok(());
        }
        let own = self.sub_attributes().iter().filter(|it| !it.is_read_only());
        let own: Vec<&str> = own.map(|it| &**it.name()).collect();
        let detail =
            format!("{at} holds nothing that a client may set, expected {}", own.join(", "));
        Err(ScimError::new(ScimType::InvalidValue, detail).at(at).by("RFC 7643 §7"))
    }

    /// Reads one value: that of a single-valued attribute, or an element of a list.
    ///
    /// # Errors
    ///
    /// As [`AttributeDefinition::admit`].
    pub(crate) fn admit_one(
        &self,
        rules: &Rules<'_>,
        at: Location<'_>,
        value: &Json,
    ) -> Result<Option<Value>, ScimError> {
        let admitted = match (self.kind(), value) {
            (_, Json::Null) => return Ok(None),
            (AttributeType::Complex, Json::Object(members)) => {
                let mut object = admit_members(rules, at, self.sub_attributes(), members)?;
                if self.is_resource_reference() {
                    self.read_ref(rules, at, members, &mut object)?;
                }
                return self.checked(rules, at, object);
            }
            (AttributeType::Complex, Json::String(text)) => {
                return self.admit_bare(rules, at, text);
            }
            (_, Json::Object(members)) if self.is_multi_valued() => {
                return self.admit_wrapped(rules, at, members);
            }
            (AttributeType::Boolean, Json::Bool(it)) => Value::Boolean(*it),
            (AttributeType::Boolean, Json::String(text)) => match boolean(text) {
                Some(it) if rules.tolerates(Quirk::StringBoolean, at) => Value::Boolean(it),
                Some(_) => return Err(self.type_error(at, value).hinting(Quirk::StringBoolean)),
                None => return Err(self.type_error(at, value)),
            },
            (AttributeType::Integer, Json::Number(number)) => match number.as_i64() {
                Some(it) => Value::Integer(it),
                // The JSON reader reads -0 as a decimal.
                None if number.as_f64() == Some(0.0) && number.to_string() == "-0.0" => {
                    Value::Integer(0)
                }
                None => return Err(self.type_error(at, value)),
            },
            (AttributeType::Decimal, Json::Number(number)) => {
                // A whole number that a decimal cannot represent keeps its digits.
                let large = number.as_i64().filter(|it| it.unsigned_abs() > LAST_EXACT);
                match (large, number.as_f64()) {
                    (Some(it), _) => Value::Integer(it),
                    (None, Some(it)) => Value::Decimal(it),
                    (None, None) => return Err(self.type_error(at, value)),
                }
            }
            (AttributeType::String | AttributeType::Reference, Json::String(text)) => {
                Value::Text(text.into())
            }
            (AttributeType::DateTime, Json::String(text)) if Moment::parse(text).is_some() => {
                Value::Text(text.into())
            }
            (AttributeType::Binary, Json::String(text)) if self.alphabet().encodes(text) => {
                Value::Text(text.into())
            }
            _ => return Err(self.type_error(at, value)),
        };
        self.refuse_non_canonical(rules, at, &admitted)?;
        Ok(Some(admitted))
    }

    /// Reads a simple value that is wrapped in an object with nothing but a `value`, as Entra sends it;
    /// see fixtures/entra/text-as-object.json.
    fn admit_wrapped(
        &self,
        rules: &Rules<'_>,
        at: Location<'_>,
        members: &Map<String, Json>,
    ) -> Result<Option<Value>, ScimError> {
        let type_error = || self.type_error(at, &Json::Object(Map::new()));
        let mut assigned = members.iter().filter(|(_, it)| !it.is_null());
        let (first, more) = (assigned.next(), assigned.next());
        let value = first.filter(|(key, it)| key.eq_ignore_ascii_case("value") && !it.is_object());
        match value.filter(|_| more.is_none()) {
            None => Err(type_error()),
            Some(_) if !rules.tolerates(Quirk::TextAsObject, at) => {
                Err(type_error().hinting(Quirk::TextAsObject))
            }
            Some((_, value)) => self.admit_one(rules, at, value),
        }
    }

    /// Reads a bare text as the `value` of a complex attribute.
    fn admit_bare(
        &self,
        rules: &Rules<'_>,
        at: Location<'_>,
        text: &str,
    ) -> Result<Option<Value>, ScimError> {
        let type_error = || self.type_error(at, &Json::String(text.to_owned()));
        let value = self.default_sub_attribute().ok_or_else(type_error)?;
        if !rules.tolerates(Quirk::BareManager, at) {
            return Err(type_error().hinting(Quirk::BareManager));
        }
        let part = value.admit_one(rules, at.sub(value.name()), &text.into())?;
        let object = part.into_iter().map(|part| (value.name().clone(), part)).collect();
        self.checked(rules, at, object)
    }

    /// A complex value after the checks of the whole: a reference is not empty, and required
    /// sub-attributes have values. `None` if it is empty.
    ///
    /// # Errors
    ///
    /// `invalidValue`.
    pub(crate) fn checked(
        &self,
        rules: &Rules<'_>,
        at: Location<'_>,
        object: Object,
    ) -> Result<Option<Value>, ScimError> {
        let is_empty = object.text("value").is_some_and(smol_str::SmolStr::is_empty);
        if is_empty && self.is_resource_reference() {
            if rules.tolerates(Quirk::EmptyManager, at) {
                return Ok(None);
            }
            return Err(ScimError::new(
                ScimType::InvalidValue,
                format!("{at}.value is empty, expected the id of a resource"),
            )
            .at(at.sub("value"))
            .hinting(Quirk::EmptyManager));
        }
        for sub in self.sub_attributes().iter().filter(|it| it.is_required()) {
            if object.get(sub.name()).is_none() && !object.is_empty() {
                return Err(ScimError::new(
                    ScimType::InvalidValue,
                    format!("{at}.{} is required", sub.name()),
                )
                .at(at.sub(sub.name()))
                .by("RFC 7643 §7"));
            }
        }
        Ok((!object.is_empty()).then_some(Value::Object(object)))
    }
}

/// Reads named values: the sub-attributes of a complex value, or the attributes of an extension.
///
/// # Errors
///
/// As [`AttributeDefinition::admit`].
pub(crate) fn admit_members(
    rules: &Rules<'_>,
    at: Location<'_>,
    definitions: &[Arc<AttributeDefinition>],
    members: &Map<String, Json>,
) -> Result<Object, ScimError> {
    let mut admitted = Vec::with_capacity(members.len());
    for (key, value) in members {
        let Some(definition) = definitions.iter().find(|it| it.is_named(key)) else {
            let known = || nearest_of_few(key, definitions.iter().map(|it| &**it.name()));
            let meant = || rules.beside_name(at, key).or_else(|| known().map(str::to_owned));
            // Microsoft's reference collection; see
            // fixtures/entra/reference-create-group-with-display-names.json.
            let is_display =
                key.eq_ignore_ascii_case("displayName") && is_shown_by_display(definitions);
            if is_display && rules.tolerates(Quirk::MemberDisplayName, at.sub(key)) {
                continue;
            }
            rules.or_skip(unknown(rules, at.sub(key), value, meant).map_err(|error| {
                if is_display { error.hinting(Quirk::MemberDisplayName) } else { error }
            }))?;
            continue;
        };
        let location = at.sub(definition.name());
        rules.or_skip(refuse_second(location, members, key, definition.name()))?;
        // Entra sends "$ref": null with every member; see fixtures/entra/add-member.default.json.
        if value.is_null()
            && definition.is_named("$ref")
            && !rules.tolerates(Quirk::NullRef, location)
        {
            return Err(definition.type_error(location, value).hinting(Quirk::NullRef));
        }
        // "readOnly attributes … SHALL be ignored" (RFC 7644 §3.3, §3.5.1).
        if definition.is_read_only() {
            continue;
        }
        rules.specify(definition);
        if let Some(value) = rules.or_skip(definition.admit(rules, location, value))? {
            admitted.push((definition.name().clone(), value));
        }
    }
    Ok(admitted.into_iter().collect())
}

/// Whether these are the sub-attributes of a reference that has a `display`.
fn is_shown_by_display(definitions: &[Arc<AttributeDefinition>]) -> bool {
    ["$ref", "display"].iter().all(|name| definitions.iter().any(|it| it.is_named(name)))
}

/// Decides about an attribute that no schema defines. `meant` finds the attribute that the client
/// probably meant.
///
/// # Errors
///
/// `invalidSyntax` when it has a value and the tenant refuses unknown attributes.
pub(crate) fn unknown(
    rules: &Rules<'_>,
    at: Location<'_>,
    value: &Json,
    meant: impl FnOnce() -> Option<String>,
) -> Result<(), ScimError> {
    // An unassigned attribute counts as absent (RFC 7643 §2.5), so its name does not matter.
    let is_unassigned = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    if is_unassigned || rules.dialect.unknown_attributes == UnknownAttributes::Drop {
        return Ok(());
    }
    // scim2-client writes an extension as an object of its own, `schemas` included.
    let is_schemas = at.is_schemas_of_extension();
    if is_schemas && rules.tolerates(Quirk::SchemasInExtension, at) {
        return Ok(());
    }
    let kind = &rules.resource_type.name;
    let detail = format!("{at} is not an attribute of {kind}");
    let refusal = ScimError::new(ScimType::InvalidSyntax, detail).at(at).by("RFC 7643 §3");
    Err(if is_schemas {
        refusal.hinting(Quirk::SchemasInExtension)
    } else {
        refusal.meant(meant())
    })
}

/// Refuses an attribute that is given twice, in different spelling: "Attribute names are case
/// insensitive" (RFC 7643 §2.1).
///
/// # Errors
///
/// `invalidSyntax`.
pub(crate) fn refuse_second(
    at: Location<'_>,
    members: &Map<String, Json>,
    key: &str,
    name: &str,
) -> Result<(), ScimError> {
    let is_other = |it: &String| it != key && it.eq_ignore_ascii_case(name);
    // JSON has a name in the schema's spelling once. A second one in another spelling is refused
    // when that one is read.
    if key == name || !members.keys().any(is_other) {
        return Ok(());
    }
    let detail = format!("{at} is given twice, in different case");
    Err(ScimError::new(ScimType::InvalidSyntax, detail)
        .at(at)
        .hint("leave one of the two out")
        .by("RFC 7643 §2.1"))
}

/// Each whole number up to this one has a decimal of its own.
const LAST_EXACT: u64 = 1 << 53;

/// The boolean that a text spells, in upper or lower case.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word))
        .map(|(_, it)| it)
}
