//! Functions that decide: conditions, cases, defaults.

use super::call::{CallArguments, CallError, EvaluationResult, FunctionCall, is_empty, truth};
use crate::SourceValue;

/// `IIF(condition, valueIfTrue, valueIfFalse)`. "If the source attribute used within the IIF
/// function is empty or null, the condition check fails": the result is `valueIfFalse` then.
pub(super) fn iif(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let holds = !it.reads_nothing(0) && truth(&it.value(0)?)?;
    it.value(if holds { 1 } else { 2 })
}

/// `Switch(source, defaultValue, key1, value1, ..)`. The key `""` also matches a source without a
/// value. The known bug of the service, a null result if only another attribute changed, is not
/// reproduced.
pub(super) fn switch(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let source = it.text_or_empty(0)?;
    for key in (2..it.call.count()).step_by(2) {
        if it.text_or_empty(key)? == source {
            return it.value(key + 1);
        }
    }
    it.value(1)
}

pub(super) fn refuse_odd_pairs(call: &FunctionCall) -> Result<(), CallError> {
    if call.count().is_multiple_of(2) {
        return Ok(());
    }
    Err("the keys and values of Switch come in pairs".to_owned().into())
}

/// Refuses a condition that is neither true nor false.
pub(super) fn refuse_condition(call: &FunctionCall) -> Result<(), CallError> {
    let Some(condition) = call.literal(0) else { return Ok(()) };
    truth(condition).map(drop).map_err(|it| CallError::at(0, it))
}

/// `Coalesce(source1, .., defaultValue)`
pub(super) fn coalesce(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    for index in 0..it.call.count() {
        let value = it.value(index)?;
        if value != SourceValue::Absent {
            return Ok(value);
        }
    }
    Ok(SourceValue::Absent)
}

/// `CBool(expression)`
pub(super) fn c_bool(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    Ok(truth(&it.value(0)?)?.into())
}

/// `Not(source)`: "If source value is True, returns False. Otherwise, returns True."
pub(super) fn not(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let source = it.value(0)?;
    Ok((!truth(&source).unwrap_or(false)).into())
}

/// `BitAnd(value1, value2)`
pub(super) fn bit_and(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    Ok((it.number(0)? & it.number(1)?).into())
}

/// `IsNull(expression)`
pub(super) fn is_null(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    Ok((it.value(0)? == SourceValue::Absent).into())
}

/// `IsNullOrEmpty(expression)`
pub(super) fn is_null_or_empty(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    Ok(is_empty(&it.value(0)?).into())
}

/// `IsPresent(expression)`: the inverse of `IsNullOrEmpty`.
pub(super) fn is_present(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    Ok((!is_empty(&it.value(0)?)).into())
}

/// `IsString(expression)`
pub(super) fn is_string(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    Ok(matches!(it.value(0)?, SourceValue::Text(_)).into())
}

/// `IgnoreFlowIfNullOrEmpty(expression)`
pub(super) fn ignore_flow_if_null_or_empty(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let value = it.value(0)?;
    if is_empty(&value) {
        it.context.ignored = true;
        return Ok(SourceValue::Absent);
    }
    Ok(value)
}

/// `Redact(value)`: the value flows, but logs do not show it.
pub(super) fn redact(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    it.context.redacted = true;
    it.value(0)
}
