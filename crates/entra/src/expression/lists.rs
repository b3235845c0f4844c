//! Functions of multi-valued attributes, references and roles.

use smol_str::SmolStr;

use super::call::{CallArguments, CallError, EvaluationResult, FunctionCall, shown};
use crate::SourceValue;

/// `Count(attribute)`
pub(super) fn count(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let count = match it.value(0)? {
        SourceValue::Absent => 0,
        SourceValue::List(texts) => texts.len(),
        SourceValue::References(ids) => ids.len(),
        _ => 1,
    };
    Ok(SourceValue::Integer(i64::try_from(count).expect("a list fits into memory")))
}

/// `Item(attribute, index)`: "Index 0 shouldn't be used." An index behind the last value gives an
/// absent value (assumed).
pub(super) fn item(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let texts = it.texts(0)?;
    let index = it.size(1)? - 1;
    Ok(texts.get(index).cloned().map_or(SourceValue::Absent, SourceValue::Text))
}

/// `RemoveDuplicates(attribute)` keeps the first of equal values; case-sensitive (assumed).
pub(super) fn remove_duplicates(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let mut seen = std::collections::HashSet::new();
    let mut texts = it.texts(0)?;
    texts.retain(|text| seen.insert(text.clone()));
    Ok(listed(texts))
}

/// `Split(source, delimiter)` trims the values, as the reference's sample shows, and drops empty
/// ones (assumed).
pub(super) fn split(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let Some(source) = it.text(0)? else { return Ok(SourceValue::Absent) };
    let delimiter = it.text_or_empty(1)?;
    if delimiter.is_empty() {
        return Err("delimiter has no value".into());
    }
    let parts = source.split(delimiter.as_str()).map(str::trim).filter(|it| !it.is_empty());
    Ok(listed(parts.map(SmolStr::new).collect()))
}

pub(super) fn refuse_delimiter(call: &FunctionCall) -> Result<(), CallError> {
    match call.constant(1) {
        Some(delimiter) if delimiter.is_empty() => {
            Err(CallError::at(1, "Split needs a delimiter".into()))
        }
        _ => Ok(()),
    }
}

/// `CStr(value)`: a reference becomes the other object's `objectId`.
pub(super) fn c_str(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    match it.value(0)? {
        SourceValue::Absent => Ok(SourceValue::Absent),
        SourceValue::Reference(id) => Ok(SourceValue::Text(id)),
        value => Ok(SourceValue::Text(shown(&value)?)),
    }
}

/// `SelectUniqueValue(uniqueValueRule1, ..)` returns the candidates. The engine uses the first one
/// that the target does not have.
pub(super) fn select_unique_value(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let mut candidates = Vec::new();
    for index in 0..it.call.count() {
        candidates.extend(it.text(index)?.filter(|text| !text.is_empty()));
    }
    Ok(listed(candidates))
}

/// `AppRoleAssignmentsComplex([appRoleAssignments])`
pub(super) fn roles(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    it.value(0)
}

/// `AssertiveAppRoleAssignmentsComplex([appRoleAssignments])`
pub(super) fn assertive_roles(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    it.context.assertive = true;
    it.value(0)
}

/// `SingleAppRoleAssignment([appRoleAssignments])`: of several, the first ("There's no guarantee
/// which role is provisioned").
pub(super) fn single_role(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    match it.value(0)? {
        SourceValue::Roles(roles) => Ok(roles
            .first()
            .map_or(SourceValue::Absent, |role| SourceValue::Text(role.name().clone()))),
        _ => Ok(SourceValue::Absent),
    }
}

fn listed(texts: Vec<SmolStr>) -> SourceValue {
    if texts.is_empty() { SourceValue::Absent } else { SourceValue::List(texts) }
}
