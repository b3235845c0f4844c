//! Applies one operation to the attributes of a resource.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::{
    Instruction, Op, PatchOperation,
    change::{
        current, refuse_unchangeable, unchangeable, without_named, without_sub, write_list,
        write_sub,
    },
    merge::{add_to, merged},
    select::Selection,
};
use crate::{
    admit::unknown,
    error::{ScimError, ScimType},
    filter::{AttrPath, PatchPath, Urns},
    json::describe,
    location::Location,
    quirk::Quirk,
    resolve::Member,
    resource::assign,
    rules::Rules,
    schema::{AttributeDefinition, Extension, Target},
    value::{List, Object, Value},
    work::REWRITTEN,
};

/// Applies one operation.
///
/// # Errors
///
/// As [`super::apply()`], without the operation's number.
pub(super) fn operation(
    rules: &Rules<'_>,
    attributes: &mut Object,
    operation: &PatchOperation,
) -> Result<(), ScimError> {
    let absent = Json::Null;
    let value = operation.value.as_ref().unwrap_or(&absent);
    let instruction = Instruction { op: operation.op, value };
    match &operation.path {
        None => whole(rules, attributes, instruction),
        Some(path) => at_path(rules, attributes, path, instruction),
    }
}

/// An add or replace without a path: each member of the value is written on its own (RFC 7644
/// §3.5.2.1, §3.5.2.3).
fn whole(
    rules: &Rules<'_>,
    attributes: &mut Object,
    instruction: Instruction<'_>,
) -> Result<(), ScimError> {
    let Json::Object(members) = instruction.value else {
        let (op, found) = (instruction.op.word(), describe(instruction.value));
        let detail = format!("{op} without a path needs an object as value, found {found}");
        return Err(ScimError::new(ScimType::InvalidValue, detail).by("RFC 7644 §3.5.2"));
    };
    for (key, value) in members {
        rules.or_skip(at_key(rules, attributes, key, instruction.with(value)))?;
    }
    Ok(())
}

/// One member of a value without a path.
fn at_key(
    rules: &Rules<'_>,
    attributes: &mut Object,
    key: &str,
    instruction: Instruction<'_>,
) -> Result<(), ScimError> {
    let value = instruction.value;
    match rules.member(key) {
        Some(Member::Schemas) => Ok(()),
        Some(Member::Extension(it)) => write_extension(rules, attributes, it, instruction),
        Some(Member::Attribute(it)) => write_member(rules, attributes, it, instruction),
        None if rules.ignores_extension(key, value) => Ok(()),
        None => match PatchPath::parse(key, Urns(rules.schemas.urns())) {
            // Entra's newer dialect sends "name.givenName" and URN keys; see
            // fixtures/entra/update-user.aadOptscim062020.json.
            Ok(path) if is_path(key) && rules.tolerates(Quirk::DottedKeys, key) => {
                at_path(rules, attributes, &path, instruction)
            }
            read => {
                let meant = || rules.resource_type.nearest_path(key);
                unknown(rules, Location::name(key), value, meant).map_err(|error| match read {
                    _ if rules.is_unknown_extension(key, value) => {
                        error.hinting(Quirk::UnknownExtension)
                    }
                    Ok(_) if is_path(key) => error.hinting(Quirk::DottedKeys),
                    _ => error,
                })
            }
        },
    }
}

/// Writes one member of a value without a path. A read-only attribute is a quirk of its own:
/// clients that send back a whole resource send these attributes too.
fn write_member(
    rules: &Rules<'_>,
    attributes: &mut Object,
    target: &Target,
    instruction: Instruction<'_>,
) -> Result<(), ScimError> {
    if !target.definition.is_read_only() {
        return write(rules, attributes, target, instruction);
    }
    if rules.tolerates(Quirk::ReadOnlyInPatch, target.path()) {
        return Ok(());
    }
    Err(unchangeable(&target.definition, &target.path()).hinting(Quirk::ReadOnlyInPatch))
}

fn is_path(key: &str) -> bool {
    key.contains(['.', ':', '['])
}

fn at_path(
    rules: &Rules<'_>,
    attributes: &mut Object,
    path: &PatchPath,
    instruction: Instruction<'_>,
) -> Result<(), ScimError> {
    let op = instruction.op;
    let (attr, filter) = match path {
        PatchPath::Extension(urn) => return at_schema(rules, attributes, urn, instruction),
        PatchPath::Attribute(attr) => (attr.clone(), None),
        PatchPath::Values(values, sub) => {
            let attr = AttrPath { sub: sub.clone(), ..values.attr.clone() };
            (attr, Some(&*values.filter))
        }
    };
    let target = rules.resolve(&attr, ScimType::InvalidPath)?;
    if target.is_core("schemas") && op != Op::Remove {
        // `schemas` is derived from the attributes of a resource.
        return Ok(());
    }
    let (target, value) = &by_address(rules, target, instruction)?;
    let instruction = instruction.with(value);
    if target.is_core("schemas") || target.leaf().is_read_only() {
        return Err(unchangeable(target.leaf(), &target.path()));
    }
    match (filter, op) {
        (Some(filter), _) => {
            let selection = Selection::new(rules, attributes, target, filter)?;
            selection.operate(rules, attributes, instruction)
        }
        (None, Op::Add | Op::Replace) => write(rules, attributes, target, instruction),
        (None, Op::Remove) => remove(rules, attributes, target, value),
    }
}

/// Turns a write of a reference's `$ref` into one of its `value`, from which the server derives the
/// address.
///
/// # Errors
///
/// `invalidValue` when the address is not that of a resource that the attribute may refer to.
fn by_address<'v>(
    rules: &Rules<'_>,
    target: Target,
    instruction: Instruction<'v>,
) -> Result<(Target, Cow<'v, Json>), ScimError> {
    let Instruction { op, value } = instruction;
    let definition = &target.definition;
    let is_address = target.sub.as_ref().is_some_and(|it| it.is_named("$ref"));
    let is_written =
        is_address && definition.is_resource_reference() && op != Op::Remove && !value.is_null();
    let whole = target.whole_path();
    let id = match definition.default_sub_attribute().filter(|_| is_written) {
        Some(sub) => definition.id_of(rules, Location::name(&whole), value)?.map(|id| (sub, id)),
        None => None,
    };
    Ok(match id {
        Some((sub, id)) => {
            let written = Target { sub: Some(sub.clone()), ..target.clone() };
            (written, Cow::Owned(Json::String(id.into())))
        }
        None => (target, Cow::Borrowed(value)),
    })
}

/// An operation on all of an extension: its path is the bare URN.
fn at_schema(
    rules: &Rules<'_>,
    attributes: &mut Object,
    urn: &str,
    instruction: Instruction<'_>,
) -> Result<(), ScimError> {
    let op = instruction.op;
    let Some(extension) = rules.resource_type.extension(urn) else {
        if urn.eq_ignore_ascii_case(&rules.resource_type.schema.id) && op != Op::Remove {
            return whole(rules, attributes, instruction);
        }
        let kind = &rules.resource_type.name;
        let detail = format!("{kind} has no attribute or extension {urn}");
        return Err(ScimError::new(ScimType::InvalidPath, detail)
            .meant(rules.resource_type.nearest_urn(urn)));
    };
    if op != Op::Remove {
        return write_extension(rules, attributes, extension, instruction);
    }
    for target in rules.resource_type.attributes_of(urn) {
        if current(attributes, target).is_some() {
            remove(rules, attributes, target, &Json::Null)?;
        }
    }
    Ok(())
}

fn write_extension(
    rules: &Rules<'_>,
    attributes: &mut Object,
    extension: &Extension,
    instruction: Instruction<'_>,
) -> Result<(), ScimError> {
    let (urn, value) = (&extension.schema.id, instruction.value);
    let Json::Object(members) = value else {
        // An extension that becomes unassigned loses all its attributes (RFC 7643 §2.5).
        if value.is_null() && instruction.op == Op::Replace {
            return at_schema(rules, attributes, urn, Instruction { op: Op::Remove, value });
        }
        let detail = format!("{urn} must be an object, found {}", describe(value));
        return Err(ScimError::new(ScimType::InvalidValue, detail).by("RFC 7643 §3.3"));
    };
    for (key, value) in members {
        let mut targets = rules.resource_type.attributes_of(urn).iter();
        if let Some(target) = targets.find(|it| it.definition.is_named(key)) {
            rules.or_skip(write_member(rules, attributes, target, instruction.with(value)))?;
        } else {
            let location = Location::urn(urn);
            let meant = || rules.resource_type.nearest_in(urn, key);
            rules.or_skip(unknown(rules, location.sub(key), value, meant))?;
        }
    }
    Ok(())
}

/// Add or replace at an attribute or sub-attribute, without a filter.
fn write(
    rules: &Rules<'_>,
    attributes: &mut Object,
    target: &Target,
    instruction: Instruction<'_>,
) -> Result<(), ScimError> {
    if target.sub.is_none()
        && let Some((display_name, text, rest)) =
            rules.split_display_name(target, instruction.value)
    {
        write(rules, attributes, display_name, instruction.with(text))?;
        return write(rules, attributes, target, instruction.with(&rest));
    }
    rules.specify_target(target);
    let before = current(attributes, target).cloned();
    let path = target.path();
    let location = Location::name(&path);
    let whole = target.whole_path();
    let definition = &target.definition;
    let after = match (&target.sub, definition.is_multi_valued()) {
        (Some(_), true) => {
            write_sub_of_each(rules, instruction, location, target, before.as_ref())?
        }
        (Some(sub), false) => {
            let mut object =
                before.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
            write_sub(rules, instruction, location, sub, &mut object)?;
            definition.checked(rules, Location::name(&whole), object)?
        }
        (None, true) => write_list(rules, instruction, location, definition, before.as_ref())?,
        (None, false) => write_single(rules, instruction, location, definition, before.as_ref())?,
    };
    refuse_unchangeable(definition, &path, before.as_ref(), after.as_ref())?;
    assign(attributes, target, after);
    Ok(())
}

/// Writes a single value. A complex one keeps the sub-attributes that the client does not name
/// ("Sub-attributes that are not specified in the `value` parameter are left unchanged", RFC 7644
/// §3.5.2.3).
fn write_single(
    rules: &Rules<'_>,
    instruction: Instruction<'_>,
    at: Location<'_>,
    definition: &AttributeDefinition,
    before: Option<&Value>,
) -> Result<Option<Value>, ScimError> {
    let value = definition.unwrapped(rules, at, instruction.value)?;
    let admitted = definition.admit_one(rules, at, value)?;
    let (Some(Value::Object(before)), Json::Object(members)) = (before, value) else {
        return Ok(admitted);
    };
    let read = admitted.as_ref().and_then(Value::as_object);
    if read.is_none() && definition.is_resource_reference() {
        return Ok(None);
    }
    let mut object = before.clone();
    let is_named = |sub: &AttributeDefinition| members.keys().any(|key| sub.is_named(key));
    for sub in definition.sub_attributes().iter().filter(|it| !it.is_read_only()) {
        let after = read.and_then(|it| it.get(sub.name()));
        // A reference that was given by its `$ref` has a `value` now.
        if after.is_none() && !is_named(sub) {
            continue;
        }
        let after = merged(instruction.op, before.get(sub.name()), after.cloned(), &rules.work);
        refuse_unchangeable(sub, &at.sub(sub.name()), before.get(sub.name()), after.as_ref())?;
        match after {
            Some(after) => object.set(sub.name(), after),
            None => object.remove(sub.name()),
        }
    }
    definition.checked(rules, at, object)
}

/// Writes a sub-attribute of a multi-valued attribute without a filter: that of every value. If
/// there is no value, one is created.
fn write_sub_of_each(
    rules: &Rules<'_>,
    instruction: Instruction<'_>,
    at: Location<'_>,
    target: &Target,
    before: Option<&Value>,
) -> Result<Option<Value>, ScimError> {
    let empty = List::default();
    let list = before.and_then(Value::as_list).unwrap_or(&empty);
    let mut objects: Vec<Object> =
        list.iter().map(|it| it.as_object().cloned().unwrap_or_default()).collect();
    if objects.is_empty() {
        objects.push(Object::default());
    }
    let mut after = List::default();
    let whole = target.whole_path();
    for mut object in objects {
        rules.work.spend(REWRITTEN);
        if rules.work.is_spent() {
            break;
        }
        write_sub(rules, instruction, at, target.leaf(), &mut object)?;
        if let Some(value) = target.definition.checked(rules, Location::name(&whole), object)? {
            add_to(&mut after, &value, &rules.work);
        }
    }
    Ok(Some(Value::List(after)))
}

/// Removes an attribute, a sub-attribute, or the values that the operation names, as Entra's
/// operations do.
fn remove(
    rules: &Rules<'_>,
    attributes: &mut Object,
    target: &Target,
    value: &Json,
) -> Result<(), ScimError> {
    rules.specify_target(target);
    let path = target.path();
    let before = current(attributes, target).cloned();
    if let (None, Some(Value::List(list)), false) = (&target.sub, &before, value.is_null()) {
        let kept = without_named(rules, &target.definition, &path, list, value)?;
        refuse_unchangeable(
            &target.definition,
            &path,
            before.as_ref(),
            Some(&Value::List(kept.clone())),
        )?;
        assign(attributes, target, Some(Value::List(kept)));
        return Ok(());
    }
    let after = match (&target.sub, &before) {
        (Some(sub), Some(Value::Object(object))) => {
            Some(Value::Object(without_sub(rules, sub, &path, object, value)?))
        }
        (Some(sub), Some(Value::List(list))) => {
            rules.work.spend(list.len());
            let objects = list.iter().filter_map(Value::as_object);
            let left =
                objects.map(|it| without_sub(rules, sub, &path, it, value).map(Value::Object));
            let left = left.collect::<Result<Vec<_>, _>>()?;
            Some(Value::List(left.into_iter().filter(|it| !it.is_unassigned()).collect()))
        }
        _ => None,
    };
    refuse_unchangeable(&target.definition, &path, before.as_ref(), after.as_ref())?;
    assign(attributes, target, after);
    Ok(())
}
