//! The change of one attribute or sub-attribute, and whether a client may make it.

use std::fmt;

use serde_json::Value as Json;

use super::{
    Instruction, Op,
    merge::{merged, values_of, without},
};
use crate::{
    error::{ScimError, ScimType},
    json::describe,
    location::Location,
    quirk::Quirk,
    resource::value,
    rules::Rules,
    schema::{AttributeDefinition, Target},
    value::{List, Object, Value},
};

/// Writes values to a list: replace exchanges them all, add appends those that are new
/// (RFC 7644 §3.5.2.1).
///
/// # Errors
///
/// `invalidValue` when the value does not fit.
pub(super) fn write_list(
    rules: &Rules<'_>,
    instruction: Instruction<'_>,
    at: Location<'_>,
    definition: &AttributeDefinition,
    before: Option<&Value>,
) -> Result<Option<Value>, ScimError> {
    let admitted = definition.admit_all(rules, at, values_of(instruction.value))?;
    Ok(match (instruction.op, admitted) {
        (Op::Add, None) => before.cloned(),
        (op, admitted) => merged(op, before, admitted, &rules.work),
    })
}

/// Puts a sub-attribute into a complex value.
///
/// # Errors
///
/// `mutability` when the sub-attribute may not change, `invalidValue` when the value does not fit.
pub(super) fn write_sub(
    rules: &Rules<'_>,
    instruction: Instruction<'_>,
    at: Location<'_>,
    sub: &AttributeDefinition,
    object: &mut Object,
) -> Result<(), ScimError> {
    let before = object.get(sub.name());
    let after = if sub.is_multi_valued() {
        write_list(rules, instruction, at, sub, before)?
    } else {
        sub.admit(rules, at, instruction.value)?
    };
    refuse_unchangeable(sub, &at, before, after.as_ref())?;
    match after {
        Some(after) => object.set(sub.name(), after),
        None => object.remove(sub.name()),
    }
    Ok(())
}

/// A list without the values that a Remove names. Entra names the members to remove in the value; see
/// fixtures/entra/. By the letter of the RFC the whole list is removed, which a client that names
/// values does not expect.
///
/// # Errors
///
/// `invalidValue` where the tenant does not tolerate it, or the value does not fit.
pub(super) fn without_named(
    rules: &Rules<'_>,
    definition: &AttributeDefinition,
    path: &str,
    list: &List,
    value: &Json,
) -> Result<List, ScimError> {
    if !rules.tolerates(Quirk::MembersRemoveValue, path) {
        let detail = format!("a remove of {path} takes no value, found {}", describe(value));
        return Err(
            ScimError::new(ScimType::InvalidValue, detail).hinting(Quirk::MembersRemoveValue)
        );
    }
    without(rules, definition, path, list, value)
}

/// A complex value without one of its sub-attributes, or without the values of it that a Remove names.
///
/// # Errors
///
/// `mutability` when the sub-attribute may not change or is required, and as [`without_named`].
pub(super) fn without_sub(
    rules: &Rules<'_>,
    sub: &AttributeDefinition,
    path: &str,
    object: &Object,
    value: &Json,
) -> Result<Object, ScimError> {
    let before = object.get(sub.name());
    if let (Some(Value::List(list)), false) = (before, value.is_null()) {
        let kept = without_named(rules, sub, path, list, value)?;
        if !kept.is_empty() {
            let kept = Value::List(kept);
            refuse_unchangeable(sub, &path, before, Some(&kept))?;
            let mut object = object.clone();
            object.set(sub.name(), kept);
            return Ok(object);
        }
    }
    refuse_unchangeable(sub, &path, before, None)?;
    if sub.is_required() {
        let detail = format!("{path} is required and cannot be removed");
        return Err(ScimError::new(ScimType::Mutability, detail).by("RFC 7644 §3.5.2.2"));
    }
    let mut object = object.clone();
    object.remove(sub.name());
    Ok(object)
}

/// Refuses a change that a client may not make; a value that stays the same is always allowed.
///
/// # Errors
///
/// `mutability`.
pub(super) fn refuse_unchangeable(
    definition: &AttributeDefinition,
    at: &dyn fmt::Display,
    before: Option<&Value>,
    after: Option<&Value>,
) -> Result<(), ScimError> {
    if definition.may_change(before) || (!definition.is_read_only() && before == after) {
        return Ok(());
    }
    Err(unchangeable(definition, at))
}

/// The refusal of a change that a client may not make.
pub(super) fn unchangeable(definition: &AttributeDefinition, at: &dyn fmt::Display) -> ScimError {
    let why = match definition {
        it if it.is_read_only() => "read-only",
        it if it.is_immutable() => "immutable",
        _ => "kept by the server",
    };
    let detail = format!("{at} is {why} and cannot be changed");
    ScimError::new(ScimType::Mutability, detail).by("RFC 7644 §3.5.2")
}

/// The value of a target's attribute, without its sub-attribute.
pub(super) fn current<'a>(attributes: &'a Object, target: &Target) -> Option<&'a Value> {
    value(attributes, target.extension.as_deref(), target.definition.name())
}
