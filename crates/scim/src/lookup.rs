//! Looking up the values of an attribute in a resource, as a client would be shown them.

use std::borrow::Cow;

use smol_str::SmolStr;

use super::{
    derive::Derive,
    resource::Resource,
    schema::Target,
    value::{List, Value},
    work::{DERIVED, WorkBudget},
};

/// The test that a filter makes of the values of an attribute.
pub(super) struct ValueTest<'a> {
    /// Texts, one of which the value or its `value` must equal, so that a long list is not searched
    /// whole; empty if other values may pass as well.
    pub(super) keys: &'a [SmolStr],
    /// Whether the values are tested together with what the server derives.
    pub(super) is_completed: bool,
    /// Counts the values that are looked at.
    pub(super) work: &'a WorkBudget,
    /// Whether a value passes.
    pub(super) accepts: &'a dyn Fn(&Value) -> bool,
}

/// The whole value at a target, stored or derived.
pub(super) fn value_of<'r>(
    resource: &'r Resource,
    target: &Target,
    derive: &dyn Derive,
    work: &WorkBudget,
) -> Option<Cow<'r, Value>> {
    let definition = &target.definition;
    if definition.is_read_only() || target.is_core("schemas") {
        work.spend(DERIVED);
        return derive.derive(resource, target).map(Cow::Owned);
    }
    resource.value(target.extension.as_deref(), definition.name()).map(Cow::Borrowed)
}

impl ValueTest<'_> {
    /// Whether the value of a sub-attribute passes, or one of its values if it is multi-valued.
    pub(super) fn holds_for(&self, value: &Value) -> bool {
        match value {
            Value::List(list) => list.iter().any(|it| {
                self.work.spend(1);
                !self.work.is_spent() && (self.accepts)(it)
            }),
            one => (self.accepts)(one),
        }
    }
}

/// Whether any value at a target passes a test. The values are tested as a client would be shown
/// them.
pub(super) fn lookup(
    resource: &Resource,
    target: &Target,
    derive: &dyn Derive,
    test: &ValueTest<'_>,
) -> bool {
    let definition = &target.definition;
    if target.is_core("id") {
        return (test.accepts)(&Value::Text(resource.id.clone()));
    }
    let is_completed = match &target.sub {
        _ if test.is_completed => definition.is_resource_reference(),
        Some(sub) => definition.fills_in(sub),
        None => false,
    };
    let work = test.work;
    work.spend(1);
    let of = |value: &Value| match (&target.sub, value) {
        (None, Value::Object(it)) if is_completed => {
            (test.accepts)(&Value::Object(derive.complete(target, it)))
        }
        (Some(sub), Value::Object(it)) if is_completed => {
            derive.complete(target, it).get(sub.name()).is_some_and(|it| test.holds_for(it))
        }
        (None, value) => (test.accepts)(value),
        (Some(sub), Value::Object(it)) => it.get(sub.name()).is_some_and(|it| test.holds_for(it)),
        _ => false,
    };
    let value = value_of(resource, target, derive, work);
    let is_significant = target.sub.as_ref().is_none_or(|it| it.is_named("value"));
    let of_list = |value: &Value| {
        work.spend(if is_completed { DERIVED } else { 1 });
        !work.is_spent() && of(value)
    };
    let keys = test.keys;
    let are_few = |list: &List| is_significant && !keys.is_empty() && keys.len() <= list.len();
    match value.as_deref() {
        Some(Value::List(list)) if are_few(list) => {
            keys.iter().any(|key| list.keyed(key).any(|(_, it)| of_list(it)))
        }
        Some(Value::List(list)) => list.iter().any(of_list),
        Some(value) => of(value),
        None => false,
    }
}
