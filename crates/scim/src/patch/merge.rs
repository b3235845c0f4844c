//! Merges new values into the list of a multi-valued attribute, and removes values from it.

use serde_json::Value as Json;

use super::Op;
use crate::{
    error::ScimError,
    location::Location,
    rules::Rules,
    schema::AttributeDefinition,
    value::{List, Object, Position, Value},
    work::WorkBudget,
};

/// The value of an attribute after an operation: an add joins two lists, also those within a complex
/// value; any other value is replaced.
pub(super) fn merged(
    op: Op,
    before: Option<&Value>,
    after: Option<Value>,
    work: &WorkBudget,
) -> Option<Value> {
    match (op, before, after) {
        (Op::Add, Some(Value::List(before)), Some(Value::List(new))) => {
            let mut list = before.clone();
            for value in new.iter() {
                add_to(&mut list, value, work);
            }
            Some(Value::List(list))
        }
        (_, _, after) => after,
    }
}

/// Adds a value to a list. An existing one with the same `value` and `type` takes the new
/// sub-attributes, and a new primary value makes the old one secondary (RFC 7644 §3.5.2: "the server
/// SHALL set the value of the existing attribute to false").
pub(super) fn add_to(list: &mut List, value: &Value, work: &WorkBudget) {
    if list.contains(value) {
        return;
    }
    let twin = match value {
        Value::Object(new) => twin_of(list, new, work),
        _ => None,
    };
    let at = match (twin, value) {
        (Some((at, mut object)), Value::Object(new)) => {
            for (name, value) in new.iter() {
                let joined = merged(Op::Add, object.get(name), Some(value.clone()), work);
                object.set(name, joined.unwrap_or_else(|| value.clone()));
            }
            list.set(at, Value::Object(object));
            at
        }
        _ => list.push(value.clone()),
    };
    if value.is_primary() {
        demote_all_but(list, at, work);
    }
}

/// Puts a changed value back at its position. A new primary value makes the others secondary; a value
/// that became equal to another one is removed.
pub(super) fn put_back(list: &mut List, at: Position, value: Value, work: &WorkBudget) {
    if list.get(at) != Some(&value) && list.contains(&value) {
        return list.remove(at);
    }
    let is_new = value.is_primary() && !list.get(at).is_some_and(Value::is_primary);
    list.set(at, value);
    if is_new {
        demote_all_but(list, at, work);
    }
}

/// The values of a list without those that the value of a Remove names, by their key.
///
/// # Errors
///
/// `invalidValue` when the value does not fit the attribute.
pub(super) fn without(
    rules: &Rules<'_>,
    definition: &AttributeDefinition,
    path: &str,
    list: &List,
    value: &Json,
) -> Result<List, ScimError> {
    let named = definition.admit_all(rules, Location::name(path), values_of(value))?;
    let mut kept = list.clone();
    for value in named.iter().filter_map(Value::as_list).flat_map(List::iter) {
        while let Some(at) = kept.position_like(value, &rules.work) {
            kept.remove(at);
        }
    }
    Ok(kept)
}

/// The values that an operation on a multi-valued attribute has. A single one may come without an
/// array ("a new value is added to the attribute", RFC 7644 §3.5.2.1).
pub(super) fn values_of(value: &Json) -> &[Json] {
    match value {
        Json::Array(values) => values,
        Json::Null => &[],
        one => std::slice::from_ref(one),
    }
}

fn twin_of(list: &List, new: &Object, work: &WorkBudget) -> Option<(Position, Object)> {
    let key = new.text("value")?;
    list.keyed(key)
        .inspect(|_| work.spend(1))
        .filter_map(|(at, it)| it.as_object().map(|it| (at, it)))
        .find(|(_, it)| it.get("value") == new.get("value") && it.get("type") == new.get("type"))
        .map(|(at, it)| (at, it.clone()))
}

fn demote_all_but(list: &mut List, kept: Position, work: &WorkBudget) {
    work.spend(list.len());
    let others: Vec<(Position, Object)> = list
        .entries()
        .filter(|(at, it)| *at != kept && it.is_primary())
        .filter_map(|(at, it)| it.as_object().map(|it| (at, it.clone())))
        .collect();
    for (at, mut object) in others {
        object.set(&"primary".into(), Value::Boolean(false));
        list.set(at, Value::Object(object));
    }
}
