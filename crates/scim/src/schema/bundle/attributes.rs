//! Refuses attribute definitions whose characteristics exclude each other
//! ([RFC 7643 §7](https://www.rfc-editor.org/rfc/rfc7643#section-7)).

use std::{collections::HashMap, sync::Arc};

use smol_str::SmolStr;

use super::{KnownTypes, SchemasError, refuse};
use crate::quoted;
use crate::schema::{
    AttributeDefinition, AttributeType, Mutability, Returned, attribute::is_no_resource,
};

type Definitions = [Arc<AttributeDefinition>];

/// Refuses the first definition that contradicts itself or an earlier one.
///
/// # Errors
///
/// [`SchemasError`], below `/0` for the first attribute.
pub(super) fn refuse(definitions: &Definitions) -> Result<(), SchemasError> {
    let mut names = HashMap::new();
    for (index, it) in definitions.iter().enumerate() {
        let first = *names.entry(it.name().to_ascii_lowercase()).or_insert(index);
        one(it, (first < index).then(|| &definitions[first]))
            .and_then(|()| subs(it))
            .map_err(|error| error.within(format_args!("/{index}")))?;
    }
    Ok(())
}

/// Refuses a reference to an unknown resource type.
///
/// # Errors
///
/// [`SchemasError`], below `/0` for the first attribute.
pub(super) fn refuse_unknown_references(
    definitions: &Definitions,
    known: &KnownTypes<'_>,
) -> Result<(), SchemasError> {
    for (index, it) in definitions.iter().enumerate() {
        let mut types = it.reference_types().iter().enumerate();
        let unknown = types.find(|(_, it)| !is_no_resource(it) && !known.are.contains(*it));
        if let Some((at, name)) = unknown {
            let place = format!("/{index}/referenceTypes/{at}");
            let known: Vec<SmolStr> =
                known.listed.iter().cloned().chain(["external".into(), "uri".into()]).collect();
            return Err(refuse::unknown_type(&place, name, &known));
        }
        refuse_unknown_references(it.sub_attributes(), known)
            .map_err(|error| error.within(format_args!("/{index}/subAttributes")))?;
    }
    Ok(())
}

/// Refuses wrong sub-attributes. A complex attribute has sub-attributes, a simple one has none, and
/// no sub-attribute is complex (RFC 7643 §2.3.8).
fn subs(it: &AttributeDefinition) -> Result<(), SchemasError> {
    let subs = it.sub_attributes();
    if !it.is_complex() && !subs.is_empty() {
        let message = format!(
            "expected no subAttributes, since {} is not complex (RFC 7643 §2.3.8): give it the type \
             complex, or leave them out",
            it.name()
        );
        return Err(SchemasError::new("/subAttributes", message));
    }
    if it.is_complex() && subs.is_empty() {
        let message = format!(
            "expected subAttributes, since {} is complex (RFC 7643 §7), found none",
            it.name()
        );
        return Err(SchemasError::new("", message));
    }
    if let Some(at) = subs.iter().position(|it| it.is_complex()) {
        let message = "expected a simple type: a sub-attribute has no sub-attributes of its own \
                       (RFC 7643 §2.3.8), found \"complex\"";
        return Err(SchemasError::new(format!("/subAttributes/{at}/type"), message));
    }
    refuse(subs).map_err(|error| error.within("/subAttributes"))
}

/// Refuses one definition; `first` is an earlier one with the same name.
fn one(
    it: &AttributeDefinition,
    first: Option<&Arc<AttributeDefinition>>,
) -> Result<(), SchemasError> {
    let wrong = |place: &str, message: String| Err(SchemasError::new(place, message));
    let name = &**it.name();
    if !is_attribute_name(name) {
        return wrong(
            "/name",
            format!(
                "expected the name of an attribute, a letter and then letters, digits, \"-\", \"_\" \
                 or \"$\" (RFC 7643 §2.1), found {}",
                quoted(name)
            ),
        );
    }
    if let Some(first) = first {
        return wrong(
            "/name",
            format!(
                "expected a name of its own, found {} again as {name}: names have no case \
                 (RFC 7643 §2.1)",
                quoted(&**first.name()),
                name = quoted(name)
            ),
        );
    }
    if !it.reference_types().is_empty() && it.kind() != AttributeType::Reference {
        return wrong(
            "/referenceTypes",
            format!("expected no referenceTypes, since {name} is no reference (RFC 7643 §7)"),
        );
    }
    let has_words = matches!(it.kind(), AttributeType::String | AttributeType::Reference);
    if !it.canonical_values().is_empty() && !has_words {
        return wrong(
            "/canonicalValues",
            format!("expected no canonicalValues, since {name} is no string (RFC 7643 §2.3.1)"),
        );
    }
    if it.is_unique() && matches!(it.kind(), AttributeType::Boolean | AttributeType::Complex) {
        return wrong(
            "/uniqueness",
            format!(
                "expected \"none\": a boolean has no uniqueness, and of a complex attribute a \
                 sub-attribute has it (RFC 7643 §2.3.2), found another at {name}"
            ),
        );
    }
    if it.mutability() == Mutability::WriteOnly && it.returned() != Returned::Never {
        return wrong(
            "/returned",
            format!(
                "expected returned \"never\", since {name} is writeOnly: its values SHALL NOT be \
                 returned (RFC 7643 §7)"
            ),
        );
    }
    Ok(())
}

/// Whether a text is the name of an attribute. `$ref` is one (RFC 7643 §2.4), although the grammar
/// allows no name that begins with `$`.
fn is_attribute_name(text: &str) -> bool {
    let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '$');
    text == "$ref"
        || (text.starts_with(|it: char| it.is_ascii_alphabetic()) && text.chars().all(is_name))
}
