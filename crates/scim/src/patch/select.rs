//! The values of a multi-valued attribute that a path's filter selects.

use serde_json::Value as Json;

use super::{
    Op,
    apply::{current, joined, may_become, several, without_sub, write_sub},
};
use crate::{
    dialect::{AbsentTargets, Quirk, Rules},
    error::{ScimError, ScimType},
    filter::Filter,
    predicate::ElementPredicate,
    resource::assign,
    schema::{
        AttributeDefinition, Target,
        admit::{Place, is_primary},
    },
    value::{List, Object, Position, Value},
    work::{REWRITTEN, WorkBudget},
};

/// What `emails[type eq "work"].value` points at in one resource.
pub(super) struct Selection<'a> {
    target: &'a Target,
    /// The path of the values, without a sub-attribute.
    values: String,
    path: String,
    predicate: ElementPredicate,
    hits: Vec<Position>,
    list: List,
}

impl<'a> Selection<'a> {
    /// Finds the values that match.
    ///
    /// # Errors
    ///
    /// `invalidFilter` when the filter does not fit the attribute, `invalidPath` when the attribute
    /// has one value only and the tenant does not tolerate a filter there.
    pub(super) fn new(
        rules: &Rules<'_>,
        attributes: &Object,
        target: &'a Target,
        filter: &Filter,
    ) -> Result<Self, ScimError> {
        let definition = &target.definition;
        let sub = target.sub.as_ref().map(|it| format!(".{}", it.name())).unwrap_or_default();
        let whole = Target { sub: None, ..target.clone() }.path();
        let values = format!("{whole}[{filter}]");
        let path = format!("{values}{sub}");
        let is_single = !definition.is_multi_valued();
        if is_single
            && !(definition.is_complex() && rules.tolerates(Quirk::SingleValueFilter, &whole))
        {
            let detail = format!("{whole} has one value only, found a filter on it");
            return Err(
                ScimError::new(ScimType::InvalidPath, detail).hinting(Quirk::SingleValueFilter)
            );
        }
        let predicate = ElementPredicate::bind(rules, definition, filter)?;
        if let (Some(derived), None) = (predicate.derived(), rules.others) {
            let detail = format!("{whole}.{derived} is derived by the server");
            return Err(ScimError::new(ScimType::InvalidFilter, detail).hint("select by value"));
        }
        let list = match current(attributes, target) {
            Some(Value::List(list)) => list.clone(),
            Some(value) => List::from_iter([value.clone()]),
            None => List::default(),
        };
        let whole = Target { sub: None, ..target.clone() };
        let shown = |it: &Object| match rules.others {
            Some(others) => others.complete(&whole, it),
            None => it.clone(),
        };
        let hits = predicate.select(&list, &shown, &rules.work);
        Ok(Self { target, values, path, predicate, hits, list })
    }

    /// Does the operation with what was selected.
    ///
    /// # Errors
    ///
    /// `noTarget` when nothing was and something must be written (RFC 7644 §3.5.2.3),
    /// `mutability`, `invalidValue`.
    pub(super) fn operate(
        mut self,
        rules: &Rules<'_>,
        attributes: &mut Object,
        op: Op,
        value: &Json,
    ) -> Result<(), ScimError> {
        self.target.specified_in(rules);
        if self.hits.is_empty() {
            // "If the user was not a member of this group, no changes should be made to the resource,
            // and a success response should be returned" (RFC 7644 §3.5.2.2).
            if op == Op::Remove {
                return Ok(());
            }
            let Some(made) = self.make_one(rules, op, value)? else { return Err(self.no_target()) };
            add_to(&mut self.list, &made, &rules.work);
        } else {
            self.change_each(rules, op, value)?;
        }
        let before = current(attributes, self.target).cloned();
        let after = if self.target.definition.is_multi_valued() {
            Some(Value::List(self.list))
        } else {
            self.list.iter().next().cloned()
        };
        may_become(&self.target.definition, &self.path, before.as_ref(), after.as_ref())?;
        assign(attributes, self.target, after.filter(|it| !it.is_unassigned()));
        Ok(())
    }

    fn change_each(&mut self, rules: &Rules<'_>, op: Op, value: &Json) -> Result<(), ScimError> {
        let place = Place::name(&self.path);
        // From the last to the first: taking one out moves those behind it.
        for at in self.hits.iter().rev() {
            rules.work.spend(REWRITTEN);
            if rules.work.is_spent() {
                break;
            }
            let Some(before) = self.list.get(*at).cloned() else { continue };
            let object = before.as_object().cloned().unwrap_or_default();
            let after = match (op, &self.target.sub) {
                (Op::Remove, None) => None,
                (Op::Remove, Some(sub)) => {
                    Some(Value::Object(without_sub(rules, (sub, &self.path), &object, value)?))
                }
                (_, Some(sub)) => {
                    let mut object = object;
                    write_sub(rules, (op, place, sub), &mut object, value)?;
                    self.target.definition.settled(rules, Place::name(&self.values), object)?
                }
                (_, None) => self.exchange(rules, (op, place), &before, value)?,
            };
            match after.filter(|it| !it.is_unassigned()) {
                Some(after) => put(&mut self.list, *at, after, &rules.work),
                None => self.list.remove(*at),
            }
        }
        Ok(())
    }

    /// A new value for a selected one: replace takes its place whole ("all matching record values
    /// SHALL be replaced", RFC 7644 §3.5.2.3), add brings sub-attributes to it.
    fn exchange(
        &self,
        rules: &Rules<'_>,
        (op, place): (Op, Place<'_>),
        before: &Value,
        value: &Json,
    ) -> Result<Option<Value>, ScimError> {
        let definition = &self.target.definition;
        let after = definition.admit_one(rules, place, one_of(value))?;
        let (Value::Object(before), Some(Value::Object(new))) = (before, &after) else {
            return Ok(after);
        };
        let mut merged = if op == Op::Add { before.clone() } else { new.clone() };
        for sub in definition.sub_attributes().iter().filter(|it| !it.is_read_only()) {
            let new = new.get(sub.name());
            if op == Op::Add && new.is_none() {
                continue;
            }
            let new = joined(op, before.get(sub.name()), new.cloned(), &rules.work);
            may_become(sub, &place.sub(sub.name()), before.get(sub.name()), new.as_ref())?;
            if let Some(new) = new {
                merged.set(sub.name(), new);
            }
        }
        Ok(Some(Value::Object(merged)))
    }

    /// The value that the path describes although none is there: Entra counts on it; see
    /// fixtures/entra/.
    fn make_one(
        &self,
        rules: &Rules<'_>,
        op: Op,
        value: &Json,
    ) -> Result<Option<Value>, ScimError> {
        if value.is_null() {
            return Ok(None); // nothing is there, and nothing is to be
        }
        // What only the server writes cannot be made true.
        if self.predicate.derived().is_some() {
            return Ok(None);
        }
        let Some(mut object) = self.predicate.example() else { return Ok(None) };
        if op == Op::Replace && rules.dialect.absent_targets == AbsentTargets::Refuse {
            return Ok(None);
        }
        if !rules.tolerates(Quirk::CreateOnAbsentFilter, &self.path) {
            return Ok(None);
        }
        let (place, whole) = (Place::name(&self.path), Place::name(&self.values));
        for (name, value) in object.iter() {
            if let Some(sub) = self.target.definition.sub_attribute(name) {
                sub.refuse_other_words(rules, whole.sub(name), value)?;
            }
        }
        if let Some(sub) = &self.target.sub {
            write_sub(rules, (op, place, sub), &mut object, value)?;
        } else {
            let admitted = self.target.definition.admit_one(rules, place, one_of(value))?;
            for (name, value) in admitted.iter().filter_map(Value::as_object).flat_map(Object::iter)
            {
                object.set(name, value.clone());
            }
        }
        self.target.definition.settled(rules, whole, object)
    }

    fn no_target(&self) -> ScimError {
        let detail = format!("no value matches {}", self.path);
        ScimError::new(ScimType::NoTarget, detail).hinting(Quirk::CreateOnAbsentFilter)
    }
}

/// Adds a value to a list: one with the same `value` and `type` takes the new sub-attributes, and a
/// new primary value takes that rank from the old one (RFC 7644 §3.5.2: "the server SHALL set the
/// value of the existing attribute to false").
pub(super) fn add_to(list: &mut List, value: &Value, work: &WorkBudget) {
    if list.contains(value) {
        return;
    }
    let twin = match value {
        Value::Object(new) => twin_of(list, new, work),
        _ => None,
    };
    let at = match (twin, value) {
        (Some((at, mut merged)), Value::Object(new)) => {
            for (name, value) in new.iter() {
                let joined = joined(Op::Add, merged.get(name), Some(value.clone()), work);
                merged.set(name, joined.unwrap_or_else(|| value.clone()));
            }
            list.set(at, Value::Object(merged));
            at
        }
        _ => list.push(value.clone()),
    };
    if is_primary(value) {
        demote_all_but(list, at, work);
    }
}

/// The values of a list without those that a Remove's value names, by their key.
///
/// # Errors
///
/// `invalidValue` when the value does not fit the attribute.
pub(super) fn without(
    rules: &Rules<'_>,
    (definition, path): (&AttributeDefinition, &str),
    list: &List,
    value: &Json,
) -> Result<List, ScimError> {
    let named = definition.admit_all(rules, Place::name(path), several(value))?;
    let mut kept = list.clone();
    for value in named.iter().filter_map(Value::as_list).flat_map(List::iter) {
        while let Some(at) = kept.position_like(value, &rules.work) {
            kept.remove(at);
        }
    }
    Ok(kept)
}

/// The value itself where a client put the one that it means into an array.
fn one_of(value: &Json) -> &Json {
    match value {
        Json::Array(values) if values.len() == 1 => &values[0],
        _ => value,
    }
}

/// Puts a changed value back, and lets a new primary one demote the others; one that became equal
/// to another goes.
fn put(list: &mut List, at: Position, value: Value, work: &WorkBudget) {
    if list.get(at) != Some(&value) && list.contains(&value) {
        return list.remove(at);
    }
    let is_new = is_primary(&value) && !list.get(at).is_some_and(is_primary);
    list.set(at, value);
    if is_new {
        demote_all_but(list, at, work);
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
        .filter(|(at, it)| *at != kept && is_primary(it))
        .filter_map(|(at, it)| it.as_object().map(|it| (at, it.clone())))
        .collect();
    for (at, mut object) in others {
        object.set(&"primary".into(), Value::Boolean(false));
        list.set(at, Value::Object(object));
    }
}
