//! What an operation changed, attribute by attribute, for the journal.

use smol_str::SmolStr;

use super::State;
use crate::{
    journal::{AttributeChange, Effect, EffectKind, ExchangeSubject, NamedValue, ValueChange},
    scim::{
        AttributeDefinition, List, Object, Resource, ResourceType, Returned, Target, User, Value,
        name_of,
    },
};

/// How many values that came or went are named.
const NAMED: usize = 100;

/// What stands for a value that nobody may read.
const HIDDEN: &str = "••••";

/// Compares a resource before and after; `None` for what was not or is no more.
pub(super) fn between(
    state: &State,
    resource_type: &ResourceType,
    before: Option<&Resource>,
    after: Option<&Resource>,
) -> Effect {
    let kind = match (before, after) {
        (None, _) => EffectKind::Created,
        (_, None) => EffectKind::Deleted,
        _ => EffectKind::Changed,
    };
    let mut changes = Vec::new();
    for target in resource_type.attributes() {
        let (before, after) =
            (before.and_then(|it| it.at(target)), after.and_then(|it| it.at(target)));
        if before != after {
            compare(state, target, before, after, &mut changes);
        }
    }
    let shown = after.or(before).expect("an effect has a resource before or after");
    let version = (before.map(Resource::etag), after.map(Resource::etag));
    Effect { subject: subject(shown), kind, version, changes, sign_in: None }
}

/// The effect of a request that changed nothing.
pub(super) fn unchanged(resource: &Resource) -> Effect {
    Effect {
        subject: subject(resource),
        kind: EffectKind::Unchanged,
        version: (Some(resource.etag()), Some(resource.etag())),
        changes: Vec::new(),
        sign_in: None,
    }
}

fn compare(
    state: &State,
    target: &Target,
    before: Option<&Value>,
    after: Option<&Value>,
    changes: &mut Vec<AttributeChange>,
) {
    let definition = &target.definition;
    if definition.is_multi_valued() {
        let of = |it: Option<&Value>| it.and_then(Value::as_list).cloned().unwrap_or_default();
        let value = values(state, target, &of(before), &of(after));
        changes.push(AttributeChange { path: target.path(), value });
    } else if definition.is_complex() && !definition.is_resource_reference() {
        for sub in definition.sub_attributes() {
            let of = |it: Option<&Value>| it.and_then(Value::as_object)?.get(sub.name()).cloned();
            let (before, after) = (of(before), of(after));
            if before != after {
                let target = Target { sub: Some(sub.clone()), ..target.clone() };
                changes.push(single(state, &target, before.as_ref(), after.as_ref()));
            }
        }
    } else {
        changes.push(single(state, target, before, after));
    }
}

fn single(
    state: &State,
    target: &Target,
    before: Option<&Value>,
    after: Option<&Value>,
) -> AttributeChange {
    let text = |it: &Value| match target.leaf().returned() {
        Returned::Never => HIDDEN.to_owned(),
        _ => words(state, target.leaf(), it),
    };
    let value = ValueChange::Single { before: before.map(text), after: after.map(text) };
    AttributeChange { path: target.path(), value }
}

fn values(state: &State, target: &Target, before: &List, after: &List) -> ValueChange {
    let (added, removed) = before.difference(after);
    let named = |values: &[Value]| {
        values.iter().take(NAMED).map(|it| element(state, &target.definition, it)).collect()
    };
    ValueChange::Multiple {
        before: before.len(),
        after: after.len(),
        added: named(&added),
        removed: named(&removed),
    }
}

fn element(state: &State, definition: &AttributeDefinition, value: &Value) -> NamedValue {
    if definition.returned() == Returned::Never {
        return NamedValue { value: HIDDEN.into(), name: HIDDEN.into() };
    }
    let text = match value {
        Value::Object(object) if !is_hidden(definition, "value") => object.text("value").cloned(),
        Value::Text(text) => Some(text.clone()),
        _ => None,
    };
    let value: SmolStr = text.unwrap_or_else(|| words(state, definition, value).into());
    let found = definition.is_resource_reference().then(|| state.resources().find(&value));
    let name = found.flatten().map_or_else(|| value.clone(), |it| name_of(it));
    NamedValue { value, name }
}

/// A value in words: a reference is called by the name of what it points to.
fn words(state: &State, definition: &AttributeDefinition, value: &Value) -> String {
    match value {
        Value::Boolean(it) => it.to_string(),
        Value::Integer(it) => it.to_string(),
        Value::Decimal(it) => it.to_string(),
        Value::Text(it) => it.to_string(),
        Value::List(it) => format!("{} values", it.len()),
        Value::Object(it) => words_of_object(state, definition, it),
    }
}

fn words_of_object(state: &State, definition: &AttributeDefinition, object: &Object) -> String {
    let id = object.text("value").filter(|_| !is_hidden(definition, "value"));
    if let Some(id) = id {
        return match state.resources().find(id) {
            Some(it) => name_of(it).to_string(),
            None => id.to_string(),
        };
    }
    let part = |(name, value): (&str, &Value)| {
        if is_hidden(definition, name) {
            return HIDDEN.to_owned();
        }
        words(state, definition, value)
    };
    let parts: Vec<String> = object.iter().map(|(name, it)| part((name.as_ref(), it))).collect();
    parts.join(", ")
}

/// Whether nobody may read the part of this name of an attribute's values.
fn is_hidden(definition: &AttributeDefinition, name: &str) -> bool {
    let mut parts = definition.sub_attributes().iter();
    parts.any(|it| it.name().eq_ignore_ascii_case(name) && it.returned() == Returned::Never)
}

/// What a reader calls a resource, and what else it is known by.
pub(crate) fn subject(resource: &Resource) -> ExchangeSubject {
    let user_name = (resource.kind == "User").then(|| User(resource).user_name().into());
    ExchangeSubject::new(resource.kind.clone(), resource.id.clone(), name_of(resource))
        .with_user_name(user_name)
}
