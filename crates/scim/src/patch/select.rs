//! Operations on the values that the filter of a path selects.

use serde_json::Value as Json;

use super::{
    Instruction, Op,
    change::{current, refuse_unchangeable, without_sub, write_sub},
    merge::{add_to, merged, put_back},
};
use crate::{
    dialect::AbsentTargets,
    error::{ScimError, ScimType},
    filter::Filter,
    location::Location,
    predicate::ElementPredicate,
    quirk::Quirk,
    resource::assign,
    rules::Rules,
    schema::Target,
    value::{List, Object, Position, Value},
    work::REWRITTEN,
};

/// The values that `emails[type eq "work"].value` selects in one resource.
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

    /// Does the operation on the selected values.
    ///
    /// # Errors
    ///
    /// `noTarget` when no value is selected and a value must be written (RFC 7644 §3.5.2.3),
    /// `mutability`, `invalidValue`.
    pub(super) fn operate(
        mut self,
        rules: &Rules<'_>,
        attributes: &mut Object,
        instruction: Instruction<'_>,
    ) -> Result<(), ScimError> {
        rules.specify_target(self.target);
        if self.hits.is_empty() {
            // "If the user was not a member of this group, no changes should be made to the resource,
            // and a success response should be returned" (RFC 7644 §3.5.2.2).
            if instruction.op == Op::Remove {
                return Ok(());
            }
            let Some(new) = self.create(rules, instruction)? else { return Err(self.no_target()) };
            add_to(&mut self.list, &new, &rules.work);
        } else {
            self.change_each(rules, instruction)?;
        }
        let before = current(attributes, self.target).cloned();
        let after = if self.target.definition.is_multi_valued() {
            Some(Value::List(self.list))
        } else {
            self.list.iter().next().cloned()
        };
        refuse_unchangeable(&self.target.definition, &self.path, before.as_ref(), after.as_ref())?;
        assign(attributes, self.target, after.filter(|it| !it.is_unassigned()));
        Ok(())
    }

    fn change_each(
        &mut self,
        rules: &Rules<'_>,
        instruction: Instruction<'_>,
    ) -> Result<(), ScimError> {
        let Instruction { op, value } = instruction;
        let location = Location::name(&self.path);
        // From the last to the first, since a removal moves the later ones.
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
                    Some(Value::Object(without_sub(rules, sub, &self.path, &object, value)?))
                }
                (_, Some(sub)) => {
                    let mut object = object;
                    write_sub(rules, instruction, location, sub, &mut object)?;
                    self.target.definition.checked(rules, Location::name(&self.values), object)?
                }
                (_, None) => self.exchange(rules, instruction, location, &before)?,
            };
            match after.filter(|it| !it.is_unassigned()) {
                Some(after) => put_back(&mut self.list, *at, after, &rules.work),
                None => self.list.remove(*at),
            }
        }
        Ok(())
    }

    /// The new value of a selected one. A replace replaces it whole ("all matching record values
    /// SHALL be replaced", RFC 7644 §3.5.2.3), an add adds sub-attributes to it.
    fn exchange(
        &self,
        rules: &Rules<'_>,
        instruction: Instruction<'_>,
        at: Location<'_>,
        before: &Value,
    ) -> Result<Option<Value>, ScimError> {
        let (op, definition) = (instruction.op, &self.target.definition);
        let after = definition.admit_one(rules, at, one_of(instruction.value))?;
        let (Value::Object(before), Some(Value::Object(new))) = (before, &after) else {
            return Ok(after);
        };
        let mut object = if op == Op::Add { before.clone() } else { new.clone() };
        for sub in definition.sub_attributes().iter().filter(|it| !it.is_read_only()) {
            let new = new.get(sub.name());
            if op == Op::Add && new.is_none() {
                continue;
            }
            let new = merged(op, before.get(sub.name()), new.cloned(), &rules.work);
            refuse_unchangeable(sub, &at.sub(sub.name()), before.get(sub.name()), new.as_ref())?;
            if let Some(new) = new {
                object.set(sub.name(), new);
            }
        }
        Ok(Some(Value::Object(object)))
    }

    /// Creates the value that the path describes, if no value matches. Entra relies on it; see
    /// fixtures/entra/.
    fn create(
        &self,
        rules: &Rules<'_>,
        instruction: Instruction<'_>,
    ) -> Result<Option<Value>, ScimError> {
        if instruction.value.is_null() {
            return Ok(None);
        }
        // A client cannot write a derived sub-attribute, so no value can be created that matches.
        if self.predicate.derived().is_some() {
            return Ok(None);
        }
        let Some(mut object) = self.predicate.example() else { return Ok(None) };
        if instruction.op == Op::Replace && rules.dialect.absent_targets == AbsentTargets::Refuse {
            return Ok(None);
        }
        if !rules.tolerates(Quirk::CreateOnAbsentFilter, &self.path) {
            return Ok(None);
        }
        let (location, whole) = (Location::name(&self.path), Location::name(&self.values));
        for (name, value) in object.iter() {
            if let Some(sub) = self.target.definition.sub_attribute(name) {
                sub.refuse_non_canonical(rules, whole.sub(name), value)?;
            }
        }
        if let Some(sub) = &self.target.sub {
            write_sub(rules, instruction, location, sub, &mut object)?;
        } else {
            let admitted =
                self.target.definition.admit_one(rules, location, one_of(instruction.value))?;
            for (name, value) in admitted.iter().filter_map(Value::as_object).flat_map(Object::iter)
            {
                object.set(name, value.clone());
            }
        }
        self.target.definition.checked(rules, whole, object)
    }

    fn no_target(&self) -> ScimError {
        let detail = format!("no value matches {}", self.path);
        ScimError::new(ScimType::NoTarget, detail).hinting(Quirk::CreateOnAbsentFilter)
    }
}

/// The value, or the only element of an array.
fn one_of(value: &Json) -> &Json {
    match value {
        Json::Array(values) if values.len() == 1 => &values[0],
        _ => value,
    }
}
